//! Factory certificates as real clients show them: no handshake is cut, and nobody gets another phone's secrets.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use offhook::domain::TenantSlug;
use offhook::net::factory::{Authorities, Standing, grade};
use proptest::prelude::*;
use rustls::client::{ClientConnection, ResolvesClientCert};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, HandshakeKind, RootCertStore, SignatureScheme, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{clients::client, postgres::cluster, running::Running};

/// The phone that is asked for, and another one.
const MAC: &str = "000413AABBCC";
const OTHER: &str = "000413AABBDD";
const CA: &str = "basicConstraints=critical,CA:TRUE";
const LEAF: &str = "basicConstraints=CA:FALSE";

/// Certificates made by openssl, each `NAME.pem` with its `NAME.key`.
struct Maker(TempDir);

impl Maker {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn openssl(&self, arguments: &[&str]) {
        let ran = Command::new("openssl")
            .args(arguments)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .expect("these tests need openssl: apt-get install openssl");
        assert!(ran.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    }

    /// A certificate that signs itself; `new` is how its key is made.
    fn own(&self, name: &str, subject: &str, new: &[&str], extension: &str) {
        let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
        let fixed = ["req", "-x509", "-nodes", "-days", "9", "-subj", subject, "-addext", extension];
        self.openssl(&[&fixed[..], &["-keyout", &key, "-out", &pem], new].concat());
    }

    /// A certificate that `by` signs; without extensions it is X.509 version 1.
    fn signed(&self, name: &str, subject: &str, new: &[&str], by: &str, extensions: &str, more: &[&str]) {
        let file = |ending: &str| format!("{name}.{ending}");
        let (key, csr, pem, ext) = (file("key"), file("csr"), file("pem"), file("ext"));
        let fixed = ["req", "-nodes", "-subj", subject, "-keyout", &key, "-out", &csr];
        self.openssl(&[&fixed[..], new].concat());
        let (ca, ca_key) = (format!("{by}.pem"), format!("{by}.key"));
        let mut sign = vec!["x509", "-req", "-in", &csr, "-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial"];
        sign.extend(["-out", &pem]);
        sign.extend(if more.is_empty() { &["-days", "9", "-sha256"][..] } else { more });
        if !extensions.is_empty() {
            std::fs::write(self.path(&ext), extensions).unwrap();
            sign.extend(["-extfile", &ext]);
        }
        self.openssl(&sign);
    }

    fn der(&self, name: &str) -> Vec<u8> {
        CertificateDer::from_pem_file(self.path(&format!("{name}.pem"))).unwrap().to_vec()
    }

    /// The maker's authorities as the operator drops them into a directory.
    fn bundle(&self, names: &[&str]) -> PathBuf {
        let folder = self.path("authorities/snom");
        std::fs::create_dir_all(&folder).unwrap();
        for name in names {
            std::fs::copy(self.path(&format!("{name}.pem")), folder.join(format!("{name}.pem"))).unwrap();
        }
        self.path("authorities")
    }
}

const RSA: &[&str] = &["-newkey", "rsa:2048", "-sha256"];
const SHORT: &[&str] = &["-newkey", "rsa:1024", "-sha256"];
const EC: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-sha256"];

/// A maker with two authorities that the server knows, one that it does not, and phones' certificates of all kinds.
fn maker() -> Maker {
    let maker = Maker::new();
    maker.own("root", "/O=Maker/CN=Phones", RSA, CA);
    maker.own("stranger", "/O=Stranger/CN=Phones", RSA, CA);
    maker.signed("issuing", "/O=Maker/CN=Issuing", RSA, "root", CA, &[]);
    let (own, other) = (format!("/O=Maker/CN={MAC}"), format!("/O=Maker/CN={OTHER}"));
    maker.signed("right", &own, EC, "root", LEAF, &[]);
    maker.signed("right-rsa", &own, RSA, "root", LEAF, &[]);
    maker.signed("other", &other, EC, "root", LEAF, &[]);
    maker.signed("other-rsa", &other, RSA, "root", LEAF, &[]);
    maker.signed("below", &other, EC, "issuing", LEAF, &[]);
    maker.signed("expired", &other, EC, "root", LEAF, &["-days", "-1", "-sha256"]);
    maker.signed("sha1", &other, RSA, "root", LEAF, &["-days", "9", "-sha1"]);
    maker.signed("v1", &other, EC, "root", "", &[]);
    maker.signed("short", &other, SHORT, "root", LEAF, &[]);
    maker.signed("foreign", &other, EC, "stranger", LEAF, &[]);
    maker.signed("by-phone", &other, EC, "other", LEAF, &[]);
    maker.own("self", &other, EC, LEAF);
    maker.signed("nameless", "/O=Maker/CN=phone", EC, "root", LEAF, &[]);
    maker
}

/// A server that knows the maker's authorities, with one phone.
async fn server(maker: &Maker, database: Option<&str>) -> (Running, TenantSlug) {
    let mut server = Running::start(None, database).await;
    let acme = server.tenant("acme", 3).await;
    server.phone(&acme, "101", "Snom D785", MAC).await;
    server.hears().await;
    server.config.factory_certificates.directory = Some(maker.bundle(&["root"]));
    server.reload().await.unwrap();
    (server, acme)
}

async fn path(server: &Running, acme: &TenantSlug) -> String {
    format!("/p/{}/snomD785-{MAC}.htm", server.scope(acme).await)
}

/// The first line of the answer to one request through `openssl s_client`, and what it said of the session.
async fn asked(server: &Running, path: &str, arguments: &[&str]) -> (String, String) {
    let connect = server.doors.https.unwrap().to_string();
    let fixed = ["s_client", "-ign_eof", "-connect", &connect, "-cipher", "DEFAULT@SECLEVEL=0"];
    let arguments: Vec<String> = fixed.iter().chain(arguments).map(|text| (*text).to_owned()).collect();
    let request = format!("GET {path} HTTP/1.0\r\n\r\n");
    let said = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        String::from_utf8_lossy(&client("openssl", "openssl", &arguments, request.as_bytes())).into_owned()
    });
    let said = said.await.unwrap();
    // what comes later than the answer's start is mixed with what the client says of the session
    let answer = said.find("HTTP/1.0 ").map(|at| &said[at..]).expect("an answer");
    let status = answer.lines().next().unwrap_or_default().to_owned();
    (status, said)
}

/// Waits until the journal says so of the phone's certificate.
async fn judged(server: &Running, acme: &TenantSlug, expected: &str) {
    let mut last = None;
    let waiting = async {
        loop {
            let seen = server.actions.seen(acme).await.unwrap();
            last = seen.certificates.into_iter().next().map(|(_, seen)| seen.judged);
            if last.as_deref() == Some(expected) {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), waiting).await;
    assert!(waited.is_ok(), "{expected} was not noted, but {last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_certificate_passes_the_handshake_and_only_another_phone_s_gets_nothing() {
    let maker = maker();
    let (server, acme) = server(&maker, None).await;
    let path = path(&server, &acme).await;
    let own = format!("(Snom {})", MAC.to_lowercase());
    let other = format!("(Snom {})", OTHER.to_lowercase());
    let (proven, others) = (format!("proven {own}"), format!("proven {other}"));
    let sha1 = format!("legacy: SHA-1 {other}");
    let (v1, short) =
        (format!("legacy, not counted: X.509v1 {other}"), format!("legacy, not counted: RSA-1024 {other}"));
    for version in ["-tls1_2", "-tls1_3"] {
        let (status, said) = asked(&server, &path, &[version]).await;
        assert!(status.ends_with("200 OK"), "{version} without a certificate: {status}");
        assert!(
            said.contains("Client Certificate Types") || said.contains("Requested Signature Algorithms"),
            "{said}"
        );
        // RSA-1024 can only be checked in its old form, which TLS 1.3 does not have
        let short = if version == "-tls1_2" { short.as_str() } else { "unproven" };
        for (name, answer, expected) in [
            ("right", "200 OK", proven.as_str()),
            ("right-rsa", "200 OK", &proven),
            ("other", "404 Not Found", &others),
            ("foreign", "200 OK", "foreign"),
            ("other-rsa", "404 Not Found", &others),
            ("self", "200 OK", "foreign"),
            ("below", "404 Not Found", &others),
            ("nameless", "200 OK", "names no phone (Snom)"),
            ("expired", "404 Not Found", &others),
            ("sha1", "404 Not Found", &sha1),
            ("v1", "200 OK", &v1),
            ("short", "200 OK", short),
            ("by-phone", "200 OK", "foreign"),
        ] {
            let (pem, key) = (maker.text(&format!("{name}.pem")), maker.text(&format!("{name}.key")));
            let mut arguments = vec![version, "-cert", &pem, "-key", &key];
            let above = match name {
                "below" => maker.text("issuing.pem"),
                "by-phone" => maker.text("other.pem"),
                _ => String::new(),
            };
            if !above.is_empty() {
                arguments.extend(["-cert_chain", &above]);
            }
            if (version, name) == ("-tls1_2", "short") {
                // as a phone of its time, which knows no PSS
                arguments.extend(["-sigalgs", "RSA+SHA256"]);
            }
            let (status, _) = asked(&server, &path, &arguments).await;
            assert!(status.ends_with(answer), "{version} {name}: {status}");
            judged(&server, &acme, expected).await;
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_session_keeps_what_its_certificate_is_worth() {
    let maker = maker();
    let (mut server, acme) = server(&maker, None).await;
    let path = path(&server, &acme).await;
    let (pem, key, session) = (maker.text("other.pem"), maker.text("other.key"), maker.text("session"));
    for kind in [&["-tls1_2"][..], &["-tls1_2", "-no_ticket"], &["-tls1_3"]] {
        let first = [kind, &["-sess_out", &session, "-cert", &pem, "-key", &key]].concat();
        let (status, said) = asked(&server, &path, &first).await;
        assert!(status.ends_with("404 Not Found") && said.contains("New, TLS"), "{kind:?}: {status}");
        let (status, said) = asked(&server, &path, &[kind, &["-sess_in", &session]].concat()).await;
        assert!(said.contains("Reused, TLS"), "{kind:?}: {said}");
        assert!(status.ends_with("404 Not Found"), "{kind:?}, resumed: {status}");
    }
    // the authority goes, and with it what its certificates were worth, in sessions too
    server.config.factory_certificates.directory = None;
    server.reload().await.unwrap();
    let (status, said) = asked(&server, &path, &["-tls1_3", "-sess_in", &session]).await;
    assert!(status.ends_with("200 OK"), "{status}");
    assert!(!said.contains("Requested Signature Algorithms") || said.contains("Reused"), "{said}");
    server.stop().await;
}

/// Shows a chain whose key the client does not hold, or none at all that deserves the name.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesClientCert for Shows {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// One request of a client that shows `chain` and signs with `key`; the answer's first line, and how it shook hands.
async fn pretends(
    config: &Arc<ClientConfig>,
    server: &Running,
    path: &str,
) -> (String, Option<HandshakeKind>) {
    let socket = tokio::net::TcpStream::connect(server.doors.https.unwrap()).await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(Arc::clone(config));
    let mut stream = connector.connect("localhost".try_into().unwrap(), socket).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    let connection: &ClientConnection = stream.get_ref().1;
    let said = String::from_utf8_lossy(&said).into_owned();
    (said.lines().next().unwrap_or_default().to_owned(), connection.handshake_kind())
}

fn pretender(
    ca: &Path,
    version: &'static SupportedProtocolVersion,
    chain: Vec<CertificateDer<'static>>,
    key: &Path,
) -> Arc<ClientConfig> {
    let provider = aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(PrivateKeyDer::from_pem_file(key).unwrap()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let shows = Shows(Arc::new(CertifiedKey::new(chain, key)));
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_cert_resolver(Arc::new(shows));
    Arc::new(config)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_hold_the_key_proves_nothing_now_or_in_a_session() {
    let maker = maker();
    let (server, acme) = server(&maker, None).await;
    let path = path(&server, &acme).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let stolen = vec![CertificateDer::from(maker.der("other"))];
        let config = pretender(&server.ca(), version, stolen, &maker.path("right.key"));
        for _ in 0..2 {
            let (status, kind) = pretends(&config, &server, &path).await;
            assert!(status.ends_with("200 OK"), "{version:?}: {status}");
            assert_eq!(kind, Some(HandshakeKind::Full), "{version:?}: the session was kept");
        }
        judged(&server, &acme, "unproven").await;
        for garbage in [vec![0x30, 0x82, 0xff, 0xff], vec![7; 20_000]] {
            let garbage = vec![CertificateDer::from(garbage)];
            let config = pretender(&server.ca(), version, garbage, &maker.path("right.key"));
            let (status, _) = pretends(&config, &server, &path).await;
            assert!(status.ends_with("200 OK"), "{version:?}: {status}");
        }
        judged(&server, &acme, "broken: it is too large").await;
    }
    server.stop().await;
}

/// What the simulator shows, noted in the database of the other engine.
#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_phone_shows_its_certificate_and_postgresql_keeps_what_it_was_worth() {
    let maker = maker();
    let url = cluster().database().await;
    let (server, acme) = server(&maker, Some(&url)).await;
    let (to, ca) = (server.url(&acme).await, server.ca().display().to_string());
    for (name, booted) in [("right", true), ("other", false)] {
        let (pem, key) = (maker.text(&format!("{name}.pem")), maker.text(&format!("{name}.key")));
        let phone = ["simulate", "--model", "Snom D785", "--mac", MAC, "--url", &to, "--ca", &ca];
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_offhook"));
        let ran = command.args(phone).args(["--certificate", &pem, "--key", &key]).output().await.unwrap();
        assert_eq!(ran.status.success(), booted, "{name}: {}", String::from_utf8_lossy(&ran.stderr));
        let mac = if booted { MAC } else { OTHER };
        judged(&server, &acme, &format!("proven (Snom {})", mac.to_lowercase())).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_bundle_is_named_with_file_and_line_and_the_old_one_serves_on() {
    let maker = maker();
    let (server, acme) = server(&maker, None).await;
    let path = path(&server, &acme).await;
    let write = |name: &str, text: &str| {
        let file = maker.path("authorities").join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let read = |name: &str| std::fs::read_to_string(maker.path(name)).unwrap();
    write("snom/more.pem", &format!("# a note\n{}{}", read("root.pem"), read("right.pem")));
    write("snom/key.pem", &read("root.key"));
    write("loose.pem", &read("root.pem"));
    write("snom/README.md", "for people");
    let after = 2 + read("root.pem").lines().count();
    let mistakes = server.reload().await.unwrap_err();
    for expected in [
        format!("snom/more.pem:{after}: is no certificate of an authority"),
        "snom/key.pem:1: is a private key".to_owned(),
        "loose.pem: lies in no vendor's folder".to_owned(),
    ] {
        assert!(mistakes.contains(&expected), "{expected} is not in {mistakes}");
    }
    let (pem, key) = (maker.text("other.pem"), maker.text("other.key"));
    let (status, _) = asked(&server, &path, &["-cert", &pem, "-key", &key]).await;
    assert!(status.ends_with("404 Not Found"), "{status}");
    for name in ["snom/more.pem", "snom/key.pem", "loose.pem"] {
        std::fs::remove_file(maker.path("authorities").join(name)).unwrap();
    }
    write("linphone/ca.pem", &read("stranger.pem"));
    assert!(server.reload().await.unwrap_err().contains("linphone: no pack of this name says"));
    server.stop().await;
}

#[test]
fn no_mutation_of_a_certificate_is_worth_more_than_its_signature() {
    let maker = maker();
    let authorities = Authorities::load(Some(&maker.bundle(&["root"]))).unwrap();
    let (leaf, issuing) = (maker.der("below"), maker.der("issuing"));
    let whole = grade(&[&leaf, &issuing], true, &authorities);
    assert!(matches!(whole.standing, Standing::Chained { .. }), "{whole:?}");
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    let changes = prop::collection::vec(change, 1..6);
    let config = ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(changes in changes, of_issuer in any::<bool>())| {
        let (mut leaf, mut issuing) = (leaf.clone(), issuing.clone());
        let bytes = if of_issuer { &mut issuing } else { &mut leaf };
        for (at, byte, how) in changes {
            let at = at.index(bytes.len().max(1));
            match how {
                0 => bytes.truncate(at),
                1 => bytes.insert(at.min(bytes.len()), byte),
                _ if at < bytes.len() => bytes[at] = byte,
                _ => {}
            }
        }
        let graded = grade(&[&leaf, &issuing], true, &authorities);
        if let Standing::Chained { .. } = graded.standing {
            prop_assert_eq!(graded.subject, whole.subject.clone());
        }
    });
}
