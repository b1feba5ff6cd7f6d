//! One loaded pack: its manifest, its templates ready to run, and what they see of it.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use minijinja::Value;

use super::emit::Emitter;
use super::engine::Engine;
use super::explain::Marked;
use super::parts::Blank;
use super::view::PackView;
use super::{FileRule, Manifest, Model, RenderError};

/// Names one file rule of one pack of a catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId {
    pub(super) pack: usize,
    pub(super) file: usize,
}

/// What kind of file was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nature {
    /// Phones expect that it is missing.
    Absent,
    /// Made from the pack and the server alone; every phone may read it.
    Common,
    /// Made for one device, with its secrets.
    Secret,
}

impl Nature {
    /// The nature of a file as its rule says it.
    #[must_use]
    pub const fn of(rule: &FileRule) -> Self {
        match (rule.absent, rule.secret) {
            (true, _) => Self::Absent,
            (false, false) => Self::Common,
            (false, true) => Self::Secret,
        }
    }
}

/// One pack.
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) index: usize,
    /// The folder that it lies in.
    pub(super) folder: String,
    pub(super) manifest: Manifest,
    /// Its templates' sources, by their names within the pack.
    pub(super) sources: BTreeMap<String, String>,
    pub(super) emitter: Arc<Emitter>,
    pub(super) engine: Engine,
    /// The same templates with marks, made when the first explanation is asked for.
    pub(super) marked: OnceLock<Option<Marked>>,
    /// What every template sees of the pack.
    pub(super) view: PackView,
    /// What templates see of its models, in the manifest's order.
    pub(super) models: Vec<Value>,
    /// The blank parts of each model, made when the first of its phones asks.
    pub(super) blank: Vec<OnceLock<Result<Vec<Blank>, RenderError>>>,
}

impl Pack {
    /// Drops the blank parts that were made so far: of most models that were tried there is no phone.
    pub(super) fn forget_blank(&mut self) {
        self.blank.iter_mut().for_each(|made| drop(made.take()));
    }

    /// The blank parts of a model of this pack.
    pub(super) fn blank(&self, model: &Model) -> Result<&[Blank], RenderError> {
        let made = self.blank[model.index].get_or_init(|| Blank::of(self, model, &self.engine));
        made.as_deref().map_err(Clone::clone)
    }

    /// The template of a file, if the file is of the expected nature and the model of this pack.
    pub(super) fn template(
        &self,
        file: FileId,
        expected: Nature,
        model: Option<&Model>,
    ) -> Result<&str, RenderError> {
        let rule = &self.manifest.file[file.file];
        let path = || rule.path.clone();
        if let Some(model) = model.filter(|model| model.pack != self.index) {
            return Err(RenderError::OtherVendor {
                path: path(),
                vendor: self.manifest.name.clone(),
                model: model.full_name(),
            });
        }
        match (Nature::of(rule), rule.template.as_deref()) {
            (nature, Some(template)) if nature == expected => Ok(template),
            (Nature::Absent, _) | (_, None) => Err(RenderError::Absent { path: path() }),
            _ => Err(RenderError::OtherNature { path: path() }),
        }
    }
}
