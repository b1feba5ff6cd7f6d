//! Signing in and out, and choosing a password with a set-up link: what is done before anybody knows who it is.

use super::{AccessError, ActionError, Actions, Actor, FailureKind, error::may_fail_in_the_store};
use crate::{
    admin::auth::{code, password, throttle},
    domain::{Language, Secret, SessionId, TenantId, Timestamp, UserName, WrongUserPassword},
    storage::{AuditEntry, Credentials, StorageError, Store, User, UserSession},
};

/// What every session's secret begins with.
const PREFIX: &str = "offhook_session_";
/// A session ends after so many hours whatever happens: a long working day.
const LONGEST_HOURS: i64 = 12;
/// A session ends after so many hours without use.
const IDLE_HOURS: i64 = 2;
/// How exactly it is known when a session was last used, in seconds: reading writes nothing more often.
const SEEN_EACH: i64 = 60;
/// The most that is kept of what a browser calls itself, in characters.
const LONGEST_AGENT: usize = 120;

/// What somebody signs in with.
#[derive(Debug)]
pub struct SignIn {
    /// The user's name.
    pub name: UserName,
    /// The password.
    pub password: Secret,
    /// The code of the second factor, where there is one.
    pub code: Option<Secret>,
    /// What the browser or program calls itself.
    pub agent: String,
}

/// Somebody who signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// What to show with each request.
    pub secret: Secret,
    /// The session.
    pub session: UserSession,
    /// Who it is.
    pub user: User,
}

/// Why somebody was not let in, or a password was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Which of them is wrong, nobody is told.
    #[error("the name, the password or the code is wrong, or you may not sign in from here")]
    Refused,
    /// The password is right, and a code is needed besides.
    #[error("the code of your second factor is needed as well")]
    CodeNeeded,
    /// Too much was tried.
    #[error("too many attempts failed; try again in {seconds} s")]
    Wait {
        /// How long, in seconds.
        seconds: u64,
    },
    /// The link is none, was used, or has expired.
    #[error("the link is good no longer; ask for a new one (offhook user reset NAME)")]
    LinkSpent,
    /// The new password breaks a rule.
    #[error(transparent)]
    Password(#[from] WrongUserPassword),
    /// The code does not fit the key.
    #[error("the code does not belong to this key now; look whether the clock of your phone is right")]
    Code,
    /// An API token asks for what users alone can do.
    #[error("this is for users who signed in, not for API tokens")]
    NoUser,
    /// The actor is gone, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for SignInError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Refused | Self::CodeNeeded => FailureKind::Unauthenticated,
            Self::Wait { .. } => FailureKind::TooOften,
            Self::LinkSpent => FailureKind::Gone,
            Self::Password(_) | Self::Code => FailureKind::Input,
            Self::NoUser => FailureKind::Forbidden,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused => "sign_in_refused",
            Self::CodeNeeded => "code_needed",
            Self::Wait { .. } => "too_many_attempts",
            Self::LinkSpent => "setup_link_spent",
            Self::Password(_) => "password_refused",
            Self::Code => "code_refused",
            Self::NoUser => "users_only",
            Self::Access(access) => access.code(),
        }
    }

    fn wait_seconds(&self) -> Option<u64> {
        match self {
            Self::Wait { seconds } => Some(*seconds),
            _ => None,
        }
    }
}

may_fail_in_the_store!(SignInError);

impl Actions {
    /// Opens a session for who knows name, password and, where there is a second factor, its code.
    pub async fn sign_in(&self, given: SignIn) -> Result<SignedIn, SignInError> {
        let counted = self.count_attempt(&given.name).await?;
        let mut session = self.store.read().await?;
        let user = session.user_by_name(&given.name).await?;
        let credentials = match &user {
            Some(user) => session.user_credentials(&user.id).await?,
            None => None,
        };
        drop(session);
        let hash = credentials.as_ref().and_then(|credentials| credentials.password.as_ref());
        let right = password::is_right(&given.password, hash).await;
        let (Some(user), Some(credentials)) = (user, credentials) else {
            return self.refuse(None, "an unknown name").await;
        };
        if !right {
            return self.refuse(Some(&user), "a wrong password").await;
        }
        if user.blocked {
            return self.refuse(Some(&user), "blocked").await;
        }
        if !may_come(&user, self.actor.from) {
            return self.refuse(Some(&user), "from a network that is not the user's").await;
        }
        if let Some(key) = &credentials.code_key {
            let Some(code) = &given.code else {
                self.store.forgive_attempt(&counted).await?;
                return Err(SignInError::CodeNeeded);
            };
            let step = code::step_of(key, code.expose(), self.now());
            // a code that was taken before is none: somebody may have looked over a shoulder
            let taken = match step {
                Some(step) => self.store.take_code(&user.id, step).await?,
                None => false,
            };
            if !taken {
                return self.refuse(Some(&user), "a wrong code").await;
            }
        }
        self.store.forgive_attempt(&counted).await?;
        self.open_session(user, &given.agent).await
    }

    async fn open_session(&self, user: User, agent: &str) -> Result<SignedIn, SignInError> {
        let now = self.now();
        let visible = agent.chars().filter(|character| crate::domain::is_visible(*character));
        let session = UserSession {
            id: SessionId::generate(&*self.random),
            user: user.id.clone(),
            origin: self.actor.from,
            agent: visible.take(LONGEST_AGENT).collect(),
            created_at: now,
            seen_at: now,
            expires_at: now.plus_hours(LONGEST_HOURS),
        };
        let secret = Secret::new(format!("{PREFIX}{}", Secret::generate_token(&*self.random).expose()));
        let entry = self.entry_of(&user, "user.signed-in", user.name.to_string());
        self.store.add_session(&session, &secret, &entry).await?;
        Ok(SignedIn { secret, session, user })
    }

    /// Ends the session of whoever acts.
    pub async fn sign_out(&self) -> Result<(), SignInError> {
        let own = self.actor.session.as_ref().ok_or(SignInError::NoUser)?;
        let entry = self.entry(self.actor.tenant.clone(), "user.signed-out", self.actor.name.clone());
        Ok(self.store.end_session(&own.id, &entry).await?)
    }

    /// Takes the password that somebody chose with a set-up link, which is good once; whose it was.
    pub async fn set_up(&self, link: &Secret, new: &str) -> Result<User, SignInError> {
        let found = self.store.read().await?.user_of_setup_link(link, self.now()).await?;
        let user = found.ok_or(SignInError::LinkSpent)?;
        let new = Secret::parse_user_password(new, &user.name)?;
        let hash = password::hash(&new, &*self.random).await;
        let entry = self.entry_of(&user, "user.password-chosen", user.name.to_string());
        if self.store.set_up_user(link, &hash, self.now(), &entry).await? {
            Ok(User { has_password: true, revision: user.revision + 1, ..user })
        } else {
            Err(SignInError::LinkSpent)
        }
    }

    /// Counts an attempt under this name, unless too many failed; what is taken back when it was none.
    pub(super) async fn count_attempt(&self, name: &UserName) -> Result<Vec<Secret>, SignInError> {
        let (counted, now) = (throttle::counted(self.actor.from, name), self.now());
        let judge = |index, failures, last| throttle::judge(index, failures, last, now);
        let Some(until) = self.store.count_attempt(&counted, now, judge).await? else { return Ok(counted) };
        // rounded up, so that who waits so long has waited enough
        let seconds = u64::try_from((until.millis() - now.millis() + 999) / 1000).unwrap_or(1);
        Err(SignInError::Wait { seconds })
    }

    /// Audits why somebody was not let in, and tells nothing of it.
    pub(super) async fn refuse<T>(&self, user: Option<&User>, why: &str) -> Result<T, SignInError> {
        let (tenant, who): (Option<TenantId>, &str) =
            user.map_or((None, "somebody"), |user| (user.tenant.clone(), user.name.as_str()));
        let entry = self.entry(tenant, "user.sign-in-refused", format!("{who}: {why}"));
        self.store.audit(&AuditEntry { refused: true, ..entry }).await?;
        Err(SignInError::Refused)
    }

    /// An entry of what a user did who is not the actor yet.
    fn entry_of(&self, user: &User, action: &str, detail: String) -> AuditEntry {
        let entry = self.entry(user.tenant.clone(), action, detail);
        AuditEntry { actor: user.name.to_string(), ..entry }
    }

    /// What whoever acts signs in with, and who it is.
    pub(super) async fn own_user(&self) -> Result<(User, Credentials), SignInError> {
        let own = self.actor.session.as_ref().ok_or(SignInError::NoUser)?;
        let mut session = self.store.read().await?;
        let user = session.user(&own.user).await?;
        let credentials = session.user_credentials(&own.user).await?;
        user.zip(credentials).ok_or(SignInError::Refused)
    }
}

fn may_come(user: &User, from: Option<std::net::IpAddr>) -> bool {
    match from {
        Some(address) => user.may_come_from(address),
        None => user.networks.is_empty(),
    }
}

impl Actor {
    /// Who acts with this session at `now` from there; nobody when it is none, has ended, or its user is kept out.
    pub async fn of_session(
        store: &Store,
        secret: &Secret,
        now: Timestamp,
        from: Option<std::net::IpAddr>,
    ) -> Result<Option<Self>, StorageError> {
        if !secret.expose().starts_with(PREFIX) {
            return Ok(None);
        }
        let Some((session, user)) = store.session(secret).await? else { return Ok(None) };
        let open = now < session.expires_at && now < session.seen_at.plus_hours(IDLE_HOURS);
        if !open || user.blocked || !may_come(&user, from) {
            return Ok(None);
        }
        if now >= session.seen_at.plus_seconds(SEEN_EACH)
            && let Err(error) = store.touch_session(&session.id, now).await
        {
            // a full disk is no reason to refuse who only looks; a session that is not noted ends early
            tracing::warn!(%error, "could not note that a session was used");
        }
        Ok(Some(Self {
            name: user.name.to_string(),
            rights: user.rights(),
            operator: user.tenant.is_none(),
            session: Some(super::OwnSession { user: user.id, id: session.id }),
            tenant: user.tenant,
            from,
            language: Language::default(),
        }))
    }
}
