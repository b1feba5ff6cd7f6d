//! The six packets of TFTP: bytes to packet and packet to bytes (RFC 1350, RFC 2347).
//!
//! Parsing borrows from the datagram and allocates nothing.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

/// The longest request that is read (RFC 2347: "The maximum size of a request packet is 512 octets").
pub const MAX_REQUEST: usize = 512;

/// Bytes before the payload of a DATA packet; also the whole of an ACK.
pub const HEADER: usize = 4;

const READ: u16 = 1;
const WRITE: u16 = 2;
const DATA: u16 = 3;
const ACK: u16 = 4;
const ERROR: u16 = 5;
const OACK: u16 = 6;

/// One datagram, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// RRQ: somebody wants a file.
    Read(Request<'a>),
    /// WRQ: somebody wants to store a file.
    Write(Request<'a>),
    /// DATA: one block of a file. Block numbers are 16 bits wide and go round.
    Data {
        /// The block's number on the wire.
        block: u16,
        /// What the block holds.
        payload: &'a [u8],
    },
    /// ACK: everything up to this block has arrived.
    Ack(u16),
    /// ERROR: the transfer is over.
    Error {
        /// Why, as a number; see [`ErrorCode`] for those that have a meaning.
        code: u16,
        /// Why, for a reader.
        message: &'a [u8],
    },
    /// OACK: the options that the server grants.
    OptionAck(Options<'a>),
}

/// What an RRQ or WRQ asks.
///
/// Its `Debug` shows the length of the name only: a name may carry what is nobody's business in a log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The file's name as sent; any bytes but NUL.
    pub name: &'a [u8],
    /// How the bytes are to be carried.
    pub mode: Mode,
    /// The options asked for, in the order of the request.
    pub options: Options<'a>,
}

impl<'a> Request<'a> {
    /// The name as text; what is not UTF-8 becomes U+FFFD.
    #[must_use]
    pub fn name_lossy(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.name)
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("name.len", &self.name.len())
            .field("mode", &self.mode)
            .field("options", &self.options)
            .finish()
    }
}

/// How the bytes of a file are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As they are.
    Octet,
    /// As text with the line ends of the network; see [`super::netascii`].
    Netascii,
}

impl Mode {
    /// The mode's word, without regard to case.
    fn parse(word: &[u8]) -> Result<Self, PacketError> {
        if word.eq_ignore_ascii_case(b"octet") {
            Ok(Self::Octet)
        } else if word.eq_ignore_ascii_case(b"netascii") {
            Ok(Self::Netascii)
        } else {
            Err(PacketError::Mode)
        }
    }

    fn word(self) -> &'static [u8] {
        match self {
            Self::Octet => b"octet",
            Self::Netascii => b"netascii",
        }
    }
}

/// The option list of a request or an OACK: pairs of NUL-terminated strings.
///
/// A pair whose end is missing is no option: `blksize 14` may have been `blksize 1428` before it was cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Options<'a>(&'a [u8]);

impl<'a> Options<'a> {
    /// No options at all.
    pub const NONE: Options<'static> = Options(&[]);

    /// The pairs of name and value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (name, after) = until_nul(rest)?;
            let (value, after) = until_nul(after)?;
            rest = after;
            Some((name, value))
        })
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |bytes| String::from_utf8_lossy(bytes);
        f.debug_map().entries(self.iter().map(|(name, value)| (text(name), text(value)))).finish()
    }
}

/// The error numbers of RFC 1350 and RFC 2347.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum ErrorCode {
    /// See the message.
    NotDefined = 0,
    /// File not found.
    FileNotFound = 1,
    /// Access violation.
    AccessViolation = 2,
    /// Illegal TFTP operation.
    IllegalOperation = 4,
    /// Unknown transfer ID.
    UnknownTransferId = 5,
}

/// Why a datagram is no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PacketError {
    /// It ends before it says what it is.
    #[error("datagram of {0} bytes is shorter than a packet")]
    Short(usize),
    /// The first two bytes name no packet.
    #[error("opcode {0} is none of 1 to 6")]
    Opcode(u16),
    /// A request longer than [`MAX_REQUEST`].
    #[error("request of {0} bytes is longer than {MAX_REQUEST}")]
    Long(usize),
    /// A request whose name is empty or has no end.
    #[error("request has no file name")]
    Name,
    /// A request whose mode is missing, cut or neither `octet` nor `netascii`.
    #[error("transfer mode is neither octet nor netascii")]
    Mode,
}

impl<'a> Packet<'a> {
    /// Understands one datagram. Bytes after the end of an ACK are ignored, as some clients pad.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, PacketError> {
        let short = || PacketError::Short(datagram.len());
        let (opcode, body) = number(datagram).ok_or_else(short)?;
        match opcode {
            READ => request(datagram.len(), body).map(Self::Read),
            WRITE => request(datagram.len(), body).map(Self::Write),
            DATA => number(body).map(|(block, payload)| Self::Data { block, payload }).ok_or_else(short),
            ACK => number(body).map(|(block, _)| Self::Ack(block)).ok_or_else(short),
            ERROR => {
                let (code, text) = number(body).ok_or_else(short)?;
                let message = until_nul(text).map_or(text, |(message, _)| message);
                Ok(Self::Error { code, message })
            }
            OACK => Ok(Self::OptionAck(Options(body))),
            other => Err(PacketError::Opcode(other)),
        }
    }

    /// Appends the packet's bytes to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Read(request) => write_request(READ, request, out),
            Self::Write(request) => write_request(WRITE, request, out),
            Self::Data { block, payload } => {
                out.extend_from_slice(&header(DATA, *block));
                out.extend_from_slice(payload);
            }
            Self::Ack(block) => out.extend_from_slice(&header(ACK, *block)),
            Self::Error { code, message } => {
                out.extend_from_slice(&header(ERROR, *code));
                out.extend_from_slice(message);
                out.push(0);
            }
            Self::OptionAck(options) => {
                out.extend_from_slice(&OACK.to_be_bytes());
                out.extend_from_slice(options.0);
            }
        }
    }
}

/// The option pairs as they stand in a packet, ready for [`Options`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionList(Vec<u8>);

impl OptionList {
    /// Adds one pair. A NUL in either would end it early, so the pair is left out.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        if name.contains(&0) || value.contains(&0) {
            return;
        }
        for word in [name, value] {
            self.0.extend_from_slice(word);
            self.0.push(0);
        }
    }

    /// The list as a packet holds it.
    #[must_use]
    pub fn as_options(&self) -> Options<'_> {
        Options(&self.0)
    }

    /// Whether there is no option in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn request(total: usize, body: &[u8]) -> Result<Request<'_>, PacketError> {
    if total > MAX_REQUEST {
        return Err(PacketError::Long(total));
    }
    let (name, after) = until_nul(body).filter(|(name, _)| !name.is_empty()).ok_or(PacketError::Name)?;
    // A mode without its NUL can be told from a cut one, as no mode is the beginning of another.
    let (mode, options) = until_nul(after).unwrap_or((after, &[]));
    Ok(Request { name, mode: Mode::parse(mode)?, options: Options(options) })
}

fn write_request(opcode: u16, request: &Request<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(&opcode.to_be_bytes());
    for word in [request.name, request.mode.word()] {
        out.extend_from_slice(word);
        out.push(0);
    }
    out.extend_from_slice(request.options.0);
}

fn header(opcode: u16, number: u16) -> [u8; HEADER] {
    let [a, b] = opcode.to_be_bytes();
    let [c, d] = number.to_be_bytes();
    [a, b, c, d]
}

/// The 16-bit number in front, and what follows.
fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (head, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(*head), rest))
}

/// What stands before the first NUL, and what follows it.
fn until_nul(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_with_its_options_in_order() {
        let Ok(Packet::Read(request)) = Packet::parse(b"\0\x01/a.cfg\0OcTeT\0tsize\x000\0BLKSIZE\x001428\0")
        else {
            panic!("not a read request")
        };
        assert_eq!((request.name, request.mode), (&b"/a.cfg"[..], Mode::Octet));
        let options: Vec<_> = request.options.iter().collect();
        assert_eq!(options, [(&b"tsize"[..], &b"0"[..]), (b"BLKSIZE", b"1428")]);
    }

    #[test]
    fn a_missing_last_nul_is_forgiven_after_the_mode_only() {
        assert!(matches!(Packet::parse(b"\0\x01a\0octet"), Ok(Packet::Read(r)) if r.mode == Mode::Octet));
        assert_eq!(Packet::parse(b"\0\x01a\0oct"), Err(PacketError::Mode));
        assert_eq!(Packet::parse(b"\0\x01name"), Err(PacketError::Name));
        let Ok(Packet::Read(cut)) = Packet::parse(b"\0\x01a\0octet\0tsize\x000\0blksize\x0014") else {
            panic!("not a read request")
        };
        assert_eq!(cut.options.iter().count(), 1, "the cut option is not one");
    }

    #[test]
    fn what_is_no_packet_says_why() {
        assert_eq!(Packet::parse(b""), Err(PacketError::Short(0)));
        assert_eq!(Packet::parse(b"\0\x04\0"), Err(PacketError::Short(3)));
        assert_eq!(Packet::parse(b"\0\x09"), Err(PacketError::Opcode(9)));
        assert_eq!(Packet::parse(b"\0\x01\0octet\0"), Err(PacketError::Name));
        assert_eq!(Packet::parse(b"\0\x01a\0mail\0"), Err(PacketError::Mode));
        let long = [b"\0\x01".as_slice(), &[b'a'; MAX_REQUEST], b"\0octet\0"].concat();
        assert_eq!(Packet::parse(&long), Err(PacketError::Long(MAX_REQUEST + 9)));
    }

    #[test]
    fn debug_output_of_a_request_does_not_hold_its_name() {
        let packet = Packet::parse(b"\0\x01tsecretscope/a.cfg\0octet\0").unwrap();
        assert!(!format!("{packet:?}").contains("secret"));
    }
}
