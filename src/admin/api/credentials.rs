//! Operations that tell a PBX what the phones know.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    problem::Problem,
    shown::judged,
    table::{Method, Operation, QueryParameter, operation},
};
use crate::{
    admin::{
        actions::{Account, Accounts},
        pbx::{ha1, ha1b},
    },
    domain::SipDomain,
};

const SINCE: QueryParameter = QueryParameter {
    name: "since",
    about: "Only what changed after this revision: as_of of the answer before. Everything when absent.",
    schema: r#"{"type":"integer","minimum":0,"maximum":9007199254740991}"#,
    required: false,
};
const FORM: QueryParameter = QueryParameter {
    name: "form",
    about: "Whether passwords are told in the clear, or as HA1 (RFC 2617), which is enough for a registrar.",
    schema: r#"{"type":"string","enum":["plain","ha1"],"default":"ha1"}"#,
    required: false,
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Get,
            "/credentials",
            "listOwnCredentials",
            "The same for the tenant of a token that belongs to one.",
            list,
        )
        .query(SINCE)
        .query(FORM)
        .answers::<CredentialsShown>(),
        operation(
            Method::Get,
            "/tenants/{tenant}/credentials",
            "listCredentials",
            "Tells SIP accounts with their passwords, all or those that changed. Needs the right credentials:view.",
            list,
        )
        .query(SINCE)
        .query(FORM)
        .answers::<CredentialsShown>(),
    ]
}

/// The SIP accounts of a tenant.
#[derive(serde::Serialize, ToSchema)]
struct CredentialsShown {
    /// The domain of their addresses, and the realm of their passwords.
    realm: String,
    /// The revision that this shows: ask for what changed after it next time.
    as_of: i64,
    /// Whether these are all accounts: whoever has others forgets them.
    complete: bool,
    /// When the license changes what is admitted without a change of revision: ask for everything then. Null: never.
    next_change_at: Option<String>,
    /// The accounts.
    accounts: Vec<AccountShown>,
    /// The users that were removed since.
    removed: Vec<String>,
}

/// A SIP account.
#[derive(serde::Serialize, ToSchema)]
struct AccountShown {
    /// The extension's number, or the trunk's name.
    service: String,
    /// `extension` or `trunk`.
    kind: String,
    /// The user of its address, also the name it authenticates with.
    user: String,
    /// Whose it is.
    name: String,
    /// Whether it may register.
    admitted: bool,
    /// Why it must not: `blocked`, `expired`, `seats-exceeded` and so on.
    withheld: Option<String>,
    /// Its password, where passwords were asked for in the clear.
    password: Option<String>,
    /// `MD5(user:realm:password)`, where hashes were asked for.
    ha1: Option<String>,
    /// `MD5(user@realm:realm:password)`, where hashes were asked for.
    ha1b: Option<String>,
    /// Whether it has a voicemail box.
    voicemail: bool,
    /// How many calls it carries at once; of a trunk.
    channels: Option<u32>,
    /// The public numbers that reach it.
    dids: Vec<String>,
    /// The revision of its last change.
    revision: i64,
}

impl AccountShown {
    fn of(account: &Account, realm: &SipDomain, plain: bool) -> Self {
        let (admitted, withheld) = judged(Some(account.admission));
        let password = account.password.as_ref();
        let hashed = password.filter(|_| !plain);
        let (user, realm) = (account.user.as_str(), realm.as_str());
        Self {
            service: account.service.to_string(),
            kind: account.kind.as_str().to_owned(),
            user: user.to_owned(),
            name: account.name.to_string(),
            admitted: admitted == Some(true),
            withheld,
            password: password.filter(|_| plain).map(|password| password.expose().to_owned()),
            ha1: hashed.map(|password| ha1(user, realm, password).expose().to_owned()),
            ha1b: hashed.map(|password| ha1b(user, realm, password).expose().to_owned()),
            voicemail: account.voicemail,
            channels: account.channels,
            dids: account.dids.iter().map(ToString::to_string).collect(),
            revision: account.revision,
        }
    }
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let wrong = || Problem::mistake("query", "since", "is a revision: a whole number from 0 on");
    let whole = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|revision| digits && *revision <= 9_007_199_254_740_991)
    };
    let since = call.text("since").map(|text| whole(text).ok_or_else(wrong)).transpose()?;
    let plain = match call.text("form") {
        None | Some("ha1") => false,
        Some("plain") => true,
        Some(_) => return Err(Problem::mistake("query", "form", "is plain or ha1")),
    };
    let slug = if call.path.contains_key("tenant") {
        call.path("tenant")?
    } else {
        call.actions.own_tenant().await?
    };
    let accounts: Accounts = call.actions.accounts(&slug, since).await?;
    let shown = accounts.accounts.iter().map(|account| AccountShown::of(account, &accounts.domain, plain));
    Ok(Answer::of(&CredentialsShown {
        realm: accounts.domain.to_string(),
        as_of: accounts.as_of,
        complete: accounts.complete,
        next_change_at: accounts.next_change_at.map(|time| time.to_string()),
        accounts: shown.collect(),
        removed: accounts.removed.iter().map(ToString::to_string).collect(),
    }))
}
