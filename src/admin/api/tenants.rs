//! Operations on tenants: their names, their provisioning URLs.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found},
    field::{Fields, GivenName, GivenSipDomain, GivenSlug, whole},
    problem::Problem,
    table::{Method, Operation, operation},
};
use crate::{admin::actions::TenantToAdd, storage::Tenant};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(Method::Get, "/tenants", "listTenants", "Lists the tenants that the token sees.", list)
            .lists::<TenantShown>()
            ,
        operation(Method::Post, "/tenants", "addTenant", "Makes a tenant. Operators only.", add)
            .takes::<NewTenant>()
            .makes::<TenantDetailsShown>(),
        operation(Method::Get, "/tenants/{tenant}", "showTenant", "Shows a tenant.", show)
            .answers::<TenantDetailsShown>()
            .tagged(),
        operation(Method::Delete, "/tenants/{tenant}", "removeTenant", "Removes a tenant with everything it has. Operators only.", remove),
        operation(
            Method::Post,
            "/tenants/{tenant}/scopes",
            "rotateScope",
            "Gives the tenant's phones a new provisioning URL; the one in use goes on for some days. Operators only.",
            rotate,
        )
        .takes::<Rotation>()
        .makes::<ScopeShown>(),
    ]
}

/// A tenant.
#[derive(serde::Serialize, ToSchema)]
struct TenantShown {
    /// Its short name.
    slug: String,
    /// The company's name.
    name: String,
    /// The domain of its SIP addresses.
    sip_domain: String,
    /// Raised by every change.
    revision: i64,
}

impl TenantShown {
    fn of(tenant: &Tenant) -> Self {
        Self {
            slug: tenant.slug.to_string(),
            name: tenant.name.to_string(),
            sip_domain: tenant.sip_domain.to_string(),
            revision: tenant.revision,
        }
    }
}

/// A tenant and how much it has.
#[derive(serde::Serialize, ToSchema)]
struct TenantDetailsShown {
    /// Its short name.
    slug: String,
    /// The company's name.
    name: String,
    /// The domain of its SIP addresses.
    sip_domain: String,
    /// How many extensions it has.
    extensions: u64,
    /// How many devices it has.
    devices: u64,
    /// Raised by every change.
    revision: i64,
}

/// What makes a tenant.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTenant {
    /// Its short name.
    slug: GivenSlug,
    /// The company's name.
    name: GivenName,
    /// The domain of its SIP addresses.
    sip_domain: GivenSipDomain,
}

/// How long the scope in use goes on.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// For how many days phones may go on asking with the old URL.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, maximum = 365)]
    overlap_days: u32,
}

/// A scope: the part of the provisioning URL that must not be known to strangers.
#[derive(serde::Serialize, ToSchema)]
struct ScopeShown {
    /// What stands between `/p/` and the file in the provisioning URL.
    scope: String,
    /// When the old one ends.
    old_until: String,
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let tenants = call.actions.tenants().await?;
    let found = |tenant: &Tenant| is_found(&call, &[tenant.slug.as_str(), tenant.name.as_str()]);
    let found = tenants.into_iter().filter(found).collect();
    Ok(Answer::of(
        &Page::cut(found, &call, |tenant| tenant.slug.to_string())?.map(|tenant| TenantShown::of(&tenant)),
    ))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewTenant = call.body()?;
    let mut fields = Fields::default();
    let (slug, name) = (fields.take("/slug", body.slug), fields.take("/name", body.name));
    let sip_domain = fields.take("/sip_domain", body.sip_domain);
    let ((slug, name), sip_domain) = fields.finish(slug.zip(name).zip(sip_domain))?;
    let added = call.actions.add_tenant(TenantToAdd { slug, name, sip_domain }).await?;
    Ok(Answer::made(&details(&added)).at(added.tenant.revision))
}

async fn show(call: Call) -> Result<Answer, Problem> {
    let found = call.actions.tenant(&call.path("tenant")?).await?;
    Ok(Answer::of(&details(&found)).at(found.tenant.revision))
}

fn details(found: &crate::admin::actions::TenantDetails) -> TenantDetailsShown {
    let TenantShown { slug, name, sip_domain, revision } = TenantShown::of(&found.tenant);
    let (extensions, devices) = (found.extensions, found.devices);
    TenantDetailsShown { slug, name, sip_domain, extensions, devices, revision }
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    call.actions.remove_tenant(&call.path("tenant")?).await?;
    Ok(Answer::nothing())
}

async fn rotate(call: Call) -> Result<Answer, Problem> {
    let body: Rotation = call.body()?;
    if body.overlap_days > 365 {
        return Err(Problem::mistake("body", "/overlap_days", "is a number from 0 to 365"));
    }
    let (scope, until) = call.actions.rotate_scope(&call.path("tenant")?, body.overlap_days).await?;
    let shown = ScopeShown { scope: scope.scope.expose().clone(), old_until: until.to_string() };
    Ok(Answer::made(&shown))
}
