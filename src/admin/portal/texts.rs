//! The portal's texts in its languages: one Fluent file each, embedded in the program.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::format;
use crate::domain::Language;

/// Per language its file.
const FILES: [(Language, &str); 3] = [
    (Language::English, include_str!("texts/en.ftl")),
    (Language::German, include_str!("texts/de.ftl")),
    (Language::Portuguese, include_str!("texts/pt-BR.ftl")),
];

/// All texts.
pub(super) struct Texts(Vec<(Language, FluentBundle<FluentResource>)>);

/// There is no such text, or it cannot be made of what was given.
#[derive(Debug, thiserror::Error)]
#[error("the portal has no text \"{key}\" in {language} for what was given: {why}")]
pub(super) struct NoText {
    key: String,
    language: Language,
    why: String,
}

impl Texts {
    /// The embedded texts; they are part of the program, and a test reads them all.
    pub(super) fn new() -> Self {
        Self(FILES.map(|(language, source)| (language, bundle(language, source))).into())
    }

    /// The text called `key`, with values put in.
    pub(super) fn text(
        &self,
        language: Language,
        key: &str,
        arguments: Option<&FluentArgs<'_>>,
    ) -> Result<String, NoText> {
        let missing = |why: String| NoText { key: key.to_owned(), language, why };
        let bundle = self.0.iter().find(|(of, _)| *of == language).map(|(_, bundle)| bundle);
        let bundle = bundle.ok_or_else(|| missing("no such language".to_owned()))?;
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        let pattern = pattern.ok_or_else(|| missing("it is not there".to_owned()))?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, arguments, &mut errors).into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(missing(error.to_string())),
        }
    }

    /// Whether there is a text called `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.0.iter().all(|(_, bundle)| bundle.has_message(key))
    }
}

fn bundle(language: Language, source: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, errors)| {
        tracing::error!(%language, ?errors, "a text of the portal cannot be read");
        resource
    });
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // marks for text of both directions would be copied with every name
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => |value, _| number(Language::English, value),
        Language::German => |value, _| number(Language::German, value),
        Language::Portuguese => |value, _| number(Language::Portuguese, value),
    }));
    if let Err(errors) = bundle.add_resource(resource) {
        tracing::error!(%language, ?errors, "a text of the portal is there twice");
    }
    bundle
}

/// A number in a text as the language writes it.
fn number(language: Language, value: &FluentValue<'_>) -> Option<String> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "texts count things, far below 2^53")]
        FluentValue::Number(number) if number.value.fract() == 0.0 => {
            Some(format::number(language, number.value as i64))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Per message its variables.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut last = String::new();
        for line in source.lines() {
            if let Some((key, _)) = line.split_once(" =")
                && line.starts_with(|first: char| first.is_ascii_lowercase())
            {
                assert!(found.insert(key.to_owned(), BTreeSet::new()).is_none(), "{key} is there twice");
                last = key.to_owned();
            }
            for part in line.split('$').skip(1) {
                let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
                found.get_mut(&last).unwrap().insert(part[..end].to_owned());
            }
        }
        found
    }

    #[test]
    fn every_language_has_the_same_texts_with_the_same_values() {
        let [english, german, portuguese] = FILES.map(|(_, source)| messages(source));
        assert!(english.len() > 100);
        assert_eq!(english, german);
        assert_eq!(english, portuguese);
        for (language, source) in FILES {
            assert!(FluentResource::try_new(source.to_owned()).is_ok(), "{language} cannot be read");
        }
    }

    #[test]
    fn every_text_is_used_and_every_text_that_is_used_is_there() {
        let portal = concat!(env!("CARGO_MANIFEST_DIR"), "/src/admin/portal");
        let mut sources = Vec::new();
        collect(std::path::Path::new(portal), &mut sources);
        let used: BTreeSet<&str> = sources.iter().flat_map(|source| keys(source)).collect();
        let there = messages(FILES[0].1);
        let families: Vec<&str> = used.iter().copied().filter(|key| key.ends_with('-')).collect();
        let missing: Vec<&str> =
            used.iter().copied().filter(|key| !key.ends_with('-') && !there.contains_key(*key)).collect();
        assert!(missing.is_empty(), "texts that are nowhere: {missing:?}");
        let idle: Vec<&String> = there
            .keys()
            .filter(|key| !used.contains(key.as_str()))
            .filter(|key| !families.iter().any(|family| key.starts_with(family)))
            .collect();
        assert!(idle.is_empty(), "texts that nobody uses: {idle:?}");
    }

    fn collect(folder: &std::path::Path, sources: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if path.is_dir() {
                collect(&path, sources);
            } else if matches!(extension, "html" | "rs") && !path.ends_with("texts.rs") {
                sources.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// What a template or a source asks for: `t("key")`, and `t("family-" ~ …)` for all whose key begins so.
    fn keys(source: &str) -> impl Iterator<Item = &str> {
        let asked = source.match_indices("t(\"").filter_map(|(start, _)| {
            let before = source[..start].chars().last();
            let alone = before.is_none_or(|before| !before.is_ascii_alphanumeric() && before != '_');
            let rest = &source[start + 3..];
            alone.then(|| &rest[..rest.find('"').unwrap()])
        });
        asked.filter(|key| !key.is_empty())
    }

    #[test]
    fn counts_follow_the_language() {
        let texts = Texts::new();
        let say = |language, count: i64| {
            let mut arguments = FluentArgs::new();
            arguments.set("count", count);
            texts.text(language, "count-phones", Some(&arguments)).unwrap()
        };
        assert_eq!(say(Language::English, 1), "1 phone");
        assert_eq!(say(Language::English, 10_000), "10,000 phones");
        assert_eq!(say(Language::German, 1), "1 Telefon");
        assert_eq!(say(Language::German, 10_000), "10.000 Telefone");
        assert_eq!(say(Language::Portuguese, 2), "2 telefones");
        assert!(texts.text(Language::English, "count-phones", None).is_err(), "a value is missing");
        assert!(texts.text(Language::English, "nowhere", None).is_err());
    }
}
