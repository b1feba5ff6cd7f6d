//! The API's description as a page to read: made once from the same description, nothing loaded from elsewhere.

use std::fmt::Write as _;

use serde_json::Value;

/// The page's style sheet.
pub(super) const STYLE: &[u8] = include_bytes!("page.css");

/// The page.
pub(super) fn html(description: &Value) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Offhook API</title><link rel=\"stylesheet\" href=\"style.css\"><main><h1>Offhook API</h1>",
    );
    let _ = write!(page, "<p>{}</p>", escaped(&description["info"]["description"]));
    page.push_str("<p>For programs: <a href=\"openapi.json\">openapi.json</a> (OpenAPI 3.1).</p><nav>");
    for tag in list(&description["tags"]) {
        let name = escaped(&tag["name"]);
        let _ = write!(page, "<a href=\"#{name}\">{name}</a> ");
    }
    page.push_str("</nav>");
    for tag in list(&description["tags"]) {
        let name = escaped(&tag["name"]);
        let _ = write!(page, "<h2 id=\"{name}\">{name}</h2>");
        for (path, operations) in object(&description["paths"]) {
            for (method, operation) in object(operations) {
                if operation["tags"][0] == tag["name"] {
                    page.push_str(&operation_html(path, method, operation));
                }
            }
        }
    }
    page.push_str("<h2 id=\"schemas\">Shapes</h2>");
    for (name, schema) in object(&description["components"]["schemas"]) {
        let about = escaped(&schema["description"]);
        let _ = write!(
            page,
            "<details id=\"{name}\"><summary><code>{name}</code> {about}</summary>{}</details>",
            fields(schema)
        );
    }
    page.push_str("</main></html>");
    page
}

fn operation_html(path: &str, method: &str, operation: &Value) -> String {
    let mut html = format!(
        "<details><summary><b class=\"{method}\">{}</b> <code>{path}</code> {}</summary>",
        method.to_ascii_uppercase(),
        escaped(&operation["summary"])
    );
    let parameters = list(&operation["parameters"]);
    if !parameters.is_empty() {
        html.push_str("<table><caption>Takes</caption>");
        for parameter in parameters {
            let (name, place) = (escaped(&parameter["name"]), escaped(&parameter["in"]));
            let about = if parameter["description"].is_string() {
                &parameter["description"]
            } else {
                &parameter["schema"]["description"]
            };
            let _ = write!(html, "<tr><th><code>{name}</code><td>{place}<td>{}", escaped(about));
        }
        html.push_str("</table>");
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        let _ = write!(html, "<p>Body: {}</p>", shape(body));
    }
    for (status, response) in object(&operation["responses"]) {
        let schema = &response["content"]["application/json"]["schema"];
        if !schema.is_null() {
            let _ = write!(html, "<p>Answers {status}: {}</p>", shape(schema));
        } else if status.starts_with('2') {
            let _ = write!(html, "<p>Answers {status}.</p>");
        }
    }
    html.push_str("</details>");
    html
}

/// The fields of an object.
fn fields(schema: &Value) -> String {
    let required = list(&schema["required"]);
    let mut html = String::from("<table>");
    for (name, field) in object(&schema["properties"]) {
        let needed = if required.iter().any(|needed| needed == name) { "required" } else { "" };
        let _ = write!(
            html,
            "<tr><th><code>{name}</code><td>{}<td>{needed}<td>{}",
            shape(field),
            escaped(&field["description"])
        );
    }
    html.push_str("</table>");
    html
}

/// A schema in a few words, with a link to those that have a name.
fn shape(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    for several in ["oneOf", "anyOf"] {
        let choices = list(&schema[several]);
        if !choices.is_empty() {
            return choices.iter().map(shape).collect::<Vec<_>>().join(" or ");
        }
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => format!("list of {}", shape(&schema["items"])),
        Value::String(word) => word.clone(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn escaped(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
