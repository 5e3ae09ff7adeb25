//! One signature: from the `Signature` element to a digest that a key can check.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use czei_pki::{Certificate, CertificateStore, Compat, Name, SignatureValue, SignedParts, SignerId};
use czei_sm2::{Message, PreparedVerifyingKey, UserId};

use crate::role::Role;
use crate::xml::{Document, SignatureElement, SignaturePart};
use crate::{Code, Joining, SignatureTime};

use super::policy::Policy;
use super::signers::{KnownSigner, Signers};
use super::{Check, Finding};

/// A signature with its value read and its signer found, ready to be checked.
pub(super) struct Ready {
    pub(super) value: SignatureValue,
    pub(super) signer: Arc<KnownSigner>,
    /// The way that comes first by the policy.
    pub(super) first: Result<Attempt, czei_pki::Error>,
}

/// One way of reading what was signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    pub(super) way: Way,
    pub(super) signed: Signed,
}

/// What a signature is over in one way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Signed {
    /// The unit's original as it stands, with Z of the way's user id: digested with those of other
    /// documents, which is several times as fast.
    Original,
    /// This digest.
    Digest([u8; 32]),
}

/// How a signature may have been made, as indices into the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) user_id: usize,
    /// Always the first for the unit.
    pub(super) joining: Joining,
    pub(super) compat: Option<Compat>,
}

/// What is signed, per role.
pub(super) struct Original<'a> {
    /// The unit's original: `Header` and `EInvoiceData`.
    pub(super) unit: [&'a [u8]; 2],
    /// For the authority.
    pub(super) signed_unit: Option<SignedUnit<'a>>,
}

/// What the authority signs of the unit's work.
pub(super) struct SignedUnit<'a> {
    /// SM3 of the unit's original.
    pub(super) original_sm3: [u8; 32],
    /// The unit's whole `Signature` element.
    pub(super) element: &'a [u8],
    /// Its decoded value.
    pub(super) value: &'a [u8],
}

impl Original<'_> {
    /// Calls `with` with the original in parts under a joining.
    fn parts<T>(&self, joining: Joining, with: impl FnOnce(&[&[u8]]) -> T) -> T {
        match &self.signed_unit {
            None => with(&self.unit),
            Some(unit) => with(&[&joining.join(&unit.original_sm3, unit.element, unit.value)]),
        }
    }
}

/// Reads a signature's labels and value and finds its signer; what stops the check becomes a
/// finding and `None`.
pub(super) fn prepare(
    role: Role,
    signature: &SignatureElement<'_>,
    original: &Original<'_>,
    document: &Document<'_>,
    policy: &Policy,
    signers: &Signers,
    findings: &mut Vec<Finding>,
) -> Option<(Ready, Vec<u8>)> {
    let check = Check::signature_of(role);
    labels(role, signature, document, findings);
    let read = read_value(check, &signature.value.text);
    let signing_time = read.as_ref().ok().and_then(|(_, value)| value.signing_time());
    findings.extend(time(check, signature, signing_time).map(|found| found.at(document.place(signature.time.node))));
    let at_value = || document.place(signature.value.node);
    let (decoded, value) = match read {
        Ok(read) => read,
        Err(finding) => {
            findings.push(finding.at(at_value()));
            return None;
        }
    };
    if !policy.encodings.contains(&value.encoding()) {
        findings.push(Finding::new(check, Code::EncodingNotAccepted).at(at_value()).found(value.encoding().name()));
        return None;
    }
    let signer = match find_signer(&value, signature, policy, signers) {
        Ok(signer) => signer,
        Err(finding) => {
            findings.push(Finding { check, ..*finding }.at(document.place(signature.serial.node)));
            return None;
        }
    };
    // SignedData names its signer itself; KeyInfo must then name the same.
    if value.signed_data().is_some() && !signer.certificate.is_named_by(&signature.issuer.text, &signature.serial.text)
    {
        findings.push(
            Finding::new(check, Code::KeyInfoNamesAnother)
                .at(document.place(signature.serial.node))
                .expected(format!("{}, {}", signer.certificate.serial_hex(), signer.certificate.issuer().to_rfc4514()))
                .found(key_info(signature)),
        );
    }
    let key = match signer.certificate.prepared_key() {
        Ok(key) => key,
        Err(error) => {
            findings.push(Finding::from_fault(check, &error));
            return None;
        }
    };
    let first = ways(role, policy)
        .next()
        .ok_or_else(wrong)
        .and_then(|way| Ok(Attempt { way, signed: signed(&value, original, key, policy, way)? }));
    Some((Ready { value, signer, first }, decoded))
}

impl Ready {
    /// Tries the ways of the policy in order, given whether the first already held.
    ///
    /// # Errors
    /// The finding that says why none did.
    pub(super) fn conclude(
        &self,
        role: Role,
        first_held: bool,
        original: &Original<'_>,
        policy: &Policy,
    ) -> Result<Way, czei_pki::Error> {
        if let (Ok(attempt), true) = (&self.first, first_held) {
            return Ok(attempt.way);
        }
        let key = self.signer.certificate.prepared_key()?;
        let mut why = self.first.as_ref().err().cloned().unwrap_or_else(wrong);
        for way in ways(role, policy).skip(1) {
            match digest(&self.value, original, key, policy, way) {
                Ok(digest) if key.verify(Message::Digest(&digest), self.value.signature()).is_ok() => return Ok(way),
                Ok(_) => why = wrong(),
                Err(_) => {}
            }
        }
        Err(why)
    }

    /// After a failure: a form that the policy does not accept but under which the signature would
    /// verify. It says where to look, and changes nothing.
    pub(super) fn other_form(&self, role: Role, original: &Original<'_>) -> Option<String> {
        let key = self.signer.certificate.prepared_key().ok()?;
        let holds = |digest: [u8; 32]| key.verify(Message::Digest(&digest), self.value.signature()).is_ok();
        let joinings: &[Joining] = match role {
            Role::Unit => &Joining::ALL[..1],
            Role::Authority => &Joining::ALL,
        };
        for joining in joinings {
            let label = |form: &str| match role {
                Role::Unit => form.to_owned(),
                Role::Authority => format!("{form}, {joining}"),
            };
            for user_id in [UserId::default(), UserId::EMPTY] {
                let found = original.parts(*joining, |parts| signed_digest(&self.value, parts, key, &user_id));
                if found.is_ok_and(holds) {
                    return Some(label(&format!("user_id \"{}\"", String::from_utf8_lossy(user_id.as_bytes()))));
                }
            }
            for compat in Compat::ALL {
                let found = original.parts(*joining, |parts| self.value.compat_digest(compat, parts));
                if found.is_ok_and(holds) {
                    return Some(label(compat.name()));
                }
            }
        }
        None
    }
}

/// All ways that a policy accepts, in its order: joinings, then user ids, then compatibility forms.
fn ways(role: Role, policy: &Policy) -> impl Iterator<Item = Way> + '_ {
    let joinings = match role {
        Role::Unit => &Joining::ALL[..1],
        Role::Authority => policy.joinings.as_slice(),
    };
    let forms = [None].into_iter().chain(policy.compat.iter().copied().map(Some));
    forms.flat_map(move |compat| {
        // Without Z there is no user id.
        let user_ids = if compat.is_some() { 0..1 } else { 0..policy.user_ids.len() };
        user_ids.flat_map(move |user_id| joinings.iter().map(move |joining| Way { user_id, joining: *joining, compat }))
    })
}

/// What a value's signature is over in one way.
fn signed(
    value: &SignatureValue,
    original: &Original<'_>,
    key: &PreparedVerifyingKey,
    policy: &Policy,
    way: Way,
) -> Result<Signed, czei_pki::Error> {
    let whole = original.signed_unit.is_none() && way.compat.is_none();
    if whole && matches!(value.signed_parts(&original.unit)?, SignedParts::Content(_)) {
        return Ok(Signed::Original);
    }
    digest(value, original, key, policy, way).map(Signed::Digest)
}

/// The digest that a value's signature covers in one way.
fn digest(
    value: &SignatureValue,
    original: &Original<'_>,
    key: &PreparedVerifyingKey,
    policy: &Policy,
    way: Way,
) -> Result<[u8; 32], czei_pki::Error> {
    original.parts(way.joining, |parts| match way.compat {
        Some(compat) => value.compat_digest(compat, parts),
        None => signed_digest(value, parts, key, &policy.user_ids[way.user_id]),
    })
}

/// e for a value over an original: over the signed attributes where there are any, whose
/// messageDigest must be that of the original, else over the original itself.
fn signed_digest(
    value: &SignatureValue,
    original: &[&[u8]],
    key: &PreparedVerifyingKey,
    user_id: &UserId,
) -> Result<[u8; 32], czei_pki::Error> {
    Ok(key.digest(user_id, value.signed_parts(original)?.as_parts()))
}

fn wrong() -> czei_pki::Error {
    czei_pki::Code::SignatureWrong.into()
}

/// The value as bytes and as what they mean.
fn read_value(check: Check, text: &str) -> Result<(Vec<u8>, SignatureValue), Box<Finding>> {
    let decoded = decode_value(text).map_err(|code| Box::new(Finding::new(check, code)))?;
    let value = SignatureValue::parse(&decoded).map_err(|error| Box::new(Finding::from_fault(check, &error)))?;
    Ok((decoded, value))
}

/// Base64 with padding; line breaks and blanks inside are tolerated (财综〔2017〕32号 Base64Binary),
/// non-zero trailing bits are not.
pub(crate) fn decode_value(text: &str) -> Result<Vec<u8>, Code> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    // Mostly there is no blank, and the decoder finds that out by itself.
    let decoded = STANDARD.decode(text).or_else(|_| {
        let dense: Vec<u8> = text.bytes().filter(|byte| !blank(byte)).collect();
        STANDARD.decode(dense)
    });
    decoded.map_err(|_| Code::SignatureBase64)
}

/// Labels decide nothing: another one than usual is reported, and the check goes on.
fn labels(role: Role, signature: &SignatureElement<'_>, document: &Document<'_>, findings: &mut Vec<Finding>) {
    const ALGORITHMS: [&str; 5] =
        ["SM3withSM2", "SM2", "1.2.156.10197.1.501", "1.2.156.10197.1.301.1", "1.2.156.10197.1.301"];
    let check = Check::signature_of(role);
    let mut unusual = |expected: &str, part: &SignaturePart<'_>| {
        findings.push(
            Finding::new(check, Code::LabelUnusual)
                .at(document.place(part.node))
                .expected(expected)
                .found(part.text.chars().take(64).collect::<String>()),
        );
    };
    if signature.reference.text != role.reference() {
        unusual(role.reference(), &signature.reference);
    }
    if !ALGORITHMS.contains(&&*signature.algorithm.text) {
        unusual(ALGORITHMS[0], &signature.algorithm);
    }
    if signature.format.text != "DETACH" {
        unusual("DETACH", &signature.format);
    }
}

/// `SignatureTime` is covered by no signature of its signer, unless signed attributes say the same.
fn time(check: Check, signature: &SignatureElement<'_>, signed: Option<DateTime<Utc>>) -> Option<Finding> {
    let text = &signature.time.text;
    let found = |code: Code| Finding::new(check, code).found(text.chars().take(64).collect::<String>());
    match (SignatureTime::parse(text), signed) {
        (Ok(time), Some(signed)) if signed == time.moment() => None,
        (Ok(_), Some(signed)) => Some(found(Code::SignatureTimeContradicts).expected(signed.to_rfc3339())),
        (Ok(_), None) => Some(found(Code::SignatureTimeUnproved)),
        (Err(_), _) => Some(found(Code::SignatureTimeMalformed)),
    }
}

/// The signer's certificate: the one in the value that the value names, else the one at hand that
/// the value or KeyInfo names.
fn find_signer(
    value: &SignatureValue,
    signature: &SignatureElement<'_>,
    policy: &Policy,
    signers: &Signers,
) -> Result<Arc<KnownSigner>, Box<Finding>> {
    // The group is the caller's to say.
    let stop = |finding: Finding| Err(Box::new(finding));
    let named = || key_info(signature);
    if let Some(data) = value.signed_data().filter(|data| data.embedded().len() > 0) {
        return match signers.embedded(data, &policy.certificates) {
            Ok(Some(signer)) => Ok(signer),
            Ok(None) => stop(Finding::new(Check::Form, Code::SignerNotCarried).found(named())),
            Err(error) => stop(Finding::from_fault(Check::Form, &error)),
        };
    }
    match certificate_at_hand(value, signature, &policy.certificates) {
        Some(certificate) => Ok(signers.known(certificate)),
        None => stop(Finding::new(Check::Form, Code::CertificateNotAtHand).found(named())),
    }
}

/// What KeyInfo says, as far as a finding needs it: the text is not covered by the signature, and of any length.
fn key_info(signature: &SignatureElement<'_>) -> String {
    let cut = |text: &str| text.chars().take(256).collect::<String>();
    format!("{}, {}", cut(&signature.serial.text), cut(&signature.issuer.text))
}

/// The certificate among those at hand that a value without certificates, or its KeyInfo, names.
pub(super) fn certificate_at_hand<'s>(
    value: &SignatureValue,
    signature: &SignatureElement<'_>,
    at_hand: &'s CertificateStore,
) -> Option<&'s Arc<Certificate>> {
    let Some(data) = value.signed_data() else {
        return at_hand.find_by_text(&signature.issuer.text, &signature.serial.text).into_iter().next();
    };
    match data.signer() {
        SignerId::IssuerSerial { issuer, serial } => at_hand.find(&Name::from_der(issuer).ok()?, serial),
        // A renewed certificate may have the key of the old one: then KeyInfo tells them apart.
        SignerId::KeyId(id) => {
            let of_key = at_hand.by_subject_key_id(id);
            let named = |certificate: &&Arc<Certificate>| {
                certificate.is_named_by(&signature.issuer.text, &signature.serial.text)
            };
            of_key.iter().find(named).or(of_key.first())
        }
    }
}
