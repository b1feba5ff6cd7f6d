//! Keeps the direction of imports and the shape of the files: reads every file of `src/` and compares what it names.

#![expect(clippy::unwrap_used, reason = "a test ends where a step of it fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What of the crate each layer may name besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("net", &[]),
    ("tftp", &[]),
    ("sip", &[]),
    ("observability", &["domain"]),
    ("config", &["domain"]),
    ("catalog", &["domain"]),
    ("storage", &["domain"]),
    ("provisioning", &["domain", "catalog", "storage"]),
    ("fleet", &["domain", "catalog", "storage", "provisioning"]),
    ("transport", &["domain", "net", "tftp", "sip", "provisioning", "fleet", "observability"]),
    ("admin", &["domain", "catalog", "storage", "provisioning", "fleet", "net", "observability"]),
    ("simulator", &["domain", "catalog", "tftp", "sip"]),
    ("cli", &["admin::actions", "admin::dhcp", "admin::pbx", "simulator", "config", "domain", "catalog"]),
    ("lifecycle", &[]),
    ("app", EVERYTHING),
    ("main", EVERYTHING),
    ("lib", EVERYTHING),
];

/// Stands for all layers.
const EVERYTHING: &[&str] = &["*"];

/// What only these may name, so that it can be replaced, or read, in one place.
const ALONE: &[(&str, &[&str])] = &[
    ("mac_address", &["domain"]),
    ("sqlx", &["storage"]),
    ("chacha20poly1305", &["storage"]),
    ("minijinja", &["catalog", "admin::portal"]),
    ("regex", &["catalog"]),
    ("toml", &["config", "catalog", "simulator", "cli"]),
    ("std::env::var", &["config"]),
    ("std::env::var_os", &["config"]),
    ("std::env::vars", &["config"]),
    ("std::env::vars_os", &["config"]),
    ("axum", &["admin"]),
    ("argon2", &["admin::auth"]),
    ("qrcode", &["admin"]),
    ("instant_acme", &["net::acme"]),
    ("hyper::client", &["simulator"]),
    ("hyper_util::client", &["simulator"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli"]),
    ("indicatif", &["cli"]),
    ("comfy_table", &["cli"]),
    ("anyhow", &["cli", "app", "main"]),
    ("prometheus_client", &["observability"]),
    ("tracing_subscriber", &["observability"]),
    ("sd_notify", &["lifecycle"]),
    ("listenfd", &["lifecycle"]),
    ("ring", &[]),
];

/// What pure layers may not name: they neither wait nor touch the machine.
const IMPURE: &[&str] =
    &["tokio", "hyper", "std::fs", "std::process", "std::net::TcpStream", "std::net::UdpSocket"];
const PURE: &[&str] = &["domain", "tftp", "sip"];

/// Names that say nothing about the job of a file.
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "helper", "helpers", "manager", "common", "base", "misc", "shared", "tools"];

const LONGEST_FILE: usize = 400;

#[test]
fn every_file_keeps_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 10, "there is no source in {}", root.display());
    let mut broken = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        broken.extend(violations(name, &text).into_iter().map(|why| format!("src/{name}: {why}")));
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// What is wrong in the file `name` (relative to `src/`).
fn violations(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let module = module_of(name);
    if !text.starts_with("//! ") {
        found.push("does not open with //! and its job".to_owned());
    }
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        found.push(format!("has {lines} lines; {LONGEST_FILE} are allowed"));
    }
    if let Some(empty) = module.iter().find(|part| EMPTY_NAMES.contains(&part.as_str())) {
        found.push(format!("is named {empty}, which says nothing about its job"));
    }
    let layers: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let layer = module.first().map_or("lib", String::as_str);
    let Some(allowed) = layers.get(layer) else {
        found.push(format!("{layer} is no layer; give it a row in tests/architecture.rs"));
        return found;
    };
    let here = module.join("::");
    for path in paths(&module, text) {
        if let Some(ours) = path.strip_prefix("crate::") {
            let top = ours.split("::").next().unwrap_or_default();
            let may = *allowed == EVERYTHING
                || top == layer
                || !layers.contains_key(top)
                || allowed.iter().any(|prefix| within(ours, prefix));
            if !may {
                found.push(format!("{layer} may not name {ours}"));
            }
        }
        for (what, who) in ALONE {
            if within(&path, what) && !who.iter().any(|who| within(&here, who)) {
                found.push(format!("{path} may be named only in {}", who.join(", ")));
            }
        }
        if PURE.contains(&layer) && IMPURE.iter().any(|what| within(&path, what)) {
            found.push(format!("{layer} is pure and may not name {path}"));
        }
    }
    found.dedup();
    found
}

fn within(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// `storage/mod.rs` is `storage`, `storage/seal.rs` is `storage::seal`, `lib.rs` the root.
fn module_of(name: &str) -> Vec<String> {
    let parts = name.trim_end_matches(".rs").split('/').map(str::to_owned);
    parts.filter(|part| part != "mod" && part != "lib").collect()
}

/// Every path that a file names, from `crate::` or an external crate on; groups in braces are taken apart.
fn paths(module: &[String], text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut inside = module.to_vec();
    // the depth of braces at which each inline module began
    let mut inline: Vec<usize> = Vec::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |before| tokens[before].as_str());
        match token.as_str() {
            "{" => {
                depth += 1;
                if at >= 2 && tokens[at - 2] == "mod" {
                    inside.push(before.to_owned());
                    inline.push(depth);
                }
            }
            "}" => {
                if inline.last() == Some(&depth) {
                    inline.pop();
                    inside.pop();
                }
                depth -= 1;
            }
            _ if before == "::" || before == "." || !is_word(token) => {}
            _ if tokens.get(at + 1).is_some_and(|next| next == "::") || before == "use" => {
                let mut tails = Vec::new();
                tree(&tokens, at, "", &mut tails);
                found.extend(tails.iter().filter_map(|path| resolved(&inside, path)));
            }
            _ => {}
        }
    }
    found
}

/// Reads the path that starts at token `at`, appends each of its ends to `found`, and returns where it stops.
fn tree(tokens: &[String], mut at: usize, prefix: &str, found: &mut Vec<String>) -> usize {
    let mut path = prefix.to_owned();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") if path.ends_with("::") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    at = if tokens[at] == "," { at + 1 } else { tree(tokens, at, &path, found).max(at + 1) };
                }
                return at + 1;
            }
            Some(token) if is_word(token) || token == "*" => {
                path.push_str(token);
                at += 1;
                if tokens.get(at).is_some_and(|next| next == "::") {
                    path.push_str("::");
                    at += 1;
                    continue;
                }
                if tokens.get(at).is_some_and(|next| next == "as") {
                    at += 2;
                }
            }
            _ => {}
        }
        found.push(path.trim_end_matches("::self").trim_end_matches("::").to_owned());
        return at;
    }
}

/// A path from `crate::` on; one that starts with a name is an external crate, or something in scope.
fn resolved(module: &[String], path: &str) -> Option<String> {
    let mut from: Vec<&str> = module.iter().map(String::as_str).collect();
    let mut rest: Vec<&str> = path.split("::").collect();
    match rest[0] {
        "self" => {
            rest.remove(0);
        }
        "super" => {
            while rest.first() == Some(&"super") {
                from.pop()?;
                rest.remove(0);
            }
        }
        _ => return Some(path.to_owned()),
    }
    from.extend(rest);
    Some(format!("crate::{}", from.join("::")))
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Words and punctuation, without comments, literals and lifetimes.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = literal(rest) {
            length
        } else if first.is_alphanumeric() || first == '_' {
            let word: String =
                rest.chars().take_while(|next| next.is_alphanumeric() || *next == '_').collect();
            let length = word.len();
            found.push(word);
            length
        } else if rest.starts_with("::") {
            found.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                found.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

/// The length of the text, character or lifetime that `text` starts with.
fn literal(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'c']);
    let prefix = text.len() - body.len();
    if let Some(raw) = body.strip_prefix('r').filter(|raw| raw.starts_with(['"', '#'])) {
        let hashes = raw.bytes().take_while(|byte| *byte == b'#').count();
        let inner = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = inner.find(&end).map_or(inner.len(), |at| at + end.len());
        return Some(prefix + 2 + hashes + length);
    }
    let quote = body.chars().next().filter(|quote| *quote == '"' || *quote == '\'')?;
    if quote == '\'' && !body[1..].starts_with('\\') && body[1..].chars().nth(1) != Some('\'') {
        return Some(prefix + 1);
    }
    let mut escaped = false;
    for (at, next) in body.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if next == quote => return Some(prefix + at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// Each row breaks one rule, in one of the ways in which it can be written.
#[test]
fn what_breaks_a_rule_is_found() {
    for (name, text, found) in [
        ("domain/mac.rs", "use crate::storage::Store;", "domain may not name storage::Store"),
        ("net/tls.rs", "use crate::domain::Clock;", "net may not name domain::Clock"),
        ("storage/seal.rs", "use crate::{domain::Mac, catalog::{self}};", "storage may not name catalog"),
        ("storage/seal.rs", "use super::super::catalog::Manifest;", "storage may not name catalog::Manifest"),
        ("storage/mod.rs", "mod tests { use super::super::admin; }", "storage may not name admin"),
        (
            "tftp/wire.rs",
            "fn f() { let _ = crate::domain::Mac::parse; }",
            "tftp may not name domain::Mac::parse",
        ),
        ("cli/serve.rs", "use crate::admin::api::Router;", "cli may not name admin::api::Router"),
        ("admin/api.rs", "use sqlx::query;", "sqlx::query may be named only in storage"),
        (
            "admin/api.rs",
            "#[derive(sqlx::FromRow)] struct Row;",
            "sqlx::FromRow may be named only in storage",
        ),
        ("transport/https.rs", "use axum as web;", "axum may be named only in admin"),
        (
            "transport/https.rs",
            "use hyper::{body, client::conn};",
            "hyper::client::conn may be named only in simulator",
        ),
        ("storage/open.rs", "let url = std::env::var(\"URL\");", "std::env::var may be named only in config"),
        ("app.rs", "use clap::Parser;", "clap::Parser may be named only in cli, main"),
        (
            "admin/page.rs",
            "use minijinja::Value;",
            "minijinja::Value may be named only in catalog, admin::portal",
        ),
        ("net/tls.rs", "use ring::rand;", "ring::rand may be named only in "),
        ("tftp/wire.rs", "use tokio::time;", "tftp is pure and may not name tokio::time"),
        ("plumbing/mod.rs", "", "plumbing is no layer; give it a row in tests/architecture.rs"),
        ("net/utils.rs", "", "is named utils, which says nothing about its job"),
        ("net/common/mod.rs", "", "is named common, which says nothing about its job"),
    ] {
        assert_eq!(violations(name, &format!("//! Job.\n{text}\n")), [found], "{name}: {text}");
    }
    assert_eq!(violations("net/tls.rs", "use std::fmt;\n"), ["does not open with //! and its job"]);
    let long = "//! Job.\n".to_owned() + &"\n".repeat(LONGEST_FILE);
    assert_eq!(violations("net/tls.rs", &long), ["has 401 lines; 400 are allowed"]);
}

#[test]
fn what_keeps_the_rules_is_not_found() {
    for (name, text) in [
        ("domain/mac.rs", "use super::text; use mac_address::MacAddress;"),
        ("config/key.rs", "mod tests { use super::super::{catalog, license}; }"),
        (
            "net/tls.rs",
            "// crate::domain::Clock\n/* use sqlx; */ const A: &str = \"crate::storage\"; const B: &str = r#\"sqlx::\"#;",
        ),
        (
            "net/tls.rs",
            "fn f<'a>(c: char) -> &'a str { if c == '\"' || c == '\\'' { \"crate::domain::x\" } else { \"\" } }",
        ),
        ("cli/tenant.rs", "use crate::admin::actions::tenant; use crate::cli::Report; use clap::Args;"),
        ("admin/portal/page.rs", "use minijinja::Value;"),
        ("app.rs", "use crate::{admin, storage::Store, transport};"),
        (
            "transport/https.rs",
            "use hyper::{body::Incoming, server::conn}; fn f(x: Client) { x.axum::<u8>() }",
        ),
    ] {
        assert_eq!(violations(name, &format!("//! Job.\n{text}\n")), [""; 0], "{name}: {text}");
    }
}
