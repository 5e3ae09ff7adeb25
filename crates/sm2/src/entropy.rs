//! Where fresh random bytes come from.

use czei_codes::Code as _;

use crate::{Code, Error};

/// A source of fresh random bytes for keys and nonces.
///
/// The source of the operating system is [`SystemEntropy`]; another one is for hardware
/// generators and for tests.
///
/// ```
/// use czei_sm2::{Code, Entropy, Error, SigningKey};
///
/// /// A source that is always down.
/// struct Down;
/// impl Entropy for Down {
///     fn fill(&mut self, _bytes: &mut [u8]) -> Result<(), Error> {
///         Err(Code::EntropyFailed.into())
///     }
/// }
/// assert_eq!(SigningKey::generate_with(&mut Down).unwrap_err().code(), Code::EntropyFailed);
/// ```
pub trait Entropy {
    /// Fills the whole of `bytes` with fresh random bytes.
    ///
    /// # Errors
    /// [`Code::EntropyFailed`] if that is not possible; `bytes` is then not used.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error>;
}

/// The generator of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        getrandom::fill(bytes).map_err(|error| Code::EntropyFailed.fault().found(error.to_string()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_system_fills_everything_anew() {
        let mut draws = [[0; 32]; 2];
        for draw in &mut draws {
            SystemEntropy.fill(draw).unwrap();
        }
        assert_ne!(draws[0], draws[1]);
        // Sixteen bytes left at zero by chance: 2^-128.
        assert!(draws.iter().all(|draw| draw[16..] != [0; 16]));
        SystemEntropy.fill(&mut []).unwrap();
    }
}
