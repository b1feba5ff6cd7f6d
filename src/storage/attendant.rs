//! Auto-attendants: a service's row and the schedule beside it.

use std::collections::HashMap;

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
    service::NewService,
};
use crate::domain::{
    ServiceId, TenantId,
    attendant::{Schedule, WrittenSchedule},
};

impl Session {
    /// The schedules of the tenant's auto-attendants, by service.
    pub async fn schedules(
        &mut self,
        tenant: &TenantId,
    ) -> Result<HashMap<ServiceId, Schedule>, StorageError> {
        self.rows(
            "SELECT service_id, schedule FROM attendants WHERE tenant_id = $1",
            values![tenant.as_str()],
        )
        .await?
        .iter()
        .map(|row| Ok((ServiceId::stored(&row.text("service_id")?), schedule(row)?)))
        .collect()
    }

    /// The schedule of one auto-attendant.
    pub async fn schedule(&mut self, id: &ServiceId) -> Result<Option<Schedule>, StorageError> {
        let row = self
            .row("SELECT service_id, schedule FROM attendants WHERE service_id = $1", values![id.as_str()])
            .await?;
        row.as_ref().map(schedule).transpose()
    }
}

impl Change {
    /// Makes an auto-attendant, which takes a seat of its product. The caller has counted the seats in this change.
    pub async fn add_attendant(&mut self, new: &NewService, schedule: &Schedule) -> Result<(), StorageError> {
        self.add_service(new).await?;
        let values = values![new.id.as_str(), self.tenant().as_str(), json(schedule)];
        self.execute("INSERT INTO attendants (service_id, tenant_id, schedule) VALUES ($1, $2, $3)", values)
            .await
            .map(drop)
    }

    /// Gives an auto-attendant another schedule.
    pub async fn set_schedule(&mut self, id: &ServiceId, schedule: &Schedule) -> Result<(), StorageError> {
        let values = values![json(schedule), id.as_str(), self.tenant().as_str()];
        self.execute("UPDATE attendants SET schedule = $1 WHERE service_id = $2 AND tenant_id = $3", values)
            .await?;
        self.touch_service(id).await
    }
}

#[expect(clippy::expect_used, reason = "texts and lists of texts have a JSON form")]
fn json(schedule: &Schedule) -> String {
    serde_json::to_string(schedule.written()).expect("a schedule is texts")
}

fn schedule(row: &Row) -> Result<Schedule, StorageError> {
    row.parsed("schedule", |text| {
        let written: WrittenSchedule = serde_json::from_str(text).map_err(|error| error.to_string())?;
        written
            .check()
            .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    })
}
