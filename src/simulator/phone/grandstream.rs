//! Grandstream HT801 and HT802: numbered settings, of which a port has its own.
//!
//! Absent: kept. Empty: stored as empty. A file for another MAC is discarded whole.

use std::borrow::Cow;

use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use super::address::Address;
use super::{Semantics, Taken};
use crate::domain::Mac;
use crate::simulator::fetch::Login;
use crate::simulator::memory::Memory;
use crate::simulator::parse::{Malformed, pvalues};
use crate::simulator::view::{Account, KeyView, Transport};

pub(super) struct Grandstream;

/// The numbers of one port's settings.
struct Port {
    active: u32,
    register: u32,
    server: u32,
    proxy: u32,
    user: u32,
    auth_user: u32,
    password: u32,
    name: u32,
    transport: u32,
}

const PORTS: [Port; 2] = [
    Port {
        active: 271,
        register: 31,
        server: 47,
        proxy: 48,
        user: 35,
        auth_user: 36,
        password: 34,
        name: 3,
        transport: 130,
    },
    Port {
        active: 401,
        register: 731,
        server: 747,
        proxy: 748,
        user: 735,
        auth_user: 736,
        password: 734,
        name: 703,
        transport: 830,
    },
];

/// Passwords of accounts, of the server for files, of files, and of TR-069.
const SECRETS: [&str; 6] = ["P34", "P734", "P1361", "P1359", "P4505", "P4512"];

/// The most characters of a certificate.
const LONGEST_CERTIFICATE: usize = 4096;

impl Semantics for Grandstream {
    fn takes(&self, memory: &mut Memory, _file: &str, bytes: &[u8]) -> Result<Taken, Malformed> {
        let read = pvalues::parse(bytes)?;
        if read.mac.as_deref().is_some_and(|mac| Mac::parse(mac) != Ok(memory.mac())) {
            return Err(Malformed::OtherDevice);
        }
        memory.has_room(read.values.len())?;
        for (number, value) in &read.values {
            memory.set(&format!("P{number}"), value);
        }
        Ok(Taken::Settings { settings: read.values.len(), ignored: read.ignored })
    }

    fn accounts(&self, memory: &Memory) -> Vec<Account> {
        let lines = 1..=memory.model().entry().lines;
        lines.zip(&PORTS).map(|(line, port)| account(memory, line, port)).collect()
    }

    fn keys(&self, _memory: &Memory) -> Vec<KeyView> {
        Vec::new()
    }

    fn next_url<'a>(&self, memory: &'a Memory) -> Option<Cow<'a, str>> {
        let path = memory.setting("P237").filter(|path| !path.is_empty())?;
        let scheme = match memory.setting("P212") {
            Some("0") => "tftp",
            Some("1") => "http",
            _ => "https",
        };
        Some(Cow::Owned(format!("{scheme}://{path}/")))
    }

    /// The text of a certificate stands in the document itself; 0 makes the device forget those that are not its own.
    fn certificates(&self, memory: &Memory) -> Vec<CertificateDer<'static>> {
        let longest = |text: &&str| text.len() <= LONGEST_CERTIFICATE;
        let texts =
            ["P8433", "P8434"].into_iter().filter_map(|number| memory.setting(number)).filter(longest);
        let used = memory.setting("P8502").is_some_and(|which| matches!(which, "1" | "2"));
        texts
            .filter(|_| used)
            .filter_map(|text| CertificateDer::from_pem_slice(text.as_bytes()).ok())
            .collect()
    }

    fn knows_time(&self, memory: &Memory) -> bool {
        memory.setting("P30").is_some_and(|server| !server.is_empty())
    }

    fn login(&self, memory: &Memory) -> Option<Login> {
        memory.login_in("P1360", "P1361")
    }

    fn is_account_secret(&self, name: &str) -> bool {
        SECRETS.contains(&name)
    }

    fn user_sets(&self, memory: &mut Memory, name: &str, value: &str) -> bool {
        memory.set(name, value);
        true
    }
}

fn account(memory: &Memory, line: u16, port: &Port) -> Account {
    let name = |number: u32| format!("P{number}");
    let text = |number: u32| memory.text(&name(number));
    // Sources differ on what is so from the factory; on is the worse case of what a document forgot.
    let is_on = |number: u32| memory.setting(&name(number)).is_none_or(|value| value != "0");
    let (server, proxy) = (Address::parse(&text(port.server)), Address::parse(&text(port.proxy)));
    let user = text(port.user);
    Account {
        line,
        enabled: is_on(port.active) && is_on(port.register),
        label: String::new(),
        display_name: text(port.name),
        auth_user: Some(text(port.auth_user)).filter(|user| !user.is_empty()).unwrap_or_else(|| user.clone()),
        user,
        password: memory.secret(&name(port.password)),
        registrar: server.host,
        port: server.port.or(proxy.port),
        transport: match text(port.transport).as_str() {
            "0" => Some(Transport::Udp),
            "1" => Some(Transport::Tcp),
            "2" => Some(Transport::Tls),
            _ => None,
        },
        voicemail: String::new(),
    }
}
