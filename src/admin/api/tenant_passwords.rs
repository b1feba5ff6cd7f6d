//! Operations on the password that phones of a tenant answer with.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    field::whole,
    problem::Problem,
    table::{Method, Operation, operation},
};
use crate::admin::actions::PhonePasswords;

const PATH: &str = "/tenants/{tenant}/phone-password";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Get,
            PATH,
            "showPhonePassword",
            "Shows the password that the tenant's phones are asked for besides the scope in their URL.",
            show,
        )
        .answers::<PhonePasswordShown>(),
        operation(
            Method::Post,
            PATH,
            "setPhonePassword",
            "Makes a new password for the tenant's phones, which learn it with their next configuration; for some days they are not asked for it yet, or the former one goes on. Operators only.",
            set,
        )
        .takes::<NewPhonePassword>()
        .makes::<PhonePasswordShown>(),
        operation(
            Method::Delete,
            PATH,
            "removePhonePassword",
            "Demands no password of the tenant's phones any more. Operators only.",
            remove,
        ),
    ]
}

/// For how long phones may learn the new password.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPhonePassword {
    /// For how many days phones are not asked for it yet, or may answer with the former one.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 0, maximum = 365)]
    overlap_days: u32,
}

/// What phones are asked for.
#[derive(serde::Serialize, ToSchema)]
struct PhonePasswordShown {
    /// The user name.
    user: String,
    /// The password: digits, so that it can be typed at a phone.
    password: String,
    /// From when on phones are asked for it.
    demanded_from: String,
}

impl PhonePasswordShown {
    /// The one that phones are given.
    fn of(PhonePasswords(passwords): &PhonePasswords) -> Option<Self> {
        passwords.first().map(|password| Self {
            user: password.user.clone(),
            password: password.password.expose().to_owned(),
            demanded_from: password.demanded_from.to_string(),
        })
    }
}

async fn show(call: Call) -> Result<Answer, Problem> {
    let passwords = call.actions.tenant_passwords(&call.path("tenant")?).await?;
    Ok(Answer::of(&PhonePasswordShown::of(&passwords)))
}

async fn set(call: Call) -> Result<Answer, Problem> {
    let body: NewPhonePassword = call.body()?;
    if body.overlap_days > 365 {
        return Err(Problem::mistake("body", "/overlap_days", "is a number from 0 to 365"));
    }
    let set = call.actions.set_tenant_password(&call.path("tenant")?, body.overlap_days).await?;
    Ok(Answer::made(&PhonePasswordShown::of(&set)))
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    call.actions.remove_tenant_password(&call.path("tenant")?).await?;
    Ok(Answer::nothing())
}
