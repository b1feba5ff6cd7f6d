//! Seats in the order in which they were taken, and whether a line with such a seat is admitted.

/// When a seat was taken: the tenant's revision, then the row within that change. Earlier seats are kept first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatPosition {
    /// The tenant's revision of the change that took the seat.
    pub revision: i64,
    /// The row within that change.
    pub row: i64,
}

/// Up to which position the seats of one product are kept under one quantity.
///
/// Computed once per product and license, so that a request compares two positions instead of counting seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cutoff {
    /// Every seat is kept: no more are used than there are.
    All,
    /// Seats up to and including this position are kept.
    Through(SeatPosition),
    /// No seat is kept.
    None,
}

impl Cutoff {
    /// Whether the seat at `position` is kept.
    #[must_use]
    pub fn keeps(self, position: SeatPosition) -> bool {
        match self {
            Self::All => true,
            Self::Through(last) => position <= last,
            Self::None => false,
        }
    }
}

/// Whether a service may do what it is for; of a line, whether a document carries its extension's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Admission {
    /// It may. The document carries the credentials.
    Admitted,
    /// It may not. The document switches the line off and blanks it.
    Withheld(Withheld),
}

/// Why a service, a line or an add-on is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Withheld {
    /// No license was ever installed for the tenant.
    #[error("no license is installed")]
    NoLicense,
    /// The license is not valid yet.
    #[error("the license is not valid yet")]
    NotYetValid,
    /// The license expired and its grace has passed.
    #[error("the license has expired")]
    Expired,
    /// The license does not hold the product as one of its kind for such services.
    #[error("the license does not hold the product")]
    ProductMissing,
    /// More seats are used than the license has, and this one was taken too late.
    #[error("more seats are used than the license has")]
    SeatsExceeded,
    /// The service is blocked.
    #[error("it is blocked")]
    Blocked,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_seats_are_kept() {
        let seats = [(2, 0), (2, 1), (7, 0)].map(|(revision, row)| SeatPosition { revision, row });
        let kept = |cutoff: Cutoff| seats.map(|seat| cutoff.keeps(seat));
        assert_eq!(kept(Cutoff::Through(seats[1])), [true, true, false]);
        assert_eq!((kept(Cutoff::All), kept(Cutoff::None)), ([true; 3], [false; 3]));
    }
}
