//! Which phones are told what: the vendor packs say what a phone calls itself and where it looks for the URL.

use std::net::Ipv4Addr;

use crate::{
    admin::actions::TimeServer,
    catalog::{DhcpRule, Manifest},
    domain::TenantSlug,
};

/// The option of time servers (RFC 2132 §8.3).
const NTP: u8 = 42;
/// Vendor-specific information (RFC 2132 §8.4).
const VENDOR: u8 = 43;
/// Addresses of TFTP servers (RFC 5859).
const TFTP_ADDRESSES: u8 = 150;

/// What is to be told besides what packs and tenant say.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Time servers, in place of the tenant's.
    pub ntp: Vec<Ipv4Addr>,
    /// Where phones that take nothing but an address find TFTP.
    pub tftp: Vec<Ipv4Addr>,
    /// Options that hold the URL too.
    pub also: Vec<u8>,
}

/// What a DHCP server is to tell the phones of a tenant.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The tenant.
    pub tenant: TenantSlug,
    /// Its provisioning URL.
    pub url: String,
    /// The phones that are told something.
    pub classes: Vec<PhoneClass>,
    /// What the reader should know, a line each.
    pub notes: Vec<String>,
}

/// The phones of one vendor.
#[derive(Clone, Debug)]
pub struct PhoneClass {
    /// The vendor's name.
    pub vendor: String,
    /// What directives call them: `offhook_TENANT_VENDOR`.
    pub name: String,
    /// What their vendor class begins with; one of these.
    pub begins_with: Vec<String>,
    /// What they are told.
    pub options: Vec<Handed>,
}

/// One option with its value.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The option's number.
    pub code: u8,
    /// Its value.
    pub value: Value,
    /// What it is for and who reads it, in one line.
    pub about: String,
}

/// The value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// Addresses, four bytes each.
    Addresses(Vec<Ipv4Addr>),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Plan {
    /// The plan for phones of these vendors.
    pub fn new<'a>(
        tenant: &TenantSlug,
        url: String,
        time: &TimeServer,
        wishes: &Wishes,
        vendors: impl IntoIterator<Item = &'a Manifest>,
    ) -> Self {
        let mut notes = vec![
            format!("Offhook: what DHCP tells the phones of tenant {tenant}."),
            format!("Their URL is {url}"),
            "It is as good as a password: keep this where only administrators read it.".to_owned(),
            "Nobody else is told anything: phones are known by their vendor class (option 60).".to_owned(),
        ];
        let ntp = match time {
            _ if !wishes.ntp.is_empty() => wishes.ntp.clone(),
            TimeServer::Address(address) => vec![*address],
            TimeServer::Named(name) => {
                notes.push(format!(
                    "No option 42 (time): it takes IPv4 addresses, and the tenant's time.ntp is {name}; see --ntp."
                ));
                Vec::new()
            }
        };
        let (mut classes, mut silent) = (Vec::new(), Vec::new());
        for manifest in vendors {
            match &manifest.dhcp {
                Some(rule) => classes.push(PhoneClass {
                    name: format!("offhook_{tenant}_{}", word(&manifest.name)),
                    options: options(&manifest.name, rule, &url, &ntp, wishes),
                    begins_with: rule.class.clone(),
                    vendor: manifest.name.clone(),
                }),
                None => silent.push(manifest.name.as_str()),
            }
        }
        if !silent.is_empty() {
            notes.push(format!("Asks DHCP for nothing, give it the URL of its file: {}.", silent.join(", ")));
        }
        Self { tenant: tenant.clone(), url, classes, notes }
    }
}

fn options(vendor: &str, rule: &DhcpRule, url: &str, ntp: &[Ipv4Addr], wishes: &Wishes) -> Vec<Handed> {
    let mut options = Vec::new();
    let mut hand = |code, value, about: String| options.push(Handed { code, value, about });
    for code in &rule.options {
        let about = format!("{code}, the provisioning URL: where {vendor} looks for its server");
        hand(*code, Value::Text(url.to_owned()), about);
    }
    if let Some(code) = rule.encapsulated {
        let about = format!(
            "{VENDOR}, the same URL as sub-option {code}, ended by a zero byte: {vendor} reads it first"
        );
        hand(VENDOR, Value::Bytes(encapsulated(code, url)), about);
    }
    for code in wishes.also.iter().filter(|code| !rule.options.contains(code)) {
        let about = format!("{code}, the same URL: for phones that were told to look here");
        hand(*code, Value::Text(url.to_owned()), about);
    }
    if !wishes.tftp.is_empty() {
        let about = format!("{TFTP_ADDRESSES}, TFTP servers: for phones that take nothing but an address");
        hand(TFTP_ADDRESSES, Value::Addresses(wishes.tftp.clone()), about);
    }
    if !ntp.is_empty() {
        let about = format!("{NTP}, time servers: a phone that has no time refuses every certificate");
        hand(NTP, Value::Addresses(ntp.to_vec()), about);
    }
    options
}

/// Code, length, value (RFC 2132 §8.4). A URL too long for the length byte is refused where the option is written.
fn encapsulated(code: u8, url: &str) -> Vec<u8> {
    let length = u8::try_from(url.len() + 1).unwrap_or(u8::MAX);
    [&[code, length], url.as_bytes(), &[0]].concat()
}

/// A vendor's name as it stands in the names of directives.
fn word(name: &str) -> String {
    name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect()
}
