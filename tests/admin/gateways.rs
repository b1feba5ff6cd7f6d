//! Gateways: which SIP trunk a line of which device carries, and what becomes of it.

use offhook::{
    admin::actions::{CsvKind, CsvOptions, DeviceDetails, SipPassword, TrunkDetails, TrunkToAdd},
    domain::{
        Admission, Grants, LineNumber, Product, ProductKind, Quantity, Secret, ServiceKind, ServiceName,
        TrunkPeer, Withheld, license::Claims,
    },
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, claims, failed, product, text},
};

on_both_engines![
    a_line_of_a_gateway_carries_a_trunk_that_registers_or_an_extension,
    a_trunk_is_refused_where_no_line_can_carry_it,
    a_trunk_is_carried_by_as_many_lines_as_its_product_grants,
    a_line_is_withheld_with_the_seat_and_the_block_of_its_trunk,
    a_trunk_that_goes_frees_its_line,
    a_gateway_that_carries_a_trunk_stays_one,
    trunks_stand_in_the_file_of_devices_by_name,
];

const GATEWAY: &str = "c074ad000001";
const PHONE: &str = "001565aabbcc";
const KIND: ServiceKind = ServiceKind::Trunk;

/// So many seats of a trunk's product, and one of a product with which two lines carry a trunk.
fn with_trunks(serial: u64, seats: u32) -> Claims {
    let trunk = product("trunk", "SIP trunk", ProductKind::Main, &[KIND]);
    let mut claims = claims(serial, 5);
    claims.products.extend([
        Product {
            id: "twice".parse().unwrap(),
            quantity: Quantity::Limited(1),
            grants: Grants { lines: Some(2), ..Grants::default() },
            ..trunk.clone()
        },
        Product { quantity: Quantity::Limited(seats), ..trunk },
    ]);
    claims
}

/// A trunk that registers.
fn registering(name: &str, product: &str) -> TrunkToAdd {
    let user = name.to_lowercase().replace(' ', "-").parse().unwrap();
    TrunkToAdd {
        name: text(name),
        product: product.parse().unwrap(),
        peer: TrunkPeer::Credentials { user, password: Secret::new("hunter2hunter2") },
    }
}

/// Two trunks that register, an extension, a gateway and a phone.
async fn furnished(bench: Bench) -> Office {
    let office = Office::new(bench).await;
    office.install(with_trunks(1, 2)).await.unwrap();
    office.extend("101").await.unwrap();
    for name in ["Fax gateway", "Lift"] {
        office.actions.add_trunk(&office.acme, registering(name, "trunk")).await.unwrap();
    }
    office.add_device(GATEWAY, Some("Grandstream HT802")).await;
    office.add_device(PHONE, Some("Yealink SIP-T46U")).await;
    office
}

async fn gateway(office: &Office) -> DeviceDetails {
    office.actions.device(GATEWAY.parse().unwrap()).await.unwrap()
}

async fn trunk(office: &Office, name: &str) -> TrunkDetails {
    office.actions.trunk(&office.acme, &text(name), false).await.unwrap()
}

async fn carried(office: &Office) -> Vec<String> {
    let lines = gateway(office).await.lines;
    lines.iter().map(|line| format!("{} {}", line.line, line.carries.in_words())).collect()
}

async fn a_line_of_a_gateway_carries_a_trunk_that_registers_or_an_extension(bench: Bench) {
    let office = furnished(bench).await;
    assert!(trunk(&office, "Fax gateway").await.carriers.is_empty());
    office.assign(GATEWAY, 2, "Fax gateway").await.unwrap();
    office.assign(GATEWAY, 1, "101").await.unwrap();
    assert_eq!(carried(&office).await, ["1 101", "2 SIP trunk \"Fax gateway\""]);
    let details = gateway(&office).await;
    assert!(details.lines.iter().all(|line| line.admission == Some(Admission::Admitted)));
    assert_eq!(details.device.epoch, 3, "who assigns hands over secrets");
    assert_eq!(trunk(&office, "Fax gateway").await.carriers[0].to_string(), "c0:74:ad:00:00:01 line 2");
    assert!(trunk(&office, "Lift").await.carriers.is_empty());
    let audited = office.audited().await;
    assert!(
        audited.contains(&"line.assigned c074ad000001 line 2 carries Fax gateway".to_owned()),
        "{audited:?}"
    );

    let (mac, line) = (GATEWAY.parse().unwrap(), LineNumber::new(2).unwrap());
    let released = office.actions.release_line(mac, line, SipPassword::Renewed).await.unwrap();
    let fax = ServiceName::Trunk(text("Fax gateway"));
    assert_eq!((released.carried, released.renewed), (vec![fax.clone()], vec![fax]));
    assert_eq!(carried(&office).await, ["1 101"]);
    assert!(trunk(&office, "Fax gateway").await.carriers.is_empty());
}

async fn a_trunk_is_refused_where_no_line_can_carry_it(bench: Bench) {
    let office = furnished(bench).await;
    let peer = TrunkPeer::Addresses(vec!["192.0.2.7".parse().unwrap()]);
    let carrier = TrunkToAdd { peer, ..registering("Carrier", "twice") };
    office.actions.add_trunk(&office.acme, carrier).await.unwrap();
    office.add_device("001565aabbdd", None).await;
    office.assign(GATEWAY, 1, "Lift").await.unwrap();
    for (mac, line, name, code, why) in [
        (
            GATEWAY,
            2,
            "Carrier",
            "trunk_by_addresses",
            "SIP trunk \"Carrier\" is known by its addresses and has no credentials; a line carries a SIP trunk that registers",
        ),
        (
            PHONE,
            1,
            "Fax gateway",
            "model_is_no_gateway",
            "Yealink SIP-T46U is no gateway: its lines carry extensions, not SIP trunks",
        ),
        (
            "001565aabbdd",
            1,
            "Fax gateway",
            "model_unknown",
            "only a gateway carries a SIP trunk, and the device's model is not known yet; set its model first",
        ),
        (GATEWAY, 2, "Nobody", "service_not_found", "the tenant has no SIP trunk \"Nobody\""),
        (
            GATEWAY,
            3,
            "Fax gateway",
            "line_beyond_model",
            "line 3 is not there: Grandstream HT802 has 2 lines",
        ),
        (
            GATEWAY,
            1,
            "101",
            "line_taken",
            "line 1 of c0:74:ad:00:00:01 already carries SIP trunk \"Lift\"; release it first",
        ),
    ] {
        assert_eq!(failed(office.assign(mac, line, name).await), (code, why.to_owned()));
    }
    assert_eq!(carried(&office).await, ["1 SIP trunk \"Lift\""]);
    office.add_tenant("zebra").await;
    let theirs = crate::office::device("c074ad000002", Some("Grandstream HT802"));
    office.actions.add_device(&crate::office::slug("zebra"), theirs).await.unwrap();
    assert_eq!(failed(office.assign("c074ad000002", 1, "Fax gateway").await).0, "service_not_found");
}

async fn a_trunk_is_carried_by_as_many_lines_as_its_product_grants(bench: Bench) {
    let office = furnished(bench).await;
    office.actions.add_trunk(&office.acme, registering("Both", "twice")).await.unwrap();
    office.assign(GATEWAY, 1, "Lift").await.unwrap();
    let (code, why) = failed(office.assign(GATEWAY, 2, "Lift").await);
    assert_eq!(code, "trunk_already_carried");
    assert_eq!(
        why,
        "SIP trunk \"Lift\" is already carried by c0:74:ad:00:00:01 line 1; its product allows 1 device line"
    );
    office
        .actions
        .release_line(GATEWAY.parse().unwrap(), LineNumber::new(1).unwrap(), SipPassword::Renewed)
        .await
        .unwrap();
    office.assign(GATEWAY, 1, "Both").await.unwrap();
    office.assign(GATEWAY, 2, "Both").await.unwrap();
    assert_eq!(trunk(&office, "Both").await.carriers.len(), 2);
    let plan =
        offhook::admin::actions::PlanChange { product: Some("trunk".parse().unwrap()), ..Default::default() };
    office.install(with_trunks(2, 3)).await.unwrap();
    let name = ServiceName::Trunk(text("Both"));
    let refused = failed(office.actions.change_plan(&office.acme, &KIND, &name, &plan).await);
    assert_eq!(refused.0, "too_many_lines");
}

async fn a_line_is_withheld_with_the_seat_and_the_block_of_its_trunk(bench: Bench) {
    let office = furnished(bench).await;
    office.assign(GATEWAY, 1, "Fax gateway").await.unwrap();
    office.assign(GATEWAY, 2, "Lift").await.unwrap();
    let admissions = async || {
        let lines = gateway(&office).await.lines;
        [lines[0].admission.unwrap(), lines[1].admission.unwrap()]
    };
    assert_eq!(admissions().await, [Admission::Admitted; 2]);
    office.install(with_trunks(2, 1)).await.unwrap();
    assert_eq!(admissions().await, [Admission::Admitted, Admission::Withheld(Withheld::SeatsExceeded)]);
    let name = ServiceName::Trunk(text("Fax gateway"));
    assert!(office.actions.block_service(&office.acme, &KIND, &name, true).await.unwrap());
    assert_eq!(admissions().await[0], Admission::Withheld(Withheld::Blocked));
    office.install(claims(3, 5)).await.unwrap();
    assert!(office.actions.block_service(&office.acme, &KIND, &name, false).await.unwrap());
    assert_eq!(admissions().await, [Admission::Withheld(Withheld::ProductMissing); 2]);
}

async fn a_trunk_that_goes_frees_its_line(bench: Bench) {
    let office = furnished(bench).await;
    office.assign(GATEWAY, 1, "Fax gateway").await.unwrap();
    office.assign(GATEWAY, 2, "Lift").await.unwrap();
    let name = ServiceName::Trunk(text("Fax gateway"));
    let freed = office.actions.remove_service(&office.acme, &KIND, &name).await.unwrap();
    assert_eq!(freed[0].to_string(), "c0:74:ad:00:00:01 line 1");
    assert_eq!(carried(&office).await, ["2 SIP trunk \"Lift\""]);
    let mac = GATEWAY.parse().unwrap();
    let (code, why) = failed(office.actions.remove_device(mac, None).await);
    assert_eq!(code, "device_in_use");
    assert!(why.contains("line 2 carries SIP trunk \"Lift\""), "{why}");
    office.actions.remove_device(mac, Some(SipPassword::Renewed)).await.unwrap();
    assert!(trunk(&office, "Lift").await.carriers.is_empty());
}

async fn a_gateway_that_carries_a_trunk_stays_one(bench: Bench) {
    let office = furnished(bench).await;
    office.assign(GATEWAY, 1, "Lift").await.unwrap();
    let mac = GATEWAY.parse().unwrap();
    for (model, why) in [
        (
            Some("yealink sip-t46u"),
            "Yealink SIP-T46U is no gateway: its lines carry extensions, not SIP trunks",
        ),
        (
            None,
            "only a gateway carries a SIP trunk, and the device's model is not known yet; set its model first",
        ),
    ] {
        let refused = failed(office.actions.set_model(mac, model).await);
        assert_eq!(
            refused,
            ("line_carries_trunk", format!("line 1 carries SIP trunk \"Lift\", which would not fit: {why}"))
        );
    }
    office.actions.set_model(mac, Some("grandstream ht802")).await.unwrap();
    office.actions.release_line(mac, LineNumber::new(1).unwrap(), SipPassword::Renewed).await.unwrap();
    office.actions.set_model(mac, Some("yealink sip-t46u")).await.unwrap();
}

async fn trunks_stand_in_the_file_of_devices_by_name(bench: Bench) {
    let office = Office::new(bench).await;
    office.install(with_trunks(1, 3)).await.unwrap();
    office.extend("101").await.unwrap();
    let odd = "2=\"x\" say";
    for name in ["Fax gateway", odd] {
        let user = if name == odd { "odd" } else { "fax" };
        let new = TrunkToAdd { name: text(name), ..registering(user, "trunk") };
        office.actions.add_trunk(&office.acme, new).await.unwrap();
    }
    let import = async |rows: &str| {
        let file = format!("Action,Name,Device model,MAC,Lines\n{rows}");
        office
            .actions
            .import_csv(&office.acme, CsvKind::Devices, file.as_bytes(), CsvOptions::default(), &|_, _| ())
            .await
    };
    for (cell, why) in [
        ("1=\"\"Fax gateway", "the name on line 1 has no closing quote"),
        ("1=\"\"Fax gateway\"\"2=101", "after the name on line 1 a space is missing"),
        ("1=\"\"Nobody\"\"", "the tenant has no SIP trunk \"Nobody\""),
        (
            "1=\"\"Fax gateway\"\" 2=\"\"Fax gateway\"\"",
            "SIP trunk \"Fax gateway\" is carried by 1 line already",
        ),
        ("1=Lift", "\"Lift\" is no extension number: 1 to 5 digits"),
    ] {
        let wrong = failed(import(&format!("add,A,Grandstream HT802,c074ad000001,\"{cell}\"\n")).await);
        assert!(wrong.1.ends_with(why), "{cell}: {wrong:?}");
    }
    let phone = failed(import("add,A,Yealink SIP-T46U,001565aabbcc,\"1=\"\"Fax gateway\"\"\"\n").await);
    assert!(phone.1.contains("Yealink SIP-T46U is no gateway"), "{phone:?}");
    let file = "add,A,Grandstream HT802,c074ad000001,\"1=\"\"Fax gateway\"\" 2=101\"\n\
                add,B,Grandstream HT802,c074ad000002,\"2=\"\"2=\"\"\"\"x\"\"\"\" say\"\"\"\n";
    assert_eq!(import(file).await.unwrap().added, 2);
    assert_eq!(carried(&office).await, ["1 SIP trunk \"Fax gateway\"", "2 101"]);
    assert_eq!(trunk(&office, odd).await.carriers.len(), 1);
    let exported = office.actions.export_csv(&office.acme, CsvKind::Devices).await.unwrap();
    let back = office
        .actions
        .import_csv(&office.acme, CsvKind::Devices, exported.as_bytes(), CsvOptions::default(), &|_, _| ())
        .await
        .unwrap();
    assert_eq!((back.added, back.unchanged), (0, 2), "{exported}");
}
