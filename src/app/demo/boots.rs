//! The demo's simulated phones: one boot each over HTTPS and over TFTP, and what each made of it.

use std::{fmt::Write as _, path::Path, sync::Arc, time::Duration};

use super::world::{DemoPhone, PHONES, TENANT};
use crate::{
    app::Addresses,
    catalog::{Catalog, Nature},
    domain::Mac,
    simulator::{Memory, Network, PhoneModel, ProvisioningUrl, Trust, boot},
};

/// How long one simulated boot may take.
const WITHIN: Duration = Duration::from_secs(20);

/// Boots every phone over every door; a table of what each got.
pub(super) async fn all(catalog: &Catalog, url: &str, ca: &Path, doors: Addresses) -> anyhow::Result<String> {
    let mut table = format!(
        "  {:<18} {:<6} {:<40} {:>7} {:>9}\n",
        "simulated phone", "over", "accounts that register", "keys", "bytes"
    );
    let scope_path = url.split_once("/p/").map_or("", |(_, path)| path);
    for phone in &PHONES {
        if doors.https.is_some() {
            one(&mut table, catalog, phone, url, ca).await?;
        }
        if let Some(tftp) = doors.tftp {
            let url = format!("tftp://127.0.0.1:{}/{scope_path}", tftp.port());
            one(&mut table, catalog, phone, &url, ca).await?;
        }
    }
    Ok(table)
}

async fn one(
    table: &mut String,
    catalog: &Catalog,
    phone: &DemoPhone,
    folder: &str,
    ca: &Path,
) -> anyhow::Result<()> {
    let model = catalog.model(phone.model)?;
    let mac = Mac::parse(phone.mac)?;
    let manifest = Arc::new(catalog.manifest_of(model).clone());
    let entry = manifest.model.iter().find(|entry| entry.name == model.name).cloned();
    let entry = entry.ok_or_else(|| anyhow::anyhow!("{} is not in its own pack", phone.model))?;
    let simulated = PhoneModel::new(manifest, entry)?;
    let url = ProvisioningUrl::parse(&url_of(catalog, phone, folder)?)?;
    let network = Network::new(Some(&Trust::CaFile(ca.to_owned())))?;
    let mut memory = Memory::factory(simulated, mac);
    let booted = boot(&mut memory, &url, &network, WITHIN).await;
    let accounts: Vec<String> = memory
        .accounts()
        .iter()
        .filter(|account| account.registers())
        .map(|account| format!("line {}: {}@{}", account.line, account.user, account.registrar))
        .collect();
    let got = match booted.first_fault() {
        Some(fault) => format!("{}: {}", fault.file, fault.outcome.word()),
        None if accounts.is_empty() => "none".to_owned(),
        None => accounts.join(", "),
    };
    let keys = memory.keys().iter().filter(|key| key.acts()).count();
    let door = folder.split(':').next().unwrap_or_default();
    writeln!(table, "  {:<18} {door:<6} {got:<40} {keys:>7} {:>9}", phone.model, booted.bytes())?;
    Ok(())
}

/// The URL that the phone is given: the folder, or the file itself where the phone knows no folders.
fn url_of(catalog: &Catalog, phone: &DemoPhone, folder: &str) -> anyhow::Result<String> {
    let model = catalog.model(phone.model)?;
    let rules: Vec<_> = catalog.files_of(model).collect();
    match rules.as_slice() {
        [(only, _)] => Ok(format!("{folder}{}", catalog.path_of(*only, model, Mac::parse(phone.mac)?))),
        _ => Ok(folder.to_owned()),
    }
}

/// Commands to try, ready to copy. In the demo loopback is trusted, so TFTP needs no scope.
pub(super) fn lines_to_copy(
    catalog: &Catalog,
    data: &Path,
    url: &str,
    ca: &Path,
    doors: Addresses,
) -> anyhow::Result<String> {
    let phone = &PHONES[0];
    let model = catalog.model(phone.model)?;
    let mac = Mac::parse(phone.mac)?;
    let secret = catalog.files_of(model).find(|(_, rule)| Nature::of(rule) == Nature::Secret);
    let (file, _) = secret.ok_or_else(|| anyhow::anyhow!("{} has no file of its own", phone.model))?;
    let file = catalog.path_of(file, model, mac);
    let (data, ca) = (data.display(), ca.display());
    let mut lines = String::from("Try it:\n");
    writeln!(lines, "  curl --cacert {ca} {url}{file}")?;
    if let Some(tftp) = doors.tftp {
        writeln!(lines, "  tftp -m binary 127.0.0.1 {} -c get {file}", tftp.port())?;
    }
    writeln!(
        lines,
        "Add a phone of your own, with the model and MAC on its back, in place of one of these:"
    )?;
    writeln!(lines, "  offhook --data {data} device release {mac} 1")?;
    let new = "80:5e:c0:12:34:56";
    writeln!(lines, "  offhook --data {data} device add {TENANT} {new} --model \"Yealink SIP-T54W\"")?;
    writeln!(lines, "  offhook --data {data} device assign {new} 1 {}", phone.extension)?;
    writeln!(lines, "and enter this URL into it: {url}")?;
    Ok(lines)
}
