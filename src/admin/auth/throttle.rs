//! How long who fails to sign in has to wait: by address, and by name against many addresses.

use std::net::IpAddr;

use crate::domain::{Secret, Timestamp, UserName};

/// What is free, and how the waiting grows.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// So many failures cost nothing.
    free: i64,
    /// The longest wait, in seconds.
    longest: i64,
}

/// One address: whoever guesses from it soon waits a quarter of an hour for each guess.
const ADDRESS: Patience = Patience { free: 10, longest: 900 };

/// One name from anywhere: a minute at most, so that a stranger slows its owner down but keeps nobody out.
const NAME: Patience = Patience { free: 20, longest: 60 };

/// One failure is forgiven every so many seconds: an office behind one address may mistype ten times an hour for ever.
const FORGIVEN_EACH: i64 = 360;

/// What is counted when somebody tries: the address (of IPv6 the network of 64 bits, which one host has to itself), and the
/// name.
#[must_use]
pub(in crate::admin) fn counted(from: Option<IpAddr>, name: &UserName) -> Vec<Secret> {
    let place = match from.map(|address| address.to_canonical()) {
        None => "nowhere".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let network = address.to_bits() >> 64;
            format!("{network:x}/64")
        }
    };
    vec![Secret::new(format!("sign-in from {place}")), Secret::new(format!("sign-in as {name}"))]
}

/// Of so many failures, the last of them at `last`: how many still count at `now`, and when the next attempt is allowed. `index`
/// is the place of the counter in [`counted`].
#[must_use]
pub(in crate::admin) fn judge(
    index: usize,
    failures: i64,
    last: Timestamp,
    now: Timestamp,
) -> (i64, Timestamp) {
    let patience = if index == 0 { ADDRESS } else { NAME };
    let forgiven = (now.seconds() - last.seconds()).max(0) / FORGIVEN_EACH;
    let failures = (failures - forgiven).max(0);
    let beyond = failures - patience.free;
    if beyond < 0 {
        return (failures, last);
    }
    // 2, 4, 8 … seconds
    let wait = 2_i64.saturating_pow(u32::try_from(beyond + 1).unwrap_or(u32::MAX)).min(patience.longest);
    (failures, last.plus_seconds(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_begins_late_grows_and_ends() {
        let last = Timestamp::from_seconds(1000);
        let wait = |index, failures| judge(index, failures, last, last).1.seconds() - last.seconds();
        assert_eq!([wait(0, 0), wait(0, 9), wait(0, 10), wait(0, 11), wait(0, 40)], [0, 0, 2, 4, 900]);
        assert_eq!([wait(1, 19), wait(1, 20), wait(1, 400)], [0, 2, 60]);
        let later = |seconds| judge(0, 12, last, last.plus_seconds(seconds)).0;
        assert_eq!([later(0), later(359), later(360), later(3600), later(86_400)], [12, 12, 11, 2, 0]);
    }

    #[test]
    fn one_host_is_one_place() {
        let name = UserName::parse("ann").unwrap();
        let of = |address: &str| counted(Some(address.parse().unwrap()), &name);
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
