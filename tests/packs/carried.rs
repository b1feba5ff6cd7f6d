//! Every setting reaches the phones of every vendor, or the pack says that they cannot take it.

use std::{fs, path::Path};

use offhook::{catalog::Catalog, domain::DEFINITIONS};

/// How a template names the setting: most by `settings.NAME`, some by what the catalog makes of them.
fn in_templates(name: &str) -> String {
    match name {
        "sip.registrar" => "sip.host".to_owned(),
        "sip.port" => "sip.port".to_owned(),
        "sip.outbound_proxy" => "sip.proxy".to_owned(),
        "sip.failover" => "sip.failover".to_owned(),
        "time.zone" => "zone.".to_owned(),
        "provisioning.url" | "provisioning.interval" => name.to_owned(),
        _ => format!("settings.{name}"),
    }
}

#[test]
fn every_setting_is_carried_or_said_not_to_be() {
    let catalog = Catalog::embedded().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("device-templates");
    for manifest in catalog.manifests() {
        let templates: String = fs::read_dir(folder.join(manifest.name.to_lowercase()))
            .unwrap()
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "j2"))
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        for definition in DEFINITIONS {
            let carried = templates.contains(&in_templates(definition.name));
            let refused = manifest.not_carried.iter().any(|name| name == definition.name);
            assert_ne!(carried, refused, "{} of {}", definition.name, manifest.name);
        }
    }
}
