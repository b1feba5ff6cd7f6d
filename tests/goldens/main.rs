//! The document of every model, full and empty, beside the files that were read by eye against the vendor's guides.
//!
//! `OFFHOOK_BLESS=1 cargo test --test goldens` writes them anew; read the difference before it is committed.

#![expect(clippy::unwrap_used, reason = "a test whose ground is missing must fail")]

#[path = "../catalog/phone.rs"]
mod phone;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use offhook::catalog::{Catalog, FileId, Model, Nature};
use offhook::domain::{KeyKind, Layer};
use phone::Phone;

/// Two lines, one with a name that tries every grammar, keys of each kind, settings of several layers.
fn full(model: &Model) -> Phone {
    let mut phone = Phone::blank()
        .with_pin("4711")
        .with_line(1, "Zoë \"Zo\" <O'Brien>; a=b #1", "s3cret/#=: <&>%x")
        .with_settings(&[
            ("sip.transport", "tls", Layer::Tenant),
            ("sip.srtp", "required", Layer::Tenant),
            ("sip.failover", "backup.example.org:5071", Layer::Tenant),
            ("sip.outbound_proxy", "edge.example.org", Layer::Model),
            ("sip.expiry", "90", Layer::Tenant),
            ("time.zone", "Europe/Zurich", Layer::Tenant),
            ("time.ntp", "ntp.example.org", Layer::Tenant),
            ("phone.language", "pt-BR", Layer::Device),
            ("phone.tones", "ch", Layer::Tenant),
            ("audio.codecs", "opus,g722,pcma", Layer::Profile),
            ("voicemail.number", "*97", Layer::Tenant),
            ("network.vlan", "20", Layer::Profile),
            ("network.lldp", "false", Layer::Profile),
        ]);
    if model.lines > 1 {
        phone = phone.with_line(2, "%NULL%", "%NULL%");
    }
    let programmed = [
        (2, KeyKind::Blf, Some("102"), Some("Müller = Chef")),
        (3, KeyKind::SpeedDial, Some("+41441234567"), None),
        (4, KeyKind::Record, None, Some("Mitschnitt")),
        (model.line_keys, KeyKind::Line, None, Some("Zentrale")),
        (model.line_keys + 1, KeyKind::Blf, Some("*8103#"), Some("%null%")),
        (model.keys(), KeyKind::SpeedDial, Some("112"), Some("Letzte")),
    ];
    let mut taken = BTreeSet::new();
    for (position, kind, value, label) in programmed {
        if (1..=model.keys()).contains(&position) && taken.insert(position) {
            phone = phone.with_key(position, kind, value, label);
        }
    }
    phone
}

fn secret_file(catalog: &Catalog, model: &Model) -> FileId {
    catalog.files_of(model).find(|(_, rule)| Nature::of(rule) == Nature::Secret).unwrap().0
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens")
}

/// The golden's path and the phone: every model full, and one of each vendor empty.
fn cases(catalog: &Catalog) -> Vec<(PathBuf, &Model, Phone)> {
    let file = |model: &Model, suffix: &str| {
        let path = &catalog.file(secret_file(catalog, model)).path;
        let extension = path.rsplit('.').next().unwrap();
        folder().join(model.vendor.to_lowercase()).join(format!("{}{suffix}.{extension}", model.name))
    };
    let mut cases: Vec<_> =
        catalog.models().iter().map(|model| (file(model, ""), model, full(model))).collect();
    for manifest in catalog.manifests() {
        let models = catalog.models().iter().filter(|model| model.vendor == manifest.name);
        let most_lines = models.max_by_key(|model| (model.lines, std::cmp::Reverse(model.keys()))).unwrap();
        cases.push((file(most_lines, "-empty"), most_lines, Phone::blank()));
    }
    cases
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn every_model_has_a_document_that_was_read() {
    let catalog = Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let bless = std::env::var("OFFHOOK_BLESS").is_ok_and(|value| value == "1");
    let mut wrong = Vec::new();
    for (path, model, phone) in cases(&catalog) {
        let rendered = catalog.render_phone(secret_file(&catalog, model), model, &phone.facts()).unwrap();
        let golden = std::fs::read(&path).unwrap_or_default();
        if golden == rendered.bytes {
            continue;
        }
        if bless {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &rendered.bytes).unwrap();
        } else {
            let (old, new) = (String::from_utf8_lossy(&golden), String::from_utf8_lossy(&rendered.bytes));
            let line = old.lines().zip(new.lines()).position(|(old, new)| old != new);
            let line = line.unwrap_or_else(|| old.lines().count().min(new.lines().count()));
            wrong.push(format!(
                "{}:{}: now \"{}\"",
                path.display(),
                line + 1,
                new.lines().nth(line).unwrap_or("")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} documents changed (OFFHOOK_BLESS=1 writes them anew):\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_golden_belongs_to_a_model() {
    let catalog = Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let expected: BTreeSet<PathBuf> = cases(&catalog).into_iter().map(|(path, ..)| path).collect();
    let folders =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    for file in folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()) {
        let path = file.unwrap().path();
        assert!(expected.contains(&path), "{} belongs to no model", path.display());
    }
}

#[test]
fn an_explained_document_is_the_served_one_with_its_secrets_masked() {
    let catalog = Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    for (path, model, phone) in cases(&catalog) {
        let (file, facts) = (secret_file(&catalog, model), phone.facts());
        let served = catalog.render_phone(file, model, &facts).unwrap();
        let explained = catalog.explain(file, model, &facts).unwrap();
        let served = String::from_utf8(served.bytes.to_vec()).unwrap();
        let lines: Vec<&str> = served.lines().collect();
        assert_eq!(lines.len(), explained.len(), "{}", path.display());
        for (served, explained) in lines.iter().zip(&explained) {
            // What stands around the masks is in the served line, in this order.
            let mut rest = *served;
            for part in explained.text.split("••••") {
                let at =
                    rest.find(part).unwrap_or_else(|| panic!("{served} is explained as {}", explained.text));
                rest = &rest[at + part.len()..];
            }
            let masked = explained.text.contains('•');
            assert!(masked || *served == explained.text, "{served} is explained as {}", explained.text);
            assert!(explained.line > 0 && explained.template.starts_with(&model.vendor.to_lowercase()));
        }
    }
}
