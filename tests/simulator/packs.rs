//! Small vendor packs, written by hand so that the phones are tested without the real ones.

use std::sync::Arc;

use offhook::catalog::Manifest;
use offhook::domain::Mac;
use offhook::simulator::{Memory, PhoneModel};

const YEALINK: &str = r#"
name = "Yealink"
mac_style = "lower"
syntax = "lines"
content_type = "text/plain"
simulated_user_agent = { text = "Yealink {model} {firmware} {mac}", firmware = "{hardware}.86.0.15", mac = "colons" }
[[file]]
path = "{mac}.boot"
absent = true
[[file]]
path = "y000000000000.boot"
when = "previous-missing"
absent = true
[[file]]
path = "y{code}.cfg"
[[file]]
path = "{mac}.cfg"
secret = true
[[model]]
name = "SIP-T46U"
lines = 16
line_keys = 27
modules = 3
module_keys = 60
code = "000000000108"
hardware = "108"
"#;

const SNOM: &str = r#"
name = "Snom"
mac_style = "upper"
syntax = "xml"
content_type = "text/xml"
simulated_user_agent = { text = "Mozilla/4.0 (compatible; snom{model}-SIP {firmware} {mac})", firmware = "10.1.198.19", mac = "upper" }
[[file]]
path = "snom{model}.htm"
[[file]]
path = "snom{model}-{mac}.htm"
secret = true
[[model]]
name = "D785"
lines = 12
line_keys = 24
modules = 1
module_keys = 18
"#;

const LINPHONE: &str = r#"
name = "Linphone"
mac_style = "lower"
syntax = "xml"
content_type = "application/xml"
[[file]]
path = "linphone.xml"
secret = true
[[model]]
name = "Linphone"
lines = 4
"#;

const GRANDSTREAM: &str = r#"
name = "Grandstream"
mac_style = "lower"
syntax = "xml"
content_type = "text/xml"
[[file]]
path = "cfg{mac}"
absent = true
[[file]]
path = "cfg{mac}.xml"
secret = true
[[file]]
path = "cfg.xml"
when = "previous-missing"
absent = true
[[model]]
name = "HT802"
lines = 2
"#;

/// A manifest written as text.
pub(crate) fn manifest(text: &str) -> Arc<Manifest> {
    Arc::new(toml::from_str(text).unwrap())
}

fn model(text: &str) -> PhoneModel {
    let manifest = manifest(text);
    let entry = manifest.model[0].clone();
    PhoneModel::new(manifest, entry).unwrap()
}

pub(crate) fn yealink() -> PhoneModel {
    model(YEALINK)
}

pub(crate) fn yealink_manifest() -> Arc<Manifest> {
    manifest(YEALINK)
}

pub(crate) fn snom() -> PhoneModel {
    model(SNOM)
}

pub(crate) fn linphone() -> PhoneModel {
    model(LINPHONE)
}

pub(crate) fn grandstream() -> PhoneModel {
    model(GRANDSTREAM)
}

pub(crate) fn mac() -> Mac {
    Mac::parse("001565aabbcc").unwrap()
}

/// A phone as it leaves the factory.
pub(crate) fn factory(model: PhoneModel) -> Memory {
    Memory::factory(model, mac())
}

/// Which positions would register.
pub(crate) fn registering(memory: &Memory) -> Vec<u16> {
    let accounts = memory.accounts();
    accounts.iter().filter(|account| account.registers()).map(|account| account.line).collect()
}

/// Which keys do something.
pub(crate) fn acting(memory: &Memory) -> Vec<u16> {
    memory.keys().iter().filter(|key| key.acts()).map(|key| key.position).collect()
}
