//! A province: a root, a CA, a unit and an authority with their keys, and a receipt in pieces.
//! Documents are written here by hand, not by the writer under test.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset, Utc};
use czei_core::{AuthorityRule, Policy, Report, Verifier, Who};
use czei_pki::{Certificate, CertificateStore, CertificateTemplate, Encoding, KeyUsage, LocalSigner, Name, encode};
use czei_sm2::{Message, Signature, SigningKey, Sm3, UserId};

/// The name and code that the receipts state.
pub(crate) const UNIT: &str = "示例市不动产登记中心";
pub(crate) const UNIT_CODE: &str = "0104901";

pub(crate) const HEADER: &str = "<Header><EInvoiceTag>CZ-EI-32</EInvoiceTag>\
    <EInvoiceID>2293393100-62101023</EInvoiceID><Version>1.1.0</Version></Header>";

pub(crate) const DATA: &str = "<EInvoiceData><Main><EInvoiceName>江苏省非税收入统一票据（电子）</EInvoiceName>\
    <EInvoiceCode>32010126</EInvoiceCode><EInvoiceNumber>0013933922</EInvoiceNumber>\
    <RandomNumber>07892e</RandomNumber><EInvoiceSpecimenCode>3201012601</EInvoiceSpecimenCode>\
    <SupervisorAreaCode>320682</SupervisorAreaCode><TotalAmount>90.00</TotalAmount>\
    <IssueDate>20261201</IssueDate><IssueTime>09:15:30</IssueTime>\
    <InvoicingParty><InvoicingPartyCode>0104901</InvoicingPartyCode>\
    <InvoicingPartyName>示例市不动产登记中心</InvoicingPartyName></InvoicingParty>\
    <PayerParty><PayerPartyType>1</PayerPartyType><PayerPartyName>张三</PayerPartyName></PayerParty>\
    <HandlingPerson>李四</HandlingPerson><Checker>王五</Checker>\
    <MainExt><PayCode>32068226000000000017</PayCode></MainExt></Main>\
    <Details><Item><ItemCode>103043211</ItemCode><ItemName>不动产登记费</ItemName>\
    <ItemAmount>80.00</ItemAmount><ItemUnit>件</ItemUnit><ItemQuantity>1</ItemQuantity>\
    <ItemStd>80.00</ItemStd></Item>\
    <Item><ItemCode>103043212</ItemCode><ItemName>工本费</ItemName><ItemAmount>10.00</ItemAmount></Item>\
    </Details></EInvoiceData>";

/// A holder of a key and its certificate.
pub(crate) struct Party {
    pub(crate) d: u8,
    pub(crate) certificate: Arc<Certificate>,
}

impl Party {
    pub(crate) fn key(&self) -> SigningKey {
        key(self.d)
    }

    pub(crate) fn signer(&self) -> LocalSigner {
        LocalSigner::new(self.key(), Arc::clone(&self.certificate)).unwrap()
    }

    /// A signature as the standard has it: with Z of the default user id.
    pub(crate) fn sign(&self, content: &[u8]) -> Signature {
        self.key().sign(Message::of(&[content])).unwrap()
    }

    pub(crate) fn sign_with(&self, user_id: &UserId, content: &[u8]) -> Signature {
        self.key().sign(Message::Parts { user_id, parts: &[content] }).unwrap()
    }

    /// A signature over 32 bytes in place of the digest.
    pub(crate) fn sign_digest(&self, digest: &[u8; 32]) -> Signature {
        self.key().sign(Message::Digest(digest)).unwrap()
    }

    pub(crate) fn value(&self, encoding: Encoding, content: &[u8]) -> Vec<u8> {
        encode(encoding, &self.sign(content), &self.certificate)
    }

    /// The unit's `Signature` element around a value.
    pub(crate) fn unit_element(&self, value: &[u8]) -> String {
        element("Header,EInvoiceData", &STANDARD.encode(value), &self.certificate)
    }

    /// The authority's.
    pub(crate) fn authority_element(&self, value: &[u8]) -> String {
        element("Hash,Signature", &STANDARD.encode(value), &self.certificate)
    }
}

pub(crate) struct Province {
    pub(crate) root: Party,
    pub(crate) sub: Party,
    pub(crate) unit: Party,
    pub(crate) authority: Party,
}

/// A key that is a small number, so that tests can do sums with it.
pub(crate) fn key(d: u8) -> SigningKey {
    SigningKey::from_bytes(&core::array::from_fn(|index| if index == 31 { d } else { 0 })).unwrap()
}

/// A template of an end entity, valid from 2026-11-01 to 2036-11-01.
pub(crate) fn template(subject: &str, serial: u8) -> CertificateTemplate {
    CertificateTemplate {
        subject: Name::parse_rfc4514(subject).unwrap(),
        serial: vec![0x20, 0x26, serial],
        not_before: utc("2026-11-01T00:00:00Z"),
        not_after: utc("2036-11-01T00:00:00Z"),
        ca: None,
        key_usage: Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION),
        extensions: Vec::new(),
    }
}

pub(crate) fn ca_template(subject: &str, serial: u8) -> CertificateTemplate {
    CertificateTemplate {
        ca: Some(czei_pki::CaTemplate::default()),
        key_usage: Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN),
        ..template(subject, serial)
    }
}

pub(crate) fn province() -> &'static Province {
    static PROVINCE: OnceLock<Province> = OnceLock::new();
    PROVINCE.get_or_init(|| {
        let root = self_signed(&ca_template("CN=示例根,O=示例财政电子认证,C=CN", 1), 3);
        let sub = issued(&ca_template("CN=示例 Sub CA,O=示例财政电子认证,C=CN", 2), &root, 5);
        let unit = issued(&template(&format!("CN={UNIT},OU={UNIT_CODE},O={UNIT},C=CN"), 3), &sub, 7);
        let authority = issued(&template("CN=示例市财政局,O=示例市财政局,L=示例市,C=CN", 4), &sub, 11);
        Province { root, sub, unit, authority }
    })
}

pub(crate) fn self_signed(template: &CertificateTemplate, d: u8) -> Party {
    Party { d, certificate: Arc::new(template.self_sign(&key(d)).unwrap()) }
}

/// A certificate under an issuer for the key `d`.
pub(crate) fn issued(template: &CertificateTemplate, issuer: &Party, d: u8) -> Party {
    let certificate = template.sign_by(&issuer.key(), &issuer.certificate, key(d).verifying_key()).unwrap();
    Party { d, certificate: Arc::new(certificate) }
}

impl Province {
    /// Another end entity under the same CA.
    pub(crate) fn another(&self, subject: &str, d: u8) -> Party {
        issued(&template(subject, d), &self.sub, d)
    }

    /// Names the authority of area 3206; the unit is bound by its name.
    pub(crate) fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        policy.unit_anchors.add(Arc::clone(&self.root.certificate));
        policy.authority_anchors.add(Arc::clone(&self.root.certificate));
        for party in [&self.sub, &self.unit, &self.authority] {
            policy.certificates.add(Arc::clone(&party.certificate));
        }
        policy.authorities.push(authority_rule(&["3206"], "CN=示例市财政局"));
        policy
    }

    /// The same policy with other certificates at hand.
    pub(crate) fn policy_with(&self, parties: &[&Party]) -> Policy {
        let mut policy = self.policy();
        policy.certificates = parties.iter().fold(CertificateStore::new(), |mut store, party| {
            store.add(Arc::clone(&party.certificate));
            store
        });
        policy
    }

    /// The unit's element in DER over an original.
    pub(crate) fn unit_signature(&self, original: &str) -> String {
        self.unit.unit_element(&self.unit.value(Encoding::Der, original.as_bytes()))
    }

    /// The document of an original and a unit's element, with a good signature of the authority.
    pub(crate) fn countersigned(&self, original: &str, unit_element: &str) -> String {
        countersigned_by(&self.authority, original, unit_element)
    }

    /// The document of an original that both signed well.
    pub(crate) fn signed(&self, original: &str) -> String {
        self.countersigned(original, &self.unit_signature(original))
    }
}

pub(crate) fn authority_rule(areas: &[&str], subject: &str) -> AuthorityRule {
    AuthorityRule {
        areas: areas.iter().map(|&area| area.to_owned()).collect(),
        who: Who::Subject(Name::parse_rfc4514(subject).unwrap()),
    }
}

pub(crate) fn countersigned_by(authority: &Party, original: &str, unit_element: &str) -> String {
    let value = authority.value(Encoding::Der, &authority_original(original, unit_element));
    document(original, &[unit_element, &authority.authority_element(&value)])
}

/// `Header` and `EInvoiceData` of a good receipt.
pub(crate) fn original() -> String {
    format!("{HEADER}{DATA}")
}

/// The same with one place changed. Panics when the place is not there, so that no case tests an
/// unchanged receipt.
pub(crate) fn original_with(from: &str, to: &str) -> String {
    replaced(&original(), from, to)
}

pub(crate) fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "no {from}");
    assert_ne!(from, to);
    text.replacen(from, to, 1)
}

/// What the authority signs by default: the hash in lower-case hex, then the unit's element.
pub(crate) fn authority_original(original: &str, unit_element: &str) -> Vec<u8> {
    format!("{}{unit_element}", hex(&Sm3::digest(original.as_bytes()))).into_bytes()
}

/// A `Signature` element around the text of a value.
pub(crate) fn element(reference: &str, value: &str, certificate: &Certificate) -> String {
    let (serial, issuer) = (certificate.serial_hex(), certificate.issuer().to_rfc4514());
    format!(
        "<Signature><SignedInfo><Reference>{reference}</Reference>\
         <SignatureAlgorithm>SM3withSM2</SignatureAlgorithm><SignatureFormat>DETACH</SignatureFormat></SignedInfo>\
         <SignatureTime>20261201101530+0800</SignatureTime><SignatureValue>{value}</SignatureValue>\
         <KeyInfo><SerialNumber>{serial}</SerialNumber><X509IssuerName>{issuer}</X509IssuerName></KeyInfo></Signature>"
    )
}

pub(crate) fn document(original: &str, signatures: &[&str]) -> String {
    let signatures = signatures.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><EInvoice>{original}\
         <EInvoiceSignature>{signatures}</EInvoiceSignature></EInvoice>"
    )
}

pub(crate) fn now() -> DateTime<Utc> {
    utc("2026-12-02T00:00:00Z")
}

pub(crate) fn beijing(time: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(time).unwrap()
}

pub(crate) fn utc(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

pub(crate) fn verify(document: &str) -> Report {
    verify_under(province().policy(), document)
}

pub(crate) fn verify_under(policy: Policy, document: &str) -> Report {
    Verifier::new(policy).verify(document.as_bytes(), now())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
