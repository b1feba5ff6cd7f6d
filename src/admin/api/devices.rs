//! Operations on devices and their lines.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found},
    field::{Fields, GivenMac, GivenName, GivenNumber},
    former::{FreedShown, KEEP_PASSWORDS, ReleasedShown, sip_password},
    inventory::{InventoryChange, InventoryShown},
    keys::KeyShown,
    problem::Problem,
    shown::{Blocked, IneffectiveShown, judged, made_before},
    sync::FollowingShown,
    table::{Method, Operation, QueryParameter, operation},
};
use crate::{
    admin::actions::{DeviceDetails, DeviceToAdd},
    domain::{Device, LineNumber, Mac, ServiceName},
};

const RELEASE: QueryParameter = QueryParameter {
    name: "release",
    about: "Also when lines of it carry something, which is released with it.",
    schema: r#"{"type":"boolean"}"#,
    required: false,
};

pub(super) fn operations() -> Vec<Operation> {
    const LIST: &str = "/tenants/{tenant}/devices";
    const ONE: &str = "/tenants/{tenant}/devices/{mac}";
    const LINE: &str = "/tenants/{tenant}/devices/{mac}/lines/{line}";
    vec![
        operation(Method::Get, LIST, "listDevices", "Lists devices by MAC.", list).lists::<DeviceShown>(),
        operation(Method::Post, LIST, "addDevice", "Adds a device without lines.", add)
            .takes::<NewDevice>()
            .makes::<DeviceShown>()
            .once()
            .tagged(),
        operation(Method::Get, ONE, "showDevice", "Shows a device with its lines and keys.", show)
            .answers::<DeviceShown>()
            .tagged(),
        operation(
            Method::Patch,
            ONE,
            "changeDevice",
            "Changes a device's model, the profile that it follows, or what the inventory says of it.",
            change,
        )
        .takes::<DeviceChange>()
        .answers::<DeviceShown>()
        .tagged(),
        operation(
            Method::Delete,
            ONE,
            "removeDevice",
            "Removes a device that carries nothing. For 90 days its phone gets blank documents.",
            remove,
        )
        .query(RELEASE)
        .query(KEEP_PASSWORDS)
        .answers::<ReleasedShown>(),
        operation(
            Method::Put,
            "/tenants/{tenant}/devices/{mac}/mac",
            "replaceDevice",
            "Another phone takes its place: everything but the MAC and the passwords stays. For 90 days the phone that \
             was there gets blank documents.",
            replace,
        )
        .query(KEEP_PASSWORDS)
        .takes::<Replacement>()
        .answers::<DeviceShown>()
        .tagged(),
        operation(
            Method::Put,
            "/tenants/{tenant}/devices/{mac}/blocked",
            "blockDevice",
            "Blocks or unblocks it: its requests are refused.",
            blocked,
        )
        .takes::<Blocked>()
        .answers::<DeviceShown>()
        .tagged(),
        operation(
            Method::Put,
            LINE,
            "assignLine",
            "Lets a line carry an extension, or a line of a gateway a SIP trunk: the device is provisioned with it.",
            assign,
        )
        .takes::<Carried>()
        .answers::<DeviceShown>()
        .tagged(),
        operation(
            Method::Delete,
            LINE,
            "releaseLine",
            "Frees a line: what it carried gets another SIP password.",
            release,
        )
        .query(KEEP_PASSWORDS)
        .answers::<ReleasedShown>(),
    ]
}

/// A device.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct DeviceShown {
    /// Its MAC.
    mac: String,
    /// What people call it.
    name: String,
    /// Its model; null until it shows itself.
    model: Option<String>,
    /// How many lines its model has.
    model_lines: Option<u16>,
    /// The profile that it follows.
    profile: Option<String>,
    /// Whether its requests are refused.
    blocked: bool,
    /// The lines that carry something.
    lines: Vec<LineShown>,
    /// Its free lines that carried something, for 90 days.
    freed: Vec<FreedShown>,
    /// The keys that are programmed on it itself; see also those of its profile.
    keys: Vec<KeyShown>,
    /// What the inventory says of it.
    inventory: InventoryShown,
    /// Whether its phone has what it should.
    provisioned: FollowingShown,
    /// Its revision, which is its `ETag`.
    revision: i64,
}

/// A line that carries an extension or a SIP trunk.
#[derive(serde::Serialize, ToSchema)]
struct LineShown {
    /// Which line, from 1.
    line: u16,
    /// The extension's number; null when it carries a SIP trunk.
    number: Option<String>,
    /// The SIP trunk's name; null when it carries an extension.
    trunk: Option<String>,
    /// The name of what it carries.
    name: String,
    /// Whether the phone gets it; null while that is undecidable.
    admitted: Option<bool>,
    /// Why it does not.
    withheld: Option<String>,
    /// What its products grant that shows nothing here, and why.
    ineffective: Vec<IneffectiveShown>,
}

impl DeviceShown {
    fn of(details: &DeviceDetails) -> Self {
        let device = &details.device;
        let lines = details.lines.iter().map(|line| {
            let (admitted, withheld) = judged(line.admission);
            let (number, trunk) = match &line.carries {
                ServiceName::Number(number) => (Some(number.to_string()), None),
                ServiceName::Trunk(name) => (None, Some(name.to_string())),
            };
            LineShown {
                line: line.line.get(),
                number,
                trunk,
                name: line.name.to_string(),
                admitted,
                withheld,
                ineffective: line.ineffective.iter().map(IneffectiveShown::of).collect(),
            }
        });
        Self {
            mac: device.mac.to_string(),
            name: device.name.to_string(),
            model: device.model.clone(),
            model_lines: details.model_lines,
            profile: details.profile.as_ref().map(ToString::to_string),
            blocked: device.blocked,
            lines: lines.collect(),
            freed: details.freed.iter().map(FreedShown::of).collect(),
            keys: details.keys.iter().map(KeyShown::of).collect(),
            inventory: InventoryShown::of(&details.inventory),
            provisioned: FollowingShown::of(&details.following),
            revision: device.revision,
        }
    }
}

/// What makes a device.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDevice {
    /// Its MAC.
    mac: GivenMac,
    /// Vendor and model; learned when the phone shows itself when absent.
    model: Option<String>,
    /// What people call it; made of vendor and MAC when absent.
    name: Option<GivenName>,
}

/// What is changed of a device.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeviceChange {
    /// Vendor and model, or `auto`: learned when the phone shows itself.
    model: Option<String>,
    /// The profile that it follows, or `none`.
    profile: Option<GivenName>,
    /// What the inventory says of it.
    inventory: Option<InventoryChange>,
}

/// Another phone.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Replacement {
    /// Its MAC.
    mac: GivenMac,
}

/// What a line carries: `number`, or `trunk`.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Carried {
    /// The extension's number.
    number: Option<GivenNumber>,
    /// The name of a SIP trunk that registers; only a gateway's lines carry one.
    trunk: Option<GivenName>,
}

async fn list(call: Call) -> Result<Answer, Problem> {
    // one more than the page holds, to know whether there is a next one
    let (limit, after) = (call.limit()?, call.text("after"));
    let pick = |mut devices: Vec<Device>| {
        devices.retain(|device| {
            let (mac, model) = (device.mac.to_string(), device.model.as_deref().unwrap_or_default());
            after.is_none_or(|after| mac.as_str() > after)
                && is_found(&call, &[mac.as_str(), device.mac.colons().as_str(), device.name.as_str(), model])
        });
        devices.truncate(limit + 1);
        devices
    };
    let found = call.actions.devices_of(&call.path("tenant")?, pick).await?;
    let page = Page::cut(found, &call, |details| details.device.mac.to_string())?;
    Ok(Answer::of(&page.map(|details| DeviceShown::of(&details))))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewDevice = call.body()?;
    let mut fields = Fields::default();
    let (mac, name) = (fields.take("/mac", body.mac), fields.maybe("/name", body.name));
    let mac = fields.finish(mac)?;
    let new = DeviceToAdd { mac, model: body.model, name };
    let gone = made_before(call.actions.add_device(&call.path("tenant")?, new).await)?;
    let details = call.actions.device(mac).await.map_err(|error| gone.unwrap_or_else(|| error.into()))?;
    Ok(Answer::made(&DeviceShown::of(&details)).at(details.device.revision))
}

async fn show(call: Call) -> Result<Answer, Problem> {
    shown(&call, call.path("mac")?).await
}

pub(super) async fn shown(call: &Call, mac: Mac) -> Result<Answer, Problem> {
    let details = call.actions.device(mac).await?;
    Ok(Answer::of(&DeviceShown::of(&details)).at(details.device.revision))
}

async fn change(call: Call) -> Result<Answer, Problem> {
    let mac: Mac = call.path("mac")?;
    let body: DeviceChange = call.body()?;
    let mut fields = Fields::default();
    let profile = fields.maybe("/profile", body.profile);
    let given = [body.model.is_some(), profile.is_some(), body.inventory.is_some()];
    if given.into_iter().filter(|given| *given).count() > 1 {
        fields.breaks("", "changes one thing at a time: model, profile or inventory");
    }
    let inventory = body.inventory.map(|change| change.taken(&mut fields));
    fields.finish(Some(()))?;
    if let Some(model) = body.model {
        call.actions.set_model(mac, Some(model.as_str()).filter(|model| *model != "auto")).await?;
    }
    if let Some(profile) = profile {
        call.actions.set_profile(mac, Some(&profile).filter(|name| name.as_str() != "none")).await?;
    }
    if let Some(inventory) = inventory {
        call.actions.edit_inventory(mac, inventory).await?;
    }
    shown(&call, mac).await
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    let release = call.flag("release")?.unwrap_or(false);
    let password = sip_password(&call)?;
    let released = call.actions.remove_device(call.path("mac")?, release.then_some(password)).await?;
    Ok(Answer::of(&ReleasedShown::of(&released)))
}

async fn replace(call: Call) -> Result<Answer, Problem> {
    let body: Replacement = call.body()?;
    let new = super::call::only("/mac", body.mac)?;
    call.actions.replace_device(call.path("mac")?, new, sip_password(&call)?).await?;
    shown(&call, new).await
}

async fn blocked(call: Call) -> Result<Answer, Problem> {
    let mac = call.path("mac")?;
    let body: Blocked = call.body()?;
    call.actions.block_device(mac, body.blocked).await?;
    shown(&call, mac).await
}

fn line(call: &Call) -> Result<LineNumber, Problem> {
    LineNumber::new(call.number("line")?).map_err(|wrong| Problem::nowhere("line", wrong.to_string()))
}

async fn assign(call: Call) -> Result<Answer, Problem> {
    let (mac, line) = (call.path("mac")?, line(&call)?);
    let body: Carried = call.body()?;
    let mut fields = Fields::default();
    let number = fields.maybe("/number", body.number).map(ServiceName::Number);
    let trunk = fields.maybe("/trunk", body.trunk).map(ServiceName::Trunk);
    if number.is_some() == trunk.is_some() {
        fields.breaks("", "needs either number or trunk");
    }
    let name = fields.finish(number.or(trunk))?;
    call.actions.assign_line(mac, line, &name).await?;
    shown(&call, mac).await
}

async fn release(call: Call) -> Result<Answer, Problem> {
    let released = call.actions.release_line(call.path("mac")?, line(&call)?, sip_password(&call)?).await?;
    Ok(Answer::of(&ReleasedShown::of(&released)))
}
