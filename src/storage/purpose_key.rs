//! The keys that the database keeps, one for each purpose, sealed with the master key; loading and replacing them.

use std::sync::Arc;

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

/// How long whoever replaces keys stands in the queue for its turn. Nobody else can begin to write meanwhile.
const PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'";
const NO_HURRY: &str = "SET LOCAL lock_timeout TO DEFAULT";
/// How often it does. More than half a minute of a transaction that never ends is another failure.
const ATTEMPTS: u32 = 60;
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
    Nonce,
}

impl Purpose {
    const ALL: [Self; 7] = [
        Self::Seal,
        Self::ScopeLookup,
        Self::DeviceScope,
        Self::Document,
        Self::TokenLookup,
        Self::Audit,
        Self::Nonce,
    ];

    /// Its name in the database; also what the keys of older releases were derived with.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::ScopeLookup => "scope lookup",
            Self::DeviceScope => "device scope",
            Self::Document => "document",
            Self::TokenLookup => "token lookup",
            Self::Audit => "audit",
            Self::Nonce => "nonce",
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
        let kept = row.text("sealed")?;
        let master = sealer.master(kept.split_once('.').map_or("", |(master, _)| master))?;
        let opened = open_with(&wrapping(&master), &master.id(), place(purpose, &id), &kept)?;
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

impl Store {
    /// A session that can open and seal what is in its snapshot. In SQLite and when reading, the snapshot has both the
    /// keys and what they sealed; whoever writes in PostgreSQL has kept the keys as they are before it looks at them.
    pub(super) async fn begin_session(&self, tx: Tx) -> Result<Session, StorageError> {
        const NEWEST: &str = "SELECT id FROM sealed_keys WHERE purpose = 'seal' ORDER BY seq DESC LIMIT 1";
        let mut session = Session { tx, sealer: Arc::new(self.sealer.for_session()) };
        let newest = session.row(NEWEST, values![]).await?.map(|row| row.text("id")).transpose()?;
        if newest.is_some_and(|newest| !session.sealer.seals_with(&newest)) {
            load(&mut session.tx, &session.sealer).await?;
            self.sealer.follow(&session.sealer);
        }
        Ok(session)
    }

    /// A session that may replace keys: nobody else writes until it ends, so that nobody goes on with keys that are gone
    /// or cannot open what another has sealed with a new one. Readers do not wait for it, nor it for them.
    pub(super) async fn write_alone(&self) -> Result<Session, StorageError> {
        for _ in 1..ATTEMPTS {
            match self.try_to_write_alone().await {
                Err(StorageError::Database(error)) if is_no_lock(&error) => {}
                ended => return ended,
            }
        }
        self.try_to_write_alone().await
    }

    async fn try_to_write_alone(&self) -> Result<Session, StorageError> {
        let mut tx = self.begin_write().await?;
        if matches!(tx, Tx::Postgres(_)) {
            tx.execute(PATIENCE, values![]).await?;
            tx.execute("LOCK TABLE sealed_keys IN EXCLUSIVE MODE", values![]).await?;
            tx.execute(NO_HURRY, values![]).await?;
        }
        self.begin_session(tx).await
    }
}

fn is_no_lock(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some(NO_LOCK)
}

impl Session {
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
    /// The id of the master key that the keys are sealed with.
    pub async fn master_key_in_use(&self) -> Result<String, StorageError> {
        let row = self.read().await?.row(MASTER, values![]).await?;
        row.ok_or(StorageError::Unsealable { purpose: "key" })?.text("value")
    }

    /// Seals the keys with another master key, which every process that opens the database must know by now. What they
    /// have sealed is not touched. With `renew` a new key seals from now on, and its id is returned: in the same
    /// transaction, so that no older master key has ever sealed it and a rotation is whole or not begun.
    pub async fn seal_keys_with(
        &self,
        master: &MasterKey,
        renew: bool,
        entry: &AuditEntry,
    ) -> Result<Option<String>, StorageError> {
        let mut session = self.write_alone().await?;
        let (mut newest, random) = (0, self.sealer.random());
        for row in session.rows(EVERY, values![]).await? {
            let key = PurposeKey::in_row(&row, &self.sealer)?;
            newest = newest.max(key.seq);
            let values = values![key.sealed_with(master, random), key.purpose.as_str(), key.id.as_str()];
            session
                .execute("UPDATE sealed_keys SET sealed = $1 WHERE purpose = $2 AND id = $3", values)
                .await?;
        }
        let key = renew.then(|| PurposeKey::generate(Purpose::Seal, newest + 1, random));
        if let Some(key) = &key {
            insert(&mut session.tx, key, master, random).await?;
        }
        session.execute("UPDATE meta SET value = $1 WHERE name = 'key'", values![master.id()]).await?;
        session.insert_audit(entry).await?;
        session.commit().await?;
        Ok(key.map(|key| key.id))
    }
}
