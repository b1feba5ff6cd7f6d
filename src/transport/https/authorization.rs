//! `Authorization` of a request, taken apart: Basic (RFC 7617) and Digest with `qop=auth` (RFC 7616).

use data_encoding::BASE64;

use super::request::percent_decoded;
use crate::domain::Secret;
use crate::provisioning::{Credential, DigestAlgorithm, DigestAnswer};

/// Longer answers are nobody's.
const LONGEST: usize = 4096;

/// What the header's value answers, in a request with this method. Any bytes are fine.
pub(super) fn parse(value: &[u8], method: &'static str) -> Credential {
    read(value, method).unwrap_or(Credential::Unreadable)
}

fn read(value: &[u8], method: &'static str) -> Option<Credential> {
    if value.len() > LONGEST {
        return None;
    }
    let (scheme, rest) = std::str::from_utf8(value).ok()?.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(BASE64.decode(rest.trim().as_bytes()).ok()?).ok()?;
        let (user, password) = decoded.split_once(':')?;
        return Some(Credential::Basic { user: Secret::new(user), password: Secret::new(password) });
    }
    if !scheme.eq_ignore_ascii_case("digest") {
        return None;
    }
    digest(&parameters(rest)?, method).map(|answer| Credential::Digest(Box::new(answer)))
}

fn digest(parameters: &[(String, String)], method: &'static str) -> Option<DigestAnswer> {
    let optional = |name: &str| parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value);
    let text = |name: &str| optional(name).cloned();
    let algorithm = match optional("algorithm").map(|name| name.to_ascii_lowercase()).as_deref() {
        Some("sha-256") => DigestAlgorithm::Sha256,
        // what clients leave out is what they always did
        Some("md5") | None => DigestAlgorithm::Md5,
        Some(_) => return None,
    };
    let hashed_user = optional("userhash").is_some_and(|hashed| hashed.eq_ignore_ascii_case("true"));
    if hashed_user || !optional("qop")?.eq_ignore_ascii_case("auth") {
        return None;
    }
    let (uri, written_count) = (text("uri")?, text("nc")?);
    let digits = (1..=8).contains(&written_count.len())
        && written_count.bytes().all(|digit| digit.is_ascii_hexdigit());
    Some(DigestAnswer {
        algorithm,
        method,
        user: text("username")?,
        realm: text("realm")?,
        nonce: text("nonce")?,
        target: target(&uri),
        uri,
        cnonce: text("cnonce")?,
        count: u32::from_str_radix(&written_count, 16).ok().filter(|_| digits)?,
        written_count,
        response: text("response")?.to_ascii_lowercase(),
    })
}

/// The path that a `digest-uri` is for. Some phones write the whole URL, some leave the query out: what a phone gets
/// depends on the path alone.
fn target(uri: &str) -> String {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| uri.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let path = match scheme {
        Some(scheme) => uri[scheme.len()..].find('/').map_or("/", |start| &uri[scheme.len() + start..]),
        None => uri,
    };
    percent_decoded(path.split(['?', '#']).next().unwrap_or_default())
}

/// `name=value` or `name="value"`, separated by commas; names in lower case, none twice.
fn parameters(text: &str) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim_end().to_ascii_lowercase();
        let (value, after) = value(after.trim_start())?;
        let nothing_else = |after: &str| after.is_empty() || after.starts_with(',');
        let after = after.trim_start();
        if name.is_empty() || !name.bytes().all(is_token) || !nothing_else(after) {
            return None;
        }
        if found.iter().any(|(known, _)| *known == name) {
            return None;
        }
        found.push((name, value));
        rest = after.trim_start_matches([' ', '\t', ',']);
    }
    Some(found)
}

/// A value and what stands behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|character: char| !is_unquoted(character)).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

/// Some phones do not quote what must be quoted.
fn is_unquoted(character: char) -> bool {
    !matches!(character, ',' | '"' | ' ' | '\t')
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANSWER: &str = r#"Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="7ypf", nc=0000000a, cnonce="f2/w", qop=auth, response="AB12", opaque="FQhe""#;

    fn digest_of(text: &str) -> Option<DigestAnswer> {
        match parse(text.as_bytes(), "GET") {
            Credential::Digest(answer) => Some(*answer),
            Credential::Basic { .. } | Credential::Unreadable => None,
        }
    }

    #[test]
    fn an_answer_is_read_with_or_without_quotes() {
        let answer = digest_of(ANSWER).unwrap();
        assert_eq!(
            (answer.user.as_str(), answer.count, answer.written_count.as_str()),
            ("Mufasa", 10, "0000000a")
        );
        assert!(answer.algorithm == DigestAlgorithm::Sha256 && answer.response == "ab12");
        assert!(digest_of(&ANSWER.replace(", ", ",").replace("qop=auth", "qop=\"auth\"")).is_some());
        assert!(digest_of(&ANSWER.replace("algorithm=SHA-256", "algorithm=\"sha-256\"")).is_some());
        let old = digest_of(&ANSWER.replace(" algorithm=SHA-256,", "")).unwrap();
        assert!(old.algorithm == DigestAlgorithm::Md5);
        let escaped = digest_of(&ANSWER.replace("Mufasa", r#"Mu\"fa\\sa, x=y"#)).unwrap();
        assert_eq!(escaped.user, r#"Mu"fa\sa, x=y"#);
    }

    #[test]
    fn what_was_not_asked_for_is_unreadable() {
        for (given, wrong) in [
            ("qop=auth", "qop=auth-int"),
            ("qop=auth, ", ""),
            ("SHA-256", "SHA-256-sess"),
            ("SHA-256", "SHA-512-256"),
            ("nc=0000000a", "nc=+000000a"),
            ("nc=0000000a", "nc=000000001"),
            ("nc=0000000a", "nc="),
            ("username=", "username*="),
            ("username=", "userhash=true, username="),
            ("nonce=\"7ypf\"", "nonce=\"7ypf\", nonce=\"7ypf\""),
            ("\"FQhe\"", "\"FQhe"),
            ("Digest ", "Bearer "),
            ("Digest ", "Digest"),
        ] {
            let text = ANSWER.replace(given, wrong);
            assert!(text != ANSWER && digest_of(&text).is_none(), "{text}");
        }
        for text in ["", "Basic", "Basic !", "Basic YQ==", "Basic YTpi YTpi", "basic"] {
            assert!(parse(text.as_bytes(), "GET") == Credential::Unreadable, "{text}");
        }
    }

    #[test]
    fn a_basic_password_may_hold_colons() {
        let expected = Credential::Basic { user: Secret::new("a"), password: Secret::new("b:c") };
        assert!(parse(b"basic  YTpiOmM=", "GET") == expected);
    }

    #[test]
    fn a_target_is_the_path_alone() {
        for (uri, path) in [
            ("/p/t/a.cfg", "/p/t/a.cfg"),
            ("https://h:8443/p/t/a.cfg?x=/y", "/p/t/a.cfg"),
            ("HTTP://h/p%2Ft/%257b", "/p/t/%7b"),
            ("https://h", "/"),
            ("a.cfg", "a.cfg"),
            ("", ""),
        ] {
            assert_eq!(target(uri), path, "{uri}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..300)) {
            parse(&value, "GET");
        }

        #[test]
        fn nothing_that_looks_like_an_answer_panics(
            parts in proptest::collection::vec("(Digest |Basic |[a-z]{1,8}=|\"|\\\\|,| |é|%4|https?://|nc=[0-9a-f+]{0,9}|qop=auth)", 0..40),
        ) {
            parse(parts.concat().as_bytes(), "GET");
            parse(format!("Digest {}", parts.concat()).as_bytes(), "GET");
        }

        #[test]
        fn a_quoted_value_is_read_back(text in "[^\\x00-\\x1f\\x7f]{0,60}") {
            let quoted = text.replace('\\', r"\\").replace('"', "\\\"");
            let read = parameters(&format!("a=\"{quoted}\", b=c")).unwrap();
            prop_assert_eq!(read, vec![("a".to_owned(), text), ("b".to_owned(), "c".to_owned())]);
        }
    }
}
