//! A pass over JSON that finds a member given twice in one object.
//!
//! RFC 8259 §4 leaves open which of two equal members counts; `serde_json` takes the last of a map's. A signed
//! document that two readers could read differently is refused (RFC 7515 §4 allows that).

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// What the pass found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Twice {
    /// The member at this path is given twice.
    Duplicate(String),
    /// The bytes are no JSON text.
    NotJson(String),
}

/// Refuses `json` when an object in it has two members of one name, after escapes are resolved.
pub(super) fn check(json: &[u8]) -> Result<(), Twice> {
    let duplicate = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(json);
    let walk = Walk { path: String::new(), duplicate: &duplicate };
    let walked = walk.deserialize(&mut reader).and_then(|()| reader.end());
    match (duplicate.into_inner(), walked) {
        (Some(path), _) => Err(Twice::Duplicate(path)),
        (None, Err(wrong)) => Err(Twice::NotJson(wrong.to_string())),
        (None, Ok(())) => Ok(()),
    }
}

struct Walk<'a> {
    path: String,
    duplicate: &'a RefCell<Option<String>>,
}

impl Walk<'_> {
    fn member(&self, name: &str) -> Self {
        let separator = if self.path.is_empty() { "" } else { "." };
        Walk { path: format!("{}{separator}{name}", self.path), duplicate: self.duplicate }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            let member = self.member(&name);
            if !names.insert(name) {
                self.duplicate.replace(Some(member.path));
                return Err(A::Error::custom("a member is given twice"));
            }
            members.next_value_seed(member)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            let element = Walk { path: format!("{}[{index}]", self.path), duplicate: self.duplicate };
            if elements.next_element_seed(element)?.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_given_twice_is_found_at_any_depth_and_under_any_spelling() {
        let duplicate = |path: &str| Err(Twice::Duplicate(path.to_owned()));
        assert_eq!(check(br#"{"a":1,"b":{"a":[null,true,-1,2.5,"x"]}}"#), Ok(()));
        assert_eq!(check(br#"{"a":1,"b":2,"a":3}"#), duplicate("a"));
        assert_eq!(check(br#"{"a":1,"\u0061":2}"#), duplicate("a"));
        assert_eq!(check(br#"{"p":[{"x":1},{"n":{"de":1,"de":1}}]}"#), duplicate("p[1].n.de"));
    }

    #[test]
    fn what_is_no_json_text_is_said_and_deep_nesting_ends() {
        for json in [&b"{"[..], b"{} {}", b"\xff", b"", "[".repeat(60_000).as_bytes()] {
            assert!(matches!(check(json), Err(Twice::NotJson(_))));
        }
    }
}
