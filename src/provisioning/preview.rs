//! Showing an administrator what a phone would get now, every line explained and every secret masked.

use super::{
    document::model_of_device,
    facts::{LineVerdict, phone_facts, verdicts},
    policy::Policy,
    view::{DeviceView, TenantView},
    zones::Zones,
};
use crate::{
    catalog::{Catalog, ExplainedLine, FileId, Model, Nature, RenderError, Replacement},
    domain::{
        Admission, CarriedAt, HeldKey, Ineffective, KeyKind, KeyPosition, Layer, LineNumber, Mac,
        SettingName, Timestamp, ineffective_on, license::LicenseError,
    },
    storage::{CarriedLine, Session, StorageError, Store},
};

/// What a phone would get now.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The file's name, with the phone's MAC in it.
    pub file: String,
    /// The model that the document is made for.
    pub model: String,
    /// Each line, with its origin.
    pub lines: Vec<ExplainedLine>,
    /// What the vendor's file cannot carry as it was entered.
    pub replaced: Vec<Replacement>,
    /// What is set for the device and its vendor's phones cannot take.
    pub not_carried: Vec<SettingName>,
    /// What the license says of each carried line.
    pub verdicts: Vec<LineVerdict>,
    /// Admitted lines that carry an extension without a product that gives it voicemail, where a number for it is set.
    pub without_voicemail: Vec<LineNumber>,
    /// Record keys of admitted lines without a product that lets their calls be recorded.
    pub without_recording: Vec<KeyPosition>,
    /// What products of admitted lines grant that shows nothing on this phone.
    pub ineffective: Vec<Ineffective>,
    /// Programmed keys whose position or line the model does not have: the phone's model was learned after them.
    pub beyond: Vec<HeldKey>,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// No device has the MAC.
    #[error("no device has the MAC {0}")]
    UnknownDevice(Mac),
    /// Neither an administrator nor the phone said which model it is.
    #[error(
        "the model of {0} is not known yet; set it with \"offhook device set-model\" or let the phone ask once"
    )]
    NoModel(Mac),
    /// The model's vendor has no such file.
    #[error("there is no file \"{wanted}\" for this phone; there is {}", .files.join(", "))]
    NoFile {
        /// What was asked for.
        wanted: String,
        /// The files there are.
        files: Vec<String>,
    },
    /// The tenant's licenses cannot be verified, so nothing is sent.
    #[error("nothing is sent to this phone: an installed license cannot be verified: {0}")]
    Undecidable(LicenseError),
    /// The pack's template failed.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What the device with this MAC would get now: its file called `file`, else its first file with secrets.
pub async fn preview(
    store: &Store,
    catalog: &Catalog,
    policy: &Policy,
    mac: Mac,
    file: Option<&str>,
    now: Timestamp,
) -> Result<Preview, PreviewError> {
    preview_in(&mut store.read().await?, store, (catalog, policy), mac, file, now).await
}

/// The same as a session sees it: within a change that is not made yet, what the device would get after it.
pub async fn preview_in(
    session: &mut Session,
    store: &Store,
    (catalog, policy): (&Catalog, &Policy),
    mac: Mac,
    file: Option<&str>,
    now: Timestamp,
) -> Result<Preview, PreviewError> {
    let found = DeviceView::read(session, mac).await?;
    let (device, tenant) =
        found.filter(|(device, _)| device.answers_to(None, now)).ok_or(PreviewError::UnknownDevice(mac))?;
    let tenant = TenantView::read(session, tenant, &policy.license_keys).await?;
    tenant.certainty(now).map_err(PreviewError::Undecidable)?;
    let model = match model_of_device(catalog, &device) {
        Some(model) => model,
        None => seen_model(store, catalog, &device).await?.ok_or(PreviewError::NoModel(mac))?,
    };
    let files: Vec<(FileId, String)> = catalog
        .files_of(model)
        .filter(|(_, rule)| Nature::of(rule) == Nature::Secret)
        .map(|(id, _)| (id, catalog.path_of(id, model, mac)))
        .collect();
    let chosen = files.iter().find(|(_, path)| file.is_none_or(|wanted| wanted == path));
    let (id, path) = chosen.ok_or_else(|| PreviewError::NoFile {
        wanted: file.unwrap_or_default().to_owned(),
        files: files.iter().map(|(_, path)| path.clone()).collect(),
    })?;
    let full_name = model.full_name();
    let settings = tenant.settings(&device, &full_name);
    let verdicts = verdicts(&tenant, &device, now);
    let facts = phone_facts(
        (&tenant, &device),
        model,
        &settings,
        policy,
        &verdicts,
        Zones::new().rule(&settings, now),
    );
    let not_carried = settings
        .iter()
        .filter(|(name, setting)| {
            let refused = &catalog.manifest_of(model).not_carried;
            setting.layer != Layer::Default && refused.iter().any(|refused| refused == name.as_str())
        })
        .map(|(name, _)| name)
        .collect();
    let number_is_set = settings.find("voicemail.number").is_some();
    let without_voicemail = verdicts
        .iter()
        .zip(&device.lines)
        .filter(|(verdict, _)| verdict.admission == Admission::Admitted && !verdict.grants.voicemail)
        .filter(|(_, carried)| number_is_set && !carried.registrant.is_trunk())
        .map(|(verdict, _)| verdict.line)
        .collect();
    let granted = |line: LineNumber| {
        let admitted = |verdict: &&LineVerdict| verdict.admission == Admission::Admitted;
        verdicts.iter().filter(admitted).find(|verdict| verdict.line == line).map(|verdict| &verdict.grants)
    };
    let records = facts.keys.iter().map(|held| &held.key).filter(|key| key.kind == KeyKind::Record);
    let without_recording = records
        .filter(|key| granted(key.line).is_some_and(|grants| !grants.call_recording))
        .map(|key| key.position)
        .collect();
    let beyond = |held: &HeldKey| held.key.position > model.keys() || held.key.line.get() > model.lines;
    Ok(Preview {
        beyond: facts.keys.iter().filter(|held| beyond(held)).cloned().collect(),
        without_voicemail,
        without_recording,
        ineffective: ineffective(&device, &verdicts, model),
        file: path.clone(),
        lines: catalog.explain(*id, model, &facts)?,
        replaced: catalog.render_phone(*id, model, &facts)?.replaced,
        model: full_name,
        not_carried,
        verdicts,
    })
}

/// What products of admitted lines grant that shows nothing on a phone of this model.
fn ineffective(device: &DeviceView, verdicts: &[LineVerdict], model: &Model) -> Vec<Ineffective> {
    let name = model.full_name();
    let mac = device.device.mac;
    let Some(first) = device.lines.first().map(|carried| carried.line) else { return Vec::new() };
    let on_line = |(carried, verdict): (&CarriedLine, &LineVerdict)| {
        let at = CarriedAt { mac, line: carried.line, first, model: Some((&name, &model.cannot)) };
        ineffective_on(&verdict.grants, carried.registrant.pin.is_some(), at)
    };
    device.lines.iter().zip(verdicts).flat_map(on_line).collect()
}

/// The model that the phone said it is when it asked last.
async fn seen_model<'a>(
    store: &Store,
    catalog: &'a Catalog,
    device: &DeviceView,
) -> Result<Option<&'a Model>, StorageError> {
    let notes = store.device_notes(&device.device.tenant).await?;
    let seen =
        notes.into_iter().find(|note| note.device == device.device.id).and_then(|note| note.seen.model);
    Ok(seen.and_then(|name| catalog.model(&name).ok()))
}
