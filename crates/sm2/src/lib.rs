//! SM2 signatures (GB/T 32918.2-2016, curve of GB/T 32918.5-2017), the SM3 digest
//! (GB/T 32905-2016) and HMAC-SM3, with prepared keys and batches.
//!
//! ```
//! use czei_sm2::{Message, Signature, SigningKey, UserId, VerifyingKey};
//!
//! let key = SigningKey::generate()?;
//! let parts: [&[u8]; 2] = [b"<Header></Header>", b"<EInvoiceData></EInvoiceData>"];
//! let message = Message::Parts { user_id: &UserId::DEFAULT, parts: &parts };
//! let signature = key.sign(message)?;
//!
//! // Elsewhere: the key comes from a certificate, the signature from a document.
//! let verifying = VerifyingKey::from_sec1(&key.verifying_key().to_sec1())?.prepare();
//! let signature = Signature::from_der(&signature.to_der())?;
//! verifying.verify(message, &signature)?;
//! # Ok::<(), czei_sm2::Error>(())
//! ```
//!
//! # What is signed
//!
//! SM2 does not sign a message but `e = SM3(Z || message)`, where `Z` is the digest of the signer's
//! user id, the curve and the public key. [`Message::Parts`] does all of that; [`Message::Digest`]
//! takes an `e` made elsewhere. The parts are one message: where it is cut changes nothing.
//!
//! # What this crate promises
//!
//! - Values are born valid: a [`VerifyingKey`] is a point on the curve, a [`SigningKey`] lies in
//!   `1..=n-2`, both halves of a [`Signature`] lie in `1..=n-1`.
//! - Secrets are handled in constant time, are zeroed when dropped and never printed.
//! - Nonces are hedged: they stay distinct for distinct messages even if the random source is
//!   stuck, and unpredictable as long as either the key or the source is (see [`SigningKey`]).
//! - No panic on any input; `unsafe` only in the files of processor intrinsics.
//!
//! It does not verify a signature it has just made: that would double the cost for those who do it
//! anyway. Whoever builds a signature into a document verifies it first, its own ones included.
//!
//! Data is not secret: verifying, and reading keys and signatures, takes variable time.
//!
//! No type of another cryptographic crate appears in this interface.
#![deny(unsafe_code)] // Allowed only in the files of intrinsics, each with its reason.

mod batch;
mod claim;
mod code;
mod combination;
pub mod curve;
mod declassify;
mod entropy;
mod field;
mod generator;
mod hex;
mod hmac_sm3;
#[cfg(target_arch = "x86_64")]
mod ifma;
mod lanes;
mod lazy_table;
mod limbs;
mod message;
mod nonce;
mod point;
mod prepared;
mod scalar;
mod selection;
mod signature;
mod signing_key;
mod sm3;
mod table;
#[cfg(test)]
mod testing;
mod user_id;
mod verifying_key;
mod window;
mod wipe;

/// The batches on a path of choice, for tests and measurements: no part of the stable interface.
///
/// A path that the processor does not have is a panic.
#[doc(hidden)]
pub mod by_path {
    pub use crate::lanes::Path;
    use crate::{Entropy, Error, Message, PreparedVerifyingKey, Signature, SigningKey, VerifyItem, batch};

    /// [`sign_batch_with`](crate::sign_batch_with).
    ///
    /// # Errors
    /// The error of the source.
    pub fn sign_batch_with(
        path: Path,
        entropy: &mut dyn Entropy,
        key: &SigningKey,
        messages: &[Message<'_>],
    ) -> Result<Vec<Signature>, Error> {
        assert!(path.is_there());
        batch::sign_batch_by(path, entropy, key, messages)
    }

    /// [`Sm3::digest_many`](crate::Sm3::digest_many).
    #[must_use]
    pub fn digest_many(path: Path, messages: &[&[u8]]) -> Vec<[u8; 32]> {
        assert!(path.is_there());
        crate::Sm3::digest_many_by(path, messages)
    }

    /// [`PreparedVerifyingKey::verify`].
    ///
    /// # Errors
    /// Its errors.
    pub fn verify(
        path: Path,
        key: &PreparedVerifyingKey,
        message: Message<'_>,
        signature: &Signature,
    ) -> Result<(), Error> {
        assert!(path.is_there());
        key.verify_by(path, message, signature)
    }

    /// [`verify_batch`](crate::verify_batch).
    #[must_use]
    pub fn verify_batch(path: Path, items: &[VerifyItem<'_>]) -> Vec<Result<(), Error>> {
        assert!(path.is_there());
        batch::verify_batch_by(path, items)
    }
}

/// For the check of constant time only: no part of the stable interface.
#[cfg(feature = "constant-time-check")]
#[doc(hidden)]
pub use declassify::hook;

pub use batch::{VerifyItem, sign_batch, sign_batch_with, verify_batch};
pub use code::{Code, Error};
pub use entropy::{Entropy, SystemEntropy};
pub use hmac_sm3::HmacSm3;
pub use message::Message;
pub use prepared::PreparedVerifyingKey;
pub use signature::Signature;
pub use signing_key::SigningKey;
pub use sm3::Sm3;
pub use user_id::UserId;
pub use verifying_key::VerifyingKey;

/// Runs the samples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
