//! The annotated example: usable as it stands, complete, and true about the defaults.

use offhook::config::{Config, EXAMPLE, Kind, keys};

use super::file;

/// The example with every key in effect: prose starts with `# `, a key with `#` alone.
fn uncommented() -> String {
    let line = |line: &'static str| {
        let rest = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ') && !rest.is_empty());
        rest.unwrap_or(line)
    };
    EXAMPLE.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_can_be_used_as_it_stands() {
    let config = file(EXAMPLE).load().unwrap();
    assert_eq!(config.name_to_serve().unwrap().as_str(), "phones.example.org");
}

#[test]
fn every_key_is_in_the_example() {
    let text = uncommented();
    for key in keys() {
        let shown = if let Kind::Tables(columns) = key.kind {
            text.contains(&format!("[[{}]]", key.name))
                && columns.iter().all(|column| text.contains(&format!("\n{column} = ")))
        } else {
            let section = text.split(&format!("\n[{}]\n", key.section)).nth(1).unwrap_or_default();
            let section = section.split("\n[").next().unwrap_or_default();
            section.contains(&format!("\n{} = ", key.name))
        };
        assert!(shown, "{} is not in the example", key.path());
    }
}

#[test]
fn what_the_example_shows_commented_out_is_the_default_or_an_example_that_holds() {
    let all: Config = file(uncommented()).load().unwrap();
    let plain = file(EXAMPLE).load().unwrap();
    assert_eq!(all.listen, plain.listen);
    assert_eq!(all.database, plain.database);
    assert_eq!(all.keys, plain.keys);
    assert_eq!(all.license.public_keys, plain.license.public_keys);
    assert_eq!(all.limits, plain.limits);
    assert_eq!(all.log, plain.log);
    assert_eq!(all.tls.resumption, plain.tls.resumption);
    assert_eq!((all.trust.len(), all.allow.len()), (1, 1));
    assert!(all.tls.ecdsa.is_some() && all.tls.rsa.is_some() && all.acme.is_some());
}

#[test]
fn every_key_of_the_example_can_be_given_as_a_flag_of_the_same_text() {
    let mut start = file("");
    let all = uncommented();
    let table: toml::Table = all.parse().unwrap();
    for key in keys().filter(|key| matches!(key.kind, Kind::Text | Kind::Number)) {
        let text = match &table[key.section][key.name] {
            toml::Value::String(text) => text.clone(),
            number => number.to_string(),
        };
        start.flags.push((key.path().leak(), text.leak()));
    }
    let by_flags = start.load().unwrap();
    let by_file = file(all).load().unwrap();
    assert_eq!(by_flags.listen, by_file.listen);
    assert_eq!(by_flags.limits, by_file.limits);
    assert_eq!(by_flags.tls, by_file.tls);
    assert_eq!(by_flags.server, by_file.server);
}
