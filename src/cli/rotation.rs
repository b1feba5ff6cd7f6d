//! `offhook key rotate`.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Answer, Desk, Failure};
use crate::admin::actions::MasterRotation;

/// Replaces the master key, and with `secrets` the key that seals as well, with so many secrets in one transaction.
/// While secrets are left from an interrupted rotation that is finished, and nothing new is begun.
pub(super) async fn rotate(desk: &Desk, secrets: Option<u32>) -> Result<Answer, Failure> {
    let actions = &desk.actions;
    let is_left = secrets.is_some() && actions.are_secrets_left().await?;
    let master = if is_left {
        actions.finish_master_rotation().await?
    } else {
        Some(actions.rotate_master_key(secrets.is_some()).await?)
    };
    let mut lines = Vec::new();
    if is_left {
        lines.push("an interrupted rotation was finished; no other was begun".to_owned());
    }
    let mut json = json!({ "finished": is_left });
    if let Some(master) = &master {
        lines.extend(told(desk, master));
        json["master"] = json!({
            "key": master.key, "before": master.before, "kept": master.kept, "left": master.left,
        });
    }
    if let Some(batch) = secrets {
        let sealed = sealed(desk, batch).await?;
        lines.push(format!("{sealed} secrets were sealed again with the newest key"));
        json["secrets"] = json!({ "key": master.and_then(|master| master.seal), "sealed": sealed });
    }
    Ok(Answer::new(lines.join("\n"), json))
}

fn told(desk: &Desk, master: &MasterRotation) -> Vec<String> {
    let mut lines = vec![match &master.before {
        Some(before) => format!("master key {} is in use in place of {before}", master.key),
        None => format!("master key {} was in use already", master.key),
    }];
    for file in &master.kept {
        lines.push(format!(
            "the old key is kept in {}: backups made before need it; move it to where you keep keys",
            file.display()
        ));
    }
    for id in &master.left {
        lines.push(format!("take the old key {id} away from {}", desk.installation.master_key));
    }
    lines
}

async fn sealed(desk: &Desk, batch: u32) -> Result<u64, Failure> {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} secrets") {
        bar.set_style(style);
    }
    let ended = desk.actions.seal_again(batch, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    let ended = ended.await;
    bar.finish_and_clear();
    Ok(ended?)
}
