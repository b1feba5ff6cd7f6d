//! `[database]`: where what is kept is kept.

use std::fmt;
use std::path::Path;

use super::Key;
use super::sources::{Given, Sources};

static URL: Key = Key::text(
    "database",
    "url",
    "URL",
    "sqlite:PATH or postgres://USER@HOST/DATABASE [default: sqlite: and offhook.db in the data directory]",
);
pub(super) static KEYS: &[&Key] = &[&URL];

/// The database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Which one.
    pub url: DatabaseUrl,
}

/// `sqlite:PATH` or `postgres://…`, which may hold a password: masked in `Debug`, and without `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl Database {
    pub(super) fn read(sources: &mut Sources<'_>, data: &Path) -> Self {
        let url = sources.one(&URL, DatabaseUrl::parse);
        Self { url: url.unwrap_or_else(|| DatabaseUrl::sqlite(&data.join("offhook.db"))) }
    }
}

impl DatabaseUrl {
    fn parse(given: &Given) -> Result<Self, String> {
        let text = given.text.as_str();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
        match path.filter(|path| !path.is_empty()) {
            Some(path) => {
                let path = Given { text: path.to_owned(), origin: given.origin.clone() }.path()?;
                Ok(Self::sqlite(&path))
            }
            // the value is not repeated: it may hold a password
            None => Err("is neither sqlite:PATH nor postgres://USER@HOST/DATABASE".to_owned()),
        }
    }

    fn sqlite(path: &Path) -> Self {
        Self(format!("sqlite:{}", path.display()))
    }

    /// The whole URL with its password, for whoever opens the database.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    /// Without user, password and options.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else { return f.write_str(&self.0) };
        // the last @: a password that was not percent-encoded may hold one itself
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        let place = place.split(['?', '#']).next().unwrap_or_default();
        write!(f, "{scheme}://{place}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, String> {
        DatabaseUrl::parse(&Given { text: text.to_owned(), origin: Origin::Environment(String::new()) })
    }

    #[test]
    fn debug_and_mistakes_show_no_password() {
        for (url, shown) in [
            (
                "postgres://offhook:hunter2@db.example.org:5433/phones",
                "postgres://db.example.org:5433/phones",
            ),
            ("postgres://offhook:hunter2@x@db/phones?sslmode=require", "postgres://db/phones"),
            ("postgresql://db/phones?user=a&password=hunter2", "postgresql://db/phones"),
            ("postgresql://db/phones?password=hunter2@x", "postgresql://x"),
            ("sqlite:/var/lib/offhook/offhook.db", "sqlite:/var/lib/offhook/offhook.db"),
        ] {
            assert_eq!(format!("{:?}", parse(url).unwrap()), shown);
        }
        let wrong = parse("mysql://offhook:hunter2@db/phones").unwrap_err();
        assert!(!wrong.contains("hunter2"), "{wrong}");
    }

    #[test]
    fn a_sqlite_path_may_be_written_with_and_without_slashes() {
        assert_eq!(parse("sqlite:offhook.db").unwrap().expose(), "sqlite:offhook.db");
        assert_eq!(parse("sqlite:///srv/offhook.db").unwrap().expose(), "sqlite:/srv/offhook.db");
        assert!(parse("sqlite:").is_err());
        assert!(parse("offhook.db").is_err());
    }
}
