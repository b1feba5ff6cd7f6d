//! How a vendor's phones are asked by SIP to fetch their files again.

/// How a vendor's phones are asked to fetch their files again.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSync {
    /// The value of the field `Event` of the NOTIFY that has them fetch, and restart only where something that they
    /// fetched needs it; none where they cannot be asked.
    pub event: Option<String>,
    /// The same for a phone that is to restart in any case.
    pub restart: Option<String>,
    /// The UDP port where they listen.
    #[serde(default = "usual_port")]
    pub port: u16,
    /// Why they cannot be asked, in words for the administrator.
    pub cannot: Option<String>,
}

const fn usual_port() -> u16 {
    5060
}

impl CheckSync {
    /// What the rule says wrong.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.event.is_some() == self.cannot.is_some() {
            found
                .push("check_sync: either an event asks its phones, or cannot says why none does".to_owned());
        }
        if self.restart.is_some() && self.event.is_none() {
            found.push("check_sync: restart needs an event".to_owned());
        }
        if self.port == 0 {
            found.push("check_sync: no phone listens at port 0".to_owned());
        }
        let printable = |text: &str| !text.is_empty() && text.chars().all(|one| one.is_ascii_graphic());
        for event in [&self.event, &self.restart].into_iter().flatten().filter(|event| !printable(event)) {
            found.push(format!("check_sync: the event {event:?} is more than visible ASCII"));
        }
        found
    }
}
