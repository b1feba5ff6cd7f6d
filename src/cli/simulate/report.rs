//! What simulated phones have to say: their accounts and keys, or how a storm went.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::{Report, answer::table};
use crate::domain::Secret;
use crate::simulator::{Account, Boot, FileAsked, KeyView, Memory, Outcome, StormResult, Transport};

/// Stands where a secret is kept back.
const MASK: &str = "…";
const UNCHECKED: &str = "no certificate proved who the server is";

/// One phone after its boot.
pub(super) struct PhoneReport {
    pub(super) memory: Memory,
    pub(super) boot: Boot,
    pub(super) place: String,
    pub(super) certificate_checked: bool,
    pub(super) show_secrets: bool,
}

/// A storm that has passed.
pub(super) struct StormReport {
    pub(super) result: StormResult,
    pub(super) certificate_checked: bool,
}

impl PhoneReport {
    fn shown(&self, secret: &Secret) -> String {
        if self.show_secrets { secret.expose().to_owned() } else { MASK.to_owned() }
    }

    fn files(&self) -> String {
        let row = |asked: &FileAsked| {
            vec![asked.file.clone(), explained(asked), asked.bytes.to_string(), millis(asked.took)]
        };
        table(
            &["file", "outcome", "bytes", "ms"],
            self.boot.files.iter().map(row).collect(),
            "it asked for nothing",
        )
    }

    fn accounts(&self) -> String {
        let header =
            ["line", "registers", "label", "name", "user", "auth user", "password", "registrar", "voicemail"];
        let rows =
            self.memory.accounts().into_iter().filter(|account| account.enabled || !account.is_blank());
        let row = |account: Account| {
            vec![
                account.line.to_string(),
                if account.registers() { "yes" } else { "no" }.to_owned(),
                account.label.clone(),
                account.display_name.clone(),
                account.user.clone(),
                account.auth_user.clone(),
                account.password.as_ref().map(|password| self.shown(password)).unwrap_or_default(),
                registrar(&account),
                account.voicemail.clone(),
            ]
        };
        table(&header, rows.map(row).collect(), "no account")
    }

    fn keys(&self) -> String {
        let row = |key: KeyView| {
            let line = key.line.map(|line| line.to_string()).unwrap_or_default();
            vec![key.position.to_string(), key.kind.as_str().to_owned(), line, key.value, key.label]
        };
        let acting = self.memory.keys().into_iter().filter(KeyView::acts);
        table(&["key", "kind", "line", "value", "label"], acting.map(row).collect(), "no key does anything")
    }

    fn account_json(&self, account: &Account) -> Value {
        json!({
            "line": account.line,
            "enabled": account.enabled,
            "registers": account.registers(),
            "label": account.label,
            "display_name": account.display_name,
            "user": account.user,
            "auth_user": account.auth_user,
            "password": account.password.as_ref().map(|password| self.shown(password)),
            "registrar": account.registrar,
            "port": account.port,
            "transport": account.transport.map(Transport::as_str),
            "voicemail": account.voicemail,
        })
    }
}

impl Report for PhoneReport {
    fn text(&self) -> String {
        let took = millis(self.boot.took);
        let mut parts = vec![
            format!(
                "{} {} booted from {} in {took} ms",
                self.memory.model().name(),
                self.memory.mac(),
                self.place
            ),
            self.files(),
            self.accounts(),
            self.keys(),
        ];
        if let Some(lock) = self.memory.lock() {
            let after = lock.after.map(|after| format!(" after {after} s")).unwrap_or_default();
            let (pin, numbers) = (self.shown(&lock.pin), lock.emergency.join(", "));
            parts.push(format!("keypad locks{after}, opens with {pin}, and always dials {numbers}"));
        }
        if let Some(url) = self.memory.next_url() {
            parts.push(format!("next URL: {}", self.shown(&url)));
        }
        if !self.certificate_checked {
            parts.push(UNCHECKED.to_owned());
        }
        parts.join("\n\n")
    }

    fn json(&self) -> Value {
        let accounts = self.memory.accounts();
        json!({
            "model": self.memory.model().name(),
            "mac": self.memory.mac(),
            "server": self.place,
            "certificate_checked": self.certificate_checked,
            "took_ms": self.boot.took.as_secs_f64() * 1e3,
            "files": self.boot.files.iter().map(file_json).collect::<Vec<_>>(),
            "accounts": accounts.iter().map(|account| self.account_json(account)).collect::<Vec<_>>(),
            "keys": self.memory.keys().iter().map(key_json).collect::<Vec<_>>(),
            "lock": self.memory.lock().map(|lock| {
                json!({ "pin": self.shown(&lock.pin), "after_s": lock.after, "emergency": lock.emergency })
            }),
            "remaining_secrets": self.memory.remaining_secrets(),
            "next_url": self.memory.next_url().map(|url| self.shown(&url)),
        })
    }
}

impl Report for StormReport {
    fn text(&self) -> String {
        let storm = &self.result;
        let mut lines = vec![
            format!("{} of {} phones booted in {} ms", storm.succeeded, storm.phones, millis(storm.took)),
            format!("{:.1} phones/s, {} bytes", storm.phones_per_second(), storm.bytes),
            format!(
                "p50 {} ms, p99 {} ms, max {} ms",
                millis(storm.p50),
                millis(storm.p99),
                millis(storm.max)
            ),
        ];
        lines.extend(storm.faults.iter().map(|(kind, count)| format!("{count} × {kind}")));
        if !self.certificate_checked {
            lines.push(UNCHECKED.to_owned());
        }
        lines.join("\n")
    }

    fn json(&self) -> Value {
        let storm = &self.result;
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        json!({
            "phones": storm.phones,
            "succeeded": storm.succeeded,
            "certificate_checked": self.certificate_checked,
            "took_ms": ms(storm.took),
            "phones_per_second": storm.phones_per_second(),
            "p50_ms": ms(storm.p50),
            "p99_ms": ms(storm.p99),
            "max_ms": ms(storm.max),
            "bytes": storm.bytes,
            "faults": storm.faults,
        })
    }
}

/// The outcome with what a person needs to know of it.
fn explained(asked: &FileAsked) -> String {
    match &asked.outcome {
        Outcome::Taken { settings, ignored: 0 } => format!("taken, {settings} settings"),
        Outcome::Taken { settings, ignored } => {
            format!("taken, {settings} settings, {ignored} parts ignored")
        }
        Outcome::Listed(files) => format!("names {files} files"),
        Outcome::Missing if asked.absent => "missing, as expected".to_owned(),
        Outcome::Discarded(why) => format!("discarded: {why}"),
        Outcome::Failed(error) => format!("{}: {error}", asked.outcome.word()),
        outcome => outcome.word(),
    }
}

fn registrar(account: &Account) -> String {
    let port = account.port.map(|port| format!(":{port}")).unwrap_or_default();
    let transport =
        account.transport.map(|transport| format!(" ({})", transport.as_str())).unwrap_or_default();
    if account.registrar.is_empty() {
        String::new()
    } else {
        format!("{}{port}{transport}", account.registrar)
    }
}

fn file_json(asked: &FileAsked) -> Value {
    json!({
        "file": asked.file,
        "outcome": asked.outcome.word(),
        "expected_absent": asked.absent,
        "bytes": asked.bytes,
        "took_ms": asked.took.as_secs_f64() * 1e3,
    })
}

fn key_json(key: &KeyView) -> Value {
    json!({
        "position": key.position,
        "kind": key.kind.as_str(),
        "acts": key.acts(),
        "line": key.line,
        "value": key.value,
        "label": key.label,
    })
}

fn millis(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}
