//! The tenants, for operators.

use minijinja::context;

use super::{
    door::{Place, page},
    failure::Failure,
    page::Answer,
    visit::Visit,
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/", home), page("/tenants", list)]
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
    let tenants = visit.actions.tenants().await?;
    let tenants: Vec<_> = tenants
        .iter()
        .map(|tenant| {
            context! { slug => tenant.slug.as_str(), name => tenant.name.as_str(), domain => tenant.sip_domain.to_string() }
        })
        .collect();
    visit.page("tenants.html", context! { tenants })
}
