//! The command line: each command calls an action and prints what came of it.

mod report;
mod simulate;

pub use report::Report;
pub use simulate::{SimulateArguments, simulate};
