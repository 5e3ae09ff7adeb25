//! The places where what was worked out from secrets becomes public: r and s, the public key, and the
//! yes or no to a number that is out of range.
//!
//! The check of constant time (`examples/constant_time.rs`) runs this crate under valgrind with secrets marked
//! as undefined, which reports every branch and every index that depends on them. These functions are where it
//! takes the mark away again; no other place may. Without the feature `constant-time-check` they do nothing.

use crate::field::FieldElement;
use crate::point::Affine;

/// The bytes, public from here on.
#[inline(always)]
pub(crate) fn bytes<const LENGTH: usize>(bytes: [u8; LENGTH]) -> [u8; LENGTH] {
    #[cfg(feature = "constant-time-check")]
    let bytes = hook::made_public(bytes);
    bytes
}

/// The coordinates, public from here on.
#[inline(always)]
pub(crate) fn point(point: &Affine) -> Affine {
    let coordinate = |of: &FieldElement| FieldElement::from_montgomery(of.montgomery().map(answer));
    Affine { x: coordinate(&point.x), y: coordinate(&point.y) }
}

/// An answer in a word, public from here on.
#[inline(always)]
pub(crate) fn answer(word: u64) -> u64 {
    u64::from_ne_bytes(bytes(word.to_ne_bytes()))
}

#[cfg(feature = "constant-time-check")]
pub mod hook {
    //! How the check says what takes the mark away.

    use std::sync::OnceLock;

    /// What takes the mark away.
    static HOOK: OnceLock<fn(&mut [u8])> = OnceLock::new();

    /// Sets what takes the mark away, once for the process.
    pub fn set(hook: fn(&mut [u8])) {
        HOOK.get_or_init(|| hook);
    }

    /// Not inline: the bytes have to go through memory, where the mark is.
    #[inline(never)]
    pub(super) fn made_public<const LENGTH: usize>(mut bytes: [u8; LENGTH]) -> [u8; LENGTH] {
        if let Some(hook) = HOOK.get() {
            hook(&mut bytes);
        }
        bytes
    }
}
