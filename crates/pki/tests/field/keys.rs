//! Key files: the key that is in them, opened with the password that opens them, and none opened
//! without it; or the reason why there is none.

use czei_pki::{Code, Error, KeyFile, Password, read_public_key};

use crate::table::Row;

pub(crate) fn judge(row: &Row, bytes: &[u8]) -> Result<(), String> {
    match row.words()[..] {
        ["read", _] => read(row, bytes),
        ["password-wrong", password] => {
            without_password(bytes)?;
            refused(bytes, Some(password), &[Code::PasswordWrong])
        }
        ["refused", why] => refused(bytes, row.value("password"), reasons(why)),
        ["refused", why, password] => refused(bytes, Some(password), reasons(why)),
        ["public-key", "on-curve"] => {
            refused(bytes, None, &[Code::PrivateKeyMalformed, Code::KeyFileNoKey])?;
            read_public_key(bytes).map(drop).map_err(|fault| fault.to_string())
        }
        _ => Err("no such expectation".into()),
    }
}

/// The codes that say what a word of the table says.
fn reasons(why: &str) -> &'static [Code] {
    match why {
        "no-key" => &[Code::PemNoBlock, Code::KeyFileNoKey],
        "malformed" | "content-type" => &[Code::PrivateKeyMalformed],
        "range" => &[Code::PrivateKeyRange],
        "not-sm2" => &[Code::PrivateKeyNotSm2],
        "unsupported" => &[Code::KeyAlgorithmUnsupported],
        _ => &[],
    }
}

fn read(row: &Row, bytes: &[u8]) -> Result<(), String> {
    let password = row.value("password");
    if password.is_some() {
        without_password(bytes)?;
        refused(bytes, Some("not the password"), &[Code::PasswordWrong])?;
    }
    let file = open(bytes, password).map_err(|fault| fault.to_string())?;
    let mut values: Vec<(&str, String)> = Vec::new();
    values.extend(password.map(|password| ("password", password.to_owned())));
    if row.value("x").is_some() {
        let point = file.key().verifying_key().to_sec1();
        values.push(("x", point[1..33].iter().map(|octet| format!("{octet:02x}")).collect()));
    }
    if row.value("certificates").is_some() {
        values.push(("certificates", file.certificates().len().to_string()));
        let own = file.certificate().ok_or("no certificate of the key")?;
        if own.verifying_key().ok() != Some(file.key().verifying_key()) {
            return Err("the certificate is not of the key".into());
        }
    }
    row.compare(&["read", file.format().name()], &values)
}

fn without_password(bytes: &[u8]) -> Result<(), String> {
    refused(bytes, None, &[Code::PasswordNeeded])
}

fn refused(bytes: &[u8], password: Option<&str>, codes: &[Code]) -> Result<(), String> {
    match open(bytes, password) {
        Ok(_) => Err(format!("read with the password {password:?}")),
        Err(fault) if codes.contains(&fault.code()) => Ok(()),
        Err(fault) => Err(format!("with the password {password:?} refused: {:?} {fault}", fault.code())),
    }
}

fn open(bytes: &[u8], password: Option<&str>) -> Result<KeyFile, Error> {
    KeyFile::read(bytes, password.map(Password::new).as_ref())
}
