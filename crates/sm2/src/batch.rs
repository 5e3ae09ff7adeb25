//! Many signatures at once.

use zeroize::Zeroizing;

use crate::claim::{self, Claim};
use crate::generator;
use crate::lanes::Path;
use crate::nonce::FRESH;
use crate::sm3::{self, Job};
use crate::verifying_key::Equation;
use crate::wipe::wiped;
use crate::{Code, Entropy, Error, Message, PreparedVerifyingKey, Signature, SigningKey, SystemEntropy};

/// Signs several messages with one key and fresh bytes of the operating system: all or nothing.
///
/// Gives the signatures in the order of the messages. Each gets a nonce of its own, also where two
/// messages are equal, as long as the source does not repeat itself.
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
    let digests = digests(path, messages.len(), |index| (public, messages[index]));
    wiped(|| {
        let mut fresh = Zeroizing::new(vec![[0u8; FRESH]; messages.len()]);
        entropy.fill(fresh.as_flattened_mut())?;
        let ks = key.first_nonces(path, &fresh, &digests);
        let x1s = generator::times_x(path, &ks);
        debug_assert_eq!((ks.len(), x1s.len()), (messages.len(), messages.len()));
        let each = fresh.iter().zip(&digests).zip(ks.iter().zip(&x1s));
        // A nonce that leads to no signature: once in 2^254 or so. The single way begins with it again,
        // and goes on to the next.
        let sign = |((f, e), (k, x1))| key.sign_with_x1(e, k, x1).unwrap_or_else(|| key.nonces(f, e).sign(path));
        Ok(each.map(sign).collect())
    })
}

/// e of each message under its key.
fn digests<'a>(
    path: Path,
    count: usize,
    item: impl Fn(usize) -> (&'a PreparedVerifyingKey, Message<'a>),
) -> Vec<[u8; 32]> {
    let mut digests = vec![[0; 32]; count];
    // Where a message is to be digested: its place, its Z and its parts.
    let mut places = Vec::with_capacity(count);
    let mut zs = Vec::with_capacity(count);
    let mut parts = Vec::with_capacity(count);
    for (place, digest) in digests.iter_mut().enumerate() {
        match item(place) {
            (_, Message::Digest(e)) => *digest = *e,
            (key, Message::Parts { user_id, parts: of_message }) => {
                places.push(place);
                zs.push(key.z(user_id));
                parts.push(of_message);
            }
        }
    }
    let made = sm3::digest_jobs(path, places.len(), |index| Job { head: &zs[index], parts: parts[index] });
    for (place, digest) in places.into_iter().zip(made) {
        digests[place] = digest;
    }
    digests
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
pub(crate) fn verify_batch_by(path: Path, items: &[VerifyItem<'_>]) -> Vec<Result<(), Error>> {
    let digests = digests(path, items.len(), |index| (items[index].key, items[index].message));
    let mut results = Vec::with_capacity(items.len());
    let mut places = Vec::with_capacity(items.len());
    let mut claims = Vec::with_capacity(items.len());
    for (place, (e, item)) in digests.iter().zip(items).enumerate() {
        results.push(match Equation::new(e, item.signature) {
            Ok(equation) => {
                places.push(place);
                claims.push(Claim { equation, key: item.key });
                // Until it is shown to be true.
                Err(Code::SignatureMismatch.into())
            }
            Err(error) => Err(error),
        });
    }
    for (place, answer) in places.into_iter().zip(claim::answers(path, &claims)) {
        results[place] = answer;
    }
    results
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::scalar::Scalar;
    use crate::{UserId, VerifyingKey, combination};

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

    /// A signature whose point has an x coordinate of n or more, made backwards: s and t are chosen, the point Q is
    /// looked for, and the key is (Q − [s]G) / t.
    fn with_x1_above_n() -> (PreparedVerifyingKey, [u8; 32], Signature) {
        let q = crate::combination::points_above_n()[0];
        let (s, t) = (Scalar::reduced(&[0x51; 32]), Scalar::reduced(&[0x72; 32]));
        let difference = generator::times(&s).neg().to_jacobian().add_affine_vartime(&q);
        let difference = difference.to_affine_with(&difference.z.invert());
        let key = combination::without_table(&Scalar::ZERO, &t.invert(), &difference);
        let key = VerifyingKey::from_point(key.to_affine_with(&key.z.invert())).prepare();
        let r = t.sub(&s);
        let e = r.sub(&Scalar::reduced(&q.x.to_bytes()));
        (key, e.to_bytes(), Signature::new(r.to_bytes(), s.to_bytes()).unwrap())
    }

    #[test]
    fn every_path_gives_the_answers_of_single_signatures() {
        let keys: Vec<SigningKey> = (1..=40).map(key).collect();
        let prepared: Vec<_> = keys.iter().map(|key| key.verifying_key().prepare()).collect();
        let message = |index: usize| vec![index as u8; index * 7];
        let texts: Vec<Vec<u8>> = (0..200).map(message).collect();
        let parts: Vec<[&[u8]; 2]> = texts.iter().map(|text| text.split_at(text.len() / 3).into()).collect();
        let (above, e, from_above) = with_x1_above_n();
        let degenerate = Signature::new([0x40; 32], negated(&[0x40; 32])).unwrap();
        let key_of = |index: usize| if index.is_multiple_of(5) { index % 40 } else { 3 };
        let signatures: Vec<Signature> = parts
            .iter()
            .enumerate()
            .map(|(index, parts)| keys[key_of(index)].sign(Message::of(parts)).unwrap())
            .collect();
        let mut items: Vec<VerifyItem<'_>> = Vec::new();
        let mut expected = Vec::new();
        for (index, parts) in parts.iter().enumerate() {
            let (key, message) = (&prepared[key_of(index)], Message::of(parts));
            items.push(VerifyItem { key, message, signature: &signatures[index] });
            expected.push(None);
            if index.is_multiple_of(3) {
                items.push(VerifyItem { key, message, signature: &signatures[(index + 1) % 200] });
                expected.push(Some(Code::SignatureMismatch));
            }
            if index.is_multiple_of(7) {
                items.push(VerifyItem { key, message, signature: &degenerate });
                expected.push(Some(Code::SignatureDegenerate));
                items.push(VerifyItem { key: &above, message: Message::Digest(&e), signature: &from_above });
                expected.push(None);
            }
        }
        for path in Path::ALL {
            if !path.is_there() {
                eprintln!("skipped: {path:?} is not on this processor");
                continue;
            }
            for count in (0..20).chain([items.len()]) {
                let codes: Vec<Option<Code>> = verify_batch_by(path, &items[..count])
                    .iter()
                    .map(|answer| answer.as_ref().err().map(Error::code))
                    .collect();
                assert_eq!(codes, expected[..count], "{path:?}, {count}");
            }
            for (item, expected) in items.iter().zip(&expected) {
                let answer = item.key.verify_by(path, item.message, item.signature);
                assert_eq!(answer.err().map(|error| error.code()), *expected, "{path:?}");
            }
        }
    }

    #[test]
    fn every_path_signs_the_same() {
        let key = key(0x21);
        let texts: Vec<Vec<u8>> = (0..100).map(|index| vec![index; usize::from(index) * 11]).collect();
        let parts: Vec<[&[u8]; 1]> = texts.iter().map(|text| [&text[..]]).collect();
        let messages: Vec<Message<'_>> = parts.iter().map(|parts| Message::of(parts)).collect();
        for count in (0..20).chain([64, 100]) {
            let source = || Counting { next: 0, left: 32 * count };
            let mut single = source();
            let expected: Vec<Signature> =
                messages[..count].iter().map(|message| key.sign_with(&mut single, *message).unwrap()).collect();
            for path in Path::ALL {
                if !path.is_there() {
                    eprintln!("skipped: {path:?} is not on this processor");
                    continue;
                }
                let batch = sign_batch_by(path, &mut source(), &key, &messages[..count]).unwrap();
                assert_eq!(batch, expected, "{path:?}, {count}");
            }
        }
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
