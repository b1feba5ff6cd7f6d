//! Who did what that must be answered for later: chains of entries in which nothing can be altered unseen.
//!
//! Each tenant has a chain, and the installation one. The MAC of an entry covers its fields and the MAC before it; the key
//! lives outside the database. What is cut off at the end shows against a head that was written down elsewhere.

use super::{
    Change, Session, StorageError, Store,
    engine::{Row, Tx, values},
};
use crate::domain::{TenantId, Timestamp};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AuditEntry {
    /// Whose data was touched; none for the whole installation.
    pub tenant: Option<TenantId>,
    /// When.
    pub at: Timestamp,
    /// Who: the system user of a command, a token.
    pub actor: String,
    /// The address that the request came from; none at a terminal.
    pub origin: Option<String>,
    /// What, as `noun.verb`.
    pub action: String,
    /// With what; never a secret.
    pub detail: String,
    /// What it was before, as JSON without secrets, where that can be said.
    pub before: Option<String>,
    /// What it was then.
    pub after: Option<String>,
    /// Whether it was refused.
    pub refused: bool,
}

impl AuditEntry {
    /// An entry of something that was done at a terminal, with nothing before or after it.
    #[must_use]
    pub fn new(
        tenant: Option<TenantId>,
        at: Timestamp,
        actor: &str,
        action: &str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            tenant,
            at,
            actor: actor.to_owned(),
            origin: None,
            action: action.to_owned(),
            detail: detail.into(),
            before: None,
            after: None,
            refused: false,
        }
    }
}

/// An entry in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// Its MAC.
    pub mac: String,
    /// The entry.
    pub entry: AuditEntry,
}

/// What comes of verifying a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry is as it was written.
    Whole {
        /// The first entry that is kept; those before were removed by retention.
        first: i64,
        /// The last entry; 0 where there is none.
        last: i64,
        /// Its MAC: written down elsewhere, it shows later that nothing was cut off.
        mac: String,
    },
    /// An entry is not as it was written.
    Broken {
        /// Where.
        seq: i64,
        /// What is wrong.
        why: &'static str,
    },
}

const INSTALLATION: &str = "";

fn chain_of(tenant: Option<&TenantId>) -> &str {
    tenant.map_or(INSTALLATION, TenantId::as_str)
}

impl Store {
    /// Notes an action that changes nothing under a tenant's revision.
    pub async fn audit(&self, entry: &AuditEntry) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Moves the entries of releases without chains into them, in the order in which they were written.
    pub(super) async fn chain_older_entries(&self) -> Result<(), StorageError> {
        let mut session = self.read().await?;
        let older = session.row("SELECT 1 AS one FROM audit LIMIT 1", values![]).await?;
        drop(session);
        if older.is_none() {
            return Ok(());
        }
        let mut session = self.write().await?;
        if matches!(session.tx, Tx::Postgres(_)) {
            session.execute("LOCK TABLE audit IN EXCLUSIVE MODE", values![]).await?;
        }
        for row in session.rows("SELECT * FROM audit ORDER BY at, id", values![]).await? {
            let tenant = row.text_or_none("tenant_id")?.as_deref().map(TenantId::stored);
            let (actor, action, detail) = (row.text("actor")?, row.text("action")?, row.text("detail")?);
            let at = Timestamp::from_millis(row.int("at")?);
            session.insert_audit(&AuditEntry::new(tenant, at, &actor, &action, detail)).await?;
        }
        session.execute("DELETE FROM audit", values![]).await?;
        session.commit().await
    }

    /// Removes the entries of a chain that are older than `before`, and remembers where it begins now; how many.
    pub async fn prune_audit(
        &self,
        tenant: Option<&TenantId>,
        before: Timestamp,
        entry: &AuditEntry,
    ) -> Result<u64, StorageError> {
        let (chain, mut session) = (chain_of(tenant), self.write().await?);
        // first, because it locks the chain
        session.insert_audit(entry).await?;
        let last = session
            .row(
                "SELECT seq, mac FROM audit_log WHERE chain = $1 AND at < $2 AND seq < \
                 (SELECT COALESCE(MIN(seq), 0) FROM audit_log WHERE chain = $1 AND at >= $2) ORDER BY seq DESC LIMIT 1",
                values![chain, before.millis()],
            )
            .await?;
        let Some(last) = last else {
            return session.commit().await.map(|()| 0);
        };
        let (seq, mac) = (last.int("seq")?, last.text("mac")?);
        let seal = session.sealer.audit_mac(&[chain, "base", &seq.to_string(), &mac]);
        let removed = session
            .execute("DELETE FROM audit_log WHERE chain = $1 AND seq <= $2", values![chain, seq])
            .await?;
        session
            .execute(
                "UPDATE audit_heads SET base_seq = $1, base_mac = $2, base_seal = $3 WHERE chain = $4",
                values![seq, mac, seal, chain],
            )
            .await?;
        session.commit().await?;
        Ok(removed)
    }
}

impl Change {
    /// Notes an action within the change that it describes, so that neither is kept without the other.
    pub async fn audit(&mut self, entry: &AuditEntry) -> Result<(), StorageError> {
        self.insert_audit(entry).await
    }
}

impl Session {
    pub(super) async fn insert_audit(&mut self, entry: &AuditEntry) -> Result<(), StorageError> {
        const NEXT: &str = "UPDATE audit_heads SET seq = seq + 1 WHERE chain = $1 RETURNING seq, mac";
        let chain = chain_of(entry.tenant.as_ref());
        let mut head = self.row(NEXT, values![chain]).await?;
        if head.is_none() {
            self.execute(
                "INSERT INTO audit_heads (chain, seq, mac, base_seq, base_mac, base_seal) VALUES ($1, 0, '', 0, '', '') \
                 ON CONFLICT (chain) DO NOTHING",
                values![chain],
            )
            .await?;
            head = self.row(NEXT, values![chain]).await?;
        }
        let head = head.ok_or(StorageError::TenantGone)?;
        let (seq, before) = (head.int("seq")?, head.text("mac")?);
        let mac = self.audit_mac(chain, seq, &before, entry);
        self.execute(
            "INSERT INTO audit_log \
             (chain, seq, at, actor, origin, action, detail, before_change, after_change, refused, mac) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            values![
                chain,
                seq,
                entry.at.millis(),
                entry.actor.as_str(),
                entry.origin.as_deref(),
                entry.action.as_str(),
                entry.detail.as_str(),
                entry.before.as_deref(),
                entry.after.as_deref(),
                entry.refused,
                mac.as_str()
            ],
        )
        .await?;
        self.execute("UPDATE audit_heads SET mac = $1 WHERE chain = $2", values![mac, chain]).await.map(drop)
    }

    fn audit_mac(&self, chain: &str, seq: i64, before: &str, entry: &AuditEntry) -> String {
        let optional =
            |text: &Option<String>| text.as_ref().map_or_else(|| "-".to_owned(), |text| format!("+{text}"));
        self.sealer.audit_mac(&[
            chain,
            before,
            &seq.to_string(),
            &entry.at.millis().to_string(),
            &entry.actor,
            &optional(&entry.origin),
            &entry.action,
            &entry.detail,
            &optional(&entry.before),
            &optional(&entry.after),
            if entry.refused { "refused" } else { "done" },
        ])
    }

    /// The newest entries of all chains, the newest first.
    pub async fn audit_entries(&mut self, most: u32) -> Result<Vec<AuditEntry>, StorageError> {
        let rows = self
            .rows("SELECT * FROM audit_log ORDER BY at DESC, seq DESC LIMIT $1", values![i64::from(most)])
            .await?;
        rows.iter().map(|row| record(row).map(|record| record.entry)).collect()
    }

    /// Entries of a chain before the place `before` (none: from the newest on), the newest first.
    pub async fn audit_records(
        &mut self,
        tenant: Option<&TenantId>,
        before: Option<i64>,
        most: u32,
    ) -> Result<Vec<AuditRecord>, StorageError> {
        let rows = self
            .rows(
                "SELECT * FROM audit_log WHERE chain = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
                values![chain_of(tenant), before.unwrap_or(i64::MAX), i64::from(most)],
            )
            .await?;
        rows.iter().map(record).collect()
    }

    /// Compares every entry of a chain with what was written.
    pub async fn verify_audit(&mut self, tenant: Option<&TenantId>) -> Result<Verdict, StorageError> {
        const PAGE: i64 = 1000;
        let chain = chain_of(tenant);
        let head = self.row("SELECT * FROM audit_heads WHERE chain = $1", values![chain]).await?;
        let Some(head) = head else {
            let stray =
                self.row("SELECT MIN(seq) AS seq FROM audit_log WHERE chain = $1", values![chain]).await?;
            let stray = stray.map(|row| row.int_or_none("seq")).transpose()?.flatten();
            return Ok(match stray {
                Some(seq) => Verdict::Broken { seq, why: "the head of the chain is missing" },
                None => Verdict::Whole { first: 1, last: 0, mac: String::new() },
            });
        };
        let (base, mut mac) = (head.int("base_seq")?, head.text("base_mac")?);
        let seal = self.sealer.audit_mac(&[chain, "base", &base.to_string(), &mac]);
        if base > 0 && head.text("base_seal")? != seal {
            return Ok(Verdict::Broken {
                seq: base,
                why: "the chain was cut off before it, and not by retention",
            });
        }
        let mut last = base;
        loop {
            let rows = self
                .rows(
                    "SELECT * FROM audit_log WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                    values![chain, last, PAGE],
                )
                .await?;
            for row in &rows {
                let record = record(row)?;
                if record.seq != last + 1 {
                    return Ok(Verdict::Broken { seq: last + 1, why: "the entry is missing" });
                }
                if record.mac != self.audit_mac(chain, record.seq, &mac, &record.entry) {
                    return Ok(Verdict::Broken { seq: record.seq, why: "the entry was altered" });
                }
                (last, mac) = (record.seq, record.mac);
            }
            if rows.is_empty() {
                break;
            }
        }
        if head.int("seq")? != last || head.text("mac")? != mac {
            return Ok(Verdict::Broken { seq: last + 1, why: "entries at the end are missing" });
        }
        Ok(Verdict::Whole { first: base + 1, last, mac })
    }

    /// The chains that there are: those of tenants, and that of the installation.
    pub async fn audit_chains(&mut self) -> Result<Vec<Option<TenantId>>, StorageError> {
        let rows = self
            .rows("SELECT chain FROM audit_heads UNION SELECT chain FROM audit_log ORDER BY chain", values![])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Some(row.text("chain")?).filter(|chain| !chain.is_empty()).map(|id| TenantId::stored(&id)))
            })
            .collect()
    }
}

fn record(row: &Row) -> Result<AuditRecord, StorageError> {
    let chain = row.text("chain")?;
    Ok(AuditRecord {
        seq: row.int("seq")?,
        mac: row.text("mac")?,
        entry: AuditEntry {
            tenant: (!chain.is_empty()).then(|| TenantId::stored(&chain)),
            at: Timestamp::from_millis(row.int("at")?),
            actor: row.text("actor")?,
            origin: row.text_or_none("origin")?,
            action: row.text("action")?,
            detail: row.text("detail")?,
            before: row.text_or_none("before_change")?,
            after: row.text_or_none("after_change")?,
            refused: row.flag("refused")?,
        },
    })
}
