//! Our own CA: what it makes, what it keeps, and what it refuses to touch.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use offhook::net::authority::{HostName, ensure};

use crate::bed::names;

const FILES: [&str; 6] =
    ["ca.crt", "ca.key", "server-ecdsa.crt", "server-ecdsa.key", "server-rsa.crt", "server-rsa.key"];

fn content(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// What [`content`] is compared by: a failed test prints it, and it must not print a key.
fn digests(dir: &Path) -> BTreeMap<String, u64> {
    let digest = |bytes: Vec<u8>| {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        hasher.finish()
    };
    content(dir).into_iter().map(|(name, bytes)| (name, digest(bytes))).collect()
}

fn openssl(arguments: &[&str], dir: &Path) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(dir)
        .output()
        .expect("cannot run openssl: apt-get install openssl");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_new_authority_is_what_phones_need() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("a/b");
    let issued = ensure(&dir, &names(&["Phones.Example", "192.0.2.1", "2001:db8::1"])).unwrap();
    assert_eq!(issued.ca, dir.join("ca.crt"));
    assert_eq!(content(&dir).keys().collect::<Vec<_>>(), FILES);
    for name in FILES.iter().filter(|name| name.ends_with("key")) {
        assert_eq!(fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    for leaf in ["server-ecdsa.crt", "server-rsa.crt"] {
        let verified =
            openssl(&["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.crt", leaf], &dir);
        assert_eq!(verified.trim(), format!("{leaf}: OK"));
        let shown = openssl(&["x509", "-noout", "-text", "-in", leaf], &dir);
        for part in [
            "Signature Algorithm: sha256WithRSAEncryption",
            "Not Before: Jan  1 00:00:00 2000 GMT",
            "Not After : Dec 31 00:00:00 2037 GMT",
            "Subject: CN = phones.example",
            "DNS:phones.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1",
            "TLS Web Server Authentication",
        ] {
            assert!(shown.contains(part), "{leaf} lacks {part}: {shown}");
        }
    }
    let shown = openssl(&["x509", "-noout", "-text", "-in", "ca.crt"], &dir);
    assert!(shown.contains("CA:TRUE, pathlen:0") && shown.contains("Public-Key: (2048 bit)"), "{shown}");
}

#[test]
fn what_exists_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let first = ensure(dir.path(), &names(&["a.example", "b.example"])).unwrap();
    let before = digests(dir.path());
    assert_eq!(ensure(dir.path(), &names(&["b.example"])).unwrap(), first);
    assert_eq!(digests(dir.path()), before);
}

#[test]
fn a_leaf_that_lacks_a_name_is_issued_again_for_the_same_key() {
    let dir = tempfile::tempdir().unwrap();
    ensure(dir.path(), &names(&["a.example"])).unwrap();
    let before = digests(dir.path());
    ensure(dir.path(), &names(&["a.example", "198.51.100.7"])).unwrap();
    let after = digests(dir.path());
    let changed: Vec<_> = FILES.into_iter().filter(|name| before[*name] != after[*name]).collect();
    assert_eq!(changed, ["server-ecdsa.crt", "server-rsa.crt"]);
    for leaf in changed {
        let verified =
            openssl(&["verify", "-CAfile", "ca.crt", "-verify_ip", "198.51.100.7", leaf], dir.path());
        assert_eq!(verified.trim(), format!("{leaf}: OK"));
    }
}

#[test]
fn a_leaf_that_was_taken_away_is_issued_anew() {
    let dir = tempfile::tempdir().unwrap();
    ensure(dir.path(), &names(&["a.example"])).unwrap();
    fs::remove_file(dir.path().join("server-rsa.crt")).unwrap();
    fs::remove_file(dir.path().join("server-rsa.key")).unwrap();
    ensure(dir.path(), &names(&["a.example"])).unwrap();
    let verified = openssl(&["verify", "-CAfile", "ca.crt", "server-rsa.crt"], dir.path());
    assert_eq!(verified.trim(), "server-rsa.crt: OK");
}

#[test]
fn half_a_pair_or_a_lost_authority_is_an_error_that_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    ensure(dir.path(), &names(&["a.example"])).unwrap();
    for missing in
        [&["ca.crt"][..], &["ca.key"], &["ca.crt", "ca.key"], &["server-ecdsa.key"], &["server-rsa.crt"]]
    {
        let whole = content(dir.path());
        for name in missing {
            fs::remove_file(dir.path().join(name)).unwrap();
        }
        let partial = digests(dir.path());
        let error = ensure(dir.path(), &names(&["new.example"])).unwrap_err().to_string();
        assert!(error.contains(missing[0]) && error.contains("is missing"), "{error}");
        assert_eq!(digests(dir.path()), partial, "{missing:?}");
        for name in missing {
            fs::write(dir.path().join(name), &whole[*name]).unwrap();
        }
    }
}

/// A file's name and what it holds instead.
type Replaced<'a> = (&'a str, &'a [u8]);

#[test]
fn what_does_not_fit_together_is_an_error_that_changes_nothing() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    ensure(dir.path(), &names(&["a.example"])).unwrap();
    ensure(other.path(), &names(&["a.example"])).unwrap();
    let (mine, theirs) = (content(dir.path()), content(other.path()));
    let cases: [(&str, &[Replaced<'_>]); 7] = [
        ("ca.crt is no PEM certificate", &[("ca.crt", b"garbage")]),
        ("ca.key is no PEM private key", &[("ca.key", b"")]),
        ("ca.crt does not belong to the key", &[("ca.key", &theirs["ca.key"])]),
        (
            "ca.crt is no certificate of an authority",
            &[("ca.crt", &mine["server-rsa.crt"]), ("ca.key", &mine["server-rsa.key"])],
        ),
        (
            "server-ecdsa.crt is not signed by",
            &[
                ("server-ecdsa.crt", &theirs["server-ecdsa.crt"]),
                ("server-ecdsa.key", &theirs["server-ecdsa.key"]),
            ],
        ),
        ("server-rsa.crt does not belong to the key", &[("server-rsa.crt", &theirs["server-rsa.crt"])]),
        ("server-rsa.crt is no PEM certificate", &[("server-rsa.crt", &mine["server-rsa.key"])]),
    ];
    for (says, replaced) in cases {
        for (name, bytes) in replaced {
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        let spoilt = digests(dir.path());
        let error = ensure(dir.path(), &names(&["a.example"])).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert_eq!(digests(dir.path()), spoilt);
        for (name, _) in replaced {
            fs::write(dir.path().join(name), &mine[*name]).unwrap();
        }
    }
}

#[test]
fn names_that_no_certificate_can_hold_are_refused() {
    for name in [
        "",
        "a..b",
        ".a",
        "a.",
        "a b",
        "é.example",
        "-a.example",
        "a-.example",
        "*.example",
        "1.2.3",
        "[::1]",
    ] {
        assert!(name.parse::<HostName>().is_err(), "{name}");
    }
    assert!("a".repeat(64).parse::<HostName>().is_err());
    assert!(vec!["a".repeat(63); 4].join(".").parse::<HostName>().is_err());
    assert_eq!("PBX-1.Example".parse::<HostName>().unwrap().to_string(), "pbx-1.example");
    let dir = tempfile::tempdir().unwrap();
    assert!(ensure(dir.path(), &[]).is_err() && content(dir.path()).is_empty());
}
