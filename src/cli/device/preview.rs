//! A phone's document as `offhook device preview` shows it.

use serde_json::json;

use crate::{
    admin::actions::Preview,
    catalog::{ExplainedLine, ExplainedValue},
    cli::{Answer, service::ineffective_json},
    domain::{Admission, HeldKey},
};

/// The document, or each of its lines with where it comes from.
pub(super) fn shown(preview: &Preview, explain: bool) -> Answer {
    let mut text: Vec<String> = if explain {
        preview.lines.iter().map(explained).collect()
    } else {
        preview.lines.iter().map(|line| line.text.clone()).collect()
    };
    for verdict in &preview.verdicts {
        if let Admission::Withheld(why) = verdict.admission {
            text.push(format!("(line {} is withheld: {why})", verdict.line));
        }
    }
    for line in &preview.without_voicemail {
        text.push(format!(
            "(voicemail.number is set, and line {line} has no product that gives it voicemail)"
        ));
    }
    for key in &preview.without_recording {
        text.push(format!(
            "(key {key} is to record, and its line has no product that lets calls be recorded)"
        ));
    }
    text.extend(preview.ineffective.iter().map(|what| format!("({what})")));
    for HeldKey { key, layer } in &preview.beyond {
        let (position, line, layer) = (key.position, key.line, layer.as_str());
        text.push(format!(
            "(key {position} on line {line} is programmed ({layer}), and {} has no such key or line)",
            preview.model
        ));
    }
    for name in &preview.not_carried {
        text.push(format!("({} is set, and phones of this vendor cannot take it)", name.as_str()));
    }
    for replaced in &preview.replaced {
        let character = replaced.character;
        text.push(format!(
            "({}: '{}' cannot be carried and was replaced)",
            replaced.what,
            character.escape_default()
        ));
    }
    let lines: Vec<_> = preview
        .lines
        .iter()
        .map(|line| {
            let values: Vec<_> = line.values.iter().map(layered).collect();
            json!({ "text": line.text, "template": line.template, "line": line.line, "values": values })
        })
        .collect();
    let withheld: Vec<_> = preview
        .verdicts
        .iter()
        .filter_map(|verdict| match verdict.admission {
            Admission::Withheld(why) => Some(json!({ "line": verdict.line, "why": why })),
            Admission::Admitted => None,
        })
        .collect();
    let beyond = preview
        .beyond
        .iter()
        .map(|held| json!({ "position": held.key.position, "line": held.key.line, "layer": held.layer }));
    let replaced = preview.replaced.iter().map(|one| json!({ "what": one.what, "character": one.character }));
    Answer::new(
        text.join("\n"),
        json!({
            "file": preview.file, "model": preview.model, "lines": lines, "withheld": withheld,
            "without_voicemail": preview.without_voicemail, "without_recording": preview.without_recording,
            "ineffective": ineffective_json(&preview.ineffective), "not_carried": preview.not_carried,
            "keys_beyond": beyond.collect::<Vec<_>>(), "replaced": replaced.collect::<Vec<_>>(),
        }),
    )
}

/// A line and, behind it, the template, the settings and the programmed key that made it.
fn explained(line: &ExplainedLine) -> String {
    let mut settings: Vec<String> = line
        .values
        .iter()
        .flat_map(|value| &value.settings)
        .map(|(name, layer)| format!("{} ({})", name.as_str(), layer.map_or("unset", |layer| layer.as_str())))
        .collect();
    let key = line.values.iter().find_map(|value| value.key);
    settings.extend(key.map(|(position, layer)| format!("key {position} ({})", layer.as_str())));
    let from = format!("{}:{}", line.template, line.line);
    if settings.is_empty() {
        format!("{:<72} # {from}", line.text)
    } else {
        format!("{:<72} # {from}; {}", line.text, settings.join(", "))
    }
}

fn layered(value: &ExplainedValue) -> serde_json::Value {
    let settings: Vec<_> =
        value.settings.iter().map(|(name, layer)| json!({ "setting": name, "layer": layer })).collect();
    let key = value.key.map(|(position, layer)| json!({ "position": position, "layer": layer }));
    json!({ "expression": value.expression, "settings": settings, "key": key })
}
