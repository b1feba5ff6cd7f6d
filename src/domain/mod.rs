//! What things are. Values enter through a `parse` that can fail; nothing here does I/O.
