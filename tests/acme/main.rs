//! Certificates from an ACME server: a whole server and a real pebble, on loopback.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

mod lines;
mod pebble;
mod server;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::Ipv4Addr,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use lines::Lines;
use pebble::{Met, Place, handshake};
use server::{Server, Site, ask};

/// What a client of each kind meets.
fn met(server: &Server, root: &std::path::Path, name: &str) -> [Met; 2] {
    ["ecdsa", "rsa"].map(|kind| {
        let met = handshake(server.doors.https.unwrap(), kind, root, name);
        assert_eq!(met.kind, kind, "{met:?}");
        met
    })
}

/// What `offhook certificate show --json` says.
fn shown(site: &Site, place: &Place) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command.args(["certificate", "show", "--json", "--config", "/dev/null"]);
    for (path, text) in site.given(place) {
        let key = offhook::config::keys().find(|key| key.path() == path).unwrap();
        command.arg(format!("--{}", key.flag())).arg(text);
    }
    let ran = command.output().unwrap();
    serde_json::from_slice(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_kinds_are_ordered_kept_private_renewed_and_used_again_after_a_restart() {
    let (place, site) = (Place::new(None), Site::new("kept.example.org"));
    let pebble = place.pebble();
    let root = place.root();
    let name = site.name.as_str();
    let server = site.start(&place).await;
    server.obtains(1);
    let first = met(&server, &root, name);
    assert!(first.iter().all(|met| met.trusted), "{first:?}");

    let folder = site.folder();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let names: Vec<_> = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["account.json", "ecdsa.pem", "rsa.pem"]);
    assert!(files.iter().all(|file| mode(file) == 0o600));

    let shown_now = shown(&site, &place);
    for (at, kind) in ["ecdsa", "rsa"].into_iter().enumerate() {
        let certificate = &shown_now["certificates"][at];
        assert_eq!((&certificate["kind"], &certificate["maker"]), (&kind.into(), &"acme".into()));
        assert_eq!(certificate["names"], serde_json::json!([name]), "{shown_now}");
        assert!(certificate["issuer"].as_str().unwrap().contains("Pebble Intermediate"), "{shown_now}");
        let (until, renewal) = (certificate["until"].as_str().unwrap(), &certificate["next_renewal"]);
        assert!(renewal.as_str().unwrap() < until, "{shown_now}");
    }
    server.stop().await;

    // whoever starts again orders nothing: the next order is the renewal, by the same account
    let server = site.start(&place).await;
    assert_eq!(met(&server, &root, name), first);
    for certificate in shown_now["certificates"].as_array().unwrap() {
        let (kind, at) = (&certificate["kind"], &certificate["next_renewal"]);
        let line = format!(
            "the next {} certificate for {name} is ordered at {}",
            kind.as_str().unwrap(),
            at.as_str().unwrap()
        );
        tokio::task::block_in_place(|| Lines::log().wait(&[&line], 2));
    }
    assert_eq!(pebble.count("Issued certificate"), 2);
    let mut open = Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", &server.doors.https.unwrap().to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut asks, mut hears) = (open.stdin.take().unwrap(), BufReader::new(open.stdout.take().unwrap()));
    let mut still_open = || {
        asks.write_all(b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(hears.read_line(&mut head).unwrap(), 0, "the connection was cut after {head:?}");
        }
        assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    };
    still_open();
    server.step(61, 0);
    server.obtains(2);
    still_open();
    let second = met(&server, &root, name);
    assert!(second.iter().all(|met| met.trusted), "{second:?}");
    assert!(second.iter().zip(&first).all(|(new, old)| new.pem != old.pem));
    assert_eq!((pebble.count("accounts in memory"), pebble.count("Issued certificate")), (1, 4));
    let metrics = server.metrics().await;
    assert!(
        metrics.contains("offhook_acme_orders_total{kind=\"rsa\",outcome=\"obtained\"} 1\n"),
        "{metrics}"
    );
    open.kill().unwrap();
    open.wait().unwrap();
    server.stop().await;

    let account: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("account.json")).unwrap()).unwrap();
    let secret = account["key_pkcs8"].as_str().unwrap();
    let log = Lines::log().text();
    assert!(secret.len() > 100 && !log.contains(&secret[..40]), "the account's key is in the log");
    assert!(!log.contains("PRIVATE KEY"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_acme_server_the_old_certificates_serve_on_and_health_tells_why() {
    let (place, site) = (Place::new(None), Site::new("outage.example.org"));
    let name = site.name.as_str();
    let told = |parts: &[&str], times| tokio::task::block_in_place(|| Lines::log().wait(parts, times));
    let server = site.start(&place).await;
    server.fails(1);
    told(&["acme: there is no ECDSA certificate for outage.example.org yet", "refused"], 1);
    let fault = server.fault().await.unwrap();
    assert!(
        fault.contains("there is no RSA certificate for outage.example.org yet, our own is served: "),
        "{fault}"
    );
    let own = met(&server, &site.data.path().join("tls/ca.crt"), name);
    assert!(own.iter().all(|met| met.trusted), "{own:?}");
    assert_eq!(shown(&site, &place)["certificates"][1]["maker"], "own");

    let pebble = place.pebble();
    let root = place.root();
    server.step(0, 400);
    server.obtains(1);
    told(&["acme: all right again"], 1);
    assert_eq!(server.fault().await, None);
    let first = met(&server, &root, name);
    assert!(first.iter().all(|met| met.trusted), "{first:?}");

    // while there is time, a failure is told in the log only
    pebble.stop();
    server.step(61, 0);
    server.fails(2);
    assert_eq!((met(&server, &root, name), server.fault().await), (first, None));
    let metrics = server.metrics().await;
    assert!(
        metrics.contains("offhook_acme_orders_total{kind=\"ecdsa\",outcome=\"failed\"} 2\n"),
        "{metrics}"
    );
    server.step(68, 0);
    server.fails(3);
    told(&["acme: less than a quarter is left of the life of the ECDSA certificate for outage"], 1);
    let fault = server.fault().await.unwrap();
    assert!(fault.contains("refused"), "{fault}");

    // the new pebble does not know our account
    let _pebble = place.pebble();
    let new_root = place.root();
    server.step(69, 0);
    server.obtains(2);
    told(&["acme: all right again"], 2);
    let second = met(&server, &new_root, name);
    assert!(second.iter().all(|met| met.trusted), "{second:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_elsewhere_is_not_proved_and_health_says_so() {
    let place = Place::new(Some(Ipv4Addr::new(127, 0, 0, 2)));
    let (site, _pebble) = (Site::new("elsewhere.example.org"), place.pebble());
    let server = site.start(&place).await;
    server.fails(1);
    tokio::task::block_in_place(|| {
        Lines::log().wait(&["acme: there is no ECDSA certificate for elsewhere.example.org yet"], 1);
    });
    let fault = server.fault().await.unwrap();
    assert!(fault.contains("elsewhere.example.org was not proved to be ours"), "{fault}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_a_challenge_that_is_not_open_gets_the_common_404() {
    let (place, site) = (Place::new(None), Site::new("tokens.example.org"));
    let server = site.start(&place).await;
    let door = server.doors.http.unwrap();
    let asked = async |path: &str| {
        let answer = ask(door, &format!("GET {path} HTTP/1.0\r\nHost: other.example.org\r\n\r\n")).await;
        answer.lines().filter(|line| !line.starts_with("date:")).collect::<Vec<_>>().join("\n")
    };
    let common = asked("/unknown.cfg").await;
    assert!(common.starts_with("HTTP/1.0 404"), "{common}");
    for token in ["LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0", "", "..", "a%2Fb", "account.json", "?x"] {
        assert_eq!(asked(&format!("/.well-known/acme-challenge/{token}")).await, common, "{token}");
    }
    server.stop().await;
}
