//! Constant time by the method of ctgrind: under valgrind, secrets are marked as undefined, and every branch and
//! every index that depends on them is reported as one on a value that is not initialised.
//!
//! `scripts/constant_time.sh` runs it. `constant_time all` does everything that works on secrets and must give
//! no report; `constant_time branch` and `constant_time index` are controls, which leak and must be reported.
//! What becomes public (r and s, the public key, the answer whether a number is in range) is marked as defined
//! by `src/declassify.rs`, and only there: everything made here is verified in the end, in variable time, so
//! that a mark that was left would be reported.
#![allow(unsafe_code, clippy::unwrap_used, clippy::print_stdout)]
// The requests to valgrind are written for x86-64.
#![cfg_attr(not(target_arch = "x86_64"), allow(dead_code, unused_imports))]

use std::hint::black_box;

use czei_sm2::by_path::{self, Path};
use czei_sm2::{Entropy, Error, HmacSm3, Message, SigningKey, Sm3, UserId, VerifyItem, hook, verify_batch};

mod memcheck {
    //! Valgrind's client requests for x86-64, as `valgrind.h` and `memcheck.h` define them.

    #[cfg(target_arch = "x86_64")]
    use core::arch::asm;

    const RUNNING_ON_VALGRIND: usize = 0x1001;
    const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
    const MAKE_MEM_DEFINED: usize = 0x4d43_0002;

    /// There is none of this kind.
    #[cfg(not(target_arch = "x86_64"))]
    fn request(_what: usize, _address: usize, _length: usize) -> usize {
        0
    }

    /// Asks valgrind; without it, the answer is 0.
    #[cfg(target_arch = "x86_64")]
    fn request(what: usize, address: usize, length: usize) -> usize {
        let arguments = [what, address, length, 0, 0, 0];
        let mut answer = 0;
        // SAFETY: the four rotations add up to 128 bits and leave rdi as it was, the exchange is of a register
        // with itself: without valgrind this does nothing. With it, marks change and no byte does; it reads
        // `arguments`, which outlive the block. The compiler may assume neither what is in memory nor the flags.
        unsafe {
            asm!(
                "rol rdi, 3",
                "rol rdi, 13",
                "rol rdi, 61",
                "rol rdi, 51",
                "xchg rbx, rbx",
                in("rax") arguments.as_ptr(),
                inout("rdx") answer,
            );
        }
        answer
    }

    pub(crate) fn is_there() -> bool {
        request(RUNNING_ON_VALGRIND, 0, 0) != 0
    }

    pub(crate) fn make_secret(bytes: &mut [u8]) {
        request(MAKE_MEM_UNDEFINED, bytes.as_mut_ptr() as usize, bytes.len());
    }

    pub(crate) fn make_public(bytes: &mut [u8]) {
        request(MAKE_MEM_DEFINED, bytes.as_mut_ptr() as usize, bytes.len());
    }
}

/// Bytes that count on, secret.
struct SecretBytes(u8);

impl Entropy for SecretBytes {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        for byte in &mut *bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(7);
            *byte = self.0;
        }
        memcheck::make_secret(bytes);
        Ok(())
    }
}

fn secret<const LENGTH: usize>(first: u8) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SecretBytes(first).fill(&mut bytes).unwrap();
    bytes
}

fn main() {
    if !memcheck::is_there() {
        println!("this means something under valgrind only");
        std::process::exit(2);
    }
    hook::set(memcheck::make_public);
    match std::env::args().nth(1).as_deref() {
        Some("all") => all(),
        Some("branch") => {
            let [byte] = secret(1);
            if black_box(byte) > 100 {
                println!("a branch");
            }
        }
        Some("index") => {
            let [byte] = secret(1);
            let table = black_box([7u8; 256]);
            black_box(table[usize::from(byte)]);
        }
        other => panic!("{other:?}: all, branch or index"),
    }
}

fn all() {
    step("key from bytes");
    // In range, and out of it: only the answer is public.
    let key = SigningKey::from_bytes(&secret(3)).unwrap();
    for outside in [[0; 32], [0xff; 32]] {
        let mut d = outside;
        memcheck::make_secret(&mut d);
        assert!(SigningKey::from_bytes(&d).is_err());
    }
    step("key generation");
    SigningKey::generate_with(&mut SecretBytes(9)).unwrap();
    step("key to bytes");
    let mut d = *key.dangerous_to_bytes();
    memcheck::make_public(&mut d);
    assert_eq!(d[0], 3u8.wrapping_mul(5).wrapping_add(7));

    let e = Sm3::digest(b"a digest");
    step("signature with a nonce");
    for first in 0..8 {
        let signature = key.dangerous_sign_with_nonce(&secret(first), &e).unwrap();
        key.verifying_key().verify(Message::Digest(&e), &signature).unwrap();
    }
    for mut k in [[0; 32], [0xff; 32]] {
        memcheck::make_secret(&mut k);
        assert!(key.dangerous_sign_with_nonce(&k, &e).is_err());
    }
    // Small nonces have windows of zeros.
    for low in [1, 2, 64, 65, 127, 128] {
        let mut k = [0; 32];
        k[31] = low;
        memcheck::make_secret(&mut k);
        let signature = key.dangerous_sign_with_nonce(&k, &e).unwrap();
        key.verifying_key().verify(Message::Digest(&e), &signature).unwrap();
    }
    step("hedged signature");
    let message = Message::Parts { user_id: &UserId::DEFAULT, parts: &[b"a message ", b"in parts"] };
    let signature = key.sign_with(&mut SecretBytes(11), message).unwrap();
    key.verifying_key().verify(message, &signature).unwrap();

    for path in Path::ALL.into_iter().filter(|path| path.is_there()) {
        step(&format!("batch, {path:?}"));
        for count in [1, 2, 8, 17, 33] {
            let texts: Vec<Vec<u8>> = (0..count).map(|number| vec![number as u8; 3 * number]).collect();
            let parts: Vec<[&[u8]; 1]> = texts.iter().map(|text| [text.as_slice()]).collect();
            let messages: Vec<Message<'_>> = parts.iter().map(|parts| Message::of(parts)).collect();
            let signatures = by_path::sign_batch_with(path, &mut SecretBytes(13), &key, &messages).unwrap();
            let items: Vec<VerifyItem<'_>> = (messages.iter().zip(&signatures))
                .map(|(message, signature)| VerifyItem {
                    key: key.prepared_verifying_key(),
                    message: *message,
                    signature,
                })
                .collect();
            assert!(verify_batch(&items).iter().all(Result::is_ok));
        }
    }
    step("HMAC");
    for length in [0, 1, 55, 56, 64, 65, 200] {
        let mut message = vec![5; length];
        memcheck::make_secret(&mut message);
        let key: [u8; 100] = secret(17);
        for key in [&key[..32], &key[..64], &key[..]] {
            let mut tag = HmacSm3::mac(key, &[&message]);
            let mut keyed = HmacSm3::new(key);
            keyed.update(&message);
            keyed.clone().verify(&tag).unwrap();
            tag[31] ^= 1;
            assert!(keyed.verify(&tag).is_err());
        }
    }
    step("end");
}

/// Says where it is: valgrind's report that follows belongs to it.
fn step(name: &str) {
    println!("constant time: {name}");
}
