//! Walks over MACs, as the API shows them.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    problem::Problem,
    table::{Method, Operation, operation},
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Get,
            "/walks",
            "listWalks",
            "Lists who asked for many different MACs that are no devices, the newest first. Operators only.",
            list,
        )
        .answers_list::<WalkShown>(),
    ]
}

/// Somebody asked for many different MACs that are no devices.
#[derive(serde::Serialize, ToSchema)]
struct WalkShown {
    /// Who: an address, an IPv6 network, or all sources that used one tenant's URL.
    source: String,
    /// The door that was used last: `https`, `http`, `tftp` or `pnp`.
    door: String,
    /// About how many different MACs within ten minutes, at most.
    macs: i64,
    /// How many requests since it was found.
    requests: i64,
    /// When it was found.
    since: String,
    /// When it went on last, as far as it was noted.
    last: String,
    /// The tenant whose URL was used when it was found.
    tenant: Option<String>,
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let walks = call.actions.walks().await?;
    let shown = walks.into_iter().map(|(walk, tenant)| WalkShown {
        source: walk.source,
        door: walk.door,
        macs: walk.macs,
        requests: walk.requests,
        since: walk.began_at.to_string(),
        last: walk.seen_at.to_string(),
        tenant: tenant.map(|slug| slug.to_string()),
    });
    Ok(Answer::of(&shown.collect::<Vec<_>>()))
}
