//! A file that an administrator sends, and the cell that gives a device its lines.

use std::fmt::Write as _;

use offhook::admin::actions::{CsvKind, read_lines};
use offhook::domain::ServiceName;

pub(crate) const WORDS: &[&[u8]] = &[
    b"Action,Name,Device model,Managed by,CPE profile,Inventory ID,MAC,Description,ASCII key,Qpc key,Lines\n",
    b"Number,Name,Product\n",
    b"MAC,Position,Kind\n",
    b"add,",
    b"auto,",
    b"001565aabbcc,",
    b"1=101 ",
    b"2=\"Fax \"\"X\"\"\" ",
    b"'=1+1",
    b"'",
    b"\"\"",
    b"\"\n\"",
    b";;",
    b",,,,",
];

/// Reads a file of each kind. What is read and written again is read as the same.
pub(crate) fn file(bytes: &[u8]) {
    for kind in [CsvKind::Devices, CsvKind::Extensions, CsvKind::Dids, CsvKind::Keys] {
        let (rows, mistakes) = match kind.read(bytes) {
            Ok(read) => read,
            Err(wrong) => {
                assert!(wrong.to_string().len() < 4096);
                continue;
            }
        };
        let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
        assert!(rows.len() as u64 <= lines && mistakes.iter().all(|mistake| mistake.row >= 2));
        let said: Vec<_> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
        let (again, mistakes) =
            kind.read(kind.write(said.clone()).as_bytes()).expect("a file of ours is one");
        assert_eq!((again, mistakes), (said, Vec::new()));
    }
}

/// Reads a cell.
pub(crate) fn lines(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(lines) = read_lines(&text) else { return };
    let mut written = String::new();
    for (line, name) in &lines {
        let _ = match name {
            ServiceName::Number(number) => write!(written, " {line}={number}"),
            ServiceName::Trunk(name) => write!(written, " {line}=\"{}\"", name.as_str().replace('"', "\"\"")),
        };
    }
    assert_eq!(read_lines(&written), Ok(lines));
}
