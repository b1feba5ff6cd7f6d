//! One call of the API: what it asks for, in whose name, and what it is answered.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

use super::{
    field::{Field, Given},
    problem::Problem,
    table::{Operation, Shape},
};
use crate::admin::actions::{Actions, Actor, Conditions, Creation};

/// How many items a page holds unless asked for otherwise, and at most.
pub(super) const PAGE: usize = 100;
pub(super) const LARGEST_PAGE: usize = 1000;

/// One call, by whoever it is allowed.
pub(super) struct Call {
    /// What can be done, in the name of who calls; of a call on a tenant, on that tenant alone.
    pub(super) actions: Actions,
    pub(super) path: BTreeMap<String, String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// What the body is described as.
    pub(super) shape: Option<Arc<Shape>>,
}

impl Call {
    /// A part of the path.
    pub(super) fn path<T: Field>(&self, name: &'static str) -> Result<T, Problem> {
        let text = self.path.get(name).map(String::as_str).unwrap_or_default();
        T::parse(text).map_err(|rule| Problem::nowhere(name, rule))
    }

    /// A number in the path.
    pub(super) fn number(&self, name: &'static str) -> Result<u16, Problem> {
        let text = self.path.get(name).map(String::as_str).unwrap_or_default();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse::<u16>().ok().filter(|number| digits && (1..=999).contains(number));
        number.ok_or_else(|| Problem::nowhere(name, "is a number from 1 to 999"))
    }

    /// A parameter of the query.
    pub(super) fn query<T: Field>(&self, name: &'static str) -> Result<Option<T>, Problem> {
        let given = self.query.get(name).map(|text| T::parse(text));
        given.transpose().map_err(|rule| Problem::mistake("query", name, rule))
    }

    /// A parameter of the query that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A yes or no in the query.
    pub(super) fn flag(&self, name: &'static str) -> Result<Option<bool>, Problem> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Problem::mistake("query", name, "is true or false")),
        }
    }

    /// How many items the page may hold.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.text("limit") else { return Ok(PAGE) };
        let limit = text.parse::<usize>().ok().filter(|limit| (1..=LARGEST_PAGE).contains(limit));
        limit.ok_or_else(|| {
            Problem::mistake("query", "limit", format!("is a number from 1 to {LARGEST_PAGE}"))
        })
    }

    /// The body, which must be JSON of this shape and nothing else.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let media = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.and_then(|media| media.split(';').next()).map(str::trim);
        if !media.is_some_and(|media| media.eq_ignore_ascii_case("application/json")) {
            let detail = "the body must be application/json, and say so in Content-Type";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
        }
        let misplaced = match (&self.shape, serde_json::from_slice(&self.body)) {
            (Some(shape), Ok(value)) => shape.lists_for_objects(&value),
            _ => Vec::new(),
        };
        if let Some(pointer) = misplaced.first() {
            return Err(Problem::mistake("body", pointer, "is a list; an object is needed"));
        }
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        let parsed = serde_path_to_error::deserialize(&mut reader);
        let parsed = parsed.map_err(|error| {
            let pointer = pointer(error.path());
            let inner = error.into_inner();
            if inner.is_data() {
                return Problem::mistake("body", &pointer, inner.to_string());
            }
            Problem::new(StatusCode::BAD_REQUEST, "not_json", format!("the body is no JSON: {inner}"))
        })?;
        reader.end().map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, "not_json", format!("the body is no JSON: {error}"))
        })?;
        Ok(parsed)
    }

    /// The same actions on the conditions that the headers set.
    pub(super) fn with_conditions(mut self, operation: &Operation, target: &str) -> Result<Self, Problem> {
        for (name, works) in [("If-Match", operation.is_guarded()), ("Idempotency-Key", operation.once)] {
            if !works && self.headers.contains_key(name) {
                return Err(Problem::mistake("header", name, "does nothing here; leave it out"));
            }
        }
        let text = |name: &str| {
            let value = self.headers.get(name).map(|value| value.to_str().map(str::to_owned));
            value
                .transpose()
                .map_err(|_| Problem::mistake("header", name, "holds characters that are no ASCII"))
        };
        let revision = text("if-match")?.filter(|tags| !matches!(tags.as_str(), "" | "*")).map(|tag| {
            let number = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            number.and_then(|number| number.parse().ok()).ok_or_else(|| {
                Problem::mistake("header", "If-Match", "is an ETag as it was given, such as \"12\", or *")
            })
        });
        let creation = text("idempotency-key")?.map(|key| {
            let visible = |byte: u8| (b'!'..=b'~').contains(&byte);
            if !(1..=64).contains(&key.len()) || !key.bytes().all(visible) {
                let rule = "is 1 to 64 visible ASCII characters without a space";
                return Err(Problem::mistake("header", "Idempotency-Key", rule));
            }
            let request = [target.as_bytes(), b"\n", &self.body].concat();
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &request);
            Ok(Creation {
                sender: self.actions.actor.name.clone(),
                key,
                fingerprint: data_encoding::HEXLOWER.encode(hash.as_ref()),
            })
        });
        self.actions.conditions =
            Conditions { revision: revision.transpose()?, creation: creation.transpose()? };
        Ok(self)
    }

    pub(super) const fn actor(&self) -> &Actor {
        &self.actions.actor
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// What a call is answered.
pub(super) struct Answer {
    status: StatusCode,
    body: Option<Vec<u8>>,
    revision: Option<i64>,
}

impl Answer {
    /// 200 with a body.
    pub(super) fn of(value: &impl serde::Serialize) -> Self {
        #[expect(clippy::expect_used, reason = "texts, numbers, flags and lists of them have a JSON form")]
        let body = serde_json::to_vec(value).expect("an answer is JSON");
        Self { status: StatusCode::OK, body: Some(body), revision: None }
    }

    /// 201 with what was made.
    pub(super) fn made(value: &impl serde::Serialize) -> Self {
        Self { status: StatusCode::CREATED, ..Self::of(value) }
    }

    /// 204.
    pub(super) const fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, revision: None }
    }

    /// With the revision of what it shows, as its `ETag`.
    pub(super) const fn at(mut self, revision: i64) -> Self {
        self.revision = Some(revision);
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body.map_or_else(Body::empty, Body::from));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if self.status != StatusCode::NO_CONTENT {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(tag) =
            self.revision.and_then(|revision| HeaderValue::from_str(&format!("\"{revision}\"")).ok())
        {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

/// One page of a list.
#[derive(serde::Serialize)]
pub(super) struct Page<T> {
    items: Vec<T>,
    /// Asks for the next page as `after`; none on the last one.
    next: Option<String>,
}

impl<T> Page<T> {
    /// The items after the one that `after` names, as many as `limit`; `key` is what they are ordered and named by.
    pub(super) fn cut(all: Vec<T>, call: &Call, key: impl Fn(&T) -> String) -> Result<Self, Problem> {
        let limit = call.limit()?;
        let after = call.text("after");
        let rest = all.into_iter().skip_while(|item| after.is_some_and(|after| key(item).as_str() <= after));
        let mut items: Vec<T> = rest.take(limit + 1).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| more);
        Ok(Self { next: last.map(key), items })
    }

    /// The same page of something else.
    pub(super) fn map<U>(self, change: impl Fn(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

/// Whether an item is looked for: no search, or a part of one of its texts, whatever the case.
pub(super) fn is_found(call: &Call, texts: &[&str]) -> bool {
    let Some(search) = call.text("q") else { return true };
    let search = search.to_lowercase();
    texts.iter().any(|text| text.to_lowercase().contains(&search))
}

/// The one field of a body that has no other.
pub(super) fn only<T>(pointer: &str, given: Given<T>) -> Result<T, Problem>
where
    T: Field,
{
    let mut fields = super::field::Fields::default();
    let value = fields.take(pointer, given);
    fields.finish(value)
}
