//! Templates, and the page that they make: HTML by minijinja, strict, every value escaped.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use fluent_bundle::{FluentArgs, FluentValue};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Kwargs,
};
use rust_embed::RustEmbed;

use super::{assets, format, texts::Texts};
use crate::domain::Language;

/// Nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[derive(RustEmbed)]
#[folder = "src/admin/portal/templates"]
struct Templates;

/// All templates, ready in each language.
pub(super) struct Pages(Vec<(Language, Environment<'static>)>);

impl Pages {
    /// The embedded templates; a test renders them all.
    pub(super) fn new(texts: &Arc<Texts>) -> Self {
        Self(Language::ALL.map(|language| (language, environment(language, texts))).into())
    }

    /// Renders a template.
    pub(super) fn render(&self, language: Language, template: &str, context: Value) -> Result<String, Error> {
        let found = self.0.iter().find(|(of, _)| *of == language).map(|(_, environment)| environment);
        let environment = found.ok_or_else(|| Error::new(ErrorKind::TemplateNotFound, "no such language"))?;
        environment.get_template(template)?.render(context)
    }
}

fn environment(language: Language, texts: &Arc<Texts>) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.unwrap_or_default());
    for name in Templates::iter() {
        let Some(file) = Templates::get(&name) else { continue };
        let source = String::from_utf8_lossy(&file.data).into_owned();
        if let Err(error) = environment.add_template_owned(name.to_string(), source) {
            tracing::error!(template = %name, %error, "a template of the portal cannot be read");
        }
    }
    let texts = Arc::clone(texts);
    environment.add_function("t", move |key: &str, values: Kwargs| {
        let mut arguments = FluentArgs::new();
        for name in values.args() {
            arguments.set(name.to_owned(), given(&values.get::<Value>(name)?));
        }
        values.assert_all_used()?;
        texts
            .text(language, key, Some(&arguments))
            .map_err(|missing| Error::new(ErrorKind::InvalidOperation, missing.to_string()))
    });
    environment.add_function("asset", |name: &str| {
        assets::address(name)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no file {name}")))
    });
    environment.add_filter("number", move |number: i64| format::number(language, number));
    environment.add_filter("path", |text: &str| encoded(text));
    environment.add_filter(
        "percent",
        |part: u64, whole: u64| {
            if whole == 0 { 0 } else { (part.min(whole) * 100).div_ceil(whole) }
        },
    );
    environment
}

/// A value of a template as a text takes it: numbers stay numbers, because they choose a plural.
fn given(value: &Value) -> FluentValue<'static> {
    match i64::try_from(value.clone()) {
        Ok(number) if value.is_number() => FluentValue::from(number),
        _ => FluentValue::from(value.to_string()),
    }
}

/// A text as one segment of a path or one value of a query (RFC 3986 §2.1).
pub(super) fn encoded(text: &str) -> String {
    let mut path = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
        }
    }
    path
}

/// What a browser gets.
pub(super) enum Answer {
    /// A page, or a part of one.
    Html(StatusCode, String),
    /// Another page, to be asked for with GET.
    GoTo(String),
    /// The same with something that the browser is to keep.
    GoToWith(String, Vec<HeaderValue>),
    /// A file to keep.
    File {
        /// What it is.
        content_type: &'static str,
        /// What it is called: letters, digits, hyphens and points.
        name: String,
        /// What is in it.
        text: String,
    },
}

impl Answer {
    /// With cookies that the browser is to keep.
    pub(super) fn with_cookies(self, cookies: impl IntoIterator<Item = HeaderValue>) -> Self {
        match self {
            Self::GoTo(path) => Self::GoToWith(path, cookies.into_iter().collect()),
            other => other,
        }
    }

    /// As a response; `part` is whether a script asked, which follows no redirection by itself.
    pub(super) fn respond(self, part: bool) -> Response {
        let mut response = match self {
            Self::Html(status, html) => {
                let html_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
                (status, html_type, html).into_response()
            }
            Self::GoTo(path) => {
                let (status, name) = if part {
                    (StatusCode::NO_CONTENT, "hx-redirect")
                } else {
                    (StatusCode::SEE_OTHER, "location")
                };
                let mut response = status.into_response();
                if let Ok(path) = HeaderValue::from_str(&path) {
                    response.headers_mut().insert(name, path);
                }
                response
            }
            Self::GoToWith(path, cookies) => {
                let mut response = Self::GoTo(path).respond(part);
                for cookie in cookies {
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                }
                return response;
            }
            Self::File { content_type, name, text } => {
                let disposition = format!("attachment; filename=\"{name}\"");
                let headers = [
                    (header::CONTENT_TYPE, content_type.to_owned()),
                    (header::CONTENT_DISPOSITION, disposition),
                ];
                (headers, text).into_response()
            }
        };
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "same-origin"),
            (header::CACHE_CONTROL, "no-store"),
            (header::VARY, "HX-Request"),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_read_in_every_language() {
        let pages = Pages::new(&Arc::new(Texts::new()));
        for (language, environment) in &pages.0 {
            for name in Templates::iter() {
                if let Err(error) = environment.get_template(&name) {
                    panic!("{name} in {language}: {error}");
                }
            }
        }
        assert!(Templates::iter().count() > 20);
    }

    #[test]
    fn a_value_is_written_as_text_and_a_hole_is_an_error() {
        let pages = Pages::new(&Arc::new(Texts::new()));
        let context = minijinja::context! { devices => vec![minijinja::context! { mac => "<script>", name => "\"><b>" }] };
        let html = pages.render(Language::German, "extensions/phones.html", context).unwrap();
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        let nothing = minijinja::context! { devices => vec![minijinja::context! { mac => "x" }] };
        assert!(pages.render(Language::German, "extensions/phones.html", nothing).is_err());
    }

    #[test]
    fn a_segment_of_a_path_holds_no_other_segment() {
        assert_eq!(encoded("a/b?c&d=é"), "a%2Fb%3Fc%26d%3D%C3%A9");
    }
}
