//! What this crate reads.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use czei_pki::{
    Certificate, CertificateRequest, CertificateStore, ChainLimits, Code, Compat, Crl, CrlStore, Encoding,
    JudgeSettings, Judgement, KeyFile, Outcome, Password, Purpose, RevocationRule, RevocationStatus, SignatureValue,
    Times,
};
use czei_sm2::{Message, UserId};

use crate::Result;

/// One line of a list: number, format, folder, file, content, user id.
struct Row<'a> {
    format: &'a str,
    dir: &'a Path,
    bytes: Vec<u8>,
    content: PathBuf,
    user_id: UserId,
    leaf: Arc<Certificate>,
}

/// The answer to a line: its number, `ok` or `refused`, and the code's name with the rest.
pub(crate) fn answer(line: &str, password: &Password) -> Result<String> {
    let [number, format, dir, file, content, user_id] = line.split('\t').collect::<Vec<_>>()[..] else {
        return Err(format!("not six columns: {line}").into());
    };
    let dir = Path::new(dir);
    let row = Row {
        format,
        dir,
        bytes: fs::read(dir.join(file))?,
        content: content.into(),
        user_id: UserId::new(user_id.as_bytes())?,
        leaf: certificate(dir, "leaf.crt")?,
    };
    Ok(match row.read(password) {
        Ok(()) => format!("{number}\tok\t"),
        Err(why) => format!("{number}\trefused\t{why}"),
    })
}

fn certificate(dir: &Path, name: &str) -> Result<Arc<Certificate>> {
    Ok(Arc::new(Certificate::from_pem_or_der(&fs::read(dir.join(name))?)?))
}

/// A refusal as the driver reads it: the name of the code first.
fn refusal(fault: &czei_pki::Error) -> String {
    format!("{} {fault}", fault.entry().name)
}

type Answer = std::result::Result<(), String>;

impl Row<'_> {
    fn read(&self, password: &Password) -> Answer {
        let fault = |fault: czei_pki::Error| refusal(&fault);
        match self.format {
            "certificate" | "certificate-shape" => {
                let certificate = Arc::new(Certificate::from_pem_or_der(&self.bytes).map_err(fault)?);
                self.judge(&certificate)
            }
            "request" => {
                let request = CertificateRequest::from_pem_or_der(&self.bytes).map_err(fault)?;
                request.verify(&[UserId::DEFAULT]).map_err(fault)?;
                same_key(request.verifying_key() == self.leaf.verifying_key().map_err(fault)?)
            }
            format if format.starts_with("crl-") => self.crl(),
            format if format.starts_with("key-") => self.key(password),
            _ => self.signature(),
        }
    }

    /// A certificate under the root of its folder, without a look at revocation.
    fn judge(&self, certificate: &Arc<Certificate>) -> Answer {
        let (root, sub) = (self.store("root.crt")?, self.store("sub.crt")?);
        passed(&judge(&root, &sub, &CrlStore::new(), RevocationRule::Off, certificate))
    }

    /// One certificate of the folder.
    fn store(&self, name: &str) -> std::result::Result<CertificateStore, String> {
        let mut store = CertificateStore::new();
        store.add(certificate(self.dir, name).map_err(|error| error.to_string())?);
        Ok(store)
    }

    /// Under this CRL of the sub CA the leaf is good and the other one revoked.
    fn crl(&self) -> Answer {
        let crl = Crl::from_pem_or_der(&self.bytes).map_err(|fault| refusal(&fault))?;
        let mut crls = CrlStore::new();
        crls.add(Arc::new(crl));
        let (anchors, store) = (self.store("sub.crt")?, CertificateStore::new());
        let other = certificate(self.dir, "other.crt").map_err(|error| error.to_string())?;
        passed(&judge(&anchors, &store, &crls, RevocationRule::Required, &self.leaf))?;
        let other = judge(&anchors, &store, &crls, RevocationRule::Required, &other);
        let codes = [Code::CertificateRevoked, Code::CertificateCompromised];
        let revoked = other.faults().iter().any(|fault| codes.contains(&fault.code()));
        if other.outcome() == Outcome::Failed && revoked {
            Ok(())
        } else {
            Err(format!("other is {:?}", other.faults()))
        }
    }

    fn key(&self, password: &Password) -> Answer {
        let file = KeyFile::read(&self.bytes, Some(password)).map_err(|fault| refusal(&fault))?;
        same_key(file.key().verifying_key() == self.leaf.verifying_key().map_err(|fault| refusal(&fault))?)?;
        let with_certificate = self.format.starts_with("key-pkcs12") || self.format == "key-cfca";
        match file.certificate() {
            Some(own) if own.der() != self.leaf.der() => Err("another certificate".into()),
            None if with_certificate => Err("no certificate".into()),
            _ => Ok(()),
        }
    }

    fn signature(&self) -> Answer {
        let fault = |fault: czei_pki::Error| refusal(&fault);
        let content = fs::read(&self.content).map_err(|error| error.to_string())?;
        let value = SignatureValue::parse(&self.bytes).map_err(fault)?;
        let expected = match self.format {
            "raw-der" => Encoding::Der,
            "raw-rs" => Encoding::Raw,
            _ => Encoding::SignedData,
        };
        if value.encoding() != expected {
            return Err(format!("is {}", value.encoding()));
        }
        let signer = self.signer(&value).map_err(fault)?;
        self.judge(&signer)?;
        let key = signer.prepared_key().map_err(fault)?;
        match Compat::ALL.into_iter().find(|compat| compat.name() == self.format) {
            None => value.verify(key, &self.user_id, &[&content]).map_err(fault),
            Some(compat) => {
                let digest = value.compat_digest(compat, &[&content]).map_err(fault)?;
                key.verify(Message::Digest(&digest), value.signature()).map_err(|fault| fault.entry().name.into())
            }
        }
    }

    /// The certificate that the value names: among those that came with it, else the folder's.
    fn signer(&self, value: &SignatureValue) -> std::result::Result<Arc<Certificate>, czei_pki::Error> {
        let Some(data) = value.signed_data() else { return Ok(Arc::clone(&self.leaf)) };
        for der in data.embedded() {
            let certificate = Certificate::from_der(der)?;
            if data.signer_matches(&certificate) {
                return Ok(Arc::new(certificate));
            }
        }
        data.require_signer(&self.leaf)?;
        Ok(Arc::clone(&self.leaf))
    }
}

fn judge(
    anchors: &CertificateStore,
    store: &CertificateStore,
    crls: &CrlStore,
    revocation: RevocationRule,
    certificate: &Arc<Certificate>,
) -> Judgement {
    let user_ids = [UserId::DEFAULT];
    let limits = ChainLimits::default();
    let settings =
        JudgeSettings { anchors, store, crls, extra: &[], user_ids: &user_ids, limits, revocation, fetcher: None };
    settings.judge(certificate, Purpose::Signing, Times::present(SystemTime::now().into()))
}

fn passed(judgement: &Judgement) -> Answer {
    if judgement.outcome() == Outcome::Passed {
        return Ok(());
    }
    // Why the revocation is unknown, when that is it.
    if let RevocationStatus::Unknown(reasons) = judgement.revocation_status(0)
        && let Some(reason) = reasons.first()
    {
        return Err(refusal(reason));
    }
    let worst = judgement.faults().iter().max_by_key(|fault| fault.entry().severity);
    Err(worst.map_or_else(|| "no reason".into(), refusal))
}

fn same_key(same: bool) -> Answer {
    if same { Ok(()) } else { Err("another key".into()) }
}
