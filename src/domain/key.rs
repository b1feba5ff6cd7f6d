//! A programmable button of a phone, in words that belong to no vendor.

use std::collections::BTreeMap;

use super::{Layer, LineNumber, PlainText};

/// The position of a key on a device, from 1, counted on through its expansion modules.
pub type KeyPosition = u16;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// Takes and makes calls on a line.
    Line,
    /// Shows whether an extension is busy, calls it, picks up its calls.
    Blf,
    /// Dials a number.
    SpeedDial,
    /// Starts and stops the recording of a call, on a line whose products grant it.
    Record,
}

impl KeyKind {
    /// The word used in commands and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Blf => "blf",
            Self::SpeedDial => "speed-dial",
            Self::Record => "record",
        }
    }
}

impl std::str::FromStr for KeyKind {
    type Err = WrongKey;

    fn from_str(text: &str) -> Result<Self, WrongKey> {
        match text {
            "line" => Ok(Self::Line),
            "blf" => Ok(Self::Blf),
            "speed-dial" => Ok(Self::SpeedDial),
            "record" => Ok(Self::Record),
            _ => Err(WrongKey::Kind(text.chars().take(40).collect())),
        }
    }
}

/// One programmed key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Where it is.
    pub position: KeyPosition,
    /// What it does.
    pub kind: KeyKind,
    /// The line it acts on.
    pub line: LineNumber,
    /// The number it watches or dials; none for a key that acts on its line.
    pub value: Option<String>,
    /// What stands beside it; the phone's own choice when none.
    pub label: Option<PlainText>,
}

/// Why a key was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongKey {
    /// No such kind of key.
    #[error("\"{0}\" is no kind of key: line, blf, speed-dial or record")]
    Kind(String),
    /// A key that dials or watches needs a number.
    #[error("a {0} key needs a number")]
    NumberMissing(&'static str),
    /// A key that acts on its line has no number.
    #[error("a {0} key takes no number; it acts on its line")]
    NumberUnused(&'static str),
    /// The number holds a character that cannot be dialled.
    #[error("\"{0}\" is no number to dial: 1 to 32 of 0-9, \"*\", \"#\" and a leading \"+\"")]
    Number(String),
}

impl Key {
    /// A key whose parts fit together.
    pub fn new(
        position: KeyPosition,
        kind: KeyKind,
        line: LineNumber,
        value: Option<String>,
        label: Option<PlainText>,
    ) -> Result<Self, WrongKey> {
        match (&value, kind) {
            (Some(_), KeyKind::Line | KeyKind::Record) => return Err(WrongKey::NumberUnused(kind.as_str())),
            (None, KeyKind::Blf | KeyKind::SpeedDial) => return Err(WrongKey::NumberMissing(kind.as_str())),
            (Some(number), _) if !is_dialable(number) => {
                return Err(WrongKey::Number(number.chars().take(40).collect()));
            }
            _ => {}
        }
        Ok(Self { position, kind, line, value, label })
    }
}

/// A key that holds for a device, and the layer on which it was programmed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeldKey {
    /// The key.
    pub key: Key,
    /// Where it was programmed: on the device, or on the profile that it follows.
    pub layer: Layer,
}

impl HeldKey {
    /// The keys that hold for a device, in order: its own, and where it has none, those of its profile.
    #[must_use]
    pub fn merge(of_profile: &[Key], own: &[Key]) -> Vec<Self> {
        let layers = [(Layer::Profile, of_profile), (Layer::Device, own)];
        let keys = layers.into_iter().flat_map(|(layer, keys)| keys.iter().map(move |key| (layer, key)));
        let held: BTreeMap<KeyPosition, Self> =
            keys.map(|(layer, key)| (key.position, Self { key: key.clone(), layer })).collect();
        held.into_values().collect()
    }
}

/// Whether `text` is 1 to 32 of `0-9`, `*` and `#`, with an optional leading `+`.
pub(crate) fn is_dialable(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (1..=32).contains(&text.len())
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*' || byte == b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_a_number_where_it_dials_and_only_there() {
        let line = LineNumber::new(1).unwrap();
        assert!(Key::new(1, KeyKind::Blf, line, Some("*8102".into()), None).is_ok());
        for kind in [KeyKind::Line, KeyKind::Record] {
            assert!(Key::new(1, kind, line, None, None).is_ok());
            let wrong = Key::new(1, kind, line, Some("102".into()), None);
            assert_eq!(wrong, Err(WrongKey::NumberUnused(kind.as_str())));
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!(Key::new(1, KeyKind::Blf, line, None, None), Err(WrongKey::NumberMissing("blf")));
        for number in ["", "102|*8", "10 2", "+", "a", "1;2"] {
            assert!(Key::new(1, KeyKind::SpeedDial, line, Some(number.into()), None).is_err(), "{number}");
        }
    }

    #[test]
    fn the_devices_own_key_wins_over_its_profiles() {
        let line = LineNumber::new(1).unwrap();
        let key = |position, number: &str| {
            Key::new(position, KeyKind::Blf, line, Some(number.to_owned()), None).unwrap()
        };
        let held = HeldKey::merge(&[key(2, "202"), key(3, "203")], &[key(3, "103"), key(1, "101")]);
        let told: Vec<_> = held
            .iter()
            .map(|held| (held.key.position, held.key.value.as_deref().unwrap(), held.layer))
            .collect();
        assert_eq!(told, [(1, "101", Layer::Device), (2, "202", Layer::Profile), (3, "103", Layer::Device)]);
    }
}
