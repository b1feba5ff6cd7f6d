//! SIP messages: one datagram read into a start line, fields and a body, and written from them (RFC 3261 §7).

use std::fmt;

use super::field::{is_called, is_token};

/// The longest message that is read; one that fits a datagram over Ethernet has 1,300 bytes (RFC 3261 §18.1.1).
pub const LONGEST_MESSAGE: usize = 4096;
/// A message with more header fields is nobody's.
const MOST_FIELDS: usize = 96;
const VERSION: &str = "SIP/2.0";

/// A request or a response.
///
/// Its `Debug` leaves fields and body out: the body of a NOTIFY carries a provisioning URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The first line.
    pub start: Start,
    fields: Vec<(String, String)>,
    /// What follows the header.
    pub body: Vec<u8>,
}

/// The first line of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// A request.
    Request {
        /// What is asked, such as `SUBSCRIBE`.
        method: String,
        /// Of whom.
        uri: String,
    },
    /// A response.
    Response {
        /// From 100 to 699.
        status: u16,
        /// The status in words.
        reason: String,
    },
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More bytes than any message has.
    #[error("longer than {LONGEST_MESSAGE} bytes")]
    Long,
    /// Neither a request line nor a status line.
    #[error("no SIP request or status line")]
    Start,
    /// A header line without a name.
    #[error("a header line without a name")]
    Field,
    /// More header fields than any message has.
    #[error("more than {MOST_FIELDS} header fields")]
    Fields,
    /// A content length that is no number, differs from another one, or is more than there is.
    #[error("a wrong content length")]
    ContentLength,
}

impl Message {
    /// A request without fields.
    #[must_use]
    pub fn request(method: &str, uri: &str) -> Self {
        Self::new(Start::Request { method: method.to_owned(), uri: cleaned(uri) })
    }

    /// A response without fields.
    #[must_use]
    pub fn response(status: u16, reason: &str) -> Self {
        Self::new(Start::Response { status, reason: reason.to_owned() })
    }

    const fn new(start: Start) -> Self {
        Self { start, fields: Vec::new(), body: Vec::new() }
    }

    /// The same with one more field. `Content-Length` is none of them: it is written as the body is.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), cleaned(value)));
        self
    }

    /// The same with a body and its type.
    #[must_use]
    pub fn with_body(self, content_type: &str, body: &[u8]) -> Self {
        Self { body: body.to_vec(), ..self.with("Content-Type", content_type) }
    }

    /// The value of the first field of this (long) name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(written, _)| is_called(written, name)).map(|(_, value)| value.as_str())
    }

    /// The values of all fields of this (long) name, in their order.
    pub fn fields(&self, name: &str) -> impl Iterator<Item = &str> {
        let called = move |(written, _): &&(String, String)| is_called(written, name);
        self.fields.iter().filter(called).map(|(_, value)| value.as_str())
    }

    /// The method, of a response that of its `CSeq`.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        match &self.start {
            Start::Request { method, .. } => Some(method),
            Start::Response { .. } => self.field("CSeq")?.split_ascii_whitespace().nth(1),
        }
    }

    /// Reads one datagram. Lines may end with a line feed alone, and bytes that are no text become signs for such.
    pub fn parse(datagram: &[u8]) -> Result<Self, Malformed> {
        if datagram.len() > LONGEST_MESSAGE {
            return Err(Malformed::Long);
        }
        let blank = datagram.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let mut rest = &datagram[blank..];
        let mut message = Self::new(Start::parse(&line(&mut rest).ok_or(Malformed::Start)?)?);
        let mut length = None;
        while let Some(text) = line(&mut rest).filter(|text| !text.is_empty()) {
            if text.starts_with([' ', '\t']) {
                let (_, value) = message.fields.last_mut().ok_or(Malformed::Field)?;
                let folded = text.trim();
                if !value.is_empty() && !folded.is_empty() {
                    value.push(' ');
                }
                value.push_str(folded);
                continue;
            }
            let (name, value) = text.split_once(':').ok_or(Malformed::Field)?;
            let name = name.trim_end();
            if !is_token(name) {
                return Err(Malformed::Field);
            }
            if message.fields.len() == MOST_FIELDS {
                return Err(Malformed::Fields);
            }
            message.fields.push((name.to_owned(), value.trim().to_owned()));
        }
        for (_, value) in message.fields.extract_if(.., |(name, _)| is_called(name, "Content-Length")) {
            let value: usize = value.parse().map_err(|_| Malformed::ContentLength)?;
            if length.replace(value).is_some_and(|before| before != value) {
                return Err(Malformed::ContentLength);
            }
        }
        // what follows the body in a datagram is nobody's (RFC 3261 §18.3)
        let length = length.unwrap_or(rest.len());
        message.body = rest.get(..length).ok_or(Malformed::ContentLength)?.to_vec();
        Ok(message)
    }

    /// The bytes of the message.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut lines = vec![match &self.start {
            Start::Request { method, uri } => format!("{method} {uri} {VERSION}"),
            Start::Response { status, reason } => format!("{VERSION} {status} {reason}"),
        }];
        lines.extend(self.fields.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(format!("Content-Length: {}\r\n\r\n", self.body.len()));
        let head = lines.join("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

impl Start {
    fn parse(line: &str) -> Result<Self, Malformed> {
        let (first, rest) = line.split_once(' ').ok_or(Malformed::Start)?;
        if first.eq_ignore_ascii_case(VERSION) {
            let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
            let status = status.parse().ok().filter(|status| (100..700).contains(status));
            return Ok(Self::Response { status: status.ok_or(Malformed::Start)?, reason: reason.to_owned() });
        }
        let (uri, version) = rest.split_once(' ').ok_or(Malformed::Start)?;
        if !is_token(first) || uri.is_empty() || !version.trim_end().eq_ignore_ascii_case(VERSION) {
            return Err(Malformed::Start);
        }
        Ok(Self::Request { method: first.to_owned(), uri: uri.to_owned() })
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("start", &self.start)
            .field("fields", &self.fields.len())
            .field("body.len", &self.body.len())
            .finish()
    }
}

/// The next line of `rest` as text without its end; none where nothing is left.
fn line(rest: &mut &[u8]) -> Option<String> {
    if rest.is_empty() {
        return None;
    }
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (line, after) = (&rest[..end], rest.get(end + 1..).unwrap_or_default());
    *rest = after;
    Some(cleaned(&String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line))))
}

/// Control characters become blanks: whatever is written out again ends no line, nor shows as one in a log.
fn cleaned(text: &str) -> String {
    text.chars().map(|next| if next.is_control() { ' ' } else { next }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_compact_and_oddly_cased_fields_are_read() {
        let text = "\r\nSUBSCRIBE sip:a@b SIP/2.0\r\nv: one\r\nVIA : two,\r\n\tthree\nf:\r\n x\n \r\nl: 2\r\n\r\nabcd";
        let message = Message::parse(text.as_bytes()).unwrap();
        assert_eq!(message.fields("Via").collect::<Vec<_>>(), ["one", "two, three"]);
        assert_eq!((message.field("From"), message.body.as_slice()), (Some("x"), &b"ab"[..]));
        assert_eq!(message.method(), Some("SUBSCRIBE"));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let fields = "a: b\n".repeat(MOST_FIELDS + 1);
        for (text, why) in [
            ("", Malformed::Start),
            ("\r\n\r\n", Malformed::Start),
            ("SUBSCRIBE sip:a", Malformed::Start),
            ("SUBSCRIBE  SIP/2.0", Malformed::Start),
            ("SUB SCRIBE sip:a SIP/2.0", Malformed::Start),
            ("GET / HTTP/1.1", Malformed::Start),
            ("SIP/2.0 99 X", Malformed::Start),
            ("SIP/2.0 700 X", Malformed::Start),
            ("A b SIP/2.0\n folded\n\n", Malformed::Field),
            ("A b SIP/2.0\nno colon\n\n", Malformed::Field),
            ("A b SIP/2.0\n: nameless\n\n", Malformed::Field),
            (&format!("A b SIP/2.0\n{fields}\n"), Malformed::Fields),
            ("A b SIP/2.0\nl: 5\n\nabcd", Malformed::ContentLength),
            ("A b SIP/2.0\nl: -1\n\n", Malformed::ContentLength),
            ("A b SIP/2.0\nl: 1\nContent-Length: 2\n\nabcd", Malformed::ContentLength),
            (&"x".repeat(LONGEST_MESSAGE + 1), Malformed::Long),
        ] {
            assert_eq!(Message::parse(text.as_bytes()), Err(why), "{text:.60}");
        }
    }

    #[test]
    fn no_value_ends_its_line_and_debug_shows_no_body() {
        let message =
            Message::request("NOTIFY", "sip:a").with("To", "x\r\nEvil: y").with_body("t", b"secret");
        let read = Message::parse(&message.write()).unwrap();
        assert_eq!((read.field("Evil"), read.field("To")), (None, Some("x  Evil: y")));
        assert!(!format!("{message:?}").contains("secret"));
    }
}
