//! What can be wrong with a pack, and with one rendering.

/// One mistake in a pack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadError {
    /// The file, below the folder of packs.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// The column, from 1, where it is known.
    pub column: Option<usize>,
    /// What is wrong, and the rule.
    pub rule: String,
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let (Some(_), Some(column)) = (self.line, self.column) {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.rule)
    }
}

/// Every mistake found in the packs; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadErrors(pub Vec<LoadError>);

impl std::fmt::Display for LoadErrors {
    /// One line per mistake.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadErrors {}

/// Why a document could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No template makes the file: phones expect that it is missing.
    #[error("{path} is expected to be missing")]
    Absent {
        /// The file's path as the pack writes it.
        path: String,
    },
    /// A secret file was asked for as a common one, or the reverse.
    #[error("{path} is not the kind of file that was asked for")]
    OtherNature {
        /// The file's path as the pack writes it.
        path: String,
    },
    /// The model belongs to another vendor than the file.
    #[error("{path} is a file of {vendor}, and {model} is not a model of it")]
    OtherVendor {
        /// The file's path as the pack writes it.
        path: String,
        /// The file's vendor.
        vendor: String,
        /// The model's full name.
        model: String,
    },
    /// The template failed.
    #[error("{template}:{line}: {reason}")]
    Template {
        /// The template, below the folder of packs.
        template: String,
        /// Its line, from 1; 0 when unknown.
        line: usize,
        /// What went wrong.
        reason: String,
    },
    /// The document would be larger than any phone takes.
    #[error("{template} writes more than {limit} bytes")]
    TooLarge {
        /// The template, below the folder of packs.
        template: String,
        /// The limit in bytes.
        limit: usize,
    },
}
