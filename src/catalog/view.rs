//! The facts as templates see them.

use std::collections::BTreeMap;

use minijinja::Value;

use super::emit::Emitter;
use super::fields::{Field, Fields};
use super::manifest::{Each, PartRule};
use super::opaque::Opaque;
use super::positions::{KeyView, LineView, keys, lines};
use super::{BootstrapFacts, Manifest, Model, PhoneFacts, ServerFacts};
use crate::domain::{DEFINITIONS, Secret, SettingValue, Settings, Switch, ZoneRule};

/// What a phone's templates see, and the secrets that go where they write them.
pub(super) struct View<'a> {
    fields: Vec<Field>,
    /// The accounts of the model, blank ones included.
    pub(super) lines: Vec<LineView>,
    /// The keys of the model, blank ones included.
    pub(super) keys: Vec<KeyView>,
    pub(super) secrets: Vec<&'a Secret>,
}

impl View<'_> {
    /// What the template of a part sees besides its line or key.
    pub(super) fn of_part(&self) -> Value {
        Fields::named(self.fields.iter().cloned())
    }

    /// What the template of the whole document sees: lines and keys where no part is made of each.
    pub(super) fn of_document(&self, parts: Value, rules: &[PartRule]) -> Value {
        let made_of = |each| rules.iter().any(|rule| rule.each == each);
        let mut fields = self.fields.clone();
        fields.push(("parts".into(), parts));
        if !made_of(Each::Line) {
            fields.push(("lines".into(), self.lines.iter().cloned().map(Value::from).collect()));
        }
        if !made_of(Each::Key) {
            fields.push(("keys".into(), self.keys.iter().cloned().map(Value::from).collect()));
        }
        Fields::named(fields)
    }
}

/// What every template of a pack sees of the pack itself.
#[derive(Debug)]
pub(super) struct PackView {
    clear: Value,
    words: Value,
}

impl PackView {
    pub(super) fn new(manifest: &Manifest, emitter: &Emitter) -> Self {
        let group = |words: &BTreeMap<String, String>| {
            Fields::named(words.iter().map(|(ours, theirs)| (ours.clone().into(), theirs.as_str().into())))
        };
        let literal = |text: &String| Opaque::literal(text, emitter).into();
        Self {
            clear: Fields::named(
                manifest.clear.iter().map(|(name, text)| (name.clone().into(), literal(text))),
            ),
            words: Fields::named(
                manifest.words.iter().map(|(name, words)| (name.clone().into(), group(words))),
            ),
        }
    }

    /// What the template of a part sees while it is made for a blank line or key, or for the model as such.
    pub(super) fn of_blank(&self, model: &Value) -> Value {
        Fields::of([("clear", self.clear.clone()), ("words", self.words.clone()), ("model", model.clone())])
    }
}

/// What the templates of one phone's file see.
pub(super) fn of_phone<'a>(
    pack: &PackView,
    model: &Model,
    model_view: &Value,
    facts: &'a PhoneFacts<'_>,
) -> View<'a> {
    let mut secrets = Vec::new();
    let device = Fields::of([
        ("mac", facts.mac.to_string().into()),
        ("mac_upper", facts.mac.upper().into()),
        ("mac_colons", facts.mac.colons().into()),
        ("name", facts.name.as_str().into()),
        ("web_password", keep(&mut secrets, facts.web_password)),
        ("pin", facts.pin.map(|pin| keep(&mut secrets, pin)).into()),
    ]);
    let lines = lines(model, facts, &mut secrets);
    let next = facts.provisioning_url.as_ref();
    let url = next.map(|url| keep(&mut secrets, &url.whole));
    let address = next.map(|url| keep(&mut secrets, &url.address));
    let login = facts.provisioning_login;
    let interval = facts.settings.find("provisioning.interval").map(|setting| of_setting(&setting.value));
    let fields = [
        ("clear", pack.clear.clone()),
        ("words", pack.words.clone()),
        ("settings", settings(facts.settings)),
        ("sip", sip(facts)),
        ("device", device),
        ("zone", zone(facts.zone)),
        (
            "provisioning",
            Fields::of([
                ("url", url.into()),
                ("address", address.into()),
                ("scheme", next.map(|url| url.scheme).into()),
                ("user", login.map(|login| login.user).into()),
                ("password", login.map(|login| keep(&mut secrets, login.password)).into()),
                ("interval", interval.into()),
            ]),
        ),
        ("server", server(facts.server)),
        ("model", model_view.clone()),
    ];
    let fields = fields.map(|(name, value)| (name.into(), value)).into();
    View { fields, lines, keys: keys(model, facts), secrets }
}

/// What the template of a common file sees.
pub(super) fn of_common(pack: &PackView, model: Option<&Value>, facts: &ServerFacts) -> Value {
    Fields::of([
        ("clear", pack.clear.clone()),
        ("words", pack.words.clone()),
        ("server", server(facts)),
        ("model", model.cloned().into()),
    ])
}

/// What the template of a bootstrap document sees, and the secrets that go where it writes them: the scope that the
/// phone has asked with.
pub(super) fn of_bootstrap<'a>(pack: &PackView, facts: &'a BootstrapFacts<'_>) -> (Value, Vec<&'a Secret>) {
    let mut secrets = Vec::new();
    let next = &facts.provisioning_url;
    let provisioning = Fields::of([
        ("url", keep(&mut secrets, &next.whole)),
        ("address", keep(&mut secrets, &next.address)),
        ("scheme", next.scheme.into()),
    ]);
    let authority = facts.authority.as_ref().map(|authority| {
        Fields::of([
            ("base64", authority.base64.iter().map(String::as_str).collect()),
            ("pem_url", keep(&mut secrets, &authority.pem_url)),
            ("der_url", keep(&mut secrets, &authority.der_url)),
        ])
    });
    let view = Fields::of([
        ("clear", pack.clear.clone()),
        ("words", pack.words.clone()),
        ("server", server(facts.server)),
        ("time", Fields::of([("server", facts.time_server.into())])),
        ("provisioning", provisioning),
        ("authority", authority.into()),
    ]);
    (view, secrets)
}

/// What templates see of a model.
pub(super) fn of_model(model: &Model) -> Value {
    let facts = model.facts.iter().map(|(name, fact)| (name.clone().into(), of_fact(fact)));
    Fields::of([
        ("name", model.name.as_str().into()),
        ("lines", model.lines.into()),
        ("line_keys", model.line_keys.into()),
        ("modules", model.modules.into()),
        ("module_keys", model.module_keys.into()),
        ("code", model.code.as_deref().into()),
        ("hardware", model.hardware.as_deref().into()),
        ("facts", Fields::named(facts)),
    ])
}

fn of_fact(fact: &toml::Value) -> Value {
    match fact {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Boolean(on) => (*on).into(),
        toml::Value::Array(facts) => facts.iter().map(of_fact).collect(),
        toml::Value::Table(facts) => {
            Fields::named(facts.iter().map(|(name, fact)| (name.clone().into(), of_fact(fact))))
        }
        // Shown as text, so that a template that writes it shows what the manifest says.
        toml::Value::Float(_) | toml::Value::Datetime(_) => fact.to_string().into(),
    }
}

/// The place of a secret in a template; what goes there is kept beside.
pub(super) fn keep<'a>(secrets: &mut Vec<&'a Secret>, secret: &'a Secret) -> Value {
    secrets.push(secret);
    Opaque::secret(u32::try_from(secrets.len() - 1).unwrap_or(u32::MAX)).into()
}

fn server(facts: &ServerFacts) -> Value {
    Fields::of([("name", facts.name.as_str().into())])
}

fn of_setting(value: &SettingValue) -> Value {
    match value {
        SettingValue::Switch(on) => (*on).into(),
        SettingValue::Number(number) => (*number).into(),
        SettingValue::Text(text) => text.as_str().into(),
        SettingValue::List(words) => words.iter().map(String::as_str).collect(),
    }
}

/// Every setting that exists as `group.word`; none where it has no value.
fn settings(settings: &Settings) -> Value {
    let mut groups: Vec<(&'static str, Vec<Field>)> = Vec::new();
    for definition in DEFINITIONS {
        let (group, word) = definition.name.split_once('.').unwrap_or((definition.name, ""));
        let value = settings.find(definition.name).map(|setting| of_setting(&setting.value));
        let field = (word.into(), value.into());
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, fields)) => fields.push(field),
            None => groups.push((group, vec![field])),
        }
    }
    Fields::named(groups.into_iter().map(|(group, fields)| (group.into(), Fields::named(fields))))
}

fn sip(facts: &PhoneFacts<'_>) -> Value {
    let text = |name| match facts.settings.find(name).map(|setting| &setting.value) {
        Some(SettingValue::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let usual: u16 = if text("sip.transport") == Some("tls") { 5061 } else { 5060 };
    let address = |name| {
        let (host, port) = text(name)?.split_once(':').unwrap_or((text(name)?, ""));
        let given: Option<u16> = port.parse().ok();
        Some(Fields::of([
            ("host", host.into()),
            ("port", given.unwrap_or(usual).into()),
            ("given_port", given.into()),
        ]))
    };
    let port = match facts.settings.find("sip.port").map(|setting| &setting.value) {
        Some(SettingValue::Number(port)) => *port,
        _ => usual.into(),
    };
    Fields::of([
        ("domain", facts.domain.as_str().into()),
        ("host", text("sip.registrar").unwrap_or(facts.domain.as_str()).into()),
        ("port", port.into()),
        ("proxy", address("sip.outbound_proxy").into()),
        ("failover", address("sip.failover").into()),
    ])
}

fn zone(rule: ZoneRule) -> Value {
    let switch = |switch: Switch| {
        Fields::of([
            ("month", switch.month.into()),
            ("nth", switch.nth.into()),
            ("weekday", switch.weekday.into()),
            ("hour", switch.hour.into()),
            ("minute", switch.minute.into()),
        ])
    };
    let daylight = rule.daylight.map(|daylight| {
        Fields::of([
            ("saving", daylight.saving.into()),
            ("start", switch(daylight.start)),
            ("end", switch(daylight.end)),
        ])
    });
    Fields::of([
        ("offset", rule.offset.into()),
        ("sign", if rule.offset < 0 { "-" } else { "+" }.into()),
        ("hours", (rule.offset.unsigned_abs() / 60).into()),
        ("minutes", (rule.offset.unsigned_abs() % 60).into()),
        ("daylight", daylight.into()),
    ])
}
