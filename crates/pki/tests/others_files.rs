//! Files that OpenSSL, BouncyCastle and gmsm made, from `testdata/pki`; its README and ORIGIN.tsv
//! say which and how.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_pki::{
    Aspect, Certificate, CertificateRequest, CertificateStore, ChainLimits, Code, ContentFamily, Crl, CrlStore,
    JudgeSettings, Judgement, KeyFile, KeyFormat, Outcome, Password, Purpose, RevocationReason, RevocationRule,
    SignatureValue, Times,
};
use czei_sm2::UserId;

const MAKERS: [&str; 3] = ["openssl", "bouncycastle", "gmsm"];
const PASSWORD: &str = "口令 Crosswise-2026";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/pki")
}

fn file(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn certificate(maker: &str, name: &str) -> Arc<Certificate> {
    Arc::new(Certificate::from_pem_or_der(&file(&format!("{maker}/{name}.crt"))).unwrap())
}

fn only(certificate: Arc<Certificate>) -> CertificateStore {
    let mut store = CertificateStore::new();
    store.add(certificate);
    store
}

fn judged_on() -> DateTime<Utc> {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

fn judge(anchor: &str, maker: &str, leaf: &str, crls: &CrlStore, revocation: RevocationRule) -> Judgement {
    let settings = JudgeSettings {
        anchors: &only(certificate(maker, anchor)),
        store: &only(certificate(maker, "sub")),
        crls,
        extra: &[],
        user_ids: &[UserId::DEFAULT],
        limits: ChainLimits::default(),
        revocation,
        fetcher: None,
    };
    settings.judge(&certificate(maker, leaf), Purpose::Signing, Times::present(judged_on()))
}

#[test]
fn every_file_has_an_origin_and_every_origin_a_file() {
    let table = String::from_utf8(file("ORIGIN.tsv")).unwrap();
    let named: BTreeSet<_> = table.lines().skip(1).map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    let mut found = BTreeSet::from(["content.bin".to_owned()]);
    for maker in MAKERS {
        for entry in fs::read_dir(folder().join(maker)).unwrap() {
            found.insert(format!("{maker}/{}", entry.unwrap().file_name().to_str().unwrap()));
        }
    }
    assert_eq!(named, found);
}

#[test]
fn chains_lead_to_their_root() {
    for maker in MAKERS {
        let judgement = judge("root", maker, "leaf", &CrlStore::new(), RevocationRule::Off);
        assert_eq!(judgement.outcome(), Outcome::Passed, "{maker}: {:?}", judgement.faults());
        assert_eq!(judgement.path().unwrap().certificates().len(), 3, "{maker}");
        // Under the root of another maker there is no path.
        let other = MAKERS[(MAKERS.iter().position(|name| *name == maker).unwrap() + 1) % 3];
        let settings = JudgeSettings {
            anchors: &only(certificate(other, "root")),
            store: &only(certificate(maker, "sub")),
            crls: &CrlStore::new(),
            extra: &[],
            user_ids: &[UserId::DEFAULT],
            limits: ChainLimits::default(),
            revocation: RevocationRule::Off,
            fetcher: None,
        };
        let judgement = settings.judge(&certificate(maker, "leaf"), Purpose::Signing, Times::present(judged_on()));
        assert_eq!(judgement.outcome(), Outcome::Indeterminate, "{maker}");
        assert_eq!(judgement.faults().last().unwrap().code(), Code::NoTrustAnchor, "{maker}");
    }
}

#[test]
fn lists_revoke_the_one_and_not_the_other() {
    let table = [
        ("openssl/sub-v1.crl", 1, None),
        ("openssl/sub-v2.crl", 2, Some(RevocationReason::KeyCompromise)),
        ("bouncycastle/sub-v1.crl", 1, None),
        ("gmsm/sub.crl", 2, None),
    ];
    for (name, version, reason) in table {
        let maker = name.split('/').next().unwrap();
        let crl = Crl::from_pem_or_der(&file(name)).unwrap();
        assert_eq!((crl.version(), crl.len()), (version, 1), "{name}");
        let other = certificate(maker, "other");
        assert_eq!(crl.find(other.serial()).unwrap().reason, reason, "{name}");
        let mut crls = CrlStore::new();
        crls.add(Arc::new(crl));
        let leaf = judge("sub", maker, "leaf", &crls, RevocationRule::Required);
        assert_eq!((leaf.outcome(), leaf.revocation()), (Outcome::Passed, Aspect::Passed), "{name}");
        let other = judge("sub", maker, "other", &crls, RevocationRule::Required);
        assert_eq!((other.outcome(), other.revocation()), (Outcome::Failed, Aspect::Failed), "{name}");
        let code = if reason.is_some() { Code::CertificateCompromised } else { Code::CertificateRevoked };
        assert_eq!(other.faults().last().unwrap().code(), code, "{name}");
    }
}

#[test]
fn key_files_open_with_their_password_only() {
    let table = [
        ("openssl/aes.pem", KeyFormat::Pkcs8Encrypted, 0),
        ("openssl/modern.p12", KeyFormat::Pkcs12, 2),
        ("openssl/legacy.p12", KeyFormat::Pkcs12, 2),
        ("openssl/sm.p12", KeyFormat::Pkcs12, 2),
        ("bouncycastle/key-ber.p12", KeyFormat::Pkcs12, 2),
        ("bouncycastle/key-sm4-sm3.p8e", KeyFormat::Pkcs8Encrypted, 0),
        ("gmsm/key-sm4-sm3.p8e", KeyFormat::Pkcs8Encrypted, 0),
        ("gmsm/key.sm2", KeyFormat::CfcaSm2, 1),
    ];
    for (name, format, certificates) in table {
        let leaf = certificate(name.split('/').next().unwrap(), "leaf");
        let read = KeyFile::read(&file(name), Some(&Password::new(PASSWORD))).unwrap();
        assert_eq!(read.key().verifying_key(), leaf.verifying_key().unwrap(), "{name}");
        assert_eq!((read.format(), read.certificates().len()), (format, certificates), "{name}");
        assert_eq!(read.certificate().map(|own| own.der()), (certificates > 0).then(|| leaf.der()), "{name}");
        let wrong = KeyFile::read(&file(name), Some(&Password::new("口令 Crosswise-2027"))).unwrap_err();
        assert_eq!(wrong.code(), Code::PasswordWrong, "{name}");
        let none = KeyFile::read(&file(name), None).unwrap_err();
        assert_eq!(none.code(), Code::PasswordNeeded, "{name}");
    }
}

#[test]
fn signed_data_verifies_over_its_content_only() {
    let table = [
        ("bouncycastle/sd-gm-501-attributes.p7", ContentFamily::Gm, "1.2.156.10197.1.501", true, false),
        ("bouncycastle/sd-gm-501-attached.p7", ContentFamily::Gm, "1.2.156.10197.1.501", false, true),
        ("bouncycastle/sd-pkcs-501.p7", ContentFamily::Pkcs, "1.2.156.10197.1.501", false, false),
        ("gmsm/sd-gm-301.1.p7", ContentFamily::Gm, "1.2.156.10197.1.301.1", false, false),
        ("gmsm/sd-pkcs-301.1-attributes.p7", ContentFamily::Pkcs, "1.2.156.10197.1.301.1", true, false),
    ];
    let content = file("content.bin");
    let (head, tail) = content.split_at(40);
    for (name, family, oid, attributes, attached) in table {
        let leaf = certificate(name.split('/').next().unwrap(), "leaf");
        let value = SignatureValue::parse(&file(name)).unwrap();
        let data = value.signed_data().unwrap();
        assert_eq!((data.content_family(), data.signature_oid()), (family, oid), "{name}");
        assert_eq!(data.signed_attributes().is_some(), attributes, "{name}");
        assert_eq!(data.content(), attached.then_some(&content[..]), "{name}");
        assert_eq!(data.embedded().collect::<Vec<_>>(), [leaf.der()], "{name}");
        data.require_signer(&leaf).unwrap();
        let key = leaf.prepared_key().unwrap();
        value.verify(key, &UserId::DEFAULT, &[head, tail]).unwrap();
        let code = match (attached, attributes) {
            (true, _) => Code::ContentDiffers,
            (false, true) => Code::MessageDigestWrong,
            (false, false) => Code::SignatureWrong,
        };
        assert_eq!(value.verify(key, &UserId::DEFAULT, &[head]).unwrap_err().code(), code, "{name}");
        let other = value.verify(key, &UserId::EMPTY, &[&content]).unwrap_err();
        assert_eq!(other.code(), Code::SignatureWrong, "{name}");
    }
}

#[test]
fn the_empty_user_id_of_openssl_is_taken_by_name_only() {
    let leaf = certificate("openssl", "leaf");
    let key = leaf.prepared_key().unwrap();
    let content = file("content.bin");
    let table = [
        ("openssl/signature.der", UserId::DEFAULT, UserId::EMPTY),
        ("openssl/signature-empty-id.der", UserId::EMPTY, UserId::DEFAULT),
    ];
    for (name, own, other) in table {
        let value = SignatureValue::parse(&file(name)).unwrap();
        value.verify(key, &own, &[&content]).unwrap();
        assert_eq!(value.verify(key, &other, &[&content]).unwrap_err().code(), Code::SignatureWrong, "{name}");
    }
}

#[test]
fn a_request_of_openssl_verifies() {
    let mut bytes = CertificateRequest::from_pem_or_der(&file("openssl/leaf.csr")).unwrap().der().to_vec();
    let request = CertificateRequest::from_der(&bytes).unwrap();
    assert_eq!(request.verify(&[UserId::EMPTY, UserId::DEFAULT]).unwrap(), &UserId::DEFAULT);
    assert_eq!(request.subject(), certificate("openssl", "leaf").subject());
    *bytes.last_mut().unwrap() ^= 1;
    let changed = CertificateRequest::from_der(&bytes).unwrap();
    assert_eq!(changed.verify(&[UserId::DEFAULT]).unwrap_err().code(), Code::RequestSignatureWrong);
}
