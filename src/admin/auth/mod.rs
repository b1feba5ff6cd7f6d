//! What signing in is made of: hashes of passwords, codes of the second factor, and how long who fails has to wait.

pub(super) mod code;
pub(super) mod password;
pub(super) mod throttle;
