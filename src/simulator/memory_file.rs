//! A phone's memory as a file, so that the same phone can boot again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::memory::{Kept, Memory};
use super::model::{PhoneModel, Vendor};
use crate::domain::{Mac, Secret};

/// More than the largest memory that [`Memory::save`] writes.
const LARGEST: u64 = 64 << 20;

/// Why a memory could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The file cannot be read.
    #[error("reading the phone's memory from {path}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("writing the phone's memory to {path}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no memory. What stands in it is not repeated.
    #[error("{path} holds no phone's memory (line {line}, column {column})", path = path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where it stops being one.
        line: usize,
        /// Where it stops being one.
        column: usize,
    },
    /// The file remembers another phone.
    #[error("{path} is the memory of {found}, not of {wanted}", path = path.display())]
    OtherPhone {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose was wanted.
        wanted: String,
    },
}

/// The file's shape.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct MemoryFile {
    vendor: Vendor,
    model: String,
    mac: String,
    settings: BTreeMap<String, Entry>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    value: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    perm: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    by_user: bool,
}

impl Memory {
    /// Reads the memory of this phone, or starts from the factory where the file does not exist yet.
    pub fn load(path: &Path, model: PhoneModel, mac: Mac) -> Result<Self, MemoryError> {
        let failed = |source| MemoryError::Read { path: path.to_owned(), source };
        let mut text = String::new();
        match File::open(path) {
            Ok(file) => file.take(LARGEST).read_to_string(&mut text).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::factory(model, mac)),
            Err(error) => return Err(failed(error)),
        };
        let file: MemoryFile = serde_json::from_str(&text).map_err(|error| MemoryError::Content {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
        })?;
        let (found, wanted) = (format!("{} {}", file.model, file.mac), format!("{} {mac}", model.name()));
        if found != wanted || file.vendor != model.vendor() {
            return Err(MemoryError::OtherPhone { path: path.to_owned(), found, wanted });
        }
        let mut memory = Self::factory(model, mac);
        for (name, entry) in file.settings {
            let kept = Kept { text: Secret::new(entry.value), perm: entry.perm, by_user: entry.by_user };
            memory.settings.insert(name, kept);
        }
        Ok(memory)
    }

    /// Writes the memory to a file that only its owner can read, replacing what was there in one step.
    pub fn save(&self, path: &Path) -> Result<(), MemoryError> {
        let failed = |source| MemoryError::Write { path: path.to_owned(), source };
        let settings = self.settings.iter().map(|(name, kept)| {
            let value = kept.text.expose().to_owned();
            (name.clone(), Entry { value, perm: kept.perm.clone(), by_user: kept.by_user })
        });
        let file = MemoryFile {
            vendor: self.vendor(),
            model: self.model().name(),
            mac: self.mac().to_string(),
            settings: settings.collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&file).map_err(|error| failed(error.into()))?;
        bytes.push(b'\n');
        replace(path, &bytes).map_err(failed)
    }
}

/// Writes beside the file and renames: a crash leaves the old memory or the new one.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let written =
        file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to tell; a leftover file is only untidy.
        let _ = fs::remove_file(&beside);
    }
    written
}
