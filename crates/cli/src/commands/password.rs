//! Passwords of key files: from a file, from the environment, or asked for at a terminal.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use czei::pki;
use czei::pki::KeyFile;
use czei::{CliCode, CliError};
use zeroize::Zeroizing;

use crate::arguments::password::{OutPassword, Password};
use crate::failure::{Failure, Result, cannot_read};
use crate::language::Language;
use crate::shown;

/// Where one password comes from. It is fetched once, when it is first needed: standard input can be read only once,
/// and nobody types it twice.
pub(crate) struct PasswordSource {
    named: Option<Named>,
    language: Language,
    fetched: Option<Secret>,
}

enum Named {
    StandardInput,
    File(PathBuf),
    Variable(String),
}

#[derive(Clone)]
struct Secret {
    password: pki::Password,
    is_empty: bool,
}

impl PasswordSource {
    /// The source that the arguments name, where they name one.
    pub(crate) fn new(arguments: &Password, language: Language) -> Self {
        Self::of(arguments.password_file.as_deref(), arguments.password_env.as_deref(), language)
    }

    /// The same for a new file.
    pub(crate) fn for_output(arguments: &OutPassword, language: Language) -> Self {
        Self::of(arguments.out_password_file.as_deref(), arguments.out_password_env.as_deref(), language)
    }

    fn of(file: Option<&Path>, variable: Option<&str>, language: Language) -> Self {
        let of_file = |file: &Path| match file.as_os_str() == "-" {
            true => Named::StandardInput,
            false => Named::File(file.to_owned()),
        };
        let named = file.map(of_file).or(variable.map(|name| Named::Variable(name.to_owned())));
        PasswordSource { named, language, fetched: None }
    }

    pub(crate) fn is_named(&self) -> bool {
        self.named.is_some()
    }

    pub(crate) fn is_standard_input(&self) -> bool {
        matches!(self.named, Some(Named::StandardInput))
    }

    /// Reads a key file: with the password that is named, or asking for one when it turns out to need it and somebody
    /// sits at the terminal.
    ///
    /// # Errors
    /// Those of the source, and of [`KeyFile::read`] with the file as their place: among them that a password is
    /// needed.
    pub(crate) fn open(&mut self, path: &Path, bytes: &[u8]) -> Result<KeyFile> {
        let in_file = |error: pki::Error| Failure::from(czei::Error::from(error).in_file(shown::path(path)));
        if self.is_named() {
            let secret = self.fetch()?;
            return KeyFile::read(bytes, Some(&secret.password)).map_err(in_file);
        }
        let known = self.fetched.as_ref().map(|secret| &secret.password);
        let read = KeyFile::read(bytes, known);
        // A password that was typed for an earlier file may be another one's.
        let is_asked_for = read.as_ref().is_err_and(|error| {
            error.code() == pki::Code::PasswordNeeded || (known.is_some() && error.code() == pki::Code::PasswordWrong)
        });
        if !is_asked_for || !io::stdin().is_terminal() {
            return read.map_err(in_file);
        }
        let name = shown::path(path);
        let secret = self.ask(&format!("{name} 的口令: "), &format!("Password of {name}: "))?;
        // Kept, to be tried on further files and to protect the converted one.
        self.fetched = Some(secret.clone());
        KeyFile::read(bytes, Some(&secret.password)).map_err(in_file)
    }

    /// The password that opened the last file, where one was needed or named.
    pub(crate) fn take_used(self) -> Option<Self> {
        (self.named.is_some() || self.fetched.is_some()).then_some(self)
    }

    /// The password of a new file, never an empty one: that which is named, or one typed twice.
    ///
    /// # Errors
    /// [`CliCode::PasswordAbsent`], [`CliCode::PasswordEmpty`], [`CliCode::PasswordsDiffer`], and those of the source.
    pub(crate) fn protect(&mut self, path: &Path) -> Result<pki::Password> {
        let is_typed = self.named.is_none() && self.fetched.is_none();
        if is_typed {
            if !io::stdin().is_terminal() {
                return Err(CliError::new(CliCode::PasswordAbsent).in_file(shown::path(path)).into());
            }
            let name = shown::path(path);
            let first = self.ask_text(&format!("{name} 的新口令: "), &format!("New password of {name}: "))?;
            let second = self.ask_text("请再次输入: ", "Once more: ")?;
            if first != second {
                return Err(CliCode::PasswordsDiffer.into());
            }
            self.fetched = Some(secret(first.as_bytes())?);
        }
        let secret = self.fetch()?;
        if secret.is_empty {
            return Err(CliCode::PasswordEmpty.into());
        }
        Ok(secret.password)
    }

    fn fetch(&mut self) -> Result<Secret> {
        if let Some(fetched) = &self.fetched {
            return Ok(fetched.clone());
        }
        let fetched = match &self.named {
            Some(Named::File(path)) => {
                let in_file = |error: Failure| error.in_file(path);
                secret(&czei::files::read_secret(path)?).map_err(in_file)?
            }
            Some(Named::StandardInput) => {
                // One byte more than the longest password with its line end, so that a longer one is noticed.
                let limit = pki::Password::MAX_BYTES as u64 + 3;
                let mut bytes = Zeroizing::new(Vec::with_capacity(pki::Password::MAX_BYTES + 3));
                let read = io::stdin().lock().take(limit).read_to_end(&mut bytes);
                read.map_err(|error| cannot_read(Path::new("-"), &error))?;
                secret(&bytes).map_err(|error| error.in_file(Path::new("-")))?
            }
            Some(Named::Variable(name)) => {
                let value = std::env::var_os(name).map(OsString::into_encoded_bytes).map(Zeroizing::new);
                let value = value.ok_or_else(|| CliError::new(CliCode::PasswordVariable).found(name.as_str()))?;
                secret(&value)?
            }
            None => return Err(CliCode::PasswordAbsent.into()),
        };
        self.fetched = Some(fetched.clone());
        Ok(fetched)
    }

    fn ask(&self, zh: &str, en: &str) -> Result<Secret> {
        secret(self.ask_text(zh, en)?.as_bytes())
    }

    fn ask_text(&self, zh: &str, en: &str) -> Result<Zeroizing<String>> {
        let typed = rpassword::prompt_password(self.language.pick(zh, en)).map(Zeroizing::new);
        typed.map_err(|error| cannot_read(Path::new("/dev/tty"), &error))
    }
}

fn secret(bytes: &[u8]) -> Result<Secret> {
    let password = pki::Password::from_bytes(bytes).map_err(czei::Error::from)?;
    let is_empty = matches!(bytes, b"" | b"\n" | b"\r\n");
    Ok(Secret { password, is_empty })
}
