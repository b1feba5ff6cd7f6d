//! The API's description: OpenAPI 3.1, made from the table of operations.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::PartialSchema as _;

use super::{
    field::{Field, Given},
    problem::Told,
    table::{Operation, Shape},
};
use crate::domain::{
    DEFINITIONS, DidNumber, ExtensionNumber, Mac, PlainText, ProductId, ServiceName, SessionId, TenantSlug,
    TokenId, UserName,
};

/// The statuses that any operation may answer besides its own, and why.
const PROBLEMS: &[(u16, &str)] = &[
    (400, "The request is not of the shape described here; errors names each mistake with its place."),
    (401, "No token or session, or one that is none or is good no longer; or signing in was refused."),
    (403, "The token does not hold the right that this needs."),
    (404, "What the path names is not there, or not for this token."),
    (409, "A rule says no. Where no seat of a product is left, it is named with used and limit."),
    (410, "What changed since that revision is not kept any more."),
    (412, "It was changed since: it does not have the revision of If-Match."),
    (413, "The body is larger than 1 MB."),
    (415, "The body is no JSON."),
    (
        422,
        "The request is of the right shape and breaks a rule; errors names each mistake where there are several.",
    ),
    (429, "Too much was tried; Retry-After says when to try again."),
    (503, "The store or the license cannot be read now."),
];

/// The whole description.
pub(super) fn document(operations: &[Operation]) -> Value {
    let mut schemas = BTreeMap::new();
    let problem = component(&Shape::of::<Told>(), &mut schemas);
    let mut paths: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for operation in operations {
        let described = describe(operation, &problem, &mut schemas);
        paths.entry(operation.path).or_default().insert(operation.method.as_str(), described);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Offhook",
            "version": "1",
            "description": "Everything that administrators and operators of Offhook can do. Each request carries a token \
                            (offhook token add) or the session of a user (signIn); those of one tenant see that tenant alone.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "token": [] }],
        "tags": tags(operations),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn tags(operations: &[Operation]) -> Value {
    let mut names: Vec<&str> = Vec::new();
    for operation in operations {
        let tag = tag_of(operation.path);
        if !names.contains(&tag) {
            names.push(tag);
        }
    }
    names.into_iter().map(|name| json!({ "name": name })).collect()
}

/// The last part of the path's first kind of thing: `/tenants/{tenant}/devices/{mac}/lines` belongs to devices.
fn tag_of(path: &str) -> &str {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        (Some("tenants"), Some(_), Some(of_tenant)) => of_tenant,
        (Some(first), ..) => first,
        (None, ..) => "",
    }
}

fn describe(operation: &Operation, problem: &Value, schemas: &mut BTreeMap<String, Value>) -> Value {
    let mut parameters: Vec<Value> = path_parameters(operation.path);
    parameters.extend(operation.query.iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "in": "query",
            "description": parameter.about,
            "required": parameter.required,
            "schema": serde_json::from_str::<Value>(parameter.schema).unwrap_or_default(),
        })
    }));
    if operation.is_guarded() {
        parameters.push(header("If-Match", "Only if it still has this ETag.", r#"^("[0-9]{1,18}"|\*)?$"#));
    }
    if operation.once {
        let about = "Names this request: sent again with the same name, it makes nothing twice.";
        parameters.push(header("Idempotency-Key", about, "^[!-~]{1,64}$"));
    }
    let mut responses = serde_json::Map::new();
    let mut own = json!({ "description": success(operation.status) });
    if let Some(answer) = &operation.answer {
        let schema = component(answer, schemas);
        own["content"] = json!({ "application/json": { "schema": schema } });
    }
    if operation.tagged {
        own["headers"] =
            json!({ "ETag": { "description": "Its revision.", "schema": { "type": "string" } } });
    }
    responses.insert(operation.status.to_string(), own);
    for (status, about) in PROBLEMS {
        let content = json!({ "application/problem+json": { "schema": problem } });
        responses.insert(status.to_string(), json!({ "description": about, "content": content }));
    }
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.about,
        "tags": [tag_of(operation.path)],
        "parameters": parameters,
        "responses": responses,
    });
    if operation.open {
        described["security"] = json!([]);
    }
    if let Some(body) = &operation.body {
        let schema = component(body, schemas);
        described["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    described
}

fn success(status: u16) -> &'static str {
    match status {
        201 => "It was made.",
        204 => "It was done.",
        _ => "Here it is.",
    }
}

fn header(name: &str, about: &str, pattern: &str) -> Value {
    json!({
        "name": name,
        "in": "header",
        "description": about,
        "required": false,
        "schema": { "type": "string", "pattern": pattern },
    })
}

/// Registers what a schema refers to; the schema.
fn component(shape: &Shape, schemas: &mut BTreeMap<String, Value>) -> Value {
    for (name, schema) in &shape.named {
        schemas.entry(name.clone()).or_insert_with(|| schema.clone());
    }
    shape.schema.clone()
}

/// What stands in the braces of a path.
fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": path_schema(name) }))
        .collect()
}

fn path_schema(name: &str) -> Value {
    fn of<T: Field>() -> Value {
        json!(Given::<T>::schema())
    }
    match name {
        "tenant" => of::<TenantSlug>(),
        "number" => of::<ExtensionNumber>(),
        "did" => of::<DidNumber>(),
        "mac" => of::<Mac>(),
        "product" => of::<ProductId>(),
        "service" => of::<ServiceName>(),
        "id" => of::<TokenId>(),
        "user" => of::<UserName>(),
        "session" => of::<SessionId>(),
        "setting" => {
            json!({ "type": "string", "enum": DEFINITIONS.iter().map(|setting| setting.name).collect::<Vec<_>>() })
        }
        "kind" => json!({ "type": "string", "enum": ["devices", "extensions", "dids", "keys"] }),
        "line" | "position" => json!({ "type": "integer", "minimum": 1, "maximum": 999 }),
        _ => of::<PlainText>(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[test]
    fn no_two_shapes_share_a_name() {
        let mut known = BTreeMap::new();
        for operation in super::super::operations() {
            let shapes = operation.body.iter().map(std::ops::Deref::deref).chain(&operation.answer);
            for (name, schema) in shapes.flat_map(|shape| shape.named.clone()) {
                let before = known.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*before, schema, "{name} of {} is another one", operation.path);
            }
        }
        assert!(known.len() > 60, "{}", known.len());
    }
}
