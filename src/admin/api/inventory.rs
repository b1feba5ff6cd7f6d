//! What an inventory says of a device, as the API takes and shows it.

use serde::Deserialize as _;
use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    field::{Fields, Given, GivenInventoryText, InventoryText},
    problem::Problem,
    table::{Method, Operation, operation},
};
use crate::domain::{Edit, Inventory, InventoryEdit, Secret};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Get,
            "/tenants/{tenant}/devices/{mac}/inventory",
            "showInventory",
            "Shows what the inventory says of a device with its maker's keys, which the audit keeps. Needs the right credentials:view.",
            revealed,
        )
        .answers::<InventoryRevealed>(),
    ]
}

/// What the inventory says of a device; of its maker's keys whether there are any.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct InventoryShown {
    /// Who looks after it.
    managed_by: Option<String>,
    /// Its number in the inventory.
    inventory_id: Option<String>,
    /// What else is to be known.
    description: Option<String>,
    /// Whether the key is kept with which its maker's tool encrypts configurations.
    has_ascii_key: bool,
    /// Whether the key for its maker's quick provisioning is kept.
    has_qpc_key: bool,
}

impl InventoryShown {
    pub(super) fn of(inventory: &Inventory) -> Self {
        Self {
            managed_by: inventory.managed_by.clone(),
            inventory_id: inventory.inventory_id.clone(),
            description: inventory.description.clone(),
            has_ascii_key: inventory.ascii_key.is_some(),
            has_qpc_key: inventory.qpc_key.is_some(),
        }
    }
}

/// What the inventory says of a device, with its maker's keys.
#[derive(serde::Serialize, ToSchema)]
struct InventoryRevealed {
    /// Who looks after it.
    managed_by: Option<String>,
    /// Its number in the inventory.
    inventory_id: Option<String>,
    /// What else is to be known.
    description: Option<String>,
    /// The key with which its maker's tool encrypts configurations.
    ascii_key: Option<String>,
    /// The key for its maker's quick provisioning.
    qpc_key: Option<String>,
}

/// What the inventory is to say: what is absent stays, what is null is said no more.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InventoryChange {
    /// Who looks after it.
    #[serde(default, deserialize_with = "edit")]
    #[schema(value_type = Option<GivenInventoryText>)]
    managed_by: Edit<GivenInventoryText>,
    /// Its number in the inventory.
    #[serde(default, deserialize_with = "edit")]
    #[schema(value_type = Option<GivenInventoryText>)]
    inventory_id: Edit<GivenInventoryText>,
    /// What else is to be known.
    #[serde(default, deserialize_with = "edit")]
    #[schema(value_type = Option<GivenInventoryText>)]
    description: Edit<GivenInventoryText>,
    /// The key with which its maker's tool encrypts configurations. Needs the right credentials:change.
    #[serde(default, deserialize_with = "edit")]
    #[schema(value_type = Option<GivenInventoryText>)]
    ascii_key: Edit<GivenInventoryText>,
    /// The key for its maker's quick provisioning. Needs the right credentials:change.
    #[serde(default, deserialize_with = "edit")]
    #[schema(value_type = Option<GivenInventoryText>)]
    qpc_key: Edit<GivenInventoryText>,
}

/// A field that is there: null is another wish than none.
fn edit<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Edit<GivenInventoryText>, D::Error> {
    let given = Option::<Given<InventoryText>>::deserialize(deserializer)?;
    Ok(given.map_or(Edit::Clear, Edit::Set))
}

impl InventoryChange {
    /// The edit, as far as its texts are right; what is wrong with the others is noted.
    pub(super) fn taken(self, fields: &mut Fields) -> InventoryEdit {
        let mut take = |name: &str, edit| match edit {
            Edit::Set(given) => match fields.take(&format!("/inventory/{name}"), given) {
                Some(InventoryText(text)) => Edit::Set(text),
                None => Edit::Keep,
            },
            Edit::Clear => Edit::Clear,
            Edit::Keep => Edit::Keep,
        };
        let secret = |edit: Edit<String>| match edit {
            Edit::Set(text) => Edit::Set(Secret::new(text)),
            Edit::Clear => Edit::Clear,
            Edit::Keep => Edit::Keep,
        };
        InventoryEdit {
            managed_by: take("managed_by", self.managed_by),
            inventory_id: take("inventory_id", self.inventory_id),
            description: take("description", self.description),
            ascii_key: secret(take("ascii_key", self.ascii_key)),
            qpc_key: secret(take("qpc_key", self.qpc_key)),
        }
    }
}

async fn revealed(call: Call) -> Result<Answer, Problem> {
    let inventory = call.actions.reveal_inventory(call.path("mac")?).await?;
    let exposed = |key: &Option<Secret>| key.as_ref().map(|key| key.expose().to_owned());
    Ok(Answer::of(&InventoryRevealed {
        ascii_key: exposed(&inventory.ascii_key),
        qpc_key: exposed(&inventory.qpc_key),
        managed_by: inventory.managed_by,
        inventory_id: inventory.inventory_id,
        description: inventory.description,
    }))
}
