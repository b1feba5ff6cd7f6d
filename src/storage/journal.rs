//! What the phone plane notes: when each device was last seen, and which unknown phones asked.

use std::{net::IpAddr, sync::LazyLock};

use super::{
    StorageError, Store,
    engine::{Row, Tx, Value, values},
    walk::{SeenWalk, note_walks},
};
use crate::domain::{DeviceId, Mac, TenantId, Timestamp};

/// How many unknown phones are remembered. The address that shows the most loses the oldest first, so that a walk over
/// MACs fills nothing and pushes out nobody else's phones.
const UNKNOWN_KEPT: i64 = 1000;

/// Devices whose notes go into one statement: after a power cut, statements cost more than the notes in them. With
/// many more the engines spend what that saves on finding the places of the values.
const TOGETHER: usize = 16;
static NOTE_ONE: LazyLock<String> = LazyLock::new(|| note(1));
static NOTE_MANY: LazyLock<String> = LazyLock::new(|| note(TOGETHER));

/// What one request showed of a phone.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SeenPhone {
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub address: String,
    /// Through which door: `https`, `http` or `tftp`.
    pub transport: String,
    /// Its vendor as the catalog calls it.
    pub vendor: Option<String>,
    /// Its model as the phone says.
    pub model: Option<String>,
    /// Its firmware as the phone says.
    pub firmware: Option<String>,
    /// The file it asked for, without the scope.
    pub file: String,
}

/// The last request of a known device.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DeviceNote {
    /// The device.
    #[serde(skip)]
    pub device: DeviceId,
    /// Whose it is.
    #[serde(skip)]
    pub tenant: TenantId,
    /// What the request showed.
    #[serde(flatten)]
    pub seen: SeenPhone,
    /// What came of it: `served`, `unchanged`, or why it was refused.
    pub outcome: String,
    /// The last document that it got, if it got any.
    #[serde(skip)]
    pub taken: Option<Taken>,
}

/// A document that a device got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// When.
    pub at: Timestamp,
    /// As of which revision of the tenant it was made.
    pub revision: i64,
    /// To which address: unlike that of a request, nobody can claim it who may not have the document.
    pub from: IpAddr,
}

/// Notes that are written together.
#[derive(Clone, Debug, Default)]
pub struct JournalBatch {
    /// The last request of each known device.
    pub devices: Vec<DeviceNote>,
    /// Unknown phones: MAC, the tenant whose scope they used, what they showed, how often they asked.
    pub unknown: Vec<(Mac, Option<TenantId>, SeenPhone, i64)>,
    /// How far walks over MACs have come.
    pub walks: Vec<SeenWalk>,
}

impl Store {
    /// Writes a batch of notes.
    pub async fn write_journal(&self, batch: &JournalBatch) -> Result<(), StorageError> {
        let mut tx = self.begin_journal().await?;
        let (many, few) = batch.devices.as_chunks::<TOGETHER>();
        for notes in many {
            tx.execute(&NOTE_MANY, notes.iter().flat_map(note_values).collect()).await?;
        }
        for note in few {
            tx.execute(&NOTE_ONE, note_values(note)).await?;
        }
        for (mac, tenant, seen, requests) in &batch.unknown {
            let mut bound = values![mac.to_string(), tenant.as_ref().map(TenantId::as_str), *requests];
            bound.extend(seen_values(seen));
            tx.execute(
                "INSERT INTO sightings \
                 (mac, tenant_id, requests, seen_at, address, transport, vendor, model, firmware, file) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (mac) DO UPDATE SET \
                 tenant_id = excluded.tenant_id, requests = sightings.requests + excluded.requests, \
                 seen_at = excluded.seen_at, address = excluded.address, transport = excluded.transport, \
                 vendor = COALESCE(excluded.vendor, sightings.vendor), \
                 model = COALESCE(excluded.model, sightings.model), \
                 firmware = COALESCE(excluded.firmware, sightings.firmware), file = excluded.file",
                bound,
            )
            .await?;
        }
        if !batch.unknown.is_empty() {
            // each address's newest first: whoever shows the most loses the oldest of its own
            tx.execute(
                "DELETE FROM sightings WHERE mac IN (SELECT mac FROM (SELECT mac, seen_at, \
                 ROW_NUMBER() OVER (PARTITION BY address ORDER BY seen_at DESC, mac) AS nth FROM sightings) AS ring \
                 ORDER BY nth, seen_at DESC, mac LIMIT 1000000 OFFSET $1)",
                values![UNKNOWN_KEPT],
            )
            .await?;
        }
        note_walks(&mut tx, &batch.walks).await?;
        tx.commit().await
    }

    /// The last request of each of the tenant's devices.
    pub async fn device_notes(&self, tenant: &TenantId) -> Result<Vec<DeviceNote>, StorageError> {
        let mut tx = self.begin_journal().await?;
        tx.rows("SELECT * FROM device_journal WHERE tenant_id = $1", values![tenant.as_str()])
            .await?
            .iter()
            .map(device_note)
            .collect()
    }

    /// The unknown phones that asked last, the newest first: MAC, the tenant whose scope they used, what they showed.
    pub async fn unknown_phones(&self) -> Result<Vec<(Mac, Option<TenantId>, SeenPhone)>, StorageError> {
        let mut tx = self.begin_journal().await?;
        tx.rows("SELECT * FROM sightings ORDER BY seen_at DESC, mac", values![])
            .await?
            .iter()
            .map(|row| {
                let tenant = row.text_or_none("tenant_id")?.as_deref().map(TenantId::stored);
                Ok((row.parsed("mac", Mac::parse)?, tenant, seen(row)?))
            })
            .collect()
    }
}

/// The statement that writes the notes of so many devices, each with the values that [`note_values`] gives.
fn note(devices: usize) -> String {
    const COLUMNS: usize = 13;
    let row = |row: usize| {
        let places: Vec<String> = (1..=COLUMNS).map(|place| format!("${}", row * COLUMNS + place)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..devices).map(row).collect();
    format!(
        "INSERT INTO device_journal \
         (device_id, tenant_id, outcome, taken_at, taken_revision, taken_from, seen_at, address, transport, vendor, model, \
         firmware, file) VALUES {} ON CONFLICT (device_id) DO UPDATE SET \
         tenant_id = excluded.tenant_id, outcome = excluded.outcome, seen_at = excluded.seen_at, \
         taken_at = COALESCE(excluded.taken_at, device_journal.taken_at), \
         taken_revision = COALESCE(excluded.taken_revision, device_journal.taken_revision), \
         taken_from = COALESCE(excluded.taken_from, device_journal.taken_from), \
         address = excluded.address, transport = excluded.transport, \
         vendor = COALESCE(excluded.vendor, device_journal.vendor), \
         model = COALESCE(excluded.model, device_journal.model), \
         firmware = COALESCE(excluded.firmware, device_journal.firmware), file = excluded.file",
        rows.join(", ")
    )
}

fn note_values(note: &DeviceNote) -> Vec<Value> {
    let (at, revision) = note.taken.map(|taken| (taken.at.millis(), taken.revision)).unzip();
    let from = note.taken.map(|taken| taken.from.to_string());
    let (device, tenant, outcome) = (note.device.as_str(), note.tenant.as_str(), note.outcome.as_str());
    let mut values = values![device, tenant, outcome, at, revision, from];
    values.extend(seen_values(&note.seen));
    values
}

fn seen_values(seen: &SeenPhone) -> Vec<Value> {
    values![
        seen.at.millis(),
        seen.address.as_str(),
        seen.transport.as_str(),
        seen.vendor.as_deref(),
        seen.model.as_deref(),
        seen.firmware.as_deref(),
        seen.file.as_str()
    ]
}

/// The last request of one device.
pub(super) async fn note_of(tx: &mut Tx, device: &DeviceId) -> Result<Option<DeviceNote>, StorageError> {
    let find = "SELECT * FROM device_journal WHERE device_id = $1";
    tx.row(find, values![device.as_str()]).await?.as_ref().map(device_note).transpose()
}

pub(super) fn device_note(row: &Row) -> Result<DeviceNote, StorageError> {
    Ok(DeviceNote {
        device: DeviceId::stored(&row.text("device_id")?),
        tenant: TenantId::stored(&row.text("tenant_id")?),
        seen: seen(row)?,
        outcome: row.text("outcome")?,
        taken: taken(row)?,
    })
}

fn taken(row: &Row) -> Result<Option<Taken>, StorageError> {
    let at = row.int_or_none("taken_at")?.map(Timestamp::from_millis);
    let revision = row.int_or_none("taken_revision")?;
    let Some(from) = row.text_or_none("taken_from")? else { return Ok(None) };
    let from = from.parse().map_err(|_| row.corrupt("taken_from", format!("{from} is no address")))?;
    Ok(at.zip(revision).map(|(at, revision)| Taken { at, revision, from }))
}

fn seen(row: &Row) -> Result<SeenPhone, StorageError> {
    Ok(SeenPhone {
        at: Timestamp::from_millis(row.int("seen_at")?),
        address: row.text("address")?,
        transport: row.text("transport")?,
        vendor: row.text_or_none("vendor")?,
        model: row.text_or_none("model")?,
        firmware: row.text_or_none("firmware")?,
        file: row.text("file")?,
    })
}
