//! What policy and configuration files have in common: reading TOML, naming the place of an error,
//! and the files that they name.

use std::path::{Path, PathBuf};

use czei_codes::{Code as _, Fault, Place};
use czei_core::Joining;
use czei_pki::{Certificate, Crl, Encoding};
use czei_sm2::UserId;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::files::{self, MAX_SETTINGS, shown};
use crate::{Code, Error, Result};

/// Where the files that a policy or a configuration names come from.
pub trait Files {
    /// The content of a file.
    ///
    /// # Errors
    /// [`Code::FileRead`], [`Code::FileTooLarge`].
    fn read(&self, path: &Path) -> Result<Vec<u8>>;

    /// The content of a file that may have as many bytes: a CRL can be larger than anything else that is named. As
    /// [`Files::read`] unless it is said otherwise.
    ///
    /// # Errors
    /// As [`Files::read`].
    fn read_large(&self, path: &Path, limit: usize) -> Result<Vec<u8>> {
        let _ = limit;
        self.read(path)
    }

    /// The content of a file that must be closed to others.
    ///
    /// # Errors
    /// As [`Files::read`]; [`Code::SecretReadable`].
    fn read_secret(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>>;

    /// The names of the files in a folder, in any order; folders are left out.
    ///
    /// # Errors
    /// [`Code::FileRead`].
    fn names(&self, folder: &Path) -> Result<Vec<String>>;
}

/// The files of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemFiles;

impl Files for SystemFiles {
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        files::read_limited(path, MAX_SETTINGS)
    }

    fn read_large(&self, path: &Path, limit: usize) -> Result<Vec<u8>> {
        files::read_limited(path, limit)
    }

    fn read_secret(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>> {
        files::read_secret(path)
    }

    fn names(&self, folder: &Path) -> Result<Vec<String>> {
        let failed = |error: std::io::Error| files::read_failed(folder, &error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            // What a link leads to counts; a link that leads nowhere is an error when it is read.
            let is_folder = std::fs::metadata(entry.path()).is_ok_and(|found| found.is_dir());
            // A name that is not Unicode cannot match a pattern of a TOML file.
            if let (false, Ok(name)) = (is_folder, entry.file_name().into_string()) {
                names.push(name);
            }
        }
        Ok(names)
    }
}

/// The encodings of signature values by name.
pub(crate) const ENCODINGS: [(&str, Encoding); 3] = [
    (Encoding::SignedData.name(), Encoding::SignedData),
    (Encoding::Der.name(), Encoding::Der),
    (Encoding::Raw.name(), Encoding::Raw),
];

/// The folder in which the paths of a settings file begin, and its name in errors.
pub(crate) fn folder_and_name(path: &Path) -> (PathBuf, String) {
    (path.parent().unwrap_or(Path::new("")).to_path_buf(), shown(path))
}

/// A place in a settings file: the file and the key.
#[derive(Debug, Clone)]
pub(crate) struct At<'a> {
    file: &'a str,
    key: String,
}

impl<'a> At<'a> {
    pub(crate) fn file(file: &'a str) -> Self {
        At { file, key: String::new() }
    }

    /// A key of settings that come from no file.
    pub(crate) fn no_file(key: &str) -> Self {
        At { file: "", key: key.to_owned() }
    }

    /// A key below this one.
    pub(crate) fn key(&self, key: &str) -> Self {
        let key = if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) };
        At { file: self.file, key }
    }

    /// An element of this list.
    pub(crate) fn index(&self, index: usize) -> Self {
        At { file: self.file, key: format!("{}[{index}]", self.key) }
    }

    /// An error here.
    pub(crate) fn error(&self, error: impl Into<Error>) -> Error {
        let error = error.into();
        let error = if self.file.is_empty() { error } else { error.in_file(self.file) };
        if self.key.is_empty() { error } else { error.at_path(self.key.as_str()) }
    }

    /// The value with a name.
    pub(crate) fn one_of<T: Copy>(&self, name: &str, values: &[(&str, T)]) -> Result<T> {
        values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value).ok_or_else(|| {
            let fault: Fault<czei_core::Code> = czei_core::Code::SettingUnknown.fault();
            self.error(fault.expected(in_accents(values.iter().map(|(known, _)| *known))).found(format!("`{name}`")))
        })
    }

    pub(crate) fn joining(&self, name: &str) -> Result<Joining> {
        name.parse().map_err(|fault: czei_core::Error| self.error(fault))
    }

    pub(crate) fn user_id(&self, id: &str) -> Result<UserId> {
        UserId::new(id).map_err(|fault| self.error(fault))
    }

    pub(crate) fn each<T>(&self, names: &[String], read: impl Fn(&Self, &str) -> Result<T>) -> Result<Vec<T>> {
        names.iter().enumerate().map(|(index, name)| read(&self.index(index), name)).collect()
    }
}

/// Reads TOML of at most [`MAX_SETTINGS`] bytes.
pub(crate) fn parse_toml<T: DeserializeOwned>(text: &[u8], file: &str) -> Result<T> {
    let syntax = |found: String| Error::from(Code::TomlSyntax.fault().in_file(file).found(found));
    let text = std::str::from_utf8(text).map_err(|error| {
        let span = error.valid_up_to()..error.valid_up_to();
        // What stands before the bad byte is text.
        let before = std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default();
        syntax("bytes that are not UTF-8".to_owned()).at(place(file, before, Some(span), None))
    })?;
    let toml = toml::Deserializer::parse(text).map_err(|error| {
        let place = place(file, text, error.span(), None);
        syntax(first_line(error.message())).at(place)
    })?;
    serde_path_to_error::deserialize(toml).map_err(|error| {
        let key = error.path().to_string();
        let inner = error.inner();
        let place = place(file, text, inner.span(), Some(key).filter(|key| key != "."));
        shape_error(inner.message()).at(place)
    })
}

/// toml tells its kinds of data errors apart in the message only.
pub(crate) fn shape_error(message: &str) -> Error {
    let message = first_line(message);
    let quoted = |text: &str| format!("`{}`", text.split('`').nth(1).unwrap_or(text));
    if message.starts_with("unknown field") {
        let (found, expected) = message.split_once(", expected ").unwrap_or((&message, ""));
        let known: Vec<_> = expected.split('`').skip(1).step_by(2).collect();
        let fault = Code::TomlUnknownKey.fault().found(quoted(found));
        return if known.is_empty() { fault.into() } else { fault.expected(in_accents(known)).into() };
    }
    if message.starts_with("missing field") {
        return Code::TomlMissing.fault().expected(quoted(&message)).into();
    }
    let (found, expected) = message.split_once(", expected ").unwrap_or((&message, ""));
    let found = found.strip_prefix("invalid type: ").or(found.strip_prefix("invalid value: ")).unwrap_or(found);
    let fault = Code::TomlType.fault().found(found);
    match expected {
        "" => fault.into(),
        "u16" | "u32" | "u64" | "usize" => fault.expected("a whole number").into(),
        expected => fault.expected(expected).into(),
    }
}

/// Names in a message, between grave accents, so that they are not read as words.
pub(crate) fn in_accents<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" | ")
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(200).collect()
}

fn place(file: &str, text: &str, span: Option<std::ops::Range<usize>>, path: Option<String>) -> Place {
    let before = span.and_then(|span| text.get(..span.start));
    let line = before.map(|before| before.matches('\n').count() + 1);
    let column = before.map(|before| before.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
    let number = |value: Option<usize>| value.and_then(|value| u32::try_from(value).ok());
    Place { file: Some(file.to_owned()), line: number(line), column: number(column), path }
}

pub(crate) fn check_version(v: u32, at: &At<'_>) -> Result<()> {
    if v == 1 {
        return Ok(());
    }
    Err(at.key("v").error(Code::TomlVersion.fault().expected("1").found(v.to_string())))
}

/// Prefixes of a 6-digit area code.
pub(crate) fn check_areas(areas: &[String], at: &At<'_>) -> Result<()> {
    let is_prefix = |area: &str| (1..=6).contains(&area.len()) && area.bytes().all(|byte| byte.is_ascii_digit());
    match areas.iter().position(|area| !is_prefix(area)) {
        None => Ok(()),
        Some(index) => {
            let fault = Code::SettingValue.fault().expected("1 to 6 digits").found(areas[index].as_str());
            Err(at.index(index).error(fault))
        }
    }
}

/// The certificates of a file, PEM or DER; errors name the file.
pub(crate) fn read_certificates(path: &Path, files: &dyn Files) -> Result<Vec<Certificate>> {
    let bytes = files.read(path)?;
    Certificate::many_from_pem_or_der(&bytes).map_err(|fault| Error::from(fault).in_file(shown(path)))
}

/// The CRLs of a file, one in DER or any number in PEM; errors name the file.
pub(crate) fn read_crls(path: &Path, files: &dyn Files) -> Result<Vec<Crl>> {
    // As much again for base64.
    let bytes = files.read_large(path, 2 * Crl::MAX_BYTES)?;
    Crl::many_from_pem_or_der(&bytes).map_err(|fault| Error::from(fault).in_file(shown(path)))
}

/// A secret as a value: the bytes of a file without one line end after them.
pub(crate) fn read_secret_value(path: &Path, files: &dyn Files) -> Result<Zeroizing<Vec<u8>>> {
    let mut secret = files.read_secret(path)?;
    if secret.last() == Some(&b'\n') {
        secret.pop();
        if secret.last() == Some(&b'\r') {
            secret.pop();
        }
    }
    if secret.is_empty() {
        return Err(Code::SecretEmpty.fault().in_file(shown(path)).into());
    }
    Ok(secret)
}

/// The files that a pattern names, sorted by name. Only `*` in the last component is special, and
/// it passes hidden files over.
pub(crate) fn matching_files(folder: &Path, pattern: &str, at: &At<'_>, files: &dyn Files) -> Result<Vec<PathBuf>> {
    let (parent, last) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    if parent.contains('*') {
        let fault = Code::SettingValue.fault().expected("* only after the last /").found(format!("`{pattern}`"));
        return Err(at.error(fault));
    }
    if !last.contains('*') {
        return Ok(vec![folder.join(pattern)]);
    }
    let parent = match pattern.starts_with('/') && parent.is_empty() {
        true => PathBuf::from("/"),
        false => folder.join(parent),
    };
    // `read_dir("")` names no folder.
    let listed = if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.clone() };
    let hidden = |name: &str| name.starts_with('.') && !last.starts_with('.');
    let mut names: Vec<_> =
        files.names(&listed)?.into_iter().filter(|name| !hidden(name) && matches(last, name)).collect();
    if names.is_empty() {
        return Err(at.error(Code::PatternEmpty.fault().found(shown(&parent.join(last)))));
    }
    names.sort();
    Ok(names.into_iter().map(|name| parent.join(name)).collect())
}

/// Whether a name fits a pattern in which each `*` stands for any characters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| name.strip_prefix(start)) else { return false };
    let Some(end) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        // The leftmost place leaves the most for the parts that follow.
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(end)
}

/// A fingerprint as certificates write theirs, `sm3:` and 64 lower-case hex characters; capitals are read too.
pub(crate) fn fingerprint(text: &str) -> Option<String> {
    let digits = text.strip_prefix("sm3:").or_else(|| text.strip_prefix("SM3:"))?;
    let is_digest = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, fits) in [
            ("*.crt", "a.crt", true),
            ("*.crt", ".crt", true),
            ("*.crt", "a.crt.bak", false),
            ("*", "anything", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("**", "", true),
            ("*示例*.crt", "市示例单位.crt", true),
            ("a.crt", "a.crt", true),
            ("a.crt", "b.crt", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn fingerprints_are_64_hex_characters() {
        let written = format!("sm3:01{}", "aB".repeat(31));
        assert_eq!(fingerprint(&written), Some(written.to_lowercase()));
        assert_eq!(fingerprint(&written.to_uppercase()), Some(written.to_lowercase()));
        let (digits, odd) = ("ab".repeat(32), "é".repeat(32));
        let bad =
            ["", "sm3:", "ab", &digits, &format!("Sm3:{digits}"), &format!("sm3:{digits}0"), &format!("sm3:{odd}")];
        for bad in bad {
            assert_eq!(fingerprint(bad), None, "{bad}");
        }
    }
}
