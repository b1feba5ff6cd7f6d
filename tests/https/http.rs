//! Answers as curl sees them, over HTTPS and plain HTTP.

use offhook::net::limits::Limits;
use offhook::net::tls::Resumption;
use offhook::transport::https::Method;

use crate::bed::{Bed, DOCUMENT, ETAG, NAME, identity};
use crate::tools::{curl, exchange};

fn lines(answer: &str) -> Vec<&str> {
    answer.split("\r\n\r\n").next().unwrap().split("\r\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_arrives_whole_over_https_and_over_http() {
    for secure in [true, false] {
        let bed = if secure {
            Bed::secure(Limits::default(), &identity(), Resumption::On).await
        } else {
            Bed::plain(Limits::default()).await
        };
        let scheme = if secure { "https" } else { "http" };
        let url = format!("{scheme}://{NAME}:{}/doc.cfg?mac=1", bed.address.port());
        let ran = curl(bed.address, &["-i", "-A", "Yealink SIP-T46U 108.86.0.20", &url]).await;
        assert!(ran.ok, "{}", ran.err);
        let (head, body) = ran.out.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.as_bytes(), *DOCUMENT);
        assert_eq!(
            lines(head),
            [
                "HTTP/1.1 200 OK",
                "Cache-Control: no-store",
                "Content-Type: text/plain",
                &format!("Etag: {ETAG}"),
                "Content-Length: 8192",
            ]
        );
        let asked = bed.last_asked();
        assert_eq!((asked.secure, asked.path.as_str(), asked.method), (secure, "/doc.cfg", Method::Get));
        assert_eq!(asked.user_agent.as_deref(), Some("Yealink SIP-T46U 108.86.0.20"));
        assert!(asked.source.ip().is_loopback() && !asked.forwarded);
        bed.drained().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_says_what_get_would_and_sends_no_body() {
    let bed = Bed::plain(Limits::default()).await;
    let get = exchange(bed.address, b"GET /doc.cfg HTTP/1.1\r\n\r\n").await;
    let head = exchange(bed.address, b"HEAD /doc.cfg HTTP/1.1\r\n\r\n").await;
    assert_eq!(lines(&head), lines(&get));
    assert!(head.ends_with("\r\n\r\n"));
    let missing = exchange(bed.address, b"HEAD /app.log HTTP/1.1\r\n\r\n").await;
    assert!(missing.starts_with("HTTP/1.1 404 "), "{missing}");
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_1_0_closes_unless_the_phone_wants_to_keep_the_connection() {
    let bed = Bed::plain(Limits::default()).await;
    let once = exchange(bed.address, b"GET /doc.cfg HTTP/1.0\r\n\r\n").await;
    assert!(once.starts_with("HTTP/1.0 200 OK\r\n") && once.ends_with("#end\n"), "{once:.200}");
    assert!(once.contains("Content-Length: 8192\r\n") && !once.contains("Transfer-Encoding"));
    let url = |path| format!("http://{}/{path}", bed.address);
    let ran = curl(
        bed.address,
        &[
            "-0",
            "-i",
            "-H",
            "Connection: keep-alive",
            "-w",
            "%{num_connects}",
            &url("doc.cfg"),
            &url("doc.cfg"),
        ],
    )
    .await;
    assert!(ran.out.starts_with("HTTP/1.0 200 OK\r\n"), "{:.200}", ran.out);
    assert!(ran.out.to_ascii_lowercase().contains("connection: keep-alive\r\n"), "{:.300}", ran.out);
    assert!(ran.out.ends_with("#end\n0"), "the second file needed a connection of its own");
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_serves_several_files() {
    let bed = Bed::secure(Limits::default(), &identity(), Resumption::On).await;
    let url = |path| format!("https://{NAME}:{}/{path}", bed.address.port());
    let ran = curl(bed.address, &[&url("missing.boot"), &url("doc.cfg"), &url("doc.cfg")]).await;
    assert!(ran.ok && ran.out.len() == 2 * DOCUMENT.len(), "{}", ran.err);
    let counters = bed.drained().await;
    assert_eq!(counters.connections.load(std::sync::atomic::Ordering::Relaxed), 1);
    assert_eq!(counters.requests.load(std::sync::atomic::Ordering::Relaxed), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_has_the_document_is_told_so() {
    let bed = Bed::plain(Limits::default()).await;
    let request = format!("GET /doc.cfg HTTP/1.1\r\nIf-None-Match: {ETAG}\r\n\r\n");
    assert_eq!(
        exchange(bed.address, request.as_bytes()).await,
        format!("HTTP/1.1 304 Not Modified\r\nCache-Control: no-store\r\nEtag: {ETAG}\r\n\r\n")
    );
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_missing_files_look_alike_to_the_last_byte() {
    let bed = Bed::plain(Limits::default()).await;
    for path in ["/missing.cfg", "/p/other/001565aabbcc.cfg", "//", "/a/../doc.cfg", "/%00", "/%ff"] {
        let answer = exchange(bed.address, format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes()).await;
        assert_eq!(
            answer, "HTTP/1.1 404 Not Found\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n",
            "{path}"
        );
    }
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_known_now_asks_the_phone_to_come_back() {
    let bed = Bed::plain(Limits::default()).await;
    assert_eq!(
        exchange(bed.address, b"GET /undecidable HTTP/1.1\r\n\r\n").await,
        "HTTP/1.1 503 Service Unavailable\r\nCache-Control: no-store\r\nRetry-After: 600\r\n\
         Content-Length: 0\r\n\r\n"
    );
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_in_between_is_noticed() {
    let bed = Bed::plain(Limits::default()).await;
    for header in ["Forwarded: for=192.0.2.1", "X-Forwarded-For: 192.0.2.1", "x-real-ip: 192.0.2.1"] {
        exchange(bed.address, format!("GET / HTTP/1.1\r\n{header}\r\n\r\n").as_bytes()).await;
        assert!(bed.last_asked().forwarded, "{header}");
    }
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_refused_without_waiting_for_it() {
    let bed = Bed::secure(Limits::default(), &identity(), Resumption::On).await;
    let url = format!("https://{NAME}:{}/0004f2000001-boot.log", bed.address.port());
    let log = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(log.path(), vec![b'.'; 3 << 20]).unwrap();
    let file = log.path().to_str().unwrap();
    for expect in ["Expect: 100-continue", "Expect:"] {
        let ran =
            curl(bed.address, &["-i", "-v", "-T", file, "-H", expect, "--expect100-timeout", "15", &url])
                .await;
        assert_eq!(
            ran.out,
            "HTTP/1.1 403 Forbidden\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "{}",
            ran.err
        );
        assert!(!ran.err.contains("100 Continue"));
    }
    bed.drained().await;
}
