//! What deserves a look about key files, and the names of keys.

use std::path::Path;

use czei_codes::{Code as _, Fault};
use czei_pki::{KeyFile, Name};
use czei_sm2::{Sm3, VerifyingKey};

use crate::{CliCode, Error, files};

/// A password is hashed at least so often, lest it is told: what tools wrote by default ten years ago. NIST SP 800-132
/// asked for 1,000 in 2010.
const ITERATIONS: u64 = 10_000;

/// What deserves a look about a key file: [`CliCode::KeyFileOpen`] where its group or others can read it,
/// [`CliCode::KeyFilePlain`] where no password protects it, [`CliCode::KeyEncryptionWeak`] and
/// [`CliCode::KeyIterationsFew`] where a password does so badly.
#[must_use]
pub fn key_file_problems(path: &Path, file: &KeyFile) -> Vec<Error> {
    let mut problems = Vec::new();
    if let Err(error) = files::require_closed_to_others(path)
        && error.entry().number == crate::Code::SecretReadable.entry().number
    {
        let found = error.found_text().unwrap_or_default();
        problems.push(CliCode::KeyFileOpen.fault().expected("0600").found(found));
    }
    match file.encryption() {
        None => problems.push(CliCode::KeyFilePlain.into()),
        Some(encryption) => problems.extend(encryption_problems(encryption)),
    }
    // The same password: it is guessed where that is easiest.
    for problem in file.integrity().map(encryption_problems).unwrap_or_default() {
        if problems.iter().all(|known| known.code() != problem.code()) {
            problems.push(problem);
        }
    }
    problems.into_iter().map(|problem| Error::from_any(problem.any())).collect()
}

/// What is weak about what [`KeyFile::encryption`] or [`KeyFile::integrity`] describes.
fn encryption_problems(encryption: &str) -> Vec<Fault<CliCode>> {
    let mut problems = Vec::new();
    if WEAK.iter().any(|name| encryption.contains(name)) {
        problems.push(CliCode::KeyEncryptionWeak.fault().found(encryption));
    }
    let counts = encryption.split(", ").filter_map(|part| part.strip_suffix(" iterations")?.parse::<u64>().ok());
    if let Some(fewest) = counts.min().filter(|count| *count < ITERATIONS) {
        problems.push(CliCode::KeyIterationsFew.fault().expected(format!("≥ {ITERATIONS}")).found(fewest.to_string()));
    }
    problems
}

/// As they stand in the description; the last is CFCA's.
const WEAK: [&str; 4] = ["3DES", "RC2", "SHA1", "one SM3"];

/// The name of a key: `sm3:` and the SM3 of its SubjectPublicKeyInfo with the named curve, in 64 lower-case hex digits.
///
/// ```
/// let key = czei::sm2::SigningKey::generate()?;
/// let name = czei::key_fingerprint(key.verifying_key());
/// assert!(name.starts_with("sm3:") && name.len() == 68);
/// # Ok::<(), czei::Error>(())
/// ```
#[must_use]
pub fn key_fingerprint(key: &VerifyingKey) -> String {
    use std::fmt::Write as _;
    let mut name = String::from("sm3:");
    for byte in Sm3::digest(&czei_pki::to_public_key_der(key)) {
        // Writing into a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The most specific common name of a subject.
#[must_use]
pub fn common_name(name: &Name) -> Option<String> {
    name.values("CN").last().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outdated_schemes_and_few_iterations_are_told() {
        for (encryption, codes) in [
            ("PBES2, AES-256-CBC, HMAC-SHA256, 600000 iterations", &[][..]),
            ("PBES2, SM4-CBC, HMAC-SM3 1.2.156.10197.1.401.2, 10000 iterations", &[]),
            ("PBES2, AES-256-CBC, HMAC-SHA256, 9999 iterations", &[CliCode::KeyIterationsFew]),
            (
                "PBES2, AES-256-CBC, HMAC-SHA1, 2048 iterations",
                &[CliCode::KeyEncryptionWeak, CliCode::KeyIterationsFew],
            ),
            ("PKCS#12 with SHA1, RC2-CBC with 40 bits, 51200 iterations", &[CliCode::KeyEncryptionWeak]),
            ("PBES2, 3DES-CBC, HMAC-SHA256, 51200 iterations", &[CliCode::KeyEncryptionWeak]),
            ("SM4-CBC, one SM3 of the password", &[CliCode::KeyEncryptionWeak]),
            ("HMAC-SHA256, 2048 iterations", &[CliCode::KeyIterationsFew]),
        ] {
            let found: Vec<_> = encryption_problems(encryption).iter().map(Fault::code).collect();
            assert_eq!(found, codes, "{encryption}");
        }
    }
}
