//! Processes that are killed while they write.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::desk::{Desk, on_both_engines};

on_both_engines![a_killed_process_loses_nothing_it_acknowledged_and_leaves_nothing_half];

/// How many processes write at once.
const LANES: u32 = 4;

async fn a_killed_process_loses_nothing_it_acknowledged_and_leaves_nothing_half(desk: Desk) {
    desk.license("\"unlimited\"");
    // PostgreSQL has its own crash tests; what can go wrong there is ours only at the ends of a transaction
    let writes = if desk.database_url.is_none() { 1000 } else { 250 };
    let desk = Arc::new(desk);
    let lanes: Vec<_> = (0..LANES).map(|lane| tokio::spawn(write(Arc::clone(&desk), lane, writes))).collect();
    let (mut acknowledged, mut killed) = (BTreeSet::new(), 0);
    for lane in lanes {
        let (numbers, kills) = lane.await.unwrap();
        acknowledged.extend(numbers);
        killed += kills;
    }
    assert!(killed > writes / 20, "only {killed} processes were killed before they were done");

    let listed = desk.done(&["extension", "list", "acme", "--json"]).json();
    let kept: BTreeSet<String> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|extension| extension["number"].as_str().unwrap().to_owned())
        .collect();
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "acknowledged but lost: {lost:?}");
    // a seat without SIP credentials would be counted here and not be listed there
    let shown = desk.done(&["license", "show", "acme", "--json"]).json();
    assert_eq!(shown["products"][0]["used"].as_u64(), Some(kept.len() as u64));
    // a backup reads and compares every row
    let backup = desk.path("backup.db");
    desk.done(&["backup", backup.to_str().unwrap()]);
    assert_eq!(desk.extend("99999").code, Some(0));
}

/// Adds this lane's share of extensions, one process each, and kills a third of them, spread over the time that a
/// process takes. The numbers that were acknowledged, and how many processes were killed.
async fn write(desk: Arc<Desk>, lane: u32, writes: u32) -> (Vec<String>, u32) {
    let (mut acknowledged, mut killed) = (Vec::new(), 0);
    let mut lifetime = Duration::from_millis(20);
    for (turn, write) in (0..).zip((lane..writes).step_by(LANES as usize)) {
        let number = (10_000 + write).to_string();
        let arguments = ["extension", "add", "acme", &number, "--name", "Ann", "--product", "essentials"];
        let mut command = tokio::process::Command::from(desk.command(&arguments));
        command.stdout(std::process::Stdio::null()).kill_on_drop(true);
        let started = Instant::now();
        let mut process = command.spawn().unwrap();
        let dies = turn % 3 == 2;
        let patience = if dies { lifetime * (turn % 50) / 50 } else { Duration::from_mins(1) };
        if let Ok(ended) = tokio::time::timeout(patience, process.wait()).await {
            assert!(ended.unwrap().success(), "{number}");
            acknowledged.push(number);
        } else {
            process.kill().await.unwrap();
            killed += 1;
        }
        if !dies {
            lifetime = started.elapsed();
        }
    }
    (acknowledged, killed)
}
