//! Which phones exist: vendor packs, and how their files are made from typed facts.
