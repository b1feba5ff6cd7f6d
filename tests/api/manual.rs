//! The manual page on the API, `examples/api.md`: every block of commands is run, and what it prints is what the page says.

use std::{fmt::Write as _, process::Command};

use serde_json::Value;

use crate::{
    desk::token,
    office::{Office, on_both_engines},
};

on_both_engines![what_the_manual_says_is_what_happens];

const PAGE: &str = include_str!("../../examples/api.md");

fn what_the_manual_says_is_what_happens(office: &Office) {
    office.acme_with(include_str!("../../examples/licenses/terms.toml"));
    let server = office.serve(&[]);
    let token = token(office, &["Portal", "--tenant", "acme", "--role", "administrator"]);
    let mut script = format!("set -eu\noffhook() {{ {} \"$@\"; }}\n", env!("CARGO_BIN_EXE_offhook"));
    let blocks = blocks();
    for (index, (commands, _)) in blocks.iter().enumerate() {
        writeln!(script, "{{\n{commands}\n}} > block-{index}").unwrap();
    }
    std::fs::write(office.path("manual.sh"), script).unwrap();
    let mut bash = Command::new("bash");
    bash.arg("manual.sh");
    let mut bash = office.surround(bash);
    bash.env("TOKEN", token).env("API", format!("http://{}/api/v1", server.door("admin")));
    let ended = bash.output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    for (index, (commands, expected)) in blocks.iter().enumerate() {
        let printed = std::fs::read_to_string(office.path(&format!("block-{index}"))).unwrap();
        let values = |text: &str| -> Vec<Value> {
            let json =
                text.lines().filter(|line| !line.starts_with("account.")).collect::<Vec<_>>().join("\n");
            let read = serde_json::Deserializer::from_str(&json).into_iter().collect::<Result<_, _>>();
            read.unwrap_or_else(|error| panic!("{error} in {text}\nof {commands}"))
        };
        let (printed, expected) = (values(&printed), values(expected));
        assert_eq!(printed.len(), expected.len(), "{commands}\n{printed:?}");
        for (printed, expected) in printed.iter().zip(&expected) {
            assert!(holds(printed, expected), "{commands}\nprinted {printed:#}\nthe page says {expected:#}");
        }
    }
    server.stop();
}

/// The commands and what they print.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for part in PAGE.split("```sh\n").skip(1) {
        let (commands, rest) = part.split_once("\n```\n").unwrap();
        let (expected, _) = rest.strip_prefix("```json\n").unwrap().split_once("\n```").unwrap();
        found.push((commands, expected));
    }
    assert!(found.len() > 8);
    found
}

/// Whether everything that is expected is there; there may be more.
fn holds(printed: &Value, expected: &Value) -> bool {
    match (printed, expected) {
        (Value::Object(printed), Value::Object(expected)) => expected
            .iter()
            .all(|(name, value)| printed.get(name).is_some_and(|printed| holds(printed, value))),
        (Value::Array(printed), Value::Array(expected)) => {
            printed.len() >= expected.len()
                && (expected.is_empty() == printed.is_empty())
                && printed.iter().zip(expected).all(|(printed, expected)| holds(printed, expected))
        }
        (printed, expected) => printed == expected,
    }
}
