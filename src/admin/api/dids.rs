//! Operations on DID numbers.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found, only},
    field::{Fields, GivenDid, GivenService},
    problem::Problem,
    shown::made_before,
    table::{Method, Operation, QueryParameter, operation},
};
use crate::{
    admin::actions::DidDetails,
    domain::{DidNumber, ServiceName},
};

const FREE: QueryParameter = QueryParameter {
    name: "free",
    about: "Only those that nobody answers, or only those that somebody does.",
    schema: r#"{"type":"boolean"}"#,
    required: false,
};

pub(super) fn operations() -> Vec<Operation> {
    const LIST: &str = "/tenants/{tenant}/dids";
    const ONE: &str = "/tenants/{tenant}/dids/{did}";
    vec![
        operation(
            Method::Get,
            LIST,
            "listDids",
            "Lists the tenant's public numbers and who answers them.",
            list,
        )
        .lists::<DidShown>()
        .query(FREE),
        operation(
            Method::Post,
            LIST,
            "addDids",
            "Gives the tenant public numbers, all of them or none. Operators only.",
            add,
        )
        .takes::<NewDids>()
        .makes::<NewDidsShown>()
        .once(),
        operation(
            Method::Delete,
            ONE,
            "removeDid",
            "Takes a public number that nobody answers from the tenant. Operators only.",
            remove,
        ),
        operation(
            Method::Put,
            "/tenants/{tenant}/dids/{did}/service",
            "assignDid",
            "Lets a service answer a public number that is free.",
            assign,
        )
        .takes::<Answering>(),
        operation(
            Method::Delete,
            "/tenants/{tenant}/dids/{did}/service",
            "releaseDid",
            "Lets nobody answer it.",
            release,
        ),
    ]
}

/// A public number.
#[derive(serde::Serialize, ToSchema)]
struct DidShown {
    /// The number.
    number: String,
    /// Who answers it: a number, or the name of a SIP trunk; null while it is free.
    service: Option<String>,
    /// What that is: `extension`, `auto-attendant` or `trunk`.
    kind: Option<String>,
    /// Its revision, which is its `ETag`.
    revision: i64,
}

impl DidShown {
    fn of(did: &DidDetails) -> Self {
        Self {
            number: did.number.to_string(),
            service: did.service.as_ref().map(|(name, _)| name.to_string()),
            kind: did.service.as_ref().map(|(_, kind)| kind.as_str().to_owned()),
            revision: did.revision,
        }
    }
}

/// Public numbers that a tenant gets.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDids {
    /// The numbers.
    #[schema(min_items = 1, max_items = 1000)]
    numbers: Vec<GivenDid>,
}

/// Public numbers that a tenant got.
#[derive(serde::Serialize, ToSchema)]
struct NewDidsShown {
    /// The numbers.
    numbers: Vec<String>,
}

/// Who answers a public number.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Answering {
    /// The number of an extension or auto-attendant, or the name of a SIP trunk.
    service: GivenService,
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let free = call.flag("free")?;
    let mut found = call.actions.dids(&call.path("tenant")?).await?;
    found.retain(|did| {
        free.is_none_or(|free| did.service.is_none() == free) && is_found(&call, &[did.number.as_str()])
    });
    let page = Page::cut(found, &call, |did| did.number.to_string())?;
    Ok(Answer::of(&page.map(|did| DidShown::of(&did))))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewDids = call.body()?;
    let mut fields = Fields::default();
    if !(1..=1000).contains(&body.numbers.len()) {
        fields.wrong("/numbers", "holds 1 to 1000 numbers");
    }
    let numbers = fields.list("/numbers", body.numbers);
    let numbers = fields.finish(Some(numbers))?;
    made_before(call.actions.add_dids(&call.path("tenant")?, &numbers).await)?;
    Ok(Answer::made(&NewDidsShown { numbers: numbers.iter().map(ToString::to_string).collect() }))
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    call.actions.remove_did(&call.path("tenant")?, &call.path("did")?).await?;
    Ok(Answer::nothing())
}

async fn assign(call: Call) -> Result<Answer, Problem> {
    let body: Answering = call.body()?;
    let service: ServiceName = only("/service", body.service)?;
    call.actions.assign_did(&call.path("tenant")?, &call.path("did")?, &service).await?;
    Ok(Answer::nothing())
}

async fn release(call: Call) -> Result<Answer, Problem> {
    let number: DidNumber = call.path("did")?;
    call.actions.release_did(&call.path("tenant")?, &number).await?;
    Ok(Answer::nothing())
}
