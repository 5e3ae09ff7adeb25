//! The peers in Rust. What each does for a message of 2 KB is what its user gets: the digest with Z, a nonce
//! from its own source, no table for the key.

use czei_benches::Result;
use czei_sm2::{Message, Signature, VerifyingKey};
use sm2::dsa::signature::{Signer, Verifier};

use crate::windows::Subject;
use crate::{LENGTH, USER_ID};

pub fn subjects(d: &[u8; 32], message: &'static [u8]) -> Result<Vec<Subject>> {
    let mut subjects = rustcrypto(d, message)?;
    subjects.extend(libsm(d, message)?);
    subjects.extend(efficient_sm2(d, message)?);
    subjects.extend(aws_lc(message)?);
    Ok(subjects)
}

fn rustcrypto(d: &[u8; 32], message: &'static [u8]) -> Result<Vec<Subject>> {
    use sm3::Digest as _;
    let key = sm2::dsa::SigningKey::from_slice(USER_ID, d)?;
    let public = key.verifying_key().clone();
    let signature = key.try_sign(message)?;
    check(&public.to_sec1_bytes(), message, &signature.to_bytes())?;
    Ok(vec![
        Subject::here("rustcrypto sign", 1.0, move || key.try_sign(message)),
        Subject::here("rustcrypto verify", 1.0, move || public.verify(message, &signature)),
        Subject::here("rustcrypto sm3", LENGTH as f64, move || sm3::Sm3::digest(message)),
    ])
}

fn libsm(d: &[u8; 32], message: &'static [u8]) -> Result<Vec<Subject>> {
    use libsm::sm2::signature::SigCtx;
    let context = SigCtx::new();
    let private = context.load_seckey(d).map_err(text)?;
    let public = context.pk_from_sk(&private).map_err(text)?;
    let signature = context.sign(message, &private, &public).map_err(text)?;
    let encoded = context.serialize_pubkey(&public, false).map_err(text)?;
    let der = Signature::from_der(&signature.der_encode())?;
    check(&encoded, message, &der.to_bytes())?;
    let (verifying, point) = (SigCtx::new(), public);
    Ok(vec![
        Subject::here("libsm sign", 1.0, move || context.sign(message, &private, &public)),
        Subject::here("libsm verify", 1.0, move || verifying.verify(message, &point, &signature)),
        Subject::here("libsm sm3", LENGTH as f64, move || libsm::sm3::hash::Sm3Hash::new(message).get_hash()),
    ])
}

fn efficient_sm2(d: &[u8; 32], message: &'static [u8]) -> Result<Vec<Subject>> {
    let key = efficient_sm2::KeyPair::new(d).map_err(text)?;
    let public = key.public_key();
    let signature = key.sign(message).map_err(text)?;
    check(public.bytes_less_safe(), message, &[signature.r(), signature.s()].concat())?;
    Ok(vec![
        Subject::here("efficient-sm2 sign", 1.0, move || key.sign(message)),
        Subject::here("efficient-sm2 verify", 1.0, move || signature.verify(&public, message)),
    ])
}

/// Not SM2: how fast a curve of the same size is in a library that much work went into.
fn aws_lc(message: &'static [u8]) -> Result<Vec<Subject>> {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
    };
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let random = SystemRandom::new();
    let signature = key.sign(&random, message)?;
    // Parsed once: the fastest way that it offers.
    let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key())?;
    public.verify_sig(message, signature.as_ref())?;
    Ok(vec![
        Subject::here("aws-lc-rs sign", 1.0, move || key.sign(&random, message)),
        Subject::here("aws-lc-rs verify", 1.0, move || public.verify_sig(message, signature.as_ref())),
    ])
}

/// A peer's signature is one that we accept: it does the same.
fn check(public: &[u8], message: &[u8], signature: &[u8]) -> Result<()> {
    Ok(VerifyingKey::from_sec1(public)?.verify(Message::of(&[message]), &Signature::from_slice(signature)?)?)
}

/// These errors are no `std::error::Error`.
fn text(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}
