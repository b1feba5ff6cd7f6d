//! `[limits]`: what one phone, one address and all together may cost.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Key;
use super::sources::Sources;
use super::value::{count, duration};

static CONNECTIONS: Key =
    Key::number("limits", "connections", "open connections in total; more wait [default: 4096]");
static PER_ADDRESS: Key = Key::number(
    "limits",
    "connections_per_address",
    "open connections of one address (IPv6: one /64); more are closed [default: 1024]",
);
static HANDSHAKE: Key =
    Key::text("limits", "handshake_timeout", "DURATION", "time for a TLS handshake [default: 10s]");
static HEADER: Key =
    Key::text("limits", "header_timeout", "DURATION", "time to send a request's header [default: 10s]");
static IDLE: Key =
    Key::text("limits", "idle_timeout", "DURATION", "time between two requests [default: 15s]");
static REQUEST: Key =
    Key::text("limits", "request_timeout", "DURATION", "time to take an answer [default: 1m]");
pub(super) static TFTP_TRANSFERS: Key =
    Key::number("limits", "tftp_transfers", "TFTP transfers at the same time [default: 4096]");
static TFTP_PER_ADDRESS: Key = Key::number(
    "limits",
    "tftp_transfers_per_address",
    "TFTP transfers of one address at the same time [default: 256]",
);
static READY_DOCUMENTS: Key = Key::number(
    "limits",
    "ready_documents_mb",
    "megabytes of finished documents kept in memory; 0 makes each anew [default: 64]",
);
pub(super) static KEYS: &[&Key] = &[
    &CONNECTIONS,
    &PER_ADDRESS,
    &HANDSHAKE,
    &HEADER,
    &IDLE,
    &REQUEST,
    &TFTP_TRANSFERS,
    &TFTP_PER_ADDRESS,
    &READY_DOCUMENTS,
];

/// Far above what a machine has, and far below what could overflow.
const COUNTS: RangeInclusive<usize> = 1..=1_000_000;
/// Of megabytes; none is a choice too.
const MEGABYTES: RangeInclusive<usize> = 0..=1_000_000;
const TIMES: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_hours(1);

/// What phones may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open connections in total.
    pub connections: usize,
    /// Open connections of one address (IPv6: one /64).
    pub connections_per_address: usize,
    /// From the connection to the end of the TLS handshake.
    pub handshake_timeout: Duration,
    /// From the first byte of a request to the end of its header.
    pub header_timeout: Duration,
    /// Between two requests of one connection.
    pub idle_timeout: Duration,
    /// From the end of a request's header to the last byte of its answer.
    pub request_timeout: Duration,
    /// TFTP transfers at the same time.
    pub tftp_transfers: usize,
    /// TFTP transfers of one address at the same time.
    pub tftp_transfers_per_address: usize,
    /// Finished documents kept in memory, in bytes.
    pub ready_documents: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            connections_per_address: 1024,
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(15),
            request_timeout: Duration::from_mins(1),
            tftp_transfers: 4096,
            tftp_transfers_per_address: 256,
            ready_documents: 64 << 20,
        }
    }
}

impl Limits {
    pub(super) fn read(sources: &mut Sources<'_>) -> Self {
        let mut read = Self::default();
        let counts = [
            (&CONNECTIONS, &mut read.connections),
            (&PER_ADDRESS, &mut read.connections_per_address),
            (&TFTP_TRANSFERS, &mut read.tftp_transfers),
            (&TFTP_PER_ADDRESS, &mut read.tftp_transfers_per_address),
        ];
        for (key, place) in counts {
            if let Some(number) = sources.one(key, |given| count(&given.text, COUNTS)) {
                *place = number;
            }
        }
        let megabytes = sources.one(&READY_DOCUMENTS, |given| count(&given.text, MEGABYTES));
        if let Some(megabytes) = megabytes {
            read.ready_documents = (megabytes as u64) << 20;
        }
        let times = [
            (&HANDSHAKE, &mut read.handshake_timeout),
            (&HEADER, &mut read.header_timeout),
            (&IDLE, &mut read.idle_timeout),
            (&REQUEST, &mut read.request_timeout),
        ];
        for (key, place) in times {
            if let Some(time) = sources.one(key, |given| duration(&given.text, TIMES)) {
                *place = time;
            }
        }
        read
    }
}
