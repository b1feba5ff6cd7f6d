//! What one request shows of a phone, from its path and User-Agent alone.
//!
//! Every path that a phone can ask for is written out when the packs are loaded, with codes and models filled in and
//! only the MAC left open; recognizing a path is then one or a few look-ups, however many packs there are.

use std::collections::{BTreeSet, HashMap};

use regex::{Regex, RegexSet};

use super::pack::{FileId, Nature};
use super::{Catalog, Model};
use crate::domain::Mac;

/// Longer paths and User-Agents are nobody's.
const LONGEST: usize = 512;
/// Stands for the MAC in a written-out path; no request's path can hold it and be recognized.
pub(super) const MAC: char = '\0';
/// A path with more runs of hex digits that are long enough for a MAC is nobody's.
const MOST_RUNS: usize = 4;

/// What a request shows of a phone.
#[derive(Clone, Debug)]
pub struct Sighting<'c> {
    /// The vendor of the wanted file.
    pub vendor: &'c str,
    /// The model: from the User-Agent, else from the path where it is the path of one model only.
    pub model: Option<&'c Model>,
    /// The firmware that the User-Agent names.
    pub firmware: Option<String>,
    /// The MAC in the path.
    pub mac_in_path: Option<Mac>,
    /// The MAC in the User-Agent.
    pub mac_in_user_agent: Option<Mac>,
    /// The wanted file.
    pub file: FileId,
    /// Its nature.
    pub nature: Nature,
    /// The models whose file it is, where the path names one: a common file is made for these.
    pub file_models: Vec<&'c Model>,
}

/// What the User-Agent alone shows of a phone.
#[derive(Clone, Debug, Default)]
pub struct Shown<'c> {
    /// Its vendor.
    pub vendor: Option<&'c str>,
    /// Its model, when its vendor's pack lists it.
    pub model: Option<&'c Model>,
    /// The model as the User-Agent writes it.
    pub written_model: Option<String>,
    /// Its firmware.
    pub firmware: Option<String>,
    /// Its MAC.
    pub mac: Option<Mac>,
}

/// What a path and a User-Agent mean together.
#[derive(Clone, Debug)]
pub enum Recognition<'c> {
    /// A file of a pack.
    Recognized(Box<Sighting<'c>>),
    /// A file of one vendor, asked for by a phone of another.
    Disagreement {
        /// The vendors that have such a file.
        file_vendors: Vec<&'c str>,
        /// What the User-Agent shows.
        shown: Shown<'c>,
    },
    /// No pack's file, or a file of several packs and nothing that decides between them.
    Unrecognized(Shown<'c>),
}

/// A file that a written-out path may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) file: FileId,
    /// The models whose path it is; empty when the path names none.
    pub(super) models: BTreeSet<usize>,
}

/// Everything that recognizing needs, built once per catalog.
#[derive(Debug)]
pub(super) struct Recognizer {
    pub(super) paths: HashMap<String, Vec<Candidate>>,
    /// All User-Agent patterns at once, and each with its pack.
    pub(super) agents: RegexSet,
    pub(super) patterns: Vec<(usize, Regex)>,
    /// Per pack: models by what their User-Agent writes.
    pub(super) written: Vec<HashMap<String, usize>>,
    pub(super) ouis: HashMap<[u8; 3], Vec<usize>>,
}

impl Catalog {
    /// Recognizes a request.
    ///
    /// `path` is what stands behind the scope: percent-decoded, `//` collapsed, without a leading slash. Letter case
    /// counts, except in the MAC. Any input is fine and costs little.
    #[must_use]
    pub fn recognize(&self, path: &str, user_agent: Option<&str>) -> Recognition<'_> {
        let (agent, shown) = self.shown(user_agent);
        let Some((candidates, mac)) = self.recognizer.candidates(path) else {
            return Recognition::Unrecognized(shown);
        };
        let of_vendor = |pack: usize| candidates.iter().find(|candidate| candidate.file.pack == pack);
        let candidate = match (agent, candidates) {
            (Some(pack), _) => of_vendor(pack),
            (None, [only]) => Some(only),
            (None, _) => mac.and_then(|mac| self.recognizer.vendor_of(mac)).and_then(of_vendor),
        };
        match candidate {
            Some(candidate) => Recognition::Recognized(Box::new(self.sighting(candidate, mac, shown))),
            None if agent.is_some() => {
                let vendor = |candidate: &Candidate| self.packs[candidate.file.pack].manifest.name.as_str();
                Recognition::Disagreement { file_vendors: candidates.iter().map(vendor).collect(), shown }
            }
            None => Recognition::Unrecognized(shown),
        }
    }

    /// The vendors whose patterns match a User-Agent; more than one is a mistake of the packs.
    pub(super) fn vendors_of_agent(&self, user_agent: &str) -> BTreeSet<&str> {
        let matches = self.recognizer.agents.matches(user_agent);
        let vendor = |index: usize| self.packs[self.recognizer.patterns[index].0].manifest.name.as_str();
        matches.iter().map(vendor).collect()
    }

    fn sighting<'c>(&'c self, candidate: &Candidate, mac: Option<Mac>, shown: Shown<'c>) -> Sighting<'c> {
        let pack = &self.packs[candidate.file.pack];
        let file_models: Vec<&Model> = candidate.models.iter().map(|index| &self.models[*index]).collect();
        let in_path = match file_models.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        Sighting {
            vendor: &pack.manifest.name,
            model: shown.model.or(in_path),
            firmware: shown.firmware,
            mac_in_path: mac,
            mac_in_user_agent: shown.mac,
            file: candidate.file,
            nature: Nature::of(&pack.manifest.file[candidate.file.file]),
            file_models,
        }
    }

    /// The pack that a User-Agent belongs to, and what it shows.
    pub(super) fn shown(&self, user_agent: Option<&str>) -> (Option<usize>, Shown<'_>) {
        let nothing = (None, Shown::default());
        let Some(text) = user_agent.filter(|text| text.len() <= LONGEST) else { return nothing };
        let Some(first) = self.recognizer.agents.matches(text).iter().next() else { return nothing };
        let (pack, pattern) = &self.recognizer.patterns[first];
        let Some(groups) = pattern.captures(text) else { return nothing };
        let group = |name| groups.name(name).map(|found| found.as_str()).filter(|text| !text.is_empty());
        let written = &self.recognizer.written[*pack];
        let shown = Shown {
            vendor: Some(&self.packs[*pack].manifest.name),
            model: group("model").and_then(|model| written.get(model)).map(|index| &self.models[*index]),
            written_model: group("model").map(str::to_owned),
            firmware: group("firmware").map(str::to_owned),
            mac: group("mac").and_then(|mac| Mac::parse(mac).ok()),
        };
        (Some(*pack), shown)
    }
}

impl Recognizer {
    /// The files that a path may mean, never empty, and the MAC in it.
    fn candidates(&self, path: &str) -> Option<(&[Candidate], Option<Mac>)> {
        if path.len() > LONGEST || path.contains(MAC) {
            return None;
        }
        if let Some(candidates) = self.paths.get(path) {
            return Some((candidates, None));
        }
        macs(path).into_iter().find_map(|start| {
            let mac = &path[start..start + 12];
            let candidates = self.paths.get(&without_mac(path, mac))?;
            Some((candidates.as_slice(), Some(Mac::parse(mac).ok()?)))
        })
    }

    /// The one pack whose phones have such a MAC.
    pub(super) fn vendor_of(&self, mac: Mac) -> Option<usize> {
        let [a, b, c, ..] = mac.bytes();
        match self.ouis.get(&[a, b, c])?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// Where a MAC may stand: at the start and at the end of each long enough run of hex digits.
fn macs(path: &str) -> Vec<usize> {
    let bytes = path.as_bytes();
    let (mut found, mut runs, mut start) = (Vec::new(), 0, 0);
    while start < bytes.len() && runs < MOST_RUNS {
        let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if length >= 12 {
            runs += 1;
            found.push(start);
            if length > 12 {
                found.push(start + length - 12);
            }
        }
        start += length + 1;
    }
    found
}

/// The path with every occurrence of the MAC, in any case, left open.
fn without_mac(path: &str, mac: &str) -> String {
    let mut open = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) =
        rest.as_bytes().windows(12).position(|window| window.eq_ignore_ascii_case(mac.as_bytes()))
    {
        open.push_str(&rest[..at]);
        open.push(MAC);
        rest = &rest[at + 12..];
    }
    open.push_str(rest);
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_is_found_at_either_end_of_a_run_and_everywhere_it_stands() {
        assert_eq!(macs("cfg000b82aabbcc.xml"), [3]);
        assert_eq!(macs("spa00562b043615.xml"), [2, 3]);
        assert_eq!(macs("001565aabbc.cfg"), [] as [usize; 0]);
        assert_eq!(without_mac("001565aabbcc/001565AABBCC.cfg", "001565aabbcc"), "\0/\0.cfg");
        assert_eq!(macs("é001565aabbccé"), [2]);
    }
}
