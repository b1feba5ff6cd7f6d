//! Every parser that faces the network, under chance: seeds of `corpus/`, changed in the ways in which parsers break.
//!
//! The same targets are driven by coverage in `coverage/`, by hand. What that finds joins the corpus.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod chance;
#[path = "targets/mod.rs"]
mod targets;

use targets::Target;

/// Makes a test of each target, so that they share the processors; and one that none was forgotten.
macro_rules! under_chance {
    ($($name:ident),+ $(,)?) => {
        mod under_chance {
            $(#[test]
            fn $name() {
                crate::chance::drive(crate::named(stringify!($name)));
            })+
        }
        const NAMED: &[&str] = &[$(stringify!($name)),+];
    };
}

under_chance!(
    http,
    authorization,
    recognition,
    tftp,
    sip,
    check_sync,
    certificate,
    license,
    claims,
    csv,
    lines,
    manifest
);

fn named(name: &str) -> &'static Target {
    targets::TARGETS.iter().find(|target| target.name == name).unwrap()
}

#[test]
fn every_target_is_driven_and_has_seeds_that_hold() {
    let listed: Vec<&str> = targets::TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(listed, NAMED);
    let folders = std::fs::read_dir(chance::corpus()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut folders: Vec<String> = folders.map(|name| name.into_string().unwrap()).collect();
    folders.retain(|name| name != "README.md");
    folders.sort();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(folders, sorted, "a corpus for each target, and a target for each corpus");
    for target in targets::TARGETS {
        let seeds = chance::seeds(target.name);
        assert!(seeds.len() >= 3, "{}", target.name);
        for (_, seed) in seeds {
            (target.run)(&seed);
        }
    }
}

/// A parser that panics is found, and shown by the smallest input that is found for it.
#[test]
fn a_target_that_breaks_is_caught() {
    let breaks = |bytes: &[u8]| assert!(!bytes.windows(2).any(|pair| pair == b"9:"), "nine and a colon");
    let broken = Target { name: "sip", words: &[b"9:"], run: breaks };
    let found = std::panic::catch_unwind(|| chance::drive(&broken)).unwrap_err();
    let told = found.downcast_ref::<String>().unwrap();
    assert!(told.contains("nine and a colon"), "{told}");
}
