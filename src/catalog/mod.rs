//! Which phones exist: vendor packs, and how their files are made from typed facts.
//!
//! A pack is a folder of `device-templates/`: a manifest, templates and samples. The binary holds the packs it was
//! built with; a directory on disk may overlay them. Loading checks everything that can be checked without a phone, so
//! a catalog that loaded works; a reload makes a new catalog and the caller swaps it in.
//!
//! | file | its job |
//! |---|---|
//! | `manifest`, `dhcp`, `check_sync`, `factory`, `context` | the contracts: what a pack says, and what its templates see |
//! | `sources`, `parse`, `index`, `check` | from bytes to a catalog, with every mistake and its place |
//! | `recognize`, `model` | what a request shows of a phone, and which models there are |
//! | `render`, `view`, `positions`, `parts`, `engine` | from facts to a document |
//! | `emit`, `opaque` | why a value cannot be injected and a secret not be read |
//! | `explain`, `source`, `marks` | where each line comes from |

mod check;
mod check_sync;
mod context;
mod dhcp;
mod emit;
mod engine;
mod error;
mod explain;
mod factory;
mod fields;
mod index;
mod manifest;
mod marks;
mod model;
mod opaque;
mod pack;
mod parameters;
mod parse;
mod parts;
mod positions;
mod recognize;
mod render;
mod sample;
mod source;
mod sources;
mod subscriber;
mod view;

use std::path::Path;

use crate::domain::Mac;
use std::sync::{Arc, OnceLock};

pub use check_sync::CheckSync;
pub use context::{
    AUTHORITY_FILES, AuthorityFacts, BootstrapFacts, CommonFacts, LineFacts, LoginFacts, NextUrl, PhoneFacts,
    ServerFacts,
};
pub use dhcp::DhcpRule;
pub use error::{LoadError, LoadErrors, RenderError};
pub use explain::{ExplainedLine, ExplainedValue};
pub use factory::FactoryRule;
pub use manifest::{
    Each, FileRule, MacStyle, Manifest, ModelEntry, PartRule, SimulatedUserAgent, Syntax, UserAgentRule, When,
};
pub use model::{Model, UnknownModel};
pub use pack::{FileId, Nature};
pub use recognize::{Recognition, Shown, Sighting};
pub use render::{Rendered, Replacement};
pub use subscriber::TwoVendors;

use emit::Emitter;
use engine::Engine;
use index::Read;
use model::ModelNames;
use pack::Pack;
use recognize::Recognizer;
use sources::Sources;
use view::PackView;

/// All vendor packs, checked and ready.
#[derive(Debug)]
pub struct Catalog {
    packs: Vec<Pack>,
    models: Vec<Model>,
    names: ModelNames,
    recognizer: Recognizer,
    epoch: u64,
}

impl Catalog {
    /// The packs in the binary.
    pub fn embedded() -> Result<Self, LoadErrors> {
        Self::load(None)
    }

    /// The packs in the binary, overlaid by those of a directory: a file of the same name replaces the one in the
    /// binary, a folder of a new name adds a pack.
    pub fn load(directory: Option<&Path>) -> Result<Self, LoadErrors> {
        let mut sources = Sources::embedded();
        if let Some(directory) = directory {
            sources.overlay(directory).map_err(|error| LoadErrors(vec![error]))?;
        }
        Self::of(&sources)
    }

    /// The packs of one directory alone.
    pub fn of_directory(directory: &Path) -> Result<Self, LoadErrors> {
        let mut sources = Sources::default();
        sources.overlay(directory).map_err(|error| LoadErrors(vec![error]))?;
        Self::of(&sources)
    }

    /// Changes whenever a byte of a pack changes.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// All models, by pack and in the order of their manifests.
    #[must_use]
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The model that a person means by `name`, with or without the vendor, whatever the case, spaces and hyphens.
    pub fn model(&self, name: &str) -> Result<&Model, UnknownModel> {
        self.names.find(&self.models, name)
    }

    /// The manifests of all packs.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.packs.iter().map(|pack| &pack.manifest)
    }

    /// The manifest of a model's pack.
    #[must_use]
    pub fn manifest_of(&self, model: &Model) -> &Manifest {
        &self.packs[model.pack].manifest
    }

    /// The rule of a file.
    #[must_use]
    pub fn file(&self, file: FileId) -> &FileRule {
        &self.packs[file.pack].manifest.file[file.file]
    }

    /// The path under which a phone of `model` with this MAC asks for `file`, below its provisioning URL.
    #[must_use]
    pub fn path_of(&self, file: FileId, model: &Model, mac: Mac) -> String {
        let pack = &self.packs[file.pack].manifest;
        let mac = match pack.mac_style {
            MacStyle::Lower => mac.to_string(),
            MacStyle::Upper => mac.upper(),
        };
        let written = model.written.first().map_or(model.name.as_str(), String::as_str);
        pack.file[file.file]
            .path
            .replace("{mac}", &mac)
            .replace("{model}", written)
            .replace("{code}", model.code.as_deref().unwrap_or_default())
    }

    /// The files of a model's pack in the order in which a phone asks for them.
    pub fn files_of(&self, model: &Model) -> impl Iterator<Item = (FileId, &FileRule)> {
        let pack = model.pack;
        let rules = self.packs[pack].manifest.file.iter().enumerate();
        rules.map(move |(file, rule)| (FileId { pack, file }, rule))
    }

    fn of(sources: &Sources) -> Result<Self, LoadErrors> {
        let mut mistakes = Vec::new();
        let mut manifests = Vec::new();
        for folder in sources.folders() {
            let file = format!("{folder}/vendor.toml");
            match parse::manifest(&file, sources.0.get(&file).map(Vec::as_slice).unwrap_or_default()) {
                Ok((manifest, places)) => {
                    manifests.push(Read { folder: folder.to_owned(), manifest, places });
                }
                Err(found) => mistakes.extend(found),
            }
        }
        let models: Vec<Model> = manifests
            .iter()
            .enumerate()
            .flat_map(|(pack, read)| {
                let entries = read.manifest.model.iter().enumerate();
                entries.map(move |(index, entry)| Model::new(pack, index, &read.manifest, entry))
            })
            .collect();
        let recognizer = index::build(&manifests, &models, &mut mistakes);
        check::manifests(&manifests, &models, &mut mistakes);
        let mut packs = Vec::new();
        for (index, read) in manifests.iter().enumerate() {
            match pack(index, read, sources, &models) {
                Ok(pack) => packs.push(pack),
                Err(found) => mistakes.extend(found),
            }
        }
        if !mistakes.is_empty() {
            return Err(sorted(mistakes));
        }
        let names = ModelNames::new(&models);
        let mut catalog = Self { packs, models, names, recognizer, epoch: epoch(sources) };
        check::user_agents(&catalog, &manifests, &mut mistakes);
        check::samples(&catalog, sources, &manifests, &mut mistakes);
        check::documents(&catalog, &manifests, &mut mistakes);
        catalog.packs.iter_mut().for_each(Pack::forget_blank);
        if mistakes.is_empty() { Ok(catalog) } else { Err(sorted(mistakes)) }
    }
}

fn sorted(mut mistakes: Vec<LoadError>) -> LoadErrors {
    mistakes.sort();
    mistakes.dedup();
    LoadErrors(mistakes)
}

fn pack(index: usize, read: &Read, sources: &Sources, models: &[Model]) -> Result<Pack, Vec<LoadError>> {
    let templates = check::templates(&read.folder, sources)?;
    let manifest = read.manifest.clone();
    let emitter = Arc::new(Emitter::new(manifest.syntax, &manifest.reserved));
    let models: Vec<_> = models.iter().filter(|model| model.pack == index).map(view::of_model).collect();
    Ok(Pack {
        index,
        folder: read.folder.clone(),
        engine: Engine::new(&read.folder, &templates, &emitter)?,
        view: PackView::new(&manifest, &emitter),
        blank: models.iter().map(|_| OnceLock::new()).collect(),
        models,
        marked: OnceLock::new(),
        sources: templates,
        emitter,
        manifest,
    })
}

fn epoch(sources: &Sources) -> u64 {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for (path, bytes) in &sources.0 {
        for part in [path.as_bytes(), bytes.as_slice()] {
            digest.update(&part.len().to_le_bytes());
            digest.update(part);
        }
    }
    digest.finish().as_ref().iter().take(8).fold(0, |epoch, byte| epoch << 8 | u64::from(*byte))
}
