//! What work on secrets leaves on the stack.

use core::hint::black_box;

use zeroize::Zeroize as _;

/// 24 KiB: the deepest work, one multiple in all lanes, takes about 15 in a release build.
const WORDS: usize = 3072;

/// Does the work in a frame of its own and then overwrites the stack where that frame, and those of what it
/// called, have been: temporaries, moved values and vectors that did not fit into registers.
///
/// What the work returns must be public, or wipe itself. Registers are not cleared.
#[inline(always)]
pub(crate) fn wiped<T>(work: impl FnOnce() -> T) -> T {
    let result = apart(work);
    overwrite();
    result
}

#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn overwrite() {
    let mut words = [0_u64; WORDS];
    words.as_mut_slice().zeroize();
    black_box(&words);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, unsafe_code)] // Looks at stack that no variable lives on any more.
mod tests {
    use core::hint::black_box;

    use super::*;
    use crate::by_path::Path;
    use crate::limbs::Limbs;
    use crate::nonce::FRESH;
    use crate::scalar::Scalar;
    use crate::{Entropy, Error, Message, SigningKey, batch};

    const SEEN: usize = 12 * 1024;

    /// Always the same bytes, so that the nonces are known.
    struct Fixed;

    impl Entropy for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
            bytes.fill(0x5a);
            Ok(())
        }
    }

    /// 96 KiB of stack below the caller's frame.
    #[inline(never)]
    fn look(words: &mut [u64; SEEN]) {
        let mark = 0_u64;
        let here = black_box(&raw const mark);
        for (index, word) in words.iter_mut().enumerate() {
            // SAFETY: the stack of a test's thread goes on for 2 MiB; nothing is written.
            *word = unsafe { here.sub(SEEN - index).read_volatile() };
        }
    }

    #[inline(never)]
    fn clear() {
        black_box([0_u64; SEEN + 1024]);
    }

    /// Runs the work on a clean stack; whether half of one of the numbers, or more, is left there.
    fn leaves<T>(secrets: &[Limbs], work: impl FnOnce() -> T) -> bool {
        let mut words = vec![0; SEEN];
        let words: &mut [u64; SEEN] = words.as_mut_slice().try_into().unwrap();
        clear();
        let result = apart(work);
        look(words);
        black_box(result);
        let halves: Vec<[u64; 2]> = secrets
            .iter()
            .flat_map(|[a, b, c, d]| {
                let [e, f, g, h] = [d, c, b, a].map(|limb| limb.swap_bytes());
                [[*a, *b], [*c, *d], [e, f], [g, h]]
            })
            .collect();
        words.windows(2).any(|pair| halves.iter().any(|half| pair == half))
    }

    #[test]
    fn no_private_key_stays_on_the_stack() {
        let bytes: Box<[u8; 32]> = Box::new(core::array::from_fn(|index| (index as u8).wrapping_mul(37) + 11));
        let d = Scalar::from_bytes(&bytes).unwrap();
        let secrets = [*d.limbs(), *d.add(&Scalar::ONE).invert().limbs()];
        let key = SigningKey::from_bytes(&bytes).unwrap();
        // The control: what is not wiped is found.
        assert!(leaves(&secrets, || {
            black_box([*d.limbs(); 8]);
        }));
        assert!(!leaves(&secrets, || SigningKey::from_bytes(&bytes)));
        assert!(!leaves(&secrets, || key.sign_with(&mut Fixed, Message::of(&[b"m"]))));
    }

    #[test]
    fn no_nonce_stays_on_the_stack() {
        let key = SigningKey::from_bytes(&[0x21; 32]).unwrap();
        let e = [0x42; 32];
        let messages = [Message::Digest(&e); 19];
        let nonce = key.first_nonces(Path::Portable, &[[0x5a; FRESH]], &[e])[0];
        let secrets = [*nonce.limbs()];
        assert!(leaves(&secrets, || {
            black_box([*nonce.limbs(); 8]);
        }));
        assert!(!leaves(&secrets, || key.sign_with(&mut Fixed, messages[0])));
        let given = Box::new(nonce.to_bytes());
        assert!(!leaves(&secrets, || key.dangerous_sign_with_nonce(&given, &e)));
        for path in Path::ALL.into_iter().filter(|path| path.is_there()) {
            for count in [1, 8, 9, 19] {
                let sign = || batch::sign_batch_by(path, &mut Fixed, &key, &messages[..count]);
                assert!(!leaves(&secrets, sign), "{path:?}, {count}");
            }
        }
    }
}
