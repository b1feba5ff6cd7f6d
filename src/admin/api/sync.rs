//! Whether phones have what they should, and having them asked to fetch again.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    devices,
    problem::Problem,
    table::{Method, Operation, operation},
};
use crate::admin::actions::Following;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Post,
            "/tenants/{tenant}/devices/{mac}/sync",
            "syncDevice",
            "Has its phone asked by SIP to fetch again now, even if it has what it should.",
            one,
        )
        .takes::<SyncWish>()
        .answers::<devices::DeviceShown>(),
        operation(
            Method::Post,
            "/tenants/{tenant}/sync",
            "syncAllDevices",
            "Has all phones of the tenant asked by SIP to fetch again.",
            all,
        )
        .takes::<SyncWish>()
        .answers::<Wished>(),
    ]
}

/// What is wished of phones.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SyncWish {
    /// Whether they are to restart, where they can be told to.
    #[serde(default)]
    restart: bool,
}

/// Of how many phones something was wished.
#[derive(serde::Serialize, ToSchema)]
struct Wished {
    /// How many devices the tenant has.
    devices: usize,
}

/// Whether a phone has what it should.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct FollowingShown {
    /// `never-fetched`, `fetched`, `wanted`, `asked`, `did-not-fetch` or `cannot-be-asked`.
    state: String,
    /// When it fetched the document that it has for the first time.
    fetched_at: Option<String>,
    /// Since when it has been in this state; null for one that nobody had to ask yet.
    since: Option<String>,
    /// How often it was asked for what it should have now.
    attempts: u32,
    /// What it said when it was asked last, or why it cannot be asked.
    why: Option<String>,
}

impl FollowingShown {
    pub(super) fn of(following: &Following) -> Self {
        Self {
            state: following.state.in_words().replace(' ', "-"),
            fetched_at: following.fetched_at.map(|at| at.to_string()),
            since: following.since.map(|since| since.to_string()),
            attempts: following.attempts,
            why: following.why.clone(),
        }
    }
}

async fn one(call: Call) -> Result<Answer, Problem> {
    let (mac, wish) = (call.path("mac")?, call.body::<SyncWish>()?);
    call.actions.request_sync(mac, wish.restart).await?;
    devices::shown(&call, mac).await
}

async fn all(call: Call) -> Result<Answer, Problem> {
    let wish: SyncWish = call.body()?;
    let (macs, _) = call.actions.request_sync_of_all(&call.path("tenant")?, wish.restart).await?;
    Ok(Answer::of(&Wished { devices: macs.len() }))
}
