//! What a license gives at a time, and which of several installed licenses counts.

use super::super::clock::Timestamp;
use super::super::product::{ProductId, Quantity};
use super::claims::License;

/// Where a time falls in the life of a license. Each part includes its first millisecond and excludes its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Before its not-before.
    NotYet {
        /// When it begins.
        from: Timestamp,
    },
    /// Between not-before and expiry.
    Valid {
        /// When it expires.
        until: Timestamp,
    },
    /// Expired, and phones still work.
    Grace {
        /// When grace is over.
        until: Timestamp,
    },
    /// Expired, and grace is over.
    Expired {
        /// When grace was over.
        since: Timestamp,
    },
}

/// How many seats of one product there are at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Effective {
    /// For seats that are used: those past it are withheld.
    pub phones: Quantity,
    /// For taking one more seat: refused when the used ones reach it.
    pub new_seats: Quantity,
}

impl Effective {
    /// No seat at all, as without any license.
    pub const NONE: Self = Self { phones: Quantity::Limited(0), new_seats: Quantity::Limited(0) };
}

impl License {
    /// Where `now` falls in the life of this license.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        if now < self.not_before() {
            Standing::NotYet { from: self.not_before() }
        } else if now < self.expires() {
            Standing::Valid { until: self.expires() }
        } else if now < self.grace_ends() {
            Standing::Grace { until: self.grace_ends() }
        } else {
            Standing::Expired { since: self.grace_ends() }
        }
    }

    /// How many seats of `product` it gives at `now`: none before it begins, as signed while it is valid, as signed
    /// for phones but not for new seats in grace, none after that. A product that it does not hold has none.
    #[must_use]
    pub fn effective(&self, product: &ProductId, now: Timestamp) -> Effective {
        let Some(product) = self.product(product) else { return Effective::NONE };
        match self.standing(now) {
            Standing::Valid { .. } => Effective { phones: product.quantity, new_seats: product.quantity },
            Standing::Grace { .. } => Effective { phones: product.quantity, ..Effective::NONE },
            Standing::NotYet { .. } | Standing::Expired { .. } => Effective::NONE,
        }
    }
}

/// The license that counts at `now`, of all of a tenant's in the order in which they were installed.
///
/// It is the latest installed of those that have begun, expired or not: a renewal installed early waits beside the
/// running license and takes over at its not-before. When none has begun it is the one that begins first, so that
/// the reason to give is "not yet valid" and not "no license".
pub fn governing<'a>(
    installed: impl IntoIterator<Item = &'a License>,
    now: Timestamp,
) -> Option<&'a License> {
    let mut governing: Option<&License> = None;
    for license in installed {
        let takes_over = governing.is_none_or(|earlier| {
            license.not_before() <= now
                || (now < earlier.not_before() && license.not_before() <= earlier.not_before())
        });
        if takes_over {
            governing = Some(license);
        }
    }
    governing
}
