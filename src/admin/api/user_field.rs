//! Fields of requests about users, and texts that no answer and no log repeats.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use super::field::{Field, field};
use crate::domain::{Exceptions, Role, Secret, SessionId, SignInNetwork, UserName};

field!(
    UserName,
    "UserName",
    GivenUserName,
    "^[a-z0-9][a-z0-9._@-]{0,62}[a-z0-9]$",
    "The name with which a user signs in.",
    "ann",
    Self::parse
);
field!(
    Role,
    "Role",
    GivenRole,
    "^(operator|administrator|phone-manager|read-only)$",
    "What a user is.",
    "administrator",
    str::parse::<Self>
);
field!(
    Exceptions,
    "Exceptions",
    GivenExceptions,
    "^([a-z]+:(none|view|change)( [a-z]+:(none|view|change)){0,10})?$",
    "Where a user may do more or less than the role says, separated by spaces.",
    "audit:none devices:view",
    str::parse::<Self>, exact: false);
field!(
    SignInNetwork,
    "SignInNetwork",
    GivenSignInNetwork,
    r"^[0-9a-fA-F.:]{2,45}(/[0-9]{1,3})?$",
    "A network from which a user may sign in.",
    "10.1.0.0/16",
    Self::parse, exact: false);

impl Field for SessionId {
    const NAME: &'static str = "SessionId";
    const PATTERN: &'static str = "^[0-9a-hjkmnp-tv-z]{16}$";
    const ABOUT: (&'static str, &'static str) = ("A session's id.", "0123456789abcdef");

    fn parse(text: &str) -> Result<Self, String> {
        let well_formed = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if well_formed { Ok(Self::stored(text)) } else { Err("is no session's id".to_owned()) }
    }
}

/// A password, a code or a link: any text, which is repeated nowhere, not even where it is of a wrong type.
#[derive(Debug)]
pub(super) struct Hidden(pub(super) Secret);

impl<'de> serde::Deserialize<'de> for Hidden {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Ok(Self(Secret::new(text))),
            _ => Err(serde::de::Error::custom("is no text")),
        }
    }
}

impl PartialSchema for Hidden {
    fn schema() -> RefOr<Schema> {
        let about = "A secret text; no answer repeats it.";
        let object = ObjectBuilder::new().schema_type(Type::String).description(Some(about)).build();
        RefOr::T(object.into())
    }
}

impl ToSchema for Hidden {
    fn name() -> std::borrow::Cow<'static, str> {
        "Hidden".into()
    }
}
