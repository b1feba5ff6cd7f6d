//! What Linphone remembers.

use offhook::simulator::{Memory, Transport};

use crate::packs::{factory, linphone, registering};

fn document(entries: &[(&str, &str, &str)]) -> String {
    let sections = entries.iter().map(|(section, name, value)| {
        let value = value.replace('<', "&lt;").replace('>', "&gt;");
        format!(
            r#"<section name="{section}"><entry name="{name}" overwrite="true">{value}</entry></section>"#
        )
    });
    format!(
        r#"<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd">{}</config>"#,
        sections.collect::<String>()
    )
}

fn takes(memory: &mut Memory, entries: &[(&str, &str, &str)]) {
    memory.takes("linphone.xml", document(entries).as_bytes()).unwrap();
}

/// An account at an index, with credentials at the same index.
fn account(index: u16) -> Vec<(String, String, String)> {
    let entry =
        |section: &str, name: &str, value: String| (format!("{section}_{index}"), name.to_owned(), value);
    vec![
        entry("proxy", "reg_proxy", "<sip:pbx.example:5061;transport=tls>".to_owned()),
        entry("proxy", "reg_identity", format!("\"Zoë {index}\" <sip:u{index}@pbx.example>")),
        entry("proxy", "reg_sendregister", "1".to_owned()),
        entry("auth_info", "username", format!("u{index}")),
        entry("auth_info", "userid", format!("a{index}")),
        entry("auth_info", "passwd", format!("geheim-{index}")),
        entry("auth_info", "domain", "pbx.example".to_owned()),
    ]
}

fn with_accounts(count: u16) -> Memory {
    let owned: Vec<_> = (0..count).flat_map(account).collect();
    let entries: Vec<_> = owned.iter().map(|(s, n, v)| (s.as_str(), n.as_str(), v.as_str())).collect();
    let mut memory = factory(linphone());
    takes(&mut memory, &entries);
    memory
}

#[test]
fn a_document_becomes_accounts() {
    let memory = with_accounts(2);
    let accounts = memory.accounts();
    let second = &accounts[1];
    assert_eq!((second.display_name.as_str(), second.user.as_str()), ("Zoë 1", "u1"));
    assert_eq!((second.auth_user.as_str(), second.password.as_ref().unwrap().expose()), ("a1", "geheim-1"));
    assert_eq!((second.registrar.as_str(), second.port), ("pbx.example", Some(5061)));
    assert_eq!(second.transport, Some(Transport::Tls));
    assert_eq!(registering(&memory), [1, 2]);
    assert_eq!(memory.setting("sip/default_proxy"), Some("0"));
}

#[test]
fn what_a_document_clears_is_gone() {
    let mut memory = with_accounts(1);
    let cleared =
        [("proxy_0", "reg_proxy", ""), ("proxy_0", "reg_identity", ""), ("proxy_0", "reg_sendregister", "0")];
    takes(&mut memory, &cleared);
    assert!(memory.accounts().is_empty());
    assert!(memory.remaining_secrets().is_empty());
    assert!(memory.holding("geheim").is_empty());
}

#[test]
fn what_a_document_merely_omits_stays_but_for_the_credentials() {
    let mut memory = with_accounts(1);
    takes(&mut memory, &[("net", "mtu", "1300")]);
    assert_eq!(memory.accounts()[0].user, "u0");
    assert!(memory.accounts()[0].password.is_none());
    assert!(registering(&memory).is_empty(), "without credentials in every file the user is logged out");
}

#[test]
fn an_entry_without_overwrite_never_changes_what_is_there() {
    let mut memory = with_accounts(1);
    let entry = |overwrite: &str| {
        format!(r#"<config><section name="net"><entry name="mtu"{overwrite}>1300</entry></section></config>"#)
    };
    memory.user_sets("net/mtu", "1500");
    memory.takes("l.xml", entry("").as_bytes()).unwrap();
    assert_eq!(memory.setting("net/mtu"), Some("1500"));
    memory.takes("l.xml", entry(r#" overwrite="true""#).as_bytes()).unwrap();
    assert_eq!(memory.setting("net/mtu"), Some("1300"));
}

#[test]
fn accounts_move_up_when_one_before_them_is_gone() {
    let mut memory = with_accounts(3);
    let owned: Vec<_> =
        account(0).into_iter().chain(account(2)).filter(|(s, ..)| s.starts_with("auth")).collect();
    let mut entries: Vec<_> = owned.iter().map(|(s, n, v)| (s.as_str(), n.as_str(), v.as_str())).collect();
    for (section, ..) in &mut entries {
        if *section == "auth_info_2" {
            *section = "auth_info_1";
        }
    }
    entries.extend([("proxy_1", "reg_proxy", ""), ("proxy_1", "reg_identity", "")]);
    takes(&mut memory, &entries);
    let users: Vec<_> = memory.accounts().into_iter().map(|account| account.user).collect();
    assert_eq!(users, ["u0", "u2"]);
    assert_eq!(memory.setting("proxy_1/reg_identity"), Some("\"Zoë 2\" <sip:u2@pbx.example>"));
    assert_eq!(memory.setting("proxy_2/reg_identity"), None);
    assert_eq!(registering(&memory), [1, 2]);
}

#[test]
fn a_line_feed_in_a_value_becomes_a_line_of_its_section() {
    let mut memory = factory(linphone());
    let smuggled = b"<config><section name=\"misc\"><entry name=\"x\">a&#10;config-uri=http://evil/</entry></section></config>";
    memory.takes("l.xml", smuggled).unwrap();
    assert_eq!(memory.setting("misc/x"), Some("a"));
    assert_eq!(memory.next_url().unwrap().expose(), "http://evil/");
}

#[test]
fn a_transient_document_is_fetched_once() {
    let mut memory = factory(linphone());
    memory.user_sets("misc/config-uri", "https://pbx.example/p/d/linphone.xml");
    assert!(memory.next_url().is_some());
    takes(&mut memory, &[("misc", "transient_provisioning", "1")]);
    assert!(memory.next_url().is_none());
}

#[test]
fn a_malformed_document_keeps_even_the_credentials() {
    let mut memory = with_accounts(1);
    assert!(memory.takes("l.xml", b"<config><section></config>").is_err());
    assert!(memory.takes("l.xml", b"<html/>").is_err());
    assert_eq!(registering(&memory), [1]);
}
