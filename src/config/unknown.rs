//! What to say of a name that nobody knows: the nearest that exists, or all that do.

use super::key::Kind;
use super::{Key, keys};

/// How alike two names must be, from 0 to 1, to take one for a slip of the other.
const ALIKE: f64 = 0.75;

/// What is wrong with a section or top-level key of this name.
pub(super) fn unknown_section(name: &str) -> String {
    if let Some(key) = keys().find(|key| key.name == name && !key.section.is_empty()) {
        return format!("stands outside of a section; it belongs under [{}]", key.section);
    }
    let mut sections: Vec<&str> =
        keys().map(|key| if key.section.is_empty() { key.name } else { key.section }).collect();
    sections.dedup();
    say("section", name, &sections)
}

/// What is wrong with a key of this name in this section (or repeated table).
pub(super) fn unknown_key(section: &str, name: &str) -> String {
    let names: Vec<&str> = match keys().find(|key| key.section.is_empty() && key.name == section) {
        Some(Key { kind: Kind::Tables(columns), .. }) => columns.to_vec(),
        _ => keys().filter(|key| key.section == section).map(|key| key.name).collect(),
    };
    match keys().find(|key| key.name == name && !key.section.is_empty()) {
        Some(elsewhere) => format!("belongs under [{}], not here", elsewhere.section),
        None => say("key", name, &names),
    }
}

fn say(what: &str, name: &str, names: &[&str]) -> String {
    let likeness = |known: &str| strsim::jaro_winkler(known, name);
    let nearest = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest.filter(|nearest| likeness(nearest) >= ALIKE) {
        Some(nearest) => format!("is no known {what}; did you mean \"{nearest}\"?"),
        None => format!("is no known {what}; allowed are {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_named_and_anything_else_gets_the_list() {
        assert!(unknown_key("listen", "htps").ends_with("did you mean \"https\"?"));
        assert!(unknown_key("log", "colour").ends_with("allowed are format, level"));
        assert!(unknown_key("trust", "tennant").ends_with("did you mean \"tenant\"?"));
        assert!(unknown_section("sever").ends_with("did you mean \"server\"?"));
        assert_eq!(unknown_key("server", "https"), "belongs under [listen], not here");
        assert_eq!(unknown_section("data"), "stands outside of a section; it belongs under [server]");
    }
}
