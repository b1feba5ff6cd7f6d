//! Packs for tests, written to a directory.

use std::path::Path;

use offhook::catalog::{Catalog, LoadErrors};

/// A manifest with one secret file and one model; `{vendor}` and `{oui}` as given, `more` at its end.
pub(crate) fn manifest(vendor: &str, oui: &str, path: &str, more: &str) -> String {
    format!(
        r#"
name = "{vendor}"
oui = ["{oui}"]
mac_style = "lower"
syntax = "lines"
content_type = "text/plain"
reserved = ["%NULL%"]
[clear]
text = "%NULL%"
[[user_agent]]
pattern = '^{vendor} (?<model>\S+) (?<firmware>\S+) (?<mac>\S+)$'
[[file]]
path = "{path}"
template = "phone.j2"
secret = true
[[model]]
name = "{vendor}-1"
lines = 2
line_keys = 3
code = "77"
{more}
"#
    )
}

/// Writes `files` (path and text) into a new directory and loads it as the only packs.
pub(crate) fn load(files: &[(&str, &str)]) -> Result<Catalog, LoadErrors> {
    let directory = written(files);
    Catalog::of_directory(directory.path())
}

pub(crate) fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path: &Path = &directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    directory
}
