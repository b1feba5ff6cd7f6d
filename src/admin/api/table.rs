//! The table of operations: each with its path, what it takes and answers, and the function that carries it out.

use std::{pin::Pin, sync::Arc};

use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    problem::Problem,
};

type Carried = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send>>;

/// A request method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }
}

/// A schema, and those that it refers to by name.
pub(super) struct Shape {
    pub(super) schema: Value,
    pub(super) named: Vec<(String, Value)>,
}

impl Shape {
    /// One of these.
    pub(super) fn of<T: ToSchema>() -> Self {
        let mut named = Vec::new();
        T::schemas(&mut named);
        let mut named: Vec<_> = named.into_iter().map(|(name, schema)| (name, json!(schema))).collect();
        let name = T::name();
        named.push((name.clone().into_owned(), json!(T::schema())));
        Self { schema: json!({ "$ref": format!("#/components/schemas/{name}") }), named }
    }

    /// A list of these.
    fn list<T: ToSchema>() -> Self {
        let one = Self::of::<T>();
        Self { schema: json!({ "type": "array", "items": one.schema }), named: one.named }
    }

    /// Where `value` has a list although an object is described: serde would read the fields of a struct from one, in
    /// their order.
    pub(super) fn lists_for_objects(&self, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.compare(&self.schema, value, String::new(), &mut found);
        found
    }

    fn compare(&self, schema: &Value, value: &Value, at: String, found: &mut Vec<String>) {
        let reference = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        let named = self.named.iter().find(|(name, _)| Some(name.as_str()) == reference);
        let schema = named.map_or(schema, |(_, schema)| schema);
        for choice in schema["oneOf"].as_array().into_iter().flatten() {
            self.compare(choice, value, at.clone(), found);
        }
        if value.is_array() && schema["properties"].is_object() {
            found.push(at);
            return;
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(value) = value.get(name) {
                self.compare(field, value, format!("{at}/{name}"), found);
            }
        }
        for (index, element) in value.as_array().into_iter().flatten().enumerate() {
            self.compare(&schema["items"], element, format!("{at}/{index}"), found);
        }
    }

    /// A page of a list of these.
    fn page<T: ToSchema>() -> Self {
        let list = Self::list::<T>();
        let next = json!({
            "type": ["string", "null"],
            "description": "Asks for the next page as `after`; null on the last one.",
        });
        let schema = json!({
            "type": "object",
            "required": ["items", "next"],
            "properties": { "items": list.schema, "next": next },
        });
        Self { schema, named: list.named }
    }
}

/// A parameter of the query.
#[derive(Clone, Copy)]
pub(super) struct QueryParameter {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Its schema as JSON.
    pub(super) schema: &'static str,
    pub(super) required: bool,
}

/// One operation.
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: &'static str,
    /// The name of the function that a generated client calls.
    pub(super) id: &'static str,
    /// One sentence.
    pub(super) about: &'static str,
    pub(super) query: Vec<QueryParameter>,
    pub(super) body: Option<Arc<Shape>>,
    pub(super) status: u16,
    pub(super) answer: Option<Shape>,
    /// Whether what it shows has an `ETag`.
    pub(super) tagged: bool,
    /// Whether it takes an Idempotency-Key.
    pub(super) once: bool,
    /// Whether it is for who is not known yet.
    pub(super) open: bool,
    pub(super) carry_out: Box<dyn Fn(Call) -> Carried + Send + Sync>,
}

/// The start of an operation: the rest is said by the methods.
pub(super) fn operation<F>(
    method: Method,
    path: &'static str,
    id: &'static str,
    about: &'static str,
    carry_out: fn(Call) -> F,
) -> Operation
where
    F: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    Operation {
        method,
        path,
        id,
        about,
        query: Vec::new(),
        body: None,
        status: 204,
        answer: None,
        tagged: false,
        once: false,
        open: false,
        carry_out: Box::new(move |call| Box::pin(carry_out(call))),
    }
}

const LIST: [QueryParameter; 2] = [
    QueryParameter {
        name: "limit",
        about: "How many items the page holds.",
        schema: r#"{"type":"integer","minimum":1,"maximum":1000,"default":100}"#,
        required: false,
    },
    QueryParameter {
        name: "after",
        about: "The cursor of the page: \"next\" of the page before.",
        schema: r#"{"type":"string"}"#,
        required: false,
    },
];

const SEARCH: QueryParameter = QueryParameter {
    name: "q",
    about: "Only items with this text in their names or numbers, whatever the case.",
    schema: r#"{"type":"string"}"#,
    required: false,
};

/// The things that have revisions of their own.
const REVISED: [&str; 6] = ["extensions", "attendants", "trunks", "dids", "devices", "users"];

impl Operation {
    /// Whether it changes one thing that has a revision, and so takes If-Match.
    pub(super) fn is_guarded(&self) -> bool {
        let changes = matches!(self.method, Method::Put | Method::Patch | Method::Delete);
        let of_tenant = self.path.strip_prefix("/tenants/{tenant}").unwrap_or(self.path);
        changes && of_tenant.split('/').nth(1).is_some_and(|things| REVISED.contains(&things))
    }

    /// It takes a body.
    pub(super) fn takes<T: ToSchema>(mut self) -> Self {
        self.body = Some(Arc::new(Shape::of::<T>()));
        self
    }

    /// It answers with 200 and this.
    pub(super) fn answers<T: ToSchema>(mut self) -> Self {
        (self.status, self.answer) = (200, Some(Shape::of::<T>()));
        self
    }

    /// It answers with 201 and this.
    pub(super) fn makes<T: ToSchema>(mut self) -> Self {
        (self.status, self.answer) = (201, Some(Shape::of::<T>()));
        self
    }

    /// What it shows has a revision.
    pub(super) const fn tagged(mut self) -> Self {
        self.tagged = true;
        self
    }

    /// It answers with 200 and a list of these.
    pub(super) fn answers_list<T: ToSchema>(mut self) -> Self {
        (self.status, self.answer) = (200, Some(Shape::list::<T>()));
        self
    }

    /// It answers with 200 and a page of a list of these, which can be searched.
    pub(super) fn lists<T: ToSchema>(mut self) -> Self {
        self.query.extend(LIST);
        self.query.push(SEARCH);
        (self.status, self.answer) = (200, Some(Shape::page::<T>()));
        self
    }

    /// Sent again with the same Idempotency-Key, it makes nothing twice.
    pub(super) const fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// It needs no token.
    pub(super) const fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// It takes a parameter in its query.
    pub(super) fn query(mut self, parameter: QueryParameter) -> Self {
        self.query.push(parameter);
        self
    }
}
