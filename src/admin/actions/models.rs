//! What the actions ask of the catalog.

use crate::catalog::Catalog;

/// Which phones exist.
pub trait Models: Send + Sync {
    /// The model with this full name (vendor and model), in any case.
    fn find(&self, name: &str) -> Option<ModelSize>;

    /// The full names nearest to `name`, the nearest first.
    fn nearest(&self, name: &str) -> Vec<String>;
}

/// A model and how much there is of what can be assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSize {
    /// Its full name as the catalog writes it.
    pub name: String,
    /// Its lines.
    pub lines: u16,
    /// Its programmable keys, expansion modules included.
    pub keys: u16,
}

impl Models for Catalog {
    fn find(&self, name: &str) -> Option<ModelSize> {
        let model = self.model(name).ok()?;
        Some(ModelSize { name: model.full_name(), lines: model.lines, keys: model.keys() })
    }

    fn nearest(&self, name: &str) -> Vec<String> {
        match self.model(name) {
            Ok(model) => vec![model.full_name()],
            Err(crate::catalog::UnknownModel::NoSuch { nearest, .. }) => nearest,
            Err(crate::catalog::UnknownModel::Ambiguous { candidates, .. }) => candidates,
        }
    }
}

/// No model is called so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{name}\" is no model that this release knows{}", did_you_mean(nearest))]
pub struct UnknownModel {
    /// The name that was given.
    pub name: String,
    /// The names nearest to it.
    pub nearest: Vec<String>,
}

impl dyn Models {
    pub(super) fn known(&self, name: &str) -> Result<ModelSize, UnknownModel> {
        self.find(name).ok_or_else(|| UnknownModel {
            name: name.chars().take(80).collect(),
            nearest: self.nearest(name),
        })
    }
}

/// `; did you mean A, B or C?`, or nothing.
pub(super) fn did_you_mean(nearest: &[String]) -> String {
    match nearest.split_last() {
        None => String::new(),
        Some((only, [])) => format!("; did you mean {only}?"),
        Some((last, rest)) => format!("; did you mean {} or {last}?", rest.join(", ")),
    }
}
