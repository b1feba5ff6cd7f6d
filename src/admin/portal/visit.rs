//! A visit: who asks for which page, in which language, with what filled in.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::{HeaderMap, StatusCode};
use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;
use minijinja::{Value, context, value::Serde};

use super::{
    door::Portal,
    failure::{self, Failure},
    form::Fields,
    format,
    page::Answer,
};
use crate::{
    admin::actions::{ActionError, Actions, FailureKind},
    domain::{Component, Language, Level, TenantSlug, Timestamp},
};

/// One request of a browser.
pub(super) struct Visit {
    pub(super) portal: Arc<Portal>,
    /// What can be done, in the name of who asks; on a page of a tenant, on that tenant alone.
    pub(super) actions: Actions,
    /// Whose page it is: short name and name.
    pub(super) tenant: Option<(TenantSlug, String)>,
    pub(super) language: Language,
    pub(super) theme: Option<&'static str>,
    pub(super) zone: TimeZone,
    /// The path that was asked for.
    pub(super) address: String,
    /// What stands in the places of the path.
    pub(super) path: BTreeMap<String, String>,
    pub(super) query: Fields,
    pub(super) form: Fields,
    /// Whether a script asks for a part of a page.
    pub(super) part: bool,
    pub(super) headers: HeaderMap,
}

/// A time as a page shows it.
#[derive(Clone, Debug, serde::Serialize)]
pub(super) struct When {
    /// For people.
    pub(super) text: String,
    /// For programs.
    pub(super) exact: String,
    /// How long ago, or how long until then.
    pub(super) distance: String,
}

impl From<When> for Value {
    fn from(time: When) -> Self {
        Self::from(Serde(time))
    }
}

/// An entry of the menu.
#[derive(serde::Serialize)]
struct MenuEntry {
    href: String,
    key: &'static str,
    icon: &'static str,
    here: bool,
}

/// The pages of a tenant, each with the component that it takes to see it.
const TENANT_MENU: &[(&str, &str, &str, Component)] = &[
    ("", "menu-overview", "overview", Component::Licenses),
    ("/extensions", "menu-extensions", "person", Component::Extensions),
    ("/attendants", "menu-attendants", "tree", Component::Attendants),
    ("/devices", "menu-devices", "phone", Component::Devices),
    ("/dids", "menu-dids", "number", Component::Dids),
    ("/trunks", "menu-trunks", "trunk", Component::Trunks),
    ("/settings", "settings", "gear", Component::Settings),
    ("/license", "menu-license", "license", Component::Licenses),
    ("/users", "menu-users", "users", Component::Users),
    ("/tokens", "menu-tokens", "key", Component::Users),
    ("/audit", "menu-audit", "audit", Component::Audit),
];
/// The pages of operators.
const OPERATOR_MENU: &[(&str, &str, &str, Component)] = &[
    ("/tenants", "menu-tenants", "company", Component::Tenants),
    ("/users", "menu-operators", "users", Component::Users),
    ("/tokens", "menu-tokens-all", "key", Component::Users),
    ("/audit", "menu-audit-all", "audit", Component::Audit),
];

impl Visit {
    /// The same visit without what was filled in, to say why its page cannot be shown.
    pub(super) fn outline(&self) -> Self {
        Self {
            portal: Arc::clone(&self.portal),
            actions: self.actions.clone(),
            tenant: self.tenant.clone(),
            language: self.language,
            theme: self.theme,
            zone: self.zone.clone(),
            address: self.address.clone(),
            path: BTreeMap::new(),
            query: Fields::default(),
            form: Fields::default(),
            part: self.part,
            headers: HeaderMap::new(),
        }
    }

    /// The tenant whose page it is.
    pub(super) fn slug(&self) -> Result<&TenantSlug, Failure> {
        self.tenant.as_ref().map(|(slug, _)| slug).ok_or(Failure::Nowhere)
    }

    /// What can be done, on the condition that what is changed is as the page showed it.
    pub(super) fn as_seen(&self) -> Actions {
        let mut actions = self.actions.clone();
        actions.conditions.revision = self.form.given("revision").and_then(|text| text.parse().ok());
        actions
    }

    /// A place of the path.
    pub(super) fn place<T, E>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let text = self.path.get(name).map(String::as_str).unwrap_or_default();
        parse(text).map_err(|_| Failure::Nowhere)
    }

    /// Whether who asks may do so much.
    pub(super) fn may(&self, component: Component, level: Level) -> bool {
        self.actions.actor.rights.level(component) >= level
    }

    /// A text in the reader's language. The texts are complete, which a test shows; a hole would be seen as its key.
    pub(super) fn text(&self, key: &str) -> String {
        self.text_with(key, &FluentArgs::new())
    }

    /// A text in the reader's language with values put in.
    pub(super) fn text_with(&self, key: &str, values: &FluentArgs<'_>) -> String {
        self.portal.texts.text(self.language, key, Some(values)).unwrap_or_else(|missing| {
            tracing::error!(%missing, "a page shows a key");
            key.to_owned()
        })
    }

    /// A time as the page shows it.
    pub(super) fn when(&self, time: Timestamp) -> When {
        When {
            text: format::moment(self.language, &self.zone, time),
            exact: format::exact(time),
            distance: self.distance(time),
        }
    }

    /// How long ago, or how long until then.
    fn distance(&self, time: Timestamp) -> String {
        let seconds = (time.millis() - self.actions.clock.now().millis()) / 1000;
        let (past, size) = (seconds <= 0, seconds.abs());
        let (unit, count) = match size {
            0..60 => ("seconds", size),
            60..3600 => ("minutes", size / 60),
            3600..172_800 => ("hours", size / 3600),
            _ => ("days", size / 86_400),
        };
        let mut values = FluentArgs::new();
        values.set("count", count);
        match (unit, past) {
            ("seconds", true) => self.text("ago-now"),
            (_, true) => self.text_with(&format!("ago-{unit}"), &values),
            (_, false) => self.text_with(&format!("ahead-{unit}"), &values),
        }
    }

    /// The page that a template makes of `context`.
    pub(super) fn page(&self, template: &str, context: Value) -> Result<Answer, Failure> {
        self.page_as(StatusCode::OK, template, context)
    }

    /// The same with another status: 422 for a form that was not taken.
    pub(super) fn page_as(
        &self,
        status: StatusCode,
        template: &str,
        context: Value,
    ) -> Result<Answer, Failure> {
        let whole = context! { frame => self.frame(), ..context };
        let html = self.portal.pages.render(self.language, template, whole).map_err(Failure::broken)?;
        Ok(Answer::Html(status, html))
    }

    /// Another page of the tenant; `done` says what was done.
    pub(super) fn go_to(&self, path: &str, done: Option<&str>) -> Answer {
        let base = self.tenant.as_ref().map(|(slug, _)| format!("/t/{slug}")).unwrap_or_default();
        let done = done.map(|done| format!("?done={done}")).unwrap_or_default();
        Answer::GoTo(format!("{base}{path}{done}"))
    }

    /// Why something was not done, in the reader's language; a refusal is noted in the audit.
    pub(super) async fn refused(&self, error: &dyn ActionError) -> String {
        if matches!(error.kind(), FailureKind::Forbidden | FailureKind::Refused) {
            self.actions.note_refusal(&format!("POST {}", self.address), error.code()).await;
        }
        failure::in_words(self, error)
    }

    /// What every page is framed with.
    fn frame(&self) -> Value {
        let actor = &self.actions.actor;
        let rights = Component::ALL.map(|component| {
            let level = actor.rights.level(component);
            let of = context! { view => level >= Level::View, change => level >= Level::Change };
            (component.as_str(), of)
        });
        let menu = |entries: &[(&str, &'static str, &'static str, Component)], base: &str| {
            let seen = entries.iter().filter(|entry| self.may(entry.3, Level::View));
            let entry = |&(path, key, icon, _): &(&str, &'static str, &'static str, Component)| {
                let href = format!("{base}{path}");
                let here = if path.is_empty() {
                    self.address == href
                } else {
                    self.address == href || self.address.starts_with(&format!("{href}/"))
                };
                Value::from(Serde(MenuEntry { href, key, icon, here }))
            };
            seen.map(entry).collect::<Vec<_>>()
        };
        let tenant = self.tenant.as_ref().map(|(slug, name)| {
            context! { slug => slug.as_str(), name, base => format!("/t/{slug}"),
            menu => menu(TENANT_MENU, &format!("/t/{slug}")) }
        });
        let done = self.query.given("done").map(|done| format!("done-{done}"));
        let done = done.filter(|key| self.portal.texts.has(key));
        context! {
            language => self.language.tag(),
            theme => self.theme,
            user => actor.session.as_ref().map(|_| context! { name => actor.name.as_str(), operator => actor.operator }),
            operator_menu => if actor.operator { menu(OPERATOR_MENU, "") } else { Vec::new() },
            may => Value::from_pairs(rights),
            tenant,
            done,
        }
    }
}
