//! What an inventory says of a phone, as `offhook device` takes and shows it.

use std::path::PathBuf;

use serde_json::json;

use crate::{
    cli::{Failure, WrongInput, secret_line::read_secret},
    domain::{Edit, Inventory, InventoryEdit, Secret},
};

/// What the inventory is to say.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub struct InventoryFlags {
    /// Who looks after it
    #[arg(long, value_name = "TEXT")]
    managed_by: Option<String>,
    /// Its number in the inventory
    #[arg(long, value_name = "TEXT")]
    inventory_id: Option<String>,
    /// What else is to be known
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// File with the key with which its maker's tool encrypts configurations; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    ascii_key_file: Option<PathBuf>,
    /// File with the key for its maker's quick provisioning; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    qpc_key_file: Option<PathBuf>,
    /// What the inventory no longer says; may be given more than once
    #[arg(long, value_name = "WHAT")]
    clear: Vec<InventoryWord>,
}

/// One thing that an inventory says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum InventoryWord {
    /// Who looks after it
    ManagedBy,
    /// Its number
    InventoryId,
    /// What else is to be known
    Description,
    /// The key with which its maker's tool encrypts configurations
    AsciiKey,
    /// The key for its maker's quick provisioning
    QpcKey,
}

impl InventoryFlags {
    pub(super) fn edit(self) -> Result<InventoryEdit, Failure> {
        let clear = self.clear;
        let text = |word, given: Option<String>| edit(&clear, word, given.map(|text| parsed(&text)));
        let key = |word, file: Option<PathBuf>| {
            let read = |file: PathBuf| Ok(Secret::new(parsed(&read_secret(&file)?)?));
            edit(&clear, word, file.map(read))
        };
        Ok(InventoryEdit {
            managed_by: text(InventoryWord::ManagedBy, self.managed_by)?,
            inventory_id: text(InventoryWord::InventoryId, self.inventory_id)?,
            description: text(InventoryWord::Description, self.description)?,
            ascii_key: key(InventoryWord::AsciiKey, self.ascii_key_file)?,
            qpc_key: key(InventoryWord::QpcKey, self.qpc_key_file)?,
        })
    }
}

fn edit<T>(
    clear: &[InventoryWord],
    word: InventoryWord,
    given: Option<Result<T, WrongInput>>,
) -> Result<Edit<T>, WrongInput> {
    match (given, clear.contains(&word)) {
        (Some(_), true) => Err(WrongInput::new("the same cannot be said and cleared at once")),
        (Some(given), false) => given.map(Edit::Set),
        (None, true) => Ok(Edit::Clear),
        (None, false) => Ok(Edit::Keep),
    }
}

fn parsed(text: &str) -> Result<String, WrongInput> {
    Inventory::parse_text(text).map_err(WrongInput::new)
}

/// What is said, line by line; of keys only whether there is one, unless they are to be shown.
pub(super) fn lines(inventory: &Inventory, keys: bool) -> Vec<(&'static str, String)> {
    let key = |key: &Option<Secret>| {
        key.as_ref().map(|key| if keys { key.expose().to_owned() } else { "set".to_owned() })
    };
    let all = [
        ("managed by", inventory.managed_by.clone()),
        ("inventory id", inventory.inventory_id.clone()),
        ("description", inventory.description.clone()),
        ("ASCII key", key(&inventory.ascii_key)),
        ("Qpc key", key(&inventory.qpc_key)),
    ];
    all.into_iter().filter_map(|(name, said)| Some((name, said?))).collect()
}

/// The same for programs.
pub(super) fn described(inventory: &Inventory, keys: bool) -> serde_json::Value {
    let mut json = json!({
        "managed_by": inventory.managed_by,
        "inventory_id": inventory.inventory_id,
        "description": inventory.description,
        "has_ascii_key": inventory.ascii_key.is_some(),
        "has_qpc_key": inventory.qpc_key.is_some(),
    });
    if keys {
        json["ascii_key"] = json!(inventory.ascii_key.as_ref().map(Secret::expose));
        json["qpc_key"] = json!(inventory.qpc_key.as_ref().map(Secret::expose));
    }
    json
}
