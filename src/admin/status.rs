//! What monitoring asks of the admin listener, without a login and without a secret:
//!
//! | path | answer |
//! |---|---|
//! | `/metrics` | all metrics as OpenMetrics text |
//! | `/healthz` | 200 as long as the process answers at all, with its health as JSON |
//! | `/readyz` | 200 when new work should come here, else 503, with its health as JSON |

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::observability::health::Health;
use crate::observability::metrics::Metrics;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the routes show.
#[derive(Clone, Debug)]
struct Status {
    health: Health,
    metrics: Arc<Metrics>,
}

/// The routes, to be served alone or beside others.
pub fn routes(health: Health, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/metrics", get(all_metrics))
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .with_state(Status { health, metrics })
}

async fn all_metrics(State(status): State<Status>) -> Response {
    ([(header::CONTENT_TYPE, OPEN_METRICS)], status.metrics.render()).into_response()
}

async fn alive(State(status): State<Status>) -> Response {
    as_json(StatusCode::OK, &status.health)
}

async fn ready(State(status): State<Status>) -> Response {
    let takes_work = status.health.readiness().takes_work();
    as_json(if takes_work { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &status.health)
}

fn as_json(code: StatusCode, health: &Health) -> Response {
    let fresh = [(header::CACHE_CONTROL, "no-store")];
    (code, fresh, axum::Json(health.json())).into_response()
}
