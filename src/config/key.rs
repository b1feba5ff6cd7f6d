//! The names of a key: in the file, as a flag and in the environment.

/// What a key takes in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One text in quotes.
    Text,
    /// One whole number.
    Number,
    /// A list of texts; a repeated flag, and separated by commas in the environment.
    List,
    /// A table that may be repeated, with these keys; a repeated flag, and separated by commas in the environment.
    Tables(&'static [&'static str]),
}

/// One thing that the operator may set.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// The section it stands in; empty for a repeated table, which is its own section.
    pub section: &'static str,
    /// Its name in that section.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What a usage line shows for the value, such as `PATH`.
    pub value: &'static str,
    /// What it does, in one line with its default.
    pub help: &'static str,
}

impl Key {
    pub(super) const fn text(
        section: &'static str,
        name: &'static str,
        value: &'static str,
        help: &'static str,
    ) -> Self {
        Self { section, name, kind: Kind::Text, value, help }
    }

    pub(super) const fn number(section: &'static str, name: &'static str, help: &'static str) -> Self {
        Self { section, name, kind: Kind::Number, value: "NUMBER", help }
    }

    /// Its name in the file, such as `listen.https`.
    #[must_use]
    pub fn path(&self) -> String {
        if self.section.is_empty() { self.name.to_owned() } else { format!("{}.{}", self.section, self.name) }
    }

    /// Its flag without the two dashes: section and name, but the name alone in `[server]` and `[listen]`.
    #[must_use]
    pub fn flag(&self) -> String {
        let name = self.name.replace('_', "-");
        if matches!(self.section, "" | "server" | "listen") {
            name
        } else {
            format!("{}-{name}", self.section.replace('_', "-"))
        }
    }

    /// Its variable in the environment: the flag in capitals after `OFFHOOK_`.
    #[must_use]
    pub fn environment(&self) -> String {
        format!("OFFHOOK_{}", self.flag().replace('-', "_").to_ascii_uppercase())
    }

    /// Whether it may be given more than once.
    #[must_use]
    pub fn repeats(&self) -> bool {
        matches!(self.kind, Kind::List | Kind::Tables(_))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{catalog, keys, license, limits, server, trust};
    use super::*;

    #[test]
    fn a_flag_is_section_and_name_and_the_variable_its_capitals() {
        let names = |key: &Key| (key.path(), key.flag(), key.environment());
        assert_eq!(names(&server::DATA), ("server.data".into(), "data".into(), "OFFHOOK_DATA".into()));
        assert_eq!(names(&trust::TRUST), ("trust".into(), "trust".into(), "OFFHOOK_TRUST".into()));
        assert_eq!(catalog::DIRECTORY.flag(), "catalog-directory");
        assert_eq!(license::PUBLIC_KEYS.environment(), "OFFHOOK_LICENSE_PUBLIC_KEYS");
        assert_eq!(limits::TFTP_TRANSFERS.flag(), "limits-tftp-transfers");
    }

    #[test]
    fn no_two_keys_share_a_flag_and_none_takes_the_name_of_the_file_flag() {
        let mut flags: Vec<String> = keys().map(Key::flag).collect();
        let all = flags.len();
        flags.sort();
        flags.dedup();
        assert_eq!(flags.len(), all);
        assert!(!flags.iter().any(|flag| flag == "config"));
    }
}
