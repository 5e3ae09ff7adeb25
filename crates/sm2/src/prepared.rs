//! A public key that comes again.

use crate::verifying_key::digest_with_z;
use crate::{Error, Message, Signature, UserId, VerifyingKey};

/// A public key with everything worked out that does not depend on the message.
///
/// It gives the same answers as its [`VerifyingKey`], faster: Z for the default user id is kept.
/// What else is worked out, and whether at once or after some use, does not show in the interface;
/// expect preparing to cost time and memory that only a key used many times gives back. Share it
/// between threads with an `Arc`.
///
/// ```
/// use czei_sm2::{Message, SigningKey};
///
/// let key = SigningKey::generate()?;
/// let prepared = key.verifying_key().prepare();
/// let signature = key.sign(Message::of(&[b"abc"]))?;
/// prepared.verify(Message::of(&[b"abc"]), &signature)?;
/// assert_eq!(prepared.verifying_key(), key.verifying_key());
/// # Ok::<(), czei_sm2::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PreparedVerifyingKey {
    key: VerifyingKey,
    default_z: [u8; 32],
}

impl PreparedVerifyingKey {
    /// The key itself.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }

    /// As [`VerifyingKey::z`].
    #[must_use]
    pub fn z(&self, user_id: &UserId) -> [u8; 32] {
        if *user_id == UserId::DEFAULT { self.default_z } else { self.key.z(user_id) }
    }

    /// As [`VerifyingKey::digest`].
    #[must_use]
    pub fn digest(&self, user_id: &UserId, parts: &[&[u8]]) -> [u8; 32] {
        digest_with_z(&self.z(user_id), parts)
    }

    /// As [`VerifyingKey::message_digest`].
    #[must_use]
    pub fn message_digest(&self, message: Message<'_>) -> [u8; 32] {
        match message {
            Message::Parts { user_id, parts } => self.digest(user_id, parts),
            Message::Digest(e) => *e,
        }
    }

    /// As [`VerifyingKey::verify`].
    ///
    /// # Errors
    /// As [`VerifyingKey::verify`].
    pub fn verify(&self, message: Message<'_>, signature: &Signature) -> Result<(), Error> {
        self.key.verify_digest(&self.message_digest(message), signature)
    }
}

impl From<VerifyingKey> for PreparedVerifyingKey {
    fn from(key: VerifyingKey) -> Self {
        PreparedVerifyingKey { default_z: key.z(&UserId::DEFAULT), key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_shared_between_threads() {
        fn shared<T: Send + Sync + 'static>() {}
        shared::<PreparedVerifyingKey>();
        shared::<crate::SigningKey>();
    }
}
