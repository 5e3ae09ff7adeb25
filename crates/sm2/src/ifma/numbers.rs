//! Random numbers of the tests: the same in every run.

use crate::scalar::Scalar;

/// xorshift64*
pub(super) struct Xorshift(pub(super) u64);

impl Xorshift {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// 1..=n−1, as far as anyone will ever see.
    pub(super) fn scalar(&mut self) -> Scalar {
        let mut bytes = [0; 32];
        for place in bytes.chunks_exact_mut(8) {
            place.copy_from_slice(&self.next().to_be_bytes());
        }
        Scalar::reduced(&bytes)
    }
}
