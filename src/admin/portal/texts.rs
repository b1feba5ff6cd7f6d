//! The portal's texts in its languages: a folder of Fluent files each, embedded in the program.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use super::format;
use crate::domain::Language;

#[derive(RustEmbed)]
#[folder = "src/admin/portal/texts"]
struct Files;

/// The files of a language: one for each group of pages.
fn sources(language: Language) -> impl Iterator<Item = String> {
    let files = Files::iter().filter(move |name| name.split('/').next() == Some(language.tag()));
    files.filter_map(|name| Files::get(&name)).map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

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
        Self(Language::ALL.map(|language| (language, bundle(language))).into())
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

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // marks for text of both directions would be copied with every name
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => |value, _| number(Language::English, value),
        Language::German => |value, _| number(Language::German, value),
        Language::Portuguese => |value, _| number(Language::Portuguese, value),
    }));
    for source in sources(language) {
        let resource = FluentResource::try_new(source).unwrap_or_else(|(resource, errors)| {
            tracing::error!(%language, ?errors, "a text of the portal cannot be read");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(%language, ?errors, "a text of the portal is there twice");
        }
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

    /// Per message of a language its variables.
    fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut last = String::new();
        let source: String = sources(language).collect();
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
        let [english, german, portuguese] = Language::ALL.map(messages);
        assert!(english.len() > 100);
        assert_eq!(english, german);
        assert_eq!(english, portuguese);
        for language in Language::ALL {
            for source in sources(language) {
                assert!(
                    FluentResource::try_new(source.clone()).is_ok(),
                    "{language} cannot be read: {source}"
                );
            }
        }
    }

    /// Texts that are chosen by a word, and where those words stand: the codes of failures, what was done.
    const FAMILIES: [(&str, &str); 2] = [("error-", "_"), ("done-", "-")];

    #[test]
    fn every_text_is_used_and_every_text_that_is_used_is_there() {
        let source = read("src/admin/portal");
        let words = format!("{source}{}", read("src/admin/actions"));
        let there = messages(Language::English);
        let missing: Vec<&str> = ["t(\"", "visit.text(\"", "self.text(\"", "text_with(\""]
            .into_iter()
            .flat_map(|call| after(&source, call))
            .filter(|key| !key.ends_with('-') && !key.is_empty() && !there.contains_key(*key))
            .collect();
        assert!(missing.is_empty(), "texts that are nowhere: {missing:?}");
        let families: Vec<&str> = after(&source, "\"")
            .map(|text| text.split('{').next().unwrap())
            .filter(|text| text.ends_with('-') && FAMILIES.iter().all(|(family, _)| family != text))
            .collect();
        let is_used = |key: &str| {
            let by_word = FAMILIES.iter().any(|(family, hyphen)| {
                key.strip_prefix(family).is_some_and(|word| {
                    let word = word.replace('-', hyphen);
                    words.contains(&format!("\"{word}\"")) || words.contains(&format!("done={word}\""))
                })
            });
            by_word
                || source.contains(&format!("\"{key}\""))
                || families.iter().any(|family| key.starts_with(family))
        };
        let idle: Vec<&String> = there.keys().filter(|key| !is_used(key)).collect();
        assert!(idle.is_empty(), "texts that nobody uses: {idle:?}");
    }

    /// What stands after each place where `mark` is, to the next quotation mark.
    fn after<'a>(source: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
        source.match_indices(mark).filter_map(move |(start, _)| {
            let before = source[..start].chars().last();
            let alone = before.is_none_or(|before| !before.is_ascii_alphanumeric() && before != '_');
            let rest = &source[start + mark.len()..];
            alone.then(|| rest.split('"').next().unwrap())
        })
    }

    /// All templates and sources of a folder but this one.
    fn read(folder: &str) -> String {
        let mut text = String::new();
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
                if path.is_dir() {
                    folders.push(path);
                } else if matches!(extension, "html" | "rs") && !path.ends_with("texts.rs") {
                    text += &std::fs::read_to_string(path).unwrap();
                }
            }
        }
        text
    }

    #[test]
    fn counts_follow_the_language() {
        let texts = Texts::new();
        let say = |language, count: i64| {
            let mut arguments = FluentArgs::new();
            arguments.set("count", count);
            texts.text(language, "count-extensions", Some(&arguments)).unwrap()
        };
        assert_eq!(say(Language::English, 1), "1 extension");
        assert_eq!(say(Language::English, 10_000), "10,000 extensions");
        assert_eq!(say(Language::German, 1), "1 Durchwahl");
        assert_eq!(say(Language::German, 10_000), "10.000 Durchwahlen");
        assert_eq!(say(Language::Portuguese, 2), "2 ramais");
        assert!(texts.text(Language::English, "count-extensions", None).is_err(), "a value is missing");
        assert!(texts.text(Language::English, "nowhere", None).is_err());
    }
}
