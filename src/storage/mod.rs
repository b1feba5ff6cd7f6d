//! Where it is kept: SQLite or PostgreSQL behind one `Store`.
