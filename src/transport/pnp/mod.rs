//! The SIP PnP door: phones that have no URL ask a multicast group for one, and those that may know it are told.
//!
//! [`PnpServer`] is given [`Ears`], a [`UrlTeller`] and a shutdown signal. One task listens on each interface, and a
//! task stands for each phone that asked: it answers the SUBSCRIBE, sends the NOTIFY until it is answered or given up,
//! and lives on as long as a repeated SUBSCRIBE may come. Who is told nothing gets no answer at all.
//!
//! | module | its job |
//! |---|---|
//! | `interfaces` | which interfaces and addresses the machine has |
//! | `ears` | a socket per interface that hears the group, and one per address that answers |
//! | `listener` | takes what is heard, and listens at new interfaces when asked |
//! | `live` | which phones are being told: repetitions, answers, caps |
//! | `dialog` | one phone from its SUBSCRIBE to the end |
//! | `counters` | what has happened, for metrics |

use std::net::IpAddr;
use std::sync::Arc;

use crate::domain::Secret;
use crate::sip::{Subscription, Timers};

mod counters;
mod dialog;
mod ears;
mod interfaces;
mod listener;
mod live;
mod pipeline;

pub use counters::Counters;
pub use ears::{Ears, Rejoin};
pub use listener::PnpServer;

/// Who knows the URLs.
pub trait UrlTeller: Send + Sync + 'static {
    /// Whether anybody may be told at this address. Asked for each SUBSCRIBE, so it must not cost much.
    fn expects(&self, asking: &Asking) -> bool;

    /// The URL, or none. Asked once, not per repetition.
    fn tell(&self, asking: &Asking) -> impl Future<Output = Option<Secret>> + Send;
}

impl<H: UrlTeller> UrlTeller for Arc<H> {
    fn expects(&self, asking: &Asking) -> bool {
        self.as_ref().expects(asking)
    }

    fn tell(&self, asking: &Asking) -> impl Future<Output = Option<Secret>> + Send {
        self.as_ref().tell(asking)
    }
}

/// A phone that asks for its URL.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The address that it asks from.
    pub source: IpAddr,
    /// What it says of itself.
    pub subscription: Subscription,
}

/// What one server grants to all phones together and to each address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Phones that are being told, or were within the life of a transaction (32 s). One past it gets no answer, and
    /// asks again.
    pub phones: usize,
    /// The same for one address, which is one phone, or one flood.
    pub per_address: usize,
    /// The times of the NOTIFY.
    pub timers: Timers,
}

impl Default for Limits {
    fn default() -> Self {
        Self { phones: 4096, per_address: 8, timers: Timers::default() }
    }
}
