//! Text as the network wrote it in 1980: a line ends in CR LF, and a bare CR is CR NUL (RFC 764, RFC 1350 §1).

use bytes::Bytes;

const LF: u8 = b'\n';
const CR: u8 = b'\r';

/// The bytes to send for `content` in netascii mode. Content without LF and CR is handed back uncopied.
#[must_use]
pub fn encode(content: Bytes) -> Bytes {
    let longer = content.iter().filter(|&&byte| byte == LF || byte == CR).count();
    if longer == 0 {
        return content;
    }
    let mut text = Vec::with_capacity(content.len() + longer);
    for &byte in &content {
        match byte {
            LF => text.extend_from_slice(b"\r\n"),
            CR => text.extend_from_slice(b"\r\0"),
            other => text.push(other),
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_bare_returns_are_translated() {
        assert_eq!(encode(Bytes::from_static(b"a\nb\rc\r\n")), &b"a\r\nb\r\0c\r\0\r\n"[..]);
    }

    #[test]
    fn plain_content_is_not_copied() {
        let content = Bytes::from_static(b"no line end");
        assert_eq!(encode(content.clone()).as_ptr(), content.as_ptr());
    }
}
