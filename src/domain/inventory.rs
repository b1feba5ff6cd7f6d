//! What an inventory says of a device; nothing of it reaches the phone.

use super::{PlainText, Secret, WrongText};

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

impl Inventory {
    /// The longest of its texts, in characters.
    pub const LONGEST: usize = 200;

    /// Reads one of its texts.
    pub fn parse_text(text: &str) -> Result<String, WrongText> {
        PlainText::parse_up_to("the text", text, Self::LONGEST).map(|text| text.as_str().to_owned())
    }
}

/// What something becomes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Edit<T> {
    /// It stays what it is.
    #[default]
    Keep,
    /// It is none any more.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Edit<T> {
    /// What `before` becomes.
    #[must_use]
    pub fn of(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Whether it stays what it is.
    #[must_use]
    pub const fn keeps(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

/// What becomes of what an inventory says of a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InventoryEdit {
    /// Who looks after it.
    pub managed_by: Edit<String>,
    /// Its number in the inventory.
    pub inventory_id: Edit<String>,
    /// What else is to be known.
    pub description: Edit<String>,
    /// The key with which its maker's tool encrypts configurations.
    pub ascii_key: Edit<Secret>,
    /// The key for its maker's quick provisioning.
    pub qpc_key: Edit<Secret>,
}

impl InventoryEdit {
    /// What `before` becomes.
    #[must_use]
    pub fn of(self, before: Inventory) -> Inventory {
        Inventory {
            managed_by: self.managed_by.of(before.managed_by),
            inventory_id: self.inventory_id.of(before.inventory_id),
            description: self.description.of(before.description),
            ascii_key: self.ascii_key.of(before.ascii_key),
            qpc_key: self.qpc_key.of(before.qpc_key),
        }
    }

    /// Whether it touches a secret.
    #[must_use]
    pub const fn touches_keys(&self) -> bool {
        !(self.ascii_key.keeps() && self.qpc_key.keeps())
    }
}
