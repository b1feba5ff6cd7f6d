//! Parts of a document that are made on their own: for each line, each key, or once for the model.
//!
//! Most lines and keys of most phones are blank, and what is written for a blank one depends on the pack and the model
//! alone. So it is made once and kept: a template of a part sees nothing else while it is made for a blank one.

use minijinja::Value;

use super::engine::Engine;
use super::fields::{Fields, With};
use super::manifest::{Each, PartRule};
use super::pack::Pack;
use super::positions::{KeyView, LineView, blank_keys, blank_lines};
use super::view::View;
use super::{Model, RenderError};

/// One part as it is written where every line and key is blank: the text of each, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Blank {
    text: String,
    /// Where the text of each ends.
    ends: Vec<usize>,
}

impl Blank {
    /// Every part of the pack for a phone of `model` on which nothing is used.
    pub(super) fn of(pack: &Pack, model: &Model, engine: &Engine) -> Result<Vec<Self>, RenderError> {
        let root = pack.view.of_blank(&pack.models[model.index]);
        let make = |rule: &PartRule| {
            let mut blank = Self::default();
            match rule.each {
                Each::Model => blank.push(&engine.render_part(&rule.template, root.clone())?),
                Each::Line => {
                    for line in blank_lines(model) {
                        let seen = With::value(&root, "line", line.into());
                        blank.push(&engine.render_part(&rule.template, seen)?);
                    }
                }
                Each::Key => {
                    for key in blank_keys(model) {
                        let seen = With::value(&root, "key", key.into());
                        blank.push(&engine.render_part(&rule.template, seen)?);
                    }
                }
            }
            Ok(blank)
        };
        pack.manifest.part.iter().map(make).collect()
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }
}

/// The parts of one phone's document, as `parts` shows them to the template that places them.
pub(super) fn of_phone(
    rules: &[PartRule],
    blank: &[Blank],
    engine: &Engine,
    view: &View<'_>,
) -> Result<Value, RenderError> {
    let root = view.of_part();
    let make = |(rule, blank): (&PartRule, &Blank)| {
        let text = match rule.each {
            Each::Model => blank.text.clone(),
            Each::Line => {
                let used = |line: &LineView| line.on.then(|| line.clone().into());
                each(rule, blank, engine, &root, ("line", view.lines.iter().map(used)))?
            }
            Each::Key => {
                let used = |key: &KeyView| (!key.is_blank()).then(|| key.clone().into());
                each(rule, blank, engine, &root, ("key", view.keys.iter().map(used)))?
            }
        };
        // what is written has passed the emitter, like what `super()` gives
        Ok((rule.name.clone().into(), Value::from_safe_string(text)))
    };
    let parts: Result<Vec<_>, RenderError> = rules.iter().zip(blank).map(make).collect();
    Ok(Fields::named(parts?))
}

/// One part for each item: made where there is a value, as kept where there is none.
fn each(
    rule: &PartRule,
    blank: &Blank,
    engine: &Engine,
    root: &Value,
    (name, items): (&'static str, impl Iterator<Item = Option<Value>>),
) -> Result<String, RenderError> {
    let mut text = String::with_capacity(blank.text.len() + 4096);
    for (index, item) in items.enumerate() {
        match item {
            Some(item) => {
                text.push_str(&engine.render_part(&rule.template, With::value(root, name, item))?);
            }
            None => text.push_str(blank.get(index)),
        }
    }
    Ok(text)
}
