//! `offhook walk`.

use serde_json::json;

use super::{Answer, Desk, Failure, answer::table};

/// Walks over MACs.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
pub enum WalkCommand {
    /// List who asked for many different MACs that are no devices, the newest first
    #[command(
        after_help = "A walk is found when one address (IPv6: one /64) asks for about 256 such MACs within ten minutes, or all
addresses together for about 1024 with one tenant's URL. What it is refused is then answered slower and slower; phones
behind the same address that may have their files get them as always. While it goes on, the health page shows it."
    )]
    List,
}

impl WalkCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let Self::List = self;
        let walks = desk.actions.walks().await?;
        let rows = walks.iter().map(|(walk, tenant)| {
            vec![
                walk.source.clone(),
                walk.door.clone(),
                walk.macs.to_string(),
                walk.requests.to_string(),
                walk.began_at.to_string(),
                walk.seen_at.to_string(),
                tenant.as_ref().map(ToString::to_string).unwrap_or_default(),
            ]
        });
        let headers = ["source", "door", "MACs", "requests", "since", "last", "URL of"];
        let json = walks.iter().map(|(walk, tenant)| {
            json!({
                "source": walk.source,
                "door": walk.door,
                "macs": walk.macs,
                "requests": walk.requests,
                "since": walk.began_at.to_string(),
                "last": walk.seen_at.to_string(),
                "tenant": tenant,
            })
        });
        Ok(Answer::new(table(&headers, rows.collect(), "no walk over MACs was seen"), json.collect()))
    }
}
