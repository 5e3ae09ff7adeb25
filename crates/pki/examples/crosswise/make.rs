//! What this crate writes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use czei_pki::{
    CaTemplate, Certificate, CertificateTemplate, Compat, Covered, CrlTemplate, Encoding, EncryptionSettings,
    KeyEncryption, KeyUsage, Name, Password, RequestTemplate, RevocationReason, RevokedEntry, SignatureOid,
    SignatureRequest, SignedDataForm, to_encrypted_pkcs8_pem, to_pkcs8_pem, to_pkcs12, to_sec1_pem,
};
use czei_sm2::{Message, SigningKey, SystemEntropy, UserId};

use crate::Result;

/// Fills a folder and writes its manifest: file and format, a line each.
pub(crate) fn all(dir: &Path, content: &[u8], password: &Password) -> Result {
    let mut made = Made { dir, manifest: String::new(), now: SystemTime::now().into() };
    let tree = made.tree()?;
    made.lists(&tree)?;
    made.keys(&tree, password)?;
    made.signatures(&tree, content)?;
    Ok(fs::write(dir.join("manifest.tsv"), made.manifest)?)
}

struct Identity {
    key: SigningKey,
    certificate: Arc<Certificate>,
}

struct Tree {
    sub: Identity,
    leaf: Identity,
    other: Identity,
}

struct Made<'a> {
    dir: &'a Path,
    manifest: String,
    now: DateTime<Utc>,
}

impl Made<'_> {
    fn write(&mut self, name: &str, format: &str, bytes: impl AsRef<[u8]>) -> Result {
        if !format.is_empty() {
            self.manifest += &format!("{name}\t{format}\n");
        }
        Ok(fs::write(self.dir.join(name), bytes)?)
    }

    fn tree(&mut self) -> Result<Tree> {
        let root = self.issue("root", 1, None, Some(CaTemplate { path_len: None }))?;
        let sub = self.issue("sub", 2, Some(&root), Some(CaTemplate { path_len: Some(0) }))?;
        let leaf = self.issue("leaf", 3, Some(&sub), None)?;
        let other = self.issue("other", 4, Some(&sub), None)?;
        Ok(Tree { sub, leaf, other })
    }

    fn issue(&mut self, name: &str, serial: u8, issuer: Option<&Identity>, ca: Option<CaTemplate>) -> Result<Identity> {
        let usage = match ca {
            Some(_) => KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN,
            None => KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION,
        };
        let template = CertificateTemplate {
            subject: subject(name)?,
            serial: vec![serial],
            not_before: self.now - TimeDelta::hours(1),
            not_after: self.now + TimeDelta::days(365),
            ca,
            key_usage: Some(usage),
            extensions: Vec::new(),
        };
        let key = SigningKey::generate()?;
        let certificate = match issuer {
            Some(issuer) => template.sign_by(&issuer.key, &issuer.certificate, key.verifying_key())?,
            None => template.self_sign(&key)?,
        };
        self.write(&format!("{name}.crt"), if name == "leaf" { "certificate" } else { "" }, certificate.to_pem())?;
        Ok(Identity { key, certificate: Arc::new(certificate) })
    }

    fn lists(&mut self, tree: &Tree) -> Result {
        let request = RequestTemplate { subject: subject("leaf")?, extensions: Vec::new() };
        self.write("leaf.csr", "request", request.sign(&tree.leaf.key)?.to_pem())?;
        let entry = RevokedEntry {
            serial: tree.other.certificate.serial().to_vec(),
            revoked_at: self.now - TimeDelta::minutes(30),
            reason: Some(RevocationReason::Superseded),
            invalid_since: None,
        };
        let plain = RevokedEntry { reason: None, ..entry.clone() };
        let v2 = CrlTemplate { entries: vec![entry], ..CrlTemplate::new(self.now) };
        let v1 = CrlTemplate { version: 1, number: None, entries: vec![plain], ..v2.clone() };
        for (name, format, template) in [("v2.crl", "crl-v2", v2), ("v1.crl", "crl-v1", v1)] {
            self.write(name, format, template.sign(&tree.sub.key, &tree.sub.certificate)?.der())?;
        }
        Ok(())
    }

    fn keys(&mut self, tree: &Tree, password: &Password) -> Result {
        let key = &tree.leaf.key;
        self.write("key.pem", "key-pkcs8", to_pkcs8_pem(key).as_bytes())?;
        self.write("sec1.pem", "key-sec1", to_sec1_pem(key).as_bytes())?;
        let certificates = [Arc::clone(&tree.leaf.certificate), Arc::clone(&tree.sub.certificate)];
        for (encryption, pkcs8, pkcs12) in [
            (KeyEncryption::Aes256Sha256, "key-aes-sha256", "key-pkcs12"),
            (KeyEncryption::Sm4Sm3, "key-sm4-sm3", "key-pkcs12-sm3"),
        ] {
            // Few turns: the matrix reads each file many times, and guards nothing.
            let settings = EncryptionSettings { encryption, iterations: 2048 };
            let encrypted = to_encrypted_pkcs8_pem(key, password, &settings, &mut SystemEntropy)?;
            self.write(&format!("{pkcs8}.pem"), pkcs8, encrypted)?;
            let store = to_pkcs12(key, &certificates, "leaf", password, &settings, &mut SystemEntropy)?;
            self.write(&format!("{pkcs12}.p12"), pkcs12, store)?;
        }
        Ok(())
    }

    fn signatures(&mut self, tree: &Tree, content: &[u8]) -> Result {
        let mut sign = |name: &str, format: &str, encoding, form| -> Result {
            // In two halves, as a receipt is signed.
            let (head, tail) = content.split_at(content.len() / 2);
            let certificate = &tree.leaf.certificate;
            let parts = [head, tail];
            let request = SignatureRequest::new(encoding, form, certificate, &UserId::DEFAULT, &parts, Some(self.now))?;
            let signature = tree.leaf.key.sign(Message::Digest(request.digest()))?;
            let value = request.finish(&signature)?;
            self.write(name, format, value)
        };
        let any = SignedDataForm::gm();
        sign("signature.der", "raw-der", Encoding::Der, any)?;
        sign("signature.rs", "raw-rs", Encoding::Raw, any)?;
        for form in SignedDataForm::all() {
            if let Some(format) = format_of(&form) {
                sign(&format!("{format}.p7"), &format, Encoding::SignedData, form)?;
            }
        }
        for compat in Compat::ALL {
            sign(
                &format!("{}.p7", compat.name()),
                compat.name(),
                Encoding::SignedData,
                SignedDataForm::compat(compat),
            )?;
        }
        Ok(())
    }
}

/// The row of the matrix that a form belongs to: those that other implementations write.
fn format_of(form: &SignedDataForm) -> Option<String> {
    let base =
        SignedDataForm { family: form.family, covered: form.covered, attached: form.attached, ..SignedDataForm::gm() };
    let algorithm = match form {
        form if *form == base => "501",
        form if *form == SignedDataForm { algorithm: SignatureOid::Sm2Signature, null_parameters: true, ..base } => {
            "301.1"
        }
        _ => return None,
    };
    let covered = match form.covered {
        Covered::Content => "",
        Covered::Attributes { signing_time: true } => "-attributes",
        _ => return None,
    };
    let family = format!("{:?}", form.family).to_lowercase();
    Some(format!("sd-{family}-{algorithm}{covered}{}", if form.attached { "-attached" } else { "" }))
}

fn subject(name: &str) -> Result<Name> {
    Ok(Name::parse_rfc4514(&format!("CN=czei {name},O=交叉验证,C=CN"))?)
}
