//! The vendor packs, loaded by whoever asks first: most commands need none.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use super::WrongInput;
use crate::{
    admin::actions::{ModelSize, Models, UnknownModel},
    catalog::Catalog,
};

/// The packs of one installation.
pub(super) struct Packs {
    directory: Option<PathBuf>,
    loaded: OnceLock<Result<Arc<Catalog>, String>>,
}

impl Packs {
    /// The embedded packs, with those of `directory` in place of theirs.
    pub(super) const fn of(directory: Option<PathBuf>) -> Self {
        Self { directory, loaded: OnceLock::new() }
    }

    /// The catalog; the mistakes in the packs where there are any.
    pub(super) fn catalog(&self) -> Result<Arc<Catalog>, WrongInput> {
        let load =
            || Catalog::load(self.directory.as_deref()).map(Arc::new).map_err(|errors| errors.to_string());
        self.loaded.get_or_init(load).clone().map_err(WrongInput::new)
    }
}

impl Models for Packs {
    fn model(&self, name: &str) -> Result<ModelSize, UnknownModel> {
        Models::model(&*self.catalog().map_err(UnknownModel::new)?, name)
    }
}
