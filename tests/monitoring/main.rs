//! What monitoring sees on the admin listener, asked with curl.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

use std::process::Command;
use std::sync::Arc;

use offhook::admin::{door::AdminDoor, status};
use offhook::domain::{SteppedClock, Timestamp};
use offhook::net::{accept::Server, limits::Limits};
use offhook::observability::health::Health;
use offhook::observability::metrics::Metrics;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The answer's code, content type and body.
async fn curl(url: String) -> (String, String, String) {
    let output = tokio::task::spawn_blocking(move || {
        let mut curl = Command::new("curl");
        curl.args(["-s", "--noproxy", "*", "-w", "\n%{http_code} %{content_type}", &url]);
        curl.output().expect("these tests need curl: apt-get install curl")
    });
    let output = String::from_utf8(output.await.unwrap().stdout).unwrap();
    let (body, last) = output.rsplit_once('\n').unwrap();
    let (code, content_type) = last.split_once(' ').unwrap();
    (code.to_owned(), content_type.to_owned(), body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_health_and_metrics_are_told() {
    let health = Health::new(Arc::new(SteppedClock::at(Timestamp::from_seconds(1_800_000_000))));
    let metrics = Arc::new(Metrics::default());
    metrics.gauge("connections_open", "Connections open now", &[("door", "https")], || 3);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let routes = status::routes(health.clone(), metrics);
    let server = Server {
        handler: AdminDoor::new(routes),
        tls: None,
        limits: Limits::default(),
        counters: Arc::default(),
        mask_control_bytes: false,
        factory: None,
    };
    let server = tokio::spawn(server.run(listener, async { stopped.await.unwrap_or_default() }));

    let latch = health.latch("catalog");
    let (code, kind, body) = curl(format!("{base}/readyz")).await;
    assert_eq!((code.as_str(), kind.as_str()), ("503", "application/json"));
    assert_eq!(body, r#"{"faults":[],"status":"starting","waiting_for":["catalog"]}"#);
    assert_eq!(curl(format!("{base}/healthz")).await.0, "200");

    latch.set();
    health.fault("database", "connection refused");
    let (code, _, body) = curl(format!("{base}/readyz")).await;
    assert_eq!(code, "200");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["status"], "degraded");
    assert_eq!(body["faults"][0]["why"], "connection refused");

    let (code, kind, body) = curl(format!("{base}/metrics")).await;
    assert_eq!(code, "200");
    assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(body.contains("offhook_connections_open{door=\"https\"} 3\n"), "{body}");
    assert_eq!(curl(format!("{base}/p/x")).await.0, "404");

    health.stopping();
    assert_eq!(curl(format!("{base}/readyz")).await.0, "503");
    stop.send(()).unwrap();
    server.await.unwrap();
}
