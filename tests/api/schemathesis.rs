//! schemathesis (`PyPI`) reads the description and sends what it allows and what it does not: all checks, no failure.

use std::process::{Command, Stdio};

use crate::{
    desk::{Desk, furnish},
    office::Office,
};

/// Fewer find little.
const EXAMPLES: &str = "400";

/// About half of the operations.
const HALF: &str = "extensions|attendants|trunks|license|users|/me|tokens";

/// A request of the described shape is carried out, or refused for a rule or for what is there: never for its shape.
const CONFIG: &str = "[checks.positive_data_acceptance]\n\
                      expected-statuses = [\"2xx\", \"401\", \"403\", \"404\", \"409\", \"410\", \"412\", \"422\", \"429\"]\n";

#[test]
#[expect(clippy::disallowed_methods, reason = "the script that runs the tests says where the program is")]
fn a_fuzzer_that_knows_the_description_finds_no_failure() {
    let program = std::env::var("OFFHOOK_SCHEMATHESIS").expect("tests/run installs it and says where it is");
    let office = Office::sqlite();
    let desk = Desk::open(&office);
    furnish(&desk);
    std::fs::write(office.path("schemathesis.toml"), CONFIG).unwrap();
    // two of them, each with its half of the operations: one uses a single processor
    let fuzzers = ["--include-path-regex", "--exclude-path-regex"].map(|half| {
        let mut fuzzer = Command::new(&program);
        fuzzer.args(["--config-file", "schemathesis.toml", "run"]);
        fuzzer.arg(format!("http://{}/api/v1/openapi.json", desk.admin()));
        fuzzer.args(["--header", &format!("Authorization: Bearer {}", desk.root)]);
        fuzzer.args(["--checks", "all", "--max-examples", EXAMPLES, "--seed", "20261124", "--no-color"]);
        fuzzer.args([half, HALF]);
        let mut fuzzer = office.surround(fuzzer);
        fuzzer.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    });
    for fuzzer in fuzzers {
        let ended = fuzzer.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{told}\n{}", String::from_utf8_lossy(&ended.stderr));
    }
    let log = desk.server.stop();
    assert!(!log.contains("panicked"), "{log}");
}
