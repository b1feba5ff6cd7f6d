//! The head of a phone's request: path, headers, what answers a demand for a password, and which file is wanted.

use offhook::domain::Scope;
use offhook::net::accept::Peer;
use offhook::provisioning::{Credential, Wanted};
use offhook::transport::https::{PhoneRequest, names_tag};

pub(crate) const WORDS: &[&[u8]] = &[
    b"/p/",
    b"tabcdefghijklmnopqrstuvwxyz",
    b"001565aabbcc",
    b".cfg",
    b"%7BMAC%7D",
    b"?x=",
    b"W/\"",
    b"*",
    b"If-None-Match: ",
    b"User-Agent: ",
    b"Authorization: ",
    b"X-Forwarded-For: ",
    b"HEAD",
    b"http://h",
];
pub(crate) const ANSWERS: &[&[u8]] = &[
    b"Digest ",
    b"Basic ",
    b"username=",
    b"realm=",
    b"nonce=",
    b"uri=",
    b"qop=auth",
    b"nc=00000001",
    b"cnonce=",
    b"response=",
    b"algorithm=SHA-256",
    b"algorithm=MD5",
    b"userhash=true",
    b"https://h/",
    b"YTpi",
    b"\\\"",
];

fn peer() -> Peer {
    Peer { address: ([192, 0, 2, 9], 1024).into(), secure: true, certificate: None }
}

/// The bytes as a request line and header lines; none where the HTTP library lets no such request through.
fn request(bytes: &[u8]) -> Option<http::Request<()>> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let first = lines.next()?;
    let mut words = first.splitn(3, |byte| *byte == b' ');
    let mut request = http::Request::new(());
    *request.method_mut() = http::Method::from_bytes(words.next()?).ok()?;
    *request.uri_mut() = http::Uri::try_from(words.next()?).ok()?;
    for line in lines.take_while(|line| !line.is_empty()).take(100) {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = http::HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = http::HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        request.headers_mut().append(name, value);
    }
    Some(request)
}

/// Reads a head, and the path in it.
pub(crate) fn head(bytes: &[u8]) {
    // a path may also come by TFTP, with any byte in it
    wanted(&String::from_utf8_lossy(bytes));
    let Some(request) = request(bytes) else { return };
    let read = PhoneRequest::read(peer(), &request);
    let written = request.uri().path();
    assert!(read.path.len() <= 3 * written.len());
    assert!(written.contains('%') || read.path == written, "what was not escaped stays");
    wanted(&read.path);
    if let Some(tags) = &read.if_none_match {
        let tag = "\"0123456789abcdef\"";
        assert!(!names_tag(tags, tag) || tags.contains(tag) || tags.contains('*'));
        assert!(names_tag(&format!("{tags}, W/{tag}"), tag));
    }
    if let Some(credential) = &read.credential {
        shows_nothing(credential);
    }
}

/// Nothing that a path names climbs out of its tenant, and it is read again as it was read.
fn wanted(path: &str) {
    let Some(wanted) = Wanted::parse(path) else { return };
    assert!(wanted.file.len() <= path.len());
    assert!(!wanted.file.contains(['\0', '\\']));
    assert!(wanted.file.split('/').all(|part| !matches!(part, "" | "." | "..")));
    assert!(wanted.scope.is_none_or(|scope| Scope::parse(scope).is_ok_and(|read| read.expose() == scope)));
    let again = match wanted.scope {
        Some(scope) => format!("/p/{scope}/{}", wanted.file),
        None => format!("/p/{}", wanted.file),
    };
    assert!(Wanted::parse(&again) == Some(wanted), "{again}");
}

/// Reads the value of an `Authorization` line.
pub(crate) fn authorization(bytes: &[u8]) {
    let Ok(value) = http::HeaderValue::from_bytes(bytes) else { return };
    let mut request = http::Request::new(());
    request.headers_mut().insert(http::header::AUTHORIZATION, value);
    let read = PhoneRequest::read(peer(), &request);
    let credential = read.credential.expect("there is an answer");
    shows_nothing(&credential);
    match credential {
        Credential::Basic { user, .. } => assert!(!user.expose().contains(':')),
        Credential::Digest(answer) => {
            assert_eq!(u32::from_str_radix(&answer.written_count, 16), Ok(answer.count));
            let texts = [&answer.user, &answer.realm, &answer.nonce, &answer.uri, &answer.response];
            assert!(texts.iter().all(|text| text.len() <= 4096));
        }
        Credential::Unreadable => {}
    }
}

fn shows_nothing(credential: &Credential) {
    let shown = format!("{credential:?}");
    let known = ["Credential(Basic …)", "Credential(Digest …)", "Credential(unreadable)"];
    assert!(known.contains(&shown.as_str()), "{shown}");
}
