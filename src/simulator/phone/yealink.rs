//! Yealink desk phones, firmware V81 and later, provisioned without an overwriting boot file.
//!
//! Absent: kept. Empty: stored as empty. `%NULL%`: factory value. The last line and the last file win. A user's change
//! stays only under `static.auto_provision.custom.protect = 1`, and never for `static.*`.

use std::borrow::Cow;

use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use super::{Semantics, Taken};
use crate::domain::Secret;
use crate::simulator::fetch::Login;
use crate::simulator::memory::{Kept, Memory};
use crate::simulator::parse::{Malformed, lines};
use crate::simulator::view::{Account, KeyAction, KeyView, KeypadLock, Transport};

pub(super) struct Yealink;

/// The value that stands for "as it left the factory".
const FACTORY: &str = "%NULL%";
/// Whether the changes of the user outlive the next provisioning.
const PROTECT: &str = "static.auto_provision.custom.protect";
/// What unlocks the keypad.
const PIN: &str = "phone_setting.phone_lock.unlock_pin";
/// One line per web user; the user is part of the value.
const WEB_PASSWORDS: [&str; 2] = ["static.security.user_password", "security.user_password"];

impl Semantics for Yealink {
    fn takes(&self, memory: &mut Memory, file: &str, bytes: &[u8]) -> Result<Taken, Malformed> {
        if std::path::Path::new(file).extension().is_some_and(|extension| extension == "boot") {
            let files = lines::parse_boot(bytes)?.for_model(memory.model().product());
            return Ok(Taken::Files { files: files.into_iter().map(str::to_owned).collect(), only: true });
        }
        let read = lines::parse(bytes)?;
        memory.has_room(read.settings.len())?;
        let protected = memory.setting(PROTECT) == Some("1");
        for (key, value) in &read.settings {
            let name = name_of(key, value);
            let changed = memory.settings.get(&name).is_some_and(|kept| kept.by_user);
            if protected && changed && !name.starts_with("static.") {
                continue;
            }
            if *value == FACTORY {
                memory.forget(&name);
            } else {
                memory.set(&name, value);
            }
        }
        Ok(Taken::Settings { settings: read.settings.len(), ignored: read.ignored })
    }

    fn accounts(&self, memory: &Memory) -> Vec<Account> {
        (1..=memory.model().entry().lines).map(|line| account(memory, line)).collect()
    }

    fn keys(&self, memory: &Memory) -> Vec<KeyView> {
        let model = memory.model().entry();
        // The first keys leave the factory as line keys, as many as the phone has accounts.
        let own = (1..=model.line_keys).map(|number| {
            let factory = if number <= model.lines { "15" } else { "0" };
            key(memory, &format!("linekey.{number}"), number, factory)
        });
        let modules =
            (1..=model.modules).flat_map(|module| (1..=model.module_keys).map(move |key| (module, key)));
        let added =
            modules.zip(model.line_keys.saturating_add(1)..u16::MAX).map(|((module, number), position)| {
                key(memory, &format!("expansion_module.{module}.key.{number}"), position, "0")
            });
        own.chain(added).collect()
    }

    fn lock(&self, memory: &Memory) -> Option<KeypadLock> {
        let text = |name: &str, factory: &'static str| memory.setting(name).unwrap_or(factory).to_owned();
        if text("phone_setting.phone_lock.enable", "0") != "1" {
            return None;
        }
        let emergency = text("phone_setting.emergency.number", "112,911,110");
        Some(KeypadLock {
            pin: Secret::new(text(PIN, "123")),
            after: text("phone_setting.phone_lock.lock_time_out", "0")
                .parse()
                .ok()
                .filter(|after| *after > 0),
            emergency: emergency.split(',').map(|number| number.trim().to_owned()).collect(),
        })
    }

    fn next_url<'a>(&self, memory: &'a Memory) -> Option<Cow<'a, str>> {
        let url = |name| memory.setting(name).filter(|url| !url.is_empty());
        url("static.auto_provision.server.url")
            .or_else(|| url("auto_provision.server.url"))
            .map(Cow::Borrowed)
    }

    fn certificate_urls(&self, memory: &Memory) -> Vec<String> {
        memory.setting("static.trusted_certificates.url").map(str::to_owned).into_iter().collect()
    }

    fn certificate_in(&self, bytes: &[u8]) -> Option<CertificateDer<'static>> {
        CertificateDer::from_pem_slice(bytes).ok().or_else(|| Some(CertificateDer::from(bytes.to_vec())))
    }

    fn knows_time(&self, memory: &Memory) -> bool {
        memory.setting("local_time.ntp_server1").is_some_and(|server| !server.is_empty())
    }

    fn login(&self, memory: &Memory) -> Option<Login> {
        memory.login_in("static.auto_provision.server.username", "static.auto_provision.server.password")
    }

    fn is_account_secret(&self, name: &str) -> bool {
        let own = ["static.", "auto_provision.", "security.", "network."];
        name == PIN || name.ends_with("password") && !own.iter().any(|start| name.starts_with(start))
    }

    fn user_sets(&self, memory: &mut Memory, name: &str, value: &str) -> bool {
        let by_user = memory.setting(PROTECT) == Some("1");
        let kept = Kept { text: Secret::new(value), perm: String::new(), by_user };
        memory.settings.insert(name.to_owned(), kept);
        true
    }
}

/// The name under which a setting is remembered: passwords of the web page are one setting per user.
fn name_of(key: &str, value: &str) -> String {
    match value.split_once(':') {
        Some((user, _)) if WEB_PASSWORDS.contains(&key) => format!("{key}[{user}]"),
        _ => key.to_owned(),
    }
}

fn account(memory: &Memory, line: u16) -> Account {
    let text = |name: &str| memory.text(&format!("account.{line}.{name}"));
    let either = |new: &str, old: &str| {
        let name = if memory.setting(&format!("account.{line}.{new}")).is_some() { new } else { old };
        text(name)
    };
    Account {
        line,
        enabled: text("enable") == "1",
        label: text("label"),
        display_name: text("display_name"),
        user: text("user_name"),
        auth_user: text("auth_name"),
        password: memory.secret(&format!("account.{line}.password")),
        registrar: either("sip_server.1.address", "sip_server_host"),
        port: either("sip_server.1.port", "sip_server_port").parse().ok().filter(|port| *port != 0),
        transport: match either("sip_server.1.transport_type", "transport").as_str() {
            "0" => Some(Transport::Udp),
            "1" => Some(Transport::Tcp),
            "2" => Some(Transport::Tls),
            "3" => Some(Transport::Dns),
            _ => None,
        },
        voicemail: memory.text(&format!("voice_mail.number.{line}")),
    }
}

fn key(memory: &Memory, name: &str, position: u16, factory: &str) -> KeyView {
    let text = |field: &str| memory.text(&format!("{name}.{field}"));
    let code = memory.setting(&format!("{name}.type")).unwrap_or(factory);
    let kind = match code {
        "0" | "" => KeyAction::None,
        "13" => KeyAction::SpeedDial,
        "15" => KeyAction::Line,
        "16" => KeyAction::Blf,
        "25" => KeyAction::Record,
        other => KeyAction::Other(format!("type {other}")),
    };
    let line = text("line").parse().ok().filter(|line| *line != 0);
    KeyView { position, kind, line, value: text("value"), label: text("label") }
}
