//! The first start: a set-up link for the first operator, to a terminal or into a file that its owner alone can read.

use std::{
    fs::{self, OpenOptions},
    io::{IsTerminal as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use anyhow::Context as _;

use crate::{
    admin::actions::{Actions, setup_path},
    storage::adopt,
};

/// The file in the data directory.
const FILE: &str = "setup-link";

/// Tells the first operator where to choose a password, while nobody has. There is no password to begin with.
pub(super) async fn invite(actions: &Actions, admin_url: &str, data: &Path) -> anyhow::Result<()> {
    let file = data.join(FILE);
    let Some((user, link)) = actions.invite_first_operator().await? else {
        let users = actions.users(None).await?;
        if !users.iter().any(|user| user.has_password) {
            tracing::warn!(
                "no operator has chosen a password yet; \"offhook user reset NAME\" makes a new link"
            );
        } else if file.exists() {
            fs::remove_file(&file).with_context(|| file.display().to_string())?;
        }
        return Ok(());
    };
    let (url, until) = (format!("{admin_url}{}", setup_path(&link)), link.expires_at);
    if std::io::stderr().is_terminal() {
        eprintln!("The first operator, \"{}\", chooses a password here (until {until}):\n{url}", user.name);
        return Ok(());
    }
    // never readable by others, not even before it is written
    let written = (|| {
        let _ = fs::remove_file(&file);
        let mut opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
        writeln!(opened, "{url}")?;
        opened.sync_all()
    })();
    if let Err(error) = written {
        // phones are served all the same, and the link can be had again
        tracing::error!(
            %error,
            "the first operator's link could not be written to {}; \"offhook user reset {}\" makes a new one",
            file.display(),
            user.name
        );
        return Ok(());
    }
    adopt(&file)?;
    tracing::info!(
        user = %user.name,
        "the first operator chooses a password with the link in {}, which is good until {until}",
        file.display()
    );
    Ok(())
}
