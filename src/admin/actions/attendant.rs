//! Auto-attendants: making one takes a seat, and its schedule names only what is there and never goes round in circles.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    AccessError, ActionError, Actions, FailureKind, SeatRefusal, ServiceDetails,
    error::may_fail_in_the_store,
    license_state::Wanted,
    service::{find_service, told},
};
use crate::{
    domain::{
        Component, DidNumber, ExtensionNumber, PlainText, ProductId, Service, ServiceId, ServiceKind,
        ServiceName, TenantId, TenantSlug, Timestamp,
        attendant::{Action, Schedule, ScheduleMistake, Target, When, WrittenSchedule},
    },
    storage::{NewService, Session, StorageError},
};

const KIND: ServiceKind = ServiceKind::AutoAttendant;

/// What is needed to make an auto-attendant.
#[derive(Clone, Debug)]
pub struct AttendantToAdd {
    /// The number that people dial inside the company.
    pub number: ExtensionNumber,
    /// What people call it.
    pub name: PlainText,
    /// Its main product.
    pub product: ProductId,
    /// What it does when.
    pub schedule: WrittenSchedule,
    /// Public numbers that it answers, of the tenant's inventory and free.
    pub dids: Vec<DidNumber>,
}

/// An auto-attendant beside what the license makes of it.
#[derive(Clone, Debug)]
pub struct AttendantDetails {
    /// What every service has.
    pub service: ServiceDetails,
    /// What it does when.
    pub schedule: Schedule,
}

/// One auto-attendant that a call passes, and what happens to the call there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallStep {
    /// The auto-attendant.
    pub number: ExtensionNumber,
    /// The time in its zone.
    pub local: String,
    /// `open`, `closed` or `holiday`.
    pub state: &'static str,
    /// Which rule holds, in words.
    pub why: String,
    /// What happens to the call.
    pub action: Action,
    /// When that ends; none within a year.
    pub until: Option<Timestamp>,
}

/// Why an auto-attendant was not made or changed; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum AttendantError {
    /// The schedule is wrong.
    #[error("{}", listed(.0))]
    Schedule(Vec<ScheduleMistake>),
    /// Callers would be passed round without end.
    #[error("callers would go round in circles: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" → "))]
    Loop(Vec<ExtensionNumber>),
    /// The number belongs to another service.
    #[error("number {number} is taken by \"{by}\"")]
    NumberTaken {
        /// The number.
        number: ExtensionNumber,
        /// The name of who has it.
        by: PlainText,
    },
    /// Another service answers the public number.
    #[error("{number} is answered by {by}; release it first")]
    DidTaken {
        /// The public number.
        number: DidNumber,
        /// Who answers it.
        by: ServiceName,
    },
    /// There is no seat for it.
    #[error(transparent)]
    Seat(#[from] SeatRefusal),
    /// What was named is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

fn listed(mistakes: &[ScheduleMistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl ActionError for AttendantError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Schedule(_) => FailureKind::Input,
            Self::Access(access) => access.kind(),
            _ => FailureKind::Refused,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Schedule(_) => "schedule_wrong",
            Self::Loop(_) => "schedule_loops",
            Self::NumberTaken { .. } => "number_taken",
            Self::DidTaken { .. } => "did_taken",
            Self::Seat(refusal) => refusal.code(),
            Self::Access(access) => access.code(),
        }
    }

    fn refused_seat(&self) -> Option<&SeatRefusal> {
        match self {
            Self::Seat(refusal) => Some(refusal),
            _ => None,
        }
    }

    fn mistakes(&self) -> &[ScheduleMistake] {
        match self {
            Self::Schedule(mistakes) => mistakes,
            _ => &[],
        }
    }
}

may_fail_in_the_store!(AttendantError);

impl Actions {
    /// Makes an auto-attendant, if the license has a seat for it.
    pub async fn add_attendant(
        &self,
        slug: &TenantSlug,
        new: AttendantToAdd,
    ) -> Result<AttendantDetails, AttendantError> {
        let schedule = new.schedule.check().map_err(AttendantError::Schedule)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Attendants).await?;
        self.once(&mut change).await?;
        if let Some(other) = change.service(&tenant.id, &new.number.clone().into()).await? {
            return Err(AttendantError::NumberTaken { number: new.number, by: other.name });
        }
        let state = self.license_state(&mut change, &tenant.id).await?;
        state.admit_new_seats(&mut change, &tenant.id, Wanted::main(&KIND, &new.product)).await??;
        let row = NewService {
            id: ServiceId::generate(&*self.random),
            kind: KIND,
            number: Some(new.number.clone()),
            name: new.name,
            product: new.product,
        };
        change.add_attendant(&row, &schedule).await?;
        Plan::read(&mut change, &tenant.id).await?.check(&new.number, &schedule)?;
        for number in &new.dids {
            let did = change.did(&tenant.id, number).await?;
            let did = did.ok_or_else(|| AccessError::Did(number.clone()))?;
            if let Some(service) = did.service.filter(|service| *service != row.id) {
                let by = called(&mut change, &service).await?;
                return Err(AttendantError::DidTaken { number: number.clone(), by });
            }
            change.route_did(number, Some(&row.id)).await?;
        }
        let detail = format!("{} with product {}", new.number, row.product);
        let name = ServiceName::Number(new.number);
        let service = find_service(&mut change, &tenant.id, &KIND, &name).await?;
        let states = (Value::Null, told(&service));
        self.note_change(&mut change, "attendant.added", detail, states).await?;
        let details = self.attendant_details(&mut change, &tenant.id, vec![service]).await?.pop();
        change.commit().await?;
        Ok(details.ok_or(AccessError::Service { kind: Some(KIND), name })?)
    }

    /// The tenant's auto-attendants, by number.
    pub async fn attendants(&self, slug: &TenantSlug) -> Result<Vec<AttendantDetails>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Attendants).await?;
        let services = session.services(&tenant.id, Some(&KIND)).await?;
        self.attendant_details(&mut session, &tenant.id, services).await
    }

    /// One auto-attendant.
    pub async fn attendant(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
    ) -> Result<AttendantDetails, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Attendants).await?;
        let name = ServiceName::Number(number.clone());
        let service = find_service(&mut session, &tenant.id, &KIND, &name).await?;
        let details = self.attendant_details(&mut session, &tenant.id, vec![service]).await?.pop();
        details.ok_or(AccessError::Service { kind: Some(KIND), name })
    }

    /// Gives an auto-attendant another schedule. Whether that changed anything.
    pub async fn set_schedule(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
        written: WrittenSchedule,
    ) -> Result<bool, AttendantError> {
        let schedule = written.check().map_err(AttendantError::Schedule)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Attendants).await?;
        let service = find_service(&mut change, &tenant.id, &KIND, &number.clone().into()).await?;
        self.unchanged(service.revision)?;
        let before = change.schedule(&service.id).await?;
        if before.as_ref() == Some(&schedule) {
            return Ok(false);
        }
        Plan::read(&mut change, &tenant.id).await?.check(number, &schedule)?;
        change.set_schedule(&service.id, &schedule).await?;
        let written = |schedule: &Schedule| serde_json::json!(schedule.written());
        let states = (before.as_ref().map(written).unwrap_or_default(), written(&schedule));
        self.note_change(&mut change, "attendant.schedule-set", number.to_string(), states).await?;
        change.commit().await?;
        Ok(true)
    }

    /// What happens to a call to the auto-attendant at a time, through every auto-attendant that passes it on.
    pub async fn state_at(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
        when: When,
    ) -> Result<Vec<CallStep>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Attendants).await?;
        find_service(&mut session, &tenant.id, &KIND, &number.clone().into()).await?;
        let plan = Plan::read(&mut session, &tenant.id).await?;
        let asked = plan.schedules.get(number).map(|schedule| schedule.resolve(when, self.now()));
        let time = asked.unwrap_or_else(|| self.now());
        let (mut steps, mut at) = (Vec::new(), Some(number));
        // no longer than there are auto-attendants: what is stored has no loop
        for _ in 0..plan.schedules.len() {
            let Some((here, schedule)) = at.and_then(|at| plan.schedules.get_key_value(at)) else { break };
            let moment = schedule.at(time);
            steps.push(CallStep {
                number: here.clone(),
                local: moment.local.clone(),
                state: moment.reason.word(),
                why: moment.reason.to_string(),
                action: moment.action.clone(),
                until: moment.until,
            });
            at = match moment.action.always() {
                Some(Target::Attendant(next)) => Some(next),
                _ => None,
            };
        }
        Ok(steps)
    }

    async fn attendant_details(
        &self,
        session: &mut Session,
        tenant: &TenantId,
        services: Vec<Service>,
    ) -> Result<Vec<AttendantDetails>, AccessError> {
        let mut schedules = session.schedules(tenant).await?;
        let details = self.service_details(session, tenant, services).await?;
        let details = details.into_iter().filter_map(|service| {
            let schedule = schedules.remove(&service.service.id)?;
            Some(AttendantDetails { service, schedule })
        });
        Ok(details.collect())
    }
}

/// Where calls can go in a tenant.
struct Plan {
    extensions: Vec<ExtensionNumber>,
    schedules: HashMap<ExtensionNumber, Schedule>,
}

impl Plan {
    async fn read(session: &mut Session, tenant: &TenantId) -> Result<Self, StorageError> {
        let mut stored = session.schedules(tenant).await?;
        let (mut extensions, mut schedules) = (Vec::new(), HashMap::new());
        for service in session.services(tenant, None).await? {
            let Some(number) = service.number else { continue };
            match stored.remove(&service.id) {
                Some(schedule) => drop(schedules.insert(number, schedule)),
                None if service.kind == ServiceKind::Extension => extensions.push(number),
                None => {}
            }
        }
        Ok(Self { extensions, schedules })
    }

    /// Whether everything that the schedule of `number` names is there, and callers get somewhere in the end.
    fn check(mut self, number: &ExtensionNumber, schedule: &Schedule) -> Result<(), AttendantError> {
        self.schedules.insert(number.clone(), schedule.clone());
        let mut mistakes = Vec::new();
        for (field, action) in schedule.actions() {
            for target in action.targets() {
                let problem = match target {
                    Target::Extension(to) | Target::Voicemail(to) if !self.extensions.contains(to) => {
                        format!("{target}: the tenant has no extension {to}")
                    }
                    Target::Attendant(to) if !self.schedules.contains_key(to) => {
                        format!("{target}: the tenant has no auto-attendant {to}")
                    }
                    _ => continue,
                };
                mistakes.push(ScheduleMistake { field: field.clone(), problem });
            }
        }
        if !mistakes.is_empty() {
            return Err(AttendantError::Schedule(mistakes));
        }
        self.loop_through(number).map_or(Ok(()), |path| Err(AttendantError::Loop(path)))
    }

    /// The way from `number` back to itself on which nobody is asked, if there is one.
    fn loop_through(&self, number: &ExtensionNumber) -> Option<Vec<ExtensionNumber>> {
        let mut reached: HashMap<&ExtensionNumber, &ExtensionNumber> = HashMap::new();
        let mut open = vec![number];
        while let Some(at) = open.pop() {
            for next in self.schedules.get(at).into_iter().flat_map(Schedule::passes_to) {
                if next == number {
                    let mut path = vec![number.clone()];
                    let mut back = at;
                    while back != number {
                        path.push(back.clone());
                        back = reached.get(back)?;
                    }
                    path.push(number.clone());
                    path.reverse();
                    return Some(path);
                }
                if !reached.contains_key(next) {
                    reached.insert(next, at);
                    open.push(next);
                }
            }
        }
        None
    }
}

/// The auto-attendants that name the service as a target.
pub(super) async fn leading_to(
    session: &mut Session,
    tenant: &TenantId,
    service: &Service,
) -> Result<Vec<ServiceName>, StorageError> {
    let Some(number) = &service.number else { return Ok(Vec::new()) };
    let plan = Plan::read(session, tenant).await?;
    let names = |schedule: &Schedule| {
        schedule.actions().flat_map(|(_, action)| action.targets()).any(|target| match target {
            Target::Extension(to) | Target::Voicemail(to) | Target::Attendant(to) => to == number,
            Target::Number(_) | Target::HangUp => false,
        })
    };
    let leading = plan.schedules.into_iter().filter(|(from, schedule)| from != number && names(schedule));
    let mut leading: Vec<_> = leading.map(|(from, _)| ServiceName::Number(from)).collect();
    leading.sort();
    Ok(leading)
}

/// What the service is called.
pub(super) async fn called(session: &mut Session, id: &ServiceId) -> Result<ServiceName, StorageError> {
    let found = session.service_called(id).await?;
    found.map(|(name, _)| name).ok_or(StorageError::TenantGone)
}
