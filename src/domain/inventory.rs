//! What an inventory says of a device; nothing of it reaches the phone.

use super::Secret;

/// What an inventory says of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Who looks after it.
    pub managed_by: Option<String>,
    /// Its number in the inventory.
    pub inventory_id: Option<String>,
    /// What else is to be known.
    pub description: Option<String>,
    /// The key with which its maker's tool encrypts configurations.
    pub ascii_key: Option<Secret>,
    /// The key for its maker's quick provisioning.
    pub qpc_key: Option<Secret>,
}
