//! CSV files: every mistake with its place, all or nothing, twice is once, and what is exported can be sent back.

use offhook::{
    admin::actions::{CsvError, CsvKind, CsvOptions, CsvOutcome},
    domain::PlainText,
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, claims, failed},
};

on_both_engines![
    a_file_of_devices_is_taken_whole_and_twice_is_once,
    every_mistake_has_its_row_and_column_and_nothing_changes,
    what_is_right_can_be_taken_without_what_is_wrong,
    extensions_take_seats_until_there_are_none,
    numbers_and_keys_come_from_files_too,
];

const DEVICES: &str = "Action,Name,Device model,Managed by,CPE profile,Inventory ID,MAC,Description,ASCII key,Qpc key,Lines\n\
    add,Front desk,Yealink SIP-T46U,IT,Reception,A-1,00:15:65:AA:BB:01,\"Hall, left\",k1,q1,1=101\n\
    +,,Yealink SIP-T31P,,,,001565aabb02,=2+3,,,\n";

async fn import(
    office: &Office,
    kind: CsvKind,
    text: &str,
    options: CsvOptions,
) -> Result<CsvOutcome, CsvError> {
    office.actions.import_csv(&office.acme, kind, text.as_bytes(), options, &|_, _| ()).await
}

async fn whole(office: &Office, kind: CsvKind, text: &str) -> Result<CsvOutcome, CsvError> {
    import(office, kind, text, CsvOptions::default()).await
}

async fn furnished(bench: Bench) -> Office {
    let office = Office::licensed(bench, 3).await;
    office.extend("101").await.unwrap();
    office.actions.add_profile(&office.acme, &PlainText::parse("name", "Reception").unwrap()).await.unwrap();
    office
}

async fn a_file_of_devices_is_taken_whole_and_twice_is_once(bench: Bench) {
    let office = furnished(bench).await;
    let dry = CsvOptions { dry_run: true, ..CsvOptions::default() };
    assert_eq!(import(&office, CsvKind::Devices, DEVICES, dry).await.unwrap().added, 2);
    assert!(office.actions.devices(&office.acme).await.unwrap().is_empty());
    assert_eq!(whole(&office, CsvKind::Devices, DEVICES).await.unwrap().added, 2);
    let devices = office.actions.devices(&office.acme).await.unwrap();
    assert_eq!(devices[0].lines[0].carries.to_string(), "101");
    assert_eq!(devices[0].profile.as_ref().unwrap().as_str(), "Reception");
    assert_eq!(devices[1].device.name.as_str(), "Yealink 00:15:65:AA:BB:02");

    let revision = office.actions.tenant(&office.acme).await.unwrap().tenant.revision;
    let again = whole(&office, CsvKind::Devices, DEVICES).await.unwrap();
    assert_eq!((again.added, again.unchanged), (0, 2));
    assert_eq!(office.actions.tenant(&office.acme).await.unwrap().tenant.revision, revision);

    let exported = office.actions.export_csv(&office.acme, CsvKind::Devices).await.unwrap();
    assert!(
        exported.contains(",'=2+3,"),
        "a cell that a spreadsheet would calculate with is marked: {exported}"
    );
    assert!(exported.contains("\"Hall, left\",k1,q1,1=101\r\n"), "{exported}");
    let back = whole(&office, CsvKind::Devices, &exported).await.unwrap();
    assert_eq!((back.added, back.unchanged), (0, 2));
    // as a spreadsheet in Germany writes it
    let german = format!("\u{feff}{}", DEVICES.replace("\"Hall, left\"", "Hall").replace(',', ";"));
    let (code, why) = failed(whole(&office, CsvKind::Devices, &german).await);
    assert_eq!(
        (code, why.lines().last().unwrap()),
        ("csv_mistakes", "row 2, Inventory ID: differs from what the device has")
    );

    // who may not see secrets gets none, and can send the file back all the same
    let mut reader = office.actions.actor.clone();
    reader.rights = reader.rights.with(offhook::domain::Component::Credentials, offhook::domain::Level::None);
    let reader = office.actions.on_behalf_of(reader);
    let without = reader.export_csv(&office.acme, CsvKind::Devices).await.unwrap();
    assert!(!without.contains("k1"), "{without}");
    assert_eq!(whole(&office, CsvKind::Devices, &without).await.unwrap().unchanged, 2);
}

async fn every_mistake_has_its_row_and_column_and_nothing_changes(bench: Bench) {
    let office = furnished(bench).await;
    let header = DEVICES.lines().next().unwrap();
    let file = format!(
        "{header}\n\
         remove,A,Yealink SIP-T46U,,,,001565aabb01,,,,\n\
         add,A,Nokia 3310,,Nowhere,,001565aabb02,,,,1=999\n\
         \n\
         add,B\u{202e},Yealink SIP-T31P,,,,00156,,,,\n\
         add,C,Yealink SIP-T31P,,,,001565aabb04,,,,3=101\n\
         add,D,Yealink SIP-T31P,,,,001565aabb05,,,,1=101 2=101\n\
         add,E,Yealink SIP-T31P,,,,001565aabb05,,,,,too,many\n\
         add,F,Yealink SIP-T31P,,,,001565aabb06,,,,1=101\n\
         add,G,Yealink SIP-T31P,,,,001565aabb06,,,,\n"
    );
    let Err(CsvError::Mistakes(mistakes)) = whole(&office, CsvKind::Devices, &file).await else {
        panic!("it is wrong")
    };
    let places: Vec<_> =
        mistakes.iter().map(|mistake| (mistake.row, mistake.column.unwrap_or("-"))).collect();
    assert_eq!(
        places,
        [
            (2, "Action"),
            (3, "Device model"),
            (3, "CPE profile"),
            (3, "Lines"),
            (4, "MAC"),
            (4, "Name"),
            (5, "Lines"),
            (6, "Lines"),
            (7, "-"),
            (9, "MAC"),
        ]
    );
    assert!(office.actions.devices(&office.acme).await.unwrap().is_empty());
    for (text, wrong) in [
        ("", "column \"Action\" is missing"),
        ("Action,Name,Device model\n", "column \"MAC\" is missing"),
        ("Action,Name,Device model,MAC,Colour\n", "\"Colour\" is none"),
        ("Action,Name,Device model,MAC,MAC\n", "\"MAC\" stands there twice"),
    ] {
        let (code, why) = failed(whole(&office, CsvKind::Devices, text).await);
        assert!(code == "csv_unreadable" && why.contains(wrong), "{text}: {why}");
    }
    let latin = b"Action,Name,Device model,MAC\nadd,Z\xfcrich,auto,001565aabb01\n";
    let read = office
        .actions
        .import_csv(&office.acme, CsvKind::Devices, latin, CsvOptions::default(), &|_, _| ())
        .await;
    assert!(failed(read).1.starts_with("line 2 is not UTF-8"));
}

async fn what_is_right_can_be_taken_without_what_is_wrong(bench: Bench) {
    let office = furnished(bench).await;
    let file = DEVICES.replace("1=101", "1=999");
    let partial = CsvOptions { partial: true, ..CsvOptions::default() };
    let outcome = import(&office, CsvKind::Devices, &file, partial).await.unwrap();
    assert_eq!((outcome.added, outcome.mistakes.len(), outcome.mistakes[0].row), (1, 1, 2));
    assert_eq!(office.actions.devices(&office.acme).await.unwrap().len(), 1);
}

async fn extensions_take_seats_until_there_are_none(bench: Bench) {
    let office = Office::licensed(bench, 2).await;
    let file = "Number;Name;Product;Add-ons;SIP user\n101;Zoë;essentials;voicemail;\n102;Bob;essentials;;bob\n103;Eve;essentials;;\n104;Dan;pro;;\n";
    let Err(CsvError::Mistakes(mistakes)) = whole(&office, CsvKind::Extensions, file).await else {
        panic!("too many")
    };
    assert_eq!(mistakes.len(), 1);
    assert_eq!(mistakes[0].to_string(), "row 4, Product: Essentials: 2 of 2 seats used");
    assert!(office.actions.extensions(&office.acme).await.unwrap().is_empty());
    office.install(claims(2, 3)).await.unwrap();
    assert_eq!(whole(&office, CsvKind::Extensions, file).await.unwrap().added, 4);
    let extensions = office.actions.extensions(&office.acme).await.unwrap();
    assert_eq!(extensions[0].addons.len(), 1);
    assert_eq!(extensions[1].extension.sip_user.as_str(), "bob");
    let exported = office.actions.export_csv(&office.acme, CsvKind::Extensions).await.unwrap();
    assert_eq!(whole(&office, CsvKind::Extensions, &exported).await.unwrap().unchanged, 4);
    let password = extensions[0].extension.sip_password.expose();
    assert!(!exported.contains(password));
    let used = office.actions.license_overview(&office.acme).await.unwrap();
    assert_eq!((used.products[0].used, used.products[1].used), (3, 1));
    let taken =
        failed(whole(&office, CsvKind::Extensions, "Number,Name,Product,SIP user\n105,X,pro,bob\n").await);
    assert!(taken.1.ends_with("row 2, SIP user: \"bob\" is taken"), "{taken:?}");
}

async fn numbers_and_keys_come_from_files_too(bench: Bench) {
    let office = furnished(bench).await;
    let dids = "Number,Service\n+49 30 123456,101\n'+4930123457,\n";
    assert_eq!(whole(&office, CsvKind::Dids, dids).await.unwrap().added, 2);
    let exported = office.actions.export_csv(&office.acme, CsvKind::Dids).await.unwrap();
    assert_eq!(exported, "Number,Service\r\n'+4930123456,101\r\n'+4930123457,\r\n");
    assert_eq!(whole(&office, CsvKind::Dids, &exported).await.unwrap().unchanged, 2);
    let stolen =
        failed(whole(&office, CsvKind::Dids, "Number,Service\n+4930123456,\n+4930123458,999\n").await);
    assert_eq!(stolen.1.lines().count(), 3, "{stolen:?}");

    whole(&office, CsvKind::Devices, DEVICES).await.unwrap();
    let keys =
        "MAC,Position,Kind,Line,Value,Label\n001565aabb01,2,blf,1,102,Bob\n001565aabb01,3,speed-dial,,*97,\n";
    assert_eq!(whole(&office, CsvKind::Keys, keys).await.unwrap().added, 2);
    let exported = office.actions.export_csv(&office.acme, CsvKind::Keys).await.unwrap();
    assert_eq!(whole(&office, CsvKind::Keys, &exported).await.unwrap().unchanged, 2);
    let wrong = failed(
        whole(
            &office,
            CsvKind::Keys,
            "MAC,Position,Kind,Value\n001565aabb02,3,blf,102\n001565aabb01,2,dance,\n",
        )
        .await,
    );
    assert!(
        wrong.1.contains("row 2, Position: key 3 is not there") && wrong.1.contains("row 3, Kind:"),
        "{wrong:?}"
    );
}
