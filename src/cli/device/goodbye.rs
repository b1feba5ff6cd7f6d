//! What `offhook device` says of phones that lose lines, or are no devices any more.

use serde_json::{Value, json};

use super::shown::{apart, described, told};
use crate::{
    admin::actions::{Actions, FormerDetails, FreedLine, SipPassword},
    cli::{Answer, Failure, answer::table},
    domain::{LineNumber, Mac, ServiceName, TenantSlug, Timestamp},
};

/// Frees a line.
pub(super) async fn release(
    actions: &Actions,
    (mac, line): (Mac, LineNumber),
    keep_passwords: bool,
) -> Result<Answer, Failure> {
    let released = actions.release_line(mac, line, password(keep_passwords)).await?;
    let carried: Vec<_> = released.carried.iter().map(ServiceName::in_words).collect();
    let text = format!("line {line} of {} is free; it carried {}", mac.colons(), carried.join(", "));
    let (released, renewed) = (released.carried.first(), &released.renewed);
    let json = json!({ "mac": mac, "line": line, "released": released, "new_passwords": renewed });
    Ok(Answer::new(with_renewed(&text, renewed), json))
}

/// Puts another phone in the place of a broken one.
pub(super) async fn replace(
    actions: &Actions,
    (old, new): (Mac, Mac),
    keep_passwords: bool,
) -> Result<Answer, Failure> {
    let renewed = actions.replace_device(old, new, password(keep_passwords)).await?.renewed;
    let details = actions.device(new).await?;
    let mut json = described(&details, false);
    json["new_passwords"] = json!(renewed);
    Ok(Answer::new(with_renewed(&told(&details, false), &renewed), json))
}

/// Removes a phone.
pub(super) async fn remove(
    actions: &Actions,
    mac: Mac,
    release: bool,
    keep_passwords: bool,
) -> Result<Answer, Failure> {
    let release = release.then(|| password(keep_passwords));
    let renewed = actions.remove_device(mac, release).await?.renewed;
    let text = format!("removed device {}; for 90 days its phone gets blank documents", mac.colons());
    Ok(Answer::new(with_renewed(&text, &renewed), json!({ "removed": mac, "new_passwords": renewed })))
}

/// Phones that are no devices any more.
pub(super) async fn former(actions: &Actions, tenant: &TenantSlug) -> Result<Answer, Failure> {
    Ok(listed(&actions.former_devices(tenant).await?))
}

const fn password(keep: bool) -> SipPassword {
    if keep { SipPassword::Kept } else { SipPassword::Renewed }
}

/// The text, and which SIP passwords are new.
fn with_renewed(text: &str, renewed: &[ServiceName]) -> String {
    let names: Vec<_> = renewed.iter().map(ServiceName::of_account).collect();
    match names.as_slice() {
        [] => text.to_owned(),
        [one] => format!("{text}\n{one} has a new SIP password, which its PBX must take"),
        many => format!("{text}\n{} have new SIP passwords, which their PBX must take", many.join(", ")),
    }
}

fn state(taken_at: Option<Timestamp>) -> String {
    taken_at.map_or_else(|| "waiting for the phone".to_owned(), |at| format!("taken, last {at}"))
}

/// A line that is free.
pub(super) fn line(freed: &FreedLine) -> String {
    let (carried, at) = (freed.carried.in_words(), freed.at);
    format!("{}: carried {carried} until {at}; {}", freed.line, state(freed.taken_at))
}

/// The same for programs.
pub(super) fn line_json(freed: &FreedLine) -> Value {
    let (number, trunk) = apart(&freed.carried);
    json!({
        "line": freed.line,
        "number": number,
        "trunk": trunk,
        "at": freed.at.to_string(),
        "taken_at": freed.taken_at.map(|at| at.to_string()),
    })
}

fn listed(formers: &[FormerDetails]) -> Answer {
    let rows = formers.iter().map(|FormerDetails { former, taken_at }| {
        let replaced = former.replaced_by.map(|by| format!("replaced by {}", by.colons()));
        vec![
            former.device.mac.colons(),
            former.device.name.to_string(),
            former.device.model.clone().unwrap_or_else(|| "auto".to_owned()),
            replaced.unwrap_or_else(|| "removed".to_owned()),
            former.removed_at.to_string(),
            former.until().to_string(),
            state(*taken_at),
        ]
    });
    let headers = ["MAC", "name", "model", "what", "since", "kept until", "blank document"];
    let text = table(&headers, rows.collect(), "no former device");
    let json: Vec<_> = formers
        .iter()
        .map(|FormerDetails { former, taken_at }| {
            json!({
                "mac": former.device.mac,
                "name": former.device.name,
                "model": former.device.model,
                "replaced_by": former.replaced_by,
                "removed_at": former.removed_at.to_string(),
                "until": former.until().to_string(),
                "taken_at": taken_at.map(|at| at.to_string()),
            })
        })
        .collect();
    Answer::new(text, json.into())
}
