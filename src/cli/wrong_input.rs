//! What the person at the terminal gave is wrong: told apart from a failure of the machine by the exit code 2.

/// Wrong input. It travels inside `anyhow::Error`, where `downcast_ref` finds it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongInput(String);

impl WrongInput {
    /// What is wrong, in words for the person who gave it.
    pub fn new(what: impl std::fmt::Display) -> Self {
        Self(what.to_string())
    }
}
