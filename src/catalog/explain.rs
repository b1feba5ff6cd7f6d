//! Where every line of a document comes from: template, line, expressions, and the layer of each value.
//!
//! The templates are rendered a second time from a source that carries marks in its literal text. Apart from them the
//! result is the document that is served; the marks say which line wrote what.

use std::sync::Arc;

use super::engine::Engine;
use super::marks::{BrokenMark, Mark, Piece, pieces};
use super::pack::Pack;
use super::parts::{self, Blank};
use super::render::{Document, broken};
use super::source::{self, Alias, Expression};
use super::{Catalog, FileId, Model, Nature, PhoneFacts, RenderError, view};
use crate::domain::{KeyPosition, Layer, SettingName, Settings};

/// One line of a document and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedLine {
    /// The line as the phone gets it, with every secret masked.
    pub text: String,
    /// The template that wrote it, below the folder of packs.
    pub template: String,
    /// The line of the template, from 1.
    pub line: usize,
    /// The values in it, in their order.
    pub values: Vec<ExplainedValue>,
}

/// One value of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedValue {
    /// The expression that wrote it.
    pub expression: String,
    /// The settings that the expression reads, each with the layer that its value comes from; none for a setting
    /// without a value. Empty where the value comes from the device, its lines and keys, or the pack.
    pub settings: Vec<(SettingName, Option<Layer>)>,
    /// The programmed key that the value comes from, with the layer on which it was programmed.
    pub key: Option<(KeyPosition, Layer)>,
}

impl ExplainedValue {
    /// The latest layer that has a say in the value.
    #[must_use]
    pub fn layer(&self) -> Option<Layer> {
        let layers = self.settings.iter().filter_map(|(_, layer)| *layer);
        layers.chain(self.key.map(|(_, layer)| layer)).max()
    }
}

/// A pack's templates with marks, and what the marks' numbers mean.
#[derive(Debug)]
pub(super) struct Marked {
    engine: Engine,
    lines: Vec<(String, usize)>,
    values: Vec<String>,
    aliases: Vec<Alias>,
}

impl Marked {
    pub(super) fn new(pack: &Pack) -> Option<Self> {
        let (mut lines, mut values, mut aliases) = (Vec::new(), Vec::new(), Vec::new());
        let mut sources = std::collections::BTreeMap::new();
        for (name, text) in &pack.sources {
            let marked = source::marked(
                text,
                |line| number(&mut lines, (pack.engine.path_of(name), line)),
                |Expression { text, .. }| number(&mut values, text),
            );
            aliases.extend(source::aliases(text));
            sources.insert(name.clone(), marked);
        }
        let engine = Engine::new("", &sources, &Arc::clone(&pack.emitter)).ok()?;
        Some(Self { engine, lines, values, aliases })
    }
}

fn number<T>(list: &mut Vec<T>, item: T) -> u32 {
    list.push(item);
    u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
}

fn meaning<T>(list: &[T], number: u32) -> Result<&T, BrokenMark> {
    usize::try_from(number).ok().and_then(|number| list.get(number)).ok_or(BrokenMark)
}

impl Catalog {
    /// Explains a secret file of one phone, line by line, with every secret masked.
    pub fn explain(
        &self,
        file: FileId,
        model: &Model,
        facts: &PhoneFacts<'_>,
    ) -> Result<Vec<ExplainedLine>, RenderError> {
        let pack = &self.packs[file.pack];
        let template = pack.template(file, Nature::Secret, Some(model))?;
        let marked = pack.marked.get_or_init(|| Marked::new(pack)).as_ref();
        let marked = marked.ok_or_else(|| broken(pack, template))?;
        let view = view::of_phone(&pack.view, model, &pack.models[model.index], facts);
        let rules = &pack.manifest.part;
        let blank = Blank::of(pack, model, &marked.engine)?;
        let parts = parts::of_phone(rules, &blank, &marked.engine, &view)?;
        let text = marked.engine.render(template, view.of_document(parts, rules))?;
        let mut explanation = Explanation {
            marked,
            settings: facts.settings,
            document: Document::new(pack, &view.secrets, true),
            lines: Vec::new(),
            values: Vec::new(),
            writer: None,
            around: Vec::new(),
        };
        explanation.read(&text).map_err(|BrokenMark| broken(pack, template))?;
        Ok(explanation.lines)
    }
}

struct Explanation<'a> {
    marked: &'a Marked,
    settings: &'a Settings,
    document: Document<'a>,
    lines: Vec<ExplainedLine>,
    /// The values of the line that is being read.
    values: Vec<ExplainedValue>,
    /// The mark of the template's line that writes.
    writer: Option<u32>,
    /// The writers around it: `super()` writes lines of another template.
    around: Vec<Option<u32>>,
}

impl Explanation<'_> {
    fn read(&mut self, text: &str) -> Result<(), BrokenMark> {
        for piece in pieces(text) {
            match piece? {
                // What starts within a line belongs to the line.
                Piece::Mark(Mark::Line(line)) if self.document.text.is_empty() => self.writer = Some(line),
                Piece::Mark(Mark::Open(value)) => {
                    let value = self.value(value)?;
                    self.values.push(value);
                    self.around.push(self.writer);
                }
                Piece::Mark(Mark::Close) => self.writer = self.around.pop().flatten(),
                Piece::Mark(Mark::Key(position, layer)) => {
                    self.values.last_mut().ok_or(BrokenMark)?.key = Some((position, layer));
                }
                Piece::Mark(mark) => self.document.piece(Piece::Mark(mark))?,
                Piece::Text(text) => {
                    for part in text.split_inclusive('\n') {
                        self.document.piece(Piece::Text(part.trim_end_matches('\n')))?;
                        if part.ends_with('\n') {
                            self.end_line()?;
                        }
                    }
                }
            }
        }
        if self.document.text.is_empty() { Ok(()) } else { self.end_line() }
    }

    fn end_line(&mut self) -> Result<(), BrokenMark> {
        let text = std::mem::take(&mut self.document.text);
        let values = std::mem::take(&mut self.values);
        let (template, line) = meaning(&self.marked.lines, self.writer.ok_or(BrokenMark)?)?.clone();
        self.lines.push(ExplainedLine { text, template, line, values });
        Ok(())
    }

    fn value(&self, number: u32) -> Result<ExplainedValue, BrokenMark> {
        let expression = meaning(&self.marked.values, number)?.clone();
        let mut names = Vec::new();
        settings_read(&expression, &self.marked.aliases, 4, &mut names);
        let layer =
            |name: SettingName| (name, self.settings.find(name.as_str()).map(|setting| setting.layer));
        let settings = names.into_iter().map(layer).collect();
        Ok(ExplainedValue { expression, settings, key: None })
    }
}

/// The settings that an expression reads: by name, through what the context resolves from them, or through a name that
/// the template gave to another expression (followed at most `depth` times).
fn settings_read(expression: &str, aliases: &[Alias], depth: u8, found: &mut Vec<SettingName>) {
    for path in source::paths(expression) {
        let (root, rest) = path.split_once('.').unwrap_or((path, ""));
        let names: &[&str] = match (root, rest.split('.').next().unwrap_or_default()) {
            ("settings", _) => &[rest],
            ("zone", _) => &["time.zone"],
            ("sip", "host") => &["sip.registrar"],
            ("sip", "port") => &["sip.port", "sip.transport"],
            ("sip", "proxy") => &["sip.outbound_proxy"],
            ("sip", "failover") => &["sip.failover"],
            ("provisioning", "interval") => &["provisioning.interval"],
            ("provisioning", "url") => &["provisioning.url"],
            _ => &[],
        };
        for name in names.iter().filter_map(|name| SettingName::parse(name).ok()) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        if depth > 0 {
            let meant = aliases.iter().filter(|alias| alias.name == root);
            meant.for_each(|alias| settings_read(&alias.means, aliases, depth - 1, found));
        }
    }
}
