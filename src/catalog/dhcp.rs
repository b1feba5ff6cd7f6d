//! What a vendor's phones say of themselves and read when they ask a DHCP server.

use std::collections::BTreeSet;

/// How a vendor's phones find the provisioning URL in the answer of a DHCP server.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DhcpRule {
    /// What the vendor class (option 60) of its phones begins with; one of these.
    pub class: Vec<String>,
    /// The options in which they read the URL as text.
    pub options: Vec<u8>,
    /// The sub-option of the vendor-specific information (option 43) in which they read the URL too, ended by a zero
    /// byte. What stands there comes before what stands in an option of its own.
    pub encapsulated: Option<u8>,
}

impl DhcpRule {
    /// The options whose meaning is no text, or that a server fills in by itself.
    const NO_TEXT: [u8; 12] = [0, 1, 3, 6, 42, 43, 50, 51, 53, 54, 150, 255];

    /// What the rule says wrong.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.class.is_empty() {
            found.push("dhcp: class is empty, so no phone would be known".to_owned());
        }
        if self.options.is_empty() && self.encapsulated.is_none() {
            found.push("dhcp: there is no option in which a phone reads the URL".to_owned());
        }
        let printable = |text: &str| text.chars().all(|one| one == ' ' || one.is_ascii_graphic());
        for class in self.class.iter().filter(|class| class.trim() != **class || !printable(class)) {
            found.push(format!("dhcp: the class {class:?} is more than visible ASCII"));
        }
        if self.class.iter().any(String::is_empty) {
            found.push("dhcp: an empty class would be every device's".to_owned());
        }
        for option in self.options.iter().filter(|option| Self::NO_TEXT.contains(option)) {
            found.push(format!("dhcp: option {option} cannot hold a URL"));
        }
        let distinct: BTreeSet<_> = self.options.iter().collect();
        if distinct.len() < self.options.len() {
            found.push("dhcp: an option stands twice".to_owned());
        }
        if let Some(code @ (0 | 255)) = self.encapsulated {
            found.push(format!("dhcp: there is no sub-option {code}"));
        }
        found
    }
}
