//! What the actions ask of the catalog.

use crate::{catalog::Catalog, domain::Effect};

/// Which phones exist. Any function that answers the question will do.
pub trait Models: Send + Sync {
    /// The model that people call `name`.
    fn model(&self, name: &str) -> Result<ModelSize, UnknownModel>;
}

impl<F: Fn(&str) -> Result<ModelSize, UnknownModel> + Send + Sync> Models for F {
    fn model(&self, name: &str) -> Result<ModelSize, UnknownModel> {
        self(name)
    }
}

/// A model, what can be assigned to it, and what it cannot do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSize {
    /// Its full name (vendor and model) as the catalog writes it.
    pub name: String,
    /// Its lines.
    pub lines: u16,
    /// Its programmable keys, expansion modules included.
    pub keys: u16,
    /// Whether its lines may carry SIP trunks.
    pub gateway: bool,
    /// What products grant and it cannot do.
    pub cannot: Vec<Effect>,
}

impl Models for Catalog {
    fn model(&self, name: &str) -> Result<ModelSize, UnknownModel> {
        let model = Self::model(self, name).map_err(UnknownModel::new)?;
        Ok(ModelSize {
            name: model.full_name(),
            lines: model.lines,
            keys: model.keys(),
            gateway: model.gateway,
            cannot: model.cannot.clone(),
        })
    }
}

/// No model is called so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownModel(String);

impl UnknownModel {
    /// Why there is none, with the names that come nearest.
    pub fn new(why: impl std::fmt::Display) -> Self {
        Self(why.to_string())
    }
}
