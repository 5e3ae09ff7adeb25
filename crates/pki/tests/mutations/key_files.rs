//! Key files: whatever is changed, either the same key is read or none. The public key in PKCS#8 and
//! SEC1 and the certificate in PKCS#12 hold the private key fast; a SEC1 key without its public key
//! has nothing that does.

use czei_pki::{
    EncryptionSettings, KeyEncryption, KeyFile, Password, to_encrypted_pkcs8_pem, to_pkcs8_der, to_pkcs12, to_sec1_pem,
};
use czei_sm2::{Entropy, Error};

use crate::mutants::{self, EVERY_BIT, with_header};
use crate::province::{Province, key};

/// Not random: the same file in every run.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(17);
            *byte = self.0;
        }
        Ok(())
    }
}

fn password() -> Password {
    Password::new("密码 123456")
}

/// The fewest iterations that are written: each mutant is opened anew.
fn settings(encryption: KeyEncryption) -> EncryptionSettings {
    EncryptionSettings { encryption, iterations: *EncryptionSettings::ITERATIONS.start() }
}

/// How many mutants there were, and those that were read, each of them as the same key.
fn same_or_none(der: &[u8], masks: &[u8], password: Option<&Password>) -> (u32, Vec<String>) {
    let expected = key(3).verifying_key().clone();
    assert_eq!(KeyFile::read(der, password).unwrap().key().verifying_key(), &expected);
    let (mut tried, mut read) = (0, Vec::new());
    mutants::each(der, masks, 1, |label, mutant| {
        tried += 1;
        // The unchanged ones take 3,000 iterations at most; a much greater count is refused.
        if let Ok(file) = KeyFile::read_within(mutant, password, 4_000) {
            read.push(label.to_owned());
            assert_eq!(file.key().verifying_key(), &expected, "{label}");
        }
    });
    (tried, read)
}

fn der_of(pem: &str) -> Vec<u8> {
    use base64::Engine as _;
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[test]
fn no_changed_plain_key_file_is_another_key() {
    let (tried, read) = same_or_none(&to_pkcs8_der(&key(3)), EVERY_BIT, None);
    // Version 2 (RFC 5958); the algorithm named by the curve alone; the public key left out.
    let harmless = ["octet 5 ^ 01", "element at 8 left out, lengths mended", "element at 68 left out, lengths mended"];
    assert_eq!(read, harmless);
    eprintln!("proof mutated PKCS#8: {tried} tried, {} read as the same key", read.len());

    let (tried, read) = same_or_none(&der_of(&to_sec1_pem(&key(3))), EVERY_BIT, None);
    // The public key left out.
    assert_eq!(read, ["element at 51 left out, lengths mended"]);
    eprintln!("proof mutated SEC1: {tried} tried, {} read as the same key", read.len());
}

/// What may change: the parameters of the hash, which has none, and the version of the key inside, by
/// one bit of the initialisation vector.
#[test]
fn no_changed_encrypted_key_file_is_another_key() {
    let password = password();
    for encryption in KeyEncryption::ALL {
        let settings = settings(*encryption);
        let pem = to_encrypted_pkcs8_pem(&key(3), &password, &settings, &mut Counting(1)).unwrap();
        let (tried, read) = same_or_none(&der_of(&pem), EVERY_BIT, Some(&password));
        eprintln!("proof mutated PKCS#8 {}: {tried} tried, {} read as the same key", encryption.name(), read.len());
    }
}

/// What may change: the parameters of the hash of the MAC, and the MAC may be left out as a whole (RFC
/// 7292 4: it is optional); the certificate still holds the key fast.
#[test]
fn no_changed_pkcs12_is_another_key() {
    let password = password();
    let province = Province::new();
    let certificates = [province.unit];
    // Each takes three times the iterations, for the MAC and two bags: two bits of each octet, and of the
    // second file only the lengths and elements.
    for (encryption, masks) in [(KeyEncryption::Aes256Sha256, &[0x01, 0x80][..]), (KeyEncryption::Sm4Sm3, &[][..])] {
        let settings = settings(encryption);
        let der = to_pkcs12(&key(3), &certificates, "单位", &password, &settings, &mut Counting(1)).unwrap();
        let (tried, read) = same_or_none(&der, masks, Some(&password));
        eprintln!("proof mutated PKCS#12 {}: {tried} tried, {} read as the same key", encryption.name(), read.len());
    }
}

/// RFC 5915 3 leaves the public key optional; without it one bit makes another key, and nobody can
/// tell.
#[test]
fn a_sec1_key_without_its_public_key_is_not_held_fast() {
    let curve = [0xa0, 10, 6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d];
    let content = [&[2, 1, 1][..], &with_header(4, &[3; 32]), &curve].concat();
    let der = with_header(0x30, &content);
    assert_eq!(KeyFile::read(&der, None).unwrap().key().verifying_key(), key(3).verifying_key());
    let mut others = 0;
    mutants::each(&der, EVERY_BIT, 1, |_, mutant| {
        let other = KeyFile::read(mutant, None);
        others += u32::from(other.is_ok_and(|file| file.key().verifying_key() != key(3).verifying_key()));
    });
    // Every bit of the 32 octets.
    assert_eq!(others, 256);
}
