//! Making one document: facts and template become bytes, and every replacement is said.

use bytes::Bytes;

use super::marks::{BrokenMark, Mark, Piece, pieces};
use super::opaque::MASK;
use super::pack::Pack;
use super::{
    BootstrapFacts, Catalog, CommonFacts, FileId, Model, Nature, PhoneFacts, RenderError, parameters, parts,
    view,
};
use crate::domain::Secret;

/// One document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The bytes to serve. They may hold secrets.
    pub bytes: Bytes,
    /// The `Content-Type`.
    pub content_type: String,
    /// What the vendor's file could not carry, in the order in which it stands there.
    pub replaced: Vec<Replacement>,
}

/// A character of a value that a vendor's file could not carry as it was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The value, as the vendor names it, such as `account.1.display_name` or `phone-settings/user_realname[idx=1]`.
    pub what: String,
    /// The character; `•` where the value is a secret.
    pub character: char,
}

impl Catalog {
    /// Makes a secret file for one phone of `model`.
    ///
    /// A value that the file's syntax cannot carry is replaced and reported; it is never a reason to fail. Errors come
    /// from the pack: a template of an overlay, or a caller that mixes up files and models.
    pub fn render_phone(
        &self,
        file: FileId,
        model: &Model,
        facts: &PhoneFacts<'_>,
    ) -> Result<Rendered, RenderError> {
        let pack = &self.packs[file.pack];
        let template = pack.template(file, Nature::Secret, Some(model))?;
        let view = view::of_phone(&pack.view, model, &pack.models[model.index], facts);
        let rules = &pack.manifest.part;
        let parts = parts::of_phone(rules, pack.blank(model)?, &pack.engine, &view)?;
        let text = pack.engine.render(template, view.of_document(parts, rules))?;
        finished(pack, template, &text, &view.secrets)
    }

    /// Makes a file that every phone may read; `model` is the one whose product code stands in its path.
    pub fn render_common(
        &self,
        file: FileId,
        model: Option<&Model>,
        facts: &CommonFacts<'_>,
    ) -> Result<Rendered, RenderError> {
        let pack = &self.packs[file.pack];
        let template = pack.template(file, Nature::Common, model)?;
        let model = model.map(|model| &pack.models[model.index]);
        let text = pack.engine.render(template, view::of_common(&pack.view, model, facts.server))?;
        finished(pack, template, &text, &[])
    }
}

impl Catalog {
    /// Whether something stands under a secret file's path where secrets may not go.
    #[must_use]
    pub fn has_bootstrap(&self, file: FileId) -> bool {
        self.file(file).bootstrap.is_some()
    }

    /// Makes what stands under a secret file's path where secrets may not go.
    pub fn render_bootstrap(
        &self,
        file: FileId,
        facts: &BootstrapFacts<'_>,
    ) -> Result<Rendered, RenderError> {
        let pack = &self.packs[file.pack];
        let rule = self.file(file);
        let absent = || RenderError::Absent { path: rule.path.clone() };
        let template = rule.bootstrap.as_deref().ok_or_else(absent)?;
        let (view, secrets) = view::of_bootstrap(&pack.view, facts);
        let text = pack.engine.render(template, view)?;
        finished(pack, template, &text, &secrets)
    }
}

fn finished(pack: &Pack, template: &str, text: &str, secrets: &[&Secret]) -> Result<Rendered, RenderError> {
    let mut document = Document::new(pack, secrets, false);
    document.append(text).map_err(|BrokenMark| broken(pack, template))?;
    Ok(Rendered {
        bytes: document.text.into(),
        content_type: pack.manifest.content_type.clone(),
        replaced: document.replaced,
    })
}

pub(super) fn broken(pack: &Pack, template: &str) -> RenderError {
    RenderError::Template {
        template: pack.engine.path_of(template),
        line: 0,
        reason: "a secret was taken apart; it can only be written whole".to_owned(),
    }
}

/// Puts the secrets into a rendered text and takes the marks out.
pub(super) struct Document<'a> {
    pub(super) text: String,
    pub(super) replaced: Vec<Replacement>,
    pack: &'a Pack,
    secrets: &'a [&'a Secret],
    masked: bool,
    without: Vec<char>,
}

impl<'a> Document<'a> {
    pub(super) fn new(pack: &'a Pack, secrets: &'a [&'a Secret], masked: bool) -> Self {
        Self { text: String::new(), replaced: Vec::new(), pack, secrets, masked, without: Vec::new() }
    }

    /// Appends a rendered text; marks that say where a line comes from are skipped.
    pub(super) fn append(&mut self, text: &str) -> Result<(), BrokenMark> {
        self.text.reserve(text.len());
        pieces(text).try_for_each(|piece| self.piece(piece?))
    }

    /// Appends one piece.
    pub(super) fn piece(&mut self, piece: Piece<'_>) -> Result<(), BrokenMark> {
        match piece {
            Piece::Text(text) => self.text.push_str(text),
            Piece::Mark(Mark::Without(character)) => self.without.push(character),
            Piece::Mark(Mark::Replaced(character)) => self.report(character),
            Piece::Mark(Mark::Secret(index)) => {
                let secret = usize::try_from(index).ok().and_then(|index| self.secrets.get(index));
                self.secret(secret.ok_or(BrokenMark)?.expose());
            }
            Piece::Mark(Mark::Line(_) | Mark::Open(_) | Mark::Close | Mark::Key(..)) => {}
        }
        Ok(())
    }

    fn secret(&mut self, text: &str) {
        let without = std::mem::take(&mut self.without);
        let substitute = |character| if without.contains(&character) { '_' } else { character };
        let prepared: String = text.chars().map(substitute).collect();
        let emitted = self.pack.emitter.emit(&prepared);
        let replaced =
            text.chars().filter(|character| without.contains(character)).count() + emitted.replaced.len();
        (0..replaced).for_each(|_| self.report('•'));
        self.text.push_str(if self.masked { MASK } else { &emitted.text });
    }

    fn report(&mut self, character: char) {
        let what = parameters::open_at_end(self.pack.manifest.syntax, &self.text);
        self.replaced.push(Replacement { what, character });
    }
}
