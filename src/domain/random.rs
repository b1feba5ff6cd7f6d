//! Randomness as a parameter.

/// Where random bytes come from. Everything that makes a secret, a scope or an id is given one of these.
pub trait Random: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);

    /// A string of `length` characters drawn evenly from `alphabet`, whose size must be a power of two
    /// of at most 256 (so that no draw is biased).
    fn draw(&self, alphabet: &[u8], length: usize) -> String
    where
        Self: Sized,
    {
        draw(self, alphabet, length)
    }
}

/// [`Random::draw`] for a source behind a reference to a trait object.
pub(crate) fn draw(random: &(impl Random + ?Sized), alphabet: &[u8], length: usize) -> String {
    debug_assert!(alphabet.len().is_power_of_two() && alphabet.len() <= 256);
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}

/// So many digits, drawn evenly.
pub(crate) fn draw_digits(random: &(impl Random + ?Sized), length: usize) -> String {
    let mut digits = String::with_capacity(length);
    while digits.len() < length {
        let mut byte = [0];
        random.fill(&mut byte);
        // what is left of the last ten would make some digits likelier than others
        if byte[0] < 250 {
            digits.push(char::from(b'0' + byte[0] % 10));
        }
    }
    digits
}

/// The system's random number generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::expect_used, reason = "a machine without randomness must not go on making secrets")]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the system's random number generator answers");
    }
}
