//! What is one's own: language and look, password, second factor, sessions.

use axum::http::StatusCode;
use minijinja::context;

use super::{
    cookie,
    door::{Place, deed, page},
    failure::{self, Failure},
    form::Filled,
    page::Answer,
    visit::Visit,
};
use crate::{
    admin::{
        actions::{ActionError as _, FailureKind, SignInError},
        auth::code,
    },
    domain::{Language, Secret, SessionId},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/profile", show),
        deed("/profile/look", set_look),
        deed("/profile/password", change_password),
        page("/profile/second-factor", offer).takes(set_second_factor),
        deed("/profile/second-factor/remove", remove_second_factor),
        deed("/profile/sessions/end", end_session),
    ]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    profile(&visit, StatusCode::OK, Filled::default()).await
}

async fn profile(visit: &Visit, status: StatusCode, form: Filled) -> Result<Answer, Failure> {
    let (user, sessions) = visit.actions.own_sessions().await?;
    let here = visit.actions.actor.session.as_ref().map(|own| own.id.clone());
    let sessions: Vec<_> = sessions
        .iter()
        .map(|session| {
            context! {
                id => session.id.as_str(),
                from => session.origin.map(|address| address.to_string()),
                agent => session.agent.as_str(),
                since => visit.when(session.created_at),
                used => visit.when(session.seen_at),
                here => here.as_ref() == Some(&session.id),
            }
        })
        .collect();
    let languages =
        Language::ALL.map(|language| context! { tag => language.tag(), name => language.own_name() });
    let context = context! {
        form,
        name => user.name.as_str(),
        role => user.role.as_str(),
        has_code => user.has_code,
        own_language => visit.actions.own_language().await?.map(Language::tag),
        languages,
        sessions,
    };
    visit.page_as(status, "profile.html", context)
}

async fn set_look(visit: Visit) -> Result<Answer, Failure> {
    let language = visit.form.given("language").and_then(|tag| tag.parse::<Language>().ok());
    visit.actions.set_own_language(language).await?;
    let theme = match visit.form.text("theme") {
        "dark" => Some("dark"),
        "light" => Some("light"),
        _ => None,
    };
    Ok(Answer::GoTo("/profile?done=look".to_owned()).with_cookies(cookie::keep_theme(theme)))
}

async fn change_password(visit: Visit) -> Result<Answer, Failure> {
    let mut form = Filled::default();
    let new = visit.form.exact("new_password");
    if new != visit.form.exact("again_password") {
        form.say("again_password", visit.text("rule-same-password"));
        return profile(&visit, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    }
    let current = Secret::new(visit.form.exact("current_password"));
    match visit.actions.change_own_password(&current, new).await {
        Ok(()) => Ok(Answer::GoTo("/profile?done=password".to_owned())),
        Err(error) => {
            let field = field_of(&error, "new_password")?;
            form.say(field, failure::in_words(&visit, &error));
            profile(&visit, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

/// The field that an error is about.
fn field_of(error: &SignInError, new: &'static str) -> Result<&'static str, Failure> {
    match error {
        SignInError::Refused | SignInError::Wait { .. } => Ok("current_password"),
        SignInError::Password(_) | SignInError::Code => Ok(new),
        other if other.kind() == FailureKind::Unavailable => Err(Failure::Broken),
        _ => Ok("current_password"),
    }
}

async fn offer(visit: Visit) -> Result<Answer, Failure> {
    let offered = visit.actions.offer_code_key().await?;
    second_factor(&visit, StatusCode::OK, Filled::default(), &offered.key, &offered.uri)
}

fn second_factor(
    visit: &Visit,
    status: StatusCode,
    form: Filled,
    key: &Secret,
    uri: &Secret,
) -> Result<Answer, Failure> {
    let picture =
        format!("data:image/svg+xml;base64,{}", data_encoding::BASE64.encode(code::picture(uri).as_bytes()));
    visit.page_as(status, "second-factor.html", context! { form, key => key.expose(), picture })
}

async fn set_second_factor(visit: Visit) -> Result<Answer, Failure> {
    let (key, code) = (Secret::new(visit.form.text("key")), Secret::new(visit.form.text("code")));
    let current = Secret::new(visit.form.exact("current_password"));
    match visit.actions.set_code_key(&current, &key, &code).await {
        Ok(()) => Ok(Answer::GoTo("/profile?done=second-factor".to_owned())),
        Err(error) => {
            let mut form = Filled::default();
            form.say(field_of(&error, "code")?, failure::in_words(&visit, &error));
            let uri = visit.actions.code_uri(&key).await?;
            second_factor(&visit, StatusCode::UNPROCESSABLE_ENTITY, form, &key, &uri)
        }
    }
}

async fn remove_second_factor(visit: Visit) -> Result<Answer, Failure> {
    let current = Secret::new(visit.form.exact("code_password"));
    match visit.actions.remove_code_key(&current).await {
        Ok(()) => Ok(Answer::GoTo("/profile?done=second-factor-removed".to_owned())),
        Err(error) => {
            let mut form = Filled::default();
            form.say("code_password", failure::in_words(&visit, &error));
            profile(&visit, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

async fn end_session(visit: Visit) -> Result<Answer, Failure> {
    let id = SessionId::stored(visit.form.text("session"));
    visit.actions.end_own_session(&id).await?;
    Ok(Answer::GoTo("/profile?done=session".to_owned()))
}
