//! A request over UDP until it is answered or given up: the non-INVITE client transaction of RFC 3261 §17.1.2.

use std::time::Duration;

/// The times of RFC 3261, table 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// The first wait; it doubles with each repetition.
    pub t1: Duration,
    /// The longest wait between two repetitions.
    pub t2: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self { t1: Duration::from_millis(500), t2: Duration::from_secs(4) }
    }
}

impl Timers {
    /// After so long without a final answer a request is given up, and a repeated one is a new one.
    #[must_use]
    pub const fn life(&self) -> Duration {
        self.t1.saturating_mul(64)
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing until the deadline.
    Wait,
    /// Send the request again.
    Send,
    /// It is answered for good, with this status.
    Answered(u16),
    /// Nobody has answered.
    GivenUp,
}

/// One request that was just sent for the first time.
///
/// Times are counted from any fixed moment. After [`Step::Answered`] or [`Step::GivenUp`] it is over. There is no timer K:
/// an answer that comes once more finds no transaction, and is thrown away as any stray.
#[derive(Clone, Debug)]
pub struct Transaction {
    timers: Timers,
    /// Timer E: when the request is sent again, and the wait after that.
    again: Duration,
    wait: Duration,
    /// Timer F.
    ends: Duration,
    /// A provisional answer has come.
    proceeding: bool,
}

impl Transaction {
    /// The transaction of a request that was sent at `now`.
    #[must_use]
    pub fn start(timers: Timers, now: Duration) -> Self {
        let ends = now.saturating_add(timers.life());
        Self { timers, again: now.saturating_add(timers.t1), wait: timers.t1, ends, proceeding: false }
    }

    /// When [`Transaction::on_time`] is to be asked next.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.again.min(self.ends)
    }

    /// What is due at `now`.
    pub fn on_time(&mut self, now: Duration) -> Step {
        if now >= self.ends {
            return Step::GivenUp;
        }
        if now < self.again {
            return Step::Wait;
        }
        let next = if self.proceeding { self.timers.t2 } else { self.wait.saturating_mul(2) };
        self.wait = next.min(self.timers.t2);
        self.again = now.saturating_add(self.wait);
        Step::Send
    }

    /// What a response means. After a provisional one the request goes on being sent, every T2.
    pub fn on_response(&mut self, status: u16) -> Step {
        if status >= 200 {
            return Step::Answered(status);
        }
        self.proceeding = true;
        Step::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// When it is sent again, and when it is given up.
    fn course(transaction: &mut Transaction) -> (Vec<u128>, u128) {
        let mut sent = Vec::new();
        loop {
            let now = transaction.deadline();
            match transaction.on_time(now) {
                Step::Send => sent.push(now.as_millis()),
                Step::GivenUp => return (sent, now.as_millis()),
                other => panic!("{other:?} at {now:?}"),
            }
        }
    }

    #[test]
    fn a_request_without_an_answer_is_sent_eleven_times_in_32_seconds() {
        let mut transaction = Transaction::start(Timers::default(), millis(0));
        let again = vec![500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
        assert_eq!(course(&mut transaction), (again, 32_000));
    }

    #[test]
    fn a_provisional_answer_slows_it_down_and_a_final_one_ends_it() {
        let mut transaction = Transaction::start(Timers::default(), millis(0));
        assert_eq!(transaction.on_response(100), Step::Wait);
        assert_eq!(transaction.on_time(millis(499)), Step::Wait);
        assert_eq!(transaction.on_time(millis(500)), Step::Send);
        assert_eq!(transaction.deadline(), millis(4500));
        assert_eq!(transaction.on_response(481), Step::Answered(481));
        let mut other = Transaction::start(Timers::default(), millis(7));
        assert_eq!(other.on_response(200), Step::Answered(200));
    }

    #[test]
    fn a_clock_that_leaps_ends_it_once_and_sends_nothing_late() {
        let mut transaction = Transaction::start(Timers::default(), millis(1000));
        assert_eq!(transaction.on_time(millis(40_000)), Step::GivenUp);
    }
}
