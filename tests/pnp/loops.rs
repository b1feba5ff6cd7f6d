//! What is sent comes back, to its sender and to the group: nothing more is sent for it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;

use crate::network::{Host, PHONE};
use crate::office::{MAC, Office};

/// One answer, and a request that nobody answers, eleven times (RFC 3261, timers E and F).
const TOLD: usize = 12;
const ASKED: usize = 11;

#[test]
fn whatever_is_sent_back_to_its_sender_and_to_the_group_brings_nothing_more() {
    let office = Office::open();
    let booted = office.simulate(Host::Office, &["--model", "Yealink SIP-T46U", "--mac", MAC, "--pnp"]);
    assert!(booted.status.success());
    let fetched = || office.done(&["device", "show", MAC, "--json"]).contains("\"fetched\"").then_some(());
    office.until("its first fetch", fetched);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pnp/reflects.py");
    let mut mirror = office
        .network
        .at(Host::Office, "python3")
        .args([script, PHONE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs python3");
    let subscribe = format!(
        "SUBSCRIBE sip:MAC%3a{MAC}@224.0.1.75 SIP/2.0\r\nVia: SIP/2.0/UDP {PHONE}:5070;branch=z9hG4bK-1;rport\r\n\
         From: <sip:MAC%3a{MAC}@224.0.1.75>;tag=1\r\nTo: <sip:MAC%3a{MAC}@224.0.1.75>\r\nCall-ID: loop\r\n\
         CSeq: 1 SUBSCRIBE\r\nContact: <sip:{PHONE}:5070>\r\nEvent: ua-profile;vendor=\"Yealink\";model=\"T46U\"\r\n\
         Content-Length: 0\r\n\r\n"
    );
    let mut input = mirror.stdin.take().unwrap();
    write!(input, "{}\n{subscribe}", subscribe.len()).unwrap();
    let mut output = BufReader::new(mirror.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    let unanswered = "offhook_pnp_notifies_total{outcome=\"unanswered\"}";
    let before = office.metric(unanswered);
    office.done(&["device", "sync", MAC]);
    office.until("the end of the NOTIFY", || (office.metric(unanswered) == before + 1).then_some(()));
    let sent = "offhook_check_sync_sent_total";
    office.until("the end of check-sync", || (office.metric(sent) >= ASKED as u64).then_some(()));
    drop(input);
    line.clear();
    output.read_to_string(&mut line).unwrap();
    assert!(mirror.wait().unwrap().success());
    assert_eq!(line, format!("pnp {TOLD}\ncheck-sync {ASKED}\n"));
    let retransmitted = office.metric("offhook_pnp_retransmissions_total");
    assert_eq!((retransmitted, office.metric(sent)), (10, ASKED as u64));
}
