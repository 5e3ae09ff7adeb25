//! `czei key`: one file a command. The key itself is never shown.

mod convert;
mod new;
mod serve;
mod show;

use std::path::{Path, PathBuf};

use czei::pki::{EncryptionSettings, KeyEncryption, KeyFile};
use czei::sm2::{SigningKey, SystemEntropy, VerifyingKey};
use czei::{CliCode, CliError};
use czei_codes::Code as _;
use serde::Serialize;
use zeroize::Zeroizing;

use super::password::PasswordSource;
use crate::Run;
use crate::arguments::key::{Encryption, Format, Key, Protection};
use crate::failure::{Failure, Result};
use crate::language::Language;
use crate::output::Output;
use crate::problem::{self, ProblemJson};
use crate::shown;

pub(crate) fn run(arguments: Key, output: &mut Output) -> Run {
    match arguments {
        Key::New(arguments) => new::run(&arguments, output),
        Key::Convert(arguments) => convert::run(&arguments, output),
        Key::Show(arguments) => show::run(&arguments, output),
        Key::Serve(arguments) => serve::run(&arguments, output),
    }
}

/// Reads a key file, whoever may read it; that others may is told as a problem.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    Ok(Zeroizing::new(czei::files::read_limited(path, czei::files::MAX_SETTINGS)?))
}

/// Refuses to write over anything, before a key is made or a password asked for.
fn require_free(path: &Path) -> Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(_) => Err(CliError::new(CliCode::KeyFileExists).in_file(shown::path(path)).into()),
        // Whatever else stands in the way is said by writing.
        Err(_) => Ok(()),
    }
}

impl Format {
    fn is_encrypted(self) -> bool {
        matches!(self, Format::EncryptedPkcs8 | Format::Pkcs12)
    }

    fn name(self) -> &'static str {
        match self {
            Format::Pkcs8 => "pkcs8",
            Format::EncryptedPkcs8 => "encrypted-pkcs8",
            Format::Pkcs12 => "pkcs12",
            Format::Sec1 => "sec1",
        }
    }

    /// Refuses settings that the format cannot follow: a password that is not used would be believed to be.
    fn check(self, protection: &Protection, is_password_named: bool) -> Result<()> {
        let superfluous = [
            (is_password_named, "password"),
            (protection.encryption.is_some(), "--encryption"),
            (protection.iterations.is_some(), "--iterations"),
        ];
        match superfluous.into_iter().find(|(is_given, _)| *is_given && !self.is_encrypted()) {
            Some((_, name)) => Err(self.refuses(name)),
            None => Ok(()),
        }
    }

    fn refuses(self, argument: &str) -> Failure {
        CliCode::KeyFormatSetting.fault().expected(self.name()).found(argument).into()
    }
}

impl Protection {
    fn settings(&self) -> EncryptionSettings {
        let mut settings = EncryptionSettings::default();
        if let Some(encryption) = self.encryption {
            settings.encryption = match encryption {
                Encryption::Aes256Sha256 => KeyEncryption::Aes256Sha256,
                Encryption::Sm4Sm3 => KeyEncryption::Sm4Sm3,
            };
        }
        if let Some(iterations) = self.iterations {
            settings.iterations = iterations;
        }
        settings
    }
}

/// A key file to be written.
struct NewFile<'a> {
    path: &'a Path,
    format: Format,
    protection: &'a Protection,
    /// For PKCS#12, the key's own first.
    certificates: &'a [std::sync::Arc<czei::Certificate>],
    name: &'a str,
}

impl NewFile<'_> {
    /// Writes it whole and for its owner alone, where nothing stands.
    fn write(&self, key: &SigningKey, password: &mut PasswordSource) -> Result<()> {
        let settings = self.protection.settings();
        let entropy = &mut SystemEntropy;
        let bytes: Zeroizing<Vec<u8>> = match self.format {
            Format::Pkcs8 => Zeroizing::new(czei::pki::to_pkcs8_pem(key).as_bytes().to_vec()),
            Format::Sec1 => Zeroizing::new(czei::pki::to_sec1_pem(key).as_bytes().to_vec()),
            Format::EncryptedPkcs8 => {
                let password = password.protect(self.path)?;
                let pem = czei::pki::to_encrypted_pkcs8_pem(key, &password, &settings, entropy)?;
                Zeroizing::new(pem.into_bytes())
            }
            Format::Pkcs12 => {
                let password = password.protect(self.path)?;
                let file = czei::pki::to_pkcs12(key, self.certificates, self.name, &password, &settings, entropy)?;
                Zeroizing::new(file)
            }
        };
        Ok(czei::files::write_new_secret(self.path, &bytes)?)
    }
}

/// What may be known of a key file.
#[derive(Debug, Serialize)]
pub(crate) struct KeyJson {
    file: String,
    format: String,
    encryption: Option<String>,
    integrity: Option<String>,
    public_key: String,
    fingerprint: String,
    certificates: Vec<CertificateJson>,
    problems: Vec<ProblemJson>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CertificateJson {
    subject: String,
    serial: String,
    not_after: String,
    fingerprint: String,
    is_of_key: bool,
}

/// A key file as it is shown.
pub(crate) struct KeyView<'a> {
    path: &'a Path,
    file: &'a KeyFile,
    problems: Vec<czei::Error>,
}

impl<'a> KeyView<'a> {
    pub(crate) fn new(path: &'a Path, file: &'a KeyFile) -> Self {
        KeyView { path, file, problems: czei::key_file_problems(path, file) }
    }

    fn public_key(&self) -> &VerifyingKey {
        self.file.key().verifying_key()
    }

    fn is_of_key(&self, certificate: &czei::Certificate) -> bool {
        certificate.verifying_key().is_ok_and(|key| key == self.public_key())
    }

    pub(crate) fn json(&self) -> KeyJson {
        let certificate = |certificate: &std::sync::Arc<czei::Certificate>| CertificateJson {
            subject: certificate.subject().to_rfc4514(),
            serial: certificate.serial_hex(),
            not_after: super::cert::time(certificate.not_after()),
            fingerprint: certificate.fingerprint(),
            is_of_key: self.is_of_key(certificate),
        };
        KeyJson {
            file: shown::path(self.path),
            format: self.file.format().name().to_owned(),
            encryption: self.file.encryption().map(str::to_owned),
            integrity: self.file.integrity().map(str::to_owned),
            public_key: shown::hex(&self.public_key().to_sec1()),
            fingerprint: czei::key_fingerprint(self.public_key()),
            certificates: self.file.certificates().iter().map(certificate).collect(),
            problems: ProblemJson::all(&self.problems),
        }
    }

    /// The lines below the file's name, with a line for each certificate.
    pub(crate) fn text(&self, output: &mut Output) -> Result<()> {
        self.rows(self.file.certificates(), output)
    }

    /// The same without the certificates, which are shown by themselves.
    pub(crate) fn text_of_key(&self, output: &mut Output) -> Result<()> {
        self.rows(&[], output)
    }

    fn rows(&self, certificates: &[std::sync::Arc<czei::Certificate>], output: &mut Output) -> Result<()> {
        let language = output.language;
        let turns = |text: &str| text.replace(" iterations", language.pick(" 次迭代", " iterations"));
        let encryption = self.file.encryption().map_or_else(|| language.pick("无", "none").to_owned(), turns);
        let mut rows = vec![
            (language.pick("格式", "format"), self.file.format().name().to_owned()),
            (language.pick("加密", "encryption"), encryption),
            (language.pick("公钥", "public key"), shown::hex(&self.public_key().to_sec1())),
            (language.pick("公钥指纹", "fingerprint"), czei::key_fingerprint(self.public_key())),
        ];
        if let Some(integrity) = self.file.integrity() {
            rows.insert(2, (language.pick("完整性保护", "integrity"), turns(integrity)));
        }
        for certificate in certificates {
            let label = match (self.is_of_key(certificate), language) {
                (true, _) => language.pick("证书", "certificate"),
                (false, _) => language.pick("其他证书", "further certificate"),
            };
            let until = super::cert::time(certificate.not_after());
            let serial = certificate.serial_hex();
            let text = match language {
                Language::Zh => format!("{}（序列号 {serial}，有效期至 {until}）", certificate.subject().to_rfc4514()),
                Language::En => {
                    format!("{} (serial {serial}, valid until {until})", certificate.subject().to_rfc4514())
                }
            };
            rows.push((label, text));
        }
        for (label, value) in rows {
            output.line(&format!("  {label}: {}", shown::text(&value)))?;
        }
        problem::lines(&self.problems, output)
    }
}

/// A public file: the same content again is no error, another one is never replaced.
pub(crate) fn write_public(path: &Path, bytes: &[u8]) -> Result<()> {
    match std::fs::read(path) {
        Ok(there) if there == bytes => Ok(()),
        Ok(_) => Err(CliError::new(CliCode::FileExists).in_file(shown::path(path)).into()),
        Err(_) => Ok(czei::files::write_new_or_replace(path, bytes)?),
    }
}

/// The file name without its extension.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().map(PathBuf::from).unwrap_or_default();
    shown::path(&stem)
}
