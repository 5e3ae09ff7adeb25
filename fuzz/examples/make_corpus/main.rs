//! Makes `seeds/` and `corpus/` anew: a province with certificates and signed receipts, and from
//! them and from a list of bad documents the place where each target begins. The keys are fixed and
//! public, and of use for nothing else.

mod bad_documents;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};
use czei_core::xml::Document;
use czei_core::xml::{Envelope, Limits};
use czei_core::{Draft, DraftDefaults, DraftRules, Joining, Numbering, Receipt, SignatureSettings};
use czei_pki::{
    Certificate, CertificateTemplate, Encoding, EncryptionSettings, KeyEncryption, KeyUsage, LocalSigner, Name,
    Password, SignatureValue,
};
use czei_render::font::FontSet;
use czei_render::{RenderSettings, Renderer};
use czei_sm2::{SigningKey, SystemEntropy};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A class-01 receipt of a school: every optional field, characters outside the BMP and markup.
const FULL: &str = r#"{"v":1,"request_id":"seed-1","name":"示例省非税收入统一票据（电子）","code":"32010126","specimen":"3201012601","area":"320600","unit":{"code":"0104901","name":"示例市实验中学"},"payer":{"type":"organisation","name":"示例&<株式会社> \"甲\"","code":"91320600MA1N0XYZ0X","account":"6222 0000","bank":"示例银行"},"items":[{"code":"103042601","name":"学费","amount":"2400.00","unit":"学期","quantity":"2","standard":"1200.00","ext":[["grade","七年级"]]},{"code":"103042602","name":"住宿费","amount":"350.50"}],"aux":[[["AuxItemName","班级"],["AuxItemAmount","2750.50"]]],"remark":"第一行\n𠮷 < & > '","pay_mode":"1","biz_code":"2026-09-01-7","handler":"李四","checker":"王五","ext":[["gender","女"],["guardian","昝"]],"supervisor_remark":"无","payee":{"name":"示例市财政局","account":"10","bank":"示例银行"},"total":"2750.50"}"#;

/// The least that a draft needs.
const SHORT: &str = r#"{"request_id":"seed-2","name":"电子票据","code":"32010126","specimen":"3201012601","area":"320682","unit":{"code":"0104901","name":"示例市实验中学"},"payer":{"type":"person","name":"张三"},"items":[{"code":"1","name":"工本费","amount":"0.01"}],"handler":"李四","checker":"王五"}"#;

struct Party {
    key: SigningKey,
    certificate: Arc<Certificate>,
}

struct Sandbox {
    root: Party,
    sub: Party,
    unit: Party,
    authority: Party,
    other: Party,
}

fn main() -> Result<()> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sandbox = sandbox()?;
    let seeds = fresh(&home.join("seeds"))?;
    for (name, party) in [
        ("root", &sandbox.root),
        ("sub", &sandbox.sub),
        ("unit", &sandbox.unit),
        ("authority", &sandbox.authority),
        ("other", &sandbox.other),
    ] {
        fs::write(seeds.join(format!("{name}.crt")), party.certificate.to_pem())?;
    }
    let corpus = home.join("corpus");
    let receipts = receipts(&sandbox)?;
    for (name, bytes) in &receipts {
        fs::write(seeds.join(format!("{name}.xml")), bytes)?;
    }
    documents(&corpus, &receipts, &sandbox)?;
    signature_values(&fresh(&corpus.join("signature_value"))?, &receipts)?;
    certificates(&fresh(&corpus.join("certificate"))?, &sandbox)?;
    key_files(&fresh(&corpus.join("key_file"))?, &sandbox)?;
    crls(&fresh(&corpus.join("crl"))?, &sandbox)?;
    printed(&fresh(&corpus.join("pdf"))?, &receipts, &home.join("../testdata/printed/foreign"))?;
    templates(&fresh(&corpus.join("template"))?, &home.join("../crates/render/templates"))?;
    drafts(&fresh(&corpus.join("draft_json"))?)
}

/// A short receipt as a PDF, what is left of it when it is cut, and pages of another program.
fn printed(folder: &Path, receipts: &[(String, Vec<u8>)], foreign: &Path) -> Result<()> {
    let renderer = Renderer::new(RenderSettings::new(FontSet::bundled()));
    let (name, bytes) = receipts.last().ok_or("there are receipts")?;
    let pdf = renderer.render(&Receipt::take_up(bytes, &Limits::default())?)?;
    fs::write(folder.join(format!("{name}.pdf")), &pdf)?;
    fs::write(folder.join("cut.pdf"), &pdf[..pdf.len() / 2])?;
    fs::write(folder.join("empty.pdf"), b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")?;
    for file in fs::read_dir(foreign)? {
        let file = file?;
        fs::copy(file.path(), folder.join(file.file_name()))?;
    }
    Ok(())
}

/// The templates that come with the crate, and texts of QR codes, which are taken by the same target.
fn templates(folder: &Path, from: &Path) -> Result<()> {
    for name in ["general", "medical", "notice", "red"] {
        fs::copy(from.join(format!("{name}.toml")), folder.join(format!("{name}.toml")))?;
    }
    fs::write(folder.join("tagged"), "CZ-EI-32,32010125,0013933922,07892e,80.00,20250923")?;
    fs::write(
        folder.join("platform"),
        "https://pj.example.gov.cn/d?t=504&a=APP&d=32010125_0013933922_07892e_80.00_20250923&s=1f",
    )?;
    fs::write(folder.join("path"), "/einvoice/1.1.0.32010125.0013933922.07892e")?;
    Ok(())
}

fn fresh(folder: &Path) -> Result<std::path::PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}

// ---- the province

fn sandbox() -> Result<Sandbox> {
    let key = |number: u8| SigningKey::from_bytes(&[number; 32]);
    let ca = |subject: &str, serial: u8, below| -> Result<CertificateTemplate> {
        Ok(CertificateTemplate {
            subject: Name::parse_rfc4514(subject)?,
            serial: vec![serial],
            not_before: "2026-01-01T00:00:00Z".parse()?,
            not_after: "2046-01-01T00:00:00Z".parse()?,
            ca: Some(czei_pki::CaTemplate { path_len: below }),
            key_usage: Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN),
            extensions: Vec::new(),
        })
    };
    let root_key = key(1)?;
    let root = Arc::new(ca("CN=种子根,C=CN", 1, None)?.self_sign(&root_key)?);
    let sub_key = key(2)?;
    let sub = ca("CN=种子CA,O=种子认证,C=CN", 2, Some(0))?;
    let sub = Arc::new(sub.sign_by(&root_key, &root, sub_key.verifying_key())?);
    let end = |subject: &str, number: u8| -> Result<Party> {
        let template = CertificateTemplate {
            ca: None,
            key_usage: Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION),
            serial: vec![0xa0, number],
            ..ca(subject, number, None)?
        };
        let key = key(number)?;
        let certificate = template.sign_by(&sub_key, &sub, key.verifying_key())?;
        Ok(Party { key, certificate: Arc::new(certificate) })
    };
    Ok(Sandbox {
        unit: end("CN=示例市实验中学,O=示例市实验中学,C=CN", 3)?,
        authority: end("CN=示例市财政局,O=示例市财政局,C=CN", 4)?,
        other: end("CN=示例县财政局,O=示例县财政局,C=CN", 5)?,
        root: Party { key: root_key, certificate: root },
        sub: Party { key: sub_key, certificate: sub },
    })
}

impl Party {
    fn signer(&self) -> Result<LocalSigner> {
        let key = SigningKey::from_bytes(&self.key.dangerous_to_bytes())?;
        Ok(LocalSigner::new(key, Arc::clone(&self.certificate))?)
    }
}

fn receipts(sandbox: &Sandbox) -> Result<Vec<(String, Vec<u8>)>> {
    let mut made = Vec::new();
    for (index, (json, encoding)) in [
        (FULL, Encoding::SignedData),
        (FULL, Encoding::Raw),
        (SHORT, Encoding::SignedData),
        (SHORT, Encoding::Der),
        (SHORT, Encoding::Raw),
    ]
    .into_iter()
    .enumerate()
    {
        let receipt = receipt(json, index + 1, encoding, &sandbox.unit, &sandbox.authority)?;
        made.push((format!("receipt-{}-{}", index + 1, encoding.name()), receipt.to_bytes()));
    }
    Ok(made)
}

fn receipt(json: &str, number: usize, encoding: Encoding, unit: &Party, authority: &Party) -> Result<Receipt> {
    let draft = Draft::from_json(json.as_bytes(), &DraftDefaults::default(), DraftRules::default())?;
    let at: DateTime<FixedOffset> = "2026-09-01T08:30:00+08:00".parse()?;
    let numbering = Numbering {
        code: draft.fields().code,
        number: format!("{number:010}").parse()?,
        check_code: "a1b2c3".parse()?,
        at,
        unit_seal: None,
        authority_seal: None,
    };
    let settings = SignatureSettings { encoding, joining: Joining::default(), ..SignatureSettings::default() };
    let numbered = draft.number(&numbering).map_err(|step| step.error)?;
    let signed = numbered.sign(&unit.signer()?, &settings, at).map_err(|step| step.error)?;
    Ok(signed.countersign(&authority.signer()?, &settings, at).map_err(|step| step.error)?)
}

// ---- documents: for read, verify and xmllint

fn documents(corpus: &Path, receipts: &[(String, Vec<u8>)], sandbox: &Sandbox) -> Result<()> {
    let read = fresh(&corpus.join("read"))?;
    let verify = fresh(&corpus.join("verify"))?;
    let xmllint = fresh(&corpus.join("xmllint"))?;
    for (name, bytes) in receipts {
        fs::write(verify.join(name), bytes)?;
    }
    // Without signatures a receipt is small, and whole for the reader.
    for (name, bytes) in receipts.iter().filter(|(name, _)| name.ends_with("raw")) {
        let text = String::from_utf8(bytes.clone())?;
        let unsigned =
            text.replace(&text[position(&text, "<EInvoiceSignature>")?..position(&text, "</EInvoice>")?], "");
        fs::write(read.join(name), &unsigned)?;
        let half = text.replace(
            &text[text.rfind("<Signature>").ok_or("no signature")?..position(&text, "</EInvoiceSignature>")?],
            "",
        );
        fs::write(verify.join(format!("{name}-unit-only")), half)?;
        for (change, changed) in bad_documents::changes(&unsigned) {
            fs::write(read.join(format!("{name}-{change}")), changed)?;
        }
        for (change, changed) in bad_documents::changes(&text) {
            fs::write(verify.join(format!("{name}-{change}")), changed)?;
        }
    }
    let other = receipt(SHORT, 9, Encoding::Raw, &sandbox.unit, &sandbox.other)?;
    fs::write(verify.join("countersigned-by-another"), other.to_bytes())?;
    for (name, bytes) in bad_documents::documents() {
        fs::write(xmllint.join(name), &bytes)?;
    }
    Ok(())
}

fn position(text: &str, part: &str) -> Result<usize> {
    text.find(part).ok_or_else(|| format!("no {part}").into())
}

// ---- the parts

fn signature_values(folder: &Path, receipts: &[(String, Vec<u8>)]) -> Result<()> {
    for (name, bytes) in receipts {
        let document = Document::parse(bytes, &Limits::default())?;
        let envelope = Envelope::read(&document)?;
        for index in 0..envelope.signature_count() {
            let text = envelope.signature(index).ok_or("no signature")?.value.text.clone();
            let value = bad_documents::decode_base64(&text);
            SignatureValue::parse(&value)?;
            fs::write(folder.join(format!("{name}-{index}")), &value)?;
            fs::write(folder.join(format!("{name}-{index}-short")), &value[..value.len() - 1])?;
            fs::write(folder.join(format!("{name}-{index}-long")), [value.as_slice(), &[0]].concat())?;
        }
    }
    let nested: Vec<u8> = (0..2_000).flat_map(|_| [0x30, 0x80]).collect();
    fs::write(folder.join("nested"), nested)?;
    fs::write(folder.join("four-gib"), [0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 1])?;
    fs::write(folder.join("negative"), [0x30, 6, 2, 1, 0x80, 2, 1, 1])?;
    fs::write(folder.join("not-minimal"), [0x30, 7, 2, 2, 0, 1, 2, 1, 1])?;
    fs::write(folder.join("zero"), [0_u8; 64])?;
    Ok(())
}

fn certificates(folder: &Path, sandbox: &Sandbox) -> Result<()> {
    for (name, party) in [("root", &sandbox.root), ("sub", &sandbox.sub), ("unit", &sandbox.unit)] {
        fs::write(folder.join(format!("{name}.der")), party.certificate.der())?;
        fs::write(folder.join(format!("{name}.pem")), party.certificate.to_pem())?;
    }
    let names = [
        "CN=a\\,b\\+c\\\"d,OU=\\ x\\ ,C=CN",
        "CN=\\#1,O=甲+OU=乙,1.2.3.4=#0c0161",
        "emailAddress=a@example.org,serialNumber=91320600MA1N0XYZ0X,L=示例市,ST=示例省,C=CN",
    ];
    for (index, subject) in names.into_iter().enumerate() {
        let template = CertificateTemplate {
            subject: Name::parse_rfc4514(subject)?,
            serial: vec![1; 20],
            not_before: "1949-10-01T00:00:00Z".parse()?,
            not_after: "2050-01-01T00:00:00Z".parse()?,
            ca: None,
            key_usage: None,
            extensions: vec![czei_pki::Extension { oid: "1.2.3.4".to_owned(), critical: true, value: vec![5, 0] }],
        };
        fs::write(folder.join(format!("name-{index}.der")), template.self_sign(&sandbox.root.key)?.der())?;
    }
    Ok(())
}

fn crls(folder: &Path, sandbox: &Sandbox) -> Result<()> {
    use czei_pki::{CrlTemplate, Extension, RequestTemplate, RevocationReason, RevokedEntry};
    let at: DateTime<chrono::Utc> = "2026-06-01T00:00:00Z".parse()?;
    let entry = |serial: u8, reason| RevokedEntry { serial: vec![serial], revoked_at: at, reason, invalid_since: None };
    let entries = vec![
        entry(9, Some(RevocationReason::KeyCompromise)),
        entry(3, Some(RevocationReason::CertificateHold)),
        RevokedEntry { invalid_since: Some(at), ..entry(3, None) },
    ];
    let full = CrlTemplate { entries, ..CrlTemplate::new(at) };
    // Whose scope is a distribution point, user certificates and some reasons.
    let scope = b"\x30\x15\xa0\x0c\xa0\x0a\x86\x08http://a\x81\x01\xff\x83\x02\x01\x40".to_vec();
    let extension = |oid: &str, value| Extension { oid: oid.to_owned(), critical: true, value };
    let extended = vec![extension("2.5.29.28", scope), extension("2.5.29.27", vec![2, 1, 1])];
    for (name, template) in [
        ("full", full.clone()),
        ("empty", CrlTemplate::new(at)),
        ("version-1", CrlTemplate { version: 1, number: None, entries: vec![entry(1, None)], ..full.clone() }),
        ("partial", CrlTemplate { extensions: extended, next_update: None, ..full }),
    ] {
        let crl = template.sign(&sandbox.sub.key, &sandbox.sub.certificate)?;
        fs::write(folder.join(format!("{name}.der")), crl.der())?;
        fs::write(folder.join(format!("{name}.pem")), crl.to_pem())?;
    }
    let subject = Name::parse_rfc4514("CN=示例单位,C=CN")?;
    let request = RequestTemplate { subject, extensions: vec![extension("2.5.29.15", vec![3, 2, 6, 0xc0])] };
    fs::write(folder.join("request.der"), request.sign(&sandbox.unit.key)?.der())?;
    Ok(())
}

/// All the forms that are written, under the password that the target knows.
fn key_files(folder: &Path, sandbox: &Sandbox) -> Result<()> {
    let Party { key, certificate } = &sandbox.other;
    let password = Password::new("seed");
    fs::write(folder.join("pkcs8.pem"), czei_pki::to_pkcs8_pem(key).as_bytes())?;
    fs::write(folder.join("pkcs8.der"), czei_pki::to_pkcs8_der(key))?;
    fs::write(folder.join("sec1.pem"), czei_pki::to_sec1_pem(key).as_bytes())?;
    fs::write(folder.join("public.pem"), czei_pki::to_public_key_pem(key.verifying_key()))?;
    let bundle = format!("{}{}", *czei_pki::to_pkcs8_pem(key), certificate.to_pem());
    fs::write(folder.join("bundle.pem"), bundle)?;
    let chain = [Arc::clone(certificate), Arc::clone(&sandbox.sub.certificate)];
    for encryption in KeyEncryption::ALL {
        let settings = EncryptionSettings { encryption: *encryption, iterations: 1_000 };
        let text = czei_pki::to_encrypted_pkcs8_pem(key, &password, &settings, &mut SystemEntropy)?;
        fs::write(folder.join(format!("{encryption}.pem")), text)?;
        let bytes = czei_pki::to_pkcs12(key, &chain, "seed", &password, &settings, &mut SystemEntropy)?;
        fs::write(folder.join(format!("{encryption}.p12")), bytes)?;
    }
    // The beginning of a PFX in BER: what follows it is nested, or 4 GiB long.
    let start: &[u8] = &[0x30, 0x80, 2, 1, 3];
    fs::write(folder.join("nested"), [start, &[0x30, 0x80].repeat(2_000)].concat())?;
    fs::write(folder.join("pieces"), [start, &[0x24, 0x80].repeat(2_000)].concat())?;
    fs::write(folder.join("four-gib"), [start, &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 1]].concat())?;
    Ok(())
}

fn drafts(folder: &Path) -> Result<()> {
    for (name, draft) in [("full", FULL), ("short", SHORT)] {
        fs::write(folder.join(name), draft)?;
    }
    let red = SHORT.replace("0.01", "-0.01").replace(
        "\"handler\"",
        "\"ext\":[[\"RelatedInvoiceCode\",\"32010126\"],[\"RelatedInvoiceNumber\",\"0000000001\"]],\"handler\"",
    );
    fs::write(folder.join("red"), red)?;
    for (name, from, to) in [
        ("number", "\"0.01\"", "0.01"),
        ("unknown", "\"handler\"", "\"handlers\""),
        ("control", "张三", "张\\u0000三"),
        ("invisible", "张三", "张\\u202e三"),
        ("surrogate", "张三", "张\\ud842三"),
        ("plane-2", "张三", "\\ud842\\udfb7"),
        ("huge", "0.01", "99999999999999999999.99"),
        ("null", "\"张三\"", "null"),
    ] {
        fs::write(folder.join(name), SHORT.replace(from, to))?;
    }
    Ok(())
}
