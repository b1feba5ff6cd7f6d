//! ISC dhcpd: classes for `dhcpd.conf`.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    Handed, Plan, Unsayable, Value,
    text::{Syntax, addresses, hexadecimal},
};

const SYNTAX: Syntax = Syntax { server: "isc", comment: "#", refused: "\"\\" };

pub(super) fn directives(plan: &Plan) -> Result<String, Unsayable> {
    let own =
        ["Goes outside every subnet: include \"/etc/dhcp/offhook.conf\"; in dhcpd.conf, and restart dhcpd."];
    let mut conf = SYNTAX.head(plan, &own);
    let options = plan.classes.iter().flat_map(|class| &class.options);
    let unnamed: BTreeMap<u8, &str> = options
        .filter(|option| name(option.code).is_none())
        .map(|option| (option.code, kind(option)))
        .collect();
    for (code, kind) in unnamed {
        let _ = writeln!(conf, "option offhook-{code} code {code} = {kind};");
    }
    for class in &plan.classes {
        conf.push('\n');
        SYNTAX.remark(&mut conf, "", &class.vendor);
        let mut tests = Vec::new();
        for begin in &class.begins_with {
            let begin = SYNTAX.class(&class.vendor, begin)?;
            let length = begin.len();
            tests.push(format!("substring(option vendor-class-identifier, 0, {length}) = \"{begin}\""));
        }
        let _ = writeln!(conf, "class \"{}\" {{\n  match if {};", class.name, tests.join(" or "));
        for option in &class.options {
            SYNTAX.remark(&mut conf, "  ", &option.about);
            let value = match &option.value {
                Value::Text(text) => format!("\"{}\"", SYNTAX.value(option, text)?),
                Value::Addresses(list) => addresses(list, ", "),
                Value::Bytes(_) => hexadecimal(option, ":", "")?,
            };
            let name = name(option.code).map_or_else(|| format!("offhook-{}", option.code), str::to_owned);
            let _ = writeln!(conf, "  option {name} {value};");
        }
        conf.push_str("}\n");
    }
    Ok(conf)
}

/// What dhcpd calls the option; it is given a name of ours where it knows none of this meaning.
const fn name(code: u8) -> Option<&'static str> {
    match code {
        42 => Some("ntp-servers"),
        43 => Some("vendor-encapsulated-options"),
        66 => Some("tftp-server-name"),
        _ => None,
    }
}

const fn kind(option: &Handed) -> &'static str {
    match option.value {
        Value::Text(_) => "text",
        Value::Addresses(_) => "array of ip-address",
        Value::Bytes(_) => "string",
    }
}
