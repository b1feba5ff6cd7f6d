//! Signing in and out.

use axum::http::StatusCode;
use minijinja::context;

use super::{
    cookie,
    door::{Place, deed, page},
    failure::{self, Failure},
    origin,
    page::Answer,
    visit::Visit,
};
use crate::{
    admin::actions::{ActionError as _, FailureKind, SignIn, SignInError},
    domain::{Secret, UserName},
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/sign-in", ask).takes(sign_in).open(), deed("/sign-out", sign_out)]
}

async fn ask(visit: Visit) -> Result<Answer, Failure> {
    if visit.actions.actor.session.is_some() {
        return Ok(Answer::GoTo("/".to_owned()));
    }
    form(&visit, StatusCode::OK, None, false)
}

async fn sign_in(visit: Visit) -> Result<Answer, Failure> {
    let code = visit.form.given("code").map(Secret::new);
    let has_code = code.is_some();
    let agent = visit.headers.get("user-agent").and_then(|value| value.to_str().ok());
    let given = match UserName::parse(visit.form.text("name")) {
        Ok(name) => SignIn {
            name,
            password: Secret::new(visit.form.exact("password")),
            code,
            agent: agent.unwrap_or_default().to_owned(),
        },
        // a name that is none is wrong like any other
        Err(_) => return refused(&visit, &SignInError::Refused, has_code),
    };
    match visit.actions.sign_in(given).await {
        Ok(signed_in) => {
            let session = cookie::keep_session(&signed_in.secret, origin::is_over_tls(&visit.headers));
            let next = local(visit.form.text("next")).unwrap_or("/").to_owned();
            Ok(Answer::GoTo(next).with_cookies(session))
        }
        Err(error @ SignInError::CodeNeeded) => {
            let words = failure::in_words(&visit, &error);
            form(&visit, StatusCode::UNAUTHORIZED, Some(words), true)
        }
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => refused(&visit, &error, has_code),
    }
}

fn refused(visit: &Visit, error: &SignInError, code: bool) -> Result<Answer, Failure> {
    let status = match error.kind() {
        FailureKind::TooOften => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNAUTHORIZED,
    };
    form(visit, status, Some(failure::in_words(visit, error)), code)
}

/// The page; to a script the part of it that changed, so that what was typed stays where it is.
fn form(visit: &Visit, status: StatusCode, message: Option<String>, code: bool) -> Result<Answer, Failure> {
    let next =
        if visit.form.given("next").is_some() { visit.form.text("next") } else { visit.query.text("next") };
    let context = context! {
        message,
        code,
        name => visit.form.text("name"),
        next => local(next),
    };
    let template = if visit.part { "sign-in-answer.html" } else { "sign-in.html" };
    // htmx shows what comes with a success alone
    let status = if visit.part { StatusCode::OK } else { status };
    visit.page_as(status, template, context)
}

/// A page of this server; whatever else stands there leads nowhere.
fn local(path: &str) -> Option<&str> {
    let inside = path.starts_with('/') && !path.starts_with("//");
    let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte));
    (inside && plain).then_some(path)
}

async fn sign_out(visit: Visit) -> Result<Answer, Failure> {
    visit.actions.sign_out().await?;
    Ok(Answer::GoTo("/sign-in".to_owned()).with_cookies(Some(cookie::forget_session())))
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn signing_in_leads_to_no_other_server() {
        for (path, goes) in [
            ("/t/acme/extensions", true),
            ("/", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("/t/acme?x=1", false),
            ("javascript:alert(1)", false),
            ("/%2f/evil", false),
            ("", false),
        ] {
            assert_eq!(local(path).is_some(), goes, "{path}");
        }
    }
}
