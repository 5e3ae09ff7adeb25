//! Many signatures at once.

use zeroize::Zeroizing;

use crate::generator;
use crate::lanes::Path;
use crate::scalar::Scalar;
use crate::nonce::FRESH;
use crate::{Entropy, Error, Message, PreparedVerifyingKey, Signature, SigningKey, SystemEntropy};

/// Signs several messages with one key and fresh bytes of the operating system: all or nothing.
///
/// Gives the signatures in the order of the messages. Each gets a nonce of its own, also where two
/// messages are equal.
///
/// # Errors
/// [`Code::EntropyFailed`](crate::Code::EntropyFailed): no signature was made.
///
/// ```
/// use czei_sm2::{Message, SigningKey, sign_batch};
///
/// let key = SigningKey::generate()?;
/// let signatures = sign_batch(&key, &[Message::of(&[b"a"]), Message::of(&[b"b"])])?;
/// key.verifying_key().verify(Message::of(&[b"b"]), &signatures[1])?;
/// # Ok::<(), czei_sm2::Error>(())
/// ```
pub fn sign_batch(key: &SigningKey, messages: &[Message<'_>]) -> Result<Vec<Signature>, Error> {
    sign_batch_with(&mut SystemEntropy, key, messages)
}

/// Signs several messages with one key: all or nothing.
///
/// The random source is asked once, for 32 bytes per message; the signatures are those that
/// [`SigningKey::sign_with`] makes one after the other with the same bytes.
///
/// # Errors
/// The error of the source: no signature was made.
pub fn sign_batch_with(
    entropy: &mut dyn Entropy,
    key: &SigningKey,
    messages: &[Message<'_>],
) -> Result<Vec<Signature>, Error> {
    sign_batch_by(Path::best(), entropy, key, messages)
}

/// [`sign_batch_with`] on a path of choice.
pub(crate) fn sign_batch_by(
    path: Path,
    entropy: &mut dyn Entropy,
    key: &SigningKey,
    messages: &[Message<'_>],
) -> Result<Vec<Signature>, Error> {
    let public = key.prepared_verifying_key();
    let digests: Vec<[u8; 32]> = messages.iter().map(|m| public.message_digest(*m)).collect();
    let mut fresh = Zeroizing::new(vec![[0u8; FRESH]; messages.len()]);
    entropy.fill(fresh.as_flattened_mut())?;

    let mut nonces: Vec<_> = fresh.iter().zip(&digests).map(|(f, e)| key.nonces(f, e)).collect();
    // Room for all of them first: a vector that grows leaves copies behind.
    let mut ks: Zeroizing<Vec<Scalar>> = Zeroizing::new(Vec::with_capacity(nonces.len()));
    ks.extend(nonces.iter_mut().map(|nonces| *nonces.next()));
    let x1s = generator::times_x(path, &ks);

    let mut signatures = Vec::with_capacity(messages.len());
    for (((nonces, e), k), x1) in nonces.iter_mut().zip(&digests).zip(&*ks).zip(&x1s) {
        signatures.push(match key.sign_with_x1(e, k, x1) {
            Some(signature) => signature,
            None => nonces.sign(),
        });
    }
    Ok(signatures)
}

/// One signature to verify: the key it should come from, and what it should be over.
#[derive(Debug, Clone, Copy)]
pub struct VerifyItem<'a> {
    /// The key of the signer.
    pub key: &'a PreparedVerifyingKey,
    /// What should have been signed.
    pub message: Message<'a>,
    /// The signature.
    pub signature: &'a Signature,
}

/// Verifies several signatures, of one key or of many; each answer stands at the place of its item.
///
/// Each answer is the one [`PreparedVerifyingKey::verify`] gives: there is no shortcut that could
/// let a bad signature pass among good ones.
///
/// ```
/// use czei_sm2::{Code, Message, SigningKey, VerifyItem, verify_batch};
///
/// let key = SigningKey::generate()?;
/// let signature = key.sign(Message::of(&[b"a"]))?;
/// let item = |message| VerifyItem {
///     key: key.prepared_verifying_key(),
///     message,
///     signature: &signature,
/// };
/// let answers = verify_batch(&[item(Message::of(&[b"a"])), item(Message::of(&[b"b"]))]);
/// assert!(answers[0].is_ok());
/// assert_eq!(answers[1].as_ref().unwrap_err().code(), Code::SignatureMismatch);
/// # Ok::<(), czei_sm2::Error>(())
/// ```
#[must_use]
pub fn verify_batch(items: &[VerifyItem<'_>]) -> Vec<Result<(), Error>> {
    verify_batch_by(Path::best(), items)
}

/// [`verify_batch`] on a path of choice.
pub(crate) fn verify_batch_by(_path: Path, items: &[VerifyItem<'_>]) -> Vec<Result<(), Error>> {
    items.iter().map(|item| item.key.verify(item.message, item.signature)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Code, UserId};

    /// Counts on from call to call, whatever is asked; fails when asked for more than is left.
    struct Counting {
        next: u8,
        left: usize,
    }

    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
            self.left = self.left.checked_sub(bytes.len()).ok_or(Code::EntropyFailed)?;
            for byte in bytes {
                *byte = self.next;
                self.next = self.next.wrapping_add(1);
            }
            Ok(())
        }
    }

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_bytes(&[byte; 32]).unwrap()
    }

    #[test]
    fn a_batch_gives_what_single_signatures_give() {
        let key = key(0x21);
        let alice = UserId::new("ALICE123@YAHOO.COM").unwrap();
        let e = [0xab; 32];
        let messages = [
            Message::of(&[b"a"]),
            Message::of(&[b"a"]),
            Message::Parts { user_id: &alice, parts: &[b"a", b"b"] },
            Message::Digest(&e),
            Message::of(&[]),
        ];
        let source = || Counting { next: 0, left: 32 * messages.len() };
        let batch = sign_batch_with(&mut source(), &key, &messages).unwrap();

        let mut one_by_one = source();
        let single: Vec<Signature> = messages.iter().map(|m| key.sign_with(&mut one_by_one, *m).unwrap()).collect();
        assert_eq!(batch, single);
        assert_ne!(batch[0], batch[1], "equal messages, nonces of their own");
        for (message, signature) in messages.iter().zip(&batch) {
            key.prepared_verifying_key().verify(*message, signature).unwrap();
        }
    }

    #[test]
    fn a_batch_under_a_stuck_source_still_has_a_nonce_for_each_message() {
        struct Stuck;
        impl Entropy for Stuck {
            fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
                bytes.fill(0);
                Ok(())
            }
        }
        let key = key(0x21);
        let digests = [[0x01; 32], [0x02; 32]];
        let messages = digests.each_ref().map(Message::Digest);
        let signatures = sign_batch_with(&mut Stuck, &key, &messages).unwrap();
        let x1 = |index: usize| Scalar::reduced(&signatures[index].r()).sub(&Scalar::reduced(&digests[index]));
        assert!(x1(0) != x1(1));
    }

    #[test]
    fn a_source_that_fails_leaves_no_signature_at_all() {
        let messages = [Message::of(&[b"a"]), Message::of(&[b"b"]), Message::of(&[b"c"])];
        for left in [0, 32, 95] {
            let error = sign_batch_with(&mut Counting { next: 0, left }, &key(0x21), &messages).unwrap_err();
            assert_eq!(error.code(), Code::EntropyFailed);
        }
    }

    #[test]
    fn an_empty_batch_is_an_empty_answer() {
        assert_eq!(sign_batch(&key(0x21), &[]).unwrap(), []);
        assert_eq!(verify_batch(&[]), []);
    }

    #[test]
    fn each_answer_stands_at_its_item() {
        let keys = [key(0x21), key(0x22)];
        let message = Message::of(&[b"a"]);
        let signatures = keys.each_ref().map(|key| key.sign(message).unwrap());
        let degenerate = Signature::new([0x40; 32], negated(&[0x40; 32])).unwrap();
        let item =
            |key: usize, message, signature| VerifyItem { key: keys[key].prepared_verifying_key(), message, signature };
        let answers = verify_batch(&[
            item(0, message, &signatures[0]),
            item(1, message, &signatures[0]),
            item(1, message, &signatures[1]),
            item(1, Message::of(&[b"b"]), &signatures[1]),
            item(0, message, &degenerate),
            item(0, message, &signatures[0]),
        ]);
        let codes: Vec<Option<Code>> = answers.iter().map(|answer| answer.as_ref().err().map(Error::code)).collect();
        assert_eq!(
            codes,
            [
                None,
                Some(Code::SignatureMismatch),
                None,
                Some(Code::SignatureMismatch),
                Some(Code::SignatureDegenerate),
                None,
            ]
        );
    }

    fn negated(number: &[u8; 32]) -> [u8; 32] {
        Scalar::reduced(number).neg().to_bytes()
    }
}
