//! Auto-attendants: the list, the form with opening hours, and what happens to a call at a time.

mod edit;
mod list;
mod schedule;
mod show;
mod week;

use minijinja::{Value, context};

use super::{door::Place, extensions::admission_word, failure::Failure, visit::Visit};
use crate::{
    admin::actions::AttendantDetails,
    domain::{
        ExtensionNumber, PlainText,
        attendant::{Action, Target},
    },
};

pub(super) fn pages() -> Vec<Place> {
    [list::pages(), edit::pages(), show::pages()].into_iter().flatten().collect()
}

/// The auto-attendant that the path names.
async fn attendant(visit: &Visit) -> Result<AttendantDetails, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    Ok(visit.actions.attendant(visit.slug()?, &number).await?)
}

/// What every page of an auto-attendant shows.
fn heading(details: &AttendantDetails) -> Value {
    let service = &details.service.service;
    context! {
        number => service.number.as_ref().map(ExtensionNumber::as_str),
        name => service.name.as_str(),
        product => details.service.product_name.as_deref().unwrap_or_else(|| service.product.as_str()),
        dids => details.service.dids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        state => admission_word(details.service.admission),
        revision => service.revision,
        blocked => service.blocked,
    }
}

/// Where a call goes: a word and a number.
fn target_shown(target: &Target) -> Value {
    let (kind, to) = match target {
        Target::Extension(number) => ("extension", number.to_string()),
        Target::Attendant(number) => ("attendant", number.to_string()),
        Target::Voicemail(number) => ("voicemail", number.to_string()),
        Target::Number(number) => ("number", number.to_string()),
        Target::HangUp => ("hang-up", String::new()),
    };
    context! { kind, to }
}

/// What happens to a call, as a small tree.
fn action_shown(action: &Action) -> Value {
    match action {
        Action::Menu { greeting, options, otherwise } => context! {
            greeting => greeting.as_str(),
            options => options.iter().map(|(key, target)| context! { key => key.to_string(), target => target_shown(target) })
                .collect::<Vec<_>>(),
            target => target_shown(otherwise),
        },
        Action::Transfer { greeting, to } => context! {
            greeting => greeting.as_ref().map(PlainText::as_str),
            options => Vec::<Value>::new(),
            target => target_shown(to),
        },
    }
}
