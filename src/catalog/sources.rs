//! The bytes of the packs: those in the binary, overlaid by a directory on disk.

use std::collections::BTreeMap;
use std::path::Path;

use rust_embed::RustEmbed;

use super::LoadError;

/// The packs as they were when the binary was built.
#[derive(RustEmbed)]
#[folder = "device-templates/"]
struct Embedded;

/// The largest file of a pack, and the most files of a directory: more is a mistake in the path.
const LARGEST: u64 = 4 * 1024 * 1024;
const MOST_FILES: usize = 10_000;
/// How many folders below the directory are read: packs and their samples.
const DEEPEST: usize = 3;

/// All files of all packs, by their path below the folder of packs.
#[derive(Debug, Default)]
pub(super) struct Sources(pub(super) BTreeMap<String, Vec<u8>>);

impl Sources {
    pub(super) fn embedded() -> Self {
        let file = |path: std::borrow::Cow<'static, str>| {
            Embedded::get(&path).map(|file| (path.into_owned(), file.data.into_owned()))
        };
        Self(Embedded::iter().filter_map(file).collect())
    }

    /// Lays the files of `directory` over these: a file of the same name replaces, a new folder is a new pack.
    pub(super) fn overlay(&mut self, directory: &Path) -> Result<(), LoadError> {
        self.read(directory, directory, 0)
    }

    fn read(&mut self, top: &Path, directory: &Path, depth: usize) -> Result<(), LoadError> {
        let failed = |path: &Path, rule: String| LoadError {
            file: path.display().to_string(),
            line: None,
            column: None,
            rule,
        };
        let unreadable =
            |path: &Path, error: std::io::Error| failed(path, format!("cannot be read: {error}"));
        for entry in std::fs::read_dir(directory).map_err(|error| unreadable(directory, error))? {
            let path = entry.map_err(|error| unreadable(directory, error))?.path();
            let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
            if hidden {
                continue;
            }
            let about = std::fs::metadata(&path).map_err(|error| unreadable(&path, error))?;
            if about.is_dir() && depth < DEEPEST {
                self.read(top, &path, depth + 1)?;
            } else if about.is_file() {
                if about.len() > LARGEST || self.0.len() >= MOST_FILES {
                    return Err(failed(&path, "is too much for a folder of packs".into()));
                }
                let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, error))?;
                let name = path.strip_prefix(top).ok().and_then(|path| path.to_str());
                let name = name.ok_or_else(|| failed(&path, "has a name that is not UTF-8".into()))?;
                self.0.insert(name.to_owned(), bytes);
            }
        }
        Ok(())
    }

    /// The folders that hold a manifest.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        self.0
            .keys()
            .filter_map(|path| path.strip_suffix("/vendor.toml"))
            .filter(|folder| !folder.contains('/'))
    }

    /// The files of one folder whose names end in `suffix`, by their names within it.
    pub(super) fn within(&self, folder: &str, suffix: &str) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().filter_map(move |(path, bytes)| {
            let name = path.strip_prefix(folder)?.strip_prefix('/')?;
            name.ends_with(suffix).then_some((name, bytes.as_slice()))
        })
    }
}
