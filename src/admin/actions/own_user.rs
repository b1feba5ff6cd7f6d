//! What users do with their own account: another password, a second factor, their sessions.

use super::{AccessError, Actions, SignInError};
use crate::{
    admin::auth::{code, password},
    domain::{Language, Secret, SessionId},
    storage::{User, UserSession},
};

/// What the codes of a second factor are made from, before it is the user's.
#[derive(Debug)]
pub struct CodeKey {
    /// In base32, to be typed.
    pub key: Secret,
    /// As authenticator apps read it from a picture.
    pub uri: Secret,
}

impl Actions {
    /// Gives whoever acts another password. Every other session of the user ends.
    pub async fn change_own_password(&self, current: &Secret, new: &str) -> Result<(), SignInError> {
        let user = self.prove(current).await?;
        let new = Secret::parse_user_password(new, &user.name)?;
        let hash = password::hash(&new, &*self.random).await;
        let entry = self.entry(user.tenant.clone(), "user.password-changed", user.name.to_string());
        let kept = self.actor.session.as_ref().map(|own| &own.id);
        Ok(self.store.set_user_password(&user.id, &hash, kept, &entry).await?)
    }

    /// A key for a second factor. Nothing is kept until it comes back with a code.
    pub async fn offer_code_key(&self) -> Result<CodeKey, SignInError> {
        let (user, _) = self.own_user().await?;
        let key = code::new_key(&*self.random);
        Ok(CodeKey { uri: code::uri(&key, &user.name), key })
    }

    /// A key that was made for whoever acts, as authenticator apps read it.
    pub async fn code_uri(&self, key: &Secret) -> Result<Secret, SignInError> {
        if !code::is_key(key) {
            return Err(SignInError::Code);
        }
        let (user, _) = self.own_user().await?;
        Ok(code::uri(key, &user.name))
    }

    /// Demands codes made from this key from now on; `code` shows that the user can make them.
    pub async fn set_code_key(
        &self,
        current: &Secret,
        key: &Secret,
        given: &Secret,
    ) -> Result<(), SignInError> {
        let user = self.prove(current).await?;
        if !code::is_key(key) {
            return Err(SignInError::Code);
        }
        let step = code::step_of(key, given.expose(), self.now()).ok_or(SignInError::Code)?;
        let entry = self.entry(user.tenant.clone(), "user.second-factor-set", user.name.to_string());
        Ok(self.store.set_code_key(&user, Some(key), step, &entry).await?)
    }

    /// Demands codes no longer.
    pub async fn remove_code_key(&self, current: &Secret) -> Result<(), SignInError> {
        let user = self.prove(current).await?;
        let entry = self.entry(user.tenant.clone(), "user.second-factor-removed", user.name.to_string());
        Ok(self.store.set_code_key(&user, None, 0, &entry).await?)
    }

    /// In which language whoever acts reads; none: as the browser says.
    pub async fn own_language(&self) -> Result<Option<Language>, AccessError> {
        let Some(own) = &self.actor.session else { return Ok(None) };
        Ok(self.store.read().await?.language_of(&own.user).await?)
    }

    /// Has whoever acts read in this language from now on; none: as the browser says.
    pub async fn set_own_language(&self, language: Option<Language>) -> Result<(), SignInError> {
        let (user, _) = self.own_user().await?;
        let wanted = language.map_or("as the browser says", Language::tag);
        let entry = self.entry(user.tenant.clone(), "user.language-set", format!("{} {wanted}", user.name));
        Ok(self.store.set_language(&user.id, language, &entry).await?)
    }

    /// The user who acts, and the user's sessions, the newest first.
    pub async fn own_sessions(&self) -> Result<(User, Vec<UserSession>), SignInError> {
        let (user, _) = self.own_user().await?;
        let sessions = self.store.read().await?.sessions_of(&user.id, self.now()).await?;
        Ok((user, sessions))
    }

    /// Ends a session of whoever acts; whether there was one.
    pub async fn end_own_session(&self, id: &SessionId) -> Result<bool, SignInError> {
        let (user, sessions) = self.own_sessions().await?;
        if sessions.iter().all(|session| session.id != *id) {
            return Ok(false);
        }
        let entry = self.entry(user.tenant.clone(), "user.session-ended", format!("{} {id}", user.name));
        self.store.end_session(id, &entry).await?;
        Ok(true)
    }

    /// Whether the user who acts has a second factor; none where no user acts.
    pub async fn own_code(&self) -> Result<Option<bool>, AccessError> {
        let Some(own) = &self.actor.session else { return Ok(None) };
        let user = self.store.read().await?.user(&own.user).await?;
        Ok(user.map(|user| user.has_code))
    }

    /// Asks for the password once more: an open session may be in other hands. Guesses are counted as at signing in.
    async fn prove(&self, current: &Secret) -> Result<User, SignInError> {
        let (user, credentials) = self.own_user().await?;
        let counted = self.count_attempt(&user.name).await?;
        if !password::is_right(current, credentials.password.as_ref()).await {
            return self.refuse(Some(&user), "a wrong password in an open session").await;
        }
        self.store.forgive_attempt(&counted).await?;
        Ok(user)
    }
}
