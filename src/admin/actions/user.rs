//! Users: made, changed, blocked, reset and removed by whoever may do at least as much as they.

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{
        Component, Exceptions, Level, Role, Secret, SessionId, SignInNetwork, TenantId, TenantSlug, UserId,
        UserName,
    },
    storage::{Conflict, SetupLink, StorageError, User, UserSession},
};

/// For how many days a link to choose a password is good.
const LINK_DAYS: i64 = 3;

/// What the first operator is called.
const FIRST_OPERATOR: &str = "operator";

/// What is needed to make a user.
#[derive(Clone, Debug)]
pub struct UserToAdd {
    /// The name to sign in with.
    pub name: UserName,
    /// What the user is.
    pub role: Role,
    /// Where the user may do more or less than the role says.
    pub exceptions: Exceptions,
    /// From where the user may sign in; anywhere when empty.
    pub networks: Vec<SignInNetwork>,
}

/// What changes of a user; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// Another role.
    pub role: Option<Role>,
    /// Other exceptions.
    pub exceptions: Option<Exceptions>,
    /// Other networks.
    pub networks: Option<Vec<SignInNetwork>>,
    /// Whether the user is kept out.
    pub blocked: Option<bool>,
}

/// Why something was not done with a user.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// Another user is called so, maybe one of another tenant.
    #[error("the name \"{0}\" is taken by another user")]
    NameTaken(UserName),
    /// The user may do, or would, what whoever asks may not.
    #[error("the user would have {component}:{} and you do not", level.as_str())]
    Beyond {
        /// With which component.
        component: Component,
        /// How much of it.
        level: Level,
    },
    /// A user of a tenant is no operator.
    #[error(
        "a user of a tenant is administrator, phone-manager or read-only; only the operator's own users are operators"
    )]
    OperatorOfTenant,
    /// Nobody shuts oneself out.
    #[error("this is you: somebody else has to do it")]
    Oneself,
    /// There is no such user here.
    #[error("there is no user \"{0}\" here")]
    Unknown(UserName),
    /// The user has no such session.
    #[error("the user has no session \"{0}\"")]
    UnknownSession(SessionId),
    /// The tenant is not there, the actor may not do it, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for UserError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::NameTaken(_) | Self::Oneself => FailureKind::Refused,
            Self::Beyond { .. } => FailureKind::Forbidden,
            Self::OperatorOfTenant => FailureKind::Input,
            Self::Unknown(_) | Self::UnknownSession(_) => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NameTaken(_) => "user_exists",
            Self::Beyond { .. } => "rights_beyond_own",
            Self::OperatorOfTenant => "operator_of_tenant",
            Self::Oneself => "own_user",
            Self::Unknown(_) => "user_not_found",
            Self::UnknownSession(_) => "session_not_found",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(UserError);

impl Actions {
    /// Makes a user of a tenant, or of the operator, with a link to choose a password.
    pub async fn add_user(
        &self,
        slug: Option<&TenantSlug>,
        new: UserToAdd,
    ) -> Result<(User, SetupLink), UserError> {
        let tenant = self.users_of(slug, Level::Change).await?;
        let user = User {
            id: UserId::generate(&*self.random),
            tenant,
            name: new.name,
            role: new.role,
            exceptions: new.exceptions,
            networks: new.networks,
            has_password: false,
            has_code: false,
            blocked: false,
            created_by: self.actor.name.clone(),
            created_at: self.now(),
            revision: 1,
        };
        self.may_have(&user)?;
        let link = self.setup_link();
        let entry = self.entry(user.tenant.clone(), "user.added", described(&user));
        match self.store.add_user(&user, &link, &entry).await {
            Ok(()) => Ok((user, link)),
            Err(StorageError::Conflict(Conflict::UserName)) => Err(UserError::NameTaken(user.name)),
            Err(error) => Err(error.into()),
        }
    }

    /// The users of a tenant, or those of the operator, by name.
    pub async fn users(&self, slug: Option<&TenantSlug>) -> Result<Vec<User>, AccessError> {
        let tenant = self.users_of(slug, Level::View).await?;
        Ok(self.store.read().await?.users(tenant.as_ref()).await?)
    }

    /// One user.
    pub async fn user(&self, slug: Option<&TenantSlug>, name: &UserName) -> Result<User, UserError> {
        let tenant = self.users_of(slug, Level::View).await?;
        let found = self.store.read().await?.user_by_name(name).await?;
        found.filter(|user| user.tenant == tenant).ok_or_else(|| UserError::Unknown(name.clone()))
    }

    /// Changes what a user may do, from where, and whether at all. It holds for sessions that are open, too.
    pub async fn change_user(
        &self,
        slug: Option<&TenantSlug>,
        name: &UserName,
        change: &UserChange,
    ) -> Result<User, UserError> {
        let before = self.user_to_change(slug, name).await?;
        self.unchanged(before.revision)?;
        let change = change.clone();
        let after = User {
            role: change.role.unwrap_or(before.role),
            exceptions: change.exceptions.unwrap_or_else(|| before.exceptions.clone()),
            networks: change.networks.unwrap_or_else(|| before.networks.clone()),
            blocked: change.blocked.unwrap_or(before.blocked),
            ..before.clone()
        };
        let shuts_out =
            after.blocked || after.rights() != before.rights() || after.networks != before.networks;
        if shuts_out && self.is_own(&before) {
            return Err(UserError::Oneself);
        }
        self.may_have(&after)?;
        let mut entry = self.entry(after.tenant.clone(), "user.changed", after.name.to_string());
        (entry.before, entry.after) = (Some(told(&before).to_string()), Some(told(&after).to_string()));
        if self.store.change_user(&after, &entry).await? {
            return Ok(User { revision: before.revision + 1, ..after });
        }
        let now = self.user(slug, name).await?;
        Err(AccessError::Changed { seen: before.revision, revision: now.revision }.into())
    }

    /// Takes password, second factor and sessions from a user; a link to choose a new password.
    pub async fn reset_user(
        &self,
        slug: Option<&TenantSlug>,
        name: &UserName,
    ) -> Result<(User, SetupLink), UserError> {
        let user = self.user_to_change(slug, name).await?;
        self.unchanged(user.revision)?;
        let link = self.setup_link();
        let entry = self.entry(user.tenant.clone(), "user.reset", user.name.to_string());
        self.store.reset_user(&user.id, &link, &entry).await?;
        Ok((user, link))
    }

    /// Removes a user.
    pub async fn remove_user(&self, slug: Option<&TenantSlug>, name: &UserName) -> Result<(), UserError> {
        let user = self.user_to_change(slug, name).await?;
        self.unchanged(user.revision)?;
        if self.is_own(&user) {
            return Err(UserError::Oneself);
        }
        let entry = self.entry(user.tenant.clone(), "user.removed", user.name.to_string());
        Ok(self.store.remove_user(&user.id, &entry).await?)
    }

    /// The sessions of a user, the newest first.
    pub async fn user_sessions(
        &self,
        slug: Option<&TenantSlug>,
        name: &UserName,
    ) -> Result<Vec<UserSession>, UserError> {
        let user = self.user(slug, name).await?;
        Ok(self.store.read().await?.sessions_of(&user.id, self.now()).await?)
    }

    /// Ends a session of a user.
    pub async fn end_user_session(
        &self,
        slug: Option<&TenantSlug>,
        name: &UserName,
        id: &SessionId,
    ) -> Result<(), UserError> {
        let user = self.user_to_change(slug, name).await?;
        self.unchanged(user.revision)?;
        let sessions = self.store.read().await?.sessions_of(&user.id, self.now()).await?;
        if sessions.iter().all(|session| session.id != *id) {
            return Err(UserError::UnknownSession(id.clone()));
        }
        let entry = self.entry(user.tenant.clone(), "user.session-ended", format!("{} {id}", user.name));
        Ok(self.store.end_session(id, &entry).await?)
    }

    /// Makes the first operator, or a new link for the one who let the first link expire; none where an operator has chosen
    /// a password, or has a link that is good.
    pub async fn invite_first_operator(&self) -> Result<Option<(User, SetupLink)>, UserError> {
        let mut users = self.users(None).await?;
        let Some(first) = users.pop() else {
            let new = UserToAdd {
                name: UserName::stored(FIRST_OPERATOR.to_owned()),
                role: Role::Operator,
                exceptions: Exceptions::default(),
                networks: Vec::new(),
            };
            return match self.add_user(None, new).await {
                Ok(made) => Ok(Some(made)),
                // another node was faster
                Err(UserError::NameTaken(_)) => Ok(None),
                Err(error) => Err(error),
            };
        };
        let end = self.store.read().await?.setup_link_end(&first.id).await?;
        let waits = users.is_empty() && !first.has_password && first.name.as_str() == FIRST_OPERATOR;
        if waits && end.is_none_or(|end| end <= self.now()) {
            return self.reset_user(None, &first.name).await.map(Some);
        }
        Ok(None)
    }

    /// Whose users they are: the tenant's, or the operator's own, for who may see or change them.
    async fn users_of(
        &self,
        slug: Option<&TenantSlug>,
        level: Level,
    ) -> Result<Option<TenantId>, AccessError> {
        self.may(Component::Users, level)?;
        match slug {
            Some(slug) => Ok(Some(self.open_tenant(slug, Component::Users).await?.1.id)),
            None if self.actor.operator => Ok(None),
            None => Err(AccessError::OperatorOnly),
        }
    }

    /// The user, for who may change one that may do so much.
    async fn user_to_change(&self, slug: Option<&TenantSlug>, name: &UserName) -> Result<User, UserError> {
        self.may(Component::Users, Level::Change)?;
        let user = self.user(slug, name).await?;
        // else whoever manages users could take over the account of somebody who may do more
        self.may_have(&user)?;
        Ok(user)
    }

    /// Refuses a user who may do more than whoever acts.
    fn may_have(&self, user: &User) -> Result<(), UserError> {
        if user.tenant.is_some() && user.role == Role::Operator {
            return Err(UserError::OperatorOfTenant);
        }
        let rights = user.rights();
        match rights.beyond(&self.actor.rights) {
            Some(component) => Err(UserError::Beyond { component, level: rights.level(component) }),
            None => Ok(()),
        }
    }

    fn is_own(&self, user: &User) -> bool {
        self.actor.session.as_ref().is_some_and(|own| own.user == user.id)
    }

    fn setup_link(&self) -> SetupLink {
        SetupLink {
            secret: Secret::generate_token(&*self.random),
            expires_at: self.now().plus_days(LINK_DAYS),
        }
    }
}

/// What a link is after the URL of the admin listener. Browsers keep what stands after the `#` to themselves.
#[must_use]
pub fn setup_path(link: &SetupLink) -> String {
    format!("/setup#{}", link.secret.expose())
}

fn described(user: &User) -> String {
    let exceptions = user.exceptions.to_string();
    let exceptions = if exceptions.is_empty() { exceptions } else { format!(", {exceptions}") };
    format!("{}: {}{exceptions}", user.name, user.role)
}

fn told(user: &User) -> serde_json::Value {
    serde_json::json!({
        "role": user.role.as_str(),
        "exceptions": user.exceptions.to_string(),
        "networks": user.networks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "blocked": user.blocked,
    })
}
