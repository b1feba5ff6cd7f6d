//! A vendor's manifest, as an operator may drop one beside ours.

use offhook::catalog::Manifest;

pub(crate) const WORDS: &[&[u8]] = &[
    b"[[file]]\n",
    b"[[model]]\n",
    b"[[part]]\n",
    b"[[user_agent]]\n",
    b"name = ",
    b"path = \"{mac}.cfg\"\n",
    b"pattern = '(?P<mac>'",
    b"'''",
    b"\"\"\"",
    b"\\u0000",
    b"= {",
    b"[a.b.c]\n",
    b"= [",
    b"1979-05-27T07:32:00Z",
    b"0x",
    b"nan",
    b"secret = true\n",
];

/// Reads a manifest. Every mistake has a place that is there.
pub(crate) fn run(bytes: &[u8]) {
    let Err(mistakes) = Manifest::parse("acme/vendor.toml", bytes) else { return };
    assert!(!mistakes.0.is_empty());
    let lines = bytes.split(|byte| *byte == b'\n').count();
    for mistake in &mistakes.0 {
        assert!(mistake.line.is_none_or(|line| (1..=lines).contains(&line)), "{mistake:?}");
        assert!(mistake.column.is_none_or(|column| column >= 1 && column <= bytes.len() + 1), "{mistake:?}");
        assert!(!mistake.rule.contains('\n'));
    }
}
