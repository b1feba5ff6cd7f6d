//! API tokens: found by a keyed hash, never kept themselves.

use super::{
    AuditEntry, Session, StorageError, Store,
    engine::{Row, values},
};
use crate::domain::{PlainText, Rights, Secret, TenantId, Timestamp, TokenId};

/// A token without its secret part.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// The only tenant that it may see and change; none: all of them.
    pub tenant: Option<TenantId>,
    /// What people call it.
    pub name: PlainText,
    /// What may be done with it.
    pub rights: Rights,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when it is refused; never when none.
    pub expires_at: Option<Timestamp>,
}

impl Store {
    /// The token that this text is, if it is one.
    pub async fn token(&self, secret: &Secret) -> Result<Option<Token>, StorageError> {
        let mut session = self.read().await?;
        let lookup = session.sealer.token_lookup(secret);
        let row = session.row("SELECT * FROM tokens WHERE lookup = $1", values![lookup]).await?;
        row.as_ref().map(token).transpose()
    }
}

impl Store {
    /// Keeps a token and who made it.
    pub async fn add_token(
        &self,
        token: &Token,
        secret: &Secret,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session.insert_token(token, secret).await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Forgets a token, and keeps who ended it.
    pub async fn remove_token(&self, id: &TokenId, entry: &AuditEntry) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session.execute("DELETE FROM tokens WHERE id = $1", values![id.as_str()]).await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }
}

impl Session {
    /// The tokens of a tenant, or those of the whole installation, the oldest first.
    pub async fn tokens(&mut self, tenant: Option<&TenantId>) -> Result<Vec<Token>, StorageError> {
        let tenant = tenant.map(TenantId::as_str);
        self.rows(
            "SELECT * FROM tokens WHERE tenant_id = $1 OR ($1 IS NULL AND tenant_id IS NULL) ORDER BY created_at, id",
            values![tenant],
        )
        .await?
        .iter()
        .map(token)
        .collect()
    }

    async fn insert_token(&mut self, token: &Token, secret: &Secret) -> Result<(), StorageError> {
        let lookup = self.sealer.token_lookup(secret);
        self.execute(
            "INSERT INTO tokens (id, tenant_id, name, lookup, rights, created_by, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            values![
                token.id.as_str(),
                token.tenant.as_ref().map(TenantId::as_str),
                token.name.as_str(),
                lookup,
                token.rights.to_string(),
                token.created_by.as_str(),
                token.created_at.millis(),
                token.expires_at.map(Timestamp::millis)
            ],
        )
        .await
        .map(drop)
    }
}

fn token(row: &Row) -> Result<Token, StorageError> {
    Ok(Token {
        id: TokenId::stored(&row.text("id")?),
        tenant: row.text_or_none("tenant_id")?.as_deref().map(TenantId::stored),
        name: PlainText::stored(row.text("name")?),
        rights: row.parsed("rights", str::parse)?,
        created_by: row.text("created_by")?,
        created_at: Timestamp::from_millis(row.int("created_at")?),
        expires_at: row.int_or_none("expires_at")?.map(Timestamp::from_millis),
    })
}
