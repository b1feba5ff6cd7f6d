//! Secrets from a file or standard input, never from arguments: one line, without the line feed that ends it.

use std::{
    io::{BufRead as _, IsTerminal as _, Read as _},
    path::Path,
};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::WrongInput;
use crate::domain::{Pin, Secret};

/// Longer than any secret that is given so, so that a wrong file is not read into memory.
const LONGEST: u64 = 4096;

/// The SIP password in a file; `-` is standard input.
pub(super) fn read_password(path: &Path) -> Result<Secret, WrongInput> {
    Secret::parse_sip_password(&read_secret(path)?).map_err(|error| wrong(path, &error))
}

/// The secret in a file; `-` is standard input.
pub(super) fn read_secret(path: &Path) -> Result<Zeroizing<String>, WrongInput> {
    let mut text = Zeroizing::new(String::new());
    let read = if path.as_os_str() == "-" {
        std::io::stdin().take(LONGEST).read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text))
    };
    read.map_err(|error| wrong(path, &error))?;
    let length = line(&text).len();
    text.truncate(length);
    Ok(text)
}

/// The PIN on standard input, which a person at a terminal is asked for and does not see.
pub(super) fn ask_for_pin() -> Result<Pin, WrongInput> {
    let stdin = std::io::stdin();
    let mut text = Zeroizing::new(String::new());
    let read = if stdin.is_terminal() {
        // before the question, which invites to type
        let hidden = Unseen::begin();
        eprint!("PIN, 4 to 8 digits: ");
        let read = stdin.lock().take(LONGEST).read_line(&mut text);
        drop(hidden);
        // the line feed was typed, and not seen either
        eprintln!();
        read
    } else {
        stdin.lock().take(LONGEST).read_line(&mut text)
    };
    read.map_err(|error| wrong(Path::new("-"), &error))?;
    Pin::parse(line(&text)).map_err(WrongInput::new)
}

/// While it lives, the terminal does not show what is typed.
struct Unseen(Option<Termios>);

impl Unseen {
    /// A terminal that cannot do it shows what is typed: that is no reason not to ask.
    fn begin() -> Self {
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin).ok();
        if let Some(mut silent) = before.clone() {
            silent.local_modes.remove(LocalModes::ECHO);
            let _ = tcsetattr(&stdin, OptionalActions::Now, &silent);
        }
        Self(before)
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

fn line(text: &str) -> &str {
    let line = text.strip_suffix('\n').unwrap_or(text);
    line.strip_suffix('\r').unwrap_or(line)
}

fn wrong(path: &Path, why: &dyn std::fmt::Display) -> WrongInput {
    WrongInput::new(format_args!("{}: {why}", path.display()))
}
