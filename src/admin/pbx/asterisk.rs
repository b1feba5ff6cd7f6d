//! Asterisk: `pjsip.conf` sections for accounts and trunks, `voicemail.conf` boxes, and a dial plan that knows extensions,
//! public numbers and the opening hours of auto-attendants. To be included from the PBX's own files.

use std::fmt::Write as _;

use super::{PbxFile, ha1};
use crate::{
    admin::actions::{Account, Exchange},
    domain::{
        ServiceKind, ServiceName,
        attendant::{Action, DialKey, Schedule, Target},
    },
};

pub(super) fn files(exchange: &Exchange) -> Vec<PbxFile> {
    vec![
        PbxFile { name: "pjsip_offhook.conf", text: pjsip(exchange) },
        PbxFile { name: "voicemail_offhook.conf", text: voicemail(exchange) },
        PbxFile { name: "extensions_offhook.conf", text: dial_plan(exchange) },
    ]
}

/// What the contexts and sections of a tenant begin with: its domain, which no two tenants of a PBX share.
fn context(exchange: &Exchange) -> String {
    exchange.accounts.domain.as_str().replace([':', '[', ']'], "-")
}

fn pjsip(exchange: &Exchange) -> String {
    let (domain, context) = (&exchange.accounts.domain, context(exchange));
    let mut conf = format!("; Offhook, revision {}\n", exchange.accounts.as_of);
    for account in &exchange.accounts.accounts {
        let Some(password) = &account.password else { continue };
        let user = account.user.as_str();
        let _ = write!(
            conf,
            "\n[{user}]\ntype = endpoint\ncontext = {context}\ndisallow = all\nallow = !all,opus,g722,alaw,ulaw\nauth = {user}\naors = {user}\n\
             callerid = {} <{}>\n",
            plain(account.name.as_str()),
            account.service
        );
        if account.voicemail {
            let _ = writeln!(conf, "mailboxes = {}@{context}", account.service);
        }
        if let Some(channels) = account.channels {
            let _ = writeln!(conf, "device_state_busy_at = {channels}");
        }
        let _ = write!(
            conf,
            "\n[{user}]\ntype = auth\nauth_type = md5\nusername = {user}\nrealm = {domain}\nmd5_cred = {}\n\n[{user}]\ntype = aor\n\
             max_contacts = 10\nremove_existing = yes\n",
            ha1(user, domain.as_str(), password).expose()
        );
    }
    for (index, (name, networks, channels)) in exchange.peers.iter().enumerate() {
        let section = format!("{context}-trunk-{}", index + 1);
        let _ = write!(
            conf,
            "\n; {}\n[{section}]\ntype = endpoint\ncontext = {context}-in\ndisallow = all\nallow = alaw,ulaw\ndevice_state_busy_at = {channels}\n\
             \n[{section}]\ntype = identify\nendpoint = {section}\n",
            plain(name.as_str())
        );
        for network in networks {
            let _ = writeln!(conf, "match = {network}");
        }
    }
    conf
}

fn voicemail(exchange: &Exchange) -> String {
    let mut conf = format!("; Offhook, revision {}\n\n[{}]\n", exchange.accounts.as_of, context(exchange));
    for account in exchange.accounts.accounts.iter().filter(|account| account.voicemail) {
        // without a PIN of its own a box is reached from its own phone alone: VoiceMailMain(box,s) in the dial plan
        let _ = writeln!(conf, "{} => ,{}", account.service, plain(account.name.as_str()));
    }
    conf
}

fn dial_plan(exchange: &Exchange) -> String {
    let context = context(exchange);
    let mut conf = format!("; Offhook, revision {}\n\n[{context}]\n", exchange.accounts.as_of);
    let extensions: Vec<&Account> = exchange
        .accounts
        .accounts
        .iter()
        .filter(|account| account.kind == ServiceKind::Extension && account.password.is_some())
        .collect();
    for account in &extensions {
        let _ = writeln!(conf, "exten = {},1,Dial(PJSIP/{},30)", account.service, account.user);
        if account.voicemail {
            let _ = writeln!(conf, " same = n,VoiceMail({}@{context},u)", account.service);
        }
        conf.push_str(" same = n,Hangup()\n");
    }
    for (number, _, schedule, _) in &exchange.attendants {
        attendant(&mut conf, &context, number, schedule);
    }
    let _ = write!(conf, "\n[{context}-in]\n");
    let dids = extensions.iter().map(|account| (&account.service, &account.dids));
    let dids = dids.chain(exchange.attendants.iter().map(|(number, _, _, dids)| (number, dids)));
    for (number, dids) in dids {
        for did in dids {
            let _ = writeln!(conf, "exten = {did},1,Goto({context},{number},1)");
        }
    }
    conf
}

/// Holidays first, then opening hours, then what happens after hours. Greetings are sound files of the PBX:
/// `offhook/200-open` and so on.
fn attendant(conf: &mut String, context: &str, number: &ServiceName, schedule: &Schedule) {
    let zone = &schedule.written().time_zone;
    let _ = writeln!(conf, "exten = {number},1,Answer()");
    for (index, holiday) in schedule.holidays().iter().enumerate() {
        let label =
            if holiday.then.is_some() { format!("holidays-{index}-then") } else { "closed".to_owned() };
        let (format, [first, last]) = holiday.bounds();
        let today = format!("\"${{STRFTIME(${{EPOCH}},{zone},{format})}}\"");
        // a holiday of every year may go over its turn
        let joined = if first <= last { "&" } else { "|" };
        let _ = writeln!(
            conf,
            " same = n,GotoIf($[{today} >= \"{first}\" {joined} {today} <= \"{last}\"]?{label})"
        );
    }
    for range in schedule.hours() {
        // Asterisk counts the last minute in
        let [from, to] = range.minutes();
        let last = to - 1;
        let (days, time) =
            (range.days().join("&"), |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60));
        let _ = writeln!(conf, " same = n,GotoIfTime({}-{},{days},*,*,{zone}?open)", time(from), time(last));
    }
    conf.push_str(" same = n,Goto(closed)\n");
    for (field, action) in schedule.actions() {
        let label = field.replace(['[', '.'], "-").replace(']', "");
        act(conf, context, number, &label, action);
    }
}

fn act(conf: &mut String, context: &str, number: &ServiceName, label: &str, action: &Action) {
    match action {
        Action::Transfer { greeting, to } => {
            let _ = match greeting {
                Some(greeting) => writeln!(
                    conf,
                    "; {}\n same = n({label}),Playback(offhook/{number}-{label})",
                    plain(greeting.as_str())
                ),
                None => writeln!(conf, " same = n({label}),NoOp()"),
            };
            go(conf, context, to);
        }
        Action::Menu { greeting, options, otherwise } => {
            let _ = writeln!(
                conf,
                "; {}\n same = n({label}),Read(OFFHOOK_KEY,offhook/{number}-{label},1,,1,10)",
                plain(greeting.as_str())
            );
            let names: Vec<_> = options.iter().map(|(key, target)| (*key, key_name(*key), target)).collect();
            for (key, name, _) in &names {
                let _ =
                    writeln!(conf, " same = n,GotoIf($[\"${{OFFHOOK_KEY}}\" = \"{key}\"]?{label}-{name})");
            }
            go(conf, context, otherwise);
            for (_, name, target) in names {
                let _ = writeln!(conf, " same = n({label}-{name}),NoOp()");
                go(conf, context, target);
            }
        }
    }
}

fn key_name(key: DialKey) -> String {
    match key.as_char() {
        '*' => "star".to_owned(),
        '#' => "pound".to_owned(),
        digit => digit.to_string(),
    }
}

fn go(conf: &mut String, context: &str, target: &Target) {
    let _ = match target {
        Target::Extension(number) | Target::Attendant(number) => {
            writeln!(conf, " same = n,Goto({context},{number},1)")
        }
        Target::Voicemail(number) => writeln!(conf, " same = n,VoiceMail({number}@{context},u)"),
        Target::Number(number) => writeln!(conf, " same = n,Goto({context}-out,{number},1)"),
        Target::HangUp => Ok(()),
    };
    conf.push_str(" same = n,Hangup()\n");
}

/// Text that Asterisk takes for nothing but text.
fn plain(text: &str) -> String {
    text.chars().filter(|character| !";\\\"<>[]{}$|,()".contains(*character)).collect()
}
