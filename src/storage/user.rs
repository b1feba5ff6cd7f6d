//! Users: who may sign in, with what, and the links with which they choose a password.

use std::net::IpAddr;

use super::{
    AuditEntry, Session, StorageError, Store,
    engine::{Row, values},
    seal::Place,
};
use crate::domain::{
    Exceptions, Language, Rights, Role, Secret, SignInNetwork, TenantId, Timestamp, UserId, UserName,
};

pub(super) const CODE_KEY: &str = "second factor";

/// A user without what the user signs in with.
#[derive(Clone, Debug)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The only tenant that the user may see and change; none: all of them.
    pub tenant: Option<TenantId>,
    /// The name to sign in with.
    pub name: UserName,
    /// What the user is.
    pub role: Role,
    /// Where the user may do more or less than the role says.
    pub exceptions: Exceptions,
    /// From where the user may sign in; anywhere when empty.
    pub networks: Vec<SignInNetwork>,
    /// Whether a password was chosen.
    pub has_password: bool,
    /// Whether signing in takes a code as well.
    pub has_code: bool,
    /// Whether the user is kept out.
    pub blocked: bool,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub revision: i64,
}

impl User {
    /// What the user may do.
    #[must_use]
    pub fn rights(&self) -> Rights {
        self.exceptions.applied_to(self.role)
    }

    /// Whether the user may come from there.
    #[must_use]
    pub fn may_come_from(&self, address: IpAddr) -> bool {
        self.networks.is_empty() || self.networks.iter().any(|network| network.contains(address))
    }
}

/// What a user signs in with.
#[derive(Debug)]
pub struct Credentials {
    /// The hash of the password in the PHC format; none until one was chosen.
    pub password: Option<Secret>,
    /// What the codes of the second factor are made from.
    pub code_key: Option<Secret>,
}

/// A link with which a user chooses a password, once.
#[derive(Debug)]
pub struct SetupLink {
    /// The secret in the link.
    pub secret: Secret,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Store {
    /// Keeps a new user with a link to choose a password.
    pub async fn add_user(
        &self,
        user: &User,
        link: &SetupLink,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session
            .execute(
                "INSERT INTO users (id, tenant_id, name, role, exceptions, networks, code_step, blocked, created_by, \
                 created_at, revision) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, 1)",
                values![
                    user.id.as_str(),
                    user.tenant.as_ref().map(TenantId::as_str),
                    user.name.as_str(),
                    user.role.as_str(),
                    user.exceptions.to_string(),
                    written(&user.networks),
                    user.blocked,
                    user.created_by.as_str(),
                    user.created_at.millis()
                ],
            )
            .await?;
        session.put_setup_link(&user.id, link).await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Keeps what a user is now, unless it was changed since it had the revision that `user` has; whether it was kept.
    /// A user who is blocked has no session any more.
    pub async fn change_user(&self, user: &User, entry: &AuditEntry) -> Result<bool, StorageError> {
        let mut session = self.write().await?;
        let changed = session
            .execute(
                "UPDATE users SET role = $1, exceptions = $2, networks = $3, blocked = $4, revision = revision + 1 \
                 WHERE id = $5 AND revision = $6",
                values![
                    user.role.as_str(),
                    user.exceptions.to_string(),
                    written(&user.networks),
                    user.blocked,
                    user.id.as_str(),
                    user.revision
                ],
            )
            .await?;
        if changed == 0 {
            return Ok(false);
        }
        if user.blocked {
            session.end_sessions(&user.id, None).await?;
        }
        session.insert_audit(entry).await?;
        session.commit().await?;
        Ok(true)
    }

    /// Keeps in which language a user reads.
    pub async fn set_language(
        &self,
        id: &UserId,
        language: Option<Language>,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session.execute("DELETE FROM user_languages WHERE user_id = $1", values![id.as_str()]).await?;
        if let Some(language) = language {
            let statement = "INSERT INTO user_languages (user_id, language) VALUES ($1, $2)";
            session.execute(statement, values![id.as_str(), language.tag()]).await?;
        }
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Forgets a user, whose sessions end.
    pub async fn remove_user(&self, id: &UserId, entry: &AuditEntry) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session.execute("DELETE FROM users WHERE id = $1", values![id.as_str()]).await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Forgets password, second factor and sessions of a user, and keeps a link to choose a new password.
    pub async fn reset_user(
        &self,
        id: &UserId,
        link: &SetupLink,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        let statement =
            "UPDATE users SET password = NULL, code_key = NULL, revision = revision + 1 WHERE id = $1";
        session.execute(statement, values![id.as_str()]).await?;
        session.put_setup_link(id, link).await?;
        session.end_sessions(id, None).await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Takes the password that was chosen with a link, which is good no longer; whether it still was.
    pub async fn set_up_user(
        &self,
        link: &Secret,
        password: &Secret,
        now: Timestamp,
        entry: &AuditEntry,
    ) -> Result<bool, StorageError> {
        let mut session = self.write().await?;
        let lookup = session.sealer.token_lookup(link);
        let used = session
            .row(
                "DELETE FROM setup_links WHERE lookup = $1 AND expires_at > $2 RETURNING user_id",
                values![lookup, now.millis()],
            )
            .await?;
        let Some(used) = used else { return Ok(false) };
        let id = UserId::stored(&used.text("user_id")?);
        session.put_password(&id, password).await?;
        session.insert_audit(entry).await?;
        session.commit().await?;
        Ok(true)
    }

    /// Gives a user another password. Every session but `kept` ends.
    pub async fn set_user_password(
        &self,
        id: &UserId,
        password: &Secret,
        kept: Option<&crate::domain::SessionId>,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session.put_password(id, password).await?;
        session.end_sessions(id, kept).await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Gives a user a second factor, of whose codes the one of `step` was taken; or takes it away.
    pub async fn set_code_key(
        &self,
        user: &User,
        key: Option<&Secret>,
        step: i64,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        let sealed = key.map(|key| session.sealer.seal(code_place(&user.id, user.tenant.as_ref()), key));
        session
            .execute(
                "UPDATE users SET code_key = $1, code_step = $2, revision = revision + 1 WHERE id = $3",
                values![sealed, step, user.id.as_str()],
            )
            .await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Takes the code of a time step, unless one of it or of a later one was taken before; whether it was taken.
    pub async fn take_code(&self, id: &UserId, step: i64) -> Result<bool, StorageError> {
        let mut session = self.write().await?;
        let statement = "UPDATE users SET code_step = $1 WHERE id = $2 AND code_step < $1";
        let taken = session.execute(statement, values![step, id.as_str()]).await?;
        session.commit().await?;
        Ok(taken > 0)
    }
}

impl Session {
    /// The users of a tenant, or those of the operator, by name.
    pub async fn users(&mut self, tenant: Option<&TenantId>) -> Result<Vec<User>, StorageError> {
        let tenant = tenant.map(TenantId::as_str);
        self.rows(
            "SELECT * FROM users WHERE tenant_id = $1 OR ($1 IS NULL AND tenant_id IS NULL) ORDER BY name",
            values![tenant],
        )
        .await?
        .iter()
        .map(user)
        .collect()
    }

    /// The user of that name.
    pub async fn user_by_name(&mut self, name: &UserName) -> Result<Option<User>, StorageError> {
        let row = self.row("SELECT * FROM users WHERE name = $1", values![name.as_str()]).await?;
        row.as_ref().map(user).transpose()
    }

    /// The user with that id.
    pub async fn user(&mut self, id: &UserId) -> Result<Option<User>, StorageError> {
        let row = self.row("SELECT * FROM users WHERE id = $1", values![id.as_str()]).await?;
        row.as_ref().map(user).transpose()
    }

    /// What the user signs in with.
    pub async fn user_credentials(&mut self, id: &UserId) -> Result<Option<Credentials>, StorageError> {
        let row = self.row("SELECT * FROM users WHERE id = $1", values![id.as_str()]).await?;
        let Some(row) = row else { return Ok(None) };
        let tenant = row.text_or_none("tenant_id")?.as_deref().map(TenantId::stored);
        let sealed = row.text_or_none("code_key")?;
        let open = |sealed: String| self.sealer.open(code_place(id, tenant.as_ref()), &sealed);
        Ok(Some(Credentials {
            password: row.text_or_none("password")?.map(Secret::new),
            code_key: sealed.map(open).transpose()?,
        }))
    }

    /// In which language the user reads; none: as the browser says.
    pub async fn language_of(&mut self, id: &UserId) -> Result<Option<Language>, StorageError> {
        let statement = "SELECT language FROM user_languages WHERE user_id = $1";
        let row = self.row(statement, values![id.as_str()]).await?;
        row.map(|row| row.parsed("language", str::parse)).transpose()
    }

    /// Whose set-up link this is, while it is good.
    pub async fn user_of_setup_link(
        &mut self,
        link: &Secret,
        now: Timestamp,
    ) -> Result<Option<User>, StorageError> {
        let lookup = self.sealer.token_lookup(link);
        let row = self
            .row(
                "SELECT u.* FROM users u JOIN setup_links l ON l.user_id = u.id \
                 WHERE l.lookup = $1 AND l.expires_at > $2",
                values![lookup, now.millis()],
            )
            .await?;
        row.as_ref().map(user).transpose()
    }

    /// Until when the user's set-up link is good, if there is one.
    pub async fn setup_link_end(&mut self, id: &UserId) -> Result<Option<Timestamp>, StorageError> {
        let row =
            self.row("SELECT expires_at FROM setup_links WHERE user_id = $1", values![id.as_str()]).await?;
        Ok(row.map(|row| row.int("expires_at")).transpose()?.map(Timestamp::from_millis))
    }

    async fn put_setup_link(&mut self, id: &UserId, link: &SetupLink) -> Result<(), StorageError> {
        let lookup = self.sealer.token_lookup(&link.secret);
        self.execute(
            "INSERT INTO setup_links (user_id, lookup, expires_at) VALUES ($1, $2, $3) \
             ON CONFLICT (user_id) DO UPDATE SET lookup = excluded.lookup, expires_at = excluded.expires_at",
            values![id.as_str(), lookup, link.expires_at.millis()],
        )
        .await
        .map(drop)
    }

    async fn put_password(&mut self, id: &UserId, password: &Secret) -> Result<(), StorageError> {
        self.execute(
            "UPDATE users SET password = $1, revision = revision + 1 WHERE id = $2",
            values![password.expose(), id.as_str()],
        )
        .await
        .map(drop)
    }
}

fn code_place<'a>(id: &'a UserId, tenant: Option<&'a TenantId>) -> Place<'a> {
    let tenant = tenant.map(TenantId::as_str).unwrap_or_default();
    Place { purpose: CODE_KEY, tenant, row: id.as_str() }
}

fn written(networks: &[SignInNetwork]) -> String {
    networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

pub(super) fn user(row: &Row) -> Result<User, StorageError> {
    Ok(User {
        id: UserId::stored(&row.text("id")?),
        tenant: row.text_or_none("tenant_id")?.as_deref().map(TenantId::stored),
        name: UserName::stored(row.text("name")?),
        role: row.parsed("role", str::parse)?,
        exceptions: row.parsed("exceptions", str::parse)?,
        networks: row
            .parsed("networks", |text| text.split_whitespace().map(SignInNetwork::parse).collect())?,
        has_password: row.text_or_none("password")?.is_some(),
        has_code: row.text_or_none("code_key")?.is_some(),
        blocked: row.flag("blocked")?,
        created_by: row.text("created_by")?,
        created_at: Timestamp::from_millis(row.int("created_at")?),
        revision: row.int("revision")?,
    })
}
