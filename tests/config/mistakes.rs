//! Every mistake is said at once, with its place, its key and what is allowed.

use super::{Start, file};

#[test]
fn all_mistakes_of_all_sources_come_together() {
    let mistakes = file(
        r#"
[server]
data = "/d"
role = "everything"

[listen]
htps = "0.0.0.0:443"
https = "443"
admin = true

[limits]
connections = "many"
idle_timeout = "15"

[[trust]]
network = "10.0.0.1/8"
tenant = "ACME"
[[trust]]
netwrk = "10.0.0.0/8"

[colours]
"#,
    )
    .variable("OFFHOOK_LOG_FORMAT", "xml")
    .variable("OFFHOOK_TRUST", "10.0.0.0/8")
    .flag("limits.tftp_transfers", "0")
    .mistakes();
    assert_eq!(
        mistakes,
        [
            r#"@/offhook.toml:4:8: server.role: "everything" is none of all, phones, admin"#,
            r#"@/offhook.toml:7:1: listen.htps: is no known key; did you mean "https"?"#,
            r#"@/offhook.toml:8:9: listen.https: "443" is no address with port, written like "0.0.0.0:443" or "[::]:443", nor "off""#,
            "@/offhook.toml:9:9: listen.admin: is true or false; it must be a text in quotes",
            "@/offhook.toml:12:15: limits.connections: is a text; it must be a whole number without quotes",
            r#"@/offhook.toml:13:16: limits.idle_timeout: "15" is no duration from 100ms to 3600s, written like "500ms", "10s" or "2m""#,
            "@/offhook.toml:16:11: trust.network: 10.0.0.1/8 names a host with the size of a network; the network is 10.0.0.0/8",
            r#"@/offhook.toml:17:10: trust.tenant: "ACME" is no tenant's short name: 2 to 32 of a-z, 0-9 and -, starting with a letter"#,
            "@/offhook.toml:18:1: trust.network: is missing",
            "@/offhook.toml:18:1: trust.tenant: is missing",
            r#"@/offhook.toml:19:1: trust.netwrk: is no known key; did you mean "network"?"#,
            "@/offhook.toml:21:2: colours: is no known section; allowed are server, listen, database, keys, license, tls, trust, allow, catalog, notify, factory_certificates, limits, log",
            r#"OFFHOOK_LOG_FORMAT: log.format: "xml" is none of human, json"#,
            r#"OFFHOOK_TRUST: trust: "10.0.0.0/8" is not written NETWORK=TENANT, like 10.1.0.0/16=acme"#,
            r#"--limits-tftp-transfers: limits.tftp_transfers: "0" is no number from 1 to 1000000"#,
        ]
    );
}

#[test]
fn a_wrong_value_is_said_even_where_a_stronger_source_hides_it() {
    let start = file("[server]\ndata = \"/d\"\n[log]\nlevel = \"loud\"").flag("log.level", "info");
    assert_eq!(start.mistakes().len(), 1);
}

#[test]
fn what_is_missing_names_all_three_ways_to_give_it() {
    assert_eq!(
        Start::default().mistakes(),
        [
            "server.data: is missing: the directory of the database, the keys and the certificates; give it with --data, OFFHOOK_DATA or data under [server]"
        ]
    );
}

#[test]
fn columns_count_characters_and_lines_may_end_in_any_way() {
    let mistakes = file("# größer\r\n[server]\r\ndata = \"/d\"\r\n\"nämé\" = 1\r\n").mistakes();
    assert!(mistakes[0].starts_with("@/offhook.toml:4:1: server.nämé: "), "{mistakes:?}");
    let mistakes = file("server = { data = \"/ä\", role = \"x\" }").mistakes();
    assert!(mistakes[0].starts_with("@/offhook.toml:1:32: server.role: "), "{mistakes:?}");
}

#[test]
fn syntax_errors_come_with_their_place_and_hide_nothing_else() {
    let mistakes =
        file("[server]\ndata = /d\n[listen]\nhttps = 0.0.0.0:443\n[log]\nlevel = \"loud\"\n").mistakes();
    let places: Vec<&str> = mistakes.iter().map(|mistake| mistake.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["@/offhook.toml:2:8", "@/offhook.toml:4:12", "@/offhook.toml:6:9"], "{mistakes:#?}");
    assert!(mistakes[0].contains("is no TOML: "), "{mistakes:#?}");
}

#[test]
fn a_key_given_twice_is_a_mistake() {
    let mistakes = file("[server]\ndata = \"/d\"\ndata = \"/e\"\n").mistakes();
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    assert!(mistakes[0].starts_with("@/offhook.toml:3:1: is no TOML: duplicate key"), "{mistakes:#?}");
}

#[test]
fn a_syntax_error_beside_a_password_does_not_show_it() {
    let mistakes = file("[database]\nurl = \"postgres://offhook:hunter2@db/phones\n").mistakes();
    assert!(!mistakes.is_empty() && !mistakes.concat().contains("hunter2"), "{mistakes:#?}");
    let mistakes =
        Start::default().flag("server.data", "/d").flag("database.url", "offhook:hunter2@db").mistakes();
    assert_eq!(
        mistakes,
        ["--database-url: database.url: is neither sqlite:PATH nor postgres://USER@HOST/DATABASE"]
    );
}

#[test]
fn a_certificate_needs_its_key_and_a_network_one_tenant() {
    let mistakes = file(
        "[server]\ndata = \"/d\"\n[tls]\nrsa_key = \"rsa.key\"\n[[trust]]\nnetwork = \"10.0.0.0/8\"\ntenant = \"acme\"\n\
         [[trust]]\nnetwork = \"10.0.0.0/8\"\ntenant = \"other\"\n\
         [[allow]]\nnetwork = \"10.0.0.0/8\"\ntenant = \"third\"\n[[allow]]\nnetwork = \"10.1.0.0/16\"\ntenant = \"third\"\n\
         [[allow]]\nnetwork = \"10.1.0.0/16\"\ntenant = \"third\"",
    )
    .mistakes();
    assert_eq!(
        mistakes,
        [
            "@/offhook.toml:8:1: trust: 10.0.0.0/8 is named twice; a network has one tenant",
            "@/offhook.toml:17:1: allow: 10.1.0.0/16 is named twice; a network has one tenant",
            "allow: 10.0.0.0/8 is trusted for acme; a network has one tenant",
            "tls.rsa_certificate: is missing: tls.rsa_key is of no use without it",
        ]
    );
}

#[test]
fn two_listeners_cannot_share_an_address() {
    let start = || file("[server]\ndata = \"/d\"\n[listen]\nhttps = \"127.0.0.1:0\"\nhttp = \"127.0.0.1:0\"");
    assert!(start().load().is_ok());
    let mistakes = start().flag("listen.http", "127.0.0.1:8080").mistakes();
    assert_eq!(mistakes, ["listen.admin: 127.0.0.1:8080 is taken by listen.http already"]);
}

#[test]
fn a_name_that_phones_cannot_use_is_refused() {
    for name in ["phones.example.org:443", "https://phones", "a b", &format!("{}.org", "a".repeat(63))] {
        let mistakes = file(format!("[server]\ndata = \"/d\"\nname = {name:?}")).mistakes();
        assert_eq!(mistakes.len(), 1, "{name}: {mistakes:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_file_makes_it_panic(text in "([a-z\\[\\]=\"'{}, \n.#0-9]|trust|server|data|listen|limits|public_keys){0,60}") {
        let _ = file(text).load();
    }
}
