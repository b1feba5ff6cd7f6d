//! Seeds changed by chance, within a time and a number of cases.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestError, TestRunner};

use crate::targets::Target;

/// How long each target is driven, where nobody says otherwise.
const SECONDS: u64 = 2;
/// More cases are not tried in a second, so that a fast target does not take the others' turn for nothing new.
const CASES_PER_SECOND: u64 = 50_000;
/// No door lets more than this through to a parser.
const LONGEST: usize = 1 << 17;
/// Far more than any input may cost, on a machine that does other things as well.
const SLOWEST: Duration = Duration::from_secs(30);

/// Where the seeds are.
pub(crate) fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus")
}

/// The seeds of a target by the names of their files.
pub(crate) fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut seeds: Vec<_> = std::fs::read_dir(corpus().join(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect();
    seeds.sort();
    seeds
}

/// One change of an input. Places are anywhere in what there is by then.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, Index),
    Truncate(Index),
    /// A part of another seed, instead of or before what stands there.
    Splice {
        at: Index,
        seed: Index,
        from: Index,
        length: Index,
        instead: bool,
    },
    /// A number instead of the digits that stand behind a place.
    Number(Index, &'static str),
    /// Two or four bytes of a number at its border.
    Bytes(Index, u32, bool),
    Repeat {
        from: Index,
        length: Index,
        times: usize,
    },
    Case(Index),
}

/// Where numbers break.
const NUMBERS: [&str; 16] = [
    "",
    "0",
    "-1",
    "+1",
    "1",
    "00",
    "127",
    "128",
    "255",
    "256",
    "65535",
    "65536",
    "2147483648",
    "4294967296",
    "18446744073709551616",
    "99999999999999999999999999",
];
const BORDERS: [u32; 9] = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
/// What means something in more than one grammar.
const SIGNS: [&[u8]; 22] = [
    b"\0",
    b"\r\n",
    b"\n",
    b"\r\n ",
    b" ",
    b"\t",
    b"%",
    b"%25",
    b"%2e%2e%2f",
    b"..",
    b"/",
    b"\\",
    b"\"",
    b",",
    b";",
    b"=",
    b"\xff",
    b"\xef\xbb\xbf",
    "\u{202e}".as_bytes(),
    "é".as_bytes(),
    b"{",
    b"[[",
];

fn change(words: &'static [&'static [u8]]) -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    let known: Vec<&'static [u8]> = SIGNS.iter().chain(words).copied().collect();
    let bytes = prop_oneof![
        3 => prop::sample::select(known).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 1..8),
    ];
    prop_oneof![
        3 => (place(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        4 => (place(), bytes).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        2 => (place(), place()).prop_map(|(at, length)| Change::Remove(at, length)),
        1 => place().prop_map(Change::Truncate),
        3 => (place(), place(), place(), place(), any::<bool>())
            .prop_map(|(at, seed, from, length, instead)| Change::Splice { at, seed, from, length, instead }),
        2 => (place(), prop::sample::select(&NUMBERS[..])).prop_map(|(at, number)| Change::Number(at, number)),
        2 => (place(), prop::sample::select(&BORDERS[..]), any::<bool>())
            .prop_map(|(at, number, wide)| Change::Bytes(at, number, wide)),
        1 => (place(), place(), 2..64_usize).prop_map(|(from, length, times)| Change::Repeat { from, length, times }),
        1 => place().prop_map(Change::Case),
    ]
}

/// Half of the parts are short: most of what breaks a parser is.
fn part(bytes: &[u8], from: Index, length: Index) -> &[u8] {
    if bytes.is_empty() {
        return bytes;
    }
    let from = from.index(bytes.len());
    let rest = bytes.len() - from;
    let longest = if length.index(2) == 0 { rest.min(16) } else { rest };
    &bytes[from..=from + length.index(longest)]
}

impl Change {
    fn apply(&self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let end = input.len();
        match self {
            Self::Flip(at, bit) if end > 0 => input[at.index(end)] ^= 1 << bit,
            Self::Insert(at, bytes) => {
                let at = at.index(end + 1);
                input.splice(at..at, bytes.iter().copied());
            }
            Self::Remove(at, length) if end > 0 => {
                let at = at.index(end);
                let longest = if length.index(2) == 0 { 16.min(end - at) } else { end - at };
                input.drain(at..=at + length.index(longest));
            }
            Self::Truncate(at) => input.truncate(at.index(end + 1)),
            Self::Splice { at, seed, from, length, instead } => {
                let other = part(&seeds[seed.index(seeds.len())], *from, *length);
                let at = at.index(end + 1);
                let until = if *instead { (at + other.len()).min(end) } else { at };
                input.splice(at..until, other.iter().copied());
            }
            Self::Number(at, number) => {
                let at = at.index(end + 1);
                let skipped = input[at..].iter().position(u8::is_ascii_digit).unwrap_or(0);
                let digits = input[at + skipped..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                input.splice(at + skipped..at + skipped + digits, number.bytes());
            }
            Self::Bytes(at, number, wide) => {
                let bytes = &number.to_be_bytes()[if *wide { 0 } else { 2 }..];
                let at = at.index(end + 1);
                input.splice(at..(at + bytes.len()).min(end), bytes.iter().copied());
            }
            Self::Repeat { from, length, times } if end > 0 => {
                let piece = part(input, *from, *length).to_vec();
                let at = from.index(end);
                input.splice(at..at, piece.repeat(*times));
            }
            Self::Case(at) if end > 0 => {
                let at = at.index(end);
                let until = (at + 8).min(end);
                input[at..until].make_ascii_uppercase();
            }
            Self::Flip(..) | Self::Remove(..) | Self::Repeat { .. } | Self::Case(_) => {}
        }
        input.truncate(LONGEST);
    }
}

fn input(seeds: Vec<Vec<u8>>, words: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), vec(change(words), 0..8)).prop_map(move |(seed, changes)| {
        let mut input = seeds[seed.index(seeds.len())].clone();
        for change in changes {
            change.apply(&mut input, &seeds);
        }
        input
    })
}

/// Drives a target until its time or its cases are over.
pub(crate) fn drive(target: &Target) {
    #[expect(clippy::disallowed_methods, reason = "a test reads its own surroundings")]
    let seconds = std::env::var("OFFHOOK_FUZZ_SECONDS").map_or(SECONDS, |text| text.parse().unwrap());
    let seeds: Vec<_> = seeds(target.name).into_iter().map(|(_, seed)| seed).collect();
    // what a target makes once, such as the packs, is made before its time runs
    (target.run)(&seeds[0]);
    let strategy = input(seeds, target.words);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let began = Instant::now();
    let mut cases = 0;
    while began.elapsed() < Duration::from_secs(seconds) && cases < seconds * CASES_PER_SECOND {
        let tree = strategy.new_tree(&mut runner).unwrap();
        let before = began.elapsed();
        let outcome = runner.run_one(tree, |bytes| {
            (target.run)(&bytes);
            Ok(())
        });
        if let Err(TestError::Fail(why, bytes)) = outcome {
            let hex = data_encoding::HEXLOWER.encode(&bytes);
            panic!("{}: {why}\n{} bytes: \"{}\"\nhex {hex}", target.name, bytes.len(), bytes.escape_ascii());
        }
        let cost = began.elapsed().saturating_sub(before);
        assert!(cost < SLOWEST, "{}: one input cost {cost:?}", target.name);
        cases += 1;
    }
    assert!(cases > 0);
    println!("{}: {cases} cases in {:?}", target.name, began.elapsed());
}
