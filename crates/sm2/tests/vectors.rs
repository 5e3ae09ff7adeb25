//! Test material of other implementations, found through the environment variable `CZEI_VECTORS`.
//! Each test counts what it has checked, so that a file in another shape does not pass unseen.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use czei_sm2::{Code, HmacSm3, Message, Signature, SigningKey, Sm3, UserId, VerifyingKey};

/// The text of a file, or `None` with a notice where there is no test material.
fn vectors(name: &str) -> Option<String> {
    let Some(root) = std::env::var_os("CZEI_VECTORS") else {
        eprintln!("skipped: CZEI_VECTORS is not set, {name} was not checked");
        return None;
    };
    let path = PathBuf::from(root).join("sm2-sm3").join(name);
    Some(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn unhex(text: &str) -> Vec<u8> {
    let text = text.trim().trim_start_matches("0x");
    assert_eq!(text.len() % 2, 0, "{text}");
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

fn unhex32(text: &str) -> [u8; 32] {
    unhex(text).try_into().unwrap()
}

/// The `name = value` lines of the text formats, others left out.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
}

/// A value of the OpenSSL formats: text in quotes, or hex.
fn value(text: &str) -> Vec<u8> {
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => text.as_bytes().to_vec(),
        None => unhex(text),
    }
}

#[test]
fn sm3_of_botan() {
    let Some(text) = vectors("botan__sm3.vec") else {
        return;
    };
    let (mut messages, mut digests) = (Vec::new(), Vec::new());
    for (name, value) in pairs(&text) {
        match name {
            "In" => messages.push(unhex(value)),
            "Out" => digests.push(unhex32(value)),
            other => panic!("{other}"),
        }
    }
    assert_eq!((messages.len(), digests.len()), (139, 139));
    for (message, digest) in messages.iter().zip(&digests) {
        assert_eq!(Sm3::digest(message), *digest);
    }
    let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    assert_eq!(Sm3::digest_many(&slices), digests);
}

#[test]
fn sm3_of_tongsuo() {
    let Some(text) = vectors("tongsuo__evpmd_sm3.txt") else {
        return;
    };
    let (mut checked, mut sm3, mut input) = (0, false, Vec::new());
    for (name, text) in pairs(&text) {
        match name {
            "Digest" => sm3 = text == "SM3",
            "Input" if sm3 => input = value(text),
            "Output" if sm3 => {
                assert_eq!(Sm3::digest(&input), unhex32(text));
                checked += 1;
            }
            _ => {}
        }
    }
    assert_eq!(checked, 8);
}

#[test]
fn hmac_sm3_of_tongsuo() {
    let Some(text) = vectors("tongsuo__evpmac_sm3.txt") else {
        return;
    };
    let (mut checked, mut input, mut key) = (0, Vec::new(), Vec::new());
    for (name, text) in pairs(&text) {
        match name {
            "Input" => input = value(text),
            "Key" => key = value(text),
            "Output" => {
                assert_eq!(HmacSm3::mac(&key, &[&input]), unhex32(text));
                checked += 1;
            }
            _ => {}
        }
    }
    assert_eq!(checked, 4);
}

#[test]
fn hmac_sm3_of_wycheproof() {
    let Some(text) = vectors("wycheproof__hmac_sm3_test.json") else {
        return;
    };
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in file["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let field = |name: &str| unhex(test[name].as_str().unwrap());
            let mut mac = HmacSm3::new(&field("key"));
            mac.update(&field("msg"));
            let tag = field("tag");
            // Half of the groups cut the value to 16 bytes.
            let answer = match <[u8; 32]>::try_from(tag.as_slice()) {
                Ok(tag) => mac.verify(&tag).map_err(|error| error.code()),
                Err(_) if mac.finalize()[..16] == tag => Ok(()),
                Err(_) => Err(Code::MacMismatch),
            };
            if test["result"] == "valid" {
                assert_eq!(answer, Ok(()), "{test}");
                valid += 1;
            } else {
                assert_eq!(answer, Err(Code::MacMismatch), "{test}");
                invalid += 1;
            }
        }
    }
    assert_eq!(valid + invalid, file["numberOfTests"].as_u64().unwrap());
    assert!(valid > 0 && invalid > 0);
}

#[test]
fn sm2_signatures_of_botan() {
    let Some(text) = vectors("botan__sm2_sig.vec") else {
        return;
    };
    let mut checked = 0;
    let (mut curve, mut hash, mut ident, mut message) = ("", "", "", Vec::new());
    let (mut d, mut k) = ([0; 32], [0; 32]);
    for (name, value) in pairs(&text) {
        match name {
            "Oid" => curve = value,
            "Hash" => hash = value,
            "Ident" => ident = value,
            "Msg" => message = unhex(value),
            "x" => d = unhex32(value),
            "Nonce" => k = unhex32(value),
            // The other curves, and SHA-256 in place of SM3, are not ours.
            "Signature" if curve == "1.2.156.10197.1.301" && hash == "SM3" => {
                let key = SigningKey::from_bytes(&d).unwrap();
                let user_id = UserId::new(ident).unwrap();
                let e = key.verifying_key().digest(&user_id, &[&message]);
                let signature = Signature::from_slice(&unhex(value)).unwrap();
                assert_eq!(key.dangerous_sign_with_nonce(&k, &e).unwrap(), signature);
                let message = Message::Parts { user_id: &user_id, parts: &[&message] };
                key.verifying_key().verify(message, &signature).unwrap();
                checked += 1;
            }
            _ => {}
        }
    }
    assert_eq!(checked, 1);
}

#[test]
fn sm2_signatures_of_tongsuo() {
    let Some(text) = vectors("tongsuo__evppkey_sm2.txt") else {
        return;
    };
    // PKCS#8: the private key is the OCTET STRING of 32 bytes after version 1 of the inner key.
    let pem: String = text
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN PRIVATE KEY"))
        .skip(1)
        .take_while(|line| !line.starts_with("-----END"))
        .collect();
    let der = STANDARD.decode(pem).unwrap();
    let start = der.windows(5).position(|w| w == [0x02, 0x01, 0x01, 0x04, 0x20]).unwrap() + 5;
    let key = SigningKey::from_bytes(der[start..start + 32].try_into().unwrap()).unwrap();
    let public = key.verifying_key().to_sec1();
    assert!(der.windows(65).any(|window| window == public));

    let (mut checked, mut verify, mut sm3, mut input) = (0, false, false, Vec::new());
    for (name, text) in pairs(&text) {
        match name {
            "Verify" => (verify, sm3) = (true, false),
            "Sign" | "Decrypt" => verify = false,
            "Ctrl" => sm3 = text == "digest:SM3",
            "Input" if verify && sm3 => input = unhex(text),
            "Output" if verify && sm3 => {
                // These sign the digest as it is, without Z.
                let e: &[u8; 32] = input.as_slice().try_into().unwrap();
                let signature = Signature::from_der(&unhex(text)).unwrap();
                key.verifying_key().verify(Message::Digest(e), &signature).unwrap();
                checked += 1;
            }
            _ => {}
        }
    }
    assert_eq!(checked, 2);
}

#[test]
fn sm2_signatures_of_openhitls() {
    let Some(text) = vectors("openhitls__test_suite_sdv_eal_sm2_sign.data") else {
        return;
    };
    let (mut signed, mut verified, mut refused, mut degenerate) = (0, 0, 0, 0);
    for line in text.lines() {
        let Some((name, fields)) = line.split_once(":\"") else {
            continue;
        };
        let fields: Vec<&str> = fields.split(':').map(|field| field.trim_matches('"')).collect();
        let user_id = |hex: &str| UserId::new(unhex(hex)).unwrap();
        let public = |hex: &str| VerifyingKey::from_sec1(&unhex(hex)).unwrap();
        match name {
            "SDV_CRYPTO_SM2_SIGN_FUNC_TC001" => {
                let key = SigningKey::from_bytes(&unhex32(fields[0])).unwrap();
                let e = key.verifying_key().digest(&user_id(fields[1]), &[&unhex(fields[3])]);
                let signature = key.dangerous_sign_with_nonce(&unhex32(fields[2]), &e).unwrap();
                assert_eq!(signature.to_der(), unhex(fields[4]));
                signed += 1;
            }
            "SDV_CRYPTO_SM2_VERIFY_FUNC_TC001" | "SDV_CRYPTO_SM2_VERIFY_FUNC_TC003" => {
                let message = Message::Parts { user_id: &user_id(fields[1]), parts: &[&unhex(fields[2])] };
                let signature = Signature::from_der(&unhex(fields[3])).unwrap();
                let answer = public(fields[0]).verify(message, &signature);
                if name.ends_with("TC001") {
                    answer.unwrap();
                    verified += 1;
                } else {
                    assert_eq!(answer.unwrap_err().code(), Code::SignatureMismatch, "{line}");
                    refused += 1;
                }
            }
            "SDV_CRYPTO_SM2_VERIFY_DATA_FUNC_TC001" => {
                let signature = Signature::from_der(&unhex(fields[2])).unwrap();
                let error = public(fields[0]).verify(Message::Digest(&unhex32(fields[1])), &signature).unwrap_err();
                assert_eq!(error.code(), Code::SignatureDegenerate);
                degenerate += 1;
            }
            _ => {}
        }
    }
    assert_eq!((signed, verified, refused, degenerate), (2, 2, 10, 2));
}
