//! Things that tests put into a store.

use offhook::{
    domain::{
        DeviceHandle, DeviceId, ExtensionNumber, LineNumber, Mac, PlainText, ProductId, Scope, ScopeId,
        Secret, ServiceId, SipDomain, SipUser, SystemRandom, TenantId, TenantSlug,
    },
    storage::{
        Change, DatabaseUrl, Farewell, MasterKey, NewDevice, NewExtension, Role, StorageError, Store,
        Successor, Tenant,
    },
};

use crate::{
    bench::{Bench, now},
    postgres::cluster,
};

impl Bench {
    /// An empty SQLite store with this key.
    pub(crate) async fn sqlite_with(key: MasterKey) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("offhook.db"));
        Self::at(url, folder, key).await
    }

    /// An empty PostgreSQL store with this key.
    pub(crate) async fn postgres_with(key: MasterKey) -> Self {
        let url = DatabaseUrl::Postgres(cluster().database().await);
        Self::at(url, tempfile::tempdir().unwrap(), key).await
    }

    /// Makes of a store without secrets one of a release that kept no keys in the database and derived them instead.
    pub(crate) async fn as_an_older_release_made_it(&mut self) {
        self.store.close().await;
        self.sql("DELETE FROM sealed_keys").await.unwrap();
        self.store = self.open(Role::Admin, &self.key).await.unwrap();
    }

    /// Takes the database back to the first schema.
    pub(crate) async fn take_back(&self) {
        self.sql(BACK_TO_THE_FIRST_SCHEMA).await.unwrap();
        if matches!(self.url, DatabaseUrl::Postgres(_)) {
            // SQLite keeps these in its journal
            let phones = "DROP INDEX device_journal_by_time; DROP TABLE device_state; DROP TABLE device_fetches; DROP TABLE device_asks; DROP TABLE fleet_heard; DROP TABLE walks; \
                DROP TABLE device_certificates; ALTER TABLE device_journal DROP COLUMN taken_at, \
                DROP COLUMN taken_revision, DROP COLUMN taken_from";
            self.sql(phones).await.unwrap();
        }
    }

    /// Makes a tenant.
    pub(crate) async fn tenant(&self, slug: &str) -> Tenant {
        let tenant = Tenant {
            id: TenantId::generate(&SystemRandom),
            slug: TenantSlug::parse(slug).unwrap(),
            name: PlainText::parse("name", "Acme Ltd").unwrap(),
            sip_domain: SipDomain::parse("pbx.example.org").unwrap(),
            revision: 1,
            facts_revision: 1,
        };
        let scope = Scope::generate_for_tenant(&SystemRandom);
        let id = ScopeId::generate(&SystemRandom);
        self.store.add_tenant(&tenant, &id, &scope, now()).await.unwrap();
        tenant
    }
}

pub(crate) fn text(text: &str) -> PlainText {
    PlainText::parse("name", text).unwrap()
}

pub(crate) fn line(number: u16) -> LineNumber {
    LineNumber::new(number).unwrap()
}

pub(crate) fn product(id: &str) -> ProductId {
    ProductId::parse(id).unwrap()
}

pub(crate) fn extension(number: &str) -> NewExtension {
    NewExtension {
        id: ServiceId::generate(&SystemRandom),
        number: ExtensionNumber::parse(number).unwrap(),
        name: text("Ann"),
        product: product("essentials"),
        sip_user: SipUser::parse(&format!("acme-{number}")).unwrap(),
        sip_password: Secret::new(format!("password of {number}")),
    }
}

pub(crate) fn device(mac: &str) -> NewDevice {
    NewDevice {
        id: DeviceId::generate(&SystemRandom),
        mac: Mac::parse(mac).unwrap(),
        name: text("Front desk"),
        model: Some("Yealink SIP-T46U".to_owned()),
        handle: DeviceHandle::generate(&SystemRandom),
        web_password: Secret::new(format!("web password of {mac}")),
    }
}

/// Another phone in the place of one.
pub(crate) fn successor(mac: &str) -> Successor {
    let NewDevice { mac, handle, .. } = device(mac);
    Successor { mac, handle, web_password: Secret::new("web password of the successor") }
}

/// What a phone becomes that ceases to be a device.
pub(crate) fn farewell() -> Farewell {
    Farewell { id: DeviceId::generate(&SystemRandom), at: now() }
}

/// Starts a change at the time of the tests.
pub(crate) async fn change(store: &Store, tenant: &Tenant) -> Change {
    store.change(&tenant.id, now()).await.unwrap()
}

/// Makes an extension in a change of its own.
pub(crate) async fn add_extension(
    store: &Store,
    tenant: &Tenant,
    number: &str,
) -> Result<ServiceId, StorageError> {
    let new = extension(number);
    let mut change = store.change(&tenant.id, now()).await?;
    change.add_extension(&new).await?;
    change.commit().await?;
    Ok(new.id)
}

/// Makes a device in a change of its own.
pub(crate) async fn add_device(store: &Store, tenant: &Tenant, mac: &str) -> Result<DeviceId, StorageError> {
    let new = device(mac);
    let mut change = store.change(&tenant.id, now()).await?;
    change.add_device(&new).await?;
    change.commit().await?;
    Ok(new.id)
}

/// Takes a database back to the first schema. What was in newer tables is gone.
pub(crate) const BACK_TO_THE_FIRST_SCHEMA: &str = "DROP TABLE addons; DROP TABLE operator_blocks; \
    DROP INDEX services_trunk_name; DROP INDEX services_by_kind; DROP TABLE attendants; DROP TABLE trunks; DROP TABLE dids; DROP TABLE tokens; \
    DROP TABLE creations; DROP TABLE tombstones; DROP TABLE tombstone_floors; DROP TABLE audit_log; \
    DROP TABLE audit_heads; DROP TABLE device_inventory; DROP TABLE user_languages; DROP TABLE setup_links; DROP TABLE sessions; DROP TABLE users; \
    DROP TABLE sign_in_failures; DROP TABLE extension_pins; DROP TABLE profile_keys; DROP TABLE sealed_keys; \
    DROP TABLE sync_requests; DROP TABLE enrollments; DROP TABLE enrollment_rules; DROP TABLE tenant_passwords; DROP TABLE released_lines; DROP TABLE former_devices; \
    DELETE FROM _sqlx_migrations WHERE version > 1";
