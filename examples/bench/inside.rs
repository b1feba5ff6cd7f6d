//! Two steps of a request by themselves, in this process.

use std::hint::black_box;

use anyhow::Context as _;
use offhook::catalog::{Catalog, LineFacts, Nature, NextUrl, PhoneFacts, Recognition, ServerFacts};
use offhook::domain::{
    Clock as _, HeldKey, Key, KeyKind, LineNumber, Mac, PlainText, Secret, Settings, SipDomain, SipUser,
    SystemClock, ZoneRule,
};

use crate::ROUNDS;
use crate::table::{Table, Target, median, number};

/// The phone that the target speaks of, with its lines and keys; a larger one with expansion modules; the usual one.
const RENDERED: [(&str, Target); 3] = [
    ("Yealink SIP-T85W", Target::AtMost(300.0, 100.0)),
    ("Yealink SIP-T46U", Target::None),
    (crate::office::MODEL, Target::None),
];

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let catalog = Catalog::embedded()?;
    recognize(table, &catalog)?;
    RENDERED.into_iter().try_for_each(|(model, target)| render(table, &catalog, model, target))
}

/// One request for each model of all packs, as its own phone writes it, and one that no pack knows.
fn recognize(table: &mut Table, catalog: &Catalog) -> anyhow::Result<()> {
    let mut requests = vec![("favicon.ico".to_owned(), Some("Mozilla/5.0 (X11; Linux x86_64)".to_owned()))];
    for model in catalog.models() {
        let oui = catalog.manifest_of(model).oui.first().map_or("020000", String::as_str);
        let mac = Mac::parse(&format!("{oui}010203"))?;
        let user_agent = format!("{} {} 86.0.0.75 {}", model.vendor, model.name, mac.colons());
        let paths = catalog.files_of(model).map(|(file, _)| catalog.path_of(file, model, mac));
        requests.extend(paths.map(|path| (path, Some(user_agent.clone()))));
    }
    let known = requests.iter().filter(|(path, user_agent)| {
        matches!(catalog.recognize(path, user_agent.as_deref()), Recognition::Recognized(_))
    });
    let known = known.count();
    let micros = micros(100, || {
        for (path, user_agent) in &requests {
            black_box(catalog.recognize(black_box(path), user_agent.as_deref()));
        }
    });
    let packs = catalog.manifests().count();
    let absolute =
        format!("{packs} packs, {} different requests, {known} of them recognized", requests.len());
    let each = micros / number(requests.len());
    table.add("recognize a request, all packs loaded", Target::AtMost(10.0, 3.0), each, " µs", absolute);
    Ok(())
}

fn render(table: &mut Table, catalog: &Catalog, name: &str, target: Target) -> anyhow::Result<()> {
    let model = catalog.model(name)?;
    let secret = catalog.files_of(model).find(|(_, rule)| Nature::of(rule) == Nature::Secret);
    let (file, _) = secret.context("a model without a file of its own")?;
    let display_name = PlainText::parse("name", "Jo Example")?;
    let (user, password) = (SipUser::parse("bench-101")?, Secret::new("password-of-101"));
    let numbers: Result<Vec<LineNumber>, _> = (1..=model.lines).map(LineNumber::new).collect();
    let lines = numbers?.into_iter().map(|number| LineFacts {
        number,
        label: "101".to_owned(),
        display_name: &display_name,
        user: &user,
        password: &password,
        voicemail: true,
        recording: true,
    });
    let reception = PlainText::parse("label", "Reception")?;
    let first = LineNumber::new(1)?;
    let keys: Result<Vec<Key>, _> = (1..=model.line_keys)
        .map(|position| Key::new(position, KeyKind::Blf, first, Some("102".into()), Some(reception.clone())))
        .collect();
    let server = ServerFacts { name: "phones.example.org".into() };
    let facts = PhoneFacts {
        mac: Mac::parse("805ec0010203")?,
        name: &display_name,
        web_password: &Secret::new("web-password"),
        pin: None,
        domain: &SipDomain::parse("pbx.example.org")?,
        lines: lines.collect(),
        keys: HeldKey::merge(&[], &keys?),
        settings: &Settings::merge([]),
        zone: ZoneRule::of("Europe/Berlin", SystemClock.now())?,
        provisioning_url: Some(NextUrl::new(
            "https://phones.example.org/p/tabcdefghijklmnopqrstuvwxyz/".to_owned(),
        )),
        provisioning_login: None,
        server: &server,
    };
    let size = catalog.render_phone(file, model, &facts)?.bytes.len();
    let micros = micros(500, || drop(black_box(catalog.render_phone(file, model, black_box(&facts)))));
    let modules = if model.modules > 0 { ", its modules blank" } else { "" };
    let what = format!("render {name}: {} lines and {} keys in use{modules}", model.lines, model.line_keys);
    table.add(what, target, micros, " µs", format!("{size} bytes"));
    Ok(())
}

/// Microseconds of processor time of one `work`, the median of five times `times` of them.
fn micros(times: u32, mut work: impl FnMut()) -> f64 {
    let mut round = || {
        let begun = on_processor();
        (0..times).for_each(|_| work());
        (on_processor() - begun) * 1e6 / f64::from(times)
    };
    round();
    median(&std::iter::repeat_with(round).take(ROUNDS).collect::<Vec<_>>())
}

/// Seconds that this thread has spent on a processor.
fn on_processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split_whitespace().next().and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.map_or(f64::NAN, |nanos| nanos / 1e9)
}
