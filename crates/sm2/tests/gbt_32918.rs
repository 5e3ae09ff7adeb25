//! The signature scheme against the annex of the standard, and at its edges. The values not from the
//! annex were computed with plain integers, apart from this crate.
#![allow(clippy::unwrap_used)]

use czei_sm2::{Code, Message, Signature, SigningKey, UserId, VerifyingKey};

/// GB/T 32918.5-2017, annex A.
const D: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const X: &str = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020";
const Y: &str = "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const K: &str = "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21";
const E: &str = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
const R: &str = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3";
const S: &str = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

fn bytes(hex: &str) -> [u8; 32] {
    let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

fn public(x: &str, y: &str) -> VerifyingKey {
    VerifyingKey::from_sec1(&[&[0x04][..], &bytes(x), &bytes(y)].concat()).unwrap()
}

fn annex_key() -> VerifyingKey {
    public(X, Y)
}

fn signature(r: &str, s: &str) -> Signature {
    Signature::new(bytes(r), bytes(s)).unwrap()
}

/// The answer to a digest and a signature, the same from the plain and the prepared key.
fn answer(key: &VerifyingKey, e: &str, r: &str, s: &str) -> Result<(), (Code, Option<String>)> {
    let (e, signature) = (bytes(e), signature(r, s));
    let plain = key.verify(Message::Digest(&e), &signature);
    assert_eq!(key.prepare().verify(Message::Digest(&e), &signature), plain);
    plain.map_err(|error| (error.code(), error.place().path.clone()))
}

#[test]
fn the_annex_signs() {
    let key = SigningKey::from_bytes(&bytes(D)).unwrap();
    assert_eq!(*key.verifying_key(), annex_key());
    let e = key.verifying_key().digest(&UserId::DEFAULT, &[b"message digest"]);
    assert_eq!(e, bytes(E));
    assert_eq!(key.dangerous_sign_with_nonce(&bytes(K), &e).unwrap(), signature(R, S));
}

#[test]
fn the_annex_verifies_however_the_message_is_cut() {
    let message = b"message digest";
    for cut in 0..=message.len() {
        let (head, tail) = message.split_at(cut);
        annex_key().verify(Message::of(&[head, tail]), &signature(R, S)).unwrap();
    }
    annex_key().verify(Message::Digest(&bytes(E)), &signature(R, S)).unwrap();
}

#[test]
fn changed_bits_of_digest_and_signature_are_refused() {
    let key = annex_key().prepare();
    let good = signature(R, S).to_bytes();
    // Every byte, and every place in a byte over eight of them.
    for bit in (0..512).step_by(7) {
        let mut bad = good;
        bad[bit / 8] ^= 0x80 >> (bit % 8);
        // Some leave the range and are refused one step earlier, with that code.
        match Signature::from_bytes(&bad) {
            Ok(signature) => {
                let error = key.verify(Message::Digest(&bytes(E)), &signature).unwrap_err();
                assert_eq!(error.code(), Code::SignatureMismatch, "bit {bit}");
            }
            Err(error) => assert_eq!(error.code(), Code::SignatureRange, "bit {bit}"),
        }
    }
    for bit in (0..256).step_by(7) {
        let mut e = bytes(E);
        e[bit / 8] ^= 0x80 >> (bit % 8);
        let error = key.verify(Message::Digest(&e), &signature(R, S)).unwrap_err();
        assert_eq!(error.code(), Code::SignatureMismatch, "bit {bit}");
    }
}

#[test]
fn another_message_id_or_key_is_refused() {
    let refused = |key: &VerifyingKey, user_id: &UserId, message: &[u8]| {
        let message = Message::Parts { user_id, parts: &[message] };
        let error = key.verify(message, &signature(R, S)).unwrap_err();
        assert_eq!(error.code(), Code::SignatureMismatch);
    };
    refused(&annex_key(), &UserId::DEFAULT, b"message digesu");
    refused(&annex_key(), &UserId::DEFAULT, b"");
    refused(&annex_key(), &UserId::EMPTY, b"message digest");
    refused(&annex_key(), &UserId::new("2234567812345678").unwrap(), b"message digest");
    let other = SigningKey::from_bytes(&[0x33; 32]).unwrap();
    refused(other.verifying_key(), &UserId::DEFAULT, b"message digest");
    // The mirrored key, -P, has the same x.
    let mirrored = public(X, "3315b6f21d988a5ad239158e733e559ff512fa030ca1f7b699cd09f8d25652ec");
    refused(&mirrored, &UserId::DEFAULT, b"message digest");
}

#[test]
fn r_and_s_exchanged_are_refused() {
    assert_eq!(answer(&annex_key(), E, S, R), Err((Code::SignatureMismatch, None)));
}

#[test]
fn an_ecdsa_signature_over_the_same_curve_is_refused() {
    // r = x1, s = (e + rd)/k with the key, nonce and digest of the annex.
    let r = "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73";
    let s = "5e828cf33c53c70b40b2e3fbf0009ff50a88cf76b24d4e9629a26e47a371d2b8";
    assert_eq!(answer(&annex_key(), E, r, s), Err((Code::SignatureMismatch, None)));
}

#[test]
fn r_plus_s_of_n_is_refused_even_where_the_rest_would_fit() {
    // Made so that r = e + x1 of [s]G + [0]P: only the check of t stands in the way.
    let e = "b82cf48b8c9d6573af05a273178174c7c67686bad3be4fc5a0712bbf6ebd2f79";
    let r = "fefdfcfafaf9f8f7f6f5f4f3f2f1f0ef60f1cc570cafee133aa1d8ed1cb72203";
    let s = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    let refused = Err((Code::SignatureDegenerate, Some("t".to_owned())));
    assert_eq!(answer(&annex_key(), e, r, s), refused);
}

#[test]
fn the_point_at_infinity_is_refused() {
    // s = -rd/(1+d), so that [s]G + [t]P is nothing; the second has r = e, as if its x were 0.
    let refused = Err((Code::SignatureDegenerate, Some("point".to_owned())));
    let r = "1111111111111111111111111111111111111111111111111111111111111111";
    let s = "f48a14f21c40a39add381d133f350e0d393e0d29a6ea954543d8134dc07b0909";
    assert_eq!(answer(&annex_key(), E, r, s), refused);
    let s = "3da760dd7383633800a1adecfe9790f8ee194f453a81b16507c3285b8f170e1b";
    assert_eq!(answer(&annex_key(), E, E, s), refused);
}

#[test]
fn x1_of_n_or_more_is_reduced() {
    // Made backwards from the point with x1 = n+4: r = e + 4.
    let key = public(
        "a793be30e928e95c89a8ca83a069914d0f426d434953fa02aec221b87fbd3931",
        "d1376b58bc2b4ae36d0791d881d8a8dbd94697d03215d8182dcfa983e668b664",
    );
    let e = "fdb9752ff6b97531f001122334455665da2713b0782d7db3dd56a07018c54231";
    let r = "fdb9752ff6b97531f001122334455665da2713b0782d7db3dd56a07018c54235";
    let s = "1234567890abcdef1122334455667788990011223344556677889900aabbccdd";
    assert_eq!(answer(&key, e, r, s), Ok(()));
}

#[test]
fn e_of_n_or_more_is_reduced() {
    let e = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    let r = "04ebfc728e8d1798620432268e77feb6cf5a4f72ec4136e3fba81ac3f43f594f";
    let s = "c826838a136762b36bd988efc2c65e76ebe3774cd3e8081fe1aa0a761430ab2c";
    assert_eq!(answer(&annex_key(), e, r, s), Ok(()));
    let key = SigningKey::from_bytes(&bytes(D)).unwrap();
    let made = key.dangerous_sign_with_nonce(&bytes(K), &bytes(e)).unwrap();
    assert_eq!(made, signature(r, s));
}

#[test]
fn factors_at_the_edges_of_their_range() {
    for (e, r, s) in [
        // s = 1, t = 6
        (
            "98320818b809fe3f1163be5768904a2e7e3f9b7966ac0c282781be22906601e5",
            "0000000000000000000000000000000000000000000000000000000000000005",
            "0000000000000000000000000000000000000000000000000000000000000001",
        ),
        // s = n-1, t = 1
        (
            "8f6500d3d32011a62f11fbc1b280460500046f26fb7fd6e59378caab085ada02",
            "0000000000000000000000000000000000000000000000000000000000000002",
            "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122",
        ),
        // s = 1, t = n-1
        (
            "8f6500d3d32011a62f11fbc1b280460500046f26fb7fd6e59378caab085ad9fe",
            "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121",
            "0000000000000000000000000000000000000000000000000000000000000001",
        ),
        // s = n-2, t = n-1
        (
            "fc3786626e9337fd4a81547d0cfb6456a7a75937261ecf0ddeda3a5b276a9e6d",
            "0000000000000000000000000000000000000000000000000000000000000001",
            "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121",
        ),
        // [s]G = [t]P: the sum is a doubling
        (
            "98f5c80be705ac36dac7d1af18a409e1753d03f3c6cc7ea7ba7c2149284d9790",
            "a39359ce3d1c262d11c92913ad5e7cf7b5961d386c5ced538f6e744351e535c7",
            "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
        ),
    ] {
        assert_eq!(answer(&annex_key(), e, r, s), Ok(()), "s = {s}");
    }
}

#[test]
fn what_is_signed_verifies_and_nothing_else() {
    for byte in 1..40u8 {
        let key = SigningKey::from_bytes(&[byte; 32]).unwrap();
        let text = vec![byte; usize::from(byte) * 7];
        let signature = key.sign(Message::of(&[&text])).unwrap();
        let prepared = key.verifying_key().prepare();
        prepared.verify(Message::of(&[&text]), &signature).unwrap();
        let longer = prepared.verify(Message::of(&[&text, b" "]), &signature).unwrap_err();
        assert_eq!(longer.code(), Code::SignatureMismatch);
    }
}
