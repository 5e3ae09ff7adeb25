//! What is signed.

use crate::UserId;

/// What is signed or verified: a message, or the digest e of one.
///
/// ```
/// use czei_sm2::{Message, SigningKey, UserId};
///
/// let key = SigningKey::generate()?;
/// let message = Message::of(&[b"ab", b"c"]);
/// let e = key.verifying_key().digest(&UserId::DEFAULT, &[b"abc"]);
/// let signature = key.sign(message)?;
/// key.verifying_key().verify(Message::Digest(&e), &signature)?;
/// # Ok::<(), czei_sm2::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// A message in parts that follow one another: `e = SM3(Z || parts)`, with the Z of the user id
    /// and the key (GB/T 32918.2-2016, 5.5 and 6.1).
    Parts {
        /// The user id of the signer.
        user_id: &'a UserId,
        /// The message, cut anywhere or nowhere.
        parts: &'a [&'a [u8]],
    },
    /// The digest `e` itself, made with Z by someone else, or made without Z where a foreign
    /// product signs that way.
    Digest(&'a [u8; 32]),
}

impl<'a> Message<'a> {
    /// A message in parts with the user id [`UserId::DEFAULT`].
    #[must_use]
    pub fn of(parts: &'a [&'a [u8]]) -> Self {
        const DEFAULT: &UserId = &UserId::DEFAULT;
        Message::Parts { user_id: DEFAULT, parts }
    }
}
