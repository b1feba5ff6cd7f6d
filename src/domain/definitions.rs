//! The settings that exist, with their values, defaults and help texts.

use super::{Definition, SettingKind};

const fn setting(
    name: &'static str,
    kind: SettingKind,
    default: Option<&'static str>,
    about: &'static str,
) -> Definition {
    Definition { name, kind, default, about }
}

/// The languages that phones can be set to.
const LANGUAGES: &[&str] = &["en", "de", "fr", "it", "es", "nl", "pt-BR"];
/// The countries whose call progress tones phones can be set to (ISO 3166).
const TONES: &[&str] = &["us", "gb", "de", "fr", "it", "es", "at", "ch", "nl", "br", "se", "dk", "no", "au"];
/// The codecs that phones can be set to.
const CODECS: &[&str] = &["g722", "pcma", "pcmu", "g729", "opus"];

/// Every setting there is, in the order in which it is shown.
pub const DEFINITIONS: &[Definition] = &[
    setting("sip.registrar", SettingKind::Host, None, "registrar; the tenant's SIP domain when unset"),
    setting(
        "sip.port",
        SettingKind::Number { min: 1, max: 65535, unit: "" },
        None,
        "registrar's port; 5060 when unset, 5061 with tls",
    ),
    setting("sip.transport", SettingKind::Choice(&["udp", "tcp", "tls"]), Some("udp"), "transport of SIP"),
    setting(
        "sip.expiry",
        SettingKind::Number { min: 60, max: 86400, unit: "seconds" },
        Some("600"),
        "how long a registration lasts",
    ),
    setting("sip.outbound_proxy", SettingKind::HostPort, None, "sends every SIP message through this host"),
    setting("sip.failover", SettingKind::HostPort, None, "registrar to use while the first does not answer"),
    setting(
        "sip.srtp",
        SettingKind::Choice(&["off", "optional", "required"]),
        Some("off"),
        "encryption of speech",
    ),
    setting("time.zone", SettingKind::Zone, Some("Etc/UTC"), "time zone with its daylight saving rule"),
    setting("time.ntp", SettingKind::Host, Some("pool.ntp.org"), "time server"),
    setting("time.format", SettingKind::Choice(&["24h", "12h"]), Some("24h"), "how the clock is shown"),
    setting("phone.language", SettingKind::Choice(LANGUAGES), Some("en"), "language of display and web page"),
    setting("phone.tones", SettingKind::Choice(TONES), Some("us"), "country of the call progress tones"),
    setting(
        "phone.lock_after",
        SettingKind::Number { min: 10, max: 3600, unit: "seconds" },
        Some("300"),
        "how long nobody touches a phone with PIN protection until its keypad is locked",
    ),
    setting(
        "phone.emergency_numbers",
        SettingKind::Dialables,
        Some("112,911,110,999"),
        "numbers that can be dialled although the keypad is locked",
    ),
    setting(
        "audio.codecs",
        SettingKind::Choices(CODECS),
        Some("g722,pcma,pcmu"),
        "codecs, the preferred first",
    ),
    setting("voicemail.number", SettingKind::Dialable, None, "number of the voicemail box"),
    setting(
        "network.vlan",
        SettingKind::Number { min: 1, max: 4094, unit: "" },
        None,
        "VLAN of the phone; untagged when unset",
    ),
    setting(
        "network.vlan_priority",
        SettingKind::Number { min: 0, max: 7, unit: "" },
        Some("5"),
        "802.1p priority in that VLAN",
    ),
    setting("network.lldp", SettingKind::Switch, Some("true"), "learns the VLAN by LLDP and CDP"),
    setting(
        "network.dscp_sip",
        SettingKind::Number { min: 0, max: 63, unit: "" },
        Some("26"),
        "DSCP of SIP packets",
    ),
    setting(
        "network.dscp_rtp",
        SettingKind::Number { min: 0, max: 63, unit: "" },
        Some("46"),
        "DSCP of speech packets",
    ),
    setting(
        "provisioning.url",
        SettingKind::Choice(&["tenant", "keep"]),
        Some("tenant"),
        "URL for the next boot: the tenant's, or what the phone has",
    ),
    setting(
        "provisioning.interval",
        SettingKind::Number { min: 5, max: 43200, unit: "minutes" },
        Some("1440"),
        "how often the phone asks again",
    ),
];
