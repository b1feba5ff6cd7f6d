//! The printed text of each server, beside the files that were read by eye against its documentation.
//!
//! `OFFHOOK_BLESS=1 cargo test --test dhcp` writes them anew; read the difference before it is committed.

use std::{net::Ipv4Addr, path::Path};

use offhook::{
    admin::{
        actions::TimeServer,
        dhcp::{DhcpServer, Plan, Wishes},
    },
    catalog::Catalog,
    domain::TenantSlug,
};

use crate::office::Office;

const URL: &str = "https://phones.example.org:8443/p/tabcdefghijklmnopqrstuvwxyz/";

/// Every server with nothing wished for, and with everything.
fn servers(everything: bool) -> [(&'static str, DhcpServer); 5] {
    let named = |name: &str| everything.then(|| name.to_owned());
    [
        ("dnsmasq.conf", DhcpServer::Dnsmasq { interface: named("eth0.20") }),
        ("kea.json", DhcpServer::Kea),
        ("isc.conf", DhcpServer::Isc),
        ("mikrotik.rsc", DhcpServer::Mikrotik { server: named("dhcp voice") }),
        ("windows.ps1", DhcpServer::Windows { scope: everything.then_some(Ipv4Addr::new(10, 20, 0, 0)) }),
    ]
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is reviewed is written anew on demand")]
fn the_directives_are_as_they_were_read() {
    let catalog = Catalog::embedded().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dhcp/directives");
    let bless = std::env::var("OFFHOOK_BLESS").is_ok_and(|value| value == "1");
    let address = |last| Ipv4Addr::new(10, 20, 0, last);
    let everything =
        Wishes { ntp: vec![address(1), address(2)], tftp: vec![address(3), address(4)], also: vec![160] };
    for (kind, wishes) in [("plain", Wishes::default()), ("everything", everything)] {
        let acme = TenantSlug::parse("acme").unwrap();
        let time = TimeServer::Named("pool.ntp.org".to_owned());
        let plan = Plan::new(&acme, URL.to_owned(), &time, &wishes, catalog.manifests());
        for (name, server) in servers(kind == "everything") {
            let path = folder.join(format!("{kind}-{name}"));
            let text = server.directives(&plan).unwrap();
            if bless {
                std::fs::write(&path, &text).unwrap();
            }
            let read = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(text, read, "{} (OFFHOOK_BLESS=1 writes it anew)", path.display());
        }
    }
}

#[test]
fn the_url_is_the_one_that_tenant_show_prints_also_after_a_new_one() {
    let office = Office::new();
    let old = office.url();
    office.done(&["tenant", "scope", "rotate", "acme", "--overlap", "30"]);
    let new = office.url();
    assert_ne!(old, new);
    for server in ["dnsmasq", "kea", "isc", "mikrotik", "windows"] {
        let printed = office.done(&["dhcp", server, "acme"]);
        assert!(printed.contains(&new) && !printed.contains(&old), "{printed}");
        let scope = |url: &str| {
            data_encoding::HEXLOWER.encode(url.trim_end_matches('/').rsplit('/').next().unwrap().as_bytes())
        };
        assert!(!printed.replace(':', "").replace(",0x", "").contains(&scope(&old)), "{printed}");
        let json: serde_json::Value =
            serde_json::from_str(&office.done(&["dhcp", server, "acme", "--json"])).unwrap();
        assert_eq!((json["provisioning_url"].as_str(), json["server"].as_str()), (Some(&*new), Some(server)));
        assert_eq!(json["text"].as_str().map(str::trim_end), Some(printed.trim_end()));
        assert_eq!(json["phones"][0]["options"][0]["value"].as_str(), Some(&*new), "{json}");
    }
}

#[test]
fn the_time_server_is_the_tenants_where_it_is_an_address() {
    let office = Office::new();
    let printed = || office.done(&["dhcp", "dnsmasq", "acme"]);
    let options =
        |text: &str| text.lines().filter(|line| line.contains(",42,")).map(str::to_owned).collect::<Vec<_>>();
    let named = printed();
    assert!(options(&named).is_empty() && named.contains("time.ntp is pool.ntp.org"), "{named}");
    office.done(&["setting", "set", "tenant", "acme", "time.ntp", "10.20.0.9"]);
    let given = options(&printed());
    assert!(given.len() == 3 && given.iter().all(|line| line.ends_with(",42,10.20.0.9")), "{given:?}");
    office.done(&["setting", "set", "tenant", "acme", "time.ntp", "2001:db8::1"]);
    let newer = printed();
    assert!(options(&newer).is_empty() && newer.contains("time.ntp is 2001:db8::1"), "{newer}");
}
