//! Why a page cannot be shown or something was not done, in the reader's language.

use axum::http::StatusCode;
use fluent_bundle::FluentArgs;

use super::{format, visit::Visit};
use crate::{
    admin::actions::{ActionError, FailureKind, SeatRefusal},
    domain::{Language, Quantity, Timestamp},
};

/// Why a page cannot be shown.
pub(super) enum Failure {
    /// There is nothing here.
    Nowhere,
    /// An action failed.
    Action(Box<dyn ActionError>),
    /// A template is at fault.
    Broken,
}

impl<E: ActionError> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Action(Box::new(error))
    }
}

impl Failure {
    /// A template that could not be rendered. The reason is the operator's, in the log.
    #[expect(clippy::needless_pass_by_value, reason = "stands where an error is turned into another")]
    pub(super) fn broken(error: minijinja::Error) -> Self {
        tracing::error!(error = %format!("{error:#}"), "a page of the portal cannot be made");
        Self::Broken
    }

    /// The status that says so.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Nowhere => StatusCode::NOT_FOUND,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Action(error) => match error.kind() {
                FailureKind::NotFound => StatusCode::NOT_FOUND,
                FailureKind::Gone => StatusCode::GONE,
                FailureKind::Forbidden | FailureKind::Unauthenticated => StatusCode::FORBIDDEN,
                FailureKind::TooOften => StatusCode::TOO_MANY_REQUESTS,
                FailureKind::Refused | FailureKind::Changed => StatusCode::CONFLICT,
                FailureKind::Input => StatusCode::UNPROCESSABLE_ENTITY,
                FailureKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            },
        }
    }

    /// In the reader's language.
    pub(super) fn in_words(&self, visit: &Visit) -> String {
        match self {
            Self::Nowhere => visit.text("error-nowhere"),
            Self::Broken => visit.text("error-broken"),
            Self::Action(error) => in_words(visit, &**error),
        }
    }
}

/// Why an action failed, in the reader's language. What has no text of its own is said by its kind, and in English.
pub(super) fn in_words(visit: &Visit, error: &dyn ActionError) -> String {
    let key = format!("error-{}", error.code().replace('_', "-"));
    if error.kind() == FailureKind::Unavailable {
        tracing::error!(%error, "the portal could not do what was asked");
        return visit.text("error-unavailable");
    }
    let mut values = FluentArgs::new();
    if let Some(refusal) = error.refused_seat() {
        seat(visit.language, visit, refusal, &mut values);
    }
    if let Some(seconds) = error.wait_seconds() {
        values.set("seconds", i64::try_from(seconds).unwrap_or(i64::MAX));
    }
    if let Ok(text) = visit.portal.texts.text(visit.language, &key, Some(&values)) {
        return text;
    }
    values.set("detail", error.to_string());
    visit.text_with("error-other", &values)
}

/// What a refused seat names.
fn seat(language: Language, visit: &Visit, refusal: &SeatRefusal, values: &mut FluentArgs<'_>) {
    let day = |time: &Timestamp| format::day(language, &visit.zone, *time);
    match refusal {
        SeatRefusal::NoLicense => {}
        SeatRefusal::NotYetValid { from: time }
        | SeatRefusal::Expired { since: time }
        | SeatRefusal::Grace { until: time } => values.set("day", day(time)),
        SeatRefusal::UnknownProduct { product, .. }
        | SeatRefusal::AddOn { product, .. }
        | SeatRefusal::Main { product, .. }
        | SeatRefusal::OtherService { product, .. } => values.set("product", product.to_string()),
        SeatRefusal::NoSeatLeft { name, used, limit, .. } => {
            values.set("product", name.clone());
            values.set("used", format::number(language, i64::try_from(*used).unwrap_or(i64::MAX)));
            let limit = match limit {
                Quantity::Limited(limit) => format::number(language, i64::from(*limit)),
                Quantity::Unlimited => "∞".to_owned(),
            };
            values.set("limit", limit);
        }
        SeatRefusal::Undecidable(why) => values.set("detail", why.to_string()),
    }
}
