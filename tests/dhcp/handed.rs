//! What real DHCP servers hand out with the printed directives.

use crate::{
    lan::{Host, INTERFACE, Lan},
    office::Office,
    phone::{ASKED, told},
    servers::DhcpServer,
};

type Start = fn(&Lan, &Office, &str) -> DhcpServer;

/// Serves what `offhook dhcp SERVER acme` prints, and asks as a Yealink, a Snom and two devices that are no phones. `end`
/// is what the server puts after option 66.
fn phones_are_told_and_nobody_else(start: Start, server: &str, more: &[&str], end: &[u8]) {
    let (lan, office) = (Lan::new(), Office::new());
    let common = ["dhcp", server, "acme", "--ntp", "10.99.0.7", "--ntp", "10.99.0.8"];
    let printed = office.done(&[&common[..], more, &["--option", "160", "--tftp", "10.99.0.5"]].concat());
    std::fs::write(office.path("printed"), printed).unwrap();
    let _running = start(&lan, &office, "printed");
    let url = office.url();
    let nested = [&[66, u8::try_from(url.len() + 1).unwrap()], url.as_bytes(), &[0]].concat();
    for (class, is_snom) in [("yealink", false), ("snomD785", true), ("snom320", true)] {
        let told = told(&lan, &office, class, &ASKED);
        let of = |code| told.get(&code).map(Vec::as_slice);
        assert_eq!(of(66), Some(&[url.as_bytes(), end].concat()[..]), "{class}");
        assert_eq!(of(160), Some(url.as_bytes()), "{class}");
        assert_eq!(of(43), is_snom.then_some(&nested[..]), "{class}");
        assert_eq!(of(42), Some(&[10, 99, 0, 7, 10, 99, 0, 8][..]), "{class}");
        assert_eq!(of(150), Some(&[10, 99, 0, 5][..]), "{class}");
    }
    for class in ["MSFT 5.0", "PXEClient:Arch:00007:UNDI:003016"] {
        let told = told(&lan, &office, class, &ASKED);
        assert!(told.is_empty(), "{class}: {told:?}");
    }
}

/// A zero byte at the end of a text is to be left out by whoever reads it (RFC 2132 §2).
#[test]
fn dnsmasq_tells_phones_and_nobody_else() {
    phones_are_told_and_nobody_else(DhcpServer::dnsmasq, "dnsmasq", &["--interface", INTERFACE], &[0]);
}

#[test]
fn kea_tells_phones_and_nobody_else() {
    phones_are_told_and_nobody_else(DhcpServer::kea, "kea", &[], &[]);
}

#[test]
fn isc_dhcpd_tells_phones_and_nobody_else() {
    phones_are_told_and_nobody_else(DhcpServer::isc, "isc", &[], &[]);
}

/// `tag:lan0` is true of requests that come in by that interface alone.
#[test]
fn dnsmasq_tells_nobody_who_asks_by_another_interface() {
    let (lan, office) = (Lan::new(), Office::new());
    let printed = office.done(&["dhcp", "dnsmasq", "acme", "--interface", "lan1"]);
    std::fs::write(office.path("printed"), printed).unwrap();
    let _running = DhcpServer::dnsmasq(&lan, &office, "printed");
    let told = told(&lan, &office, "yealink", &ASKED);
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn a_phone_is_told_the_url_also_when_it_does_not_say_that_it_reads_it() {
    let servers: [(&str, Start); 2] = [("dnsmasq", DhcpServer::dnsmasq), ("kea", DhcpServer::kea)];
    for (server, start) in servers {
        let (lan, office) = (Lan::new(), Office::new());
        std::fs::write(office.path("printed"), office.done(&["dhcp", server, "acme"])).unwrap();
        let _running = start(&lan, &office, "printed");
        let told = told(&lan, &office, "snomD785", &[]);
        assert_eq!(told.keys().collect::<Vec<_>>(), [&43, &66], "{server}");
        assert!(told[&66].starts_with(office.url().as_bytes()), "{server}");
    }
}

/// Two tenants on one server, one of them with options that the other has not.
#[test]
fn what_two_tenants_print_can_stand_side_by_side() {
    let (lan, office) = (Lan::new(), Office::new());
    office.done(&["tenant", "add", "acme-two", "--name", "Two", "--sip-domain", "192.0.2.1"]);
    for (server, checked) in [("isc", "dhcpd"), ("dnsmasq", "dnsmasq")] {
        let both = ["acme", "acme-two"].map(|tenant| {
            let option = ["--option", "160", "--option", "161"];
            office.done(
                &[&["dhcp", server, tenant][..], &option[..if tenant == "acme" { 2 } else { 4 }]].concat(),
            )
        });
        std::fs::write(office.path("both"), both.concat()).unwrap();
        let mut check = lan.command(Host::Server, checked);
        match server {
            "isc" => check.args(["-t", "-4", "-cf"]).arg(office.path("both")),
            _ => check.arg("--test").arg(format!("--conf-file={}", office.path("both").display())),
        };
        let output = check.output().unwrap();
        assert!(output.status.success(), "{server}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
