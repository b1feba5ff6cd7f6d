//! What products grant that shows on a phone, and why it may show nothing there.

use super::{Grants, LineNumber, Mac};

/// What a phone does because a product of a line grants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Its keypad is locked with a PIN.
    PinProtection,
    /// A key of it starts and stops the recording of a call.
    CallRecording,
}

impl Effect {
    /// The word used in licenses and packs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PinProtection => "pin_protection",
            Self::CallRecording => "call_recording",
        }
    }
}

/// Something that is granted and shows nothing on a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ineffective {
    /// What it is.
    pub effect: Effect,
    /// On which line of which device; none: on any.
    pub place: Option<(Mac, LineNumber)>,
    /// Why.
    pub why: WhyIneffective,
}

/// Why something that is granted shows nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyIneffective {
    /// The phone cannot do it.
    Model(String),
    /// The extension has no PIN.
    NoPin,
    /// Another line of the phone decides, the first one that carries something.
    NotFirst(LineNumber),
}

impl WhyIneffective {
    /// The word for programs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Model(_) => "model",
            Self::NoPin => "no-pin",
            Self::NotFirst(_) => "not-first-line",
        }
    }
}

impl std::fmt::Display for Ineffective {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.effect {
            Effect::PinProtection => "PIN protection",
            Effect::CallRecording => "call recording",
        })?;
        f.write_str(" has no effect")?;
        if let Some((mac, line)) = self.place {
            write!(f, " on {} line {line}", mac.colons())?;
        }
        match (&self.why, self.effect) {
            (WhyIneffective::Model(model), Effect::PinProtection) => {
                write!(f, ": the keypad of {model} cannot be locked")
            }
            (WhyIneffective::Model(model), Effect::CallRecording) => {
                write!(f, ": {model} can have no record key")
            }
            (WhyIneffective::NoPin, _) => f.write_str(": the extension has no PIN"),
            (WhyIneffective::NotFirst(first), _) => write!(f, ": line {first} decides, which comes first"),
        }
    }
}

/// A line of a device that carries an extension, as far as it matters to what the extension is granted.
#[derive(Clone, Copy, Debug)]
pub struct CarriedAt<'a> {
    /// The device.
    pub mac: Mac,
    /// The line.
    pub line: LineNumber,
    /// The device's first line that carries an extension.
    pub first: LineNumber,
    /// The device's model and what it cannot do, where it is known.
    pub model: Option<(&'a str, &'a [Effect])>,
}

/// What of the grants shows nothing on any phone.
#[must_use]
pub fn ineffective_anywhere(grants: &Grants, has_pin: bool) -> Option<Ineffective> {
    let wanting = grants.pin_protection && !has_pin;
    wanting.then_some(Ineffective { effect: Effect::PinProtection, place: None, why: WhyIneffective::NoPin })
}

/// What of the grants shows nothing on this line.
#[must_use]
pub fn ineffective_at(grants: &Grants, at: CarriedAt<'_>) -> Vec<Ineffective> {
    let place = Some((at.mac, at.line));
    let cannot = |effect: Effect| {
        let (name, _) = at.model.filter(|(_, cannot)| cannot.contains(&effect))?;
        Some(WhyIneffective::Model(name.to_owned()))
    };
    let second = || (at.line != at.first).then_some(WhyIneffective::NotFirst(at.first));
    let pin = || cannot(Effect::PinProtection).or_else(second);
    let granted = [
        (Effect::PinProtection, grants.pin_protection.then(pin)),
        (Effect::CallRecording, grants.call_recording.then(|| cannot(Effect::CallRecording))),
    ];
    let said = granted.into_iter().filter_map(|(effect, why)| Some((effect, why.flatten()?)));
    said.map(|(effect, why)| Ineffective { effect, place, why }).collect()
}

/// The same with the want of a PIN, where a keypad would ask for one.
#[must_use]
pub fn ineffective_on(grants: &Grants, has_pin: bool, at: CarriedAt<'_>) -> Vec<Ineffective> {
    let mut found = ineffective_at(grants, at);
    if found.iter().all(|other| other.effect != Effect::PinProtection) {
        let place = Some((at.mac, at.line));
        found.extend(ineffective_anywhere(grants, has_pin).map(|wanting| Ineffective { place, ..wanting }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_told_with_its_place_and_why() {
        let both = Grants { pin_protection: true, call_recording: true, ..Grants::default() };
        let line = |number| LineNumber::new(number).unwrap();
        let at = |number, model| CarriedAt {
            mac: Mac::parse("021565aabbcc").unwrap(),
            line: line(number),
            first: line(1),
            model,
        };
        let told = |grants: &Grants, has_pin, at| -> Vec<String> {
            ineffective_on(grants, has_pin, at).iter().map(ToString::to_string).collect()
        };
        let softphone = Some(("Linphone", &[Effect::PinProtection, Effect::CallRecording][..]));
        let here = "on 02:15:65:aa:bb:cc line";
        assert_eq!(told(&both, true, at(1, None)), [""; 0]);
        assert_eq!(
            told(&both, false, at(1, None)),
            [format!("PIN protection has no effect {here} 1: the extension has no PIN")]
        );
        assert_eq!(
            told(&both, true, at(2, None)),
            [format!("PIN protection has no effect {here} 2: line 1 decides, which comes first")]
        );
        assert_eq!(
            told(&both, false, at(2, softphone)),
            [
                format!("PIN protection has no effect {here} 2: the keypad of Linphone cannot be locked"),
                format!("call recording has no effect {here} 2: Linphone can have no record key"),
            ]
        );
        assert_eq!(told(&Grants::default(), false, at(2, softphone)), [""; 0]);
        let anywhere = ineffective_anywhere(&both, false).unwrap().to_string();
        assert_eq!(anywhere, "PIN protection has no effect: the extension has no PIN");
    }
}
