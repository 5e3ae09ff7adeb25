//! A private key, and how it signs.

use core::fmt;

use czei_codes::Code as _;
use zeroize::{Zeroize, Zeroizing};

use crate::declassify;
use crate::generator;
use crate::lanes::Path;
use crate::nonce::{self, FRESH, NONCE_LABEL, Nonces};
use crate::scalar::Scalar;
use crate::wipe::wiped;
use crate::{Code, Entropy, Error, HmacSm3, Message, PreparedVerifyingKey, Signature, SystemEntropy, VerifyingKey};

/// How often a private key is drawn before the source counts as broken. One draw fails with a
/// probability of about 2^-32.
const MAX_DRAWS: usize = 16;

/// An SM2 private key: a number d in 1..=n-2 (GB/T 32918.1-2016, 6.1), with what is worked out from
/// it once: `(1+d)^-1`, the key of the nonces, the public key.
///
/// It is zeroed when dropped and never printed; it is not `Clone`, share it with an `Arc`.
///
/// # Nonces
///
/// With `K = HMAC-SM3(d, label)`, kept with the key, the nonce is
/// `HMAC-SM3(K, fresh || e || i) || HMAC-SM3(K, fresh || e || i+1)` modulo n, where `fresh` are 32
/// bytes of the random source, `e` is the digest that is signed and `i` is a counter in 4 bytes, big
/// endian, from 0. A nonce of 0, or one that leads to r = 0, r+k = n or s = 0, is replaced by the
/// next (i+2). So a predictable random source does not give the key away, and the same key, digest
/// and fresh bytes give the same signature.
///
/// # What it does not do
///
/// It does not verify the signature it has made. Whoever uses a signature verifies it first,
/// wherever it comes from; doing it here too would double the cost.
///
/// ```
/// use czei_sm2::{Message, SigningKey};
///
/// let key = SigningKey::generate()?;
/// let signature = key.sign(Message::of(&[b"abc"]))?;
/// key.verifying_key().verify(Message::of(&[b"abc"]), &signature)?;
/// # Ok::<(), czei_sm2::Error>(())
/// ```
pub struct SigningKey {
    // Boxed so that moving the key leaves no copies behind.
    secret: Box<Secret>,
    public: PreparedVerifyingKey,
}

struct Secret {
    d: Scalar,
    /// `(1+d)^-1`
    inverse: Scalar,
    /// HMAC-SM3 keyed with K.
    nonces: HmacSm3,
}

impl SigningKey {
    /// A new key from the generator of the operating system.
    ///
    /// # Errors
    /// [`Code::EntropyFailed`].
    pub fn generate() -> Result<Self, Error> {
        SigningKey::generate_with(&mut SystemEntropy)
    }

    /// A new key from the given random source.
    ///
    /// # Errors
    /// The error of the source; [`Code::EntropyFailed`] if it gives no number in range.
    pub fn generate_with(entropy: &mut dyn Entropy) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        for _ in 0..MAX_DRAWS {
            entropy.fill(&mut *bytes)?;
            // Drawing again instead of reducing keeps the keys exactly uniform.
            if let Ok(key) = SigningKey::from_bytes(&bytes) {
                return Ok(key);
            }
        }
        Err(Code::EntropyFailed.fault().found(format!("{MAX_DRAWS} numbers out of range")))
    }

    /// A key from the 32 bytes of d, big endian.
    ///
    /// # Errors
    /// [`Code::PrivateKeyRange`] unless d is in 1..=n-2.
    ///
    /// ```
    /// use czei_sm2::{Code, SigningKey};
    ///
    /// assert!(SigningKey::from_bytes(&[0x11; 32]).is_ok());
    /// assert_eq!(SigningKey::from_bytes(&[0; 32]).unwrap_err().code(), Code::PrivateKeyRange);
    /// ```
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Error> {
        wiped(|| SigningKey::from_secret(bytes))
    }

    fn from_secret(bytes: &[u8; 32]) -> Result<Self, Error> {
        let d = Zeroizing::new(Scalar::from_bytes(bytes).ok_or(Code::PrivateKeyRange)?);
        // n-1 is the one d for which 1+d has no inverse.
        let inverse = Zeroizing::new(d.add(&Scalar::ONE).invert());
        if declassify::answer(d.is_zero() | inverse.is_zero()) != 0 {
            return Err(Code::PrivateKeyRange.into());
        }
        let nonce_key = Zeroizing::new(HmacSm3::mac(bytes, &[NONCE_LABEL]));
        let public = VerifyingKey::from_point(declassify::point(&generator::times(&d))).prepare();
        let secret = Secret { d: *d, inverse: *inverse, nonces: HmacSm3::new(&*nonce_key) };
        Ok(SigningKey { secret: Box::new(secret), public })
    }

    /// The 32 bytes of d, big endian: the secret itself. For writing key files only.
    #[must_use]
    pub fn dangerous_to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.secret.d.to_bytes())
    }

    /// The public key.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        self.public.verifying_key()
    }

    /// The public key, prepared: for verifying what this key has signed.
    #[must_use]
    pub fn prepared_verifying_key(&self) -> &PreparedVerifyingKey {
        &self.public
    }

    /// Signs with fresh bytes of the operating system (GB/T 32918.2-2016, 6.1).
    ///
    /// # Errors
    /// [`Code::EntropyFailed`]: no signature was made.
    pub fn sign(&self, message: Message<'_>) -> Result<Signature, Error> {
        self.sign_with(&mut SystemEntropy, message)
    }

    /// Signs with 32 fresh bytes of the given random source.
    ///
    /// # Errors
    /// The error of the source: no signature was made.
    ///
    /// ```
    /// use czei_sm2::{Message, SigningKey, SystemEntropy};
    ///
    /// let key = SigningKey::generate()?;
    /// let signature = key.sign_with(&mut SystemEntropy, Message::of(&[b"abc"]))?;
    /// key.verifying_key().verify(Message::of(&[b"abc"]), &signature)?;
    /// # Ok::<(), czei_sm2::Error>(())
    /// ```
    pub fn sign_with(&self, entropy: &mut dyn Entropy, message: Message<'_>) -> Result<Signature, Error> {
        let e = self.public.message_digest(message);
        wiped(|| {
            let mut fresh = Zeroizing::new([0; FRESH]);
            entropy.fill(&mut *fresh)?;
            Ok(self.nonces(&fresh, &e).sign(Path::best()))
        })
    }

    /// Signs the digest `e` with a nonce `k` given by the caller, for the vectors of the standard.
    ///
    /// A nonce used twice, or known in part to anyone, gives the private key away.
    ///
    /// # Errors
    /// [`Code::NonceUnusable`] unless k is in 1..=n-1 and leads to a signature.
    pub fn dangerous_sign_with_nonce(&self, k: &[u8; 32], e: &[u8; 32]) -> Result<Signature, Error> {
        wiped(|| {
            let k = Zeroizing::new(Scalar::from_bytes(k)?);
            if declassify::answer(k.is_zero()) != 0 {
                return None;
            }
            self.sign_with_x1(e, &k, &generator::times(&k).x.to_bytes())
        })
        .ok_or(Code::NonceUnusable.into())
    }

    /// The nonces of one signature.
    pub(crate) fn nonces<'a>(&'a self, fresh: &[u8; FRESH], e: &'a [u8; 32]) -> Nonces<'a> {
        Nonces::new(self, &self.secret.nonces, fresh, e)
    }

    /// The first nonce of each of several signatures.
    pub(crate) fn first_nonces(
        &self,
        path: Path,
        fresh: &[[u8; FRESH]],
        digests: &[[u8; 32]],
    ) -> Zeroizing<Vec<Scalar>> {
        nonce::first_of_each(path, &self.secret.nonces, fresh, digests)
    }

    /// A5 to A7 for k and the x coordinate of `[k]G`; `None` if another k is needed, as for 0.
    pub(crate) fn sign_with_x1(&self, e: &[u8; 32], k: &Scalar, x1: &[u8; 32]) -> Option<Signature> {
        let r = Scalar::reduced(e).add(&Scalar::reduced(x1));
        let r_plus_k = Zeroizing::new(r.add(k));
        // (1+d)^-1 (k - rd) = (1+d)^-1 (k + r - r(1+d)), which needs one product only.
        let s = self.secret.inverse.mul(&r_plus_k).sub(&r);
        if declassify::answer(k.is_zero() | r.is_zero() | r_plus_k.is_zero() | s.is_zero()) != 0 {
            return None;
        }
        Signature::new(declassify::bytes(r.to_bytes()), declassify::bytes(s.to_bytes())).ok()
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        // The keyed state zeroes itself.
        self.d.zeroize();
        self.inverse.zeroize();
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("verifying_key", self.verifying_key()).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::hex::unhex32;

    /// GB/T 32918.5-2017, annex A.
    const D: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    const K: &str = "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21";
    const E: &str = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
    const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

    /// Always the same byte.
    struct Stuck(u8);

    impl Entropy for Stuck {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    /// Bytes given beforehand, then a failure.
    struct Given(Vec<[u8; 32]>);

    impl Entropy for Given {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
            if self.0.is_empty() {
                bytes.fill(0x77);
                return Err(Code::EntropyFailed.fault().found("nothing left"));
            }
            bytes.copy_from_slice(&self.0.remove(0));
            Ok(())
        }
    }

    fn key() -> SigningKey {
        SigningKey::from_bytes(&unhex32(D)).unwrap()
    }

    /// n plus a small number.
    fn n_plus(difference: i16) -> [u8; 32] {
        let mut bytes = unhex32(N);
        let low = i16::from_be_bytes([bytes[30], bytes[31]]) + difference;
        bytes[30..].copy_from_slice(&low.to_be_bytes());
        bytes
    }

    #[test]
    fn the_range_of_private_keys() {
        for outside in [[0; 32], n_plus(-1), n_plus(0), n_plus(1), [0xff; 32]] {
            let error = SigningKey::from_bytes(&outside).unwrap_err();
            assert_eq!(error.code(), Code::PrivateKeyRange);
            assert_eq!(error.found_text(), None, "a private key is not repeated in an error");
        }
        let mut one = [0; 32];
        one[31] = 1;
        for inside in [one, n_plus(-2)] {
            let key = SigningKey::from_bytes(&inside).unwrap();
            assert_eq!(*key.dangerous_to_bytes(), inside);
            let signature = key.sign(Message::of(&[b"m"])).unwrap();
            key.verifying_key().verify(Message::of(&[b"m"]), &signature).unwrap();
        }
    }

    #[test]
    fn public_keys_at_both_ends_of_the_range() {
        // d = 1 gives the base point; d = n-2 was computed with plain integers.
        let mut one = [0; 32];
        one[31] = 1;
        let public = |d| SigningKey::from_bytes(&d).unwrap().verifying_key().to_sec1();
        assert_eq!(public(one)[1..], crate::curve::Z_CONSTANTS[64..]);
        assert_eq!(
            public(n_plus(-2))[1..33],
            unhex32("56cefd60d7c87c000d58ef57fa73ba4d9c0dfa08c08a7331495c2e1da3f2bd52")
        );
    }

    #[test]
    fn the_nonce_is_the_documented_one() {
        // Computed with plain integers and OpenSSL's SM3.
        let counting: [u8; 32] = core::array::from_fn(|index| index as u8);
        for (fresh, r, s) in [
            (
                [0; 32],
                "e927b19e5701962eaa77b34d8bc423452e43df5578b068d956e76854bb1222db",
                "760f4a5668ee774589fa8b0f99a8f4f77cc9ec4ad5e622f9570092e363b57a18",
            ),
            (
                counting,
                "173140a806d61dd00026f40af9fa7b2ebc8689c77727a8de29809a66574da9b9",
                "de57aa57758e3429699cb2a8fdb69dddfd1105738cea25a52d43d97dfcbe21f4",
            ),
        ] {
            let e = unhex32(E);
            let signature = key().sign_with(&mut Given(vec![fresh]), Message::Digest(&e)).unwrap();
            assert_eq!(signature, Signature::new(unhex32(r), unhex32(s)).unwrap());
        }
    }

    #[test]
    fn a_stuck_source_gives_different_nonces_for_different_messages() {
        let key = key();
        let mut points = Vec::new();
        for number in 0..20u8 {
            let e = key.verifying_key().digest(&crate::UserId::DEFAULT, &[&[number]]);
            let message = Message::Digest(&e);
            let signature = key.sign_with(&mut Stuck(0), message).unwrap();
            key.verifying_key().verify(message, &signature).unwrap();
            // r - e = x1: the same only for the same nonce (or its negative).
            let x1 = Scalar::reduced(&signature.r()).sub(&Scalar::reduced(&e));
            points.push(x1.to_bytes());
        }
        points.sort_unstable();
        points.dedup();
        assert_eq!(points.len(), 20);
    }

    #[test]
    fn another_key_has_another_nonce_for_the_same_digest_and_fresh_bytes() {
        let e = unhex32(E);
        let other = SigningKey::from_bytes(&[0x11; 32]).unwrap();
        let r = |key: &SigningKey| key.sign_with(&mut Stuck(0), Message::Digest(&e)).unwrap().r();
        assert_ne!(r(&key()), r(&other));
    }

    #[test]
    fn fresh_bytes_change_the_nonce() {
        let (key, e) = (key(), unhex32(E));
        let sign = |byte| key.sign_with(&mut Stuck(byte), Message::Digest(&e)).unwrap();
        assert_eq!(sign(1), sign(1));
        assert_ne!(sign(1), sign(2));
        assert_ne!(key.sign(Message::Digest(&e)).unwrap(), key.sign(Message::Digest(&e)).unwrap());
    }

    #[test]
    fn a_nonce_that_is_refused_is_followed_by_another() {
        let (key, e) = (key(), unhex32(E));
        let mut nonces = key.nonces(&[0; FRESH], &e);
        let (first, second) = (nonces.sign(Path::Portable), nonces.sign(Path::Portable));
        assert_ne!(first.r(), second.r());
        for signature in [first, second] {
            key.verifying_key().verify(Message::Digest(&e), &signature).unwrap();
        }
    }

    #[test]
    fn a_source_that_fails_leaves_no_signature_and_no_key() {
        let error = key().sign_with(&mut Given(vec![]), Message::of(&[b"m"])).unwrap_err();
        assert_eq!(error.code(), Code::EntropyFailed);
        assert_eq!(error.found_text(), Some("nothing left"));
        let error = SigningKey::generate_with(&mut Given(vec![])).unwrap_err();
        assert_eq!(error.code(), Code::EntropyFailed);
        assert_eq!(error.found_text(), Some("nothing left"));
    }

    #[test]
    fn keys_are_drawn_again_until_one_is_in_range() {
        let drawn = vec![[0; 32], n_plus(-1), [0xff; 32], unhex32(D), [0x11; 32]];
        let generated = SigningKey::generate_with(&mut Given(drawn)).unwrap();
        assert_eq!(*generated.dangerous_to_bytes(), unhex32(D));
        for stuck in [0x00, 0xff] {
            let error = SigningKey::generate_with(&mut Stuck(stuck)).unwrap_err();
            assert_eq!(error.code(), Code::EntropyFailed);
            assert_eq!(error.found_text(), Some("16 numbers out of range"));
        }
    }

    #[test]
    fn nonces_of_the_caller_that_cannot_be_used() {
        let key = key();
        let refused = |k: &[u8; 32], e: &[u8; 32]| {
            assert_eq!(key.dangerous_sign_with_nonce(k, e).unwrap_err().code(), Code::NonceUnusable);
        };
        for k in [[0; 32], n_plus(0), n_plus(1), [0xff; 32]] {
            refused(&k, &unhex32(E));
        }
        // Digests that lead to r = 0, r+k = n and s = 0, computed with plain integers.
        for e in [
            "fb14038d7172e8679dfbcdd97188014930a5b08d13bec91c0457e53c0bc0a6b0",
            "a1ec95659c6c624d8793be9e97c7d37c4168ee92d6e2e44d97032d2e20feea8f",
            "848f9047ace250f013a9fc743642a3b5998e2b1519ea3af73f31e4af1e3c51b9",
        ] {
            refused(&unhex32(K), &unhex32(e));
        }
        assert!(key.dangerous_sign_with_nonce(&n_plus(-1), &unhex32(E)).is_ok());
    }

    #[test]
    fn debug_shows_the_public_key_only() {
        let shown = format!("{:?}", key());
        assert!(shown.starts_with("SigningKey { verifying_key: VerifyingKey(0409f9df31"), "{shown}");
        assert!(!shown.contains(&D[..16]), "{shown}");
    }
}
