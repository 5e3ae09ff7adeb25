//! Certificates, CRLs and requests as they are shown. Nothing of it is verified.

use chrono::{DateTime, Utc};
use czei::Certificate;
use czei::pki::{BasicConstraints, CertificateRequest, Crl};
use czei::sm2::VerifyingKey;
use serde::Serialize;

use super::{days_left, key_usage, key_usage_names, time};
use crate::failure::Result;
use crate::language::Language;
use crate::output::Output;
use crate::problem::{self, ProblemJson};
use crate::shown;

#[derive(Serialize)]
pub(super) struct CertificateJson {
    subject: String,
    issuer: String,
    serial: String,
    version: u8,
    not_before: String,
    not_after: String,
    days_left: i64,
    key_usage: Option<Vec<String>>,
    ca: Option<bool>,
    path_len: Option<u32>,
    encryption_certificate: bool,
    subject_key_id: Option<String>,
    authority_key_id: Option<String>,
    signature_algorithm: String,
    key_algorithm: String,
    public_key: Option<String>,
    crl_urls: Vec<String>,
    fingerprint: String,
    pem: String,
    problems: Vec<ProblemJson>,
}

/// A certificate at a time.
pub(super) struct CertificateView<'a> {
    certificate: &'a Certificate,
    now: DateTime<Utc>,
    problems: Vec<czei::Error>,
}

impl<'a> CertificateView<'a> {
    pub(super) fn new(certificate: &'a Certificate, now: DateTime<Utc>) -> Self {
        let mut problems: Vec<_> = certificate.problems().into_iter().map(czei::Error::from).collect();
        problems.extend(certificate.verifying_key().err().map(czei::Error::from));
        problems.extend(certificate.crl_urls().err().map(czei::Error::from));
        CertificateView { certificate, now, problems }
    }

    pub(super) fn json(&self) -> CertificateJson {
        let certificate = self.certificate;
        let hex = |bytes: Option<&[u8]>| bytes.map(shown::hex);
        let constraints = certificate.basic_constraints();
        CertificateJson {
            subject: certificate.subject().to_rfc4514(),
            issuer: certificate.issuer().to_rfc4514(),
            serial: certificate.serial_hex(),
            version: certificate.version(),
            not_before: time(certificate.not_before()),
            not_after: time(certificate.not_after()),
            days_left: certificate.days_left(self.now),
            key_usage: certificate.key_usage().map(key_usage_names),
            ca: constraints.map(|constraints| constraints.ca),
            path_len: constraints.and_then(|constraints| constraints.path_len),
            encryption_certificate: certificate.is_encryption_certificate(),
            subject_key_id: hex(certificate.subject_key_id()),
            authority_key_id: hex(certificate.authority_key_id()),
            signature_algorithm: certificate.signature_algorithm().to_owned(),
            key_algorithm: certificate.key_algorithm(),
            public_key: certificate.verifying_key().ok().map(|key| shown::hex(&key.to_sec1())),
            crl_urls: certificate.crl_urls().unwrap_or_default().into_iter().map(str::to_owned).collect(),
            fingerprint: certificate.fingerprint(),
            pem: certificate.to_pem(),
            problems: ProblemJson::all(&self.problems),
        }
    }

    pub(super) fn text(&self, output: &mut Output) -> Result<()> {
        let (certificate, language) = (self.certificate, output.language);
        let not_stated = || language.pick("未注明", "not stated").to_owned();
        let hex = |bytes: Option<&[u8]>| bytes.map_or_else(|| "-".to_owned(), shown::hex);
        let days = days_left(certificate.days_left(self.now), language);
        let mut usage = certificate.key_usage().map_or_else(not_stated, |usage| key_usage(usage, language));
        if certificate.is_encryption_certificate() {
            usage += language.pick(
                "（双证书中的加密证书，不能用于签名）",
                " (the encryption certificate of a pair: not for signing)",
            );
        }
        let mut rows = vec![
            (language.pick("主体", "subject"), certificate.subject().to_rfc4514()),
            (language.pick("颁发者", "issuer"), certificate.issuer().to_rfc4514()),
            (language.pick("序列号", "serial"), certificate.serial_hex()),
            (
                language.pick("有效期", "valid"),
                format!("{} – {} ({days})", time(certificate.not_before()), time(certificate.not_after())),
            ),
            (language.pick("密钥用途", "key usage"), usage),
            (language.pick("基本限制", "basic constraints"), constraints(certificate.basic_constraints(), language)),
            (language.pick("密钥标识", "key id"), hex(certificate.subject_key_id())),
            (language.pick("颁发者密钥标识", "authority key id"), hex(certificate.authority_key_id())),
            (language.pick("签名算法", "signature algorithm"), algorithm(certificate.signature_algorithm())),
            (language.pick("公钥形式", "key algorithm"), certificate.key_algorithm()),
        ];
        if let Ok(key) = certificate.verifying_key() {
            rows.push((language.pick("公钥", "public key"), shown::hex(&key.to_sec1())));
        }
        for url in certificate.crl_urls().unwrap_or_default() {
            rows.push((language.pick("CRL 地址", "CRL at"), url.to_owned()));
        }
        rows.push((language.pick("指纹", "fingerprint"), certificate.fingerprint()));
        write(&rows, &self.problems, output)
    }
}

#[derive(Serialize)]
pub(super) struct CrlJson {
    issuer: String,
    version: u8,
    this_update: String,
    next_update: Option<String>,
    days_left: Option<i64>,
    number: Option<String>,
    entries: usize,
    authority_key_id: Option<String>,
    signature_algorithm: String,
    usable: bool,
    fingerprint: String,
    problems: Vec<ProblemJson>,
}

/// A CRL at a time.
pub(super) struct CrlView<'a> {
    crl: &'a Crl,
    now: DateTime<Utc>,
    problems: Vec<czei::Error>,
}

impl<'a> CrlView<'a> {
    pub(super) fn new(crl: &'a Crl, now: DateTime<Utc>) -> Self {
        let problems = crl.check_usable().err().map(czei::Error::from).into_iter().collect();
        CrlView { crl, now, problems }
    }

    fn days_left(&self) -> Option<i64> {
        let next = self.crl.next_update()?;
        Some((next.timestamp() - self.now.timestamp()).div_euclid(86_400))
    }

    pub(super) fn json(&self) -> CrlJson {
        let crl = self.crl;
        CrlJson {
            issuer: crl.issuer().to_rfc4514(),
            version: crl.version(),
            this_update: time(crl.this_update()),
            next_update: crl.next_update().map(time),
            days_left: self.days_left(),
            number: crl.number_hex(),
            entries: crl.len(),
            authority_key_id: crl.authority_key_id().map(shown::hex),
            signature_algorithm: crl.signature_algorithm().to_owned(),
            usable: crl.check_usable().is_ok(),
            fingerprint: fingerprint(crl.der()),
            problems: ProblemJson::all(&self.problems),
        }
    }

    pub(super) fn text(&self, output: &mut Output) -> Result<()> {
        let (crl, language) = (self.crl, output.language);
        let next = match (crl.next_update(), self.days_left()) {
            (Some(next), Some(days)) => format!("{} ({})", time(next), days_left(days, language)),
            _ => language.pick("未注明", "not stated").to_owned(),
        };
        let rows = [
            (language.pick("颁发者", "issuer"), crl.issuer().to_rfc4514()),
            (language.pick("版本", "version"), crl.version().to_string()),
            (language.pick("签发", "this update"), time(crl.this_update())),
            (language.pick("下次签发", "next update"), next),
            (language.pick("编号", "number"), crl.number_hex().unwrap_or_else(|| "-".to_owned())),
            (language.pick("吊销的证书数", "revoked certificates"), crl.len().to_string()),
            (
                language.pick("颁发者密钥标识", "authority key id"),
                crl.authority_key_id().map_or_else(|| "-".to_owned(), shown::hex),
            ),
            (language.pick("签名算法", "signature algorithm"), algorithm(crl.signature_algorithm())),
            (language.pick("指纹", "fingerprint"), fingerprint(crl.der())),
        ];
        write(&rows, &self.problems, output)
    }
}

#[derive(Serialize)]
pub(super) struct RequestJson {
    subject: String,
    public_key: String,
    key_fingerprint: String,
    extensions: Vec<String>,
    user_id: Option<String>,
    pem: String,
    problems: Vec<ProblemJson>,
}

/// A certification request; its signature proves that whoever asks has the key, and is checked.
pub(super) struct RequestView<'a> {
    request: &'a CertificateRequest,
    user_id: Option<String>,
    problems: Vec<czei::Error>,
}

impl<'a> RequestView<'a> {
    pub(super) fn new(request: &'a CertificateRequest) -> Self {
        let user_ids = [czei::sm2::UserId::DEFAULT];
        let (user_id, problem) = match request.verify(&user_ids) {
            Ok(user_id) => (Some(String::from_utf8_lossy(user_id.as_bytes()).into_owned()), None),
            Err(error) => (None, Some(czei::Error::from(error))),
        };
        RequestView { request, user_id, problems: problem.into_iter().collect() }
    }

    pub(super) fn json(&self) -> RequestJson {
        let request = self.request;
        RequestJson {
            subject: request.subject().to_rfc4514(),
            public_key: shown::hex(&request.verifying_key().to_sec1()),
            key_fingerprint: czei::key_fingerprint(request.verifying_key()),
            extensions: request.extensions().iter().map(|extension| extension.oid.clone()).collect(),
            user_id: self.user_id.clone(),
            pem: request.to_pem(),
            problems: ProblemJson::all(&self.problems),
        }
    }

    pub(super) fn text(&self, output: &mut Output) -> Result<()> {
        let (request, language) = (self.request, output.language);
        let signature = match &self.user_id {
            Some(user_id) => format!("{} {user_id}", language.pick("有效，用户标识", "valid, user id")),
            None => language.pick("无效", "not valid").to_owned(),
        };
        let extensions: Vec<_> = request.extensions().iter().map(|extension| extension.oid.as_str()).collect();
        let extensions = if extensions.is_empty() { "-".to_owned() } else { extensions.join(", ") };
        let rows = [
            (language.pick("主体", "subject"), request.subject().to_rfc4514()),
            (language.pick("公钥", "public key"), shown::hex(&request.verifying_key().to_sec1())),
            (language.pick("公钥指纹", "key fingerprint"), czei::key_fingerprint(request.verifying_key())),
            (language.pick("扩展", "extensions"), extensions),
            (language.pick("签名", "signature"), signature),
        ];
        write(&rows, &self.problems, output)
    }
}

/// A public key by itself.
#[derive(Serialize)]
pub(super) struct PublicKeyJson {
    public_key: String,
    fingerprint: String,
}

impl PublicKeyJson {
    pub(super) fn new(key: &VerifyingKey) -> Self {
        PublicKeyJson { public_key: shown::hex(&key.to_sec1()), fingerprint: czei::key_fingerprint(key) }
    }

    pub(super) fn text(&self, output: &mut Output) -> Result<()> {
        let language = output.language;
        let rows = [
            (language.pick("公钥", "public key"), self.public_key.clone()),
            (language.pick("公钥指纹", "fingerprint"), self.fingerprint.clone()),
        ];
        write(&rows, &[], output)
    }
}

fn write(rows: &[(&str, String)], problems: &[czei::Error], output: &mut Output) -> Result<()> {
    for (label, value) in rows {
        output.line(&format!("  {label}: {}", shown::text(value)))?;
    }
    problem::lines(problems, output)
}

pub(super) fn constraints(constraints: Option<BasicConstraints>, language: Language) -> String {
    match constraints {
        None => language.pick("未注明", "not stated").to_owned(),
        Some(BasicConstraints { ca: false, .. }) => language.pick("最终实体", "end entity").to_owned(),
        Some(BasicConstraints { ca: true, path_len: None }) => language.pick("证书认证机构", "authority").to_owned(),
        Some(BasicConstraints { ca: true, path_len: Some(bound) }) => match language {
            Language::Zh => format!("证书认证机构，其下至多 {bound} 级"),
            Language::En => format!("authority, at most {bound} below it"),
        },
    }
}

/// The identifier, with its name where it is the one of SM2 with SM3.
fn algorithm(oid: &str) -> String {
    if oid == "1.2.156.10197.1.501" { format!("{oid} SM2-SM3") } else { oid.to_owned() }
}

fn fingerprint(der: &[u8]) -> String {
    format!("sm3:{}", shown::hex(&czei::sm2::Sm3::digest(der)))
}
