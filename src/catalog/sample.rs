//! Made-up phones on which templates are tried when a pack is loaded.

use super::{AuthorityFacts, BootstrapFacts, LineFacts, LoginFacts, Model, NextUrl, PhoneFacts, ServerFacts};
use crate::domain::{
    DEFINITIONS, HeldKey, InvalidMac, Key, KeyKind, Layer, LineNumber, Mac, PlainText, Secret, Setting,
    SettingKind, SettingName, SettingValue, Settings, SipDomain, SipUser, Timestamp, ZoneRule,
};

/// A zone with daylight saving and one without.
const ZONES: &[&str] = &["America/New_York", "Asia/Kathmandu"];

/// What the facts of a made-up phone borrow from.
pub(super) struct SamplePhone {
    mac: Mac,
    name: PlainText,
    domain: SipDomain,
    secret: Secret,
    user: SipUser,
    server: ServerFacts,
    settings: Settings,
    base64: Vec<String>,
    zone: ZoneRule,
    full: bool,
}

impl SamplePhone {
    /// A phone with nothing assigned, everything at its default.
    pub(super) fn empty() -> Option<Self> {
        Self::new(Settings::merge([]), false)
    }

    /// A phone with every line and key in use; of each choice, word `variant` (counted round).
    pub(super) fn full(variant: usize) -> Option<Self> {
        let values = DEFINITIONS.iter().filter_map(|definition| {
            let name = SettingName::parse(definition.name).ok()?;
            let value = SettingValue::parse(name, &value(definition.kind, variant)).ok()?;
            Some((name, Setting { value, layer: Layer::Device }))
        });
        Self::new(Settings::merge(values), true)
    }

    /// How many variants show every word of every choice.
    pub(super) fn variants() -> usize {
        let words = |kind| match kind {
            SettingKind::Choice(words) | SettingKind::Choices(words) => words.len(),
            _ => 2,
        };
        DEFINITIONS.iter().map(|definition| words(definition.kind)).max().unwrap_or_default()
    }

    fn new(settings: Settings, full: bool) -> Option<Self> {
        let zone = settings.find("time.zone").map(|zone| zone.value.to_string())?;
        let mac: Result<Mac, InvalidMac> = Mac::parse("001565aabbcc");
        Some(Self {
            mac: mac.ok()?,
            name: PlainText::parse("name", "Reception").ok()?,
            domain: SipDomain::parse("pbx.example.org").ok()?,
            secret: Secret::new("a sample"),
            user: SipUser::parse("101").ok()?,
            server: ServerFacts { name: "phones.example.org".to_owned() },
            settings,
            base64: vec!["MIID+/==".to_owned(); 2],
            zone: ZoneRule::of(&zone, Timestamp::from_seconds(1_800_000_000)).ok()?,
            full,
        })
    }

    pub(super) const fn mac(&self) -> Mac {
        self.mac
    }

    pub(super) const fn server(&self) -> &ServerFacts {
        &self.server
    }

    /// What a server tells this phone before it knows it: one that has an authority of its own tells the full one.
    pub(super) fn bootstrap(&self) -> BootstrapFacts<'_> {
        let at = |file: &str| Secret::new(format!("http://phones.example.org/p/t/{file}"));
        BootstrapFacts {
            server: &self.server,
            time_server: "pool.ntp.org",
            provisioning_url: NextUrl::new("https://phones.example.org/p/t/".to_owned()),
            authority: self.full.then(|| AuthorityFacts {
                base64: &self.base64,
                pem_url: at("ca.pem"),
                der_url: at("ca.der"),
            }),
        }
    }

    /// The facts of this phone as one of `model`.
    pub(super) fn facts(&self, model: &Model) -> PhoneFacts<'_> {
        let line = |number| {
            Some(LineFacts {
                number: LineNumber::new(number).ok()?,
                label: "101".to_owned(),
                display_name: &self.name,
                user: &self.user,
                password: &self.secret,
                voicemail: true,
                recording: true,
            })
        };
        let key = |position: u16| {
            let kinds = [KeyKind::Line, KeyKind::Blf, KeyKind::SpeedDial, KeyKind::Record];
            let kind = kinds[usize::from(position % 4)];
            let value = matches!(kind, KeyKind::Blf | KeyKind::SpeedDial).then(|| "102".to_owned());
            let label = position.is_multiple_of(2).then(|| self.name.clone());
            let key = Key::new(position, kind, LineNumber::new(1).ok()?, value, label).ok()?;
            Some(HeldKey { key, layer: Layer::Device })
        };
        let (lines, keys) = if self.full { (model.lines, model.keys()) } else { (0, 0) };
        PhoneFacts {
            mac: self.mac,
            name: &self.name,
            web_password: &self.secret,
            pin: self.full.then_some(&self.secret),
            domain: &self.domain,
            lines: (1..=lines).filter_map(line).collect(),
            keys: (1..=keys).filter_map(key).collect(),
            settings: &self.settings,
            zone: self.zone,
            provisioning_url: self.full.then(|| NextUrl::new("https://phones.example.org/p/t/".to_owned())),
            provisioning_login: self.full.then_some(LoginFacts { user: "acme", password: &self.secret }),
            server: &self.server,
        }
    }
}

fn value(kind: SettingKind, variant: usize) -> String {
    let even = variant.is_multiple_of(2);
    let pick = |words: &[&str]| words[variant % words.len()].to_owned();
    match kind {
        SettingKind::Switch => even.to_string(),
        SettingKind::Number { min, max, .. } => if even { min } else { max }.to_string(),
        SettingKind::Choice(words) => pick(words),
        SettingKind::Choices(words) => {
            let (last, first) = words.split_at(variant % words.len());
            [first, last].concat().join(",")
        }
        SettingKind::Host => "sip.example.net".to_owned(),
        SettingKind::HostPort => if even { "proxy.example.net:5070" } else { "proxy.example.net" }.to_owned(),
        SettingKind::Zone => pick(ZONES),
        SettingKind::Dialable => "*97".to_owned(),
        SettingKind::Dialables => if even { "112,911" } else { "112" }.to_owned(),
    }
}
