//! Looking into a receipt without judging it: fields, what was signed, and the numbers with which
//! any other tool can check the signatures.

use std::sync::Arc;

use czei_pki::{Certificate, CertificateStore, SignatureValue};
use czei_sm2::{Sm3, UserId};

use crate::xml::{Document, Envelope, Limits, NodeId, SignatureElement, read_content};
use crate::{Content, Error, Joining};

use super::field_names::field_name_zh;
use super::signature::{certificate_at_hand, decode_value};
use super::{Check, Finding};

/// What stands in one receipt, verified or not. Nothing here says that a signature holds: that is
/// what [`Verifier`](super::Verifier) is for.
///
/// ```
/// use czei_core::{Inspection, InspectionSettings};
/// let error = Inspection::read(b"<a/>", &InspectionSettings::default()).unwrap_err();
/// assert_eq!(error.entry().name, "wrong-root");
/// ```
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Every element with text inside the signed span, in reading order.
    pub fields: Vec<InspectedField>,
    /// The values, when the form is right.
    pub content: Option<Content>,
    /// What is wrong with the form.
    pub findings: Vec<Finding>,
    /// What the unit signs: `Header` and `EInvoiceData`, joined.
    pub unit_original: Vec<u8>,
    /// The unit's signature.
    pub unit: Option<InspectedSignature>,
    /// The authority's signature.
    pub authority: Option<InspectedSignature>,
    /// What the authority signs, once the unit has signed.
    pub authority_original: Option<Vec<u8>>,
}

/// How a receipt is looked into.
#[derive(Debug, Clone, Default)]
pub struct InspectionSettings {
    /// The limits of the reader.
    pub limits: Limits,
    /// How the authority's original is joined.
    pub joining: Joining,
    /// The SM2 user id.
    pub user_id: UserId,
    /// Certificates for signatures that carry none.
    pub certificates: CertificateStore,
}

/// One element with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectedField {
    /// The path from the root, as `EInvoice/EInvoiceData/Details/Item[1]/ItemName`.
    pub path: String,
    /// The element's name.
    pub name: String,
    /// Its name in the standard; `None` for elements that the standard does not list.
    pub name_zh: Option<&'static str>,
    /// The text, references resolved.
    pub text: String,
}

/// One signature as it stands, with what it needs to be checked elsewhere.
#[derive(Debug, Clone)]
pub struct InspectedSignature {
    /// `SignedInfo/Reference`.
    pub reference: String,
    /// `SignedInfo/SignatureAlgorithm`.
    pub algorithm: String,
    /// `SignatureTime`; unproved.
    pub time: String,
    /// `KeyInfo/SerialNumber`.
    pub serial: String,
    /// `KeyInfo/X509IssuerName`.
    pub issuer: String,
    /// The value; `None` when it could not be read.
    pub value: Option<SignatureValue>,
    /// Why the value could not be read, or the certificate is not at hand.
    pub problem: Option<Finding>,
    /// The signer's certificate: from the value, else from those at hand.
    pub certificate: Option<Arc<Certificate>>,
    /// SM3 over the original.
    pub original_sm3: [u8; 32],
    /// The bytes that the signature covers: the original, or with signed attributes their DER.
    pub signed_bytes: Vec<u8>,
    /// Z of GB/T 32918.2-2016 5.5, for the user id; needs the certificate.
    pub z: Option<[u8; 32]>,
    /// e of GB/T 32918.2-2016 6.1: SM3 over Z and the signed bytes; needs the certificate.
    pub e: Option<[u8; 32]>,
}

impl Inspection {
    /// Looks into a receipt.
    ///
    /// # Errors
    /// The codes of the reader and of the envelope: what is no receipt has nothing to show.
    pub fn read(bytes: &[u8], settings: &InspectionSettings) -> Result<Self, Error> {
        let document = Document::parse(bytes, &settings.limits)?;
        let envelope = Envelope::read(&document)?;
        let reading = read_content(&document, &envelope);
        let unit_original = envelope.unit_original().concat();
        let unit = envelope.signature(0).map(|element| {
            InspectedSignature::read(element, &unit_original, Check::UnitSignature, &document, settings)
        });
        let authority_original = envelope.signature(0).map(|element| {
            let value = decode_value(&element.value.text).unwrap_or_default();
            settings.joining.authority_original(&[&unit_original], element.element, &value)
        });
        let authority = envelope.signature(1).zip(authority_original.as_ref()).map(|(element, original)| {
            InspectedSignature::read(element, original, Check::AuthoritySignature, &document, settings)
        });
        let findings = envelope.findings().iter().cloned().chain(reading.findings).collect();
        Ok(Inspection {
            fields: fields(&document, [envelope.header(), envelope.data()]),
            content: reading.content,
            findings,
            unit_original,
            unit,
            authority,
            authority_original,
        })
    }
}

impl InspectedSignature {
    fn read(
        element: &SignatureElement<'_>,
        original: &[u8],
        check: Check,
        document: &Document<'_>,
        settings: &InspectionSettings,
    ) -> Self {
        let mut inspected = InspectedSignature {
            reference: element.reference.text.clone().into_owned(),
            algorithm: element.algorithm.text.clone().into_owned(),
            time: element.time.text.clone().into_owned(),
            serial: element.serial.text.clone().into_owned(),
            issuer: element.issuer.text.clone().into_owned(),
            value: None,
            problem: None,
            certificate: None,
            original_sm3: Sm3::digest(original),
            signed_bytes: original.to_vec(),
            z: None,
            e: None,
        };
        let outcome = inspected.read_value(element, original, settings);
        inspected.problem = outcome.err().map(|problem| {
            let finding = match problem {
                Problem::Own(code) => Finding::new(check, code),
                Problem::Pki(error) => Finding::from_fault(check, &error),
            };
            finding.at(document.place(element.value.node))
        });
        inspected
    }

    fn read_value(
        &mut self,
        element: &SignatureElement<'_>,
        original: &[u8],
        settings: &InspectionSettings,
    ) -> Result<(), Problem> {
        let decoded = decode_value(&element.value.text).map_err(Problem::Own)?;
        let value = SignatureValue::parse(&decoded).map_err(Problem::Pki)?;
        // A value whose messageDigest belongs to another original still has attributes to show.
        let signed = value.signed_parts(&[original]).map(|parts| parts.as_parts().concat());
        let certificate = find_certificate(&value, element, &settings.certificates);
        self.value = Some(value);
        self.certificate = certificate.map_err(Problem::Pki)?;
        self.signed_bytes = signed.map_err(Problem::Pki)?;
        let certificate = self.certificate.as_ref().ok_or(Problem::Own(crate::Code::CertificateNotAtHand))?;
        let key = certificate.verifying_key().map_err(Problem::Pki)?;
        self.z = Some(key.z(&settings.user_id));
        self.e = Some(key.digest(&settings.user_id, &[&self.signed_bytes]));
        Ok(())
    }
}

enum Problem {
    Own(crate::Code),
    Pki(czei_pki::Error),
}

/// The certificate that the value carries and names, else the one at hand that is named.
fn find_certificate(
    value: &SignatureValue,
    element: &SignatureElement<'_>,
    at_hand: &CertificateStore,
) -> Result<Option<Arc<Certificate>>, czei_pki::Error> {
    if let Some(data) = value.signed_data() {
        for der in data.embedded() {
            let certificate = Certificate::from_der(der)?;
            if data.signer_matches(&certificate) {
                return Ok(Some(Arc::new(certificate)));
            }
        }
    }
    Ok(certificate_at_hand(value, element, at_hand).map(Arc::clone))
}

/// The elements without child elements, in reading order.
fn fields(document: &Document<'_>, parts: [NodeId; 2]) -> Vec<InspectedField> {
    let nodes = parts.into_iter().flat_map(|part| document.subtree(part));
    let leaves = nodes.filter(|node| !document.has_children(*node));
    leaves
        .map(|node| InspectedField {
            path: document.path(node),
            name: document.name(node).to_owned(),
            name_zh: field_name_zh(document.name(node)),
            text: document.text(node).into_owned(),
        })
        .collect()
}
