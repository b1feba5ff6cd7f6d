//! What a Yealink phone remembers.

use offhook::simulator::{KeyAction, Malformed, Memory, Transport};

use crate::packs::{acting, factory, registering, yealink};

const WITH: &str = "#!version:1.0.0.1
account.1.enable = 1
account.1.label = 101
account.1.display_name = Zoë = \"Z\" #1
account.1.user_name = u101
account.1.auth_name = a101
account.1.password = geheim-101
account.1.sip_server.1.address = pbx.example
account.1.sip_server.1.port = 5061
account.1.sip_server.1.transport_type = 2
linekey.1.type = 15
linekey.1.line = 1
linekey.2.type = 16
linekey.2.line = 1
linekey.2.value = 102
linekey.2.label = Bob
expansion_module.2.key.1.type = 13
expansion_module.2.key.1.value = 0301234
static.auto_provision.server.url = https://pbx.example/p/d/$MAC/
static.security.user_password = admin:web-password
static.security.user_password = user:other
";

const CLEARED: &str = "#!version:1.0.0.1
account.1.enable = 0
account.1.label = %NULL%
account.1.display_name = %NULL%
account.1.user_name = %NULL%
account.1.auth_name = %NULL%
account.1.password = %NULL%
account.1.sip_server.1.address = %NULL%
linekey.1.type = 0
linekey.1.line = %NULL%
linekey.2.type = 0
linekey.2.line = %NULL%
linekey.2.value = %NULL%
linekey.2.label = %NULL%
expansion_module.2.key.1.type = 0
expansion_module.2.key.1.value = %NULL%
";

fn provisioned() -> Memory {
    let mut memory = factory(yealink());
    memory.takes("001565aabbcc.cfg", WITH.as_bytes()).unwrap();
    memory
}

fn takes(memory: &mut Memory, lines: &str) {
    memory.takes("001565aabbcc.cfg", format!("#!version:1.0.0.1\n{lines}").as_bytes()).unwrap();
}

#[test]
fn a_document_becomes_accounts_and_keys() {
    let memory = provisioned();
    let account = &memory.accounts()[0];
    assert_eq!((account.label.as_str(), account.display_name.as_str()), ("101", "Zoë = \"Z\" #1"));
    assert_eq!((account.user.as_str(), account.auth_user.as_str()), ("u101", "a101"));
    assert_eq!(account.password.as_ref().unwrap().expose(), "geheim-101");
    assert_eq!((account.registrar.as_str(), account.port), ("pbx.example", Some(5061)));
    assert_eq!(account.transport, Some(Transport::Tls));
    assert_eq!(registering(&memory), [1]);
    assert_eq!(acting(&memory), [1, 2, 27 + 60 + 1]);
    let blf = &memory.keys()[1];
    assert_eq!(
        (&blf.kind, blf.line, blf.value.as_str(), blf.label.as_str()),
        (&KeyAction::Blf, Some(1), "102", "Bob")
    );
    assert_eq!(memory.next_url().unwrap().expose(), "https://pbx.example/p/d/001565aabbcc/");
}

#[test]
fn what_a_document_clears_is_gone() {
    let mut memory = provisioned();
    memory.takes("001565aabbcc.cfg", CLEARED.as_bytes()).unwrap();
    assert!(registering(&memory).is_empty());
    assert!(acting(&memory).is_empty());
    assert!(memory.accounts()[0].is_blank());
    assert!(memory.remaining_secrets().is_empty());
    assert!(memory.holding("geheim").is_empty());
    assert_eq!(memory.keys()[0].kind, KeyAction::None);
}

#[test]
fn what_a_document_merely_omits_stays() {
    let mut memory = provisioned();
    takes(&mut memory, "account.2.enable = 0");
    assert_eq!(registering(&memory), [1]);
    assert_eq!(acting(&memory), [1, 2, 88]);
    assert_eq!(memory.remaining_secrets(), ["account.1.password"]);
}

#[test]
fn switching_an_account_off_leaves_its_secret_behind() {
    let mut memory = provisioned();
    takes(&mut memory, "account.1.enable = 0");
    assert!(registering(&memory).is_empty());
    assert_eq!(memory.remaining_secrets(), ["account.1.password"]);
}

#[test]
fn the_factory_value_of_a_low_key_is_a_line_key() {
    let mut memory = provisioned();
    takes(&mut memory, "linekey.1.type = %NULL%\nlinekey.17.type = %NULL%");
    assert_eq!(memory.keys()[0].kind, KeyAction::Line);
    assert_eq!(memory.keys()[16].kind, KeyAction::None);
}

#[test]
fn an_empty_value_is_stored_and_the_last_line_wins() {
    let mut memory = provisioned();
    takes(&mut memory, "account.1.password = x\naccount.1.password =");
    assert_eq!(memory.setting("account.1.password"), Some(""));
    assert!(registering(&memory).is_empty());
    takes(&mut memory, "account.1.password = %NULL%");
    assert_eq!(memory.setting("account.1.password"), None);
}

#[test]
fn web_passwords_are_kept_per_user_and_are_no_leftover() {
    let memory = provisioned();
    assert_eq!(memory.setting("static.security.user_password[admin]"), Some("admin:web-password"));
    assert_eq!(memory.setting("static.security.user_password[user]"), Some("user:other"));
    assert_eq!(memory.remaining_secrets(), ["account.1.password"]);
}

#[test]
fn a_user_s_change_outlives_a_document_only_under_protection() {
    let mut memory = provisioned();
    assert!(memory.user_sets("account.1.label", "mine"));
    takes(&mut memory, "account.1.label = 101");
    assert_eq!(memory.accounts()[0].label, "101");
    takes(&mut memory, "static.auto_provision.custom.protect = 1");
    memory.user_sets("account.1.label", "mine");
    memory.user_sets("static.auto_provision.server.url", "http://elsewhere/");
    takes(&mut memory, "account.1.label = 101\nstatic.auto_provision.server.url = http://here/");
    assert_eq!(memory.accounts()[0].label, "mine");
    assert_eq!(memory.next_url().unwrap().expose(), "http://here/");
}

#[test]
fn a_discarded_document_changes_nothing() {
    let mut memory = provisioned();
    let page = b"<html><body>account.1.enable = 0</body></html>";
    assert_eq!(memory.takes("001565aabbcc.cfg", page), Err(Malformed::Markup));
    assert!(memory.takes("001565aabbcc.cfg", b"account.1.enable = 0\n").is_err());
    assert!(memory.takes("001565aabbcc.cfg", b"#!version:1.0.0.1\naccount.1.enable = 0\n\xff").is_err());
    assert_eq!(registering(&memory), [1]);
}

#[test]
fn memory_does_not_grow_without_end() {
    let mut memory = factory(yealink());
    let many = |start: u32| {
        let lines: Vec<_> = (start..start + 30_000).map(|number| format!("k.{number} = 1")).collect();
        lines.join("\n")
    };
    takes(&mut memory, &many(0));
    let more = format!("#!version:1.0.0.1\n{}", many(30_000));
    assert_eq!(memory.takes("a.cfg", more.as_bytes()), Err(Malformed::TooMany));
}

#[test]
fn a_keypad_is_locked_until_a_document_clears_the_lock() {
    let mut memory = provisioned();
    assert_eq!(memory.lock(), None);
    takes(&mut memory, "phone_setting.phone_lock.enable = 1");
    let lock = memory.lock().unwrap();
    assert_eq!((lock.pin.expose(), lock.after), ("123", None), "what it has from the factory");
    assert_eq!(lock.emergency, ["112", "911", "110"]);
    takes(
        &mut memory,
        "phone_setting.phone_lock.unlock_pin = 4711\nphone_setting.phone_lock.lock_time_out = 60\n\
         phone_setting.emergency.number = 112, 190",
    );
    let lock = memory.lock().unwrap();
    assert_eq!((lock.pin.expose(), lock.after), ("4711", Some(60)));
    assert_eq!(lock.emergency, ["112", "190"]);
    takes(&mut memory, "phone_setting.phone_lock.enable = 0");
    assert_eq!(memory.lock(), None);
    assert!(memory.remaining_secrets().contains(&"phone_setting.phone_lock.unlock_pin".to_owned()));
    takes(&mut memory, "phone_setting.phone_lock.unlock_pin = %NULL%");
    assert_eq!(memory.holding("4711"), [""; 0]);
}
