//! A day at the desk: every command once, as the help shows it.

use crate::desk::{Desk, on_both_engines};

on_both_engines![every_command_does_what_it_says];

async fn every_command_does_what_it_says(desk: Desk) {
    desk.license("3");
    assert!(desk.done(&["tenant", "list"]).stdout.contains("acme"));
    let before = desk.done(&["tenant", "show", "acme", "--json"]).json();
    let rotated = desk.done(&["tenant", "scope", "rotate", "acme", "--overlap", "7", "--json"]).json();
    let after = desk.done(&["tenant", "show", "acme", "--json"]).json();
    assert_eq!(after["provisioning_urls"][0]["url"], rotated["provisioning_url"]);
    assert_eq!(after["provisioning_urls"][1]["url"], before["provisioning_urls"][0]["url"]);
    let url = before["provisioning_urls"][0]["url"].as_str().unwrap();
    assert_eq!(url.len(), "https://server-name-is-not-set.invalid/p/".len() + 27 + 1, "{url}");

    extensions(&desk);
    devices(&desk);
    keys_and_settings(&desk);

    let shown = desk.done(&["license", "show", "acme"]).stdout;
    assert!(shown.contains("up to 3 for 30 USD/month") && shown.contains("main product"), "{shown}");
    desk.done(&["license", "keep", "acme", "essentials", "101"]);
    let order = desk.done(&["license", "keep", "acme", "essentials", "--json"]).json();
    assert_eq!((&order[0]["service"], &order[0]["admitted"]), (&"101".into(), &true.into()));
    desk.done(&["license", "trust-clock"]);
    assert_eq!(desk.run(&["device", "remove", "001565aabb02"]).code, Some(1));
    assert_eq!(desk.run(&["device", "remove", "001565aabb02", "--keep-passwords"]).code, Some(2));
    let kept =
        desk.done(&["device", "remove", "001565aabb02", "--release", "--keep-passwords", "--json"]).json();
    assert_eq!(kept["new_passwords"], serde_json::json!([]));
    let former = desk.done(&["device", "list", "acme", "--former", "--json"]).json();
    assert_eq!(
        (&former[1]["mac"], &former[1]["replaced_by"]),
        (&"001565aabb02".into(), &serde_json::Value::Null)
    );
    assert!(desk.done(&["extension", "remove", "acme", "101"]).stdout.contains("removed extension 101"));
    desk.done(&["tenant", "remove", "acme", "--yes"]);
    assert_eq!(desk.done(&["tenant", "list", "--json"]).stdout.trim(), "[]");
    assert!(desk.done(&["completions", "bash"]).stdout.contains("offhook"));
}

fn extensions(desk: &Desk) {
    let added =
        desk.done(&["extension", "add", "acme", "101", "--name", "Zoë O'Brien", "--product", "essentials"]);
    assert!(
        added.stdout.contains("Essentials (essentials)") && added.stdout.contains("admitted"),
        "{added:?}"
    );
    assert!(desk.done(&["extension", "block", "acme", "101"]).stdout.contains("is blocked"));
    let blocked = desk.done(&["extension", "show", "acme", "101", "--json"]).json();
    assert_eq!((&blocked["admitted"], &blocked["withheld"]), (&false.into(), &"blocked".into()));
    desk.done(&["extension", "unblock", "acme", "101"]);
    let same = desk.done(&["extension", "plan", "acme", "101", "essentials", "--json"]).json();
    assert_eq!(same["changed"], false);
    assert_eq!(desk.run(&["extension", "plan", "acme", "101", "pro"]).code, Some(1));
    let plan = desk.done(&["extension", "plan", "acme", "101", "--add", "voicemail"]).stdout;
    assert_eq!(plan.trim(), "extension 101 has now product essentials with voicemail");
    let used = desk.done(&["license", "show", "acme", "--json"]).json();
    assert_eq!((&used["products"][1]["id"], &used["products"][1]["used"]), (&"voicemail".into(), &1.into()));
    desk.extend("102");
    let full = desk.run(&["extension", "plan", "acme", "102", "--add", "voicemail"]);
    assert!(full.code == Some(1) && full.stderr.contains("Voicemail box: 1 of 1 seats used"), "{full:?}");
    desk.done(&["extension", "remove", "acme", "102"]);
    let without = desk.done(&["extension", "plan", "acme", "101", "--remove", "voicemail", "--json"]).json();
    assert_eq!((&without["changed"], &without["addons"]), (&true.into(), &serde_json::json!([])));
    assert_eq!(desk.run(&["extension", "plan", "acme", "101", "--remove", "voicemail"]).code, Some(1));
}

fn devices(desk: &Desk) {
    desk.done(&["device", "add", "acme", "00-15-65-AA-BB-01", "--model", "auto", "--name", "Front desk"]);
    desk.done(&["device", "assign", "0015.65aa.bb01", "2", "101"]);
    let shown = desk.done(&["device", "show", "00:15:65:aa:bb:01", "--json"]).json();
    assert_eq!(shown["lines"][0]["number"], "101");
    let listed = desk.done(&["extension", "list", "acme"]).stdout;
    assert!(listed.contains("00:15:65:aa:bb:01 line 2"), "{listed}");
    assert_eq!(desk.run(&["device", "remove", "001565aabb01"]).code, Some(1));
    let replaced = desk.done(&["device", "replace", "001565aabb01", "001565aabb02"]).stdout;
    assert!(replaced.contains("extension 101 has a new SIP password, which its PBX must take"), "{replaced}");
    let former = desk.done(&["device", "list", "acme", "--former"]).stdout;
    assert!(former.contains("replaced by 00:15:65:aa:bb:02"), "{former}");
    assert!(former.contains("waiting for the phone"), "{former}");
    desk.done(&["device", "block", "001565aabb02"]);
    assert!(desk.done(&["device", "list", "acme", "--seen"]).stdout.contains("never"));
    desk.done(&["device", "unblock", "001565aabb02"]);
    let released = desk.done(&["device", "release", "001565aabb02", "2", "--json"]).json();
    assert_eq!((&released["released"], &released["new_passwords"][0]), (&"101".into(), &"101".into()));
    let freed = desk.done(&["device", "show", "001565aabb02"]).stdout;
    assert!(freed.contains("2: carried 101 until") && freed.contains("waiting for the phone"), "{freed}");
    desk.done(&["device", "assign", "001565aabb02", "1", "101"]);
    desk.done(&["device", "set-model", "001565aabb02", "auto"]);
    inventory(desk, "001565aabb02");
}

fn inventory(desk: &Desk, mac: &str) {
    let key = desk.path("key.txt");
    std::fs::write(&key, "hunter2 of the maker\n").unwrap();
    let set = ["device", "set", mac, "--managed-by", "IT", "--description", "Hall, left", "--ascii-key-file"];
    let said = desk.done(&[&set[..], &[key.to_str().unwrap()]].concat()).stdout;
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        ["managed by   IT", "description  Hall, left", "ASCII key    set"]
    );
    let cleared = ["device", "set", mac, "--clear", "description", "--inventory-id", "A-1", "--json"];
    let json = desk.done(&cleared).json();
    assert_eq!((&json["changed"], &json["inventory"]["inventory_id"]), (&true.into(), &"A-1".into()));
    assert_eq!(desk.done(&cleared).json()["changed"], false);
    for unasked in [
        &["device", "show", mac][..],
        &["device", "show", mac, "--json"],
        &["device", "list", "acme", "--json"],
    ] {
        let shown = desk.done(unasked).stdout;
        assert!(shown.contains("A-1") && !shown.contains("Hall") && !shown.contains("hunter2"), "{shown}");
    }
    let shown = desk.done(&["device", "show", mac, "--show-keys", "--json"]).json();
    assert_eq!(shown["inventory"]["ascii_key"], "hunter2 of the maker");
    assert!(desk.done(&["device", "show", mac, "--show-keys"]).stdout.contains("hunter2 of the maker"));
    for wrong in [
        &["device", "set", mac][..],
        &["device", "set", mac, "--managed-by", ""],
        &["device", "set", mac, "--managed-by", "IT", "--clear", "managed-by"],
        &["device", "set", mac, "--qpc-key-file", "/nowhere"],
    ] {
        assert_eq!(desk.run(wrong).code, Some(2), "{wrong:?}");
    }
}

fn keys_and_settings(desk: &Desk) {
    let mac = "001565aabb02";
    desk.done(&["key", "set", mac, "2", "blf", "--value", "102", "--label", "Ann"]);
    desk.done(&["key", "set", mac, "3", "speed-dial", "--value", "+41446681800"]);
    desk.done(&["key", "unset", mac, "3"]);
    let keys = desk.done(&["key", "show", mac, "--json"]).json();
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]["label"]), (1, &"Ann".into()));

    desk.done(&["profile", "add", "acme", "Reception"]);
    desk.done(&["device", "set-profile", mac, "Reception"]);
    let of_profile = ["--profile", "Reception"];
    desk.done(&[&["key", "set", "acme", "2", "blf", "--value", "202"][..], &of_profile].concat());
    desk.done(&[&["key", "set", "acme", "4", "speed-dial", "--value", "204"][..], &of_profile].concat());
    let held = desk.done(&["key", "show", mac]).stdout;
    let from: Vec<_> = held.lines().skip(1).map(|line| line.split_whitespace().last().unwrap()).collect();
    assert_eq!(from, ["device", "profile"], "{held}");
    desk.done(&["device", "set-model", mac, "Yealink SIP-T46U"]);
    let explained = desk.done(&["device", "preview", mac, "--explain"]).stdout;
    let key = |name: &str| explained.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(key("linekey.4.value = 204").ends_with("; key 4 (profile)"), "{explained}");
    assert!(key("linekey.2.value = 102").ends_with("; key 2 (device)"), "{explained}");
    desk.done(&["device", "set-model", mac, "auto"]);
    let cleared = desk.done(&[&["key", "unset", "acme", "4", "--json"][..], &of_profile].concat()).json();
    assert_eq!(cleared, serde_json::json!({ "profile": "Reception", "cleared": 4 }));
    assert_eq!(desk.run(&[&["key", "unset", "acme", "4"][..], &of_profile].concat()).code, Some(1));
    let left = desk.done(&[&["key", "show", "acme", "--json"][..], &of_profile].concat()).json();
    assert_eq!((left.as_array().unwrap().len(), &left[0]["layer"]), (1, &"profile".into()));
    assert_eq!(desk.run(&["key", "show", "acme"]).code, Some(2), "acme is no MAC");
    desk.done(&["setting", "set", "tenant", "acme", "time.zone", "Europe/Zurich"]);
    desk.done(&["setting", "set", "profile", "acme", "Reception", "phone.language", "de"]);
    desk.done(&["setting", "set", "device", mac, "network.vlan", "40"]);
    let held = desk.done(&["setting", "show", "device", mac, "--json"]).json();
    let layer_of = |name: &str| {
        let mut settings = held.as_array().unwrap().iter();
        settings.find(|setting| setting["name"] == name).unwrap()["layer"].as_str().unwrap().to_owned()
    };
    let layers = ["time.zone", "phone.language", "network.vlan", "sip.transport"].map(layer_of);
    assert_eq!(layers, ["tenant", "profile", "device", "default"]);
    desk.done(&["setting", "unset", "device", mac, "network.vlan"]);
    assert_eq!(desk.done(&["setting", "list", "device", mac, "--json"]).stdout.trim(), "[]");
    assert!(desk.done(&["setting", "names"]).stdout.contains("must be one of udp, tcp, tls"));
    assert_eq!(desk.run(&["profile", "remove", "acme", "Reception"]).code, Some(1));
    desk.done(&["device", "set-profile", mac, "none"]);
    desk.done(&["profile", "remove", "acme", "Reception"]);
    assert_eq!(desk.done(&["profile", "list", "acme", "--json"]).stdout.trim(), "[]");
}
