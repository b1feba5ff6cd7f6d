//! The spellings of a phone's MAC in SIP URIs, each as 12 lower-case hex digits.

/// The MAC behind a mark: `MAC%3a001565aabbcc`, `MAC=00:15:65:aa:bb:cc`, `mac001565AABBCC`.
pub(super) fn marked(text: &str) -> Option<String> {
    let text = decoded(text).to_ascii_lowercase();
    let stands_alone = |at: usize| !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
    let marks = text.match_indices("mac").filter(|(at, _)| stands_alone(*at));
    marks.map(|(at, mark)| text[at + mark.len()..].trim_start_matches([':', '=', ' '])).find_map(leading)
}

/// A text that is a MAC and nothing else.
pub(super) fn bare(text: &str) -> Option<String> {
    let text = decoded(text).to_ascii_lowercase();
    let digits = leading(&text)?;
    text.bytes().all(|byte| byte.is_ascii_hexdigit() || b":-".contains(&byte)).then_some(digits)
}

/// The node of a UUID made from the MAC (version 1), as in `+sip.instance`. The other versions show none.
pub(super) fn in_uuid(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let (_, uuid) = text.split_once("urn:uuid:")?;
    let groups: Vec<&str> = uuid.trim_end_matches(['>', '"']).split('-').collect();
    match groups.as_slice() {
        [_, _, version, _, node] if version.starts_with('1') && node.len() == 12 => leading(node),
        _ => None,
    }
}

/// The 12 hex digits that `text` starts with, by pairs with colons or hyphens between them or not.
fn leading(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(12);
    let mut bytes = text.bytes().peekable();
    while digits.len() < 12 {
        let byte = bytes.next()?;
        if byte.is_ascii_hexdigit() {
            digits.push(byte.into());
        } else if !(b":-".contains(&byte) && !digits.is_empty() && digits.len().is_multiple_of(2)) {
            return None;
        }
    }
    let ends = bytes.peek().is_none_or(|next| !next.is_ascii_hexdigit());
    ends.then_some(digits)
}

/// The text with `%3a` and the like as what they stand for; what is no ASCII text stays as it is.
fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        let code = after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        if let Some(code) = code.filter(|code| code.is_ascii_graphic() || *code == b' ') {
            decoded.push(code.into());
            rest = &after[2..];
        } else {
            decoded.push('%');
            rest = after;
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: Option<&str> = Some("001565aabbcc");

    #[test]
    fn every_spelling_is_the_same_mac() {
        for text in [
            "sip:MAC%3a001565AABBCC@224.0.1.75",
            "sip:MAC%3A001565aabbcc@pbx.example.org",
            "sip:MAC=001565aabbcc@224.0.1.75",
            "sip:MAC:001565aabbcc@224.0.1.75",
            "sip:MAC001565aabbcc@224.0.1.75",
            "sip:mac%3a00%3A15%3A65%3Aaa%3Abb%3Acc@224.0.1.75",
            "sip:Mac%3D00-15-65-AA-BB-CC@224.0.1.75",
            "snomM700/03.23.0005 (MAC=001565AABBCC; SER= 00000; HW=255)",
        ] {
            assert_eq!(marked(text).as_deref(), MAC, "{text}");
        }
        for text in ["001565aabbcc", "00:15:65:AA:BB:CC", "00%3a15%3a65%3aaa%3abb%3acc"] {
            assert_eq!(bare(text).as_deref(), MAC, "{text}");
        }
        assert_eq!(in_uuid("\"<urn:uuid:00000000-0000-1000-8000-001565AABBCC>\"").as_deref(), MAC);
    }

    #[test]
    fn what_is_no_mac_is_none() {
        for text in
            ["sip:stomac001565aabbcc@x", "sip:MAC%3a001565aabbccd@x", "sip:MAC%3a001565@x", "MAC", "%", "%3"]
        {
            assert_eq!(marked(text), None, "{text}");
        }
        for text in ["00000001", "001565aabbcc0", "001565aabbcc.cfg", "", "0:01565aabbcc"] {
            assert_eq!(bare(text), None, "{text}");
        }
        assert_eq!(in_uuid("<urn:uuid:5d2f3c51-5b9d-4f2e-9a53-001565aabbcc>"), None, "a random UUID");
    }
}
