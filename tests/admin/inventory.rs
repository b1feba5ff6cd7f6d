//! What an inventory says of devices: edited piece by piece, its keys under a right of their own.

use offhook::{
    admin::actions::{Actor, Conditions},
    domain::{Component, Edit, Inventory, InventoryEdit, Level, Mac, Role, Secret},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, failed},
};

on_both_engines![
    what_is_not_edited_stays,
    an_edit_is_on_what_was_seen,
    a_makers_key_needs_a_right_and_is_never_told,
];

const MAC: &str = "001565aabbcc";

fn mac() -> Mac {
    MAC.parse().unwrap()
}

fn said(text: &str) -> Edit<String> {
    Edit::Set(text.to_owned())
}

/// An office with one device, of which the inventory says something.
async fn inventoried(bench: Bench) -> Office {
    let office = Office::new(bench).await;
    office.add_device(MAC, None).await;
    let edit = InventoryEdit {
        managed_by: said("IT"),
        description: said("Hall"),
        ascii_key: Edit::Set(Secret::new("hunter2-of-the-maker")),
        ..InventoryEdit::default()
    };
    assert!(office.actions.edit_inventory(mac(), edit).await.unwrap());
    office
}

async fn what_is_not_edited_stays(bench: Bench) {
    let office = inventoried(bench).await;
    let edit =
        InventoryEdit { inventory_id: said("A-1"), description: Edit::Clear, ..InventoryEdit::default() };
    assert!(office.actions.edit_inventory(mac(), edit.clone()).await.unwrap());
    let expected = Inventory {
        managed_by: Some("IT".to_owned()),
        inventory_id: Some("A-1".to_owned()),
        description: None,
        ascii_key: Some(Secret::new("hunter2-of-the-maker")),
        qpc_key: None,
    };
    let details = office.actions.device(mac()).await.unwrap();
    assert_eq!(details.inventory, expected);
    assert!(!office.actions.edit_inventory(mac(), edit).await.unwrap(), "nothing is changed");
    assert_eq!(office.actions.device(mac()).await.unwrap().device.revision, details.device.revision);
    let other = "001565aabbdd".parse().unwrap();
    let missing = office.actions.edit_inventory(other, InventoryEdit::default()).await;
    assert_eq!(failed(missing).0, "device_not_found");
}

async fn an_edit_is_on_what_was_seen(bench: Bench) {
    let office = inventoried(bench).await;
    let seen = office.actions.device(mac()).await.unwrap().device.revision;
    let conditions = Conditions { revision: Some(seen), ..Conditions::default() };
    let actions = offhook::admin::actions::Actions { conditions, ..office.actions.clone() };
    let edit = |text: &str| InventoryEdit { managed_by: said(text), ..InventoryEdit::default() };
    assert!(actions.edit_inventory(mac(), edit("Ann")).await.unwrap());
    assert_eq!(failed(actions.edit_inventory(mac(), edit("Bob")).await).0, "changed_meanwhile");
    let inventory = office.actions.device(mac()).await.unwrap().inventory;
    assert_eq!(inventory.managed_by.as_deref(), Some("Ann"));
}

async fn a_makers_key_needs_a_right_and_is_never_told(bench: Bench) {
    let office = inventoried(bench).await;
    let manager = office.actions.on_behalf_of(Actor {
        name: "pat".to_owned(),
        rights: Role::PhoneManager.rights().with(Component::Credentials, Level::None),
        operator: false,
        tenant: None,
        from: None,
        session: None,
        language: offhook::domain::Language::default(),
    });
    let key = InventoryEdit { qpc_key: Edit::Set(Secret::new("hunter3")), ..InventoryEdit::default() };
    assert_eq!(failed(manager.edit_inventory(mac(), key.clone()).await).0, "forbidden");
    assert_eq!(failed(manager.reveal_inventory(mac()).await).0, "forbidden");
    let text = InventoryEdit { description: said("Lobby"), ..InventoryEdit::default() };
    assert!(manager.edit_inventory(mac(), text).await.unwrap());
    assert!(office.actions.edit_inventory(mac(), key).await.unwrap());
    let other = InventoryEdit { qpc_key: Edit::Set(Secret::new("hunter4")), ..InventoryEdit::default() };
    assert!(office.actions.edit_inventory(mac(), other).await.unwrap());
    let revealed = office.actions.reveal_inventory(mac()).await.unwrap();
    assert_eq!(revealed.qpc_key.unwrap().expose(), "hunter4");

    let records = office.actions.audit(Some(&office.acme), None, 9).await.unwrap();
    let told = format!("{records:?}{:?}", office.actions.device(mac()).await.unwrap());
    assert!(!told.contains("hunter"), "{told}");
    let entries: Vec<_> = records.iter().map(|record| &record.entry).collect();
    assert_eq!(
        (entries[0].action.as_str(), entries[0].detail.as_str()),
        ("password.shown", "keys of device 001565aabbcc")
    );
    let states =
        |index: usize| (entries[index].before.as_deref().unwrap(), entries[index].after.as_deref().unwrap());
    assert_eq!(entries[1].action, "device.inventory-changed");
    assert_eq!(states(1), ("{\"qpc_key\":\"one\"}", "{\"qpc_key\":\"another\"}"));
    assert_eq!(states(2), ("{\"qpc_key\":null}", "{\"qpc_key\":\"one\"}"));
    assert_eq!(states(3), ("{\"description\":\"Hall\"}", "{\"description\":\"Lobby\"}"));
}
