//! What a stranger hears is the same, byte for byte, whatever the reason.

use std::net::SocketAddr;

use crate::{clients::client, running::Running};

/// Everything that the server sends back for one request over TLS.
pub(crate) fn raw(https: SocketAddr, path: &str) -> Vec<u8> {
    let connect = https.to_string();
    let arguments = ["s_client", "-quiet", "-connect", &connect, "-ign_eof"];
    client(
        "openssl",
        "openssl",
        &arguments,
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_other_tenants_and_blocked_phones_look_the_same() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 3).await;
    let other = server.tenant("other", 3).await;
    server.phone(&acme, "101", "Yealink SIP-T46U", "805ec0000101").await;
    server.phone(&acme, "102", "Yealink SIP-T46U", "805ec0000102").await;
    server.phone(&other, "101", "Yealink SIP-T46U", "805ec0000201").await;
    server.actions.block_device("805ec0000102".parse().unwrap(), true).await.unwrap();
    server.hears().await;
    let (scope, https) = (server.scope(&acme).await, server.doors.https.unwrap());
    let answers = tokio::task::spawn_blocking(move || {
        assert!(raw(https, &format!("/p/{scope}/805ec0000101.cfg")).starts_with(b"HTTP/1.1 200"));
        [
            format!("/p/{scope}/805ec0000999.cfg"),
            format!("/p/{scope}/805ec0000201.cfg"),
            format!("/p/{scope}/805ec0000102.cfg"),
            format!("/p/{scope}/nothing-that-phones-ask-for"),
            "/805ec0000101.cfg".to_owned(),
            "/805ec0000102.cfg".to_owned(),
            "/805ec0000999.cfg".to_owned(),
            "/p/taaaaaaaaaaaaaaaaaaaaaaaaaa/805ec0000101.cfg".to_owned(),
            "/".to_owned(),
        ]
        .map(|path| (raw(https, &path), path))
    });
    let answers = answers.await.unwrap();
    let (first, _) = &answers[0];
    assert!(first.starts_with(b"HTTP/1.1 404"), "{}", String::from_utf8_lossy(first));
    for (answer, path) in &answers {
        assert_eq!(String::from_utf8_lossy(answer), String::from_utf8_lossy(first), "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_decided_is_503_for_every_mac_and_error_0_over_tftp() {
    let server = Running::start(Some("acme"), None).await;
    let acme = server.tenant("acme", 3).await;
    server.phone(&acme, "101", "Yealink SIP-T46U", "805ec0000101").await;
    server.hears().await;
    std::fs::remove_file(server.path("license-keys/issuer.pem")).unwrap();
    server.reload().await.unwrap();
    let (scope, https, tftp) =
        (server.scope(&acme).await, server.doors.https.unwrap(), server.doors.tftp.unwrap());
    let (known, unknown, over_tftp) = tokio::task::spawn_blocking(move || {
        let over_tftp = std::process::Command::new("curl")
            .args(["-sS", &format!("tftp://{tftp}/805ec0000101.cfg")])
            .output()
            .unwrap();
        (
            raw(https, &format!("/p/{scope}/805ec0000101.cfg")),
            raw(https, &format!("/p/{scope}/805ec0000999.cfg")),
            over_tftp,
        )
    })
    .await
    .unwrap();
    let text = String::from_utf8_lossy(&known).into_owned();
    assert!(text.starts_with("HTTP/1.1 503") && text.contains("Retry-After: 600"), "{text}");
    assert_eq!(known, unknown);
    assert!(!over_tftp.status.success() && over_tftp.stdout.is_empty());
    server.stop().await;
}
