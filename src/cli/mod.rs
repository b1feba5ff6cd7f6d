//! The command line: each command calls an action and prints what came of it.

mod report;

pub use report::Report;
