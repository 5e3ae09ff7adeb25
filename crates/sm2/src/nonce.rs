//! Hedged nonces, as [`SigningKey`] documents them.

use zeroize::Zeroizing;

use crate::declassify;
use crate::generator;
use crate::lanes::Path;
use crate::scalar::Scalar;
use crate::{HmacSm3, Signature, SigningKey};

/// The fixed message under which the key of the nonces is derived from the private key.
pub(crate) const NONCE_LABEL: &[u8] = b"czei-sm2 hedged nonce key, version 1";

/// Fresh random bytes per signature.
pub(crate) const FRESH: usize = 32;

/// The hedged nonces for one digest and one draw of fresh bytes, in their order.
pub(crate) struct Nonces<'a> {
    key: &'a SigningKey,
    e: &'a [u8; 32],
    /// Keyed with K, fresh bytes and e taken in.
    keyed: HmacSm3,
    counter: u32,
}

impl<'a> Nonces<'a> {
    /// The nonces of a key for one signature; `keyed` is HMAC-SM3 under its K.
    pub(crate) fn new(key: &'a SigningKey, keyed: &HmacSm3, fresh: &[u8; FRESH], e: &'a [u8; 32]) -> Self {
        let mut keyed = keyed.clone();
        keyed.update(fresh).update(e);
        Nonces { key, e, keyed, counter: 0 }
    }

    /// The next nonce other than 0.
    pub(crate) fn next(&mut self) -> Zeroizing<Scalar> {
        loop {
            let high = self.half();
            let low = self.half();
            let k = Zeroizing::new(Scalar::reduced_wide(&high, &low));
            if declassify::answer(k.is_zero()) == 0 {
                return k;
            }
        }
    }

    /// The signature with the first nonce from here on that leads to one.
    pub(crate) fn sign(&mut self, path: Path) -> Signature {
        loop {
            let k = self.next();
            let x1 = generator::times_x(path, core::slice::from_ref(&*k));
            // One in, one out.
            if let Some(signature) = x1.first().and_then(|x1| self.key.sign_with_x1(self.e, &k, x1)) {
                return signature;
            }
        }
    }

    fn half(&mut self) -> Zeroizing<[u8; 32]> {
        let mut mac = self.keyed.clone();
        mac.update(&self.counter.to_be_bytes());
        // 2^31 nonces in a row that fail do not happen; wrapping is harmless.
        self.counter = self.counter.wrapping_add(1);
        Zeroizing::new(mac.finalize())
    }
}

/// The first number of each of several signatures, which may be 0 as those of [`Nonces`] never are.
pub(crate) fn first_of_each(
    path: Path,
    keyed: &HmacSm3,
    fresh: &[[u8; FRESH]],
    digests: &[[u8; 32]],
) -> Zeroizing<Vec<Scalar>> {
    let inputs: Vec<_> = fresh.iter().zip(digests).collect();
    let halves = keyed.counter_macs_many(path, &inputs, 0);
    let mut ks = Zeroizing::new(Vec::with_capacity(halves.len()));
    ks.extend(halves.iter().map(|[high, low]| Scalar::reduced_wide(high, low)));
    ks
}

#[cfg(test)]
mod tests;
