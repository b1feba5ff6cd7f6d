//! Explained documents: the right template, line and layer.

use offhook::catalog::{Catalog, ExplainedLine};
use offhook::domain::{HeldKey, Key, KeyKind, Layer, LineNumber};

use super::phone::Phone;

fn explained(phone: &Phone) -> Vec<ExplainedLine> {
    let catalog = Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let model = catalog.model("yealink t31p").unwrap();
    let file = catalog.files_of(model).last().unwrap().0;
    catalog.explain(file, model, &phone.facts()).unwrap()
}

#[test]
fn every_value_leads_to_its_template_and_layer() {
    let phone = Phone::blank().with_pin("4711").with_line(1, "Bob", "hunter2").with_settings(&[
        ("phone.lock_after", "60", Layer::Device),
        ("time.zone", "Europe/Zurich", Layer::Profile),
        ("sip.transport", "tls", Layer::Tenant),
        ("network.vlan", "7", Layer::Device),
        ("audio.codecs", "opus", Layer::Model),
    ]);
    let lines = explained(&phone);
    let line = |key: &str| lines.iter().find(|line| line.text.starts_with(key)).unwrap();
    let layer = |key: &str| line(key).values.last().unwrap().layer();

    assert_eq!(layer("local_time.start_time"), Some(Layer::Profile));
    assert_eq!(layer("lang.gui"), Some(Layer::Default));
    assert_eq!(layer("static.network.vlan.internet_port_vid"), Some(Layer::Device));
    assert_eq!(layer("account.1.codec.opus.enable"), Some(Layer::Model));
    assert_eq!(layer("account.1.sip_server.1.port"), Some(Layer::Tenant));
    assert_eq!(layer("account.1.display_name"), None);
    assert_eq!(line("account.1.password").text, "account.1.password = ••••");
    assert_eq!(
        line("phone_setting.phone_lock.unlock_pin").text,
        "phone_setting.phone_lock.unlock_pin = ••••"
    );
    assert_eq!(layer("phone_setting.phone_lock.lock_time_out"), Some(Layer::Device));
    assert_eq!(layer("phone_setting.emergency.number"), Some(Layer::Default));
    assert_eq!(line("static.security.user_password").text, "static.security.user_password = admin:••••");

    let source = include_str!("../../device-templates/yealink/account.cfg.j2");
    let found = line("account.2.label");
    let written = source.lines().nth(found.line - 1).unwrap();
    assert_eq!(found.template, "yealink/account.cfg.j2");
    assert!(written.contains("}}.label ="), "{written}");
    assert_eq!(found.values[1].expression, "line.label or clear.text");
    let keys = lines.iter().filter(|line| line.values.iter().any(|value| value.key.is_some()));
    assert_eq!(keys.count(), 0, "nobody programmed the key of a line");
    assert_eq!(lines[0].text, "#!version:1.0.0.1");
    assert_eq!((lines[0].template.as_str(), lines[0].line), ("yealink/phone.cfg.j2", 1));
}

#[test]
fn every_value_of_a_key_leads_to_where_the_key_was_programmed() {
    let line = LineNumber::new(1).unwrap();
    let held = |position, number: &str, layer| {
        let key = Key::new(position, KeyKind::Blf, line, Some(number.to_owned()), None).unwrap();
        HeldKey { key, layer }
    };
    let mut phone = Phone::blank().with_line(1, "Bob", "hunter2");
    phone.keys = vec![held(1, "201", Layer::Profile), held(2, "102", Layer::Device)];
    let lines = explained(&phone);
    for (name, position, layer) in [("linekey.1.", 1, Layer::Profile), ("linekey.2.", 2, Layer::Device)] {
        for part in ["type", "line", "value", "label"] {
            let line = lines.iter().find(|line| line.text.starts_with(&format!("{name}{part}"))).unwrap();
            let value = line.values.last().unwrap();
            assert_eq!((value.key, value.layer()), (Some((position, layer)), Some(layer)), "{}", line.text);
        }
    }
}
