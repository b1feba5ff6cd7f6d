//! A memory that outlives the process.

use std::os::unix::fs::PermissionsExt;

use offhook::domain::Mac;
use offhook::simulator::{Memory, MemoryError};

use crate::packs::{factory, mac, registering, snom, yealink};

const DOCUMENT: &[u8] =
    br#"<settings><phone-settings><user_name idx="1">u</user_name><user_pass idx="1">geheim</user_pass>
<user_host idx="1">h</user_host><language perm="!">Deutsch</language></phone-settings></settings>"#;

#[test]
fn the_same_phone_boots_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phone.json");
    let mut memory = Memory::load(&path, snom(), mac()).unwrap();
    memory.takes("a.xml", DOCUMENT).unwrap();
    memory.user_sets("language", "English");
    memory.save(&path).unwrap();
    memory.save(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut again = Memory::load(&path, snom(), mac()).unwrap();
    assert_eq!(registering(&again), [1]);
    again.takes("a.xml", DOCUMENT).unwrap();
    assert_eq!(again.setting("language"), Some("English"));
}

#[test]
fn another_phone_s_memory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phone.json");
    factory(snom()).save(&path).unwrap();
    let other = Mac::parse("000413000001").unwrap();
    for (model, mac) in [(snom(), other), (yealink(), mac())] {
        let error = Memory::load(&path, model, mac).unwrap_err();
        assert!(matches!(error, MemoryError::OtherPhone { .. }), "{error}");
    }
}

#[test]
fn a_file_that_is_no_memory_is_refused_without_showing_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("phone.json");
    std::fs::write(&path, r#"{"vendor":"snom","password":"geheim"}"#).unwrap();
    let error = Memory::load(&path, snom(), mac()).unwrap_err();
    assert!(matches!(error, MemoryError::Content { .. }), "{error}");
    assert!(!format!("{error:?}").contains("geheim"));
}

#[test]
fn debug_shows_no_value() {
    let mut memory = factory(snom());
    memory.takes("a.xml", DOCUMENT).unwrap();
    assert!(!format!("{memory:?} {:?}", memory.accounts()).contains("geheim"));
}
