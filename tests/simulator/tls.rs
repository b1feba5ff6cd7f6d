//! Whom a phone trusts.

use std::path::PathBuf;
use std::time::Duration;

use offhook::simulator::{Boot, FetchError, Network, Outcome, ProvisioningUrl, Trust, boot};

use crate::packs::{factory, yealink};
use crate::web::Web;

const DOCUMENT: &str = "#!version:1.0.0.1\na = 1\n";

async fn boots(port: u16, trust: Option<Trust>) -> Boot {
    let url = ProvisioningUrl::parse(&format!("https://localhost:{port}/001565aabbcc.cfg")).unwrap();
    let network = Network::new(trust.as_ref()).unwrap();
    boot(&mut factory(yealink()), &url, &network, Duration::from_secs(20)).await
}

fn failure(boot: &Boot) -> String {
    let Outcome::Failed(error) = &boot.files[0].outcome else { panic!("{boot:?}") };
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    format!("{error}: {source}")
}

fn written(folder: &tempfile::TempDir, pem: &str) -> Trust {
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    Trust::CaFile(path)
}

fn web() -> Web {
    Web::default().with("/001565aabbcc.cfg", 200, DOCUMENT)
}

#[tokio::test]
async fn a_server_with_a_certificate_of_the_given_authority_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (at, _web, pem) = web().serve_tls().await;
    assert!(boots(at.port(), Some(written(&folder, &pem))).await.got_something());
}

#[tokio::test]
async fn a_server_of_another_authority_is_refused_and_the_message_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (_, _other, wrong) = Web::default().serve_tls().await;
    let (at, web, _) = web().serve_tls().await;
    let boot = boots(at.port(), Some(written(&folder, &wrong))).await;
    let message = failure(&boot);
    assert!(
        message.starts_with(&format!("the TLS handshake with https://localhost:{} failed", at.port())),
        "{message}"
    );
    assert!(message.contains("invalid peer certificate"), "{message}");
    assert!(web.paths().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (at, _web, pem) = web().serve_tls().await;
    let url = ProvisioningUrl::parse(&format!("https://{at}/001565aabbcc.cfg")).unwrap();
    let network = Network::new(Some(&written(&folder, &pem))).unwrap();
    let boot = boot(&mut factory(yealink()), &url, &network, Duration::from_secs(20)).await;
    assert!(failure(&boot).contains("not valid for name"), "{}", failure(&boot));
}

#[tokio::test]
async fn without_a_check_anybody_is_trusted() {
    let (at, _web, _) = web().serve_tls().await;
    assert!(boots(at.port(), Some(Trust::Anybody)).await.got_something());
}

#[tokio::test]
async fn https_needs_a_word_on_whom_to_trust() {
    let (at, _web, _) = web().serve_tls().await;
    let boot = boots(at.port(), None).await;
    assert!(failure(&boot).contains("needs a CA file"), "{}", failure(&boot));
}

#[test]
fn a_ca_file_that_is_missing_or_empty_is_refused() {
    let missing = Trust::CaFile(PathBuf::from("/nonexistent/ca.pem"));
    assert!(matches!(Network::new(Some(&missing)), Err(FetchError::CaFile { .. })));
    let folder = tempfile::tempdir().unwrap();
    let Err(error) = Network::new(Some(&written(&folder, "nothing"))) else {
        panic!("an empty CA file was taken")
    };
    assert!(error.to_string().ends_with("holds no certificate"), "{error}");
}
