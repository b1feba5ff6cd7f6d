//! schemathesis (`PyPI`) reads the description and sends what it allows and what it does not: all checks, no failure.

use std::process::Command;

use crate::{
    desk::{Desk, furnish},
    office::Office,
};

/// Fewer find little.
const EXAMPLES: &str = "400";

/// A request of the described shape is carried out, or refused for a rule or for what is there: never for its shape.
const CONFIG: &str = "[checks.positive_data_acceptance]\n\
                      expected-statuses = [\"2xx\", \"401\", \"403\", \"404\", \"409\", \"412\", \"422\"]\n";

#[test]
#[expect(clippy::disallowed_methods, reason = "the script that runs the tests says where the program is")]
fn a_fuzzer_that_knows_the_description_finds_no_failure() {
    let program = std::env::var("OFFHOOK_SCHEMATHESIS").expect("tests/run installs it and says where it is");
    let office = Office::sqlite();
    let desk = Desk::open(&office);
    furnish(&desk);
    std::fs::write(office.path("schemathesis.toml"), CONFIG).unwrap();
    let mut fuzzer = Command::new(&program);
    fuzzer.args(["--config-file", "schemathesis.toml", "run"]);
    fuzzer.arg(format!("http://{}/api/v1/openapi.json", desk.admin()));
    fuzzer.args(["--header", &format!("Authorization: Bearer {}", desk.root)]);
    fuzzer.args([
        "--checks",
        "all",
        "--max-examples",
        EXAMPLES,
        "--seed",
        "20261124",
        "--workers",
        "2",
        "--no-color",
    ]);
    let ended = office.surround(fuzzer).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{told}\n{}", String::from_utf8_lossy(&ended.stderr));
    let log = desk.server.stop();
    assert!(!log.contains("panicked"), "{log}");
}
