//! What phones of a tenant answer when they are asked for a user name and password.

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
    seal::Place,
};
use crate::domain::{PasswordId, Secret, TenantId, Timestamp};

pub(super) const PASSWORD: &str = "provisioning password";
/// So many passwords hold at once; the oldest of more ends at once.
const MOST: usize = 5;

/// A user name and a password that a tenant's phones may answer with.
#[derive(Clone, Debug)]
pub struct TenantPassword {
    /// Its id.
    pub id: PasswordId,
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Secret,
    /// From this time on phones are asked for it; until then their documents teach it to them.
    pub demanded_from: Timestamp,
    /// After this time it is refused; none for the one in use.
    pub expires_at: Option<Timestamp>,
}

impl Session {
    /// The passwords of one tenant, the one in use first; those that ended may be among them.
    pub async fn tenant_passwords(&mut self, tenant: &TenantId) -> Result<Vec<TenantPassword>, StorageError> {
        let rows = self
            .rows(
                "SELECT * FROM tenant_passwords WHERE tenant_id = $1 \
                 ORDER BY expires_at IS NOT NULL, created_at DESC, id",
                values![tenant.as_str()],
            )
            .await?;
        rows.iter().map(|row| self.tenant_password(row)).collect()
    }

    fn tenant_password(&self, row: &Row) -> Result<TenantPassword, StorageError> {
        let (id, tenant) = (row.text("id")?, row.text("tenant_id")?);
        let place = Place { purpose: PASSWORD, tenant: &tenant, row: &id };
        Ok(TenantPassword {
            user: row.text("user_name")?,
            password: self.sealer.open(place, &row.text("password")?)?,
            demanded_from: Timestamp::from_millis(row.int("demanded_from")?),
            expires_at: row.int_or_none("expires_at")?.map(Timestamp::from_millis),
            id: PasswordId::stored(&id),
        })
    }
}

impl Change {
    /// Gives the tenant a password; the ones that hold go on until `old_until`.
    pub async fn set_tenant_password(
        &mut self,
        new: &TenantPassword,
        old_until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let former = self.tenant_passwords(&tenant).await?;
        let ended = former.iter().filter(|former| former.expires_at.is_some_and(|end| end <= now));
        for gone in ended.chain(former.iter().skip(MOST - 1)) {
            self.execute("DELETE FROM tenant_passwords WHERE id = $1", values![gone.id.as_str()]).await?;
        }
        self.execute(
            "UPDATE tenant_passwords SET expires_at = $1 \
             WHERE tenant_id = $2 AND (expires_at IS NULL OR expires_at > $1)",
            values![old_until.millis(), tenant.as_str()],
        )
        .await?;
        let place = Place { purpose: PASSWORD, tenant: tenant.as_str(), row: new.id.as_str() };
        let sealed = self.sealer.seal(place, &new.password);
        self.execute(
            "INSERT INTO tenant_passwords \
             (id, tenant_id, user_name, password, demanded_from, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, NULL)",
            values![
                new.id.as_str(),
                tenant.as_str(),
                new.user.as_str(),
                sealed,
                new.demanded_from.millis(),
                now.millis()
            ],
        )
        .await?;
        self.touch_all().await
    }

    /// Takes all passwords of the tenant away; whether it had any.
    pub async fn remove_tenant_passwords(&mut self) -> Result<bool, StorageError> {
        let tenant = self.tenant().clone();
        let removed = self
            .execute("DELETE FROM tenant_passwords WHERE tenant_id = $1", values![tenant.as_str()])
            .await?;
        self.touch_all().await?;
        Ok(removed > 0)
    }
}
