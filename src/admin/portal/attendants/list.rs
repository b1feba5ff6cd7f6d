//! The list of auto-attendants, each with what it does now.

use minijinja::{Value, context};

use super::heading;
use crate::{
    admin::portal::{
        door::{Place, page},
        failure::Failure,
        page::Answer,
        visit::Visit,
    },
    domain::attendant::When,
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/attendants", list)]
}

async fn list(visit: Visit) -> Result<Answer, Failure> {
    let now = visit.actions.clock.now();
    let all = visit.actions.attendants(visit.slug()?).await?;
    let rows: Vec<Value> = all
        .iter()
        .map(|details| {
            let moment = details.schedule.at(details.schedule.resolve(When::Now, now));
            context! { now => moment.reason.word(), until => moment.until.map(|until| visit.when(until)), ..heading(details) }
        })
        .collect();
    visit.page("attendants/list.html", context! { rows })
}
