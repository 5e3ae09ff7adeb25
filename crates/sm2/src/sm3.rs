//! The SM3 digest (GB/T 32905-2016).

use core::fmt;

use sm3::Digest as _;

/// A running SM3 digest (GB/T 32905-2016): bytes in, 32 bytes out.
///
/// Messages may have up to 2^61 bytes. The state is zeroed when dropped.
///
/// ```
/// use czei_sm2::Sm3;
///
/// let whole = Sm3::digest(b"abc");
/// assert_eq!(whole[..4], [0x66, 0xc7, 0xf0, 0xf4]);
/// assert_eq!(Sm3::digest_parts(&[b"a", b"", b"bc"]), whole);
/// assert_eq!(Sm3::new().chain(b"ab").chain(b"c").finalize(), whole);
/// ```
#[derive(Clone, Default)]
pub struct Sm3 {
    state: sm3::Sm3,
}

impl Sm3 {
    /// The digest of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Sm3::default()
    }

    /// Takes in more of the message.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.state.update(bytes);
        self
    }

    /// Takes in more of the message and gives itself back.
    #[must_use]
    pub fn chain(mut self, bytes: &[u8]) -> Self {
        self.update(bytes);
        self
    }

    /// The digest of everything taken in.
    #[must_use]
    pub fn finalize(self) -> [u8; 32] {
        self.state.finalize().into()
    }

    /// The digest of one message.
    #[must_use]
    pub fn digest(message: &[u8]) -> [u8; 32] {
        Sm3::new().chain(message).finalize()
    }

    /// The digest of one message that lies in several parts.
    #[must_use]
    pub fn digest_parts(parts: &[&[u8]]) -> [u8; 32] {
        let mut sm3 = Sm3::new();
        for part in parts {
            sm3.update(part);
        }
        sm3.finalize()
    }

    /// The digests of several messages, in their order.
    ///
    /// Gives the same as [`Sm3::digest`] for each, and is the faster the more messages of similar
    /// length come together.
    ///
    /// ```
    /// use czei_sm2::Sm3;
    ///
    /// assert_eq!(Sm3::digest_many(&[b"a", b"bc"]), [Sm3::digest(b"a"), Sm3::digest(b"bc")]);
    /// ```
    #[must_use]
    pub fn digest_many(messages: &[&[u8]]) -> Vec<[u8; 32]> {
        messages.iter().map(|message| Sm3::digest(message)).collect()
    }
}

// What went in may be secret (HMAC keys), so the state is not shown.
impl fmt::Debug for Sm3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm3").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::unhex32;

    /// GB/T 32905-2016, A.1.
    const ABC: &str = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    /// GB/T 32905-2016, A.2.
    const ABCD_16: &str = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732";
    /// The empty message, as OpenSSL 3.0 gives it.
    const EMPTY: &str = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";

    #[test]
    fn examples_of_the_standard() {
        assert_eq!(Sm3::digest(b"abc"), unhex32(ABC));
        assert_eq!(Sm3::digest(&b"abcd".repeat(16)), unhex32(ABCD_16));
        assert_eq!(Sm3::digest(b""), unhex32(EMPTY));
    }

    #[test]
    fn where_a_message_is_cut_changes_nothing() {
        let message = b"abcd".repeat(16);
        for cut in 0..=message.len() {
            let (head, tail) = message.split_at(cut);
            assert_eq!(Sm3::digest_parts(&[head, tail]), unhex32(ABCD_16), "cut at {cut}");
            let mut sm3 = Sm3::new();
            sm3.update(head).update(b"").update(tail);
            assert_eq!(sm3.finalize(), unhex32(ABCD_16), "cut at {cut}");
        }
        assert_eq!(Sm3::digest_parts(&[]), unhex32(EMPTY));
    }

    #[test]
    fn many_at_once_keep_their_order_and_may_differ_in_length() {
        let messages: Vec<Vec<u8>> = (0..200).map(|length| vec![0xa5; length]).collect();
        let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let digests = Sm3::digest_many(&slices);
        assert_eq!(digests.len(), 200);
        for (message, digest) in messages.iter().zip(&digests) {
            assert_eq!(*digest, Sm3::digest(message), "{} bytes", message.len());
        }
        assert!(Sm3::digest_many(&[]).is_empty());
    }

    #[test]
    fn debug_shows_no_state() {
        assert_eq!(format!("{:?}", Sm3::new().chain(b"secret")), "Sm3 { .. }");
    }
}
