//! The command line: each command calls an action and prints what came of it.

pub mod license;
mod report;
mod simulate;
mod wrong_input;

pub use report::Report;
pub use simulate::{SimulateArguments, simulate};
pub use wrong_input::WrongInput;
