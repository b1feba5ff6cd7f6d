//! Things to choose from in a form: few, found by what was typed so far.

use super::{AccessError, Actions};
use crate::domain::{Component, Mac, PlainText, TenantSlug};

/// How many choices are shown at once.
const CHOICES: i64 = 20;

impl Actions {
    /// Devices to choose from: those whose MAC or name holds the text, or the first ones.
    pub async fn devices_to_choose(
        &self,
        slug: &TenantSlug,
        search: Option<&str>,
    ) -> Result<Vec<(Mac, PlainText)>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Devices).await?;
        let Some(search) = search else { return Ok(session.device_names(&tenant.id, CHOICES).await?) };
        let search = search.to_lowercase();
        let digits: String = search.chars().filter(char::is_ascii_hexdigit).collect();
        let of_mac = search.chars().all(|letter| letter.is_ascii_hexdigit() || ":-. ".contains(letter));
        let mut found = session.device_names(&tenant.id, i64::MAX).await?;
        found.retain(|(mac, name)| {
            (of_mac && mac.to_string().contains(&digits)) || name.as_str().to_lowercase().contains(&search)
        });
        found.truncate(usize::try_from(CHOICES).unwrap_or(usize::MAX));
        Ok(found)
    }
}
