//! The DHCP service of Windows Server: commands for PowerShell.

use std::{collections::BTreeMap, fmt::Write as _, net::Ipv4Addr};

use super::{
    Handed, Plan, Unsayable, Value,
    text::{Syntax, addresses, hexadecimal},
};

const SYNTAX: Syntax = Syntax { server: "windows", comment: "#", refused: "'" };

/// The options that Windows has a definition of.
const DEFINED: [u8; 3] = [42, 43, 66];

/// What was made before is removed first, so that the same can be run again after a new URL.
pub(super) fn directives(plan: &Plan, scope: Option<Ipv4Addr>) -> Result<String, Unsayable> {
    let own = ["For PowerShell as administrator on the DHCP server, Windows Server 2012 R2 or newer."];
    let mut script = SYNTAX.head(plan, &own);
    let scope = scope.map(|scope| format!(" -ScopeId {scope}")).unwrap_or_default();
    let options = plan.classes.iter().flat_map(|class| &class.options);
    let unknown: BTreeMap<u8, &Handed> = options
        .filter(|option| !DEFINED.contains(&option.code))
        .map(|option| (option.code, option))
        .collect();
    for (code, option) in unknown {
        let kind = match option.value {
            Value::Text(_) => "String",
            Value::Addresses(_) => "IPv4Address -MultiValued",
            Value::Bytes(_) => "BinaryData",
        };
        let _ = writeln!(
            script,
            "Add-DhcpServerv4OptionDefinition -Name 'offhook_{code}' -OptionId {code} -Type {kind} -ErrorAction SilentlyContinue"
        );
    }
    for class in &plan.classes {
        let name = &class.name;
        script.push('\n');
        SYNTAX.remark(&mut script, "", &class.vendor);
        let _ =
            writeln!(script, "Remove-DhcpServerv4Policy{scope} -Name '{name}' -ErrorAction SilentlyContinue");
        let mut classes = Vec::new();
        for (index, begin) in class.begins_with.iter().enumerate() {
            let begin = SYNTAX.class(&class.vendor, begin)?;
            let one = format!("{name}_{}", index + 1);
            let _ = writeln!(
                script,
                "Remove-DhcpServerv4Class -Name '{one}' -Type Vendor -ErrorAction SilentlyContinue\n\
                 Add-DhcpServerv4Class -Name '{one}' -Type Vendor -Data '{begin}'"
            );
            // the star: and whatever follows in the phone's class
            classes.push(format!("'{one}*'"));
        }
        let _ = writeln!(
            script,
            "Add-DhcpServerv4Policy{scope} -Name '{name}' -Condition OR -VendorClass EQ,{}",
            classes.join(",")
        );
        for option in &class.options {
            SYNTAX.remark(&mut script, "", &option.about);
            let value = match &option.value {
                Value::Text(text) => format!("'{}'", SYNTAX.value(option, text)?),
                Value::Addresses(list) => format!("'{}'", addresses(list, "','")),
                Value::Bytes(_) => hexadecimal(option, ",", "0x")?,
            };
            let _ = writeln!(
                script,
                "Set-DhcpServerv4OptionValue{scope} -PolicyName '{name}' -OptionId {} -Value {value}",
                option.code
            );
        }
    }
    Ok(script)
}
