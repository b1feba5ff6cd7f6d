//! The template engine, narrowed: strict names, no way to look into a secret, bounded work, every value emitted.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, filters, tests,
};

use super::emit::Emitter;
use super::opaque::{self, Opaque};
use super::{LoadError, RenderError};

/// What one rendering may cost: instructions, and one more for each 64 bytes. The largest phone known (16 accounts,
/// 329 keys) takes a tenth of it.
const FUEL: u64 = 500_000;
/// What one making of a part may cost. There are as many as a model has lines and keys.
const FUEL_OF_A_PART: u64 = 20_000;
/// No phone takes a larger file.
const LARGEST: usize = 1024 * 1024;

/// The templates of one pack, ready to run.
#[derive(Debug)]
pub(super) struct Engine {
    environment: Environment<'static>,
    /// The same with less fuel.
    parts: Environment<'static>,
    folder: String,
}

impl Engine {
    /// Compiles the templates of the pack in `folder`, given by their names within it.
    pub(super) fn new(
        folder: &str,
        sources: &BTreeMap<String, String>,
        emitter: &Arc<Emitter>,
    ) -> Result<Self, Vec<LoadError>> {
        let mut environment = empty(Arc::clone(emitter));
        let mut mistakes = Vec::new();
        for (name, source) in sources {
            if let Err(error) = environment.add_template_owned(name.clone(), source.clone()) {
                mistakes.push(LoadError {
                    file: format!("{folder}/{name}"),
                    line: error.line(),
                    column: None,
                    rule: reason(&error),
                });
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let mut parts = environment.clone();
        parts.set_fuel(Some(FUEL_OF_A_PART));
        Ok(Self { environment, parts, folder: folder.to_owned() })
    }

    /// Renders one template; the result may hold marks.
    pub(super) fn render(&self, template: &str, context: Value) -> Result<String, RenderError> {
        let text = self.run(&self.environment, template, context)?;
        if text.len() > LARGEST {
            return Err(RenderError::TooLarge { template: self.path_of(template), limit: LARGEST });
        }
        Ok(text)
    }

    /// Renders the template of a part for one line, one key or the model.
    pub(super) fn render_part(&self, template: &str, context: Value) -> Result<String, RenderError> {
        self.run(&self.parts, template, context)
    }

    fn run(
        &self,
        environment: &Environment<'static>,
        template: &str,
        context: Value,
    ) -> Result<String, RenderError> {
        let rendered = environment.get_template(template).and_then(|found| found.render(context));
        rendered.map_err(|error| self.failure(template, &error))
    }

    /// The path of a template below the folder of packs.
    pub(super) fn path_of(&self, template: &str) -> String {
        format!("{}/{template}", self.folder)
    }

    fn failure(&self, template: &str, error: &Error) -> RenderError {
        let innermost = innermost(error);
        RenderError::Template {
            template: self.path_of(innermost.name().unwrap_or(template)),
            line: innermost.line().unwrap_or_default(),
            reason: reason(innermost),
        }
    }
}

/// An environment that knows only what is listed here. Missing on purpose: `debug` (shows the whole context), `safe`
/// (passes the emitter by), and everything that takes texts apart.
fn empty(emitter: Arc<Emitter>) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(32);
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("values".into()));
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.unwrap_or_default());
    environment.set_formatter(move |out, state, value| write(out, state, value, &emitter));
    environment.add_filter("default", filters::default);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("join", |values: Value, separator: Option<&str>| join(&values, separator));
    environment.add_filter("length", |value: Value| length(&value));
    environment.add_filter("digits", |number: u32, least: usize| format!("{number:0>least$}"));
    environment.add_filter("known", |list: Value, words: Value| known(&list, &words));
    environment.add_filter("without", |value: Value, unwanted: &str| opaque::without(&value, unwanted));
    environment.add_filter("quoted", |value: Value| opaque::quoted(&value));
    environment.add_filter("uri_user", |value: Value| opaque::uri_user(&value));
    environment.add_test("none", tests::is_none);
    environment.add_test("defined", tests::is_defined);
    environment.add_function("range", minijinja::functions::range);
    environment.add_function("position", |list: Value, item: Value| position(&list, &item));
    environment
}

/// The one way by which a value gets into a document.
fn write(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value, emitter: &Emitter) -> Result<(), Error> {
    let refuse = |rule: &'static str| Err(Error::new(ErrorKind::BadSerialization, rule));
    if let Some(opaque) = value.downcast_object_ref::<Opaque>() {
        return Ok(opaque.write(out, emitter)?);
    }
    if let Some(text) = value.as_str() {
        // The engine's own: what `super()` rendered has passed the emitter.
        return Ok(if value.is_safe() {
            out.write_str(text)
        } else {
            opaque::write_text(out, emitter, text, &[])
        }?);
    }
    if value.is_integer() {
        return Ok(write!(out, "{value}")?);
    }
    if value.is_none() {
        return refuse(
            "the value is not set; say what to write then, as in {{ value if value is not none else clear.text }}",
        );
    }
    match value.kind() {
        minijinja::value::ValueKind::Bool => {
            refuse("a switch is written in the vendor's words, as in {{ 1 if value else 0 }}")
        }
        _ => refuse("only texts and whole numbers can be written"),
    }
}

/// `join` for plain texts and numbers only, so that no opaque value becomes part of another text.
fn join(values: &Value, separator: Option<&str>) -> Result<String, Error> {
    let mut joined = String::new();
    for (index, value) in values.try_iter()?.enumerate() {
        if index > 0 {
            joined.push_str(separator.unwrap_or_default());
        }
        if value.as_str().is_none() && !value.is_integer() {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                "only texts and whole numbers can be joined",
            ));
        }
        joined.push_str(&value.to_string());
    }
    Ok(joined)
}

/// Those of our words in `list` that the vendor has a word for, in the vendor's words.
fn known(list: &Value, words: &Value) -> Result<Vec<Value>, Error> {
    let mut known = Vec::new();
    for word in list.try_iter()? {
        let theirs = words.get_item(&word)?;
        if !theirs.is_undefined() {
            known.push(theirs);
        }
    }
    Ok(known)
}

/// Where `item` stands in `list`, from 1.
fn position(list: &Value, item: &Value) -> Result<usize, Error> {
    let found = list.try_iter()?.position(|other| other == *item);
    found
        .map(|index| index + 1)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "position: the list does not hold the item"))
}

fn length(value: &Value) -> Result<usize, Error> {
    value.len().ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "the value has no length"))
}

/// The error inside those that only say which template included which.
fn innermost(error: &Error) -> &Error {
    let mut innermost = error;
    while let Some(inner) =
        std::error::Error::source(innermost).and_then(|source| source.downcast_ref::<Error>())
    {
        innermost = inner;
    }
    innermost
}

fn reason(error: &Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}
