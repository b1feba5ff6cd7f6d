//! Yealink's files: a header line, then `key = value` without any quoting (Auto Provisioning Guide, V81 and later).

use super::{MOST_SETTINGS, Malformed, text};

/// The first line of every file; without it the phone reads nothing.
const HEADER: &str = "#!version:1.0.0.1";

/// A list of settings in the order of the file.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::simulator) struct Lines<'a> {
    /// Each key with its value, both trimmed; a key may come twice.
    pub(in crate::simulator) settings: Vec<(&'a str, &'a str)>,
    /// How many lines were no setting.
    pub(in crate::simulator) ignored: usize,
}

/// A `.boot` file: which configuration files to ask for.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::simulator) struct BootFile<'a> {
    /// Each file with the models it is meant for (none: all).
    pub(in crate::simulator) includes: Vec<(Vec<&'a str>, &'a str)>,
    /// A model takes only the files marked for it, if there are any.
    pub(in crate::simulator) own_only: bool,
}

/// Reads a configuration file.
pub(in crate::simulator) fn parse(bytes: &[u8]) -> Result<Lines<'_>, Malformed> {
    let mut read = Lines { settings: Vec::new(), ignored: 0 };
    for line in statements(bytes)? {
        match line.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => read.settings.push((key.trim(), value.trim())),
            _ => read.ignored += 1,
        }
        if read.settings.len() > MOST_SETTINGS {
            return Err(Malformed::TooMany);
        }
    }
    Ok(read)
}

/// Reads a boot file.
pub(in crate::simulator) fn parse_boot(bytes: &[u8]) -> Result<BootFile<'_>, Malformed> {
    let mut boot = BootFile { includes: Vec::new(), own_only: false };
    for line in statements(bytes)? {
        let (models, statement) = marked(line);
        if let Some(path) = statement.strip_prefix("include:config") {
            let path = path.trim().trim_matches(['"', '<', '>']);
            if !path.is_empty() {
                boot.includes.push((models, path));
            }
        } else if let Some((key, value)) = statement.split_once('=') {
            let on = value.trim() == "1";
            match key.trim() {
                "overwrite_mode" if on => return Err(Malformed::Undocumented("overwrite_mode = 1")),
                "specific_model.excluded_mode" | "static.specific_model.excluded_mode" => boot.own_only = on,
                _ => {}
            }
        }
    }
    Ok(boot)
}

impl<'a> BootFile<'a> {
    /// The files that a phone of `model` asks for.
    pub(in crate::simulator) fn for_model(&self, model: &str) -> Vec<&'a str> {
        let own = |models: &[&str]| models.contains(&model);
        let only = self.own_only && self.includes.iter().any(|(models, _)| own(models));
        self.includes
            .iter()
            .filter(|(models, _)| own(models) || (models.is_empty() && !only))
            .map(|(_, path)| *path)
            .collect()
    }
}

/// The lines behind the header that are neither empty nor comments. A lone carriage return ends a line too: whether a
/// phone agrees is not documented, and a value that smuggles one must not go unseen.
fn statements(bytes: &[u8]) -> Result<impl Iterator<Item = &str>, Malformed> {
    let text = text(bytes)?;
    let mut lines = text.split(['\n', '\r']);
    if lines.next().map(str::trim_end) != Some(HEADER) {
        let markup = text.trim_start().starts_with('<');
        return Err(if markup { Malformed::Markup } else { Malformed::Header(HEADER) });
    }
    Ok(lines.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')))
}

/// `[T46U,T48U]statement` as the models and the statement.
fn marked(line: &str) -> (Vec<&str>, &str) {
    match line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((models, statement)) => (models.split(',').map(str::trim).collect(), statement.trim()),
        None => (Vec::new(), line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_the_rest_of_its_line_and_either_line_end_counts() {
        let read = parse(b"#!version:1.0.0.1\r\n# note\r\na.b = x = #1 \nc=\nnonsense\n= 4\n").unwrap();
        assert_eq!(read.settings, [("a.b", "x = #1"), ("c", "")]);
        assert_eq!(read.ignored, 2);
    }

    #[test]
    fn a_file_without_its_header_is_discarded() {
        assert_eq!(parse(b"account.1.enable = 1\n"), Err(Malformed::Header(HEADER)));
        assert_eq!(parse(b"\xef\xbb\xbf#!version:1.0.0.1\na = 1\n"), Err(Malformed::Header(HEADER)));
        assert_eq!(parse(b""), Err(Malformed::Header(HEADER)));
        assert_eq!(parse(b"<html><body>404</body></html>"), Err(Malformed::Markup));
        assert_eq!(parse(b"#!version:1.0.0.1\na = \xff\n"), Err(Malformed::Encoding(22)));
    }

    #[test]
    fn a_boot_file_gives_each_model_its_files() {
        let boot = b"#!version:1.0.0.1\ninclude:config <all.cfg>\n[T46U]include:config \"t46u.cfg\"\n[T48U, T53]include:config t48.cfg\n";
        let read = parse_boot(boot).unwrap();
        assert_eq!(read.for_model("T46U"), ["all.cfg", "t46u.cfg"]);
        assert_eq!(read.for_model("T53"), ["all.cfg", "t48.cfg"]);
        let alone = [boot.as_slice(), b"specific_model.excluded_mode = 1\n"].concat();
        assert_eq!(parse_boot(&alone).unwrap().for_model("T46U"), ["t46u.cfg"]);
        assert_eq!(parse_boot(&alone).unwrap().for_model("T31P"), ["all.cfg"]);
    }
}
