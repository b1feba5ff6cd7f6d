//! Which options of a request are granted: `blksize` (RFC 2348), `tsize`, `timeout` (RFC 2349), `windowsize` (RFC 7440).
//!
//! Nothing is refused here. An option that is unknown, or whose value is out of its range, is left out of the
//! answer, and the client goes on as if it had not asked: a phone that gets an error keeps its old files.

use std::time::Duration;

use super::DEFAULT_BLOCK_SIZE;
use super::packet::{OptionList, Options};

/// The most that is granted, whatever a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionLimits {
    /// Largest payload of a DATA packet in bytes. 1428 fits an Ethernet frame behind tunnels and VLAN tags.
    pub block_size: u16,
    /// Most DATA packets on the way without an ACK.
    pub window_size: u16,
}

impl Default for OptionLimits {
    fn default() -> Self {
        Self { block_size: 1428, window_size: 16 }
    }
}

/// How a transfer is carried out, after negotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Payload of every DATA packet but the last, in bytes.
    pub block_size: u16,
    /// DATA packets sent before an ACK is awaited.
    pub window_size: u16,
    /// The longest wait before a packet is sent again, where the client named one.
    pub timeout: Option<Duration>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { block_size: DEFAULT_BLOCK_SIZE, window_size: 1, timeout: None }
    }
}

/// Smallest and largest block size that RFC 2348 knows.
const BLOCK_SIZES: std::ops::RangeInclusive<u64> = 8..=65_464;
const WINDOW_SIZES: std::ops::RangeInclusive<u64> = 1..=65_535;
/// RFC 2349 allows 255 s; a phone that waits longer than 30 s has been switched off by its user.
const TIMEOUTS: std::ops::RangeInclusive<u64> = 1..=30;

/// Grants what can be granted of `asked` for a file of `size` bytes.
///
/// The list is the answer for an OACK; where it is empty, no OACK is sent. Of an option named twice the first counts.
#[must_use]
pub fn negotiate(asked: &Options<'_>, limits: &OptionLimits, size: u64) -> (Terms, OptionList) {
    let mut terms = Terms::default();
    let mut granted = OptionList::default();
    let mut seen = [false; 4];
    for (name, value) in asked.iter() {
        let Some(option) = Known::parse(name) else { continue };
        let Some(value) = decimal(value) else { continue };
        if std::mem::replace(&mut seen[option as usize], true) {
            continue;
        }
        let answer = match option {
            Known::BlockSize if BLOCK_SIZES.contains(&value) => {
                terms.block_size = at_most(value, limits.block_size.max(8));
                u64::from(terms.block_size)
            }
            Known::WindowSize if WINDOW_SIZES.contains(&value) => {
                terms.window_size = at_most(value, limits.window_size.max(1));
                u64::from(terms.window_size)
            }
            Known::Timeout if TIMEOUTS.contains(&value) => {
                terms.timeout = Some(Duration::from_secs(value));
                value
            }
            // curl takes a size of 0 for an error; without the option it reads the empty file.
            Known::TransferSize if size > 0 => size,
            Known::BlockSize | Known::TransferSize | Known::WindowSize | Known::Timeout => continue,
        };
        granted.push(name, answer.to_string().as_bytes());
    }
    (terms, granted)
}

#[derive(Clone, Copy)]
enum Known {
    BlockSize,
    TransferSize,
    Timeout,
    WindowSize,
}

impl Known {
    /// Option names are compared without regard to case (RFC 2347).
    fn parse(name: &[u8]) -> Option<Self> {
        let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
        match () {
            () if is("blksize") => Some(Self::BlockSize),
            () if is("tsize") => Some(Self::TransferSize),
            () if is("timeout") => Some(Self::Timeout),
            () if is("windowsize") => Some(Self::WindowSize),
            () => None,
        }
    }
}

/// A number in ASCII digits and nothing else: no sign, no blanks.
fn decimal(text: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(text).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    digits.parse().ok()
}

fn at_most(value: u64, limit: u16) -> u16 {
    u16::try_from(value).map_or(limit, |value| value.min(limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(pairs: &[(&str, &str)]) -> OptionList {
        let mut list = OptionList::default();
        for (name, value) in pairs {
            list.push(name.as_bytes(), value.as_bytes());
        }
        list
    }

    fn ask(pairs: &[(&str, &str)]) -> (Terms, OptionList) {
        negotiate(&list(pairs).as_options(), &OptionLimits::default(), 8_292)
    }

    #[test]
    fn options_are_granted_up_to_the_limits_in_the_order_asked() {
        let (terms, granted) =
            ask(&[("tsize", "0"), ("blksize", "65464"), ("WindowSize", "64"), ("timeout", "5")]);
        assert_eq!(terms, Terms { block_size: 1428, window_size: 16, timeout: Some(Duration::from_secs(5)) });
        assert_eq!(
            granted,
            list(&[("tsize", "8292"), ("blksize", "1428"), ("WindowSize", "16"), ("timeout", "5")])
        );
    }

    #[test]
    fn a_small_block_is_granted_as_asked() {
        assert_eq!(ask(&[("blksize", "8")]).0.block_size, 8);
    }

    #[test]
    fn unknown_options_and_bad_values_are_left_out_of_the_answer() {
        for (name, value) in [
            ("multicast", ""),
            ("blksize", "7"),
            ("blksize", "65465"),
            ("blksize", "-512"),
            ("blksize", " 512"),
            ("blksize", ""),
            ("blksize", "99999999999999999999999"),
            ("windowsize", "0"),
            ("timeout", "0"),
            ("timeout", "31"),
            ("tsize", "x"),
        ] {
            let (terms, granted) = ask(&[(name, value)]);
            assert_eq!((terms, granted.is_empty()), (Terms::default(), true), "{name}={value}");
        }
    }

    #[test]
    fn the_size_of_an_empty_file_is_not_told() {
        let asked = list(&[("tsize", "0")]);
        assert!(negotiate(&asked.as_options(), &OptionLimits::default(), 0).1.is_empty());
    }

    #[test]
    fn of_an_option_named_twice_the_first_counts() {
        let (terms, granted) = ask(&[("blksize", "1024"), ("blksize", "512")]);
        assert_eq!((terms.block_size, granted), (1024, list(&[("blksize", "1024")])));
    }
}
