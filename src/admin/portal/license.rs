//! A tenant's license: what it says in full, what waits, and, for operators, installing another.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{
    door::{Place, page},
    failure::Failure,
    form::Filled,
    overview::license_shown,
    page::Answer,
    visit::Visit,
};
use crate::{
    admin::actions::{ActionError, FailureKind},
    domain::{Component, Level, license::License},
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/license", show).takes(install)]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    shown(&visit, StatusCode::OK, Filled::default()).await
}

async fn shown(visit: &Visit, status: StatusCode, form: Filled) -> Result<Answer, Failure> {
    let overview = visit.actions.license_overview(visit.slug()?).await?;
    let described = |license: &License| -> Value {
        context! {
            id => license.id(),
            serial => license.serial(),
            issuer => license.issuer(),
            from => visit.when(license.not_before()),
            until => visit.when(license.expires()),
            grace => license.grace_days(),
        }
    };
    let context = context! {
        form,
        license => license_shown(visit, &overview),
        governing => overview.governing.as_ref().map(described),
        waiting => overview.waiting.iter().map(described).collect::<Vec<_>>(),
        may_install => visit.may(Component::Licenses, Level::Change),
    };
    visit.page_as(status, "license.html", context)
}

async fn install(visit: Visit) -> Result<Answer, Failure> {
    let jws = visit.form.text("license");
    let force = visit.form.text("force") == "true";
    match visit.actions.install_license(visit.slug()?, jws, force).await {
        Ok(outcome) => {
            let done = if outcome.unchanged { "license-there" } else { "license-installed" };
            Ok(visit.go_to("/license", Some(done)))
        }
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let mut form = Filled::with([("license", jws.to_owned())]);
            form.say("license", visit.refused(&error).await);
            shown(&visit, StatusCode::CONFLICT, form).await
        }
    }
}
