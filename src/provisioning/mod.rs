//! What a phone gets: one pipeline behind every door.
