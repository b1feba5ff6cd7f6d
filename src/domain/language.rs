//! The languages in which people read the portal.

use super::rights::{UnknownWord, word};

/// A language of the portal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, which everything has.
    #[default]
    English,
    /// German.
    German,
    /// Portuguese as it is written in Brazil.
    Portuguese,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Portuguese];

    /// Its tag (BCP 47), the same in licenses.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Portuguese => "pt-BR",
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Portuguese => "Português (Brasil)",
        }
    }

    /// The language that a browser prefers among these, as its `Accept-Language` says (RFC 9110 §12.5.4); none where it
    /// names none of them.
    #[must_use]
    pub fn preferred(accepted: &str) -> Option<Self> {
        let ranges = accepted.split(',').filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
            let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let known =
                Self::ALL.into_iter().find(|language| language.tag().split('-').next() == Some(&primary))?;
            (weight > 0.0).then_some((known, weight))
        });
        // of equal weights the first one counts
        let best = ranges.fold(None, |best: Option<(Self, f32)>, next| match best {
            Some(found) if found.1 >= next.1 => Some(found),
            _ => Some(next),
        });
        best.map(|(language, _)| language)
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

impl std::str::FromStr for Language {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        word("language", &Self::ALL, Self::tag, text)
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, English, German, Portuguese};

    #[test]
    fn the_browser_says_what_is_read() {
        for (accepted, language) in [
            ("de-DE,de;q=0.9,en;q=0.8", Some(German)),
            ("pt-PT", Some(Portuguese)),
            ("fr, en;q=0.5, de;q=0.7", Some(German)),
            ("EN-gb", Some(English)),
            ("fr-CH, it;q=0.9", None),
            ("de;q=0, en;q=0.1", Some(English)),
            ("de;q=x, , ;;;, pt ; q=0.3", Some(Portuguese)),
            ("en, de", Some(English)),
            ("", None),
            ("*", None),
        ] {
            assert_eq!(Language::preferred(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn a_tag_is_read_back() {
        for language in Language::ALL {
            assert_eq!(language.tag().parse(), Ok(language));
        }
        assert!("de-AT".parse::<Language>().unwrap_err().to_string().contains("pt-BR"));
    }
}
