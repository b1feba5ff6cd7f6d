//! Models: what one phone can do, and finding one by the name that a person typed.

use std::collections::{BTreeMap, HashMap};

use super::{Manifest, ModelEntry};
use crate::domain::Effect;

/// One model of one vendor.
#[derive(Clone, Debug)]
pub struct Model {
    /// The vendor's name.
    pub vendor: String,
    /// The model's name without the vendor.
    pub name: String,
    /// How the phone writes its model in User-Agent and paths; at least one.
    pub written: Vec<String>,
    /// Its accounts.
    pub lines: u16,
    /// Its programmable keys without expansion modules.
    pub line_keys: u16,
    /// How many expansion modules it takes.
    pub modules: u16,
    /// The keys of one expansion module.
    pub module_keys: u16,
    /// Its product code in file names.
    pub code: Option<String>,
    /// Whether it is a gateway: its lines may carry SIP trunks.
    pub gateway: bool,
    /// Whether it keeps the provisioning URL that a document tells it.
    pub keeps_url: bool,
    /// The number that starts its firmware's version.
    pub hardware: Option<String>,
    /// What products grant and it cannot do.
    pub cannot: Vec<Effect>,
    /// Facts that only its vendor's templates read.
    pub facts: BTreeMap<String, toml::Value>,
    /// The index of its pack.
    pub(super) pack: usize,
    /// Its index within its pack.
    pub(super) index: usize,
}

/// No model is meant by a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownModel {
    /// No model is called so.
    #[error("there is no model \"{name}\"; the nearest are {}", .nearest.join(", "))]
    NoSuch {
        /// What was asked for.
        name: String,
        /// The full names that come nearest.
        nearest: Vec<String>,
    },
    /// Several models are called so.
    #[error("\"{name}\" may be {}", .candidates.join(" or "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The full names that fit.
        candidates: Vec<String>,
    },
}

impl Model {
    pub(super) fn new(pack: usize, index: usize, manifest: &Manifest, entry: &ModelEntry) -> Self {
        let mut written = entry.written.clone();
        if written.is_empty() {
            written.push(entry.name.clone());
        }
        let mut cannot = [manifest.cannot.clone(), entry.cannot.clone()].concat();
        if entry.line_keys == 0 && entry.modules == 0 {
            cannot.push(Effect::CallRecording);
        }
        cannot.sort_unstable();
        cannot.dedup();
        Self {
            vendor: manifest.name.clone(),
            name: entry.name.clone(),
            written,
            lines: entry.lines,
            line_keys: entry.line_keys,
            modules: entry.modules,
            module_keys: entry.module_keys,
            code: entry.code.clone(),
            gateway: entry.gateway,
            keeps_url: entry.keeps_url,
            hardware: entry.hardware.clone(),
            cannot,
            facts: entry.facts.clone(),
            pack,
            index,
        }
    }

    /// Vendor and name, as in `Yealink SIP-T46U`; the name alone where both are the same.
    #[must_use]
    pub fn full_name(&self) -> String {
        if self.name == self.vendor { self.name.clone() } else { format!("{} {}", self.vendor, self.name) }
    }

    /// All keys: the phone's own and those of every expansion module that it takes.
    #[must_use]
    pub fn keys(&self) -> u16 {
        self.line_keys.saturating_add(self.modules.saturating_mul(self.module_keys))
    }

    /// Every spelling that names it, with and without the vendor.
    pub(super) fn spellings(&self) -> impl Iterator<Item = String> {
        let names = std::iter::once(&self.name).chain(&self.written);
        names.flat_map(|name| [folded(name), folded(&format!("{}{name}", self.vendor))])
    }
}

/// Finds models by name, whatever the case, spaces and hyphens.
#[derive(Debug, Default)]
pub(super) struct ModelNames(HashMap<String, Vec<usize>>);

impl ModelNames {
    pub(super) fn new(models: &[Model]) -> Self {
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, model) in models.iter().enumerate() {
            for spelling in model.spellings() {
                let meant = names.entry(spelling).or_default();
                if meant.last() != Some(&index) {
                    meant.push(index);
                }
            }
        }
        Self(names)
    }

    pub(super) fn find<'m>(&self, models: &'m [Model], name: &str) -> Result<&'m Model, UnknownModel> {
        let shown = || name.chars().take(64).collect::<String>();
        match self.0.get(&folded(name)).map(Vec::as_slice) {
            Some([one]) => Ok(&models[*one]),
            Some(several) => Err(UnknownModel::Ambiguous {
                name: shown(),
                candidates: several.iter().map(|index| models[*index].full_name()).collect(),
            }),
            None => Err(UnknownModel::NoSuch { name: shown(), nearest: nearest(models, &shown()) }),
        }
    }
}

fn folded(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn nearest(models: &[Model], name: &str) -> Vec<String> {
    let name = folded(name);
    let likeness = |model: &Model| {
        model.spellings().map(|spelling| strsim::jaro_winkler(&spelling, &name)).fold(0.0, f64::max)
    };
    let mut ranked: Vec<_> = models.iter().map(|model| (likeness(model), model)).collect();
    ranked.sort_by(|(a, left), (b, right)| b.total_cmp(a).then_with(|| left.name.cmp(&right.name)));
    ranked.into_iter().take(3).map(|(_, model)| model.full_name()).collect()
}
