//! After a change, over the cable: the phone concerned is asked by SIP, proves who asks if it likes, and fetches again.

use std::process::{Child, Output, Stdio};

use crate::network::{Host, PHONE};
use crate::office::{MAC, Office};
use crate::sipp::Sipp;

const SENT: &str = "offhook_check_sync_sent_total";
const FOLLOWED: &str = "offhook_fleet_total{outcome=\"followed\"}";
const SNOM: &str = "000413a10b1c";

/// A simulated phone that stays after its boot. It does not outlive its test.
struct Phone(Option<Child>);

impl Phone {
    fn boots_and_stays(office: &Office, host: Host, model: &str, mac: &str, more: &[&str]) -> Self {
        let mut command = office.simulation(host, &["--model", model, "--mac", mac, "--pnp", "--stay"]);
        command.args(["--patience", "50"]).args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
        let phone = Self(Some(command.spawn().unwrap()));
        office.until("its first fetch", || provisioned(office, mac).contains("\"fetched\"").then_some(()));
        phone
    }

    /// Waits until it was asked, has fetched again and gone.
    fn ends(mut self) -> Output {
        self.0.take().unwrap().wait_with_output().unwrap()
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn provisioned(office: &Office, mac: &str) -> String {
    let shown: serde_json::Value =
        serde_json::from_str(&office.done(&["device", "show", mac, "--json"])).unwrap();
    // its address comes to be known within a second of its fetch
    let seen = office.done(&["device", "list", "acme", "--seen", "--json"]).contains("\"served\"");
    if seen { shown["provisioned"].to_string() } else { String::new() }
}

#[test]
fn a_simulated_snom_and_yealink_are_asked_after_a_change_and_fetch_again() {
    let office = Office::open();
    office.done(&["device", "add", "acme", SNOM, "--model", "Snom D785"]);
    office.done(&["extension", "add", "acme", "102", "--name", "Bob", "--product", "line"]);
    office.done(&["device", "assign", SNOM, "1", "102"]);
    for (model, mac, number, more) in
        [("Yealink SIP-T46U", MAC, "101", &[][..]), ("Snom D785", SNOM, "102", &["--challenge"][..])]
    {
        let before = office.metric(FOLLOWED);
        let phone = Phone::boots_and_stays(&office, Host::Office, model, mac, more);
        office.done(&["extension", "rename", "acme", number, "Zoe Zander"]);
        let ended = phone.ends();
        let shown = String::from_utf8(ended.stdout).unwrap();
        assert!(ended.status.success(), "{model}: {}", String::from_utf8_lossy(&ended.stderr));
        assert!(shown.contains("Zoe Zander"), "{model}: {shown}");
        office.until("that it follows", || (office.metric(FOLLOWED) == before + 1).then_some(()));
        assert!(provisioned(&office, mac).contains("\"state\":\"fetched\""), "{}", provisioned(&office, mac));
    }
    // one packet for the Yealink; for the Snom one more, which proves who asks
    assert_eq!(office.metric(SENT), 3);
}

#[test]
fn sipp_is_asked_proves_who_asks_and_is_asked_by_hand_as_well() {
    let office = Office::open();
    let booted = office.simulate(Host::Office, &["--model", "Yealink SIP-T46U", "--mac", MAC, "--pnp"]);
    assert!(booted.status.success());
    office.until("its first fetch", || provisioned(&office, MAC).contains("\"fetched\"").then_some(()));
    let phone = Sipp::waits(&office, Host::Office, PHONE, "asked-to-fetch");
    let waited = office.done(&["device", "sync", MAC, "--wait", "50", "--json"]);
    let messages = phone.ends();
    assert!(messages.contains("NOTIFY sip:101@10.66.1.2 SIP/2.0"), "{messages}");
    assert!(waited.contains("\"state\":\"fetched\""), "{waited}");
    assert!(office.done(&["audit", "list", "acme"]).contains("device.sync-requested"));
    let password = office.done(&["extension", "show", "acme", "101", "--show-password", "--json"]);
    let password: serde_json::Value = serde_json::from_str(&password).unwrap();
    let password = password["sip_password"].as_str().unwrap();
    assert!(!office.log().contains(password) && !messages.contains(password));
}
