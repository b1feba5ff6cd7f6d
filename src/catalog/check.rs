//! What is tried when packs are loaded, so that nothing of it can go wrong when a phone asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::SettingName;

use super::index::Read;
use super::sample::SamplePhone;
use super::sources::Sources;
use super::{
    Catalog, CommonFacts, FileId, LoadError, Model, Nature, Recognition, RenderError, Rendered, parameters,
    parse, source,
};

/// The rules of a manifest that its shape cannot say.
pub(super) fn manifests(packs: &[Read], models: &[Model], mistakes: &mut Vec<LoadError>) {
    let mut vendors: HashMap<String, &str> = HashMap::new();
    for (index, pack) in packs.iter().enumerate() {
        let manifest = &pack.manifest;
        if let Some(other) = vendors.insert(manifest.name.to_lowercase(), &pack.folder) {
            mistakes.push(pack.mistake(None, format!("the vendor {} is also in {other}", manifest.name)));
        }
        for (number, file) in manifest.file.iter().enumerate() {
            let line = pack.places.file.get(number).copied();
            let mut refuse = |rule: &str| mistakes.push(pack.mistake(line, format!("{}: {rule}", file.path)));
            match (file.absent, &file.template) {
                (true, Some(_)) => refuse("a file that is absent has no template"),
                (false, None) => refuse("a file needs a template, or absent = true"),
                _ => {}
            }
            if file.absent && file.secret {
                refuse("a file that is absent cannot be secret");
            }
            if file.bootstrap.is_some() && !file.secret {
                refuse("a bootstrap document stands in for a secret file; this one is none");
            }
            if super::AUTHORITY_FILES.contains(&file.path.as_str()) {
                refuse("the server itself answers for files of this name");
            }
            if number == 0 && file.when == super::When::PreviousMissing {
                refuse("there is no file before the first one");
            }
        }
        let mut parts = BTreeSet::new();
        for (number, part) in manifest.part.iter().enumerate() {
            if !parts.insert(&part.name) {
                let line = pack.places.part.get(number).copied();
                mistakes.push(pack.mistake(line, format!("a part called {} stands above", part.name)));
            }
        }
        let mut names = BTreeSet::new();
        for model in models.iter().filter(|model| model.pack == index) {
            let line = pack.places.model.get(model.index).copied();
            let mut refuse =
                |rule: &str| mistakes.push(pack.mistake(line, format!("{}: {rule}", model.name)));
            if !names.insert(model.name.to_lowercase()) {
                refuse("a model of this name stands above");
            }
            if !(1..=crate::domain::LineNumber::HIGHEST).contains(&model.lines) {
                refuse("a model has 1 to 1000 lines");
            }
            if (model.modules == 0) != (model.module_keys == 0) {
                refuse("modules and module_keys belong together");
            }
            if model.keys() > 2000 {
                refuse("a model has at most 2000 keys, modules included");
            }
        }
        for rule in manifest.dhcp.iter().flat_map(super::DhcpRule::mistakes) {
            mistakes.push(pack.mistake(None, rule));
        }
        for rule in manifest.check_sync.iter().flat_map(super::CheckSync::mistakes) {
            mistakes.push(pack.mistake(None, rule));
        }
        let spelling = manifest.simulated_user_agent.as_ref().map(|simulated| simulated.mac.as_str());
        if let Some(other) = spelling.filter(|mac| !["lower", "upper", "colons"].contains(mac)) {
            let rule = format!("simulated_user_agent: mac = \"{other}\" is none of lower, upper and colons");
            mistakes.push(pack.mistake(None, rule));
        }
        for name in &manifest.not_carried {
            if let Err(unknown) = SettingName::parse(name) {
                mistakes.push(pack.mistake(None, format!("not_carried: {unknown}")));
            }
        }
        let words = manifest.words.values().flat_map(BTreeMap::values);
        for word in words.filter(|word| manifest.reserved.iter().any(|token| word.contains(token.as_str()))) {
            mistakes.push(
                pack.mistake(None, format!("the word \"{word}\" is reserved; only clear may write it")),
            );
        }
    }
}

/// The templates of one pack, by their names within it, if their sources keep the rules.
pub(super) fn templates(folder: &str, sources: &Sources) -> Result<BTreeMap<String, String>, Vec<LoadError>> {
    let (mut templates, mut mistakes) = (BTreeMap::new(), Vec::new());
    for (name, bytes) in sources.within(folder, ".j2") {
        let file = format!("{folder}/{name}");
        let Ok(text) = std::str::from_utf8(bytes) else {
            mistakes.push(LoadError { file, line: None, column: None, rule: "is not UTF-8".to_owned() });
            continue;
        };
        // A template from another system may end its lines with CR LF; documents do not.
        let text = text.replace("\r\n", "\n");
        mistakes.extend(source::mistakes(&text).into_iter().map(|mistake| LoadError {
            file: file.clone(),
            line: Some(mistake.line),
            column: Some(mistake.column),
            rule: mistake.rule,
        }));
        templates.insert(name.to_owned(), source::with_parts(&text));
    }
    if mistakes.is_empty() { Ok(templates) } else { Err(mistakes) }
}

/// What a simulated phone says must be recognized as its model, and as no other vendor's.
pub(super) fn user_agents(catalog: &Catalog, packs: &[Read], mistakes: &mut Vec<LoadError>) {
    let Some(phone) = SamplePhone::empty() else { return };
    for model in &catalog.models {
        let read = &packs[model.pack];
        let Some(simulated) = &read.manifest.simulated_user_agent else { continue };
        for written in &model.written {
            let text = simulated.text_of(written, model.hardware.as_deref(), phone.mac());
            let shown = match catalog.recognize("", Some(&text)) {
                Recognition::Recognized(_) => None,
                Recognition::Disagreement { shown, .. } | Recognition::Unrecognized(shown) => shown.model,
            };
            let vendors = catalog.vendors_of_agent(&text);
            if shown.is_none_or(|shown| shown.full_name() != model.full_name()) || vendors.len() > 1 {
                let found = shown.map_or_else(|| "no model".to_owned(), Model::full_name);
                let vendors: Vec<&str> = vendors.into_iter().collect();
                let rule = format!(
                    "{}: its User-Agent \"{text}\" is recognized as {found}, by the patterns of {}",
                    model.name,
                    vendors.join(", ")
                );
                mistakes.push(read.mistake(read.places.model.get(model.index).copied(), rule));
            }
        }
    }
}

/// Every sample of every pack must be recognized as it says.
pub(super) fn samples(catalog: &Catalog, sources: &Sources, packs: &[Read], mistakes: &mut Vec<LoadError>) {
    for pack in packs {
        for (name, bytes) in sources.within(&pack.folder, "samples.toml") {
            let file = format!("{}/{name}", pack.folder);
            match parse::samples(&file, bytes) {
                Err(found) => mistakes.extend(found),
                Ok(samples) => mistakes.extend(samples.iter().filter_map(|(sample, line)| {
                    let rule = differs(catalog, sample)?;
                    Some(LoadError { file: file.clone(), line: Some(*line), column: None, rule })
                })),
            }
        }
    }
}

fn differs(catalog: &Catalog, sample: &parse::Sample) -> Option<String> {
    let vendors: Vec<&str> =
        sample.user_agent.iter().flat_map(|agent| catalog.vendors_of_agent(agent)).collect();
    if vendors.len() > 1 {
        return Some(format!("the User-Agent of {} is one of {}", sample.path, vendors.join(" and of ")));
    }
    let recognition = catalog.recognize(&sample.path, sample.user_agent.as_deref());
    let (file, model, firmware, in_path, in_agent) = match &recognition {
        Recognition::Recognized(sighting) => (
            Some(catalog.file(sighting.file).path.as_str()),
            sighting.model,
            sighting.firmware.as_deref(),
            sighting.mac_in_path,
            sighting.mac_in_user_agent,
        ),
        Recognition::Disagreement { shown, .. } | Recognition::Unrecognized(shown) => {
            (None, shown.model, shown.firmware.as_deref(), None, shown.mac)
        }
    };
    let mac = |mac: Option<crate::domain::Mac>| mac.map(|mac| mac.to_string());
    let found = [
        ("file", file.map(str::to_owned), &sample.file),
        ("model", model.map(|model| model.name.clone()), &sample.model),
        ("firmware", firmware.map(str::to_owned), &sample.firmware),
        ("mac_in_path", mac(in_path), &sample.mac_in_path),
        ("mac_in_user_agent", mac(in_agent), &sample.mac_in_user_agent),
    ];
    let shown = |value: &Option<String>| value.as_deref().unwrap_or("none").to_owned();
    let wrong = found.iter().find(|(_, found, expected)| found != *expected);
    wrong.map(|(what, found, expected)| {
        format!("{} is recognized with {what} {}, expected {}", sample.path, shown(found), shown(expected))
    })
}

/// Every file of every model must render (the first model that a line of a template fails for is named), and write each parameter once and in one file only.
pub(super) fn documents(catalog: &Catalog, packs: &[Read], mistakes: &mut Vec<LoadError>) {
    let phones = (SamplePhone::empty(), SamplePhone::full(0));
    let (Some(empty), Some(full)) = phones else {
        mistakes
            .extend(packs.first().map(|pack| pack.mistake(None, "no sample phone can be made".to_owned())));
        return;
    };
    let mut seen = BTreeSet::new();
    let mut report = |found: Result<(), LoadError>| {
        mistakes.extend(found.err().filter(|error| seen.insert((error.file.clone(), error.line))));
    };
    for model in &catalog.models {
        for phone in [&empty, &full] {
            report(phone_files(catalog, packs, model, phone));
        }
    }
    // Templates tell models apart by their facts and counts; one of each kind shows every word of every choice.
    let kind = |model: &&Model| (model.pack, format!("{:?}", model.facts));
    let one_of_each: BTreeMap<_, &Model> = catalog.models.iter().map(|model| (kind(&model), model)).collect();
    for variant in 1..SamplePhone::variants() {
        let Some(phone) = SamplePhone::full(variant) else { continue };
        for model in one_of_each.values() {
            report(phone_files(catalog, packs, model, &phone));
        }
    }
}

/// Renders all files of one phone; the first thing that is wrong with them.
fn phone_files(
    catalog: &Catalog,
    packs: &[Read],
    model: &Model,
    phone: &SamplePhone,
) -> Result<(), LoadError> {
    let manifest = catalog.manifest_of(model);
    let facts = phone.facts(model);
    let mut owners: HashMap<String, FileId> = HashMap::new();
    for (file, rule) in catalog.files_of(model) {
        let wrong = |reason: String| {
            let read = &packs[model.pack];
            read.mistake(
                read.places.file.get(file.file).copied(),
                format!("{} for {}: {reason}", rule.path, model.name),
            )
        };
        let rendered = match Nature::of(rule) {
            Nature::Absent => continue,
            Nature::Common => {
                catalog.render_common(file, Some(model), &CommonFacts { server: phone.server() })
            }
            Nature::Secret => catalog.render_phone(file, model, &facts),
        };
        let bootstrap = rule.bootstrap.as_ref().map(|_| catalog.render_bootstrap(file, &phone.bootstrap()));
        for rendered in std::iter::once(rendered).chain(bootstrap) {
            let Rendered { bytes, .. } = rendered.map_err(|error| located(error, model, &wrong))?;
            let text = String::from_utf8_lossy(&bytes);
            let mut within = BTreeSet::new();
            for name in parameters::written(manifest.syntax, &text).map_err(&wrong)? {
                let owner = *owners.entry(name.clone()).or_insert(file);
                if owner != file {
                    return Err(wrong(format!("{name} is also written by {}", catalog.file(owner).path)));
                }
                if !within.insert(name.clone()) && !manifest.repeats.contains(&name) {
                    return Err(wrong(format!("{name} is written twice")));
                }
            }
        }
    }
    Ok(())
}

/// A failed rendering, at the line of the template where that is known.
fn located(error: RenderError, model: &Model, otherwise: &impl Fn(String) -> LoadError) -> LoadError {
    match error {
        RenderError::Template { template, line, reason } if line > 0 => LoadError {
            file: template,
            line: Some(line),
            column: None,
            rule: format!("{reason} (with {})", model.name),
        },
        other => otherwise(other.to_string()),
    }
}
