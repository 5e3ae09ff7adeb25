//! `czei cert show`.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei::pki::{Crl, FileObject};
use czei::sm2::VerifyingKey;
use czei::{Certificate, CliCode, CliError, Clock as _, SystemClock};
use serde::Serialize;

use super::view::{CertificateJson, CertificateView, CrlJson, CrlView, PublicKeyJson, RequestJson, RequestView};
use crate::Run;
use crate::arguments::cert::Show;
use crate::commands::each_file::EachFile;
use crate::commands::key::{KeyJson, KeyView};
use crate::commands::password::PasswordSource;
use crate::commands::receipts;
use crate::failure::Result;
use crate::output::Output;
use crate::shown;

/// A file in PEM is longer than what it holds by a third and the ends of its lines.
pub(super) const MAX_FILE: usize = Crl::MAX_BYTES / 2 * 3;

pub(crate) fn run(arguments: &Show, output: &mut Output) -> Run {
    let mut password = PasswordSource::new(&arguments.password, output.language);
    if password.is_standard_input() && arguments.files.iter().any(|file| file.as_os_str() == "-") {
        return Err(CliError::new(CliCode::StandardInputTwice).found("--password-file - -").into());
    }
    let now = SystemClock.now().to_utc();
    let mut each = EachFile::default();
    for path in &arguments.files {
        let shown = one(path, &mut password, arguments.pem, now, output);
        each.done(path, shown, output)?;
    }
    Ok(each.ended())
}

fn one(path: &Path, password: &mut PasswordSource, pem: bool, now: DateTime<Utc>, output: &mut Output) -> Result<()> {
    let bytes = zeroize::Zeroizing::new(receipts::read(path, MAX_FILE)?);
    let name = shown::path(path);
    let objects = FileObject::all(&bytes).map_err(|error| czei::Error::from(error).in_file(name.as_str()))?;
    if objects.is_empty() {
        return Err(CliError::new(CliCode::FileNotRecognised).in_file(name).into());
    }
    let has_certificates = objects.iter().any(|object| matches!(object, FileObject::Certificate(_)));
    let is_file_alone = objects.len() == 1;
    let mut shower = Shower { name: &name, pem: pem && !output.json, now, number: 0, is_file_alone, output };
    for object in &objects {
        match object {
            FileObject::Certificate(certificate) => shower.certificate(certificate)?,
            FileObject::Crl(crl) => shower.crl(crl)?,
            FileObject::Request(request) => shower.request(&RequestView::new(request))?,
            FileObject::PublicKey(key) => shower.public_key(key)?,
            // The certificates beside a key can be seen without its password.
            FileObject::KeyFile if has_certificates => {}
            FileObject::KeyFile => {
                let file = password.open(path, &bytes)?;
                shower.key(&KeyView::new(path, &file))?;
                shower.is_file_alone = false;
                file.certificates().iter().try_for_each(|certificate| shower.certificate(certificate))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Shows the objects of one file.
struct Shower<'a> {
    name: &'a str,
    pem: bool,
    now: DateTime<Utc>,
    number: usize,
    is_file_alone: bool,
    output: &'a mut Output,
}

impl Shower<'_> {
    /// The line above an object, which tells it from the others of its file.
    fn title(&mut self, zh: &str, en: &str) -> Result<()> {
        self.number += 1;
        let number = if self.is_file_alone { String::new() } else { format!(" [{}]", self.number) };
        let what = self.output.language.pick(zh, en);
        self.output.line(&format!("{}{number}  {what}", self.name))
    }

    fn certificate(&mut self, certificate: &Arc<Certificate>) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            v: u32,
            file: &'a str,
            certificate: CertificateJson,
        }
        if self.pem {
            return self.output.bytes(certificate.to_pem().as_bytes());
        }
        let view = CertificateView::new(certificate, self.now);
        if self.output.json {
            return self.output.object(&Line { v: 1, file: self.name, certificate: view.json() });
        }
        self.title("证书", "certificate")?;
        view.text(self.output)
    }

    fn crl(&mut self, crl: &Crl) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            v: u32,
            file: &'a str,
            crl: CrlJson,
        }
        if self.pem {
            return Ok(());
        }
        let view = CrlView::new(crl, self.now);
        if self.output.json {
            return self.output.object(&Line { v: 1, file: self.name, crl: view.json() });
        }
        self.title("证书吊销列表", "revocation list")?;
        view.text(self.output)
    }

    fn request(&mut self, view: &RequestView<'_>) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            v: u32,
            file: &'a str,
            request: RequestJson,
        }
        if self.pem {
            return Ok(());
        }
        if self.output.json {
            return self.output.object(&Line { v: 1, file: self.name, request: view.json() });
        }
        self.title("证书申请", "certification request")?;
        view.text(self.output)
    }

    fn public_key(&mut self, key: &VerifyingKey) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            v: u32,
            file: &'a str,
            public_key: PublicKeyJson,
        }
        if self.pem {
            return Ok(());
        }
        let view = PublicKeyJson::new(key);
        if self.output.json {
            return self.output.object(&Line { v: 1, file: self.name, public_key: view });
        }
        self.title("公钥", "public key")?;
        view.text(self.output)
    }

    fn key(&mut self, view: &KeyView<'_>) -> Result<()> {
        #[derive(Serialize)]
        struct Line {
            v: u32,
            key: KeyJson,
        }
        if self.pem {
            return Ok(());
        }
        if self.output.json {
            return self.output.object(&Line { v: 1, key: view.json() });
        }
        self.output.line(&format!("{}  {}", self.name, self.output.language.pick("密钥文件", "key file")))?;
        view.text_of_key(self.output)
    }
}
