//! People who sign in: their names, what differs from their role, from where they may come, and the rule for passwords.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Component, Level, Rights, Role, Secret, UnknownWord};

/// The name with which a person signs in, the same in the audit: 2 to 64 of `a-z 0-9 . _ - @`, from a letter or digit to one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct UserName(String);

/// The text is no user's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no user's name: 2 to 64 lower-case letters, digits and . _ - @, beginning and ending with a letter or digit"
)]
pub struct WrongUserName(String);

impl UserName {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, WrongUserName> {
        let solid = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = text.as_bytes();
        let fits = (2..=64).contains(&bytes.len())
            && bytes.iter().all(|byte| solid(byte) || b"._-@".contains(byte))
            && bytes.first().is_some_and(solid)
            && bytes.last().is_some_and(solid);
        if fits { Ok(Self(text.to_owned())) } else { Err(WrongUserName(text.chars().take(70).collect())) }
    }

    /// A name read back from the store.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for UserName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for UserName {
    type Err = WrongUserName;

    fn from_str(text: &str) -> Result<Self, WrongUserName> {
        Self::parse(text)
    }
}

/// Where a user may do more or less than the role says. Text: `audit:view devices:none`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exceptions(Vec<(Component, Level)>);

impl Exceptions {
    /// What a user of this role may do with them.
    #[must_use]
    pub fn applied_to(&self, role: Role) -> Rights {
        self.0.iter().fold(role.rights(), |rights, (component, level)| rights.with(*component, *level))
    }
}

impl std::fmt::Display for Exceptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<_> =
            self.0.iter().map(|(component, level)| format!("{component}:{}", level.as_str())).collect();
        f.write_str(&texts.join(" "))
    }
}

impl std::str::FromStr for Exceptions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut found: Vec<(Component, Level)> = Vec::new();
        for part in text.split([' ', ',']).filter(|part| !part.is_empty()) {
            let (component, level) = part.split_once(':').ok_or_else(|| {
                format!("\"{part}\" is no exception; one is written like \"audit:view\" or \"devices:none\"")
            })?;
            let component: Component = component.parse().map_err(|wrong: UnknownWord| wrong.to_string())?;
            let level = level.parse().map_err(|wrong: UnknownWord| wrong.to_string())?;
            if found.iter().any(|(known, _)| *known == component) {
                return Err(format!("{component} is named twice"));
            }
            found.push((component, level));
        }
        found.sort_unstable();
        Ok(Self(found))
    }
}

/// A network from which a user may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignInNetwork(IpNet);

impl SignInNetwork {
    /// Reads a network; an address alone is the network of this one host.
    pub fn parse(text: &str) -> Result<Self, String> {
        let host = || text.parse::<IpAddr>().map(IpNet::from);
        let network: IpNet = text.parse().or_else(|_| host()).map_err(|_| {
            let shown: String = text.chars().take(60).collect();
            format!("\"{shown}\" is no network, written like 10.1.0.0/16 or 2001:db8::/48")
        })?;
        if network.prefix_len() == 0 {
            return Err(format!("{network} is everybody; without networks a user may sign in from anywhere"));
        }
        if network.trunc() != network {
            return Err(format!(
                "{network} is an address inside a network; the network is {}",
                network.trunc()
            ));
        }
        Ok(Self(network))
    }

    /// Whether the address lies in it. An IPv4 address that came over an IPv6 socket is an IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl std::fmt::Display for SignInNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for SignInNetwork {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

/// Why a password cannot be a user's; it shows nothing of the password but its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongUserPassword {
    /// Too short or too long.
    #[error("a password has {SHORTEST} to {LONGEST} characters; this has {0}")]
    Length(usize),
    /// A key that nobody can type again.
    #[error("a password holds no control characters")]
    Control,
    /// Nothing but the same few characters.
    #[error("a password has at least 5 different characters")]
    Monotonous,
    /// What everybody guesses first.
    #[error("a password does not hold the user's name")]
    HoldsName,
}

const SHORTEST: usize = 12;
const LONGEST: usize = 128;

impl Secret {
    /// A password with which the user `name` signs in: long rather than odd (NIST SP 800-63B §3.1.1.2 asks for no mixture
    /// of kinds of characters).
    pub fn parse_user_password(text: &str, name: &UserName) -> Result<Self, WrongUserPassword> {
        let length = text.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) {
            return Err(WrongUserPassword::Length(length));
        }
        if text.chars().any(char::is_control) {
            return Err(WrongUserPassword::Control);
        }
        let different: std::collections::BTreeSet<char> = text.chars().collect();
        if different.len() < 5 {
            return Err(WrongUserPassword::Monotonous);
        }
        if name.as_str().len() > 3 && text.to_lowercase().contains(name.as_str()) {
            return Err(WrongUserPassword::HoldsName);
        }
        Ok(Self::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_can_be_typed_anywhere() {
        for name in ["ann", "ann.lee", "7up", "ann@example.org", "a-b_c"] {
            assert_eq!(UserName::parse(name).unwrap().as_str(), name);
        }
        for name in ["", "a", "Ann", "ann ", "-ann", "ann.", "zoë", &"x".repeat(65)] {
            assert!(UserName::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn exceptions_change_a_role_in_both_directions() {
        let exceptions: Exceptions = "devices:none, audit:view".parse().unwrap();
        assert_eq!(exceptions.to_string(), "devices:none audit:view");
        let rights = exceptions.applied_to(Role::PhoneManager);
        assert_eq!(
            (rights.level(Component::Devices), rights.level(Component::Audit)),
            (Level::None, Level::View)
        );
        assert_eq!(rights.level(Component::Settings), Level::Change);
        assert!("audit:view audit:none".parse::<Exceptions>().unwrap_err().contains("twice"));
        assert!("audit".parse::<Exceptions>().is_err());
    }

    #[test]
    fn a_network_holds_its_addresses_however_they_came() {
        let network = SignInNetwork::parse("10.1.0.0/16").unwrap();
        assert!(network.contains("10.1.2.3".parse().unwrap()));
        assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!network.contains("10.2.0.1".parse().unwrap()));
        for text in ["0.0.0.0/0", "10.1.2.3/8", "lan", ""] {
            assert!(SignInNetwork::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_is_long_and_not_the_name() {
        let name = UserName::parse("annlee").unwrap();
        let parse = |text: &str| Secret::parse_user_password(text, &name).map(drop);
        assert_eq!(parse("correct horse battery"), Ok(()));
        assert_eq!(parse("short"), Err(WrongUserPassword::Length(5)));
        assert_eq!(parse("aaaaaaaabbbbbbbb"), Err(WrongUserPassword::Monotonous));
        assert_eq!(parse("AnnLee-is-my-name"), Err(WrongUserPassword::HoldsName));
        assert_eq!(parse("tab\tin the middle"), Err(WrongUserPassword::Control));
    }
}
