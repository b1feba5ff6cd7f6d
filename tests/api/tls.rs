//! Where the admin listener is reached from elsewhere, it speaks TLS and nothing else.

use std::process::Command;

use crate::{
    clients::raw,
    desk::token,
    office::{Office, free_port},
};

#[test]
fn away_from_loopback_the_api_is_behind_tls() {
    let office = Office::sqlite();
    office.acme();
    let port = free_port();
    let address = format!("0.0.0.0:{port}");
    let server = office.serve(&["--admin", &address]);
    let token = token(&office, &["Root", "--role", "operator"]);
    let plain = raw(([127, 0, 0, 1], port).into(), b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(!String::from_utf8_lossy(&plain).contains("200"), "{plain:?}");
    let ca = office.data().join("tls/ca.crt");
    let asked = Command::new("curl")
        .args(["-s", "--fail", "--cacert", ca.to_str().unwrap(), "-H"])
        .arg(format!("Authorization: Bearer {token}"))
        .arg(format!("https://localhost:{port}/api/v1/tenants/acme"))
        .output()
        .unwrap();
    assert!(asked.status.success(), "{asked:?}");
    assert!(String::from_utf8_lossy(&asked.stdout).contains("\"slug\":\"acme\""), "{asked:?}");
    server.stop();
}
