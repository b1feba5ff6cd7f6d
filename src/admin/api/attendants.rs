//! Operations on auto-attendants.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found},
    field::{Fields, GivenDid, GivenName, GivenNumber, GivenProduct},
    problem::Problem,
    shown::{Blocked, Plan, Renamed, ServiceShown, block, made_before, plan, rename},
    table::{Method, Operation, QueryParameter, operation},
};
use crate::{
    admin::actions::{AttendantDetails, AttendantToAdd, CallStep},
    domain::{
        ExtensionNumber, ServiceKind, ServiceName, TenantSlug,
        attendant::{When, WrittenSchedule},
    },
};

const KIND: ServiceKind = ServiceKind::AutoAttendant;

const AT: QueryParameter = QueryParameter {
    name: "at",
    about: "The time: \"2026-12-24 17:05\" in the time zone of the auto-attendant, or with an offset; now when absent.",
    schema: r#"{"type":"string","examples":["2026-12-24T17:05:00+01:00"],"pattern":"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"}"#,
    required: false,
};

pub(super) fn operations() -> Vec<Operation> {
    const LIST: &str = "/tenants/{tenant}/attendants";
    const ONE: &str = "/tenants/{tenant}/attendants/{number}";
    vec![
        operation(Method::Get, LIST, "listAttendants", "Lists auto-attendants by number.", list)
            .lists::<AttendantShown>()
            ,
        operation(Method::Post, LIST, "addAttendant", "Adds an auto-attendant, which takes a seat of its product.", add)
            .takes::<NewAttendant>()
            .makes::<AttendantShown>().once()
            .tagged(),
        operation(Method::Get, ONE, "showAttendant", "Shows an auto-attendant.", show).answers::<AttendantShown>().tagged(),
        operation(Method::Patch, ONE, "renameAttendant", "Calls an auto-attendant otherwise.", renamed)
            .takes::<Renamed>()
            .answers::<AttendantShown>()
            .tagged(),
        operation(Method::Delete, ONE, "removeAttendant", "Removes it: its seats and its public numbers are free.", remove),
        operation(
            Method::Put,
            "/tenants/{tenant}/attendants/{number}/schedule",
            "setSchedule",
            "Gives it another schedule: when it is open, and what happens then and otherwise.",
            set_schedule,
        )
        .takes::<NewSchedule>()
        .answers::<AttendantShown>()
        .tagged(),
        operation(
            Method::Get,
            "/tenants/{tenant}/attendants/{number}/state",
            "showState",
            "Tells what happens to a call at a time, and why, through every auto-attendant that passes it on.",
            state,
        )
        .query(AT)
        .answers_list::<StepShown>(),
        operation(Method::Put, "/tenants/{tenant}/attendants/{number}/plan", "planAttendant", "Changes its products, all of it or nothing.", planned)
            .takes::<Plan>()
            .answers::<AttendantShown>()
            .tagged(),
        operation(Method::Put, "/tenants/{tenant}/attendants/{number}/blocked", "blockAttendant", "Blocks or unblocks it: its seats stay.", blocked)
            .takes::<Blocked>()
            .answers::<AttendantShown>()
            .tagged(),
    ]
}

/// An auto-attendant.
#[derive(serde::Serialize, ToSchema)]
struct AttendantShown {
    /// What every service has.
    service: ServiceShown,
    /// What it does when.
    #[schema(value_type = ScheduleShape)]
    schedule: WrittenSchedule,
}

impl AttendantShown {
    fn of(details: &AttendantDetails) -> Self {
        Self { service: ServiceShown::of(&details.service), schedule: details.schedule.written().clone() }
    }
}

/// What makes an auto-attendant.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAttendant {
    /// The number that people dial inside the company.
    number: GivenNumber,
    /// What people call it.
    name: GivenName,
    /// Its main product.
    product: GivenProduct,
    /// What it does when.
    #[schema(value_type = ScheduleShape)]
    schedule: WrittenSchedule,
    /// Public numbers that it answers, of the tenant's inventory and free.
    #[serde(default)]
    #[schema(max_items = 100)]
    dids: Vec<GivenDid>,
}

/// Another schedule.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSchedule {
    /// What it does when.
    #[schema(value_type = ScheduleShape)]
    schedule: WrittenSchedule,
}

/// When an auto-attendant is open, and what happens to a call.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Schedule)]
#[expect(dead_code, reason = "only its description is used: the domain's own type has the same fields")]
struct ScheduleShape {
    /// The IANA time zone in which its times are.
    #[schema(examples("Europe/Berlin"))]
    time_zone: String,
    /// When it is open: `mon-fri 08:00-17:00`. Never, when empty.
    #[schema(required = false, max_items = 50, examples("mon-fri 08:00-17:00"))]
    hours: Vec<String>,
    /// What happens while it is open.
    open: ActionShape,
    /// What happens after hours.
    closed: ActionShape,
    /// Days on which the hours do not hold.
    #[schema(required = false, max_items = 200)]
    holidays: Vec<HolidayShape>,
}

/// What happens to a call: either `transfer`, or `options` announced by a `greeting`.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Action)]
#[expect(dead_code, reason = "only its description is used: the domain's own type has the same fields")]
struct ActionShape {
    /// What is said first.
    greeting: Option<String>,
    /// Where the call goes: `extension 101`, `attendant 200`, `voicemail 101`, `number +4930123456`, `hang-up`.
    #[schema(examples("voicemail 101"))]
    transfer: Option<String>,
    /// Where each key leads: `0` to `9`, `*`, `#`.
    #[schema(required = false)]
    options: std::collections::BTreeMap<String, String>,
    /// Where a caller goes who presses no key; `hang-up` when absent.
    otherwise: Option<String>,
}

/// Days on which the hours do not hold.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Holiday)]
#[expect(dead_code, reason = "only its description is used: the domain's own type has the same fields")]
struct HolidayShape {
    /// What people call it.
    name: String,
    /// Its first day.
    #[schema(examples("2026-12-24"))]
    from: String,
    /// Its last day; the first one when absent.
    to: Option<String>,
    /// Whether it comes again every year.
    #[schema(required = false)]
    yearly: bool,
    /// What happens on it; as after hours when absent.
    then: Option<ActionShape>,
}

/// One auto-attendant that a call passes.
#[derive(serde::Serialize, ToSchema)]
struct StepShown {
    /// Its number.
    number: String,
    /// The time in its zone.
    local: String,
    /// `open`, `closed` or `holiday`.
    state: &'static str,
    /// Which rule holds.
    why: String,
    /// What happens to the call, in words.
    action: String,
    /// When that ends; null: not within a year.
    until: Option<String>,
}

impl StepShown {
    fn of(step: &CallStep) -> Self {
        Self {
            number: step.number.to_string(),
            local: step.local.clone(),
            state: step.state,
            why: step.why.clone(),
            action: step.action.to_string(),
            until: step.until.map(|until| until.to_string()),
        }
    }
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let mut found = call.actions.attendants(&call.path("tenant")?).await?;
    found.retain(|details| {
        let service = &details.service.service;
        is_found(&call, &[service.called().to_string().as_str(), service.name.as_str()])
    });
    let page = Page::cut(found, &call, |details| details.service.service.called().to_string())?;
    Ok(Answer::of(&page.map(|details| AttendantShown::of(&details))))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewAttendant = call.body()?;
    let mut fields = Fields::default();
    let number = fields.take("/number", body.number);
    let name = fields.take("/name", body.name);
    let product = fields.take("/product", body.product);
    let dids = fields.list("/dids", body.dids);
    let ((number, name), product) = fields.finish(number.zip(name).zip(product))?;
    let slug = call.path("tenant")?;
    let new = AttendantToAdd { number: number.clone(), name, product, schedule: body.schedule, dids };
    let gone = made_before(call.actions.add_attendant(&slug, new).await)?;
    let details =
        call.actions.attendant(&slug, &number).await.map_err(|error| gone.unwrap_or_else(|| error.into()))?;
    Ok(Answer::made(&AttendantShown::of(&details)).at(details.service.service.revision))
}

async fn show(call: Call) -> Result<Answer, Problem> {
    let (slug, number, _) = named(&call)?;
    shown(&call, &slug, &number).await
}

async fn shown(call: &Call, slug: &TenantSlug, number: &ExtensionNumber) -> Result<Answer, Problem> {
    let details = call.actions.attendant(slug, number).await?;
    Ok(Answer::of(&AttendantShown::of(&details)).at(details.service.service.revision))
}

fn named(call: &Call) -> Result<(TenantSlug, ExtensionNumber, ServiceName), Problem> {
    let number: ExtensionNumber = call.path("number")?;
    Ok((call.path("tenant")?, number.clone(), ServiceName::Number(number)))
}

async fn renamed(call: Call) -> Result<Answer, Problem> {
    let (slug, number, name) = named(&call)?;
    rename(&call, &slug, &KIND, &name).await?;
    shown(&call, &slug, &number).await
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    let (slug, _, name) = named(&call)?;
    call.actions.remove_service(&slug, &KIND, &name).await?;
    Ok(Answer::nothing())
}

async fn set_schedule(call: Call) -> Result<Answer, Problem> {
    let (slug, number, _) = named(&call)?;
    let body: NewSchedule = call.body()?;
    call.actions.set_schedule(&slug, &number, body.schedule).await?;
    shown(&call, &slug, &number).await
}

async fn state(call: Call) -> Result<Answer, Problem> {
    let (slug, number, _) = named(&call)?;
    let when = call.text("at").map_or(Ok(When::Now), str::parse);
    let when = when.map_err(|wrong| Problem::mistake("query", "at", wrong.to_string()))?;
    let steps = call.actions.state_at(&slug, &number, when).await?;
    Ok(Answer::of(&steps.iter().map(StepShown::of).collect::<Vec<_>>()))
}

async fn planned(call: Call) -> Result<Answer, Problem> {
    let (slug, number, name) = named(&call)?;
    plan(&call, &slug, &KIND, &name).await?;
    shown(&call, &slug, &number).await
}

async fn blocked(call: Call) -> Result<Answer, Problem> {
    let (slug, number, name) = named(&call)?;
    block(&call, &slug, &KIND, &name).await?;
    shown(&call, &slug, &number).await
}

/// That the domain's types and what is described of them do not drift apart.
#[cfg(test)]
mod tests {
    use utoipa::PartialSchema as _;

    use super::*;
    use crate::domain::attendant::{WrittenAction, WrittenHoliday};

    #[test]
    fn what_is_described_is_what_is_read() {
        let names = |value: serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let described = |schema: utoipa::openapi::RefOr<utoipa::openapi::Schema>| {
            names(serde_json::to_value(schema).unwrap()["properties"].clone())
        };
        let action = WrittenAction {
            greeting: Some(String::new()),
            transfer: Some(String::new()),
            options: [(String::new(), String::new())].into(),
            otherwise: Some(String::new()),
        };
        let holiday = WrittenHoliday {
            name: String::new(),
            from: String::new(),
            to: Some(String::new()),
            yearly: false,
            then: Some(action.clone()),
        };
        let schedule = WrittenSchedule {
            time_zone: String::new(),
            hours: Vec::new(),
            open: action.clone(),
            closed: action.clone(),
            holidays: vec![holiday.clone()],
        };
        assert_eq!(described(ScheduleShape::schema()), names(serde_json::to_value(schedule).unwrap()));
        assert_eq!(described(ActionShape::schema()), names(serde_json::to_value(action).unwrap()));
        assert_eq!(described(HolidayShape::schema()), names(serde_json::to_value(holiday).unwrap()));
    }
}
