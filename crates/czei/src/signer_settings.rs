//! `key`, `key_password_file`, `certificate` and `signer` of a unit or an authority: who signs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use czei_codes::Code as _;
use czei_pki::{Certificate, KeyFile, LocalSigner, Password, Signer, certificate_for};
use czei_remote::{Address, KeyLabel, Options, Program, Send};
use serde::Deserialize;

use crate::files::shown;
use crate::settings::{self, At, Files};
use crate::{Code, Error, Result};

/// What `[[unit]]` and `[[authority]]` say of their signer.
pub(crate) struct SignerSettings {
    pub(crate) key: Option<String>,
    pub(crate) key_password_file: Option<String>,
    pub(crate) certificate: Option<String>,
    pub(crate) signer: Option<RemoteToml>,
}

/// A key elsewhere: `signer = { program = ["/usr/bin/hsm-sign", "--slot", "3"], key = "unit-1" }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoteToml {
    program: Option<Vec<String>>,
    socket: Option<String>,
    key: String,
    #[serde(default)]
    environment: Vec<String>,
    send: Option<String>,
    timeout_ms: Option<u64>,
    connect_timeout_ms: Option<u64>,
    deadline_ms: Option<u64>,
    sessions: Option<usize>,
    attempts: Option<u32>,
}

impl SignerSettings {
    /// The signer; errors name the file or the key of the settings.
    pub(crate) fn read(self, at: &At<'_>, folder: &Path, files: &dyn Files) -> Result<Arc<dyn Signer>> {
        match (self.key, self.signer) {
            (Some(key), None) => {
                let password = self.key_password_file.map(|path| folder.join(path));
                let certificate = self.certificate.map(|path| folder.join(path));
                local(&folder.join(key), password.as_deref(), certificate.as_deref(), at, files)
            }
            (None, Some(remote)) => {
                // A password that is not used would be believed to be.
                if let Some(path) = self.key_password_file {
                    let fault = Code::SettingValue.fault().expected("key").found(path);
                    return Err(at.key("key_password_file").error(fault));
                }
                // Who signs is for the configuration to say, not for the server.
                let certificate = self.certificate.ok_or_else(|| missing(at, "certificate"))?;
                let (own, chain) = end_certificate(&folder.join(certificate), files)?;
                remote.read(own, chain, &at.key("signer"), folder)
            }
            (None, None) => Err(missing(at, "key | signer")),
            (Some(_), Some(_)) => {
                Err(at.key("signer").error(Code::SettingValue.fault().expected("key | signer").found("key, signer")))
            }
        }
    }
}

fn missing(at: &At<'_>, key: &str) -> Error {
    at.error(Code::TomlMissing.fault().expected(key))
}

/// A key in a file, with its certificate from another or from the same.
fn local(
    key_path: &Path,
    password: Option<&Path>,
    certificate: Option<&Path>,
    at: &At<'_>,
    files: &dyn Files,
) -> Result<Arc<dyn Signer>> {
    let in_file = |path: &Path, fault: czei_pki::Error| Error::from(fault).in_file(shown(path));
    let bytes = files.read_secret(key_path)?;
    let password = match password {
        None => None,
        Some(path) => {
            let value = settings::read_secret_value(path, files)?;
            Some(Password::from_bytes(&value).map_err(|fault| in_file(path, fault))?)
        }
    };
    let file = KeyFile::read(&bytes, password.as_ref()).map_err(|fault| in_file(key_path, fault))?;
    let (own, chain) = match (certificate, file.certificate()) {
        (Some(path), _) => {
            let mut certificates = certificates(path, files)?;
            // A file may hold the chain too, in any order, and the certificates before the last renewal. None with
            // this key is refused with the first one's name.
            let index = certificate_for(file.key().verifying_key(), &certificates).unwrap_or(0);
            (certificates.remove(index), certificates)
        }
        (None, Some(own)) => (Arc::clone(own), file.certificates().iter().skip(1).cloned().collect()),
        (None, None) => return Err(missing(at, "certificate")),
    };
    let signer = LocalSigner::new(file.into_key(), own).map_err(|fault| in_file(key_path, fault))?;
    Ok(Arc::new(signer.with_chain(chain)))
}

/// The certificates of a file, at least one.
fn certificates(path: &Path, files: &dyn Files) -> Result<Vec<Arc<Certificate>>> {
    let certificates = settings::read_certificates(path, files)?;
    if certificates.is_empty() {
        return Err(Error::from(czei_pki::Code::PemNoBlock.fault()).in_file(shown(path)));
    }
    Ok(certificates.into_iter().map(Arc::new).collect())
}

/// The signer's certificate in a file that may hold its chain too, in any order, and that chain: without the key at
/// hand, the one that issued none of the others.
pub(crate) fn end_certificate(path: &Path, files: &dyn Files) -> Result<(Arc<Certificate>, Vec<Arc<Certificate>>)> {
    let mut certificates = certificates(path, files)?;
    let issued = |one: &Certificate| {
        certificates.iter().any(|other| other.der() != one.der() && other.issuer() == one.subject())
    };
    let index = certificates.iter().position(|certificate| !issued(certificate)).unwrap_or(0);
    let own = certificates.remove(index);
    Ok((own, certificates))
}

impl RemoteToml {
    #[cfg_attr(not(unix), allow(unused_variables))]
    fn read(
        self,
        own: Arc<Certificate>,
        chain: Vec<Arc<Certificate>>,
        at: &At<'_>,
        folder: &Path,
    ) -> Result<Arc<dyn Signer>> {
        let options = self.options(at)?;
        let key = KeyLabel::new(self.key.as_str()).map_err(|fault| placed(at, fault))?;
        let address = self.address(at, folder)?;
        #[cfg(unix)]
        {
            let signer = czei_remote::Remote::new(address, options).and_then(|remote| remote.signer(key, own));
            Ok(Arc::new(signer.map_err(|fault| placed(at, fault))?.with_chain(chain)))
        }
        #[cfg(not(unix))]
        Err(at.error(Error::from(czei_remote::Code::Platform.fault())))
    }

    fn address(self, at: &At<'_>, folder: &Path) -> Result<Address> {
        let absolute = |key: &str, text: &str| match text {
            // It would be the folder itself.
            "" => Err(at.key(key).error(Code::SettingValue.fault().expected("a path").found("\"\""))),
            text => Ok(std::path::absolute(folder.join(text)).unwrap_or_else(|_| PathBuf::from(text))),
        };
        match (self.program, self.socket) {
            (Some(mut command), None) => {
                let path = absolute("program", command.first().map_or("", String::as_str))?;
                // The first is there, or its path would be empty.
                let arguments = command.split_off(1);
                let command = std::iter::once(path.into_os_string()).chain(arguments.into_iter().map(Into::into));
                let program = Program::new(command).map_err(|fault| placed(at, fault))?;
                let pass = |program: Program, name: String| program.pass(name);
                let program = self.environment.into_iter().try_fold(program, pass);
                Ok(Address::Program(program.map_err(|fault| placed(at, fault))?))
            }
            (None, Some(_)) if !self.environment.is_empty() => {
                let found = self.environment.join(", ");
                Err(at.key("environment").error(Code::SettingValue.fault().expected("program").found(found)))
            }
            (None, Some(socket)) => Ok(Address::Socket(absolute("socket", &socket)?)),
            (None, None) => Err(missing(at, "program | socket")),
            (Some(_), Some(socket)) => {
                let fault = Code::SettingValue.fault().expected("program | socket");
                Err(at.key("socket").error(fault.found(socket)))
            }
        }
    }

    fn options(&self, at: &At<'_>) -> Result<Options> {
        let default = Options::default();
        let time = |value: Option<u64>, default| value.map_or(default, Duration::from_millis);
        let answer = time(self.timeout_ms, default.answer);
        // Three answers' time, so that one that is busy can be asked again.
        let deadline = answer.saturating_mul(3).clamp(Duration::from_millis(1), Options::MAX_TIME);
        let send = match &self.send {
            None => default.send,
            Some(name) => at.key("send").one_of(name, &[("digest", Send::Digest), ("message", Send::Message)])?,
        };
        let options = Options {
            connect: time(self.connect_timeout_ms, default.connect),
            answer,
            deadline: time(self.deadline_ms, deadline),
            sessions: self.sessions.unwrap_or(default.sessions),
            attempts: self.attempts.unwrap_or(default.attempts),
            send,
        };
        options.check().map_err(|fault| placed(at, fault))?;
        Ok(options)
    }
}

/// A fault of a setting at the key that has it here.
fn placed(at: &At<'_>, fault: czei_remote::Error) -> Error {
    let key = match fault.place().path.as_deref() {
        None => return at.error(fault),
        Some("connect") => "connect_timeout_ms",
        Some("answer") => "timeout_ms",
        Some("deadline") => "deadline_ms",
        Some(other) => other,
    };
    let at = at.key(key);
    at.error(fault)
}
