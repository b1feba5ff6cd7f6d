//! schemathesis (`PyPI`) reads the description and sends what it allows and what it does not: all checks, no failure.

use std::{
    collections::VecDeque,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    desk::{Desk, furnish},
    office::Office,
};

/// Examples for each operation in a run that people wait for; continuous integration asks for more.
const EXAMPLES: &str = "20";

/// Operations that are also there for tenants, carried out by the same functions: the fuzzer looks at them for the whole
/// installation only briefly.
const TWINS: (&str, &str) = ("^/(users|tokens)", "20");

/// Groups of operations by their paths, about as many in each, what takes longest first; the last one is all the others.
const GROUPS: [&str; 5] = [
    "^/tenants/[^/]+/devices",
    "^/tenants/[^/]+/extensions",
    "^/tenants/[^/]+/(attendants|trunks)",
    "^/tenants/[^/]+/(users|tokens|license)",
    "^/tenants/[^/]+/(profiles|settings|dids)",
];

/// A request of the described shape is carried out, or refused for a rule or for what is there: never for its shape.
const CONFIG: &str = "[checks.positive_data_acceptance]\n\
                      expected-statuses = [\"2xx\", \"401\", \"403\", \"404\", \"409\", \"410\", \"412\", \"422\", \"429\"]\n";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the script that runs the tests says where the program is, and how long"
)]
fn a_fuzzer_that_knows_the_description_finds_no_failure() {
    let examples = std::env::var("OFFHOOK_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let program = std::env::var("OFFHOOK_SCHEMATHESIS").expect("tests/run installs it and says where it is");
    let office = Office::sqlite();
    let desk = Desk::open(&office);
    furnish(&desk);
    std::fs::write(office.path("schemathesis.toml"), CONFIG).unwrap();
    let others = [&GROUPS[..], &[TWINS.0]].concat().join("|");
    let groups = GROUPS.iter().map(|group| ("--include-path-regex", *group, examples.as_str()));
    let rest = [
        ("--exclude-path-regex", others.as_str(), examples.as_str()),
        ("--include-path-regex", TWINS.0, TWINS.1),
    ];
    let waiting = Mutex::new(groups.chain(rest).collect::<VecDeque<_>>());
    let tested = AtomicUsize::new(0);
    let fuzz = || {
        // let go of the list while a fuzzer runs
        while let Some((which, paths, examples)) = { waiting.lock().unwrap().pop_front() } {
            let mut fuzzer = Command::new(&program);
            fuzzer.args(["--config-file", "schemathesis.toml", "run"]);
            fuzzer.arg(format!("http://{}/api/v1/openapi.json", desk.admin()));
            fuzzer.args(["--header", &format!("Authorization: Bearer {}", desk.root)]);
            fuzzer.args(["--checks", "all", "--max-examples", examples, "--seed", "20261124", "--no-color"]);
            fuzzer.args([which, paths]);
            let ended = office.surround(fuzzer).output().unwrap();
            let told = String::from_utf8_lossy(&ended.stdout);
            assert!(ended.status.success(), "{told}\n{}", String::from_utf8_lossy(&ended.stderr));
            let count = told.lines().find_map(|line| line.trim().strip_prefix("Tested: ")).unwrap();
            tested.fetch_add(count.trim().parse().unwrap(), Ordering::Relaxed);
        }
    };
    // two at a time: one uses a single processor
    std::thread::scope(|scope| {
        for worker in [scope.spawn(fuzz), scope.spawn(fuzz)] {
            worker.join().unwrap();
        }
    });
    let paths = desk.description()["paths"].as_object().unwrap().clone();
    let all: usize = paths.values().map(|methods| methods.as_object().unwrap().len()).sum();
    assert_eq!(tested.into_inner(), all, "operations that no group holds, or two");
    let log = desk.server.stop();
    assert!(!log.contains("panicked"), "{log}");
}
