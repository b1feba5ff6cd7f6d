//! Drives one target of `tests/fuzz/targets` by coverage. `OFFHOOK_FUZZ_TARGET` names it; the command line is libFuzzer's.

#![no_main]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a target panics where a promise is broken")]

use std::sync::LazyLock;

#[path = "../targets/mod.rs"]
mod targets;

static RUN: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("OFFHOOK_FUZZ_TARGET").unwrap_or_default();
    let names: Vec<&str> = targets::TARGETS.iter().map(|target| target.name).collect();
    let target = targets::TARGETS.iter().find(|target| target.name == name);
    target.unwrap_or_else(|| panic!("OFFHOOK_FUZZ_TARGET is one of {}", names.join(", "))).run
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| RUN(bytes));
