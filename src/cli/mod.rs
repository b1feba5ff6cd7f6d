//! The command line: each command calls an action and prints what came of it.
