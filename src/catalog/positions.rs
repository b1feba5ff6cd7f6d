//! The accounts and keys of a phone as templates see them, from the first to the last that the model has.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::Object;

use super::opaque::Opaque;
use super::view::keep;
use super::{LineFacts, Model, PhoneFacts};
use crate::domain::{Effect, HeldKey, KeyKind, Layer, Secret};

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

pub(super) fn lines<'a>(
    model: &Model,
    facts: &'a PhoneFacts<'_>,
    secrets: &mut Vec<&'a Secret>,
) -> Vec<LineView> {
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
    /// Where it was programmed; none where nobody programmed it.
    layer: Option<Layer>,
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
            "origin" => match self.layer {
                Some(layer) => Opaque::Origin(self.number, layer).into(),
                None => "".into(),
            },
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
        Self { number, module, index, kind: NO_KEY, line: 0, value: "".into(), label: "".into(), layer: None }
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

pub(super) fn keys(model: &Model, facts: &PhoneFacts<'_>) -> Vec<KeyView> {
    // A key of a line that is withheld would act on another line, or light up for nobody.
    let records = |line: &LineFacts<'_>| line.recording && !model.cannot.contains(&Effect::CallRecording);
    let acting = facts.keys.iter().filter(|HeldKey { key, .. }| {
        admitted(facts, key.line.get()).is_some_and(|line| key.kind != KeyKind::Record || records(line))
    });
    let programmed: BTreeMap<u16, &HeldKey> = acting.map(|held| (held.key.position, held)).collect();
    let view = |blank: KeyView| match programmed.get(&blank.number) {
        Some(HeldKey { key, layer }) => KeyView {
            layer: Some(*layer),
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
