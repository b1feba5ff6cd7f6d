//! How a command ends: what each exit code means, and which failure has which.

use std::process::ExitCode;

use super::WrongInput;
use crate::admin::actions::{ActionError, FailureKind, OpenError};

/// The meaning of the exit codes, for `--help`.
pub(super) const EXIT_CODES: &str = "Exit codes:
  0  done
  1  refused by a rule, or what was named is not there
  2  wrong input, usage or configuration
  3  the store, its master key or a file cannot be used now";

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    kind: FailureKind,
    code: &'static str,
    message: String,
    /// Whether an action says so, rather than what was found or given.
    of_action: bool,
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            FailureKind::Refused
            | FailureKind::Forbidden
            | FailureKind::Unauthenticated
            | FailureKind::TooOften
            | FailureKind::Changed
            | FailureKind::NotFound
            | FailureKind::Gone => 1,
            FailureKind::Input => 2,
            FailureKind::Unavailable => 3,
        })
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "error": { "code": self.code, "message": self.message } })
    }
}

impl Failure {
    /// Something was looked for, and is not as it must be.
    pub(super) const fn found(code: &'static str, message: String) -> Self {
        Self { kind: FailureKind::Refused, code, message, of_action: false }
    }

    /// The code of the rule that says no, where that is the failure: the audit keeps such ones, as it does those of the API.
    pub(super) fn rule(&self) -> Option<&'static str> {
        let refused = matches!(self.kind, FailureKind::Refused | FailureKind::Forbidden);
        (self.of_action && refused).then_some(self.code)
    }
}

impl<E: ActionError> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { kind: error.kind(), code: error.code(), message: error.to_string(), of_action: true }
    }
}

impl From<WrongInput> for Failure {
    fn from(error: WrongInput) -> Self {
        Self { kind: FailureKind::Input, code: "wrong_input", message: error.to_string(), of_action: false }
    }
}

impl From<anyhow::Error> for Failure {
    /// What the error holds: wrong input, or an installation that cannot be opened; else it is the machine's fault.
    fn from(error: anyhow::Error) -> Self {
        let message = with_causes(&error);
        let (kind, code) = if error.is::<WrongInput>() {
            (FailureKind::Input, "wrong_input")
        } else if let Some(open) = error.downcast_ref::<OpenError>() {
            (open.kind(), open.code())
        } else {
            (FailureKind::Unavailable, "file_unusable")
        };
        Self { kind, code, message, of_action: false }
    }
}

/// The error and its causes, each once: many errors end with their cause already.
fn with_causes(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.as_str() {
        "" => cause,
        told if told.contains(&cause) => told.to_owned(),
        told => format!("{told}: {cause}"),
    })
}
