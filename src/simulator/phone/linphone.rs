//! Linphone and other clients built on liblinphone, as its sources read a remote provisioning file.
//!
//! Absent: kept, except credentials, which are dropped before each file. An entry counts where the key is new or says
//! `overwrite="true"`; empty with `overwrite` deletes the key. Accounts that are no longer valid are renumbered away.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::address::Address;
use super::{Semantics, Taken};
use crate::domain::Secret;
use crate::simulator::fetch::Login;
use crate::simulator::memory::{Kept, Memory};
use crate::simulator::parse::lpconfig::Entry;
use crate::simulator::parse::{Malformed, lpconfig};
use crate::simulator::view::{Account, KeyView};

pub(super) struct Linphone;

/// More accounts or credentials than this are not looked at: a bound against hostile files, not a property of the client.
const MOST_SECTIONS: u16 = 1000;

impl Semantics for Linphone {
    fn takes(&self, memory: &mut Memory, _file: &str, bytes: &[u8]) -> Result<Taken, Malformed> {
        let entries = lpconfig::parse(bytes)?;
        // An entry can open a section, which is remembered too.
        memory.has_room(2 * entries.len())?;
        drop_credentials(memory);
        for entry in &entries {
            take(memory, entry);
        }
        let no_default = matches!(memory.setting("sip/default_proxy"), None | Some("-1"));
        if no_default && has_section(memory, "proxy_0") {
            store(memory, "sip", "default_proxy", "0");
        }
        renumber(memory);
        if memory.setting("misc/transient_provisioning") == Some("1") {
            memory.forget("misc/config-uri");
        }
        Ok(Taken::Settings { settings: entries.len(), ignored: 0 })
    }

    fn accounts(&self, memory: &Memory) -> Vec<Account> {
        let credentials = Credential::all(memory);
        let numbered = sections(memory, "proxy").zip(1..);
        numbered.filter_map(|(section, line)| account(memory, &section, line, &credentials)).collect()
    }

    fn keys(&self, _memory: &Memory) -> Vec<KeyView> {
        Vec::new()
    }

    fn next_url<'a>(&self, memory: &'a Memory) -> Option<Cow<'a, str>> {
        let url = memory.setting("misc/config-uri")?;
        Some(split_login(url).map_or(Cow::Borrowed(url), |(_, url)| Cow::Owned(url)))
    }

    fn login(&self, memory: &Memory) -> Option<Login> {
        split_login(memory.setting("misc/config-uri")?).map(|(login, _)| login)
    }

    /// The operating system does.
    fn knows_time(&self, _memory: &Memory) -> bool {
        true
    }

    fn is_account_secret(&self, name: &str) -> bool {
        let Some((section, key)) = name.split_once('/') else { return false };
        let secret =
            ["passwd", "ha1", "password", "access_token", "refresh_token", "client_cert_key_password"];
        let service = ["auth_info_", "ldap_", "nat_policy_"];
        secret.contains(&key) && service.iter().any(|start| section.starts_with(start))
    }

    fn user_sets(&self, memory: &mut Memory, name: &str, value: &str) -> bool {
        if let Some((section, key)) = name.split_once('/') {
            store(memory, section, key, value);
        }
        true
    }

    fn request_fields(&self) -> &'static [(&'static str, &'static str)] {
        &[("x-linphone-provisioning", "1")]
    }
}

/// All `auth_info_N` up to the first gap go before a file is applied (`remote_provisioning.c`).
fn drop_credentials(memory: &mut Memory) {
    let dropped: Vec<String> = sections(memory, "auth_info").collect();
    for section in &dropped {
        drop_section(memory, section);
    }
}

/// Takes one entry (`xml2lpc.c`, `lpconfig.c`).
fn take(memory: &mut Memory, entry: &Entry) {
    let Entry { section, name, overwrite, value } = entry;
    let full = format!("{section}/{name}");
    if !overwrite && memory.setting(&full).is_some() {
        return;
    }
    // The store is an INI file: it cannot hold a line feed, and what follows one is read back as lines of the section.
    let mut lines = value.split('\n');
    match lines.next().unwrap_or_default() {
        "" => memory.forget(&full),
        value => store(memory, section, name, value),
    }
    for (key, value) in lines.filter_map(|line| line.split_once('=')) {
        store(memory, section, key.trim(), value.trim());
    }
}

/// After a file the client reads its accounts again, and at the next write those that are valid move up; the section
/// behind the last is removed, later ones stay out of reach (`linphonecore.c`, `account.cpp`).
fn renumber(memory: &mut Memory) {
    let found: Vec<String> = sections(memory, "proxy").collect();
    let kept = found.iter().filter(|section| addresses(memory, section).is_some());
    let valid: Vec<BTreeMap<String, Kept>> = kept.map(|section| content(memory, section)).collect();
    if valid.len() == found.len() {
        return;
    }
    for (index, account) in valid.iter().enumerate() {
        let section = format!("proxy_{index}");
        drop_section(memory, &section);
        memory.settings.insert(marker(&section), opened());
        for (key, kept) in account {
            memory.settings.insert(format!("{section}/{key}"), kept.clone());
        }
    }
    drop_section(memory, &format!("proxy_{}", valid.len()));
}

/// Identity and registrar of the account in a section; none where the client would skip it.
fn addresses(memory: &Memory, section: &str) -> Option<(Address, Address)> {
    let address = |key: &str| Address::parse(&memory.text(&format!("{section}/{key}")));
    let (identity, server) = (address("reg_identity"), address("reg_proxy"));
    (!identity.host.is_empty() && !server.host.is_empty()).then_some((identity, server))
}

fn account(memory: &Memory, section: &str, line: u16, credentials: &[Credential]) -> Option<Account> {
    let (identity, server) = addresses(memory, section)?;
    let credential = credentials.iter().find(|credential| credential.is_for(&identity));
    let name = |key: &str| credential.map(|credential| format!("{}/{key}", credential.section));
    let password = |key: &str| name(key).and_then(|name| memory.secret(&name));
    let userid = name("userid").map(|name| memory.text(&name)).filter(|userid| !userid.is_empty());
    Some(Account {
        line,
        enabled: memory.setting(&format!("{section}/reg_sendregister")).is_none_or(|on| on != "0"),
        label: identity.display.clone(),
        display_name: identity.display,
        auth_user: userid.unwrap_or_else(|| identity.user.clone()),
        user: identity.user,
        password: password("passwd").or_else(|| password("ha1")),
        registrar: server.host,
        port: server.port,
        transport: server.transport,
        voicemail: memory.text(&format!("{section}/voicemail_uri")),
    })
}

/// Whom the credentials in a section are for.
struct Credential {
    section: String,
    user: String,
    domain: String,
}

impl Credential {
    fn all(memory: &Memory) -> Vec<Self> {
        let read = |section: String| {
            let user = memory.text(&format!("{section}/username"));
            let domain = memory.text(&format!("{section}/domain"));
            Self { section, user, domain }
        };
        sections(memory, "auth_info").map(read).collect()
    }

    fn is_for(&self, identity: &Address) -> bool {
        self.user == identity.user && (self.domain.is_empty() || self.domain == identity.host)
    }
}

/// `NAME_0`, `NAME_1` … up to the first section that does not exist.
fn sections<'a>(memory: &'a Memory, name: &'a str) -> impl Iterator<Item = String> + 'a {
    (0..MOST_SECTIONS)
        .map(move |index| format!("{name}_{index}"))
        .take_while(|section| has_section(memory, section))
}

/// A section outlives its last key, so it is remembered by itself.
fn marker(section: &str) -> String {
    format!("{section}/")
}

fn opened() -> Kept {
    Kept { text: Secret::new(""), perm: String::new(), by_user: false }
}

fn has_section(memory: &Memory, section: &str) -> bool {
    memory.settings.contains_key(&marker(section))
}

fn store(memory: &mut Memory, section: &str, key: &str, value: &str) {
    memory.settings.insert(marker(section), opened());
    memory.set(&format!("{section}/{key}"), value);
}

fn content(memory: &Memory, section: &str) -> BTreeMap<String, Kept> {
    let start = marker(section);
    let within = memory.settings.range(start.clone()..).take_while(|(name, _)| name.starts_with(&start));
    let keys = within.map(|(name, kept)| (name[start.len()..].to_owned(), kept.clone()));
    keys.filter(|(key, _)| !key.is_empty()).collect()
}

fn drop_section(memory: &mut Memory, section: &str) {
    let start = marker(section);
    let keys: Vec<String> = content(memory, section).into_keys().collect();
    for key in keys {
        memory.forget(&format!("{start}{key}"));
    }
    memory.forget(&start);
}

/// The user name and password that stand in a URL, and the URL without them: the client answers with these.
fn split_login(url: &str) -> Option<(Login, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_once('/')?;
    let (login, host) = authority.rsplit_once('@')?;
    let (user, password) = login.split_once(':')?;
    let login = Login { user: user.to_owned(), password: Secret::new(password) };
    Some((login, format!("{scheme}://{host}/{path}")))
}
