//! Key files crosswise with OpenSSL's command line, where there is one: what it writes is read, and
//! what is written it reads. Without it each test says so and passes.
#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use czei_pki::{
    Certificate, CertificateTemplate, Code, EncryptionSettings, KeyFile, KeyFormat, KeyUsage, Name, Password,
    read_public_key, to_encrypted_pkcs8_pem, to_pkcs8_pem, to_pkcs12, to_public_key_pem, to_sec1_pem,
};
use czei_sm2::{SigningKey, SystemEntropy};

/// ASCII: OpenSSL takes other passwords by the locale of its user.
const PASSWORD: &str = "pass word";

fn has_openssl() -> bool {
    // SM2 and SM4 came with 1.1.1, the options used here with 3.0.
    let version = Command::new("openssl").arg("version").output().map(|output| output.stdout).unwrap_or_default();
    let there = version.starts_with(b"OpenSSL 3.");
    if !there {
        eprintln!("skipped: there is no OpenSSL 3");
    }
    there
}

/// What OpenSSL makes of the input, or nothing when it refuses.
fn try_openssl(arguments: &str, input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments.split(' '))
        .env("CZEI_TEST_PASSWORD", PASSWORD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    output.status.success().then_some(output.stdout)
}

fn openssl(arguments: &str, input: &[u8]) -> Vec<u8> {
    try_openssl(arguments, input).unwrap_or_else(|| panic!("openssl {arguments} fails"))
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[0x35; 32]).unwrap()
}

fn certificate() -> Arc<Certificate> {
    let template = CertificateTemplate {
        subject: Name::parse_rfc4514("CN=示例单位,C=CN").unwrap(),
        serial: vec![1],
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
        ca: None,
        key_usage: Some(KeyUsage::DIGITAL_SIGNATURE),
        extensions: vec![],
    };
    Arc::new(template.self_sign(&key()).unwrap())
}

fn password() -> Password {
    Password::new(PASSWORD)
}

fn assert_is_the_key(file: &KeyFile, what: &str) {
    assert_eq!(file.key().verifying_key(), key().verifying_key(), "{what}");
}

#[test]
fn keys_encrypted_by_openssl_are_read() {
    if !has_openssl() {
        return;
    }
    let plain = to_pkcs8_pem(&key());
    for (options, encryption) in [
        ("-v2 aes-128-cbc -v2prf hmacWithSHA1", "PBES2, AES-128-CBC, HMAC-SHA1, 2048 iterations"),
        ("-v2 aes-192-cbc -v2prf hmacWithSHA384", "PBES2, AES-192-CBC, HMAC-SHA384, 2048 iterations"),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA256", "PBES2, AES-256-CBC, HMAC-SHA256, 2048 iterations"),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA512 -iter 1", "PBES2, AES-256-CBC, HMAC-SHA512, 1 iterations"),
        ("-v2 sm4-cbc", "PBES2, SM4-CBC, HMAC-SHA256, 2048 iterations"),
        ("-v2 des3", "PBES2, 3DES-CBC, HMAC-SHA256, 2048 iterations"),
        ("-v1 PBE-SHA1-3DES", "PKCS#12 with SHA1, 3DES-CBC, 2048 iterations"),
        ("-v1 PBE-SHA1-2DES", "PKCS#12 with SHA1, two-key 3DES-CBC, 2048 iterations"),
        (
            "-v1 PBE-SHA1-RC2-128 -provider legacy -provider default",
            "PKCS#12 with SHA1, RC2-CBC with 128 bits, 2048 iterations",
        ),
        (
            "-v1 PBE-SHA1-RC2-40 -provider legacy -provider default",
            "PKCS#12 with SHA1, RC2-CBC with 40 bits, 2048 iterations",
        ),
    ] {
        for form in ["PEM", "DER"] {
            let arguments = format!("pkcs8 -topk8 {options} -passout env:CZEI_TEST_PASSWORD -outform {form}");
            let Some(bytes) = try_openssl(&arguments, plain.as_bytes()) else {
                assert!(options.contains("legacy"), "openssl {arguments} fails");
                eprintln!("skipped: this OpenSSL has no legacy provider");
                continue;
            };
            let file = KeyFile::read(&bytes, Some(&password())).unwrap();
            assert_is_the_key(&file, options);
            assert_eq!((file.format(), file.encryption()), (KeyFormat::Pkcs8Encrypted, Some(encryption)));
            let other = KeyFile::read(&bytes, Some(&Password::new("password")));
            assert_eq!(other.unwrap_err().code(), Code::PasswordWrong, "{options}");
        }
    }
    for options in ["-scrypt", "-v1 PBE-MD5-DES -provider legacy -provider default"] {
        let arguments = format!("pkcs8 -topk8 {options} -passout env:CZEI_TEST_PASSWORD");
        let Some(bytes) = try_openssl(&arguments, plain.as_bytes()) else {
            assert!(options.contains("legacy"), "openssl {arguments} fails");
            eprintln!("skipped: this OpenSSL has no legacy provider");
            continue;
        };
        let fault = KeyFile::read(&bytes, Some(&password())).unwrap_err();
        assert_eq!(fault.code(), Code::KeyAlgorithmUnsupported, "{options}");
    }
}

#[test]
fn plain_keys_of_openssl_are_read_and_ours_by_it() {
    if !has_openssl() {
        return;
    }
    let sec1 = to_sec1_pem(&key());
    let pkcs8 = openssl("pkcs8 -topk8 -nocrypt", sec1.as_bytes());
    assert_is_the_key(&KeyFile::read(&pkcs8, None).unwrap(), "PKCS#8");
    let der = openssl("pkey -outform DER", to_pkcs8_pem(&key()).as_bytes());
    assert_is_the_key(&KeyFile::read(&der, None).unwrap(), "PKCS#8 in DER");
    let again = openssl("ec", to_pkcs8_pem(&key()).as_bytes());
    let file = KeyFile::read(&again, None).unwrap();
    assert_is_the_key(&file, "SEC1");
    // Old OpenSSL's encryption of PEM.
    let legacy = openssl("ec -aes-256-cbc -passout env:CZEI_TEST_PASSWORD", to_pkcs8_pem(&key()).as_bytes());
    let fault = KeyFile::read(&legacy, Some(&password())).unwrap_err();
    if String::from_utf8_lossy(&legacy).contains("DEK-Info") {
        assert_eq!(fault.code(), Code::KeyAlgorithmUnsupported);
    }
    let public = openssl("pkey -pubout", to_pkcs8_pem(&key()).as_bytes());
    assert_eq!(read_public_key(&public).unwrap(), *key().verifying_key());
    assert_eq!(openssl("pkey -pubin", to_public_key_pem(key().verifying_key()).as_bytes()), public);
}

#[test]
fn what_is_written_is_read_by_openssl() {
    if !has_openssl() {
        return;
    }
    let certificate = certificate();
    let settings = EncryptionSettings { iterations: 2_000, ..EncryptionSettings::default() };
    let text = to_encrypted_pkcs8_pem(&key(), &password(), &settings, &mut SystemEntropy).unwrap();
    let read = openssl("pkcs8 -passin env:CZEI_TEST_PASSWORD", text.as_bytes());
    assert_is_the_key(&KeyFile::read(&read, None).unwrap(), "PKCS#8");

    let bytes =
        to_pkcs12(&key(), &[Arc::clone(&certificate)], "unit key", &password(), &settings, &mut SystemEntropy).unwrap();
    let read = openssl("pkcs12 -passin env:CZEI_TEST_PASSWORD -nodes", &bytes);
    let file = KeyFile::read(&read, None).unwrap();
    assert_is_the_key(&file, "PKCS#12");
    assert_eq!(file.certificate().unwrap().fingerprint(), certificate.fingerprint());
    assert!(String::from_utf8_lossy(&read).contains("friendlyName: unit key"));
}

#[test]
fn pkcs12_of_openssl_is_read() {
    if !has_openssl() {
        return;
    }
    let certificate = certificate();
    let input = format!("{}{}", *to_pkcs8_pem(&key()), certificate.to_pem());
    for (options, encryption) in [
        ("", Some("PBES2, AES-256-CBC, HMAC-SHA256, 2048 iterations")),
        ("-keypbe sm4-cbc -certpbe sm4-cbc -macalg sm3", Some("PBES2, SM4-CBC, HMAC-SHA256, 2048 iterations")),
        ("-keypbe aes-128-cbc -certpbe NONE -macalg sha512", Some("PBES2, AES-128-CBC, HMAC-SHA256, 2048 iterations")),
        ("-keypbe NONE -certpbe NONE -macalg sha384", None),
        ("-nomac -iter 3", Some("PBES2, AES-256-CBC, HMAC-SHA256, 3 iterations")),
        ("-nomaciter -macalg sha256", Some("PBES2, AES-256-CBC, HMAC-SHA256, 2048 iterations")),
        ("-legacy", Some("PKCS#12 with SHA1, 3DES-CBC, 2048 iterations")),
        ("-legacy -descert", Some("PKCS#12 with SHA1, 3DES-CBC, 2048 iterations")),
    ] {
        let arguments = format!("pkcs12 -export -passout env:CZEI_TEST_PASSWORD -name unit {options}");
        let Some(bytes) = try_openssl(arguments.trim_end(), input.as_bytes()) else {
            assert!(options.contains("legacy"), "openssl {arguments} fails");
            eprintln!("skipped: this OpenSSL has no legacy provider");
            continue;
        };
        let file = KeyFile::read(&bytes, Some(&password())).unwrap();
        assert_is_the_key(&file, options);
        assert_eq!((file.format(), file.encryption()), (KeyFormat::Pkcs12, encryption), "{options}");
        assert_eq!(file.certificate().unwrap().fingerprint(), certificate.fingerprint(), "{options}");
        assert_eq!(KeyFile::read(&bytes, None).unwrap_err().code(), Code::PasswordNeeded, "{options}");
        let other = KeyFile::read(&bytes, Some(&Password::new("password")));
        assert_eq!(other.unwrap_err().code(), Code::PasswordWrong, "{options}");
    }
    let bytes = openssl("pkcs12 -export -passout pass:", input.as_bytes());
    assert_is_the_key(&KeyFile::read(&bytes, Some(&Password::new(""))).unwrap(), "no password");
}
