//! Boot storms.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use offhook::simulator::{Network, Phones, Storm, Trust};

use crate::packs::{mac, yealink};
use crate::web::Web;

const DOCUMENT: &str = "#!version:1.0.0.1\na = 1\n";

fn storm(url: String, count: u32) -> Storm {
    let phones = Phones::counted(mac(), count).unwrap();
    Storm { model: yealink(), phones, url, concurrency: 4, rate: None, within: Duration::from_secs(20) }
}

/// A server that knows the common file and the first phones' own.
fn web(phones: u32) -> Web {
    let web = Web::default().with("/y000000000108.cfg", 200, DOCUMENT);
    (0..phones).fold(web, |web, step| web.with(&format!("/001565aabb{:02x}.cfg", 0xcc + step), 200, DOCUMENT))
}

#[tokio::test]
async fn every_phone_boots_on_a_connection_of_its_own() {
    let (at, web) = web(20).serve().await;
    let mut progress = Vec::new();
    let result = storm(format!("http://{at}/"), 20)
        .run(&Network::new(None).unwrap(), |done| progress.push(done))
        .await
        .unwrap();
    assert_eq!((result.phones, result.succeeded), (20, 20), "{result:?}");
    assert_eq!(result.bytes, 20 * 2 * u64::try_from(DOCUMENT.len()).unwrap());
    assert!(result.p50 <= result.p99 && result.p99 <= result.max && result.max <= result.took);
    assert_eq!(progress, (1..=20).collect::<Vec<_>>());
    let asked = web.asked.lock().unwrap();
    let agents: BTreeSet<_> =
        asked.iter().map(|asked| (asked.connection, asked.user_agent.clone())).collect();
    assert_eq!((asked.len(), agents.len()), (80, 20));
}

#[tokio::test]
async fn faults_are_counted_by_kind() {
    let (at, _web) = web(3).with("/001565aabbcf.cfg", 503, "").serve().await;
    let result = storm(format!("http://{at}/"), 5).run(&Network::new(None).unwrap(), |_| {}).await.unwrap();
    assert_eq!(result.succeeded, 3);
    let faults: Vec<_> = result.faults.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(faults, [("missing", 1), ("undecidable", 1)]);
}

#[tokio::test]
async fn phones_that_get_no_answer_are_left_at_their_deadline() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut storm = storm(format!("http://{}/", silent.local_addr().unwrap()), 6);
    storm.within = Duration::from_millis(40);
    let result = storm.run(&Network::new(None).unwrap(), |_| {}).await.unwrap();
    assert_eq!((result.phones, result.succeeded), (6, 0));
    assert_eq!(result.faults["deadline in request"], 6);
}

#[tokio::test]
async fn a_rate_is_counted_from_the_start_of_the_storm() {
    let (at, _web) = web(10).serve().await;
    let mut storm = storm(format!("http://{at}/"), 10);
    storm.rate = Some(200.0);
    let result = storm.run(&Network::new(None).unwrap(), |_| {}).await.unwrap();
    assert_eq!(result.succeeded, 10);
    assert!(result.took >= Duration::from_millis(45), "{result:?}");
}

#[tokio::test]
async fn over_tls_every_phone_makes_a_full_handshake() {
    let (at, web, pem) = web(8).serve_tls().await;
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, pem).unwrap();
    let mut storm = storm(format!("https://localhost:{}/", at.port()), 8);
    storm.concurrency = 1;
    let result = storm.run(&Network::new(Some(&Trust::CaFile(ca))).unwrap(), |_| {}).await.unwrap();
    assert_eq!(result.succeeded, 8, "{result:?}");
    assert_eq!(web.full_handshakes.load(Ordering::SeqCst), 8);
    assert_eq!(web.asked.lock().unwrap().len(), 32);
}
