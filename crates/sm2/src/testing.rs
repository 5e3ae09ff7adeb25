//! Numbers for the tests of the arithmetic.

use crate::limbs::{self, Limbs};
use crate::{field, scalar};

/// Random numbers that are the same in each run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below 2^256; one limb in four is all zeros, all ones or next to it.
    pub(crate) fn limbs(&mut self) -> Limbs {
        [(); 4].map(|()| match self.word() % 16 {
            0 => 0,
            1 => u64::MAX,
            2 => 1,
            3 => u64::MAX - 1,
            _ => self.word(),
        })
    }

    /// Below the modulus.
    pub(crate) fn below(&mut self, modulus: &Limbs) -> Limbs {
        loop {
            let number = self.limbs();
            if limbs::sub(&number, modulus).1 == 1 {
                return number;
            }
        }
    }

    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        limbs::to_bytes(&self.limbs())
    }
}

/// 0, 1, 2, one limb at its ends, a carry at each limb, and the same distances below p, n and 2^256.
pub(crate) fn edges() -> Vec<Limbs> {
    let mut small: Vec<Limbs> = vec![[0; 4], [1, 0, 0, 0], [2, 0, 0, 0], [3, 0, 0, 0]];
    for limb in 0..4 {
        for word in [1, 1 << 31, 1 << 32, 1 << 63, u64::MAX] {
            let mut number = [0; 4];
            number[limb] = word;
            small.push(number);
            number[..limb].fill(u64::MAX);
            small.push(number);
        }
    }
    let mut all = small.clone();
    for top in [field::P, scalar::N, [0; 4]] {
        for number in &small {
            // Modulo 2^256.
            all.push(limbs::sub(&top, number).0);
            all.push(limbs::add(&top, number).0);
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}
