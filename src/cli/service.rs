//! What the commands on extensions, auto-attendants and SIP trunks have in common.

use serde_json::json;

use super::{Answer, Desk, Failure, extension::join};
use crate::{
    admin::actions::{AddOnDetails, ServiceDetails},
    domain::{Admission, DidNumber, Ineffective, ProductId, ServiceKind, ServiceName, TenantSlug, Withheld},
};

pub(super) async fn block(
    desk: &Desk,
    tenant: &TenantSlug,
    kind: &ServiceKind,
    name: &ServiceName,
    blocked: bool,
) -> Result<Answer, Failure> {
    let changed = desk.actions.block_service(tenant, kind, name, blocked).await?;
    let state = if blocked { "blocked" } else { "not blocked" };
    let already = if changed { "" } else { " already" };
    let json = json!({ "service": name, "blocked": blocked, "changed": changed });
    Ok(Answer::new(format!("{} {name} is {state}{already}", word(kind)), json))
}

pub(super) async fn remove(
    desk: &Desk,
    tenant: &TenantSlug,
    kind: &ServiceKind,
    name: &ServiceName,
) -> Result<Answer, Failure> {
    let freed = desk.actions.remove_service(tenant, kind, name).await?;
    let lines = if freed.is_empty() { String::new() } else { format!("; free: {}", join(&freed)) };
    let text = format!("removed {} {name}{lines}", word(kind));
    Ok(Answer::new(text, json!({ "removed": name, "freed": freed })))
}

pub(super) const fn word(kind: &ServiceKind) -> &'static str {
    match kind {
        ServiceKind::AutoAttendant => "auto-attendant",
        ServiceKind::Trunk => "SIP trunk",
        ServiceKind::Extension | ServiceKind::Other(_) => "extension",
    }
}

/// How a plan is told that was asked for, or only looked at.
pub(super) const fn has(asked: bool, changed: bool) -> &'static str {
    match (asked, changed) {
        (false, _) => "has",
        (true, true) => "has now",
        (true, false) => "had already",
    }
}

/// Whether something is admitted: "admitted", "withheld: …", "undecidable".
pub(super) fn in_words(admission: Option<Admission>) -> String {
    match admission {
        None => "undecidable".to_owned(),
        Some(Admission::Admitted) => "admitted".to_owned(),
        Some(Admission::Withheld(why)) => format!("withheld: {why}"),
    }
}

/// The same for programs: whether it is admitted (none while undecidable), and why not.
pub(super) const fn judged(admission: Option<Admission>) -> (Option<bool>, Option<Withheld>) {
    match admission {
        None => (None, None),
        Some(Admission::Admitted) => (Some(true), None),
        Some(Admission::Withheld(why)) => (Some(false), Some(why)),
    }
}

/// The main product and the add-ons: "product pro with voicemail (withheld: …)".
pub(super) fn products(main: &ProductId, details: &[AddOnDetails]) -> String {
    if details.is_empty() {
        format!("product {main}")
    } else {
        format!("product {main} with {}", addons(details))
    }
}

/// The add-ons, with the number of their seats where it is not one, and why some have no effect.
pub(super) fn addons(details: &[AddOnDetails]) -> String {
    let addon = |addon: &AddOnDetails| {
        let seats = if addon.seats == 1 { String::new() } else { format!("{} ", addon.seats) };
        match addon.admission {
            Some(Admission::Admitted) => format!("{seats}{}", addon.product),
            other => format!("{seats}{} ({})", addon.product, in_words(other)),
        }
    };
    details.iter().map(addon).collect::<Vec<_>>().join(", ")
}

pub(super) fn addons_json(details: &[AddOnDetails]) -> serde_json::Value {
    let addon = |addon: &AddOnDetails| {
        let (admitted, withheld) = judged(addon.admission);
        json!({
            "product": addon.product,
            "name": addon.name,
            "seats": addon.seats,
            "admitted": admitted,
            "withheld": withheld,
        })
    };
    details.iter().map(addon).collect()
}

/// What its products grant without effect, a line each behind the text.
pub(super) fn with_ineffective(text: &str, found: &[Ineffective]) -> String {
    found.iter().fold(text.to_owned(), |text, what| format!("{text}\n({what})"))
}

pub(super) fn ineffective_json(found: &[Ineffective]) -> serde_json::Value {
    let told = |what: &Ineffective| {
        let (mac, line) = what.place.unzip();
        json!({
            "effect": what.effect,
            "why": what.why.as_str(),
            "mac": mac,
            "line": line,
            "message": what.to_string(),
        })
    };
    found.iter().map(told).collect()
}

pub(super) fn numbers(dids: &[DidNumber]) -> String {
    dids.iter().map(DidNumber::as_str).collect::<Vec<_>>().join(", ")
}

/// The lines that show any service.
pub(super) fn service_fields(details: &ServiceDetails) -> Vec<(&'static str, String)> {
    let service = &details.service;
    let product = match &details.product_name {
        Some(name) => format!("{name} ({})", service.product),
        None => service.product.to_string(),
    };
    let mut lines = Vec::new();
    lines.extend(service.number.as_ref().map(|number| ("number", number.to_string())));
    lines.push(("name", service.name.to_string()));
    lines.push(("product", product));
    lines.push((
        "add-ons",
        if details.addons.is_empty() { "none".to_owned() } else { addons(&details.addons) },
    ));
    lines.push(("state", in_words(details.admission)));
    lines.push((
        "DID numbers",
        if details.dids.is_empty() { "none".to_owned() } else { numbers(&details.dids) },
    ));
    lines.extend(details.undecidable.as_ref().map(|why| ("undecidable", why.to_string())));
    lines
}

/// What is told of any service to programs.
pub(super) fn service_json(details: &ServiceDetails) -> serde_json::Value {
    let service = &details.service;
    let (admitted, withheld) = judged(details.admission);
    let mut json = json!({
        "name": service.name,
        "product": service.product,
        "addons": addons_json(&details.addons),
        "blocked": service.blocked,
        "blocked_by_operator": details.blocked_by_operator,
        "admitted": admitted,
        "withheld": withheld,
        "dids": details.dids,
    });
    if let Some(number) = &service.number {
        json["number"] = number.as_str().into();
    }
    json
}
