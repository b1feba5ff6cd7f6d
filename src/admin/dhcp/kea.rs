//! Kea: client classes, as they stand inside `Dhcp4`.

use std::fmt::Write as _;

use super::{
    Handed, PhoneClass, Plan, Unsayable, Value,
    text::{Syntax, addresses, hexadecimal},
};

const SYNTAX: Syntax = Syntax { server: "kea", comment: "//", refused: "\"\\'," };

/// The options that Kea knows to be text or addresses; every other one is given byte by byte, so that it needs no definition.
const KNOWN: [u8; 2] = [42, 66];

pub(super) fn directives(plan: &Plan) -> Result<String, Unsayable> {
    let own = [
        "Goes inside \"Dhcp4\": <?include \"/etc/kea/offhook.json\"?> and a comma before what follows.",
        "Where there are \"client-classes\" already, take over the entries of the list.",
        "An option that a subnet sets itself comes before the one of a class.",
    ];
    let mut json = SYNTAX.head(plan, &own);
    let classes = plan.classes.iter().map(class).collect::<Result<Vec<_>, _>>()?;
    let _ = writeln!(json, "\"client-classes\": [\n{}\n]", classes.join(",\n"));
    Ok(json)
}

fn class(class: &PhoneClass) -> Result<String, Unsayable> {
    let mut tests = Vec::new();
    for begin in &class.begins_with {
        let begin = SYNTAX.class(&class.vendor, begin)?;
        tests.push(format!("substring(option[60].hex,0,{}) == '{begin}'", begin.len()));
    }
    let mut json = String::new();
    SYNTAX.remark(&mut json, "  ", &class.vendor);
    let _ = writeln!(
        json,
        "  {{\n    \"name\": \"{}\",\n    \"test\": \"{}\",\n    \"option-data\": [",
        class.name,
        tests.join(" or ")
    );
    let options = class.options.iter().map(option).collect::<Result<Vec<_>, _>>()?;
    let _ = write!(json, "{}\n    ]\n  }}", options.join(",\n"));
    Ok(json)
}

fn option(option: &Handed) -> Result<String, Unsayable> {
    let known = KNOWN.contains(&option.code);
    let data = match &option.value {
        Value::Text(text) if known => format!("\"data\": \"{}\"", SYNTAX.value(option, text)?),
        Value::Addresses(list) if known => format!("\"data\": \"{}\"", addresses(list, ", ")),
        _ => format!("\"csv-format\": false, \"data\": \"{}\"", hexadecimal(option, "", "")?),
    };
    let mut json = String::new();
    SYNTAX.remark(&mut json, "      ", &option.about);
    let _ = write!(json, "      {{ \"code\": {}, {data}, \"always-send\": true }}", option.code);
    Ok(json)
}
