//! `offhook model`: which phones exist.

use serde_json::json;

use super::{Answer, answer::table};
use crate::catalog::Catalog;

/// Which phones exist.
#[derive(Debug, clap::Subcommand)]
pub enum ModelCommand {
    /// List the models that can be provisioned
    List {
        /// Only models whose name holds this text
        #[arg(value_name = "TEXT")]
        containing: Option<String>,
    },
}

impl ModelCommand {
    pub(super) fn run(&self, catalog: &Catalog) -> Answer {
        let Self::List { containing } = self;
        let wanted = containing.as_deref().unwrap_or_default().to_lowercase();
        let models: Vec<_> = catalog
            .models()
            .iter()
            .filter(|model| model.full_name().to_lowercase().contains(&wanted))
            .collect();
        let rows = models
            .iter()
            .map(|model| {
                let modules = match model.modules {
                    0 => String::new(),
                    modules => format!("{modules} × {}", model.module_keys),
                };
                let gateway = if model.gateway { "gateway".to_owned() } else { String::new() };
                vec![
                    model.full_name(),
                    model.lines.to_string(),
                    model.line_keys.to_string(),
                    modules,
                    gateway,
                ]
            })
            .collect();
        let text = table(&["model", "lines", "keys", "module keys", ""], rows, "no model is called so");
        let listed: Vec<_> = models
            .iter()
            .map(|model| {
                json!({
                    "model": model.full_name(), "vendor": model.vendor, "lines": model.lines,
                    "line_keys": model.line_keys, "modules": model.modules, "module_keys": model.module_keys,
                    "gateway": model.gateway,
                })
            })
            .collect();
        Answer::new(text, json!({ "models": listed }))
    }
}
