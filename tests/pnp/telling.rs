//! Who is told which URL, how often, from where; and that a phone boots from what it was told.

use crate::network::{Host, NEIGHBOUR, PHONE, SERVER};
use crate::office::{FOREIGN, MAC, Office};
use crate::sipp::Sipp;

const TOLD: &str = "offhook_pnp_notifies_total{outcome=\"told\"}";
const UNANSWERED: &str = "offhook_pnp_notifies_total{outcome=\"unanswered\"}";
const REFUSED: &str = "offhook_pnp_refused_total";

/// How many messages of `messages` start with `line`.
fn count(messages: &str, line: &str) -> usize {
    messages.lines().filter(|found| found.starts_with(line)).count()
}

#[test]
fn a_phone_is_told_its_tenants_url_once_and_from_the_address_that_it_can_reach() {
    let office = Office::open();
    let messages = Sipp::start(&office, Host::Office, PHONE, MAC, "boots").ends();
    assert_eq!((count(&messages, "SIP/2.0 200 OK"), count(&messages, "NOTIFY ")), (2, 1), "{messages}");
    assert!(messages.contains(&format!("NOTIFY sip:{PHONE}:")), "{messages}");
    assert!(messages.lines().any(|line| line.trim_end() == office.url()), "{messages}");
    assert!(messages.contains(&format!("Contact: <sip:{SERVER}:")), "{messages}");
    assert!(messages.contains(&format!("received={PHONE};rport=")), "{messages}");
    office.until("the count", || (office.metric(TOLD) == 1).then_some(()));
    let noted = office.until("the note", || {
        let shown = office.done(&["device", "list", "acme", "--seen", "--json"]);
        shown.contains("\"told\"").then_some(shown)
    });
    assert!(
        noted.contains("SIP-T46U") && noted.contains("108.86.0.15") && noted.contains("\"pnp\""),
        "{noted}"
    );
    let scope = office.url().trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
    assert!(!office.log().contains(&scope), "a scope in the log");
}

#[test]
fn a_subscribe_that_comes_again_is_answered_again_and_nothing_is_told_twice() {
    let office = Office::open();
    let messages = Sipp::start(&office, Host::Office, PHONE, MAC, "asks-again").ends();
    assert_eq!(count(&messages, "NOTIFY "), 1, "{messages}");
    let answers: Vec<&str> =
        messages.lines().filter(|line| line.starts_with("To: ") && line.contains(";tag=")).collect();
    assert_eq!((count(&messages, "SIP/2.0 200 OK"), answers[0]), (3, *answers.last().unwrap()), "{messages}");
    assert_eq!((office.metric(TOLD), office.metric("offhook_pnp_repeated_total")), (1, 1));
}

#[test]
fn a_notify_without_an_answer_is_sent_eleven_times_and_given_up() {
    let office = Office::open();
    let phone = Sipp::start(&office, Host::Office, PHONE, MAC, "says-nothing");
    office.until("the end of the NOTIFY", || (office.metric(UNANSWERED) == 1).then_some(()));
    let messages = phone.messages();
    assert_eq!((count(&messages, "NOTIFY "), count(&messages, "SIP/2.0 200 OK")), (11, 1), "{messages}");
    assert_eq!((office.metric("offhook_pnp_retransmissions_total"), office.metric(TOLD)), (10, 0));
}

#[test]
fn who_stands_in_no_allowed_network_hears_nothing_at_all() {
    let office = Office::open();
    let messages = Sipp::start(&office, Host::NextDoor, NEIGHBOUR, MAC, "hears-nothing").ends();
    assert!(office.metric(REFUSED) >= 1, "it was heard");
    assert_eq!((count(&messages, "SIP/2.0 "), count(&messages, "NOTIFY ")), (0, 0), "{messages}");
}

#[test]
fn the_device_of_another_tenant_hears_nothing_at_all() {
    let office = Office::open();
    let messages = Sipp::start(&office, Host::Office, PHONE, FOREIGN, "hears-nothing").ends();
    assert!(office.metric(REFUSED) >= 1, "it was heard");
    assert_eq!((count(&messages, "SIP/2.0 "), count(&messages, "NOTIFY ")), (0, 0), "{messages}");
}

#[test]
fn a_simulated_phone_without_a_url_boots_over_https_from_what_it_is_told() {
    let office = Office::open();
    for (model, mac) in [("Yealink SIP-T46U", MAC), ("Snom D785", "000413a10b1c")] {
        if mac != MAC {
            office.done(&["device", "add", "acme", mac, "--model", model]);
        }
        let booted = office.simulate(Host::Office, &["--model", model, "--mac", mac, "--pnp"]);
        let shown = String::from_utf8_lossy(&booted.stdout);
        assert!(booted.status.success(), "{model}: {}", String::from_utf8_lossy(&booted.stderr));
        assert!(shown.contains(&format!("\"server\":\"https://{SERVER}:443\"")), "{shown}");
        assert!(shown.contains("\"certificate_checked\":true"), "{shown}");
    }
    let stranger = office
        .simulate(Host::NextDoor, &["--model", "Yealink SIP-T46U", "--mac", MAC, "--pnp", "--deadline", "2"]);
    let said = String::from_utf8([stranger.stdout, stranger.stderr].concat()).unwrap();
    assert!(!said.contains("\"server\"") && said.contains("nobody at 224.0.1.75:5060"), "{said}");
}

#[test]
fn an_interface_that_comes_later_is_listened_at_after_a_reload() {
    let office = Office::open();
    office.network.plug_in_another();
    let lost = office.simulate(
        Host::Office,
        &["--model", "Snom D785", "--mac", "000413a10b1c", "--pnp", "--deadline", "2"],
    );
    assert!(!lost.status.success(), "the server cannot have heard");
    office.reload();
    office.until("the new interface", || office.log().contains("pnp listens on later").then_some(()));
    let booted = Sipp::start(&office, Host::Office, "10.66.3.2", MAC, "boots").ends();
    assert!(booted.contains("Contact: <sip:10.66.3.1:"), "{booted}");
}
