//! The keys that the database keeps, one for each purpose, sealed with the master key; loading and replacing them.

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::{
    AuditEntry, MasterKey, Sealer, Session, StorageError, Store,
    engine::{Row, Tx, values},
    open::Role,
    seal::{Place, open_with, seal_with},
};
use crate::domain::{Random, Secret};

/// How long a new key waits for transactions that began before it. Whoever waits for one of them in turn goes first then.
const LOCK_PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'";
/// How often it waits. More than half a minute of a transaction that never ends is another failure.
const LOCK_ATTEMPTS: u32 = 60;
/// What PostgreSQL says when a lock was not given in time (`lock_not_available`).
const NO_LOCK: &str = "55P03";

const EVERY: &str = "SELECT purpose, id, seq, sealed FROM sealed_keys ORDER BY seq, purpose";
const MASTER: &str = "SELECT value FROM meta WHERE name = 'key'";

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Seal,
    ScopeLookup,
    DeviceScope,
    Document,
    TokenLookup,
    Audit,
}

impl Purpose {
    const ALL: [Self; 6] =
        [Self::Seal, Self::ScopeLookup, Self::DeviceScope, Self::Document, Self::TokenLookup, Self::Audit];

    /// Its name in the database; also what the keys of older releases were derived with.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::ScopeLookup => "scope lookup",
            Self::DeviceScope => "device scope",
            Self::Document => "document",
            Self::TokenLookup => "token lookup",
            Self::Audit => "audit",
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|purpose| purpose.as_str() == text);
        named.ok_or_else(|| "is no purpose of a key".to_owned())
    }
}

/// One key, opened.
#[derive(Clone)]
pub(super) struct PurposeKey {
    pub(super) purpose: Purpose,
    pub(super) id: String,
    pub(super) seq: i64,
    pub(super) bytes: Zeroizing<[u8; 32]>,
}

impl PurposeKey {
    /// The keys that releases without keys in the database derived from their master key. Each has its id, which stands in
    /// everything that they sealed.
    pub(super) fn derived(master: &MasterKey) -> Vec<Self> {
        let derive = |purpose: Purpose| Self {
            purpose,
            id: master.id(),
            seq: 1,
            bytes: master.derive(purpose.as_str()),
        };
        Purpose::ALL.into_iter().map(derive).collect()
    }

    fn generate(purpose: Purpose, seq: i64, random: &dyn Random) -> Self {
        let (mut bytes, mut id) = (Zeroizing::new([0; 32]), [0; 4]);
        random.fill(bytes.as_mut());
        random.fill(&mut id);
        Self { purpose, id: HEXLOWER.encode(&id), seq, bytes }
    }

    /// The key as the database keeps it.
    fn sealed_with(&self, master: &MasterKey, random: &dyn Random) -> String {
        let hex = Secret::new(HEXLOWER.encode(self.bytes.as_slice()));
        seal_with(&wrapping(master), &master.id(), random, self.place(), &hex)
    }

    fn place(&self) -> Place<'_> {
        place(self.purpose, &self.id)
    }

    /// The key in a row, opened with the master key that sealed it.
    fn in_row(row: &Row, sealer: &Sealer) -> Result<Self, StorageError> {
        let (purpose, id) = (row.parsed("purpose", Purpose::parse)?, row.text("id")?);
        let sealed = row.text("sealed")?;
        let master = sealer.master(sealed.split_once('.').map_or("", |(master, _)| master))?;
        let opened = open_with(&wrapping(&master), &master.id(), place(purpose, &id), &sealed)?;
        let bytes = Zeroizing::new(
            HEXLOWER
                .decode(opened.expose().as_bytes())
                .map_err(|why| row.corrupt("sealed", why.to_string()))?,
        );
        let bytes = bytes.as_slice().try_into();
        let bytes = bytes.map_err(|_| row.corrupt("sealed", "has another length".to_owned()))?;
        Ok(Self { purpose, id, seq: row.int("seq")?, bytes: Zeroizing::new(bytes) })
    }
}

const fn place(purpose: Purpose, id: &str) -> Place<'_> {
    Place { purpose: "key", tenant: purpose.as_str(), row: id }
}

fn wrapping(master: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*master.derive("keys")).into())
}

/// What a database had of keys when they were loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// All of them.
    Keys,
    /// Only the id of the master key that an older release derived them from.
    Derived,
    /// Nothing: it is new.
    Nothing,
}

impl Store {
    /// Loads the keys when the store is opened. The admin role makes those of a new database, and takes over those of an
    /// older release, which were derived from its master key.
    pub(super) async fn load_keys(&self, role: Role) -> Result<(), StorageError> {
        let mut tx = self.begin_read().await?;
        let found = load(&mut tx, &self.sealer).await?;
        drop(tx);
        match (found, role) {
            // the admin role will store what is derived until then
            (Found::Keys, _) | (Found::Derived, Role::Phones) => return Ok(()),
            (Found::Nothing, Role::Phones) => return Err(StorageError::no_schema()),
            (Found::Derived | Found::Nothing, Role::Admin) => {}
        }
        let mut tx = self.begin_write().await?;
        let own = self.sealer.masters().first().id();
        let insert = "INSERT INTO meta (name, value) VALUES ('key', $1) ON CONFLICT (name) DO NOTHING";
        let new = tx.execute(insert, values![own]).await? > 0;
        if load(&mut tx, &self.sealer).await? != Found::Keys {
            keep_first(&mut tx, &self.sealer, new).await?;
        }
        tx.commit().await
    }
}

impl Session {
    /// Makes sure that everything in this session's snapshot can be opened. In PostgreSQL the look at the table also keeps
    /// a new key from being put into use until the session ends, so that it holds to its end.
    pub(super) async fn know_keys(&mut self) -> Result<(), StorageError> {
        const NEWEST: &str = "SELECT id FROM sealed_keys WHERE purpose = 'seal' ORDER BY seq DESC LIMIT 1";
        let newest = self.tx.row(NEWEST, values![]).await?;
        let newest = newest.map(|row| row.text("id")).transpose()?;
        if newest.is_some_and(|newest| !self.sealer.seals_with(&newest)) {
            load(&mut self.tx, &self.sealer).await?;
        }
        Ok(())
    }

    /// After a restore: goes by the keys of the backup, or by those that its release derived.
    pub(super) async fn adopt_keys(&mut self) -> Result<(), StorageError> {
        if load(&mut self.tx, &self.sealer).await? != Found::Keys {
            keep_first(&mut self.tx, &self.sealer, false).await?;
        }
        Ok(())
    }
}

/// Loads all keys, or derives those of an older release.
async fn load(tx: &mut Tx, sealer: &Sealer) -> Result<Found, StorageError> {
    let Some(row) = tx.row(MASTER, values![]).await? else { return Ok(Found::Nothing) };
    let id = row.text("value")?;
    let master = sealer.master(&id)?;
    let rows = tx.rows(EVERY, values![]).await?;
    let keys = rows.iter().map(|row| PurposeKey::in_row(row, sealer)).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        sealer.take(&id, &PurposeKey::derived(&master));
        return Ok(Found::Derived);
    }
    if sealer.take(&id, &keys) { Ok(Found::Keys) } else { Err(StorageError::Unsealable { purpose: "key" }) }
}

/// Stores the first keys of a database: new ones, or those that its release derived.
async fn keep_first(tx: &mut Tx, sealer: &Sealer, new: bool) -> Result<(), StorageError> {
    let row = tx.row(MASTER, values![]).await?;
    let id = row.map(|row| row.text("value")).transpose()?.unwrap_or_default();
    let master = sealer.master(&id)?;
    let keys = if new {
        Purpose::ALL.into_iter().map(|purpose| PurposeKey::generate(purpose, 1, sealer.random())).collect()
    } else {
        PurposeKey::derived(&master)
    };
    for key in &keys {
        insert(tx, key, &master, sealer.random()).await?;
    }
    sealer.take(&id, &keys);
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    key: &PurposeKey,
    master: &MasterKey,
    random: &dyn Random,
) -> Result<(), StorageError> {
    tx.execute(
        "INSERT INTO sealed_keys (purpose, id, seq, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        values![key.purpose.as_str(), key.id.as_str(), key.seq, key.sealed_with(master, random)],
    )
    .await
    .map(drop)
}

impl Store {
    /// Seals the keys with another master key, which every process that opens the database must know by now. What they
    /// have sealed is not touched.
    pub async fn seal_keys_with(&self, master: &MasterKey, entry: &AuditEntry) -> Result<(), StorageError> {
        let mut session = Session { tx: self.begin_write().await?, sealer: self.sealer.clone() };
        if matches!(session.tx, Tx::Postgres(_)) {
            session.execute("LOCK TABLE sealed_keys IN EXCLUSIVE MODE", values![]).await?;
        }
        for row in session.rows(EVERY, values![]).await? {
            let key = PurposeKey::in_row(&row, &self.sealer)?;
            let sealed = key.sealed_with(master, self.sealer.random());
            let values = values![sealed, key.purpose.as_str(), key.id.as_str()];
            session
                .execute("UPDATE sealed_keys SET sealed = $1 WHERE purpose = $2 AND id = $3", values)
                .await?;
        }
        session.execute("UPDATE meta SET value = $1 WHERE name = 'key'", values![master.id()]).await?;
        load(&mut session.tx, &self.sealer).await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Puts a new key for sealing into use; its id. What was sealed before is still sealed with older ones.
    pub async fn renew_seal(&self, entry: &AuditEntry) -> Result<String, StorageError> {
        let mut attempt = 1;
        loop {
            match self.try_to_renew_seal(entry).await {
                Err(StorageError::Database(error))
                    if attempt < LOCK_ATTEMPTS
                        && error.as_database_error().and_then(|error| error.code()).as_deref()
                            == Some(NO_LOCK) =>
                {
                    attempt += 1;
                }
                ended => return ended,
            }
        }
    }

    async fn try_to_renew_seal(&self, entry: &AuditEntry) -> Result<String, StorageError> {
        const NEXT: &str = "SELECT COALESCE(MAX(seq), 0) + 1 AS next FROM sealed_keys";
        let mut session = Session { tx: self.begin_write().await?, sealer: self.sealer.clone() };
        if matches!(session.tx, Tx::Postgres(_)) {
            // waits for whoever looked at the keys before this one was there
            session.execute(LOCK_PATIENCE, values![]).await?;
            session.execute("LOCK TABLE sealed_keys IN ACCESS EXCLUSIVE MODE", values![]).await?;
        }
        let next = session.row(NEXT, values![]).await?.ok_or(StorageError::Unsealable { purpose: "key" })?;
        let master = session.row(MASTER, values![]).await?.map(|row| row.text("value")).transpose()?;
        let master = self.sealer.master(&master.unwrap_or_default())?;
        let key = PurposeKey::generate(Purpose::Seal, next.int("next")?, self.sealer.random());
        insert(&mut session.tx, &key, &master, self.sealer.random()).await?;
        load(&mut session.tx, &self.sealer).await?;
        session.insert_audit(entry).await?;
        session.commit().await?;
        Ok(key.id)
    }
}
