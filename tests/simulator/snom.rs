//! What a Snom phone remembers.

use offhook::simulator::{KeyAction, Memory, Transport};

use crate::packs::{acting, factory, registering, snom};

const WITH: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<settings><phone-settings>
<user_active idx="2" perm="R">on</user_active><user_name idx="2" perm="R">u101</user_name>
<user_realname idx="2" perm="R">Zoë &lt;Z&gt;</user_realname><user_idle_text idx="2" perm="R">101</user_idle_text>
<user_pass idx="2" perm="R">geheim-101</user_pass><user_host idx="2" perm="R">pbx.example:5061</user_host>
<user_outbound idx="2" perm="R">pbx.example:5061;transport=tls</user_outbound>
<http_pass perm="R">web-password</http_pass><setting_server perm="RW">https://pbx.example/p/d/{mac}.xml</setting_server>
</phone-settings><functionKeys>
<fkey idx="0" context="2" label="101" perm="">line</fkey>
<fkey idx="1" context="2" label="Bob" perm="">blf 102|*8</fkey>
<fkey idx="24" context="active" label="Taxi" perm="">speed 0301234</fkey>
</functionKeys></settings>"#;

const CLEARED: &str = r#"<settings><phone-settings>
<user_active idx="2" perm="R">off</user_active><user_name idx="2" perm="R"></user_name>
<user_realname idx="2" perm="R"/><user_idle_text idx="2" perm="R"/><user_pname idx="2" perm="R"/>
<user_pass idx="2" perm="R"></user_pass><user_host idx="2" perm="R"></user_host><user_outbound idx="2" perm="R"/>
</phone-settings><functionKeys>
<fkey idx="0" context="active" label="" perm="">line</fkey><fkey idx="1" context="active" label="" perm="">none</fkey>
<fkey idx="24" context="active" label="" perm="">line</fkey></functionKeys></settings>"#;

fn provisioned() -> Memory {
    let mut memory = factory(snom());
    memory.takes("snomD785-001565AABBCC.htm", WITH.as_bytes()).unwrap();
    memory
}

fn takes(memory: &mut Memory, settings: &str) {
    let document = format!("<settings><phone-settings>{settings}</phone-settings></settings>");
    memory.takes("a.xml", document.as_bytes()).unwrap();
}

#[test]
fn a_document_becomes_accounts_and_keys() {
    let memory = provisioned();
    let account = &memory.accounts()[1];
    assert_eq!((account.label.as_str(), account.display_name.as_str()), ("101", "Zoë <Z>"));
    assert_eq!((account.user.as_str(), account.auth_user.as_str()), ("u101", "u101"));
    assert_eq!((account.registrar.as_str(), account.port), ("pbx.example", Some(5061)));
    assert_eq!(account.transport, Some(Transport::Tls));
    assert_eq!(registering(&memory), [2]);
    assert_eq!(acting(&memory), [1, 2, 25]);
    let blf = &memory.keys()[1];
    assert_eq!(
        (&blf.kind, blf.line, blf.value.as_str(), blf.label.as_str()),
        (&KeyAction::Blf, Some(2), "102", "Bob")
    );
    assert_eq!(memory.next_url().unwrap().expose(), "https://pbx.example/p/d/001565AABBCC.xml");
}

#[test]
fn what_a_document_clears_is_gone() {
    let mut memory = provisioned();
    memory.takes("a.xml", CLEARED.as_bytes()).unwrap();
    assert!(registering(&memory).is_empty());
    assert!(acting(&memory).is_empty());
    assert!(memory.accounts()[1].is_blank());
    assert!(memory.remaining_secrets().is_empty());
    assert!(memory.holding("geheim").is_empty());
}

#[test]
fn what_a_document_merely_omits_stays() {
    let mut memory = provisioned();
    takes(&mut memory, r#"<user_active idx="1" perm="R">off</user_active>"#);
    assert_eq!(registering(&memory), [2]);
    assert_eq!(acting(&memory), [1, 2, 25]);
    assert_eq!(memory.remaining_secrets(), ["user_pass[2]"]);
}

#[test]
fn a_key_is_replaced_with_its_label_and_context() {
    let mut memory = provisioned();
    let keys = br#"<functionKeys><fkey idx="1">dest 103</fkey></functionKeys>"#;
    memory.takes("a.xml", keys).unwrap();
    let key = &memory.keys()[1];
    assert_eq!((key.line, key.value.as_str(), key.label.as_str()), (Some(1), "103", ""));
}

#[test]
fn a_value_that_the_user_changed_stays_under_an_exclamation_mark() {
    let mut memory = factory(snom());
    takes(&mut memory, r#"<language perm="!">Deutsch</language>"#);
    assert!(memory.user_sets("language", "English"));
    for (perm, value) in [("!", "English"), ("R", "English"), ("RW", "Deutsch")] {
        takes(&mut memory, &format!(r#"<language perm="{perm}">Deutsch</language>"#));
        assert_eq!(memory.setting("language"), Some(value), "{perm}");
    }
}

#[test]
fn a_password_under_an_exclamation_mark_locks_the_server_out_at_once() {
    let mut memory = factory(snom());
    takes(&mut memory, r#"<http_pass perm="!">one</http_pass>"#);
    takes(&mut memory, r#"<http_pass perm="!">two</http_pass>"#);
    assert_eq!(memory.setting("http_pass"), Some("one"));
    takes(&mut memory, r#"<http_pass perm="$">three</http_pass>"#);
    assert_eq!(memory.setting("http_pass"), Some("three"));
}

#[test]
fn write_protected_values_keep_the_user_out_and_volatile_ones_end_with_a_restart() {
    let mut memory = factory(snom());
    takes(&mut memory, r#"<language perm="R">Deutsch</language><tone_scheme perm="V">GER</tone_scheme>"#);
    assert!(!memory.user_sets("language", "English"));
    memory.starts();
    assert_eq!((memory.setting("language"), memory.setting("tone_scheme")), (Some("Deutsch"), None));
}

#[test]
fn a_document_that_is_not_well_formed_is_discarded_whole() {
    let mut memory = provisioned();
    let broken = CLEARED.replace("</functionKeys>", "");
    assert!(memory.takes("a.xml", broken.as_bytes()).is_err());
    assert_eq!(registering(&memory), [2]);
}

#[test]
fn an_identity_that_was_never_switched_off_registers_as_soon_as_it_can() {
    let mut memory = factory(snom());
    takes(
        &mut memory,
        r#"<user_name idx="1">u</user_name><user_pass idx="1">p</user_pass><user_host idx="1">h</user_host>"#,
    );
    assert_eq!(registering(&memory), [1]);
}

#[test]
fn a_keypad_is_locked_while_there_is_a_pin_that_opens_it() {
    let mut memory = provisioned();
    takes(&mut memory, r#"<keyboard_lock perm="RW">on</keyboard_lock>"#);
    assert_eq!(memory.lock(), None, "anybody opens a lock without a PIN");
    takes(
        &mut memory,
        r#"<keyboard_lock_pw perm="R">4711</keyboard_lock_pw><keyboard_lock_timeout perm="R">60</keyboard_lock_timeout>"#,
    );
    let lock = memory.lock().unwrap();
    assert_eq!((lock.pin.expose(), lock.after), ("4711", Some(60)));
    assert_eq!(lock.emergency, ["911", "112", "110", "999"]);
    assert!(memory.user_sets("keyboard_lock", "off"), "who knows the PIN unlocks it");
    assert!(!memory.user_sets("keyboard_lock_pw", ""), "and does not take the lock away");
    takes(&mut memory, r#"<enable_keyboard_lock perm="R">off</enable_keyboard_lock>"#);
    assert_eq!(memory.lock(), None);
    assert_eq!(memory.remaining_secrets(), ["keyboard_lock_pw", "user_pass[2]"]);
}
