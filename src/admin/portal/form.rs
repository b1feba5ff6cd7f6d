//! Fields that somebody filled in: read whole, with a mistake beside each that is wrong, and shown again as they were typed.

use std::collections::BTreeMap;

use minijinja::{Value, value::Serde};

use super::visit::Visit;

/// The fields of a form or of a query, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded` (WHATWG URL); none where it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        });
        pairs.collect::<Option<_>>().map(Self)
    }

    /// What stands in a field, without space around it; nothing where there is no such field.
    pub(super) fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// What stands in a field as it was typed: passwords may begin with a space.
    pub(super) fn exact(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// What stands in a field, unless that is nothing.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Every value of a field that is there several times, such as boxes that are checked.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.trim())
    }

    /// Every field with its value.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn decoded(text: &str) -> Option<String> {
    crate::admin::api::decoded(text)
}

/// A form as a page shows it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(super) struct Filled {
    /// What stands in each field.
    pub(super) values: BTreeMap<String, String>,
    /// What is wrong with a field.
    pub(super) mistakes: BTreeMap<String, String>,
    /// What is wrong with the whole.
    pub(super) message: Option<String>,
}

impl From<Filled> for Value {
    fn from(form: Filled) -> Self {
        Self::from(Serde(form))
    }
}

impl Filled {
    /// A form in which nobody has typed yet, with these values.
    pub(super) fn with<'a>(values: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { values, ..Self::default() }
    }

    /// Whether something is wrong.
    pub(super) fn is_wrong(&self) -> bool {
        self.message.is_some() || !self.mistakes.is_empty()
    }

    /// Says what is wrong with a field.
    pub(super) fn say(&mut self, field: &str, mistake: String) {
        self.mistakes.entry(field.to_owned()).or_insert(mistake);
    }
}

/// A form that is being read.
pub(super) struct Reading<'a> {
    visit: &'a Visit,
    pub(super) filled: Filled,
}

impl<'a> Reading<'a> {
    /// Begins to read what came with the visit. Passwords are not shown again.
    pub(super) fn of(visit: &'a Visit) -> Self {
        let shown = visit.form.pairs().filter(|(name, _)| !name.contains("password"));
        Self { visit, filled: Filled::with(shown.map(|(name, value)| (name, value.to_owned()))) }
    }

    /// A field that must be there; `rule` is the text that says what would be right.
    pub(super) fn take<T, E>(
        &mut self,
        field: &str,
        rule: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if self.visit.form.given(field).is_none() {
            self.filled.say(field, self.visit.text("rule-missing"));
            return None;
        }
        self.take_if_given(field, rule, parse)
    }

    /// A field that may be left empty.
    pub(super) fn take_if_given<T, E>(
        &mut self,
        field: &str,
        rule: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.visit.form.given(field)?;
        let parsed = parse(text).ok();
        if parsed.is_none() {
            self.filled.say(field, self.visit.text(rule));
        }
        parsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let fields = Fields::read("number=101&name=J%C3%BCrgen+M%26M+&addon=a&addon=b&empty=&on").unwrap();
        assert_eq!(fields.text("name"), "Jürgen M&M");
        assert_eq!(fields.exact("name"), "Jürgen M&M ");
        assert_eq!(fields.all("addon").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((fields.given("empty"), fields.given("nowhere")), (None, None));
        assert!(Fields::read("a=%ff").is_none() && Fields::read("a=%4").is_none());
    }
}
