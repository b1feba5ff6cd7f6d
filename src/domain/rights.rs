//! Who may what: components of the product, and for each whether one may see it or change it.

use std::collections::BTreeMap;

/// A part of the product that rights are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// Tenants, their names, domains and provisioning URLs.
    Tenants,
    /// Licenses, and who keeps a seat.
    Licenses,
    /// Extensions and their plans.
    Extensions,
    /// Auto-attendants.
    Attendants,
    /// SIP trunks.
    Trunks,
    /// DID numbers.
    Dids,
    /// Devices, their lines and keys.
    Devices,
    /// Settings and profiles.
    Settings,
    /// SIP passwords in the clear, and what a PBX is fed with.
    Credentials,
    /// Users and API tokens.
    Users,
    /// Who did what.
    Audit,
}

impl Component {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Tenants,
        Self::Licenses,
        Self::Extensions,
        Self::Attendants,
        Self::Trunks,
        Self::Dids,
        Self::Devices,
        Self::Settings,
        Self::Credentials,
        Self::Users,
        Self::Audit,
    ];

    /// Its word, as it stands in tokens and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenants => "tenants",
            Self::Licenses => "licenses",
            Self::Extensions => "extensions",
            Self::Attendants => "attendants",
            Self::Trunks => "trunks",
            Self::Dids => "dids",
            Self::Devices => "devices",
            Self::Settings => "settings",
            Self::Credentials => "credentials",
            Self::Users => "users",
            Self::Audit => "audit",
        }
    }
}

impl std::fmt::Display for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much one may do with a component; each holds what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing.
    None,
    /// See it.
    View,
    /// See and change it.
    Change,
}

impl Level {
    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::View => "view",
            Self::Change => "change",
        }
    }
}

/// What a user is, which says what the user may do unless it is said for a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs the installation for all tenants.
    Operator,
    /// Runs one tenant.
    Administrator,
    /// Looks after one tenant's phones.
    PhoneManager,
    /// Sees what one tenant has.
    ReadOnly,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Operator, Self::Administrator, Self::PhoneManager, Self::ReadOnly];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Administrator => "administrator",
            Self::PhoneManager => "phone-manager",
            Self::ReadOnly => "read-only",
        }
    }

    /// What it may do.
    #[must_use]
    pub fn rights(self) -> Rights {
        Rights::of(|component| match (self, component) {
            (Self::Operator, _) => Level::Change,
            // the license is the operator's, and so is what makes a tenant
            (Self::Administrator, Component::Tenants) => Level::View,
            (Self::Administrator, _) | (Self::PhoneManager, Component::Devices | Component::Settings) => {
                Level::Change
            }
            (_, Component::Credentials | Component::Users | Component::Audit) => Level::None,
            (Self::PhoneManager | Self::ReadOnly, _) => Level::View,
        })
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no word of a fixed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no {what}; there is {}", choices.join(", "))]
pub struct UnknownWord {
    text: String,
    what: &'static str,
    choices: Vec<&'static str>,
}

pub(super) fn word<T: Copy>(
    what: &'static str,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
    text: &str,
) -> Result<T, UnknownWord> {
    let found = all.iter().copied().find(|one| as_str(*one) == text);
    found.ok_or_else(|| UnknownWord {
        text: text.chars().take(40).collect(),
        what,
        choices: all.iter().map(|one| as_str(*one)).collect(),
    })
}

impl std::str::FromStr for Component {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        word("component", &Self::ALL, Self::as_str, text)
    }
}

impl std::str::FromStr for Level {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        word("level", &[Self::None, Self::View, Self::Change], Self::as_str, text)
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        word("role", &Self::ALL, Self::as_str, text)
    }
}

/// For each component how much one may do with it. Text: `devices:change extensions:view`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights(BTreeMap<Component, Level>);

impl Rights {
    /// Says it for each component.
    pub fn of(level: impl Fn(Component) -> Level) -> Self {
        Self(Component::ALL.into_iter().map(|component| (component, level(component))).collect())
    }

    /// How much one may do with the component.
    #[must_use]
    pub fn level(&self, component: Component) -> Level {
        self.0.get(&component).copied().unwrap_or(Level::None)
    }

    /// These, but `level` for one component.
    #[must_use]
    pub fn with(mut self, component: Component, level: Level) -> Self {
        self.0.insert(component, level);
        self
    }

    /// What both allow.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self::of(|component| self.level(component).min(other.level(component)))
    }

    /// The first component for which these allow more than `other`.
    #[must_use]
    pub fn beyond(&self, other: &Self) -> Option<Component> {
        Component::ALL.into_iter().find(|component| self.level(*component) > other.level(*component))
    }

    /// Each component with its level.
    pub fn iter(&self) -> impl Iterator<Item = (Component, Level)> {
        self.0.iter().map(|(component, level)| (*component, *level))
    }
}

impl std::fmt::Display for Rights {
    /// Those that are something, separated by spaces.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let some = self.iter().filter(|(_, level)| *level > Level::None);
        let texts: Vec<_> =
            some.map(|(component, level)| format!("{component}:{}", level.as_str())).collect();
        f.write_str(&texts.join(" "))
    }
}

impl std::str::FromStr for Rights {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rights = Self::of(|_| Level::None);
        for part in text.split([' ', ',']).filter(|part| !part.is_empty()) {
            let (component, level) = part.split_once(':').ok_or_else(|| {
                format!(
                    "\"{part}\" is no right; one is written like \"devices:change\" or \"extensions:view\""
                )
            })?;
            let component = component.parse().map_err(|wrong: UnknownWord| wrong.to_string())?;
            rights = rights.with(component, level.parse().map_err(|wrong: UnknownWord| wrong.to_string())?);
        }
        Ok(rights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_read_back_as_written() {
        let written = "devices:change extensions:view";
        let rights: Rights = "extensions:view, devices:change".parse().unwrap();
        assert_eq!(rights.level(Component::Devices), Level::Change);
        assert_eq!(rights.to_string().parse::<Rights>().unwrap(), rights);
        assert_eq!(rights, written.parse().unwrap());
        assert!("devices".parse::<Rights>().unwrap_err().contains("devices:change"));
        assert!("device:view".parse::<Rights>().unwrap_err().contains("there is tenants, licenses"));
    }

    #[test]
    fn no_role_of_a_tenant_goes_beyond_the_operator_and_readers_change_nothing() {
        let operator = Role::Operator.rights();
        for role in Role::ALL {
            assert_eq!(role.rights().beyond(&operator), None, "{role}");
        }
        assert!(Role::ReadOnly.rights().iter().all(|(_, level)| level < Level::Change));
        assert_eq!(
            Role::Administrator.rights().beyond(&Role::PhoneManager.rights()),
            Some(Component::Licenses)
        );
        assert_eq!(Role::PhoneManager.rights().level(Component::Credentials), Level::None);
    }
}
