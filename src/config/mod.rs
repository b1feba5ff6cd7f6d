//! What the operator may set: file, environment and flags, with every mistake reported at once.
