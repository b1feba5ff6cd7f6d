//! Versions, certificates and resumption, as openssl and curl meet them.

use std::sync::atomic::Ordering::Relaxed;

use offhook::net::limits::Limits;
use offhook::net::tls::Resumption;

use crate::bed::{Bed, NAME, identity};
use crate::tools::{curl, openssl};

async fn bed() -> Bed {
    Bed::secure(Limits::default(), &identity(), Resumption::On).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_client_gets_the_certificate_that_it_can_verify() {
    let bed = bed().await;
    for (client, arguments, expected) in [
        ("a modern one", &["-tls1_3"][..], "ECDSA"),
        ("a modern one of 2014", &["-tls1_2"], "ECDSA"),
        ("RSA only, TLS 1.3", &["-tls1_3", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256"], "RSA-PSS"),
        ("RSA only, TLS 1.2", &["-tls1_2", "-sigalgs", "RSA+SHA256"], "RSA"),
        ("ECDSA only", &["-tls1_2", "-sigalgs", "ECDSA+SHA256"], "ECDSA"),
        // lists ECDSA schemes, but no suite that could use them
        ("RSA suites, all schemes", &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"], "RSA"),
        ("ECDSA suites", &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"], "ECDSA"),
        ("without a server name", &["-noservername"], "ECDSA"),
        ("with a stranger's server name", &["-servername", "other.example"], "ECDSA"),
        ("with ALPN", &["-alpn", "h2,http/1.1"], "ECDSA"),
        ("on P-256", &["-tls1_2", "-groups", "P-256"], "ECDSA"),
    ] {
        let ran = openssl(bed.address, arguments).await;
        assert!(ran.ok, "{client}: {}", ran.err);
        assert!(ran.out.contains("Verify return code: 0 (ok)"), "{client}: {}", ran.out);
        assert!(ran.out.contains("#end\n"), "{client} got no document");
        let signature = ran.out.lines().find_map(|line| line.strip_prefix("Peer signature type: "));
        let signature = signature.unwrap_or_else(|| panic!("{client}: {}", ran.out));
        let kind = if expected == "RSA" && signature == "RSA-PSS" { "RSA" } else { signature };
        assert_eq!(kind, expected, "{client}");
    }
    let counters = bed.drained().await;
    assert_eq!(counters.handshakes_failed.load(Relaxed), 0);
    assert!(counters.handshakes_tls12.load(Relaxed) >= 6 && counters.handshakes_tls13.load(Relaxed) >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_protocols_and_suites_are_refused() {
    let bed = bed().await;
    for arguments in [
        &["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"][..],
        &["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"],
        &["-tls1_2", "-cipher", "AES128-SHA"],
        &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"],
        &["-tls1_2", "-sigalgs", "RSA+SHA1", "-cipher", "DEFAULT@SECLEVEL=0"],
    ] {
        let ran = openssl(bed.address, arguments).await;
        assert!(!ran.ok && ran.err.contains("alert"), "{arguments:?}: {} {}", ran.out, ran.err);
    }
    assert_eq!(bed.drained().await.handshakes_failed.load(Relaxed), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_s_name_or_authority_does_not_verify() {
    let bed = bed().await;
    let ran = openssl(bed.address, &["-verify_hostname", "other.example"]).await;
    assert!(!ran.ok && ran.err.contains("hostname mismatch"), "{}", ran.err);
    let url = format!("https://{NAME}:{}/doc.cfg", bed.address.port());
    let ran = curl(bed.address, &["--cacert", "/dev/null", &url]).await;
    assert!(!ran.ok, "a phone without our CA accepted the certificate");
    let ran = curl(bed.address, &[&format!("https://{}/doc.cfg", bed.address)]).await;
    assert!(ran.ok, "the address is not in the certificate: {}", ran.err);
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_here_resumes_its_session() {
    for (resumption, arguments, resumed) in [
        (Resumption::On, &["-tls1_3"][..], true),
        (Resumption::On, &["-tls1_2"], true),
        (Resumption::On, &["-tls1_2", "-no_ticket"], true),
        (Resumption::Off, &["-tls1_3"], false),
        (Resumption::Off, &["-tls1_2"], false),
        (Resumption::Off, &["-tls1_2", "-no_ticket"], false),
    ] {
        let bed = Bed::secure(Limits::default(), &identity(), resumption).await;
        let dir = tempfile::tempdir().unwrap();
        let session = dir.path().join("session").display().to_string();
        let first = openssl(bed.address, &[arguments, &["-sess_out", &session]].concat()).await;
        assert!(first.ok && first.out.contains("New, TLS"), "{}", first.err);
        if arguments == ["-tls1_2"] {
            assert_eq!(first.out.contains("TLS session ticket:"), resumed, "{}", first.out);
        }
        // without resumption TLS 1.3 leaves nothing to store
        if std::fs::exists(&session).unwrap() {
            let second = openssl(bed.address, &[arguments, &["-sess_in", &session]].concat()).await;
            assert_eq!(second.out.contains("Reused, TLS"), resumed, "{arguments:?} {resumption:?}");
            assert!(second.ok && second.out.contains("#end\n"), "{}", second.err);
        } else {
            assert!(!resumed, "{arguments:?}");
        }
        assert_eq!(bed.drained().await.handshakes_resumed.load(Relaxed), u64::from(resumed), "{arguments:?}");
    }
}
