//! `offhook key rotate`.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Answer, Desk, Failure};

/// Replaces the master key, and `secrets` the key that seals as well, with so many secrets
/// in one transaction. A rotation that was ended half-way is finished
/// first, and nothing new is begun.
pub(super) async fn rotate(desk: &Desk, secrets: Option<u32>) -> Result<Answer, Failure> {
    let actions = &desk.actions;
    if let Some(batch) = secrets
        && actions.is_seal_rotation_open().await?
    {
        let (text, json) = sealed(desk, batch, false).await?;
        return Ok(Answer::new(
            format!("an interrupted rotation was finished\n{text}"),
            json!({ "secrets": json }),
        ));
    }
    let master = actions.rotate_master_key().await?;
    let mut text = match &master.before {
        Some(before) => format!("master key {} is in use in place of {before}", master.key),
        None => format!("an interrupted rotation was finished; master key {} is in use", master.key),
    };
    for file in &master.kept {
        text += &format!(
            "\nthe old key is kept in {}: backups made before need it; move it to where you keep keys",
            file.display()
        );
    }
    for id in &master.left {
        text += &format!("\ntake the old key {id} away from {}", desk.installation.master_key);
    }
    let mut json = json!({
        "master": { "key": master.key, "before": master.before, "kept": master.kept, "left": master.left },
    });
    if let Some(batch) = secrets {
        let (told, details) = sealed(desk, batch, true).await?;
        text += &format!("\n{told}");
        json["secrets"] = details;
    }
    Ok(Answer::new(text, json))
}

async fn sealed(desk: &Desk, batch: u32, new: bool) -> Result<(String, serde_json::Value), Failure> {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} secrets") {
        bar.set_style(style);
    }
    let ended = desk.actions.rotate_seal(batch, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    let ended = ended.await;
    bar.finish_and_clear();
    let ended = ended?;
    let with = if new { "with a new key" } else { "with the newest key" };
    let text = format!("{} secrets were sealed again {with}", ended.sealed);
    Ok((text, json!({ "key": ended.key, "sealed": ended.sealed })))
}
