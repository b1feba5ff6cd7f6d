//! Operations on users: those of a tenant and the operator's own.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found},
    field::Fields,
    problem::Problem,
    table::{Method, Operation, operation},
    user_field::{GivenExceptions, GivenRole, GivenSignInNetwork, GivenUserName},
};
use crate::{
    admin::actions::{SetupLink, User, UserChange, UserSession, UserToAdd, setup_path},
    domain::{Exceptions, SessionId, SignInNetwork, TenantSlug, UserName},
};

/// The most networks that a user may come from.
const MOST_NETWORKS: usize = 32;

/// The path of the operator's own, that of a tenant's, and what to say of each.
struct Places {
    own: (&'static str, &'static str, &'static str),
    of_tenant: (&'static str, &'static str, &'static str),
}

pub(super) fn operations() -> Vec<Operation> {
    let both = |places: Places, make: fn(&'static str, &'static str, &'static str) -> Operation| {
        [places.own, places.of_tenant].map(|(path, id, about)| make(path, id, about))
    };
    [
        both(
            Places {
                own: ("/users", "listOperatorUsers", "Lists the operator's own users. Operators only."),
                of_tenant: ("/tenants/{tenant}/users", "listUsers", "Lists a tenant's users."),
            },
            |path, id, about| operation(Method::Get, path, id, about, list).lists::<UserShown>(),
        ),
        both(
            Places {
                own: ("/users", "addOperatorUser", "Makes a user of the operator. Operators only."),
                of_tenant: (
                    "/tenants/{tenant}/users",
                    "addUser",
                    "Makes a user of a tenant, who may do no more than the caller. The link is shown once.",
                ),
            },
            |path, id, about| {
                operation(Method::Post, path, id, about, add).takes::<NewUser>().makes::<LinkShown>()
            },
        ),
        both(
            Places {
                own: ("/users/{user}", "showOperatorUser", "Shows a user of the operator."),
                of_tenant: ("/tenants/{tenant}/users/{user}", "showUser", "Shows a user."),
            },
            |path, id, about| operation(Method::Get, path, id, about, show).answers::<UserShown>().tagged(),
        ),
        both(
            Places {
                own: ("/users/{user}", "changeOperatorUser", "Changes a user of the operator."),
                of_tenant: (
                    "/tenants/{tenant}/users/{user}",
                    "changeUser",
                    "Changes what a user may do, from where, and whether at all; open sessions obey at once.",
                ),
            },
            |path, id, about| {
                operation(Method::Patch, path, id, about, change)
                    .takes::<ChangedUser>()
                    .answers::<UserShown>()
                    .tagged()
            },
        ),
        both(
            Places {
                own: ("/users/{user}", "removeOperatorUser", "Removes a user of the operator."),
                of_tenant: ("/tenants/{tenant}/users/{user}", "removeUser", "Removes a user; sessions end."),
            },
            |path, id, about| operation(Method::Delete, path, id, about, remove),
        ),
        both(
            Places {
                own: ("/users/{user}/reset", "resetOperatorUser", "Resets a user of the operator."),
                of_tenant: (
                    "/tenants/{tenant}/users/{user}/reset",
                    "resetUser",
                    "Takes password, second factor and sessions from a user; a new link, which is shown once.",
                ),
            },
            |path, id, about| operation(Method::Post, path, id, about, reset).makes::<LinkShown>(),
        ),
        both(
            Places {
                own: (
                    "/users/{user}/sessions",
                    "listOperatorUserSessions",
                    "Lists the open sessions of a user of the operator.",
                ),
                of_tenant: (
                    "/tenants/{tenant}/users/{user}/sessions",
                    "listUserSessions",
                    "Lists the open sessions of a user.",
                ),
            },
            |path, id, about| operation(Method::Get, path, id, about, sessions).lists::<SessionShown>(),
        ),
        both(
            Places {
                own: (
                    "/users/{user}/sessions/{session}",
                    "endOperatorUserSession",
                    "Ends a session of a user of the operator.",
                ),
                of_tenant: (
                    "/tenants/{tenant}/users/{user}/sessions/{session}",
                    "endUserSession",
                    "Ends a session of a user.",
                ),
            },
            |path, id, about| operation(Method::Delete, path, id, about, end_session),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A user, without what the user signs in with.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct UserShown {
    /// The name to sign in with.
    name: String,
    /// What the user is.
    role: &'static str,
    /// Where the user may do more or less than the role says.
    exceptions: String,
    /// What the user may do.
    rights: String,
    /// From where the user may sign in; from anywhere when empty.
    networks: Vec<String>,
    /// Whether the user is kept out.
    blocked: bool,
    /// Whether a password was chosen.
    has_password: bool,
    /// Whether signing in takes a code as well.
    second_factor: bool,
    /// Who made it.
    created_by: String,
    /// When it was made.
    created_at: String,
}

impl UserShown {
    pub(super) fn of(user: &User) -> Self {
        Self {
            name: user.name.to_string(),
            role: user.role.as_str(),
            exceptions: user.exceptions.to_string(),
            rights: user.rights().to_string(),
            networks: user.networks.iter().map(ToString::to_string).collect(),
            blocked: user.blocked,
            has_password: user.has_password,
            second_factor: user.has_code,
            created_by: user.created_by.clone(),
            created_at: user.created_at.to_string(),
        }
    }
}

/// A session of a user.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct SessionShown {
    /// Its id.
    id: String,
    /// From where the user signed in.
    from: Option<String>,
    /// What the browser or program called itself.
    agent: String,
    /// When the user signed in.
    created_at: String,
    /// When it was last used, to the minute.
    seen_at: String,
    /// When it ends whatever happens.
    expires_at: String,
    /// Whether this request came through it.
    current: bool,
}

impl SessionShown {
    fn of(session: &UserSession, call: &Call) -> Self {
        Self {
            id: session.id.to_string(),
            from: session.origin.map(|address| address.to_string()),
            agent: session.agent.clone(),
            created_at: session.created_at.to_string(),
            seen_at: session.seen_at.to_string(),
            expires_at: session.expires_at.to_string(),
            current: call.actor().session.as_ref().is_some_and(|own| own.id == session.id),
        }
    }
}

/// What makes a user.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// The name to sign in with.
    name: GivenUserName,
    /// What the user is.
    role: GivenRole,
    /// Where the user may do more or less than the role says.
    #[serde(default)]
    exceptions: Option<GivenExceptions>,
    /// From where the user may sign in; from anywhere when empty.
    #[serde(default)]
    #[schema(max_items = 32)]
    networks: Vec<GivenSignInNetwork>,
}

/// What changes of a user; what is absent stays.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangedUser {
    /// Another role.
    #[serde(default)]
    role: Option<GivenRole>,
    /// Other exceptions.
    #[serde(default)]
    exceptions: Option<GivenExceptions>,
    /// Other networks.
    #[serde(default)]
    #[schema(max_items = 32)]
    networks: Option<Vec<GivenSignInNetwork>>,
    /// Whether the user is kept out.
    #[serde(default)]
    blocked: Option<bool>,
}

/// What a user chooses a password with: this is the only time that it is shown.
#[derive(serde::Serialize, ToSchema)]
struct LinkShown {
    /// The user.
    name: String,
    /// Append it to the URL of the admin listener; good once.
    link: String,
    /// Until when it is good.
    expires_at: String,
}

impl LinkShown {
    fn of(user: &User, link: &SetupLink) -> Self {
        Self { name: user.name.to_string(), link: setup_path(link), expires_at: link.expires_at.to_string() }
    }
}

fn tenant(call: &Call) -> Result<Option<TenantSlug>, Problem> {
    call.path.contains_key("tenant").then(|| call.path("tenant")).transpose()
}

fn named(call: &Call) -> Result<(Option<TenantSlug>, UserName), Problem> {
    Ok((tenant(call)?, call.path("user")?))
}

fn few(fields: &mut Fields, networks: Vec<GivenSignInNetwork>) -> Vec<SignInNetwork> {
    if networks.len() > MOST_NETWORKS {
        fields.wrong("/networks", format!("has at most {MOST_NETWORKS} networks"));
    }
    fields.list("/networks", networks)
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let mut found = call.actions.users(tenant(&call)?.as_ref()).await?;
    found.retain(|user| is_found(&call, &[user.name.as_str()]));
    let page = Page::cut(found, &call, |user| user.name.to_string())?;
    Ok(Answer::of(&page.map(|user| UserShown::of(&user))))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewUser = call.body()?;
    let mut fields = Fields::default();
    let (name, role) = (fields.take("/name", body.name), fields.take("/role", body.role));
    let exceptions = fields.maybe("/exceptions", body.exceptions).unwrap_or_default();
    let networks = few(&mut fields, body.networks);
    let (name, role) = fields.finish(name.zip(role))?;
    let new = UserToAdd { name, role, exceptions, networks };
    let (user, link) = call.actions.add_user(tenant(&call)?.as_ref(), new).await?;
    Ok(Answer::made(&LinkShown::of(&user, &link)))
}

async fn show(call: Call) -> Result<Answer, Problem> {
    let (tenant, name) = named(&call)?;
    let user = call.actions.user(tenant.as_ref(), &name).await?;
    Ok(Answer::of(&UserShown::of(&user)).at(user.revision))
}

async fn change(call: Call) -> Result<Answer, Problem> {
    let (tenant, name) = named(&call)?;
    let body: ChangedUser = call.body()?;
    let mut fields = Fields::default();
    let role = fields.maybe("/role", body.role);
    let exceptions: Option<Exceptions> = fields.maybe("/exceptions", body.exceptions);
    let networks = body.networks.map(|networks| few(&mut fields, networks));
    fields.finish(Some(()))?;
    let change = UserChange { role, exceptions, networks, blocked: body.blocked };
    let user = call.actions.change_user(tenant.as_ref(), &name, &change).await?;
    Ok(Answer::of(&UserShown::of(&user)).at(user.revision))
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    let (tenant, name) = named(&call)?;
    call.actions.remove_user(tenant.as_ref(), &name).await?;
    Ok(Answer::nothing())
}

async fn reset(call: Call) -> Result<Answer, Problem> {
    let (tenant, name) = named(&call)?;
    let (user, link) = call.actions.reset_user(tenant.as_ref(), &name).await?;
    Ok(Answer::made(&LinkShown::of(&user, &link)))
}

async fn sessions(call: Call) -> Result<Answer, Problem> {
    let (tenant, name) = named(&call)?;
    let found = call.actions.user_sessions(tenant.as_ref(), &name).await?;
    page_of(found, &call)
}

/// A page of sessions.
pub(super) fn page_of(mut found: Vec<UserSession>, call: &Call) -> Result<Answer, Problem> {
    found.retain(|session| is_found(call, &[session.agent.as_str(), session.id.as_str()]));
    found.sort_by(|one, other| one.id.cmp(&other.id));
    let page = Page::cut(found, call, |session| session.id.to_string())?;
    Ok(Answer::of(&page.map(|session| SessionShown::of(&session, call))))
}

async fn end_session(call: Call) -> Result<Answer, Problem> {
    let (tenant, name) = named(&call)?;
    let id: SessionId = call.path("session")?;
    call.actions.end_user_session(tenant.as_ref(), &name, &id).await?;
    Ok(Answer::nothing())
}
