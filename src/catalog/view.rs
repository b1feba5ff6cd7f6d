//! The facts as templates see them: blank lines and keys are spread out to the model's last one.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Object;

use super::emit::Emitter;
use super::fields::{Field, Fields};
use super::manifest::{Each, PartRule};
use super::opaque::Opaque;
use super::{LineFacts, Manifest, Model, PhoneFacts, ServerFacts};
use crate::domain::{DEFINITIONS, Key, KeyKind, Secret, SettingValue, Settings, Switch, ZoneRule};

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
}

impl PackView {
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
    ]);
    let lines = lines(model, facts, &mut secrets);
    let url = facts.provisioning_url.as_ref().map(|url| keep(&mut secrets, url));
    let interval = facts.settings.find("provisioning.interval").map(|setting| of_setting(&setting.value));
    let fields = [
        ("clear", pack.clear.clone()),
        ("words", pack.words.clone()),
        ("settings", settings(facts.settings)),
        ("sip", sip(facts)),
        ("device", device),
        ("zone", zone(facts.zone)),
        ("provisioning", Fields::of([("url", url.into()), ("interval", interval.into())])),
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

fn keep<'a>(secrets: &mut Vec<&'a Secret>, secret: &'a Secret) -> Value {
    secrets.push(secret);
    Opaque::secret(u32::try_from(secrets.len() - 1).unwrap_or(u32::MAX)).into()
}

fn server(facts: &ServerFacts) -> Value {
    Fields::of([("name", facts.name.as_str().into())])
}

/// One account of the model; blank where no line is admitted.
#[derive(Clone, Debug)]
pub(super) struct LineView {
    number: u16,
    pub(super) on: bool,
    label: Value,
    display_name: Value,
    user: Value,
    password: Value,
    voicemail: bool,
}

impl Object for LineView {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        Some(match key {
            "number" => self.number.into(),
            "on" => self.on.into(),
            "label" => self.label.clone(),
            "display_name" => self.display_name.clone(),
            "user" => self.user.clone(),
            "password" => self.password.clone(),
            "voicemail" => self.voicemail.into(),
            _ => return None,
        })
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

impl LineView {
    fn blank(number: u16) -> Self {
        let text = || Value::from("");
        Self {
            number,
            on: false,
            label: text(),
            display_name: text(),
            user: text(),
            password: text(),
            voicemail: false,
        }
    }
}

impl From<LineView> for Value {
    fn from(line: LineView) -> Self {
        Self::from_object(line)
    }
}

/// The accounts of a phone on which nothing is used.
pub(super) fn blank_lines(model: &Model) -> impl Iterator<Item = LineView> {
    (1..=model.lines).map(LineView::blank)
}

fn lines<'a>(model: &Model, facts: &'a PhoneFacts<'_>, secrets: &mut Vec<&'a Secret>) -> Vec<LineView> {
    let mut view = |number: u16| match admitted(facts, number) {
        Some(line) => LineView {
            number,
            on: true,
            label: line.label.as_str().into(),
            display_name: line.display_name.as_str().into(),
            user: line.user.as_str().into(),
            password: keep(secrets, line.password),
            voicemail: line.voicemail,
        },
        None => LineView::blank(number),
    };
    (1..=model.lines).map(&mut view).collect()
}

fn admitted<'f, 'a>(facts: &'f PhoneFacts<'a>, number: u16) -> Option<&'f LineFacts<'a>> {
    facts.lines.iter().find(|line| line.number.get() == number)
}

/// One key of the phone or of an expansion module; blank where nothing is programmed.
#[derive(Clone, Debug)]
pub(super) struct KeyView {
    number: u16,
    module: u16,
    index: u16,
    kind: &'static str,
    line: u16,
    value: Value,
    label: Value,
}

impl Object for KeyView {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        Some(match key {
            "number" => self.number.into(),
            "module" => self.module.into(),
            "index" => self.index.into(),
            "kind" => self.kind.into(),
            "line" => self.line.into(),
            "value" => self.value.clone(),
            "label" => self.label.clone(),
            _ => return None,
        })
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

/// What a key is that does nothing.
const NO_KEY: &str = "none";

impl KeyView {
    fn blank(model: &Model, number: u16) -> Self {
        let (module, index) = match number.checked_sub(model.line_keys + 1) {
            Some(beyond) if model.module_keys > 0 => {
                (beyond / model.module_keys + 1, beyond % model.module_keys + 1)
            }
            _ => (0, number),
        };
        Self { number, module, index, kind: NO_KEY, line: 0, value: "".into(), label: "".into() }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.kind == NO_KEY
    }
}

impl From<KeyView> for Value {
    fn from(key: KeyView) -> Self {
        Self::from_object(key)
    }
}

/// The keys of a phone on which nothing is used.
pub(super) fn blank_keys(model: &Model) -> impl Iterator<Item = KeyView> {
    (1..=model.keys()).map(|number| KeyView::blank(model, number))
}

fn keys(model: &Model, facts: &PhoneFacts<'_>) -> Vec<KeyView> {
    // A key of a line that is withheld would act on another line, or light up for nobody.
    let acting = facts.keys.iter().filter(|key| admitted(facts, key.line.get()).is_some());
    let programmed: BTreeMap<u16, &Key> = acting.map(|key| (key.position, key)).collect();
    let view = |blank: KeyView| match programmed.get(&blank.number) {
        Some(key) => KeyView {
            kind: key.kind.as_str(),
            line: key.line.get(),
            value: key.value.as_deref().unwrap_or_default().into(),
            label: key.label.as_ref().map_or("", |label| label.as_str()).into(),
            ..blank
        },
        None if blank.module == 0 && admitted(facts, blank.number).is_some() => {
            KeyView { kind: KeyKind::Line.as_str(), line: blank.number, ..blank }
        }
        None => blank,
    };
    blank_keys(model).map(view).collect()
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
