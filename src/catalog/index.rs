//! Building the recognizer: every path written out, every pattern compiled, every ambiguity a mistake of the packs.

use std::collections::{BTreeSet, HashMap};

use regex::{Regex, RegexSet};

use super::parse::Places;
use super::recognize::{Candidate, MAC, Recognizer};
use super::{FileId, LoadError, Manifest, Model};

/// A provisioning URL stays under 120 characters; this is what scheme, slashes and scope leave for name and path.
const LONGEST_PATH: usize = 120 - "https:///p//".len() - crate::domain::Scope::LENGTH;

/// A manifest that was read, with where its entries stand.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) folder: String,
    pub(super) manifest: Manifest,
    pub(super) places: Places,
}

impl Read {
    pub(super) fn mistake(&self, line: Option<usize>, rule: String) -> LoadError {
        LoadError { file: format!("{}/vendor.toml", self.folder), line, column: None, rule }
    }

    fn file_line(&self, index: usize) -> Option<usize> {
        self.places.file.get(index).copied()
    }
}

/// Builds the recognizer; `models` are the models of all packs.
pub(super) fn build(packs: &[Read], models: &[Model], mistakes: &mut Vec<LoadError>) -> Recognizer {
    let mut paths: HashMap<String, Vec<Candidate>> = HashMap::new();
    for (index, pack) in packs.iter().enumerate() {
        write_out(index, pack, models, &mut paths, mistakes);
    }
    shared_paths(packs, &paths, mistakes);
    let patterns = patterns(packs, mistakes);
    let agents =
        RegexSet::new(patterns.iter().map(|(_, pattern)| pattern.as_str())).unwrap_or_else(|error| {
            mistakes.extend(
                packs.first().map(|pack| pack.mistake(None, format!("the patterns are too large: {error}"))),
            );
            RegexSet::empty()
        });
    Recognizer {
        paths,
        agents,
        patterns,
        written: written(packs, models, mistakes),
        ouis: ouis(packs, mistakes),
    }
}

/// Writes out the paths of one pack with the MAC left open.
fn write_out(
    index: usize,
    pack: &Read,
    models: &[Model],
    paths: &mut HashMap<String, Vec<Candidate>>,
    mistakes: &mut Vec<LoadError>,
) {
    let models: Vec<(usize, &Model)> =
        models.iter().enumerate().filter(|(_, model)| model.pack == index).collect();
    for (number, rule) in pack.manifest.file.iter().enumerate() {
        let line = pack.file_line(number);
        let file = FileId { pack: index, file: number };
        let open = rule.path.replace("{mac}", &MAC.to_string());
        let mut written: HashMap<String, BTreeSet<usize>> = HashMap::new();
        let coded = open.contains("{code}");
        if coded || open.contains("{model}") {
            for (model_index, model) in &models {
                // A model without a code has no path with one.
                let Some(code) = model.code.as_deref().or_else(|| (!coded).then_some("")) else { continue };
                for name in &model.written {
                    let path = open.replace("{code}", code).replace("{model}", name);
                    written.entry(path).or_default().insert(*model_index);
                }
            }
        } else {
            written.insert(open, BTreeSet::new());
        }
        for (path, models) in written {
            let length = path.chars().count() + 11 * path.matches(MAC).count();
            if length > LONGEST_PATH {
                let rule =
                    format!("the path {} has {length} characters; {LONGEST_PATH} fit a URL", rule.path);
                mistakes.push(pack.mistake(line, rule));
            }
            if path.contains(['{', '}']) || path.starts_with('/') || path.contains("//") || path.is_empty() {
                let rule = format!(
                    "the path {} is not relative, or has a placeholder other than {{mac}}, {{code}} and {{model}}",
                    rule.path
                );
                mistakes.push(pack.mistake(line, rule));
            }
            let sharing = paths.entry(path).or_default();
            if let Some(other) = sharing.iter().find(|candidate| candidate.file.pack == index) {
                let earlier = &pack.manifest.file[other.file.file].path;
                mistakes
                    .push(pack.mistake(line, format!("the path {} is also a path of {earlier}", rule.path)));
                continue;
            }
            sharing.push(Candidate { file, models });
        }
    }
}

/// Two packs may share a path only where something always tells their phones apart.
fn shared_paths(packs: &[Read], paths: &HashMap<String, Vec<Candidate>>, mistakes: &mut Vec<LoadError>) {
    for (path, candidates) in paths {
        for (position, candidate) in candidates.iter().enumerate() {
            for other in &candidates[..position] {
                let (pack, rival) = (&packs[candidate.file.pack], &packs[other.file.pack]);
                let agents = !pack.manifest.user_agent.is_empty() && !rival.manifest.user_agent.is_empty();
                let known = !pack.manifest.oui.is_empty() && !rival.manifest.oui.is_empty();
                let decided = agents || (path.contains(MAC) && known);
                if !decided {
                    let rule = format!(
                        "the path {} is also one of {}, and neither User-Agent nor OUI decides between them",
                        pack.manifest.file[candidate.file.file].path, rival.manifest.name
                    );
                    mistakes.push(pack.mistake(pack.file_line(candidate.file.file), rule));
                }
            }
        }
    }
}

fn patterns(packs: &[Read], mistakes: &mut Vec<LoadError>) -> Vec<(usize, Regex)> {
    let mut patterns = Vec::new();
    for (index, pack) in packs.iter().enumerate() {
        for (number, rule) in pack.manifest.user_agent.iter().enumerate() {
            let line = pack.places.user_agent.get(number).copied();
            match Regex::new(&rule.pattern) {
                Ok(pattern) => {
                    let groups: Vec<&str> = pattern.capture_names().flatten().collect();
                    for group in groups.iter().filter(|group| !["model", "firmware", "mac"].contains(*group))
                    {
                        let rule =
                            format!("the pattern's group \"{group}\" is none of model, firmware and mac");
                        mistakes.push(pack.mistake(line, rule));
                    }
                    patterns.push((index, pattern));
                }
                Err(error) => {
                    let error = error.to_string();
                    let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    mistakes.push(pack.mistake(line, format!("{reason} in the pattern {}", rule.pattern)));
                }
            }
        }
    }
    patterns
}

fn written(packs: &[Read], models: &[Model], mistakes: &mut Vec<LoadError>) -> Vec<HashMap<String, usize>> {
    let mut written = vec![HashMap::new(); packs.len()];
    for (index, model) in models.iter().enumerate() {
        for name in &model.written {
            if let Some(earlier) = written[model.pack].insert(name.clone(), index) {
                let pack = &packs[model.pack];
                let rule = format!("{} is written \"{name}\", as is {}", model.name, models[earlier].name);
                mistakes.push(pack.mistake(pack.places.model.get(model.index).copied(), rule));
            }
        }
    }
    written
}

fn ouis(packs: &[Read], mistakes: &mut Vec<LoadError>) -> HashMap<[u8; 3], Vec<usize>> {
    let mut ouis: HashMap<[u8; 3], Vec<usize>> = HashMap::new();
    for (index, pack) in packs.iter().enumerate() {
        for oui in &pack.manifest.oui {
            let bytes = data_encoding::HEXLOWER.decode(oui.as_bytes()).ok();
            match bytes.and_then(|bytes| <[u8; 3]>::try_from(bytes).ok()) {
                Some(bytes) => ouis.entry(bytes).or_default().push(index),
                None => {
                    mistakes
                        .push(pack.mistake(None, format!("oui \"{oui}\" is not 6 lower-case hex digits")));
                }
            }
        }
    }
    ouis
}
