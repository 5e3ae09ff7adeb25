//! Hedged nonces, as [`SigningKey`] documents them.

use zeroize::Zeroizing;

use crate::generator;
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
            if k.is_zero() == 0 {
                return k;
            }
        }
    }

    /// The signature with the first nonce from here on that leads to one.
    pub(crate) fn sign(&mut self) -> Signature {
        loop {
            let k = self.next();
            let x1 = generator::times(&k).x.to_bytes();
            if let Some(signature) = self.key.sign_with_x1(self.e, &k, &x1) {
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
