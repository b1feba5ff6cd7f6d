//! Textual encoding of keys (RFC 7468): Base64 between a BEGIN and an END line.

use data_encoding::BASE64;
use zeroize::Zeroizing;

/// One block. Its bytes may be a private key and are wiped.
pub(super) struct Block {
    pub(super) label: String,
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// What is wrong with the text, with the line it is on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// No BEGIN line at all.
    #[error("holds no line \"-----BEGIN …-----\"")]
    Nothing,
    /// A BEGIN line without its END line.
    #[error("line {line}: the block that begins here has no matching END line")]
    Unended {
        /// The number of the BEGIN line, from 1.
        line: usize,
    },
    /// What stands between is no Base64.
    #[error("line {line}: what follows this BEGIN line is no Base64")]
    NotBase64 {
        /// The number of the BEGIN line, from 1.
        line: usize,
    },
}

/// All blocks of a text. Text around the blocks is explanation and skipped (RFC 7468 §5.2).
pub(super) fn blocks(text: &str) -> Result<Vec<Block>, PemError> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().map(str::trim).zip(1..);
    while let Some((begin, line)) = lines.next() {
        let Some(label) = between(begin, "-----BEGIN ") else { continue };
        let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
        loop {
            let Some((inside, _)) = lines.next() else { return Err(PemError::Unended { line }) };
            match between(inside, "-----END ") {
                Some(ended) if ended == label => break,
                Some(_) => return Err(PemError::Unended { line }),
                None => base64.push_str(inside),
            }
        }
        let der = BASE64.decode(base64.as_bytes()).map_err(|_| PemError::NotBase64 { line })?;
        blocks.push(Block { label: label.to_owned(), der: Zeroizing::new(der) });
    }
    if blocks.is_empty() { Err(PemError::Nothing) } else { Ok(blocks) }
}

/// One block, ending in a line feed.
pub(super) fn encode(label: &str, der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(BASE64.encode(der));
    // Room for everything at once: a growing string would leave copies of a private key behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * base64.len() + 2 * label.len() + 64));
    let mut rest = base64.as_str();
    text.extend(["-----BEGIN ", label, "-----\n"]);
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.extend([line, "\n"]);
        rest = after;
    }
    text.extend(["-----END ", label, "-----\n"]);
    text
}

fn between<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_back_and_text_around_them_is_skipped() {
        let text = format!("old key\n{}new key\r\n{}", *encode("A", &[7; 100]), *encode("B C", b"x"));
        let blocks = blocks(&text).unwrap();
        let read: Vec<_> = blocks.iter().map(|block| (block.label.as_str(), block.der.as_slice())).collect();
        assert_eq!(read, [("A", &[7; 100][..]), ("B C", b"x")]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let error = |text: &str| blocks(text).err();
        assert_eq!(error("hello"), Some(PemError::Nothing));
        assert_eq!(error("x\n-----BEGIN A-----\nAAAA\n"), Some(PemError::Unended { line: 2 }));
        assert_eq!(error("-----BEGIN A-----\nAAAA\n-----END B-----"), Some(PemError::Unended { line: 1 }));
        assert_eq!(error("-----BEGIN A-----\n?\n-----END A-----"), Some(PemError::NotBase64 { line: 1 }));
    }
}
