//! SIP as far as phones need it before they are provisioned, and to be told to fetch again: messages read and written, what
//! a SUBSCRIBE shows, when a NOTIFY is sent again, how a challenge is answered.
//!
//! Nothing here does I/O, and time is a parameter. Whatever bytes come are read or refused at a bounded cost.
//!
//! | module | its job |
//! |---|---|
//! | `message` | bytes to a message and back (RFC 3261 §7) |
//! | `field` | names of header fields and their parameters |
//! | `address` | URIs and name-addrs (RFC 3261 §20.10) |
//! | `via` | the topmost Via: where answers go (RFC 3261 §18.2, RFC 3581) |
//! | `mac` | the spellings of a MAC in URIs |
//! | `pnp` | a SUBSCRIBE for `ua-profile`, and its answers (RFC 6080) |
//! | `check_sync` | a NOTIFY that has a phone fetch again, from its first packet to its end |
//! | `digest` | the answer to a challenge (RFC 3261 §22.4) |
//! | `transaction` | a request over UDP until it is answered or given up (RFC 3261 §17.1.2) |

mod address;
mod check_sync;
mod digest;
mod field;
mod mac;
mod message;
mod pnp;
mod transaction;
mod via;

pub use address::{Address, host_and_port, user};
pub use check_sync::{CheckSync, CheckSyncRequest, Deed, asks_to_fetch};
pub use digest::{Challenge, Credentials, is_proved};
pub use message::{LONGEST_MESSAGE, Malformed, Message, Start};
pub use pnp::{Answering, NotPnp, Subscription, accepted, notify, notify_target, ok, ok_target};
pub use transaction::{Step, Timers, Transaction};
pub use via::Via;
