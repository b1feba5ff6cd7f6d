//! API tokens: shown once when they are made, refused once they expired or were revoked.

use super::{AccessError, ActionError, Actions, Actor, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{Component, Language, Level, PlainText, Rights, Secret, TenantSlug, Timestamp, TokenId},
    storage::{StorageError, Store, Token},
};

/// What every token begins with, so that people and scanners for leaked secrets know one when they see it.
const PREFIX: &str = "offhook_";

/// What is needed to make a token.
#[derive(Clone, Debug)]
pub struct TokenToAdd {
    /// What people call it.
    pub name: PlainText,
    /// What may be done with it; not more than by whoever makes it.
    pub rights: Rights,
    /// For how many days it is good; for ever when none.
    pub days: Option<u32>,
}

/// Why a token was not made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It would be able to do more than whoever makes it.
    #[error("the token would have {component}:{} and you do not", level.as_str())]
    Beyond {
        /// With which component.
        component: Component,
        /// How much of it.
        level: Level,
    },
    /// It could do nothing.
    #[error("a token without rights can do nothing; give it one like extensions:view")]
    NoRights,
    /// There is no such token.
    #[error("there is no token \"{0}\"")]
    Unknown(TokenId),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for TokenError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Beyond { .. } => FailureKind::Forbidden,
            Self::NoRights => FailureKind::Input,
            Self::Unknown(_) => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Beyond { .. } => "rights_beyond_own",
            Self::NoRights => "token_without_rights",
            Self::Unknown(_) => "token_not_found",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(TokenError);

impl Actions {
    /// Makes a token for a tenant, or for the whole installation; what was made, and the token itself, which nobody can
    /// read again.
    pub async fn add_token(
        &self,
        slug: Option<&TenantSlug>,
        new: TokenToAdd,
    ) -> Result<(Token, Secret), TokenError> {
        let tenant = if let Some(slug) = slug {
            Some(self.open_tenant(slug, Component::Users).await?.1.id)
        } else {
            self.may_as_operator(Component::Users)?;
            None
        };
        self.may(Component::Users, Level::Change)?;
        if new.rights.iter().all(|(_, level)| level == Level::None) {
            return Err(TokenError::NoRights);
        }
        if let Some(component) = new.rights.beyond(&self.actor.rights) {
            return Err(TokenError::Beyond { component, level: new.rights.level(component) });
        }
        let now = self.now();
        let token = Token {
            id: TokenId::generate(&*self.random),
            tenant,
            name: new.name,
            rights: new.rights,
            created_by: self.actor.name.clone(),
            created_at: now,
            expires_at: new.days.map(|days| now.plus_days(i64::from(days))),
        };
        let secret = Secret::new(format!("{PREFIX}{}", Secret::generate_token(&*self.random).expose()));
        let detail = format!("{} \"{}\": {}", token.id, token.name, token.rights);
        let entry = self.entry(token.tenant.clone(), "token.added", detail);
        self.store.add_token(&token, &secret, &entry).await?;
        Ok((token, secret))
    }

    /// The tokens of a tenant, or those of the whole installation.
    pub async fn tokens(&self, slug: Option<&TenantSlug>) -> Result<Vec<Token>, AccessError> {
        if let Some(slug) = slug {
            let (mut session, tenant) = self.open_tenant(slug, Component::Users).await?;
            return Ok(session.tokens(Some(&tenant.id)).await?);
        }
        self.may_as_operator(Component::Users)?;
        Ok(self.store.read().await?.tokens(None).await?)
    }

    /// Ends a token of a tenant, or one of the whole installation.
    pub async fn revoke_token(&self, slug: Option<&TenantSlug>, id: &TokenId) -> Result<Token, TokenError> {
        self.may(Component::Users, Level::Change)?;
        let found = self.tokens(slug).await?.into_iter().find(|token| token.id == *id);
        let token = found.ok_or_else(|| TokenError::Unknown(id.clone()))?;
        let detail = format!("{} \"{}\"", token.id, token.name);
        let entry = self.entry(token.tenant.clone(), "token.revoked", detail);
        self.store.remove_token(id, &entry).await?;
        Ok(token)
    }
}

impl Actor {
    /// Who acts with this token at `now`; nobody when it is none, or is good no longer.
    pub async fn of_token(
        store: &Store,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<Option<Self>, StorageError> {
        if !secret.expose().starts_with(PREFIX) {
            return Ok(None);
        }
        let token = store.token(secret).await?;
        let good = token.filter(|token| token.expires_at.is_none_or(|end| now < end));
        Ok(good.map(|token| Self {
            name: format!("token {} \"{}\"", token.id, token.name),
            rights: token.rights,
            operator: token.tenant.is_none(),
            tenant: token.tenant,
            from: None,
            session: None,
            language: Language::default(),
        }))
    }
}
