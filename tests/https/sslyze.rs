//! sslyze (`PyPI`) looks for what is wrong with the TLS of a server: versions, suites, curves, resumption, known holes.

use std::process::Stdio;

use offhook::net::{limits::Limits, tls::Resumption};
use serde_json::Value;
use tokio::process::Command;

use crate::bed::{Bed, identity, in_time};

const SCANS: [&str; 16] = [
    "--sslv2",
    "--sslv3",
    "--tlsv1",
    "--tlsv1_1",
    "--tlsv1_2",
    "--tlsv1_3",
    "--compression",
    "--early_data",
    "--openssl_ccs",
    "--fallback",
    "--heartbleed",
    "--robot",
    "--reneg",
    "--resum",
    "--elliptic_curves",
    "--ems",
];

/// What it found of a server with our limits and resumption.
#[expect(clippy::disallowed_methods, reason = "the script that runs the tests says where the program is")]
async fn scanned() -> Value {
    let program = std::env::var("OFFHOOK_SSLYZE").expect("tests/run installs it and says where it is");
    let bed = Bed::secure(Limits::default(), &identity(), Resumption::On).await;
    let folder = tempfile::tempdir().unwrap();
    let found = folder.path().join("found.json");
    let mut sslyze = Command::new(program);
    sslyze.args(SCANS).args(["--mozilla_config", "disable", "--json_out"]).arg(&found);
    sslyze.arg(bed.address.to_string()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ran = in_time(sslyze.kill_on_drop(true).output()).await.unwrap();
    let found = std::fs::read(&found).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let found: Value = serde_json::from_slice(&found).unwrap();
    bed.drained().await;
    let server = &found["server_scan_results"][0];
    assert_eq!(server["scan_status"], "COMPLETED", "{server}");
    server["scan_result"].clone()
}

/// The result of one scan, which must have been completed.
fn result<'a>(found: &'a Value, scan: &str) -> &'a Value {
    assert_eq!(found[scan]["status"], "COMPLETED", "{scan}: {}", found[scan]);
    &found[scan]["result"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_finds_current_tls_with_forward_secrecy_and_no_known_hole() {
    let found = scanned().await;
    for version in ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"] {
        let suites = result(&found, &format!("{version}_cipher_suites"));
        let current = matches!(version, "tls_1_2" | "tls_1_3");
        assert_eq!(suites["is_tls_version_supported"], current, "{version}");
        for suite in suites["accepted_cipher_suites"].as_array().unwrap() {
            let name = suite["cipher_suite"]["name"].as_str().unwrap();
            let sealed = name.contains("_GCM_") || name.contains("CHACHA20_POLY1305");
            assert!(sealed, "{version}: {name} is no authenticated encryption");
            let fresh = version == "tls_1_3" || name.starts_with("TLS_ECDHE_");
            assert!(fresh, "{version}: {name} has no forward secrecy");
        }
    }
    for (scan, fact, expected) in [
        ("tls_compression", "supports_compression", false),
        ("tls_1_3_early_data", "supports_early_data", false),
        ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", false),
        ("heartbleed", "is_vulnerable_to_heartbleed", false),
        ("session_renegotiation", "is_vulnerable_to_client_renegotiation_dos", false),
        ("tls_extended_master_secret", "supports_ems_extension", true),
    ] {
        assert_eq!(result(&found, scan)[fact], expected, "{scan}");
    }
    let robot = result(&found, "robot")["robot_result"].as_str().unwrap();
    assert!(robot.starts_with("NOT_VULNERABLE"), "{robot}");
    // by ticket as well, which it does not see because each resumption renews the ticket: openssl does, in `tls`
    let resumption = result(&found, "session_resumption");
    assert_eq!(resumption["session_id_resumption_result"], "FULLY_SUPPORTED", "{resumption}");
    for curve in result(&found, "elliptic_curves")["supported_curves"].as_array().unwrap() {
        let name = curve["name"].as_str().unwrap();
        assert!(["X25519", "secp256r1", "secp384r1", "secp521r1"].contains(&name), "{name}");
    }
}
