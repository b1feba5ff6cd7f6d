//! Having phones asked to fetch again, and whether they have what they should, as `offhook device` shows it.

use std::time::Duration;

use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::{
    admin::actions::{Actions, FollowState, Following},
    cli::{Answer, Failure, WrongInput, answer::table},
    domain::{Mac, TenantSlug, Timestamp},
};

/// How often it is looked who has followed.
const LOOK: Duration = Duration::from_millis(500);

/// Which phones are asked, and whether it is waited for them.
#[derive(Clone, Debug, clap::Args)]
pub struct SyncFlags {
    /// MAC addresses
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    macs: Vec<Mac>,
    /// All phones of this tenant
    #[arg(long, value_name = "TENANT")]
    all: Option<TenantSlug>,
    /// Have them restart, where they can be told to
    #[arg(long)]
    restart: bool,
    /// Wait until each has fetched, or is given up; for 120 seconds, or as many as are said
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "120", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    wait: Option<u64>,
}

type Seen = (Mac, Following, Option<Timestamp>);

impl SyncFlags {
    pub(super) async fn run(self, actions: &Actions) -> Result<Answer, Failure> {
        let mut wished = Vec::new();
        if let Some(tenant) = &self.all {
            let (macs, revision) = actions.request_sync_of_all(tenant, self.restart).await?;
            wished.extend(macs.into_iter().map(|mac| (mac, revision)));
        }
        for mac in &self.macs {
            wished.push((*mac, actions.request_sync(*mac, self.restart).await?));
        }
        let macs: Vec<Mac> = wished.iter().map(|(mac, _)| *mac).collect();
        let Some(seconds) = self.wait else {
            let text =
                format!("phones to be asked: {}; \"offhook device list\" shows who has fetched", macs.len());
            return Ok(Answer::new(text, json!({ "wished": macs })));
        };
        let seen = wait(actions, &wished, Duration::from_secs(seconds)).await?;
        let open = seen.iter().filter(|one| !is_settled(one, &wished)).count();
        if open > 0 {
            let text = format!(
                "{}\n\n{open} phones have not fetched within {seconds} seconds; they are asked on",
                shown(&seen)
            );
            return Err(WrongInput::new(text).into());
        }
        let all: Vec<Value> = seen
            .iter()
            .map(|(mac, following, _)| json!({ "mac": mac, "provisioned": described(following) }))
            .collect();
        Ok(Answer::new(shown(&seen), all.into()))
    }
}

async fn wait(actions: &Actions, wished: &[(Mac, i64)], within: Duration) -> Result<Vec<Seen>, Failure> {
    let macs: Vec<Mac> = wished.iter().map(|(mac, _)| *mac).collect();
    let bar = ProgressBar::new(macs.len() as u64);
    let ends = tokio::time::Instant::now() + within;
    loop {
        let seen = actions.following(&macs).await?;
        let settled = seen.iter().filter(|one| is_settled(one, wished)).count();
        bar.set_position(settled as u64);
        if settled == seen.len() || tokio::time::Instant::now() >= ends {
            bar.finish_and_clear();
            return Ok(seen);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Whether the wish was heard and nothing more comes of it. Of a phone that was never seen nothing is heard.
fn is_settled((mac, following, seen): &Seen, wished: &[(Mac, i64)]) -> bool {
    let wish = wished.iter().find(|(of, _)| of == mac).map_or(0, |(_, revision)| *revision);
    seen.is_none() || (following.heard >= wish && following.state.is_settled())
}

fn shown(seen: &[Seen]) -> String {
    let rows = seen.iter().map(|(mac, following, at)| {
        let state = if at.is_none() { "never seen".to_owned() } else { in_words(following) };
        vec![mac.colons(), state]
    });
    table(&["MAC", "provisioned"], rows.collect(), "no phone")
}

/// In one line: the state, since when, and why.
pub(super) fn in_words(following: &Following) -> String {
    let state = following.state.in_words();
    let (times, at) = match following.state {
        FollowState::NeverFetched | FollowState::Fetched => (None, following.fetched_at),
        _ => (Some(following.attempts).filter(|times| *times > 0), following.since),
    };
    let times = times.map(|times| format!(" {times} times")).unwrap_or_default();
    let since = at.map(|at| format!(" since {at}")).unwrap_or_default();
    let why = following.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{state}{times}{since}{why}")
}

/// The same for programs.
pub(super) fn described(following: &Following) -> Value {
    json!({
        "state": following.state,
        "fetched_at": following.fetched_at.map(|at| at.to_string()),
        "since": following.since.map(|at| at.to_string()),
        "attempts": following.attempts,
        "why": following.why,
    })
}
