//! The tenants, for operators, and the first page of everybody.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{
    door::{Place, page},
    failure::Failure,
    form::{Filled, Reading},
    page::Answer,
    visit::Visit,
};
use crate::{
    admin::actions::{ActionError, FailureKind, TenantToAdd},
    domain::{PlainText, SipDomain, TenantSlug},
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/", home), page("/tenants", list).takes(add)]
}

/// The first page: an operator chooses a tenant, everybody else has one.
async fn home(visit: Visit) -> Result<Answer, Failure> {
    if visit.actions.actor.operator {
        return Ok(Answer::GoTo("/tenants".to_owned()));
    }
    let slug = visit.actions.own_tenant().await?;
    Ok(Answer::GoTo(format!("/t/{slug}")))
}

async fn list(visit: Visit) -> Result<Answer, Failure> {
    shown(&visit, StatusCode::OK, Filled::default()).await
}

async fn shown(visit: &Visit, status: StatusCode, form: Filled) -> Result<Answer, Failure> {
    let tenants = visit.actions.tenants().await?;
    let tenants: Vec<Value> = tenants
        .iter()
        .map(|tenant| {
            let domain = tenant.sip_domain.to_string();
            context! { slug => tenant.slug.as_str(), name => tenant.name.as_str(), domain }
        })
        .collect();
    let operator = visit.actions.actor.operator;
    visit.page_as(status, "tenants.html", context! { tenants, form, operator })
}

async fn add(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let slug = reading.take("slug", "rule-slug", TenantSlug::parse);
    let name = reading.take("name", "rule-name", |text| PlainText::parse("name", text));
    let sip_domain = reading.take("sip_domain", "rule-domain", SipDomain::parse);
    let mut filled = reading.filled;
    let (Some(slug), Some(name), Some(sip_domain)) = (slug, name, sip_domain) else {
        return shown(&visit, StatusCode::UNPROCESSABLE_ENTITY, filled).await;
    };
    match visit.actions.add_tenant(TenantToAdd { slug: slug.clone(), name, sip_domain }).await {
        Ok(_) => Ok(Answer::GoTo(format!("/t/{slug}/license?done=tenant-added"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let words = visit.refused(&error).await;
            if error.code() == "tenant_exists" {
                filled.say("slug", words);
            } else {
                filled.message = Some(words);
            }
            shown(&visit, StatusCode::CONFLICT, filled).await
        }
    }
}
