//! Snom desk phones, firmware 8 and later.
//!
//! Absent: kept. Empty: stored as empty. `perm` decides between document and user: with `!` a value that the user changed
//! is not replaced any more, until a document says nothing, `RW` or `$` in `perm` (service.snom.com, "Permission Flags").

use std::borrow::Cow;

use rustls::pki_types::CertificateDer;

use super::address::Address;
use super::{Semantics, Taken};
use crate::domain::Secret;
use crate::simulator::fetch::Login;
use crate::simulator::memory::{Kept, Memory};
use crate::simulator::parse::settings::{FunctionKey, Setting};
use crate::simulator::parse::{Malformed, settings};
use crate::simulator::view::{Account, KeyAction, KeyView, KeypadLock};

pub(super) struct Snom;

/// With `!` their first provisioned value already counts as changed by the user.
const CHANGED_AT_ONCE: [&str; 2] = ["http_pass", "admin_mode_password"];
/// The key event that asks for the recording of the call.
const RECORD: &str = "F_REC";
/// The factory function of every key: a free key that takes calls.
const FREE_KEY: &str = "line";

impl Semantics for Snom {
    fn starts(&self, memory: &mut Memory) {
        memory.settings.retain(|_, kept| !kept.perm.contains('V'));
    }

    fn takes(&self, memory: &mut Memory, _file: &str, bytes: &[u8]) -> Result<Taken, Malformed> {
        let read = settings::parse(bytes)?;
        if !read.files.is_empty() {
            return Ok(Taken::Files { files: read.files, only: false });
        }
        // A key is up to three settings: what it does, for whom, and its label.
        memory.has_room(read.values.len() + 3 * read.keys.len() + read.certificates.len())?;
        let settings = read.values.len() + read.keys.len() + read.certificates.len();
        for (number, url) in read.certificates.iter().enumerate() {
            memory.set(&format!("certificate[{number}]"), url);
        }
        read.values.into_iter().for_each(|setting| take_setting(memory, setting));
        read.keys.into_iter().for_each(|key| take_key(memory, key));
        Ok(Taken::Settings { settings, ignored: read.ignored })
    }

    fn accounts(&self, memory: &Memory) -> Vec<Account> {
        (1..=memory.model().entry().lines).map(|line| account(memory, line)).collect()
    }

    fn keys(&self, memory: &Memory) -> Vec<KeyView> {
        let model = memory.model().entry();
        (1..=model.line_keys.saturating_add(model.modules.saturating_mul(model.module_keys)))
            .map(|position| key(memory, position))
            .collect()
    }

    fn lock(&self, memory: &Memory) -> Option<KeypadLock> {
        // without a PIN the lock is one against chance: any key and a confirmation open it
        let pin = memory.secret("keyboard_lock_pw")?;
        if memory.setting("enable_keyboard_lock") == Some("off") {
            return None;
        }
        let emergency = memory.setting("keyboard_lock_emergency").unwrap_or("911 112 110 999");
        Some(KeypadLock {
            pin,
            after: memory.text("keyboard_lock_timeout").parse().ok().filter(|after| *after > 0),
            emergency: emergency.split_whitespace().map(str::to_owned).collect(),
        })
    }

    fn next_url<'a>(&self, memory: &'a Memory) -> Option<Cow<'a, str>> {
        memory.setting("setting_server").filter(|url| !url.is_empty()).map(Cow::Borrowed)
    }

    fn certificate_urls(&self, memory: &Memory) -> Vec<String> {
        let named = memory.settings.range("certificate[".to_owned()..);
        let named = named.take_while(|(name, _)| name.starts_with("certificate["));
        named.map(|(_, kept)| kept.text.expose().to_owned()).collect()
    }

    /// DER alone: nobody says that it reads PEM.
    fn certificate_in(&self, bytes: &[u8]) -> Option<CertificateDer<'static>> {
        Some(CertificateDer::from(bytes.to_vec()))
    }

    fn knows_time(&self, memory: &Memory) -> bool {
        memory.setting("ntp_server").is_some_and(|server| !server.is_empty())
    }

    fn login(&self, memory: &Memory) -> Option<Login> {
        memory.login_in("http_client_user", "http_client_pass")
    }

    fn is_account_secret(&self, name: &str) -> bool {
        ["user_pass[", "user_hash[", "ldap_password", "keyboard_lock_pw"]
            .iter()
            .any(|start| name.starts_with(start))
    }

    fn user_sets(&self, memory: &mut Memory, name: &str, value: &str) -> bool {
        let perm = memory.settings.get(name).map(|kept| kept.perm.clone()).unwrap_or_default();
        if is_write_protected(&perm) {
            return false;
        }
        memory.settings.insert(name.to_owned(), Kept { text: Secret::new(value), perm, by_user: true });
        true
    }
}

fn take_setting(memory: &mut Memory, setting: Setting) {
    let name = match setting.idx {
        Some(idx) => format!("{}[{idx}]", setting.name),
        None => setting.name.clone(),
    };
    let at_once = setting.perm.contains('!') && CHANGED_AT_ONCE.contains(&setting.name.as_str());
    if !is_users(memory, &name, &setting.perm) {
        keep(memory, name, setting.text, setting.perm, at_once);
    }
}

/// A key is replaced as a whole: what its element does not say is not said of it any more.
fn take_key(memory: &mut Memory, key: FunctionKey) {
    let name = format!("fkey[{}]", key.idx);
    if is_users(memory, &name, &key.perm) {
        return;
    }
    keep(memory, format!("{name}.label"), key.label, key.perm.clone(), false);
    keep(memory, format!("{name}.context"), key.context, key.perm.clone(), false);
    keep(memory, name, key.text, key.perm, false);
}

fn keep(memory: &mut Memory, name: String, text: String, perm: String, by_user: bool) {
    memory.settings.insert(name, Kept { text: Secret::new(text), perm, by_user });
}

/// Whether the user's value stays although a document names the setting.
fn is_users(memory: &Memory, name: &str, perm: &str) -> bool {
    let breaks = matches!(perm, "" | "RW" | "$");
    memory
        .settings
        .get(name)
        .is_some_and(|kept| kept.by_user && (perm.contains('!') || (kept.perm.contains('!') && !breaks)))
}

/// `R`, `&` and one blank keep the user from changing it; letters may be combined with `V`.
fn is_write_protected(perm: &str) -> bool {
    matches!(perm.replace('V', "").as_str(), "R" | "&" | " ")
}

fn account(memory: &Memory, line: u16) -> Account {
    let text = |name: &str| memory.text(&format!("{name}[{line}]"));
    let server = Address::parse(&text("user_host"));
    let outbound = Address::parse(&text("user_outbound"));
    let or_user =
        |name: &str| Some(text(name)).filter(|text| !text.is_empty()).unwrap_or_else(|| text("user_name"));
    let hash = || memory.secret(&format!("user_hash[{line}]"));
    Account {
        line,
        // On from the factory: only a document or a user switches an identity off.
        enabled: memory.setting(&format!("user_active[{line}]")).is_none_or(|active| active != "off"),
        label: text("user_idle_text"),
        display_name: text("user_realname"),
        user: text("user_name"),
        auth_user: or_user("user_pname"),
        password: memory.secret(&format!("user_pass[{line}]")).or_else(hash),
        registrar: server.host,
        port: server.port,
        transport: outbound.transport.or(server.transport),
        voicemail: text("user_mailbox"),
    }
}

fn key(memory: &Memory, position: u16) -> KeyView {
    let name = format!("fkey[{}]", position - 1);
    let text = memory.setting(&name).unwrap_or(FREE_KEY);
    let (word, value) = text.split_once(' ').unwrap_or((text, ""));
    let value = value.split('|').next().unwrap_or_default().trim();
    let kind = match word {
        "none" | "" => KeyAction::None,
        "line" => KeyAction::Line,
        "blf" | "dest" => KeyAction::Blf,
        "speed" => KeyAction::SpeedDial,
        "keyevent" if value == RECORD => KeyAction::Record,
        other => KeyAction::Other(other.to_owned()),
    };
    // Without a context a key belongs to the first identity; a key that was never set has none.
    let context = memory.setting(&format!("{name}.context"));
    let line = match context {
        Some("") => Some(1),
        Some(context) => context.parse().ok(),
        None => None,
    };
    let value = if kind == KeyAction::Record { "" } else { value };
    KeyView { position, kind, line, value: value.to_owned(), label: memory.text(&format!("{name}.label")) }
}
