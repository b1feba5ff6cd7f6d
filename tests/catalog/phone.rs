//! Phones for tests: facts that can be borrowed.

use offhook::catalog::{LineFacts, NextUrl, PhoneFacts, ServerFacts};
use offhook::domain::{
    HeldKey, Key, KeyKind, Layer, LineNumber, Mac, PlainText, Secret, Setting, SettingName, SettingValue,
    Settings, SipDomain, SipUser, Timestamp, ZoneRule,
};

/// One line of a test's phone.
pub(crate) struct Line {
    pub(crate) number: u16,
    pub(crate) label: String,
    pub(crate) name: PlainText,
    pub(crate) user: SipUser,
    pub(crate) password: Secret,
    pub(crate) recording: bool,
}

/// What the facts of a test's phone borrow from.
pub(crate) struct Phone {
    pub(crate) mac: Mac,
    pub(crate) name: PlainText,
    pub(crate) web_password: Secret,
    pub(crate) pin: Option<Secret>,
    pub(crate) domain: SipDomain,
    pub(crate) lines: Vec<Line>,
    pub(crate) keys: Vec<HeldKey>,
    pub(crate) settings: Settings,
    pub(crate) url: Option<NextUrl>,
    pub(crate) server: ServerFacts,
}

impl Phone {
    /// A phone without lines, keys and settings of its own.
    pub(crate) fn blank() -> Self {
        Self {
            mac: Mac::parse("00:15:65:aa:bb:cc").unwrap(),
            name: text("Reception"),
            web_password: Secret::new("Web-7pQx"),
            pin: None,
            domain: SipDomain::parse("pbx.example.org").unwrap(),
            lines: Vec::new(),
            keys: Vec::new(),
            settings: Settings::merge([]),
            url: Some(NextUrl::new("https://phones.example.org/p/tabcdefghijklmnopqrstuvwxyz/".to_owned())),
            server: ServerFacts { name: "phones.example.org".to_owned() },
        }
    }

    pub(crate) fn with_line(mut self, number: u16, name: &str, password: &str) -> Self {
        self.lines.push(Line {
            number,
            label: format!("10{number}"),
            name: text(name),
            user: SipUser::parse(&format!("acme-10{number}")).unwrap(),
            password: Secret::new(password),
            recording: true,
        });
        self
    }

    /// Locks the keypad.
    pub(crate) fn with_pin(mut self, digits: &str) -> Self {
        self.pin = Some(Secret::new(digits));
        self
    }

    pub(crate) fn with_key(
        mut self,
        position: u16,
        kind: KeyKind,
        value: Option<&str>,
        label: Option<&str>,
    ) -> Self {
        let line = LineNumber::new(1).unwrap();
        let key = Key::new(position, kind, line, value.map(str::to_owned), label.map(text)).unwrap();
        self.keys.push(HeldKey { key, layer: Layer::Device });
        self
    }

    pub(crate) fn with_settings(mut self, settings: &[(&str, &str, Layer)]) -> Self {
        self.settings = Settings::merge(settings.iter().map(|(name, value, layer)| {
            let name = SettingName::parse(name).unwrap();
            (name, Setting { value: SettingValue::parse(name, value).unwrap(), layer: *layer })
        }));
        self
    }

    pub(crate) fn facts(&self) -> PhoneFacts<'_> {
        let zone = self.settings.find("time.zone").unwrap().value.to_string();
        PhoneFacts {
            mac: self.mac,
            name: &self.name,
            web_password: &self.web_password,
            pin: self.pin.as_ref(),
            domain: &self.domain,
            lines: self
                .lines
                .iter()
                .map(|line| LineFacts {
                    number: LineNumber::new(line.number).unwrap(),
                    label: line.label.clone(),
                    display_name: &line.name,
                    user: &line.user,
                    password: &line.password,
                    voicemail: true,
                    recording: line.recording,
                })
                .collect(),
            keys: self.keys.clone(),
            settings: &self.settings,
            zone: ZoneRule::of(&zone, Timestamp::from_seconds(1_800_000_000)).unwrap(),
            provisioning_url: self.url.clone(),
            provisioning_login: None,
            server: &self.server,
        }
    }
}

/// A text that a person entered.
pub(crate) fn text(text: &str) -> PlainText {
    PlainText::parse("text", text).unwrap()
}
