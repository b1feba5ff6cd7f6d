//! What cannot be printed is refused, and the reason says what to do.

use offhook::{
    admin::{
        actions::TimeServer,
        dhcp::{DhcpServer, Handed, PhoneClass, Plan, Value, Wishes},
    },
    domain::TenantSlug,
};

use crate::office::{Ended, Office};

fn refused(ended: &Ended, code: i32, says: &str) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert!(ended.printed.contains(says), "{ended:?}");
}

#[test]
fn a_server_without_a_name_says_how_to_give_it_one() {
    let office = Office::with("");
    for server in ["dnsmasq", "kea", "isc", "mikrotik", "windows"] {
        let ended = office.run(&["dhcp", server, "acme"]);
        refused(&ended, 2, "name = \"phones.example.org\"");
        assert!(!ended.printed.contains(".invalid"), "{ended:?}");
    }
}

#[test]
fn a_tenant_whose_urls_have_ended_is_told_to_be_given_a_new_one() {
    let office = Office::new();
    let mut sqlite = std::process::Command::new("sqlite3");
    let ended = sqlite.arg(office.path("data/offhook.db")).arg("UPDATE scopes SET expires_at = 1");
    assert!(ended.status().unwrap().success());
    let ended = office.run(&["dhcp", "kea", "acme", "--json"]);
    refused(&ended, 1, "offhook tenant scope rotate acme");
    assert!(ended.printed.contains("\"tenant_without_scope\""), "{ended:?}");
    office.done(&["tenant", "scope", "rotate", "acme"]);
    office.done(&["dhcp", "kea", "acme"]);
}

#[test]
fn wrong_arguments_are_refused() {
    let office = Office::new();
    refused(&office.run(&["dhcp", "kea", "nobody"]), 1, "there is no tenant \"nobody\"");
    refused(&office.run(&["dhcp", "kea", "acme", "--ntp", "pool.ntp.org"]), 2, "--ntp");
    refused(&office.run(&["dhcp", "kea", "acme", "--option", "150"]), 2, "see --tftp");
    refused(&office.run(&["dhcp", "kea", "acme", "--option", "43"]), 2, "128 to 254");
    for interface in ["eth0,tag:x", "eth0\ndhcp-script=x", "a\"b", ""] {
        let ended = office.run(&["dhcp", "dnsmasq", "acme", "--interface", interface]);
        refused(&ended, 2, "the interface ");
    }
    for server in ["a\"b", "$(x)", "[/system reset]\\", "ä"] {
        let ended = office.run(&["dhcp", "mikrotik", "acme", "--server", server]);
        refused(&ended, 2, "the DHCP server holds ");
    }
}

/// Each server refuses what would end its quotes, and takes what would not.
#[test]
fn a_text_that_a_server_cannot_carry_is_refused_by_name() {
    let servers = [
        (DhcpServer::Dnsmasq { interface: None }, "\"\\"),
        (DhcpServer::Kea, "\"\\',"),
        (DhcpServer::Isc, "\"\\"),
        (DhcpServer::Mikrotik { server: None }, "\"\\'$"),
        (DhcpServer::Windows { scope: None }, "'"),
    ];
    for (server, refused) in servers {
        for character in (' '..='~').chain(['\n', '\0', '\u{7f}', 'é', '\u{2019}']) {
            let visible = character == ' ' || character.is_ascii_graphic();
            let carried = visible && !refused.contains(character);
            let told = server.directives(&plan(&format!("a{character}b"), "https://x/"));
            assert_eq!(told.is_ok(), carried, "{server:?}: {character:?}: {told:?}");
            if let Err(error) = told {
                let message = error.to_string();
                assert!(message.contains("the vendor class of Alpha holds"), "{message}");
                assert!(message.contains(server.as_str()), "{message}");
            }
            let url = server.directives(&plan("alpha", &format!("https://{character}/")));
            assert_eq!(url.is_ok(), carried, "{server:?}: {character:?} in the URL: {url:?}");
        }
        let long = server.directives(&plan("alpha", &format!("https://{}/", "x".repeat(250))));
        assert!(long.is_err_and(|error| error.to_string().contains("has 259 bytes")), "{server:?}");
    }
}

/// What is told to the phones of one vendor in option 66.
fn plan(class: &str, url: &str) -> Plan {
    let tenant = TenantSlug::parse("acme").unwrap();
    let time = TimeServer::Named(String::new());
    let mut plan = Plan::new(&tenant, url.to_owned(), &time, &Wishes::default(), []);
    let options = vec![Handed { code: 66, value: Value::Text(url.to_owned()), about: "66".to_owned() }];
    plan.classes.push(PhoneClass {
        vendor: "Alpha".to_owned(),
        name: "offhook_acme_alpha".to_owned(),
        begins_with: vec![class.to_owned()],
        options,
    });
    plan
}

#[test]
fn the_url_that_needs_no_trust_is_given_where_it_is_asked_for_and_there_is_such_a_door() {
    let office = Office::new();
    let secure = office.url();
    let (_, scope) = secure.split_once("/p/").unwrap();
    let given = |arguments: &[&str]| office.done(&[&["dhcp", "dnsmasq", "acme"], arguments].concat());
    assert!(given(&[]).contains(&secure));
    let plain = given(&["--bootstrap"]);
    assert!(plain.contains(&format!("tftp://phones.example.org/p/{scope}")), "{plain}");
    assert!(!plain.contains("https://"), "{plain}");
    let config = std::fs::read_to_string(office.path("offhook.toml")).unwrap();
    let doors =
        |doors: &str| std::fs::write(office.path("offhook.toml"), format!("{config}{doors}")).unwrap();
    doors("http = \"127.0.0.1:8081\"\n");
    let over_http = format!("http://phones.example.org:8081/p/{scope}");
    assert!(given(&["--bootstrap"]).contains(&over_http));
    assert!(office.done(&["tenant", "show", "acme"]).contains(&over_http));
    doors("tftp = \"off\"\n");
    refused(&office.run(&["dhcp", "kea", "acme", "--bootstrap"]), 2, "http = \"0.0.0.0:80\"");
}
