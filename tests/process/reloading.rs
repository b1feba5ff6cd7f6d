//! SIGHUP: what is new is used, what is broken leaves the old in place.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    clients::curl,
    office::{MAC, Office, on_both_engines},
};

on_both_engines![without_the_licenses_key_phones_get_503_until_it_is_back];

fn without_the_licenses_key_phones_get_503_until_it_is_back(office: &Office) {
    office.acme();
    office.phone("101", MAC);
    let (url, file) = (office.url(), format!("{MAC}.cfg"));
    let server = office.serve(&[]);
    assert_eq!(office.fetch(&url, &file).0, 200);
    let key = std::fs::read(office.public_key()).unwrap();
    std::fs::remove_file(office.public_key()).unwrap();
    assert!(server.reload().contains("reloaded: "));
    assert_eq!(office.fetch(&url, &file), (503, String::new()));
    std::fs::write(office.public_key(), "-----BEGIN NONSENSE-----\n").unwrap();
    assert!(server.reload().contains("operator.pem"));
    assert_eq!(office.fetch(&url, &file).0, 503, "the last good keys are none");
    assert_eq!(server.health()["faults"][0]["what"], "license keys");
    std::fs::write(office.public_key(), key).unwrap();
    assert!(server.reload().contains("reloaded: "));
    assert_eq!(office.fetch(&url, &file).0, 200);
    server.stop();
}

/// A certificate that signs itself, with its key.
fn certificate(folder: &Path, name: &str) {
    let path = |extension: &str| folder.join(format!("{name}.{extension}"));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "9",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout"])
        .arg(path("key"))
        .arg("-out")
        .arg(path("crt"))
        .stderr(Stdio::null())
        .status();
    assert!(made.expect("these tests need openssl: apt-get install openssl").success());
}

#[test]
fn a_new_certificate_reaches_new_connections_and_cuts_no_old_one() {
    let office = Office::sqlite();
    for name in ["old", "new"] {
        certificate(&office.path(""), name);
    }
    let copy = |name: &str| {
        for extension in ["crt", "key"] {
            let from = office.path(&format!("{name}.{extension}"));
            std::fs::copy(from, office.path(&format!("used.{extension}"))).unwrap();
        }
    };
    copy("old");
    let server = office.serve(&["--tls-ecdsa-certificate", "used.crt", "--tls-ecdsa-key", "used.key"]);
    let url = format!("https://localhost:{}/x", office.ports[0]);
    let trusting = |name: &str| curl(&office.path(&format!("{name}.crt")), &url).0;
    assert_eq!((trusting("old"), trusting("new")), (404, 0));

    let mut open = Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", &server.door("https").to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut asks, mut hears) = (open.stdin.take().unwrap(), BufReader::new(open.stdout.take().unwrap()));
    let mut ask = || {
        asks.write_all(b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(hears.read_line(&mut head).unwrap(), 0, "the connection was cut after {head:?}");
        }
        head
    };
    assert!(ask().starts_with("HTTP/1.1 404"));
    copy("new");
    assert!(server.reload().contains("reloaded: "));
    assert!(ask().starts_with("HTTP/1.1 404"));
    assert_eq!((trusting("old"), trusting("new")), (0, 404));

    std::fs::write(office.path("used.crt"), "no certificate").unwrap();
    assert!(server.reload().contains("used.crt holds no PEM certificate"));
    assert_eq!(server.health()["faults"][0]["what"], "certificates");
    assert_eq!(trusting("new"), 404);
    assert!(ask().starts_with("HTTP/1.1 404"));
    server.stop();
    let mut rest = Vec::new();
    hears.read_to_end(&mut rest).unwrap();
    open.wait().unwrap();
}

#[test]
fn a_broken_pack_leaves_the_old_one_serving_and_stops_a_start() {
    let office = Office::sqlite();
    office.acme();
    office.phone("101", MAC);
    let (url, file) = (office.url(), format!("{MAC}.cfg"));
    copy_folder(Path::new("device-templates/yealink"), &office.path("packs/yealink"));
    let flags = ["--catalog-directory", "packs"];
    let server = office.serve(&flags);
    let template = office.path("packs/yealink/time.cfg.j2");
    let good = std::fs::read_to_string(&template).unwrap();
    std::fs::write(&template, format!("{good}{{{{ nobody.knows.this }}}}\n")).unwrap();
    let line = good.lines().count() + 1;
    let why = server.reload();
    let place = format!("packs/yealink/time.cfg.j2:{line}");
    assert!(why.contains("not reloaded, the old stays") && why.contains(&place), "{why}");
    assert_eq!(office.fetch(&url, &file).0, 200);
    let health = server.health();
    assert_eq!((&health["status"], &health["faults"][0]["what"]), (&"degraded".into(), &"packs".into()));
    assert!(health["faults"][0]["why"].as_str().unwrap().contains(&place), "{health}");

    let second = office.run(&[&["serve", "--admin", "127.0.0.1:0"], &flags[..]].concat());
    assert_eq!(second.code, Some(2), "{second:?}");
    assert!(second.stderr.contains(&place), "{second:?}");

    std::fs::write(&template, format!("{good}# a new line of the pack\n")).unwrap();
    assert!(server.reload().contains("reloaded: "));
    assert_eq!(server.health()["status"], "ready");
    let (status, document) = office.fetch(&url, &file);
    assert!(status == 200 && document.contains("# a new line of the pack"), "{status}");
    server.stop();
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
