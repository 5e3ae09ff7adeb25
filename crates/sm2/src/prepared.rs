//! A public key that comes again.

use core::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::claim::Claim;
use crate::lanes::Path;
use crate::lazy_table::LazyTable;
use crate::table::Table;
use crate::verifying_key::{Equation, digest_with_z};
use crate::{Error, Message, Signature, UserId, VerifyingKey};

/// A public key with everything worked out that does not depend on the message.
///
/// It gives the same answers as its [`VerifyingKey`], faster: Z for the default user id is kept, and
/// so is a table of the point's multiples (148 KiB), with which a verification takes about a third
/// of the time. The table costs about as much as five verifications without it, so it is made at
/// the eighth one, and only while fewer than 256 keys of the process have theirs (38 MB in all).
/// [`PreparedVerifyingKey::with_table`] makes it at once, and beside that limit. Clones share it. Share the key between
/// threads with an `Arc` or a clone.
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
#[derive(Debug, Clone)]
pub struct PreparedVerifyingKey {
    key: VerifyingKey,
    default_z: [u8; 32],
    table: Arc<LazyTable>,
}

impl PreparedVerifyingKey {
    /// The key itself.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The key with its table made now, for one that is certain to come many times.
    ///
    /// ```
    /// use czei_sm2::{Message, SigningKey};
    ///
    /// let key = SigningKey::generate()?;
    /// let prepared = key.verifying_key().prepare().with_table();
    /// prepared.verify(Message::of(&[b"abc"]), &key.sign(Message::of(&[b"abc"]))?)?;
    /// # Ok::<(), czei_sm2::Error>(())
    /// ```
    #[must_use]
    pub fn with_table(self) -> Self {
        self.table.make(&self.key.point);
        self
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
        self.verify_by(Path::best(), message, signature)
    }

    /// [`PreparedVerifyingKey::verify`] on a path of choice.
    pub(crate) fn verify_by(&self, path: Path, message: Message<'_>, signature: &Signature) -> Result<(), Error> {
        let equation = Equation::new(&self.message_digest(message), signature)?;
        Claim { equation, key: self }.answer(path)
    }

    /// The table, if it is there or due. Each call counts as a use of the key.
    pub(crate) fn table(&self) -> Option<&Table> {
        self.table.use_once(&self.key.point)
    }
}

impl From<VerifyingKey> for PreparedVerifyingKey {
    fn from(key: VerifyingKey) -> Self {
        PreparedVerifyingKey { default_z: key.z(&UserId::DEFAULT), key, table: Arc::default() }
    }
}

impl PartialEq for PreparedVerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for PreparedVerifyingKey {}

impl Hash for PreparedVerifyingKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
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
