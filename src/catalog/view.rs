//! The facts as templates see them: blank lines and keys are spread out to the model's last one.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Object;
use minijinja::{Value, context};

use super::opaque::Opaque;
use super::{LineFacts, Model, PhoneFacts, ServerFacts};
use crate::domain::{DEFINITIONS, Key, KeyKind, Secret, SettingValue, Settings, Switch, ZoneRule};

/// What a phone's template sees, and the secrets that go where it writes them.
pub(super) struct View<'a> {
    pub(super) context: Value,
    pub(super) secrets: Vec<&'a Secret>,
}

/// What the template of one phone's file sees.
pub(super) fn of_phone<'a>(
    pack: &Value,
    model: &Model,
    model_view: &Value,
    facts: &'a PhoneFacts<'_>,
) -> View<'a> {
    let mut secrets = Vec::new();
    let device = context! {
        mac => facts.mac.to_string(),
        mac_upper => facts.mac.upper(),
        mac_colons => facts.mac.colons(),
        name => facts.name.as_str(),
        web_password => keep(&mut secrets, facts.web_password),
    };
    let lines: Vec<Value> = lines(model, facts, &mut secrets);
    let url = facts.provisioning_url.as_ref().map_or_else(|| Value::from(()), |url| keep(&mut secrets, url));
    let interval = facts.settings.find("provisioning.interval").map(|setting| of_setting(&setting.value));
    let context = context! {
        device,
        lines,
        keys => keys(model, facts),
        settings => settings(facts.settings),
        sip => sip(facts),
        zone => zone(facts.zone),
        provisioning => context! { url, interval },
        server => server(facts.server),
        model => model_view,
        ..pack.clone()
    };
    View { context, secrets }
}

/// What the template of a common file sees.
pub(super) fn of_common(pack: &Value, model: Option<&Value>, facts: &ServerFacts) -> Value {
    context! { server => server(facts), model => model, ..pack.clone() }
}

/// What every template of a pack sees of the pack itself.
pub(super) fn of_pack(
    clear: &BTreeMap<String, String>,
    words: &BTreeMap<String, BTreeMap<String, String>>,
) -> Value {
    let literal =
        |(name, text): (&String, &String)| (name.clone(), Opaque::Literal(text.as_str().into()).into());
    let clear = Value::from_pairs(clear.iter().map(literal).collect::<Vec<(String, Value)>>());
    let group = |words: &BTreeMap<String, String>| {
        Value::from_pairs(words.iter().map(|(a, b)| (a.as_str(), b.as_str())))
    };
    let words = Value::from_pairs(words.iter().map(|(name, words)| (name.as_str(), group(words))));
    context! { clear, words }
}

/// What templates see of a model.
pub(super) fn of_model(model: &Model) -> Value {
    context! {
        name => model.name.as_str(),
        lines => model.lines,
        line_keys => model.line_keys,
        modules => model.modules,
        module_keys => model.module_keys,
        code => model.code.as_deref(),
        hardware => model.hardware.as_deref(),
        facts => Value::from_pairs(model.facts.iter().map(|(name, fact)| (name.as_str(), of_fact(fact)))),
    }
}

fn of_fact(fact: &toml::Value) -> Value {
    match fact {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Boolean(on) => (*on).into(),
        toml::Value::Array(facts) => facts.iter().map(of_fact).collect(),
        toml::Value::Table(facts) => {
            Value::from_pairs(facts.iter().map(|(name, fact)| (name.as_str(), of_fact(fact))))
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
    context! { name => facts.name.as_str() }
}

/// One account of the model; blank where no line is admitted.
#[derive(Debug)]
struct LineView {
    number: u16,
    on: bool,
    label: Value,
    display_name: Value,
    user: Value,
    password: Value,
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
            _ => return None,
        })
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

fn lines<'a>(model: &Model, facts: &'a PhoneFacts<'_>, secrets: &mut Vec<&'a Secret>) -> Vec<Value> {
    let mut view = |number: u16| match admitted(facts, number) {
        Some(line) => LineView {
            number,
            on: true,
            label: line.label.as_str().into(),
            display_name: line.display_name.as_str().into(),
            user: line.user.as_str().into(),
            password: keep(secrets, line.password),
        },
        None => LineView {
            number,
            on: false,
            label: "".into(),
            display_name: "".into(),
            user: "".into(),
            password: "".into(),
        },
    };
    (1..=model.lines).map(|number| Value::from_object(view(number))).collect()
}

fn admitted<'f, 'a>(facts: &'f PhoneFacts<'a>, number: u16) -> Option<&'f LineFacts<'a>> {
    facts.lines.iter().find(|line| line.number.get() == number)
}

/// One key of the phone or of an expansion module; blank where nothing is programmed.
#[derive(Debug)]
struct KeyView {
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

fn keys(model: &Model, facts: &PhoneFacts<'_>) -> Vec<Value> {
    let programmed: BTreeMap<u16, &Key> = facts.keys.iter().map(|key| (key.position, key)).collect();
    let blank = || Value::from("");
    let view = |number: u16| {
        let (module, index) = match number.checked_sub(model.line_keys + 1) {
            Some(beyond) if model.module_keys > 0 => {
                (beyond / model.module_keys + 1, beyond % model.module_keys + 1)
            }
            _ => (0, number),
        };
        let assumed = module == 0 && admitted(facts, number).is_some();
        let (kind, line, value, label) = match programmed.get(&number) {
            Some(key) => (
                key.kind.as_str(),
                key.line.get(),
                key.value.as_deref().unwrap_or_default().into(),
                key.label.as_ref().map_or("", |label| label.as_str()).into(),
            ),
            None if assumed => (KeyKind::Line.as_str(), number, blank(), blank()),
            None => ("none", 0, blank(), blank()),
        };
        KeyView { number, module, index, kind, line, value, label }
    };
    (1..=model.keys()).map(|number| Value::from_object(view(number))).collect()
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
    let mut groups: BTreeMap<&str, Vec<(&str, Value)>> = BTreeMap::new();
    for definition in DEFINITIONS {
        let (group, word) = definition.name.split_once('.').unwrap_or((definition.name, ""));
        let value = settings.find(definition.name).map(|setting| of_setting(&setting.value));
        groups.entry(group).or_default().push((word, value.into()));
    }
    Value::from_pairs(groups.into_iter().map(|(group, words)| (group, Value::from_pairs(words))))
}

fn sip(facts: &PhoneFacts<'_>) -> Value {
    let text = |name| match facts.settings.find(name).map(|setting| &setting.value) {
        Some(SettingValue::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let usual: i64 = if text("sip.transport") == Some("tls") { 5061 } else { 5060 };
    let address = |name| {
        let (host, port) = text(name)?.split_once(':').unwrap_or((text(name)?, ""));
        Some(context! { host, port => port.parse().unwrap_or(usual) })
    };
    let port = match facts.settings.find("sip.port").map(|setting| &setting.value) {
        Some(SettingValue::Number(port)) => *port,
        _ => usual,
    };
    context! {
        domain => facts.domain.as_str(),
        host => text("sip.registrar").unwrap_or(facts.domain.as_str()),
        port,
        proxy => address("sip.outbound_proxy"),
        failover => address("sip.failover"),
    }
}

fn zone(rule: ZoneRule) -> Value {
    let switch = |switch: Switch| {
        context! {
            month => switch.month,
            nth => switch.nth,
            weekday => switch.weekday,
            hour => switch.hour,
            minute => switch.minute,
        }
    };
    let daylight = rule.daylight.map(|daylight| {
        context! { saving => daylight.saving, start => switch(daylight.start), end => switch(daylight.end) }
    });
    let (hours, minutes) = (rule.offset.unsigned_abs() / 60, rule.offset.unsigned_abs() % 60);
    context! {
        offset => rule.offset,
        sign => if rule.offset < 0 { "-" } else { "+" },
        hours,
        minutes,
        daylight,
    }
}
