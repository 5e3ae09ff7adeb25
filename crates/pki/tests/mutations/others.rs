//! Files of other implementations, with fewer changes each: no panic, no changed certificate or CRL
//! verified by the key that verifies the unchanged one, no changed key file read as another key.

use std::fs;
use std::path::PathBuf;

use czei_pki::{Certificate, Crl, KeyFile, Password, SignatureValue};
use czei_sm2::UserId;

use crate::mutants;

const IDS: &[UserId] = &[UserId::DEFAULT, UserId::EMPTY];

/// The files of a folder in the order of their names.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let Some(root) = std::env::var_os("CZEI_VECTORS") else {
        eprintln!("skipped: CZEI_VECTORS is not set");
        return Vec::new();
    };
    let entries = fs::read_dir(PathBuf::from(root).join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn changed_certificates_and_crls_are_not_verified() {
    let certificates: Vec<Certificate> =
        files("certs").iter().filter_map(|(_, bytes)| Certificate::from_der(bytes).ok()).collect();
    let (mut tried, mut held) = (0, 0);
    for certificate in &certificates {
        let issuer = certificates.iter().filter(|other| other.subject() == certificate.issuer()).find_map(|other| {
            let key = other.prepared_key().ok()?;
            certificate.verify_signature_by(key, IDS).is_ok().then_some(key)
        });
        held += u32::from(issuer.is_some());
        mutants::each(certificate.der(), &[0x01], 7, |label, mutant| {
            tried += 1;
            let (Ok(changed), Some(key)) = (Certificate::from_der(mutant), issuer) else { return };
            assert!(changed.verify_signature_by(key, IDS).is_err(), "{}: {label}", certificate.subject());
        });
    }
    for (name, bytes) in files("crls") {
        let crl = Crl::from_der(&bytes).unwrap();
        let issuer = certificates.iter().filter(|other| other.subject() == crl.issuer()).find_map(|other| {
            let key = other.prepared_key().ok()?;
            crl.verify_signature_by(key, IDS).is_ok().then_some(key)
        });
        held += u32::from(issuer.is_some());
        mutants::each(&bytes, &[0x01], 7, |label, mutant| {
            tried += 1;
            let (Ok(changed), Some(key)) = (Crl::from_der(mutant), issuer) else { return };
            assert!(changed.verify_signature_by(key, IDS).is_err(), "{name}: {label}");
        });
    }
    if !certificates.is_empty() {
        // As many as the table of expectations says are verified with one of these user ids.
        assert_eq!(held, 125 + 20);
        eprintln!("proof mutated certificates and CRLs of others: {tried} tried, none verified");
    }
}

#[test]
fn changed_key_files_are_no_other_keys() {
    let mut tried = 0;
    for folder in ["keys", "pkcs12"] {
        for (name, bytes) in files(folder) {
            // Text is changed as text: the bytes of PEM are not DER.
            if mutants::parse(&bytes, 0, bytes.len()).is_none() {
                continue;
            }
            let password = ["123456", "changeit", "777777", "Password1"]
                .map(Password::new)
                .into_iter()
                .map(Some)
                .chain([None])
                .find(|password| KeyFile::read(&bytes, password.as_ref()).is_ok())
                .flatten();
            let key = KeyFile::read(&bytes, password.as_ref()).ok().map(|file| file.key().verifying_key().clone());
            // Opening one of BouncyCastle's takes 100,000 iterations and more.
            let stride = if folder == "pkcs12" { 211 } else { 11 };
            mutants::each(&bytes, &[0x01], stride, |label, mutant| {
                tried += 1;
                let read = KeyFile::read_within(mutant, password.as_ref(), 300_000);
                // Where none was read there is none to compare with: one bit may bring d into range.
                if let (Ok(file), true) = (read, key.is_some()) {
                    assert_eq!(Some(file.key().verifying_key()), key.as_ref(), "{name}: {label}");
                }
            });
        }
    }
    if tried > 0 {
        eprintln!("proof mutated key files of others: {tried} tried, none another key");
    }
}

#[test]
fn changed_signed_data_is_read_or_refused() {
    for (_, bytes) in files("pkcs7") {
        mutants::each(&bytes, &[0x01], 3, |_, mutant| drop(SignatureValue::parse(mutant)));
    }
}
