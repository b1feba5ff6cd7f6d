//! The packets that a TFTP client sends and understands (RFC 1350, 2347, 2348, 2349).

/// What a server sends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    /// One block.
    Data {
        /// Its number.
        block: u16,
        /// Its bytes.
        bytes: &'a [u8],
    },
    /// The options that the server grants: block size and the file's size.
    Granted {
        /// The block size, where granted.
        block_size: Option<usize>,
        /// The size of the file, where told.
        size: Option<usize>,
    },
    /// The server gives up; its message is not kept.
    Error(u16),
}

impl<'a> Packet<'a> {
    /// Reads a datagram; none if it is nothing a server sends.
    pub(super) fn parse(datagram: &'a [u8]) -> Option<Self> {
        let (operation, rest) = number(datagram)?;
        match operation {
            3 => number(rest).map(|(block, bytes)| Self::Data { block, bytes }),
            5 => number(rest).map(|(code, _)| Self::Error(code)),
            6 => Some(Self::granted(rest)),
            _ => None,
        }
    }

    fn granted(bytes: &[u8]) -> Self {
        let mut texts =
            bytes.split(|byte| *byte == 0).map(|text| std::str::from_utf8(text).unwrap_or_default());
        let (mut block_size, mut size) = (None, None);
        while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
            if name.eq_ignore_ascii_case("blksize") {
                block_size = value.parse().ok();
            } else if name.eq_ignore_ascii_case("tsize") {
                size = value.parse().ok();
            }
        }
        Self::Granted { block_size, size }
    }
}

/// The request for a file in octet mode, asking for a block size and the file's size.
pub(super) fn read_request(file: &str, block_size: u16) -> Vec<u8> {
    let mut packet = vec![0, 1];
    for text in [file, "octet", "blksize", &block_size.to_string(), "tsize", "0"] {
        packet.extend_from_slice(text.as_bytes());
        packet.push(0);
    }
    packet
}

/// The acknowledgement of a block; block 0 acknowledges granted options.
pub(super) const fn acknowledgement(block: u16) -> [u8; 4] {
    let [high, low] = block.to_be_bytes();
    [0, 4, high, low]
}

/// The error that ends a transfer the client cannot go on with.
pub(super) fn error(code: u16) -> [u8; 5] {
    let [high, low] = code.to_be_bytes();
    [0, 5, high, low, 0]
}

fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*first), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_server_s_packets_are_told_apart() {
        assert_eq!(Packet::parse(&[0, 3, 1, 2, 9]), Some(Packet::Data { block: 258, bytes: &[9] }));
        assert_eq!(Packet::parse(&[0, 5, 0, 1, b'n', 0]), Some(Packet::Error(1)));
        let granted = Packet::Granted { block_size: Some(1428), size: Some(7) };
        assert_eq!(Packet::parse(b"\0\x06TSIZE\x007\0blksize\x001428\0"), Some(granted));
        assert_eq!(Packet::parse(&[0, 4, 0, 1]), None);
        assert_eq!(Packet::parse(&[0]), None);
    }

    #[test]
    fn a_request_names_file_mode_and_options() {
        assert_eq!(read_request("a.cfg", 1428), b"\0\x01a.cfg\0octet\0blksize\x001428\0tsize\x000\0");
    }

    proptest! {
        #[test]
        fn any_datagram_is_read_or_dropped(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Packet::parse(&bytes);
        }
    }
}
