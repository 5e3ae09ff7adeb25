//! Every path against two other implementations, RustCrypto's and the system's OpenSSL: what one signs the
//! others accept, what is changed in one bit all refuse. `CZEI_PROOF=quick` makes a tenth, `long` many more.
#![allow(clippy::unwrap_used)]

mod openssl;

use czei_sm2::by_path::{self, Path};
use czei_sm2::{Code, Entropy, Error, Message, Signature, SigningKey, Sm3, UserId, VerifyItem, VerifyingKey};
use openssl::{OpenSsl, Request};
use sm2::dsa::signature::hazmat::{PrehashSigner, PrehashVerifier};

const N: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
const P: &str = "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff";

/// Signatures made with one key, and at the same time the length of a batch: no multiple of the lanes.
const PER_KEY: usize = 100;

fn count(build: usize) -> usize {
    match std::env::var("CZEI_PROOF").as_deref() {
        Ok("long") => build * 50,
        Ok("quick") => build / 10,
        Ok(other) => panic!("CZEI_PROOF={other}: not long, not quick"),
        Err(_) => build,
    }
}

fn paths() -> Vec<Path> {
    Path::ALL.into_iter().filter(|path| path.is_there()).collect()
}

/// Numbers that look random and are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| (self.next() >> 56) as u8).collect()
    }

    fn digest(&mut self) -> [u8; 32] {
        self.bytes(32).try_into().unwrap()
    }

    fn key(&mut self) -> SigningKey {
        loop {
            if let Ok(key) = SigningKey::from_bytes(&self.digest()) {
                return key;
            }
        }
    }
}

/// Gives away bytes made beforehand, from the front.
struct Given<'a>(&'a [u8]);

impl Entropy for Given<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        let (head, rest) = self.0.split_at(bytes.len());
        bytes.copy_from_slice(head);
        self.0 = rest;
        Ok(())
    }
}

/// A number of 32 bytes plus a small one.
fn plus(hex: &str, small: i64) -> [u8; 32] {
    let mut words: Vec<i128> =
        (0..4).map(|i| i128::from(u64::from_str_radix(&hex[16 * i..16 * i + 16], 16).unwrap())).collect();
    words[3] += i128::from(small);
    for i in (1..4).rev() {
        words[i - 1] += words[i] >> 64;
    }
    let bytes: Vec<u8> = words.iter().flat_map(|word| (*word as u64).to_be_bytes()).collect();
    bytes.try_into().unwrap()
}

fn small(number: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[31] = number;
    bytes
}

/// RustCrypto's key for digests; its id is not used then.
fn rustcrypto(public: &[u8; 65]) -> sm2::dsa::VerifyingKey {
    sm2::dsa::VerifyingKey::from_sec1_bytes("1234567812345678", public).unwrap()
}

fn rustcrypto_accepts(key: &sm2::dsa::VerifyingKey, e: &[u8; 32], signature: &Signature) -> bool {
    let theirs = sm2::dsa::Signature::from_slice(&signature.to_bytes()).unwrap();
    key.verify_prehash(e, &theirs).is_ok()
}

/// One signature and what it is over.
struct Signed {
    e: [u8; 32],
    message: Vec<u8>,
    signature: Signature,
}

/// The answers to signatures of one key: the same from the plain key, the prepared one and every path.
fn our_answers(key: &VerifyingKey, signed: &[Signed], user_id: &UserId) -> Vec<bool> {
    let parts: Vec<[&[u8]; 1]> = signed.iter().map(|one| [one.message.as_slice()]).collect();
    let prepared = key.prepare();
    let items: Vec<VerifyItem<'_>> = (signed.iter().zip(&parts))
        .map(|(one, parts)| VerifyItem {
            key: &prepared,
            message: Message::Parts { user_id, parts },
            signature: &one.signature,
        })
        .collect();
    let answers: Vec<Result<(), Error>> = items.iter().map(|item| key.verify(item.message, item.signature)).collect();
    let one_by_one: Vec<Result<(), Error>> =
        items.iter().map(|item| prepared.verify(item.message, item.signature)).collect();
    assert_eq!(one_by_one, answers);
    for path in paths() {
        assert_eq!(by_path::verify_batch(path, &items), answers, "{path:?}");
    }
    // The digest given instead of the message makes a difference at one place only: some are enough.
    for (one, answer) in signed.iter().zip(&answers).step_by(10) {
        assert_eq!(key.verify(Message::Digest(&one.e), &one.signature), *answer);
    }
    for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(error.code(), Code::SignatureMismatch);
    }
    answers.iter().map(Result::is_ok).collect()
}

/// A copy with one bit changed: of r, s or the message. `None` where r or s leaves its range.
fn changed(one: &Signed, key: &VerifyingKey, user_id: &UserId, random: &mut Random) -> Option<Signed> {
    let (mut bytes, mut message) = (one.signature.to_bytes(), one.message.clone());
    let bit = random.below(512 + 8 * message.len());
    if bit < 512 {
        bytes[bit / 8] ^= 1 << (bit % 8);
    } else {
        message[(bit - 512) / 8] ^= 1 << (bit % 8);
    }
    let signature = Signature::from_bytes(&bytes).ok()?;
    Some(Signed { e: key.digest(user_id, &[&message]), message, signature })
}

/// All three give these answers.
fn all_answer(openssl: &mut Option<OpenSsl>, key: &VerifyingKey, user_id: &UserId, signed: &[Signed], expected: bool) {
    let public = key.to_sec1();
    let ours_and_rustcrypto = || {
        assert_eq!(our_answers(key, signed, user_id), vec![expected; signed.len()]);
        let theirs = rustcrypto(&public);
        for one in signed {
            assert_eq!(rustcrypto_accepts(&theirs, &one.e, &one.signature), expected, "RustCrypto");
        }
    };
    match openssl {
        Some(openssl) => {
            let requests: Vec<Request> =
                signed.iter().map(|one| Request::verify(&public, user_id, &one.message, &one.signature)).collect();
            let (answers, ()) = openssl.answers(&requests, ours_and_rustcrypto);
            assert!(answers.iter().all(|answer| *answer == [u8::from(expected)]), "OpenSSL");
        }
        None => ours_and_rustcrypto(),
    }
}

/// The ids of the signers in turn, and messages around the block length of SM3.
fn user_id(round: usize, random: &mut Random) -> UserId {
    match round % 4 {
        0 | 1 => UserId::DEFAULT,
        2 => UserId::EMPTY,
        _ => {
            let length = 1 + random.below(300);
            UserId::new(random.bytes(length)).unwrap()
        }
    }
}

fn messages(random: &mut Random) -> Vec<Vec<u8>> {
    (0..PER_KEY)
        .map(|_| {
            let length = random.below(300);
            random.bytes(length)
        })
        .collect()
}

#[test]
fn what_every_path_signs_the_others_accept() {
    let mut random = Random(0x0001_5f3a_77c1);
    let mut openssl = OpenSsl::start("what_every_path_signs");
    for round in 0..count(20_000) / PER_KEY {
        let (key, user_id) = (random.key(), user_id(round, &mut random));
        let public = key.verifying_key();
        let texts = messages(&mut random);
        let fresh = random.bytes(32 * PER_KEY);
        let parts: Vec<[&[u8]; 1]> = texts.iter().map(|text| [text.as_slice()]).collect();
        let messages: Vec<Message<'_>> =
            parts.iter().map(|parts| Message::Parts { user_id: &user_id, parts }).collect();
        let mut one_by_one = Given(&fresh);
        let signatures: Vec<Signature> =
            messages.iter().map(|message| key.sign_with(&mut one_by_one, *message).unwrap()).collect();
        for path in paths() {
            let batch = by_path::sign_batch_with(path, &mut Given(&fresh), &key, &messages).unwrap();
            assert_eq!(batch, signatures, "{path:?}");
        }
        let signed: Vec<Signed> = (texts.iter().zip(signatures))
            .map(|(text, signature)| Signed { e: public.digest(&user_id, &[text]), message: text.clone(), signature })
            .collect();
        all_answer(&mut openssl, public, &user_id, &signed, true);
        let changed: Vec<Signed> =
            signed.iter().step_by(4).filter_map(|one| changed(one, public, &user_id, &mut random)).collect();
        all_answer(&mut openssl, public, &user_id, &changed, false);
    }
}

#[test]
fn what_the_others_sign_every_path_accepts() {
    let mut random = Random(0x0002_9be1_4d05);
    let mut openssl = OpenSsl::start("what_the_others_sign");
    for round in 0..count(4_000) / PER_KEY {
        let (key, user_id) = (random.key(), user_id(round, &mut random));
        let (public, d) = (key.verifying_key(), key.dangerous_to_bytes());
        let theirs = sm2::dsa::SigningKey::from_slice("1234567812345678", &*d).unwrap();
        let texts = messages(&mut random);
        let signed = |text: &[u8], signature| {
            let e = public.digest(&user_id, &[text]);
            Signed { e, message: text.to_vec(), signature }
        };
        let mut all: Vec<Signed> = texts
            .iter()
            .map(|text| {
                let signature: sm2::dsa::Signature = theirs.sign_prehash(&public.digest(&user_id, &[text])).unwrap();
                signed(text, Signature::from_slice(&signature.to_bytes()).unwrap())
            })
            .collect();
        if let Some(openssl) = &mut openssl {
            let requests: Vec<Request> =
                texts.iter().map(|text| Request::sign(&d, &public.to_sec1(), &user_id, text)).collect();
            let (ders, ()) = openssl.answers(&requests, || ());
            all.extend(texts.iter().zip(ders).map(|(text, der)| signed(text, Signature::from_der(&der).unwrap())));
        }
        assert_eq!(our_answers(public, &all, &user_id), vec![true; all.len()]);
        let changed: Vec<Signed> = all.iter().filter_map(|one| changed(one, public, &user_id, &mut random)).collect();
        assert_eq!(our_answers(public, &changed, &user_id), vec![false; changed.len()]);
    }
}

/// Numbers where carries, windows and ranges have their edges, for keys and nonces; not all are in range.
fn edges() -> Vec<[u8; 32]> {
    let mut edges: Vec<[u8; 32]> = (0..=130).map(small).collect();
    for from_n in -70..=2 {
        edges.push(plus(N, from_n));
    }
    for bit in 0..256 {
        let mut power = [0; 32];
        power[31 - bit / 8] = 1 << (bit % 8);
        edges.push(power);
        // All ones below the bit.
        let mut ones = [0xff; 32];
        for byte in &mut ones[..31 - bit / 8] {
            *byte = 0;
        }
        ones[31 - bit / 8] = ((1u16 << (bit % 8)) - 1) as u8;
        edges.push(ones);
    }
    for word in 0..4 {
        let mut gap = [0xff; 32];
        gap[0] = 0x7f;
        gap[8 * word..8 * word + 8].fill(0);
        edges.push(gap);
        edges.push(gap.map(|byte| !byte));
    }
    // Every window at its greatest and its least digit, for windows of 5, 6 and 7 bits.
    for width in [5, 6, 7] {
        for phase in [0, width - 1] {
            let mut digits = [0u8; 32];
            for bit in (phase..255).step_by(width) {
                digits[31 - bit / 8] |= 1 << (bit % 8);
            }
            edges.push(digits);
            edges.push(digits.map(|byte| !byte));
        }
    }
    edges.extend([plus(P, 0), [0xff; 32], [0x80; 32], [0x55; 32], [0xaa; 32]]);
    edges
}

fn digests_at_the_edge() -> Vec<[u8; 32]> {
    let around = |hex, from: i64| (from..from + 3).map(move |add| plus(hex, add));
    let mut digests = vec![[0; 32], small(1), [0xff; 32]];
    digests.extend(around(N, -1));
    digests.extend(around(P, -1));
    digests
}

#[test]
fn public_keys_of_edges_and_random_keys_are_those_of_the_others() {
    let mut random = Random(0x0003_17ac_9e22);
    let mut openssl = OpenSsl::start("public_keys");
    let mut numbers = edges();
    numbers.extend((0..count(2_000)).map(|_| random.digest()));
    let (mut made, mut requests) = (Vec::new(), Vec::new());
    for d in &numbers {
        match SigningKey::from_bytes(d) {
            Ok(key) => {
                let theirs = sm2::dsa::SigningKey::from_slice("1234567812345678", d).unwrap();
                let public = key.verifying_key().to_sec1();
                assert_eq!(public[..], theirs.verifying_key().to_sec1_bytes()[..], "{d:02x?}");
                assert_eq!(*key.dangerous_to_bytes(), *d);
                made.push(public);
                requests.push(Request::generator_times(d));
            }
            Err(error) => {
                assert_eq!(error.code(), Code::PrivateKeyRange);
                assert!(*d == [0; 32] || *d >= plus(N, -1), "{d:02x?}");
            }
        }
    }
    if let Some(openssl) = &mut openssl {
        let (points, ()) = openssl.answers(&requests, || ());
        assert!(made.iter().zip(points).all(|(ours, theirs)| ours[..] == theirs[..]), "OpenSSL");
    }
}

#[test]
fn signatures_with_nonces_and_digests_at_the_edge_are_accepted_by_the_others() {
    let mut random = Random(0x0004_60d8_b3f7);
    let mut openssl = OpenSsl::start("signatures_at_the_edge");
    let keys = [small(1), small(2), plus(N, -2), plus(N, -3), [0x80; 32], random.digest()];
    let digests = digests_at_the_edge();
    let (mut nonces, mut number) = (edges(), 0);
    if count(10) < 10 {
        nonces = nonces.into_iter().step_by(7).collect();
    }
    for d in keys {
        let key = SigningKey::from_bytes(&d).unwrap();
        let public = key.verifying_key();
        let (theirs, sec1) = (rustcrypto(&public.to_sec1()), public.to_sec1());
        let (mut items, mut requests) = (Vec::new(), Vec::new());
        for k in &nonces {
            number += 1;
            let e = &digests[number % digests.len()];
            match key.dangerous_sign_with_nonce(k, e) {
                Ok(signature) => {
                    requests.push(Request::verify_digest(&sec1, e, &signature));
                    items.push((e, signature));
                }
                Err(error) => {
                    assert_eq!(error.code(), Code::NonceUnusable);
                    assert!(*k == [0; 32] || *k >= plus(N, 0), "{k:02x?} with {e:02x?}");
                }
            }
        }
        let ours = || {
            let prepared = public.prepare();
            let items: Vec<VerifyItem<'_>> = (items.iter())
                .map(|(e, signature)| VerifyItem { key: &prepared, message: Message::Digest(e), signature })
                .collect();
            for item in &items {
                public.verify(item.message, item.signature).unwrap();
                prepared.verify(item.message, item.signature).unwrap();
            }
            for path in paths() {
                assert!(by_path::verify_batch(path, &items).iter().all(Result::is_ok), "{path:?}");
            }
            for (e, signature) in items.iter().map(|item| (item.message, item.signature)) {
                let Message::Digest(e) = e else { unreachable!() };
                assert!(rustcrypto_accepts(&theirs, e, signature), "RustCrypto");
            }
        };
        match &mut openssl {
            Some(openssl) => {
                let (answers, ()) = openssl.answers(&requests, ours);
                assert!(answers.iter().all(|answer| *answer == [1]), "OpenSSL");
                for e in &digests {
                    let der = openssl.ask(Request::sign_digest(&d, &sec1, e));
                    public.verify(Message::Digest(e), &Signature::from_der(&der).unwrap()).unwrap();
                }
            }
            None => ours(),
        }
    }
}

#[test]
fn sm3_of_every_length_is_that_of_the_others() {
    use sm3::Digest as _;
    let mut random = Random(0x0005_e4f1_2c88);
    let mut openssl = OpenSsl::start("sm3_of_every_length");
    let mut messages: Vec<Vec<u8>> = (0..=520).map(|length| random.bytes(length)).collect();
    messages.extend([[0u8; 600], [0xff; 600]].map(Vec::from));
    messages.extend((0..count(400)).map(|_| {
        let length = random.below(20_000);
        random.bytes(length)
    }));
    let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let digests: Vec<[u8; 32]> = slices.iter().map(|message| Sm3::digest(message)).collect();
    assert_eq!(Sm3::digest_many(&slices), digests);
    for path in paths() {
        assert!(by_path::digest_many(path, &slices) == digests, "{path:?}");
    }
    for (message, digest) in slices.iter().zip(&digests) {
        assert_eq!(sm3::Sm3::digest(message)[..], *digest, "{} bytes", message.len());
    }
    if let Some(openssl) = &mut openssl {
        let requests: Vec<Request> = slices.iter().map(|message| Request::sm3(message)).collect();
        let (theirs, ()) = openssl.answers(&requests, || ());
        assert!(theirs.iter().zip(&digests).all(|(theirs, ours)| *theirs == ours[..]), "OpenSSL");
    }
}
