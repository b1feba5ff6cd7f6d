//! SIP trunks, their channels, and public numbers.

use offhook::{
    admin::actions::{Actor, PlanChange, TrunkToAdd},
    domain::{
        Admission, DidNumber, Grants, Product, ProductKind, Quantity, Role, Secret, ServiceKind, ServiceName,
        TrunkPeer, Withheld, license::Claims,
    },
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, claims, failed, product, text},
};

on_both_engines![
    channels_are_those_of_the_product_and_of_the_add_on,
    a_trunk_registers_or_is_known_by_addresses,
    a_block_of_the_operator_is_lifted_by_the_operator_alone,
    public_numbers_belong_to_one_tenant_and_one_service,
];

const KIND: ServiceKind = ServiceKind::Trunk;

/// Trunks of two channels each, and `more` additional channels, two a seat.
fn with_trunks(serial: u64, trunks: u32, more: u32) -> Claims {
    let channels = |count| Grants { channels: Some(count), ..Grants::default() };
    let trunk = Product {
        quantity: Quantity::Limited(trunks),
        grants: channels(2),
        ..product("trunk", "SIP trunk", ProductKind::Main, &[KIND])
    };
    let additional = Product {
        quantity: Quantity::Limited(more),
        grants: channels(2),
        ..product("channels", "Two channels", ProductKind::Addon, &[KIND])
    };
    let mut claims = claims(serial, 5);
    claims.products.extend([trunk, additional]);
    claims
}

fn trunk(name: &str) -> TrunkToAdd {
    let peer = TrunkPeer::Addresses(vec!["192.0.2.7".parse().unwrap()]);
    TrunkToAdd { name: text(name), product: "trunk".parse().unwrap(), peer }
}

async fn channels_are_those_of_the_product_and_of_the_add_on(bench: Bench) {
    let office = Office::new(bench).await;
    office.install(with_trunks(1, 2, 5)).await.unwrap();
    let acme = &office.acme;
    let channels = async |name: &str| office.actions.trunk(acme, &text(name), false).await.unwrap().channels;
    let plan = async |name: &str, add: &str| {
        let plan = PlanChange { add: vec![add.parse().unwrap()], ..PlanChange::default() };
        office.actions.change_plan(acme, &KIND, &ServiceName::Trunk(text(name)), &plan).await
    };
    for name in ["Carrier", "Gateway"] {
        assert_eq!(office.actions.add_trunk(acme, trunk(name)).await.unwrap().channels, Some(2));
    }
    assert_eq!(failed(office.actions.add_trunk(acme, trunk("Third")).await).0, "no_seat_left");
    assert!(plan("Carrier", "channels=3").await.unwrap());
    assert!(!plan("Carrier", "channels=3").await.unwrap());
    assert_eq!(channels("Carrier").await, Some(8));
    let (code, why) = failed(plan("Gateway", "channels=3").await);
    assert_eq!((code, why.as_str()), ("no_seat_left", "Two channels: 3 of 5 seats used, 3 more are wanted"));
    assert!(plan("Gateway", "channels=2").await.unwrap());
    assert_eq!(failed(plan("Carrier", "channels=4").await).0, "no_seat_left");
    // fewer are always possible, and free what is left
    assert!(plan("Carrier", "channels=1").await.unwrap());
    assert!(plan("Gateway", "channels=4").await.unwrap());
    assert_eq!((channels("Carrier").await, channels("Gateway").await), (Some(4), Some(10)));

    // the seats that were taken last are withheld, all that a service has or none
    office.install(with_trunks(2, 2, 4)).await.unwrap();
    assert_eq!((channels("Carrier").await, channels("Gateway").await), (Some(4), Some(2)));
    office.install(with_trunks(3, 1, 5)).await.unwrap();
    let withheld = office.actions.trunk(acme, &text("Gateway"), false).await.unwrap();
    assert_eq!(withheld.service.admission, Some(Admission::Withheld(Withheld::SeatsExceeded)));
    assert_eq!(withheld.channels, Some(0));
    let kept = [ServiceName::Trunk(text("Gateway"))];
    office.actions.keep_seats(acme, &"trunk".parse().unwrap(), &kept).await.unwrap();
    assert_eq!((channels("Carrier").await, channels("Gateway").await), (Some(0), Some(10)));
}

async fn a_trunk_registers_or_is_known_by_addresses(bench: Bench) {
    let office = Office::new(bench).await;
    office.install(with_trunks(1, 5, 0)).await.unwrap();
    let acme = &office.acme;
    office.extend("101").await.unwrap();
    let registers = |name: &str, user: &str| TrunkToAdd {
        peer: TrunkPeer::Credentials { user: user.parse().unwrap(), password: Secret::new("hunter2hunter2") },
        ..trunk(name)
    };
    assert_eq!(
        failed(office.actions.add_trunk(acme, registers("Gateway", "101")).await).1,
        "SIP user \"101\" is taken by extension 101"
    );
    office.actions.add_trunk(acme, registers("Gateway", "gateway")).await.unwrap();
    let extension = offhook::admin::actions::ExtensionToAdd {
        sip_user: Some("gateway".parse().unwrap()),
        ..crate::office::extension("102", "essentials")
    };
    let taken = failed(office.actions.add_extension(acme, extension).await);
    assert_eq!(taken.1, "SIP user \"gateway\" is taken by SIP trunk \"Gateway\"");
    assert_eq!(failed(office.actions.add_trunk(acme, trunk("Gateway")).await).0, "trunk_exists");
    assert_eq!(failed(office.actions.add_trunk(acme, trunk("1000")).await).0, "trunk_name_is_number");
    let nobody = TrunkToAdd { peer: TrunkPeer::Addresses(vec![]), ..trunk("Nobody") };
    assert_eq!(failed(office.actions.add_trunk(acme, nobody).await).0, "trunk_networks_wrong");
    let networks = vec!["198.51.100.0/28".parse().unwrap()];
    let other = office.actions.set_trunk_networks(acme, &text("Gateway"), networks.clone()).await;
    assert_eq!(failed(other).0, "trunk_of_other_sort");
    office.actions.add_trunk(acme, trunk("Carrier")).await.unwrap();
    office.actions.set_trunk_networks(acme, &text("Carrier"), networks).await.unwrap();
    let TrunkPeer::Addresses(networks) =
        office.actions.trunk(acme, &text("Carrier"), false).await.unwrap().peer
    else {
        panic!("it registers")
    };
    assert_eq!(networks[0].to_string(), "198.51.100.0/28");
    // it is no extension
    assert_eq!(office.actions.extensions(acme).await.unwrap().len(), 1);
    assert_eq!(office.actions.tenant(acme).await.unwrap().extensions, 1);
}

async fn a_block_of_the_operator_is_lifted_by_the_operator_alone(bench: Bench) {
    let office = Office::licensed(bench, 5).await;
    let acme = &office.acme;
    office.extend("101").await.unwrap();
    let tenant = office.actions.tenant(acme).await.unwrap().tenant.id;
    let admin = office.actions.on_behalf_of(Actor {
        name: "ann".to_owned(),
        rights: Role::Administrator.rights(),
        operator: false,
        tenant: Some(tenant),
        from: None,
        session: None,
        language: offhook::domain::Language::default(),
    });
    let (kind, name) = (ServiceKind::Extension, "101".parse().unwrap());
    let number = "101".parse().unwrap();
    let blocked = async || {
        let details = office.actions.extension(acme, &number, false).await.unwrap();
        (details.extension.blocked, details.blocked_by_operator)
    };
    assert!(admin.block_service(acme, &kind, &name, true).await.unwrap());
    assert_eq!(blocked().await, (true, false));
    // the operator takes the block over
    assert!(office.actions.block_service(acme, &kind, &name, true).await.unwrap());
    assert_eq!(blocked().await, (true, true));
    assert_eq!(failed(admin.block_service(acme, &kind, &name, false).await).0, "blocked_by_operator");
    assert!(!admin.block_service(acme, &kind, &name, true).await.unwrap());
    assert_eq!(blocked().await, (true, true));
    assert!(office.actions.block_service(acme, &kind, &name, false).await.unwrap());
    assert_eq!(blocked().await, (false, false));
    assert!(!office.actions.block_service(acme, &kind, &name, false).await.unwrap());
}

async fn public_numbers_belong_to_one_tenant_and_one_service(bench: Bench) {
    let office = Office::licensed(bench, 5).await;
    let acme = &office.acme;
    office.add_tenant("zebra").await;
    let zebra = crate::office::slug("zebra");
    let number = |text: &str| text.parse::<DidNumber>().unwrap();
    let (first, second) = (number("+4930123456"), number("+4930123457"));
    office.actions.add_dids(acme, std::slice::from_ref(&first)).await.unwrap();
    let both = office.actions.add_dids(acme, &[second.clone(), first.clone()]).await;
    assert_eq!(failed(both).0, "did_exists");
    assert_eq!(office.actions.dids(acme).await.unwrap().len(), 1, "none of them, if not all");
    let other = failed(office.actions.add_dids(&zebra, std::slice::from_ref(&first)).await);
    assert_eq!(other.0, "did_of_other_tenant");
    assert!(!other.1.contains("acme"), "{other:?}");

    for extension in ["101", "102"] {
        office.extend(extension).await.unwrap();
    }
    let service = |name: &str| name.parse::<ServiceName>().unwrap();
    assert!(office.actions.assign_did(acme, &first, &service("101")).await.unwrap());
    assert!(!office.actions.assign_did(acme, &first, &service("101")).await.unwrap());
    let taken = failed(office.actions.assign_did(acme, &first, &service("102")).await);
    assert_eq!(
        (taken.0, taken.1.as_str()),
        ("did_answered", "+4930123456 is answered by 101; release it first")
    );
    assert_eq!(failed(office.actions.assign_did(acme, &second, &service("102")).await).0, "did_not_found");
    assert_eq!(failed(office.actions.remove_did(acme, &first).await).0, "did_answered");
    assert_eq!(office.actions.release_did(acme, &first).await.unwrap(), service("101"));
    assert_eq!(failed(office.actions.release_did(acme, &first).await).0, "did_free");
    office.actions.remove_did(acme, &first).await.unwrap();
    office.actions.add_dids(&zebra, &[first]).await.unwrap();
}
