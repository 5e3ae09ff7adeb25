//! Encrypted PKCS#8 and the files of CFCA.
#![allow(clippy::unwrap_used)]
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use czei_sm2::{Entropy, Sm3, SystemEntropy};

use super::cipher::Cipher;
use super::hash::Hash;
use super::*;
use crate::test_certificates::{Sandbox, key, template};
use crate::{CaTemplate, CertificateTemplate, KeyUsage, hex, oid};

/// Few iterations: the tests open thousands of files.
pub(super) const FAST: EncryptionSettings = EncryptionSettings { encryption: KeyEncryption::Sm4Sm3, iterations: 2 };

pub(super) fn password() -> Password {
    Password::new("口令 pass")
}

pub(super) fn object(id: &[u8]) -> Vec<u8> {
    tlv::write(tlv::OID, &[id])
}

pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    tlv::write(tlv::OCTET_STRING, &[bytes])
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv::write(tlv::SEQUENCE, parts)
}

/// The code of an error, and what it says was found.
pub(super) fn refusal(bytes: &[u8], password: Option<&Password>) -> (Code, String) {
    let fault = KeyFile::read(bytes, password).unwrap_err();
    (fault.code(), fault.found_text().unwrap_or_default().to_owned())
}

/// Every changed octet is refused, or changes nothing of the key; nor of its certificate, where a
/// MAC covers that. Where none does, the signature on a certificate is its own protection.
pub(super) fn flip_every_octet(file: &[u8], password: &Password, has_mac: bool) {
    let own = KeyFile::read(file, Some(password)).unwrap();
    for at in 0..file.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = file.to_vec();
            changed[at] ^= change;
            if let Ok(read) = KeyFile::read_within(&changed, Some(password), 1_000) {
                assert_eq!(read.key().verifying_key(), own.key().verifying_key(), "octet {at} by {change:02x}");
                let certificate = |file: &KeyFile| file.certificate().map(|certificate| certificate.fingerprint());
                if has_mac {
                    assert_eq!(certificate(&read), certificate(&own), "octet {at} by {change:02x}");
                }
            }
        }
        assert!(KeyFile::read_within(&file[..at], Some(password), 1_000).is_err(), "{at} octets");
    }
}

fn encrypted(encryption: KeyEncryption) -> Vec<u8> {
    let settings = EncryptionSettings { encryption, ..FAST };
    pkcs8_write::to_encrypted_der(&key(5), &password(), &settings, &mut SystemEntropy).unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    for (encryption, description) in [
        (KeyEncryption::Sm4Sm3, "PBES2, SM4-CBC, HMAC-SM3 1.2.156.10197.1.401.2, 1000 iterations"),
        (KeyEncryption::Aes256Sha256, "PBES2, AES-256-CBC, HMAC-SHA256, 1000 iterations"),
    ] {
        let settings = EncryptionSettings { encryption, iterations: 1_000 };
        let text = to_encrypted_pkcs8_pem(&key(5), &password(), &settings, &mut SystemEntropy).unwrap();
        assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\nM"));
        let file = KeyFile::read(text.as_bytes(), Some(&password())).unwrap();
        assert_eq!(file.key().verifying_key(), key(5).verifying_key());
        assert_eq!(file.format(), KeyFormat::Pkcs8Encrypted);
        assert_eq!(file.encryption(), Some(description));
        // The salt and the vector are fresh, so no two files are alike.
        let again = to_encrypted_pkcs8_pem(&key(5), &password(), &settings, &mut SystemEntropy).unwrap();
        assert_ne!(text, again);
    }
    for iterations in [0, 999, 10_000_001] {
        let settings = EncryptionSettings { iterations, ..FAST };
        let fault = to_encrypted_pkcs8_pem(&key(5), &password(), &settings, &mut SystemEntropy).unwrap_err();
        assert_eq!((fault.code(), fault.found_text()), (Code::KeyIterations, Some(&*iterations.to_string())));
    }
}

#[test]
fn sec1_and_der_are_read_again() {
    let text = to_sec1_pem(&key(5));
    let file = KeyFile::read(text.as_bytes(), None).unwrap();
    assert_eq!((file.format(), file.encryption()), (KeyFormat::Sec1, None));
    assert_eq!(file.key().verifying_key(), key(5).verifying_key());
    let der = to_pkcs8_der(&key(5));
    assert_eq!(KeyFile::read(&der, None).unwrap().format(), KeyFormat::Pkcs8);
    // As one line of base64, as some tools leave it.
    let line = format!(" {}\r\n", STANDARD.encode(&der));
    let file = KeyFile::read(line.as_bytes(), None).unwrap();
    assert_eq!(file.into_key().verifying_key(), key(5).verifying_key());
    assert_eq!(refusal(b"MII*", None).0, Code::PrivateKeyMalformed);
}

#[test]
fn wrong_and_absent_passwords_are_told_apart() {
    for encryption in KeyEncryption::ALL {
        let file = encrypted(*encryption);
        assert_eq!(refusal(&file, None).0, Code::PasswordNeeded);
        // So many that some fit the padding: about one in 256.
        for number in 0..2_000 {
            let other = Password::new(&format!("{number}"));
            assert_eq!(refusal(&file, Some(&other)).0, Code::PasswordWrong, "{number}");
        }
    }
}

#[test]
fn no_changed_octet_gives_another_key() {
    for encryption in KeyEncryption::ALL {
        flip_every_octet(&encrypted(*encryption), &password(), false);
    }
    flip_every_octet(&cfca(&key(3).dangerous_to_bytes()[..], oid::SM4, oid::GM_DATA), &password(), false);
}

/// EncryptedPrivateKeyInfo of PBES2 with the given parts.
fn pbes2(kdf: &[u8], kdf_parameters: &[u8], cipher: &[u8], iv: &[u8], bytes: &[u8]) -> Vec<u8> {
    let kdf = sequence(&[&object(kdf), kdf_parameters]);
    let cipher = sequence(&[&object(cipher), &octets(iv)]);
    sequence(&[&sequence(&[&object(oid::PBES2), &sequence(&[&kdf, &cipher])]), &octets(bytes)])
}

/// PBKDF2-params; the digest as it stands.
fn pbkdf2(salt: &[u8], iterations: &[u8], rest: &[u8]) -> Vec<u8> {
    sequence(&[&octets(salt), &tlv::write(tlv::INTEGER, &[iterations]), rest])
}

fn hmac(id: &[u8]) -> Vec<u8> {
    sequence(&[&object(id), &[tlv::NULL, 0]])
}

#[test]
fn both_identifiers_of_hmac_sm3_and_a_key_length_are_read() {
    let iv = [7; 16];
    for (id, name) in [(oid::HMAC_SM3, "1.2.156.10197.1.401.2"), (oid::HMAC_SM3_OTHER, "1.2.156.10197.1.401.3.1")] {
        for rest in [hmac(id), [&[2, 1, 16][..], &hmac(id)].concat(), sequence(&[&object(id)])] {
            let mut derived = [0; 16];
            Hash::Sm3.pbkdf2(password().utf8(), b"salt", 3, &mut derived);
            let bytes = Cipher::Sm4.encrypt(&derived, &iv, &to_pkcs8_der(&key(5))).unwrap();
            let file = pbes2(oid::PBKDF2, &pbkdf2(b"salt", &[3], &rest), oid::SM4_CBC, &iv, &bytes);
            let file = KeyFile::read(&file, Some(&password())).unwrap();
            assert_eq!(file.encryption(), Some(&*format!("PBES2, SM4-CBC, HMAC-SM3 {name}, 3 iterations")));
        }
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let good = pbkdf2(b"salt", &[3], &hmac(oid::HMAC_SM3));
    let id = |text| oid::from_dotted(text).unwrap();
    let mut files = Vec::new();
    for text in ["1.3.6.1.4.1.11591.4.11", "1.2.840.113549.1.5.14"] {
        files.push((pbes2(&id(text), &good, oid::SM4_CBC, &[0; 16], &[0; 16]), text)); // scrypt, PBMAC1
    }
    for text in ["2.16.840.1.101.3.4.1.46", "1.2.156.10197.1.104.1", "1.2.840.113549.3.2"] {
        files.push((pbes2(oid::PBKDF2, &good, &id(text), &[0; 16], &[0; 16]), text)); // AES-GCM, SM4-ECB, RC2
    }
    for text in ["1.2.840.113549.2.8", "1.2.156.10197.1.401"] {
        let parameters = pbkdf2(b"salt", &[3], &hmac(&id(text)));
        files.push((pbes2(oid::PBKDF2, &parameters, oid::SM4_CBC, &[0; 16], &[0; 16]), text)); // HMAC-SHA224, SM3
    }
    let other_salt = sequence(&[&sequence(&[&object(&id("1.2.3"))]), &[2, 1, 1]]);
    files.push((pbes2(oid::PBKDF2, &other_salt, oid::SM4_CBC, &[0; 16], &[0; 16]), "1.2.3"));
    // PBES1 with MD5 and DES, and the RC4 of PKCS#12.
    for text in ["1.2.840.113549.1.5.3", "1.2.840.113549.1.12.1.1"] {
        for parameters in [sequence(&[&octets(b"salt"), &[2, 1, 1]]), vec![tlv::NULL, 0], vec![]] {
            let algorithm = sequence(&[&object(&id(text)), &parameters]);
            files.push((sequence(&[&algorithm, &octets(&[0; 16])]), text));
        }
    }
    for (file, text) in files {
        assert_eq!(refusal(&file, Some(&password())), (Code::KeyAlgorithmUnsupported, text.to_owned()));
        assert_eq!(refusal(&file, None).0, Code::PasswordNeeded);
    }
}

#[test]
fn damage_under_a_password_is_told() {
    let sm3 = hmac(oid::HMAC_SM3);
    let good = pbkdf2(b"salt", &[3], &sm3);
    let long_key = pbkdf2(b"salt", &[3], &[&[2, 1, 32][..], &sm3].concat());
    let read = |kdf: &[u8], iv: &[u8], bytes: &[u8]| {
        refusal(&pbes2(oid::PBKDF2, kdf, oid::SM4_CBC, iv, bytes), Some(&password()))
    };
    let malformed = |found: &str| (Code::PrivateKeyMalformed, found.to_owned());
    assert_eq!(read(&good, &[0; 16], &[0; 15]), malformed("15 bytes, no whole blocks"));
    assert_eq!(read(&good, &[0; 16], &[]), malformed("0 bytes, no whole blocks"));
    assert_eq!(read(&good, &[0; 15], &[0; 16]), malformed("no initialisation vector that fits"));
    assert_eq!(read(&long_key, &[0; 16], &[0; 16]), malformed("a key length that does not fit the cipher"));
    assert_eq!(read(&[tlv::NULL, 0], &[0; 16], &[0; 16]), malformed("no parameters"));
    assert_eq!(read(&pbkdf2(b"salt", &[0], &sm3), &[0; 16], &[0; 16]), malformed("an iteration count below 1"));
    let extra = pbkdf2(b"salt", &[3], &[&sm3[..], &[5, 0]].concat());
    assert_eq!(read(&extra, &[0; 16], &[0; 16]), malformed("2 bytes too many"));
    assert_eq!(read(&good, &[0; 16], &[0; 16]).0, Code::PasswordWrong);
}

#[test]
fn bombs_are_refused_before_any_work() {
    let bomb = |iterations: &[u8], digest: &[u8]| {
        let parameters = pbkdf2(b"salt", iterations, digest);
        refusal(&pbes2(oid::PBKDF2, &parameters, oid::AES_256_CBC, &[0; 16], &[0; 16]), Some(&password()))
    };
    let too_many = |found: &str| (Code::KeyIterations, found.to_owned());
    let sha512 = hmac(oid::HMAC_SHA512);
    assert_eq!(bomb(&[0, 0x80, 0, 0, 0], &sha512), too_many("2147483648"));
    assert_eq!(bomb(&[0x7f; 100], &sha512), too_many("beyond 64 bits"));
    assert_eq!(bomb(&[0, 0x98, 0x96, 0x81], &sha512), too_many("10000001"));
    // Without a digest it is SHA-1, two blocks for 32 bytes.
    assert_eq!(bomb(&[0x4c, 0x4b, 0x41], &[]), too_many("5000001"));

    assert_eq!(refusal(&vec![0x30; KeyFile::MAX_BYTES + 1], None), (Code::KeyFileSize, "1048577 bytes".to_owned()));
    for start in [&[0x30][..], &[0x30, 0x80, 2, 1, 3, 0x30], &[0x30, 0x80, 2, 1, 3, 0x30, 0x80, 0x24, 0x80, 4]] {
        let four_gib = [start, &[0x84, 0xff, 0xff, 0xff, 0xff], &[0; 40]].concat();
        assert_eq!(refusal(&four_gib, Some(&password())).0, Code::PrivateKeyMalformed);
    }
    for element in [&[0x30, 0x80][..], &[0x24, 0x80], &[0xa0, 0x80]] {
        let nested = [&[0x30, 0x80, 2, 1, 3][..], &element.repeat(20_000)].concat();
        assert_eq!(
            refusal(&nested, Some(&password())),
            (Code::PrivateKeyMalformed, "elements too deep in each other".to_owned())
        );
    }
    let mut nested = vec![];
    for _ in 0..20_000 {
        // Built from the inside; the headers alone, since nothing looks behind them.
        let mut header = Vec::new();
        tlv::write_header(&mut header, tlv::SEQUENCE, nested.len().min(60_000));
        nested.splice(..0, header);
    }
    assert_eq!(refusal(&nested, Some(&password())).0, Code::PrivateKeyMalformed);
}

/// A random source that fails, or counts.
struct Source(bool);

impl Entropy for Source {
    fn fill(&mut self, _bytes: &mut [u8]) -> Result<(), czei_sm2::Error> {
        if self.0 { Ok(()) } else { Err(czei_sm2::Code::EntropyFailed.fault().found("no device")) }
    }
}

#[test]
fn without_random_bytes_nothing_is_written() {
    let settings = EncryptionSettings { iterations: 1_000, ..FAST };
    assert!(to_encrypted_pkcs8_pem(&key(5), &password(), &settings, &mut Source(true)).is_ok());
    let fault = to_encrypted_pkcs8_pem(&key(5), &password(), &settings, &mut Source(false)).unwrap_err();
    assert_eq!((fault.code(), fault.found_text()), (Code::KeyFileEntropy, Some("no device")));
    let fault = to_pkcs12(&key(5), &[], "", &password(), &settings, &mut Source(false)).unwrap_err();
    assert_eq!(fault.code(), Code::KeyFileEntropy);
}

/// A file of CFCA with the unit's certificate, which belongs to key 3.
fn cfca(number: &[u8], algorithm: &[u8], content_type: &[u8]) -> Vec<u8> {
    let derived = Sm3::digest_parts(&[password().utf8(), &[0, 0, 0, 1]]);
    let bytes = Cipher::Sm4.encrypt(&derived[16..], &derived[..16], number).unwrap();
    let encrypted = sequence(&[&object(content_type), &object(algorithm), &octets(&bytes)]);
    let certificate = sequence(&[&object(oid::GM_DATA), &octets(Sandbox::new().unit.der())]);
    sequence(&[&[2, 1, 1], &encrypted, &certificate])
}

#[test]
fn files_of_cfca_are_read() {
    let number = key(3).dangerous_to_bytes();
    for algorithm in [oid::SM4, oid::SM4_CBC] {
        let file = cfca(&number[..], algorithm, oid::GM_DATA);
        for file in
            [file.clone(), STANDARD.encode(&file).into_bytes(), pem::write("CFCA KEY", &file).as_bytes().to_vec()]
        {
            let file = KeyFile::read(&file, Some(&password())).unwrap();
            assert_eq!(file.key().verifying_key(), key(3).verifying_key());
            assert_eq!(file.format(), KeyFormat::CfcaSm2);
            assert_eq!(file.certificate().unwrap().verifying_key().unwrap(), key(3).verifying_key());
            assert_eq!(file.encryption(), Some("SM4-CBC, one SM3 of the password"));
        }
    }
}

#[test]
fn files_of_cfca_are_refused_for_a_reason() {
    let number = key(3).dangerous_to_bytes();
    let good = cfca(&number[..], oid::SM4, oid::GM_DATA);
    assert_eq!(refusal(&good, None).0, Code::PasswordNeeded);
    for text in 0..2_000 {
        assert_eq!(refusal(&good, Some(&Password::new(&text.to_string()))).0, Code::PasswordWrong);
    }
    let ecb = oid::from_dotted("1.2.156.10197.1.104.1").unwrap();
    let read = |file: &[u8]| refusal(file, Some(&password()));
    assert_eq!(
        read(&cfca(&number[..], &ecb, oid::GM_DATA)),
        (Code::KeyAlgorithmUnsupported, "1.2.156.10197.1.104.1".into())
    );
    let other_type = cfca(&number[..], oid::SM4, oid::PKCS7_DATA);
    assert_eq!(read(&other_type), (Code::PrivateKeyMalformed, "1.2.840.113549.1.7.1".into()));
    // The key of another, a number out of range, and one that is too long.
    assert_eq!(read(&cfca(&key(4).dangerous_to_bytes()[..], oid::SM4, oid::GM_DATA)).0, Code::SignerKeyMismatch);
    assert_eq!(read(&cfca(&[0; 32], oid::SM4, oid::GM_DATA)).0, Code::PrivateKeyRange);
    assert_eq!(read(&cfca(&[1; 33], oid::SM4, oid::GM_DATA)).0, Code::PasswordWrong);
    assert_eq!(read(&cfca(&[1; 48], oid::SM4, oid::GM_DATA)), (Code::PrivateKeyMalformed, "64 bytes".into()));
    // A number with few digits may be written short; then its padding proves little.
    assert_eq!(read(&cfca(&[1; 24], oid::SM4, oid::GM_DATA)).0, Code::SignerKeyMismatch);
    assert_eq!(read(&cfca(&[1; 31], oid::SM4, oid::GM_DATA)).0, Code::PasswordWrong);
}

#[test]
fn keys_of_other_algorithms_are_passed_over_in_pem() {
    let rsa = sequence(&[&[2, 1, 0], &sequence(&[&object(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), &[5, 0]])]);
    let rsa = pem::write("PRIVATE KEY", &[&[0x30, rsa[1] + 4][..], &rsa[2..], &octets(&[0x30, 0])].concat());
    let numbers = sequence(&[&[2, 1, 0], &[2, 1, 5], &[2, 1, 7]]);
    let old = pem::write("RSA PRIVATE KEY", &numbers);
    let own = to_pkcs8_pem(&key(5));
    for foreign in [&*rsa, &*old] {
        for text in [format!("{foreign}{}", *own), format!("{}{foreign}", *own)] {
            let file = KeyFile::read(text.as_bytes(), None).unwrap();
            assert_eq!(file.key().verifying_key(), key(5).verifying_key());
        }
    }
    let alone = |file: &[u8]| refusal(file, None);
    assert_eq!(alone(rsa.as_bytes()), (Code::PrivateKeyNotSm2, "1.2.840.113549.1.1.1".into()));
    assert_eq!(alone(old.as_bytes()), (Code::PrivateKeyNotSm2, "RSA PRIVATE KEY".into()));
    assert_eq!(alone(&numbers), (Code::PrivateKeyNotSm2, "an RSA or DSA key".into()));
}

#[test]
fn a_curve_before_a_key_counts_for_it() {
    let secret = octets(&*key(5).dangerous_to_bytes());
    let bare = pem::write("EC PRIVATE KEY", &sequence(&[&[2, 1, 1], &secret]));
    let with = |curve: &[u8]| format!("{}{}", *pem::write("EC PARAMETERS", &object(curve)), *bare);
    let file = KeyFile::read(with(oid::SM2).as_bytes(), None).unwrap();
    assert_eq!((file.format(), file.key().verifying_key()), (KeyFormat::Sec1, key(5).verifying_key()));
    let p256 = refusal(with(b"\x2a\x86\x48\xce\x3d\x03\x01\x07").as_bytes(), None);
    assert_eq!(p256, (Code::PrivateKeyNotSm2, "1.2.840.10045.3.1.7".into()));
    // For the next one only, and none for a block behind it.
    for text in [format!("{}{}", *bare, with(oid::SM2).replace(&**bare, "")), bare.to_string()] {
        assert_eq!(refusal(text.as_bytes(), None), (Code::PrivateKeyNotSm2, "no curve".into()));
    }
}

#[test]
fn a_key_beside_the_signing_certificate_of_another_is_refused() {
    let signing = |number, usage| CertificateTemplate { key_usage: Some(usage), ..template("CN=x,C=CN", &[number]) };
    let certificate = |number, usage| signing(number, usage).self_sign(&key(number)).unwrap().to_pem();
    let own = to_pkcs8_pem(&key(7));
    let encryption = certificate(7, KeyUsage::KEY_ENCIPHERMENT);
    let other = certificate(6, KeyUsage::DIGITAL_SIGNATURE);
    let text = format!("{}{encryption}{other}", *own);
    let fault = KeyFile::read(text.as_bytes(), None).unwrap_err();
    assert_eq!((fault.code(), fault.found_text()), (Code::KeyFileNotSigning, Some("keyEncipherment")));
    assert_eq!(fault.place().path.as_deref(), Some("CN=x,C=CN"));
    // An authority's certificate is no such other; a second one of the key is taken.
    let authority = CertificateTemplate {
        ca: Some(CaTemplate::default()),
        ..signing(6, KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_CERT_SIGN)
    };
    let authority = authority.self_sign(&key(6)).unwrap().to_pem();
    assert!(KeyFile::read(format!("{}{encryption}{authority}", *own).as_bytes(), None).is_ok());
    let second = certificate(7, KeyUsage::NON_REPUDIATION);
    let file = KeyFile::read(format!("{text}{second}").as_bytes(), None).unwrap();
    assert_eq!(file.certificate().unwrap().to_pem(), second);
}

#[test]
fn what_is_no_key_file_says_what_it_is() {
    let text = to_pkcs8_pem(&key(5));
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let utf16_be: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for (file, found) in [
        (&b"\xfe\xed\xfe\xed\0\0\0\x02"[..], "a Java key store (JKS)"),
        (b"\xce\xce\xce\xce\0\0\0\x02", "a Java key store (JCEKS)"),
        (&utf16, "text in UTF-16"),
        (&utf16_be, "text in UTF-16"),
    ] {
        let (code, told) = refusal(file, None);
        assert_eq!((code, &told[..told.find(':').unwrap()]), (Code::PrivateKeyMalformed, found));
    }
    let public = crate::to_public_key_pem(key(5).verifying_key());
    assert_eq!(refusal(public.as_bytes(), None), (Code::PemNoBlock, "PUBLIC KEY".into()));
    let line = format!("\u{feff}{}", STANDARD.encode(&*to_pkcs8_der(&key(5))));
    assert!(KeyFile::read(line.as_bytes(), None).is_ok());
    let blocks = text.repeat(1_025);
    let fault = KeyFile::read(blocks.as_bytes(), None).unwrap_err();
    assert_eq!(
        (fault.code(), fault.expected_text(), fault.found_text()),
        (Code::KeyFileSize, Some("<= 1024"), Some("1025"))
    );
}

#[test]
fn certificates_beside_the_key_are_found_in_pem() {
    let sandbox = Sandbox::new();
    let key_text = to_pkcs8_pem(&sandbox.unit_key());
    let text = format!("{}{}{}{}", sandbox.sub.to_pem(), *key_text, sandbox.unit.to_pem(), sandbox.root.to_pem());
    let file = KeyFile::read(text.as_bytes(), None).unwrap();
    let own = [&sandbox.unit, &sandbox.sub, &sandbox.root].map(|certificate| certificate.fingerprint());
    let read: Vec<_> = file.certificates().iter().map(|certificate| certificate.fingerprint()).collect();
    assert_eq!(read, own);
    assert_eq!(file.certificate().unwrap().fingerprint(), own[0]);
    let old = text.replace("CERTIFICATE-----", "X509 CERTIFICATE-----").replace("BEGIN CERT", "BEGIN X509 CERT");
    let old = old.replace("BEGIN X509 X509", "BEGIN X509");
    assert_eq!(KeyFile::read(old.as_bytes(), None).unwrap().certificates().len(), 3);

    let others = format!("{}{}", *key_text, sandbox.root.to_pem());
    let file = KeyFile::read(others.as_bytes(), None).unwrap();
    assert!(file.certificate().is_none());
    assert_eq!(file.certificates().len(), 1);

    assert_eq!(refusal(sandbox.unit.to_pem().as_bytes(), None).0, Code::PemNoBlock);
    let two = format!("{}{}", *key_text, *to_sec1_pem(&key(5)));
    assert_eq!(refusal(two.as_bytes(), None), (Code::KeyFileSeveralKeys, "2 keys".into()));
    // The same key twice is one key, and of two keys the one with a certificate to sign with counts.
    let twice = format!("{}{}", *key_text, *to_sec1_pem(&sandbox.unit_key()));
    assert!(KeyFile::read(twice.as_bytes(), None).is_ok());
    let chosen = KeyFile::read(format!("{two}{}", sandbox.unit.to_pem()).as_bytes(), None).unwrap();
    assert_eq!(chosen.key().verifying_key(), sandbox.unit_key().verifying_key());
}

#[test]
fn nothing_shows_the_password_or_the_key() {
    let file = encrypted(KeyEncryption::Sm4Sm3);
    let secret = hex::lower(&*key(5).dangerous_to_bytes());
    let read = KeyFile::read(&file, Some(&password())).unwrap();
    let fault = KeyFile::read(&file, Some(&Password::new("geheim"))).unwrap_err();
    let shown = format!("{read:?} {:?} {fault} {fault:?}", password()).to_lowercase();
    assert!(!shown.contains(&secret) && !shown.contains("口令") && !shown.contains("geheim"));
}
