//! What a phone shows that asks for no file, but for where its files are: by its MAC, its User-Agent and its own words.

use super::recognize::Shown;
use super::{Catalog, Model};
use crate::domain::Mac;

/// The User-Agent is of one vendor, the MAC of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the User-Agent and the MAC are of two vendors")]
pub struct TwoVendors;

impl Catalog {
    /// What is known of a phone that claims to be `model` with `firmware`.
    ///
    /// Its vendor is told by User-Agent and MAC only: phones call themselves `OEM` there. Its model is one of that
    /// vendor's, however the vendor writes it.
    pub fn recognize_subscriber(
        &self,
        mac: Option<Mac>,
        user_agent: Option<&str>,
        model: Option<&str>,
        firmware: Option<&str>,
    ) -> Result<Shown<'_>, TwoVendors> {
        let (by_agent, mut shown) = self.shown(user_agent);
        let by_mac = mac.and_then(|mac| self.recognizer.vendor_of(mac));
        if by_agent.is_some_and(|agent| by_mac.is_some_and(|mac| mac != agent)) {
            return Err(TwoVendors);
        }
        if let Some(pack) = by_agent.or(by_mac) {
            let vendor = &self.packs[pack].manifest.name;
            shown.vendor = Some(vendor);
            shown.model = shown.model.or_else(|| self.model_written(pack, vendor, model?));
        }
        shown.written_model = shown.written_model.or_else(|| model.map(str::to_owned));
        shown.firmware = shown.firmware.or_else(|| firmware.map(str::to_owned));
        Ok(shown)
    }

    /// The vendor's model of this name, which the phone may write with the vendor's before it.
    fn model_written(&self, pack: usize, vendor: &str, text: &str) -> Option<&Model> {
        let short = text.get(..vendor.len()).filter(|start| start.eq_ignore_ascii_case(vendor));
        let short = short.map(|start| text[start.len()..].trim_start_matches([' ', '-']));
        let written = &self.recognizer.written[pack];
        let found = [Some(text), short].into_iter().flatten().find_map(|name| written.get(name));
        found.map(|index| &self.models[*index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_is_known_by_its_mac_and_its_own_words() {
        let catalog = Catalog::embedded().unwrap();
        let known = |mac: &str, agent, model| {
            let shown =
                catalog.recognize_subscriber(Mac::parse(mac).ok(), agent, Some(model), Some("1.2.3"))?;
            Ok((shown.vendor, shown.model.map(Model::full_name), shown.firmware))
        };
        let snom = known("000413a10b1c", Some("snomD785/10.1.39.11"), "snomD785").unwrap();
        assert_eq!(snom, (Some("Snom"), Some("Snom D785".to_owned()), Some("1.2.3".to_owned())));
        let yealink = known("805ec0010203", Some("Yealink SIP-T46U 108.86.0.90"), "T46U").unwrap();
        assert_eq!(yealink.1.as_deref(), Some("Yealink SIP-T46U"));
        assert_eq!(yealink.2.as_deref(), Some("108.86.0.90"));
        assert_eq!(known("805ec0010203", None, "T46U").unwrap().1.as_deref(), Some("Yealink SIP-T46U"));
        assert_eq!(known("000413a10b1c", None, "OEM").unwrap().0, Some("Snom"));
        assert_eq!(known("00304fa99948", None, "VIP").unwrap().0, None);
        assert_eq!(known("000413a10b1c", Some("Yealink SIP-T46U 108.86.0.90"), "T46U"), Err(TwoVendors));
    }
}
