//! What went wrong, as RFC 9457 has it: `application/problem+json`.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa::ToSchema;

use crate::admin::actions::{AccessError, ActionError, FailureKind, SeatRefusal};

/// What went wrong; in a box, because calls that go right are many and should not carry its size.
#[derive(Clone, Debug)]
pub(super) struct Problem(Box<Told>);

/// What is told of a problem.
#[derive(Clone, Debug, serde::Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Told {
    /// Names the kind of problem; the same from release to release.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: &'static str,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What went wrong, for people.
    detail: String,
    /// The last part of the type.
    code: String,
    /// Every mistake of the request, where it is at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Mistake>,
    /// The product of which no seat is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    /// The used seats of that product.
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<u64>,
    /// The seats that there are of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    /// After how many seconds to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

/// One mistake of a request.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, ToSchema)]
pub(super) struct Mistake {
    /// Which part of the request: `path`, `query`, `header` or `body`.
    #[serde(rename = "in")]
    #[schema(value_type = String)]
    pub(super) place: &'static str,
    /// Where in it: a name, or a JSON pointer (RFC 6901) in the body.
    pub(super) pointer: String,
    /// What is wrong, and what would be right.
    pub(super) rule: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(Told {
            kind: format!("urn:offhook:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            errors: Vec::new(),
            product: None,
            used: None,
            limit: None,
            retry_after: None,
        }))
    }

    /// The request is not of the right shape: it holds these mistakes.
    pub(super) fn mistakes(errors: Vec<Mistake>) -> Self {
        Self::told(StatusCode::BAD_REQUEST, "invalid_input", errors)
    }

    /// The request is of the right shape, and breaks these rules.
    pub(super) fn rules(errors: Vec<Mistake>) -> Self {
        Self::told(StatusCode::UNPROCESSABLE_ENTITY, "rule_broken", errors)
    }

    fn told(status: StatusCode, code: &str, errors: Vec<Mistake>) -> Self {
        let told = errors.iter().map(|mistake| match mistake.pointer.as_str() {
            "" => mistake.rule.clone(),
            pointer => format!("{pointer}: {}", mistake.rule),
        });
        let detail = told.collect::<Vec<_>>().join("; ");
        let mut problem = Self::new(status, code, detail);
        problem.0.errors = errors;
        problem
    }

    /// One part of the request is wrong.
    pub(super) fn mistake(place: &'static str, pointer: &str, rule: impl Into<String>) -> Self {
        Self::mistakes(vec![Mistake { place, pointer: pointer.to_owned(), rule: rule.into() }])
    }

    /// A part of the path names nothing that there could be.
    pub(super) fn nowhere(name: &str, rule: impl Into<String>) -> Self {
        let mistake = Mistake { place: "path", pointer: name.to_owned(), rule: rule.into() };
        Self::told(StatusCode::NOT_FOUND, "no_such_path", vec![mistake])
    }

    pub(super) fn status(&self) -> StatusCode {
        match StatusCode::from_u16(self.0.status) {
            Ok(status) => status,
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What it is about, for who decides on it.
    pub(super) fn code(&self) -> &str {
        &self.0.code
    }

    pub(super) fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Names the product of which no seat is left.
    fn with_seats(mut self, refusal: &SeatRefusal) -> Self {
        if let SeatRefusal::NoSeatLeft { product, used, limit, .. } = refusal {
            self.0.product = Some(product.to_string());
            self.0.used = Some(*used);
            self.0.limit = match limit {
                crate::domain::Quantity::Limited(limit) => Some(u64::from(*limit)),
                crate::domain::Quantity::Unlimited => None,
            };
        }
        self
    }
}

/// What went wrong with an action, as a status.
const fn status_of(kind: FailureKind) -> StatusCode {
    match kind {
        FailureKind::Refused => StatusCode::CONFLICT,
        FailureKind::Forbidden => StatusCode::FORBIDDEN,
        FailureKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        FailureKind::TooOften => StatusCode::TOO_MANY_REQUESTS,
        FailureKind::Changed => StatusCode::PRECONDITION_FAILED,
        FailureKind::NotFound => StatusCode::NOT_FOUND,
        FailureKind::Gone => StatusCode::GONE,
        FailureKind::Input => StatusCode::UNPROCESSABLE_ENTITY,
        FailureKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl<E: ActionError> From<E> for Problem {
    fn from(error: E) -> Self {
        let kind = error.kind();
        // what the store says of itself is for the operator's log, not for a client
        let detail = match kind {
            FailureKind::Unavailable if error.code() == "license_undecidable" => error.to_string(),
            FailureKind::Unavailable => {
                tracing::error!(code = error.code(), "a request failed: {error}");
                "the store cannot be used now; try again".to_owned()
            }
            _ => error.to_string(),
        };
        let problem = Self::new(status_of(kind), error.code(), detail);
        let mut problem = error.refused_seat().into_iter().fold(problem, Self::with_seats);
        let of_schedule = error.mistakes().iter().map(|mistake| Mistake {
            place: "body",
            pointer: format!("/schedule/{}", mistake.field.replace(['.', '['], "/").replace(']', "")),
            rule: mistake.problem.clone(),
        });
        let of_csv = error.csv_mistakes().iter().map(|mistake| Mistake {
            place: "body",
            pointer: "/csv".to_owned(),
            rule: mistake.to_string(),
        });
        problem.0.retry_after = error.wait_seconds();
        problem.0.errors = of_schedule.chain(of_csv).collect();
        problem
    }
}

/// Whether the request was carried out before.
pub(super) fn is_repeated(problem: &Problem) -> bool {
    problem.0.code == AccessError::Repeated.code()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"offhook\""));
        }
        let unavailable = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(30);
        if let Some(seconds) = self.0.retry_after.or(unavailable) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
