//! `[[trust]]`: networks whose phones get a tenant's secrets without a credential of their own.

use super::Key;
use super::networks::COLUMNS;

pub(super) static TRUST: Key = Key {
    section: "",
    name: "trust",
    kind: COLUMNS,
    value: "NETWORK=TENANT",
    help: "network whose phones get this tenant's documents without a credential, also over TFTP and HTTP",
};
pub(super) static KEYS: &[&Key] = &[&TRUST];
