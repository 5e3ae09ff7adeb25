//! PKCS#12.
#![allow(clippy::unwrap_used)]
use czei_sm2::SystemEntropy;

use super::encrypted_tests::{FAST, flip_every_octet, object, octets, password, refusal, sequence};
use super::pkcs12::MOST_BAGS;
use super::pkcs12_kdf::Purpose;
use super::*;
use crate::test_certificates::{CA_USAGE, Sandbox, key, template};
use crate::{CertificateTemplate, KeyUsage, oid};

/// As it is written, with few iterations.
fn written(encryption: KeyEncryption, certificates: &[Arc<Certificate>]) -> Vec<u8> {
    let settings = EncryptionSettings { encryption, ..FAST };
    pkcs12_write::write(&key(3), certificates, "单位 key", &password(), &settings, &mut SystemEntropy).unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    let sandbox = Sandbox::new();
    let chain = [&sandbox.root, &sandbox.unit, &sandbox.sub].map(Arc::clone);
    for (encryption, description) in [
        (KeyEncryption::Sm4Sm3, "PBES2, SM4-CBC, HMAC-SM3 1.2.156.10197.1.401.2, 1000 iterations"),
        (KeyEncryption::Aes256Sha256, "PBES2, AES-256-CBC, HMAC-SHA256, 1000 iterations"),
    ] {
        let settings = EncryptionSettings { encryption, iterations: 1_000 };
        let bytes = to_pkcs12(&key(3), &chain, "单位", &password(), &settings, &mut SystemEntropy).unwrap();
        let file = KeyFile::read(&bytes, Some(&password())).unwrap();
        assert_eq!(file.key().verifying_key(), key(3).verifying_key());
        assert_eq!((file.format(), file.encryption()), (KeyFormat::Pkcs12, Some(description)));
        let read: Vec<_> = file.certificates().iter().map(|certificate| certificate.fingerprint()).collect();
        let own_first = [&sandbox.unit, &sandbox.root, &sandbox.sub].map(|certificate| certificate.fingerprint());
        assert_eq!(read, own_first);
        assert_eq!(file.certificate().unwrap().fingerprint(), own_first[0]);
    }
    for encryption in KeyEncryption::ALL {
        let file = written(*encryption, &[]);
        let file = KeyFile::read(&file, Some(&password())).unwrap();
        assert!(file.certificate().is_none() && file.certificates().is_empty());
    }
    let settings = EncryptionSettings { iterations: 999, ..FAST };
    let fault = to_pkcs12(&key(3), &chain, "", &password(), &settings, &mut SystemEntropy).unwrap_err();
    assert_eq!(fault.code(), Code::KeyIterations);
    let fault = to_pkcs12(&key(5), &chain, "", &password(), &EncryptionSettings::default(), &mut SystemEntropy);
    assert_eq!(fault.unwrap_err().code(), Code::SignerKeyMismatch);
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let unit = Sandbox::new().unit;
    let copies: Vec<_> = (0..1_024).map(|_| Arc::new(Certificate::from_der(unit.der()).unwrap())).collect();
    let read = KeyFile::read(&written(KeyEncryption::default(), &copies[1..]), Some(&password())).unwrap();
    assert_eq!(read.certificates().len(), 1_023);
    let settings = EncryptionSettings { iterations: 1_000, ..FAST };
    let fault = to_pkcs12(&key(3), &copies, "", &password(), &settings, &mut SystemEntropy).unwrap_err();
    assert_eq!((fault.code(), fault.found_text()), (Code::KeyFileSize, Some("1024 certificates")));
}

#[test]
fn wrong_and_absent_passwords_are_told_apart() {
    let file = written(KeyEncryption::Sm4Sm3, &[Sandbox::new().unit]);
    assert_eq!(refusal(&file, None).0, Code::PasswordNeeded);
    for other in ["", "口令", "口令 pass ", "口令 Pass"] {
        assert_eq!(refusal(&file, Some(&Password::new(other))).0, Code::PasswordWrong);
    }
}

#[test]
fn no_changed_octet_gives_another_key() {
    for encryption in KeyEncryption::ALL {
        flip_every_octet(&written(*encryption, &[Sandbox::new().unit]), &password(), true);
    }
    // Without a MAC, the inner structure alone must tell.
    let file = written(KeyEncryption::Sm4Sm3, &[Sandbox::new().unit]);
    flip_every_octet(&without_mac(&file), &password(), false);
}

fn without_mac(file: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(file, Code::PrivateKeyMalformed);
    let mut fields = reader.enter(tlv::SEQUENCE, "x").unwrap();
    sequence(&[fields.any("x").unwrap().whole, fields.any("x").unwrap().whole])
}

/// DER with every length made indefinite, and the strings of octets in two pieces.
fn indefinite(der: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(der, Code::PrivateKeyMalformed);
    let mut out = Vec::new();
    while !reader.is_empty() {
        let element = reader.any("x").unwrap();
        if element.tag & 0x20 != 0 {
            out.extend([&[element.tag, 0x80][..], &indefinite(element.content), &[0, 0]].concat());
        } else if matches!(element.tag, tlv::OCTET_STRING | 0x80) {
            let (first, second) = element.content.split_at(element.content.len() / 2);
            out.extend([&[element.tag | 0x20, 0x80][..], &octets(first), &octets(second), &[0, 0]].concat());
        } else {
            out.extend_from_slice(element.whole);
        }
    }
    out
}

#[test]
fn indefinite_lengths_and_pieces_are_read() {
    let der = written(KeyEncryption::Aes256Sha256, &[Sandbox::new().unit]);
    let ber = indefinite(&der);
    assert!(ber.starts_with(&[0x30, 0x80]));
    let file = KeyFile::read(&ber, Some(&password())).unwrap();
    assert_eq!(file.key().verifying_key(), key(3).verifying_key());
    assert!(file.certificate().is_some());
    flip_every_octet(&ber, &password(), true);
}

fn content_info(content_type: &[u8], content: &[u8]) -> Vec<u8> {
    sequence(&[&object(content_type), &tlv::write(tlv::context(0), &[content])])
}

/// A PFX of bags without encryption and without MAC, in contents of the GM type.
fn pfx(bags: &[Vec<u8>]) -> Vec<u8> {
    let safe = content_info(oid::GM_DATA, &octets(&sequence(&[&bags.concat()])));
    sequence(&[&[2, 1, 3], &content_info(oid::GM_DATA, &octets(&sequence(&[&safe])))])
}

fn bag(bag_type: &[u8], value: &[u8], id: &[u8]) -> Vec<u8> {
    let id = sequence(&[&object(oid::LOCAL_KEY_ID), &tlv::write(tlv::SET, &[&octets(id)])]);
    let name = sequence(&[&object(oid::FRIENDLY_NAME), &tlv::write(tlv::SET, &[&[tlv::BMP_STRING, 2, 0, 0x61]])]);
    sequence(&[&object(bag_type), &tlv::write(tlv::context(0), &[value]), &tlv::write(tlv::SET, &[&name, &id])])
}

fn key_bag(number: u8, id: &[u8]) -> Vec<u8> {
    bag(oid::KEY_BAG, &to_pkcs8_der(&key(number)), id)
}

fn certificate_bag(certificate: &Certificate, id: &[u8]) -> Vec<u8> {
    let value = tlv::write(tlv::context(0), &[&octets(certificate.der())]);
    bag(oid::CERT_BAG, &sequence(&[&object(oid::X509_CERTIFICATE), &value]), id)
}

/// A certificate of the key `number` with the usage.
fn certificate(number: u8, key_usage: KeyUsage) -> Certificate {
    let template = CertificateTemplate { key_usage: Some(key_usage), ..template("CN=x,C=CN", &[number]) };
    template.self_sign(&key(number)).unwrap()
}

#[test]
fn of_several_keys_the_signing_one_is_taken() {
    let signing = certificate_bag(&certificate(6, KeyUsage::DIGITAL_SIGNATURE), b"6");
    let encryption = certificate_bag(&certificate(7, KeyUsage::KEY_ENCIPHERMENT), b"7");
    let read = |bags: &[Vec<u8>]| KeyFile::read(&pfx(bags), None);
    let both = [key_bag(7, b"7"), key_bag(6, b"6"), encryption.clone(), signing.clone()];
    let file = read(&both).unwrap();
    assert_eq!(file.key().verifying_key(), key(6).verifying_key());
    assert_eq!(file.encryption(), None);
    assert_eq!(file.certificate().unwrap().verifying_key().unwrap(), key(6).verifying_key());
    assert_eq!(file.certificates().len(), 2);

    // One key is taken whatever its certificate is for: who signs with it will be told.
    assert!(read(&[key_bag(7, b"7"), encryption.clone()]).unwrap().certificate().is_some());
    let several = |bags: &[Vec<u8>]| read(bags).unwrap_err().code() == Code::KeyFileSeveralKeys;
    assert!(several(&[key_bag(6, b"6"), key_bag(7, b"7")]));
    let other = certificate_bag(&certificate(7, KeyUsage::DIGITAL_SIGNATURE), b"7");
    assert!(several(&[key_bag(6, b"6"), key_bag(7, b"7"), signing, other]));
    assert!(several(&[key_bag(6, b"6"), key_bag(7, b"7"), encryption]));
    // Of two certificates of one key the one to sign with is the own.
    let ca = certificate_bag(&certificate(6, CA_USAGE), b"6");
    let sign = certificate(6, KeyUsage::NON_REPUDIATION);
    let file = read(&[ca, key_bag(6, b"6"), certificate_bag(&sign, b"6")]).unwrap();
    assert_eq!(file.certificate().unwrap().fingerprint(), sign.fingerprint());
}

#[test]
fn a_key_under_another_password_than_the_store_is_told() {
    let store = |key_password: &Password, password: &Password| {
        let der = pkcs8_write::to_encrypted_der(&key(6), key_password, &FAST, &mut SystemEntropy).unwrap();
        let bags = sequence(&[&bag(oid::SHROUDED_KEY_BAG, &der, b"6")]);
        let safe = sequence(&[&content_info(oid::PKCS7_DATA, &octets(&bags))]);
        let derived = pkcs12_kdf::derive(hash::Hash::Sha256, Purpose::Mac, &password.bmp(), b"salt", 1, 32);
        let digest = octets(&hash::Hash::Sha256.hmac(&derived, &safe));
        let digest = sequence(&[&sequence(&[&object(oid::SHA256)]), &digest]);
        let mac = sequence(&[&digest, &octets(b"salt")]);
        sequence(&[&[2, 1, 3], &content_info(oid::PKCS7_DATA, &octets(&safe)), &mac])
    };
    assert!(KeyFile::read(&store(&password(), &password()), Some(&password())).is_ok());
    let fault = |file: &[u8]| KeyFile::read(file, Some(&password())).unwrap_err();
    let other = Password::new("another");
    let of_key = fault(&store(&other, &password()));
    assert_eq!((of_key.code(), of_key.place().path.as_deref()), (Code::PasswordWrong, Some("PFX/safeBag")));
    let told = "the MAC fits this password: the key has another one, or is damaged";
    assert_eq!(of_key.found_text(), Some(told));
    let of_store = fault(&store(&password(), &other));
    assert_eq!((of_store.code(), of_store.place().path.as_deref()), (Code::PasswordWrong, Some("PFX/macData")));
    assert_eq!(of_store.found_text(), None);
}

#[test]
fn what_the_file_ties_together_must_fit() {
    let own = certificate(6, KeyUsage::DIGITAL_SIGNATURE);
    let other = certificate(7, KeyUsage::DIGITAL_SIGNATURE);
    let fault = KeyFile::read(&pfx(&[key_bag(6, b"1"), certificate_bag(&other, b"1")]), None).unwrap_err();
    assert_eq!(fault.code(), Code::SignerKeyMismatch);
    assert_eq!(fault.place().path.as_deref(), Some("PFX/safeBag/localKeyId"));
    // Not tied, it is a certificate among others; and without an identifier the key itself tells.
    let file = KeyFile::read(&pfx(&[key_bag(6, b"1"), certificate_bag(&other, b"2")]), None).unwrap();
    assert!(file.certificate().is_none());
    let file = KeyFile::read(&pfx(&[key_bag(6, b"1"), certificate_bag(&own, b"2")]), None).unwrap();
    assert!(file.certificate().is_some());
}

#[test]
fn files_without_an_sm2_key_are_told() {
    let own = certificate(6, KeyUsage::DIGITAL_SIGNATURE);
    assert_eq!(refusal(&pfx(&[certificate_bag(&own, b"1")]), None).0, Code::KeyFileNoKey);
    assert_eq!(refusal(&pfx(&[]), None).0, Code::KeyFileNoKey);
    let algorithm = sequence(&[&object(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), &[tlv::NULL, 0]]);
    let rsa = sequence(&[&[2, 1, 0], &algorithm, &octets(&[0x30, 0])]);
    let rsa = bag(oid::KEY_BAG, &rsa, b"rsa");
    assert_eq!(
        refusal(&pfx(std::slice::from_ref(&rsa)), None),
        (Code::PrivateKeyNotSm2, "1.2.840.113549.1.1.1".into())
    );
    // Beside an SM2 key it does not matter, and neither do bags of other kinds.
    let crl = bag(&oid::from_dotted("1.2.840.113549.1.12.10.1.4").unwrap(), &[0x30, 0], b"crl");
    assert!(KeyFile::read(&pfx(&[rsa, crl, key_bag(6, b"1")]), None).is_ok());
}

#[test]
fn what_is_not_supported_is_named() {
    let id = |text| oid::from_dotted(text).unwrap();
    let unsupported = |file: &[u8], text: &str| {
        assert_eq!(refusal(file, Some(&password())), (Code::KeyAlgorithmUnsupported, text.to_owned()));
    };
    // Integrity by a signature, and privacy by a public key.
    let signed = "1.2.840.113549.1.7.2";
    unsupported(&sequence(&[&[2, 1, 3], &content_info(&id(signed), &[0x30, 0])]), signed);
    let enveloped = "1.2.840.113549.1.7.3";
    let safe = sequence(&[&content_info(&id(enveloped), &[0x30, 0])]);
    unsupported(&sequence(&[&[2, 1, 3], &content_info(oid::PKCS7_DATA, &octets(&safe))]), enveloped);
    // MACs: MD5, and PBMAC1 of RFC 9579.
    for text in ["1.2.840.113549.2.5", "1.2.840.113549.1.5.14"] {
        let digest = sequence(&[&sequence(&[&object(&id(text))]), &octets(&[0; 16])]);
        let mac = sequence(&[&digest, &octets(b"salt"), &[2, 1, 1]]);
        let auth_safe = content_info(oid::PKCS7_DATA, &octets(&[0x30, 0]));
        unsupported(&sequence(&[&[2, 1, 3], &auth_safe, &mac]), text);
    }
}

#[test]
fn the_work_of_a_whole_file_is_bounded() {
    let auth_safe = content_info(oid::PKCS7_DATA, &octets(&[0x30, 0]));
    let file = |iterations: &[u8], digest: &[u8]| {
        let digest = sequence(&[&sequence(&[&object(oid::SHA1)]), &octets(digest)]);
        let mac = sequence(&[&digest, &octets(b"salt"), &tlv::write(tlv::INTEGER, &[iterations])]);
        sequence(&[&[2, 1, 3], &auth_safe, &mac])
    };
    let bomb = file(&[0, 0x80, 0, 0, 0], &[0; 20]);
    assert_eq!(refusal(&bomb, Some(&password())), (Code::KeyIterations, "2147483648".into()));
    assert_eq!(
        refusal(&file(&[1], &[0; 19]), Some(&password())),
        (Code::PrivateKeyMalformed, "a digest of 19 bytes".into())
    );
    assert_eq!(refusal(&file(&[1], &[0; 20]), Some(&password())).0, Code::PasswordWrong);

    // Many keys, each within the limit.
    let good = written(KeyEncryption::Sm4Sm3, &[]);
    assert!(KeyFile::read_within(&good, Some(&password()), 4).is_ok());
    let fault = KeyFile::read_within(&good, Some(&password()), 3).unwrap_err();
    assert_eq!(fault.code(), Code::KeyIterations);
    assert_eq!(fault.expected_text(), Some("at most 3 in the whole file"));

    let crl = bag(&oid::from_dotted("1.2.840.113549.1.12.10.1.4").unwrap(), &[0x30, 0], b"");
    let mut bags = vec![crl; MOST_BAGS - 1];
    bags.push(key_bag(6, b""));
    assert!(KeyFile::read(&pfx(&bags), None).is_ok());
    bags.push(key_bag(6, b""));
    let fault = KeyFile::read(&pfx(&bags), None).unwrap_err();
    assert_eq!((fault.code(), fault.expected_text()), (Code::KeyFileSize, Some("<= 1024")));
    let empty = content_info(oid::PKCS7_DATA, &octets(&[0x30, 0]));
    let many = sequence(&[&empty.repeat(17)]);
    let many = sequence(&[&[2, 1, 3], &content_info(oid::PKCS7_DATA, &octets(&many))]);
    assert_eq!(refusal(&many, None), (Code::PrivateKeyMalformed, "more than 16 contents".into()));
}
