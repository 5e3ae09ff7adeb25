//! SignedData: what may be changed without notice is what the signature does not cover and nothing
//! is decided on, and the list of that is here.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_pki::{Certificate, Compat, Covered, Encoding, SignatureRequest, SignatureValue, SignedData, SignedDataForm};
use czei_sm2::{Message, UserId};

use crate::mutants::{self, Node, THREE_MASKS};
use crate::province::{Province, key, now};

const CONTENT: &[&[u8]] = &[b"<Header></Header>", b"<EInvoiceData></EInvoiceData>"];

/// Changes in these parts are accepted, and why that changes nothing:
///
/// * `certificates`: the value verifies under the signer's certificate wherever that comes from; a
///   changed one does not lead to the root, which is checked below, and one that is left out is
///   taken from elsewhere.
/// * `encapContentInfo`: attached content may be left out; it is never another one, which is checked
///   below.
/// * `crls`: not used; the tag of `certificates` becomes this one by one bit, and they are then as
///   if left out.
/// * `issuerAndSerialNumber`: names are compared and not their octets (RFC 5280 7.1), so the type of
///   a string in one may change; it still names this signer's certificate.
/// * `digestAlgorithms`, `digestAlgorithm`, `signatureAlgorithm`: parameters may be NULL or absent,
///   and the set may name SM3 twice; another algorithm than SM3 and SM2 is refused.
/// * `version` of SignedData: 1 to 5, as CMS and GB/T 35275-2017 count differently; nothing is read
///   by it. That of SignerInfo says how the signer is named and does not change.
const NOT_COVERED: [&str; 8] = [
    "version",
    "encapContentInfo",
    "certificates",
    "crls",
    "issuerAndSerialNumber",
    "digestAlgorithms",
    "digestAlgorithm",
    "signatureAlgorithm",
];

#[test]
fn no_changed_signed_data_says_anything_else() {
    let province = Province::new();
    let mut forms: Vec<SignedDataForm> =
        ["gm", "gm-attributes", "pkcs", "pkcs-attributes+no-time", "cfca", "gm+key-id", "gm+chain+attached"]
            .iter()
            .map(|name| name.parse().unwrap())
            .collect();
    forms.push("pkcs-attributes+301+null+key-id+no-certificates+attached".parse().unwrap());
    forms.extend(Compat::ALL.map(SignedDataForm::compat));
    for form in forms {
        let (tried, accepted) = run(&province, form);
        for part in &accepted {
            assert!(NOT_COVERED.contains(&part.as_str()), "{form}: accepted with another {part}");
        }
        let parts = accepted.into_iter().collect::<Vec<_>>().join(", ");
        eprintln!("proof mutated SignedData {form}: {tried} tried, accepted with changes in: {parts}");
    }
}

/// DER and r‖s have no part that is not covered.
#[test]
fn no_changed_bare_signature_is_verified() {
    let province = Province::new();
    let signer = province.unit.prepared_key().unwrap();
    for encoding in [Encoding::Der, Encoding::Raw] {
        let bytes = written(&province, encoding, SignedDataForm::default());
        for place in 0..bytes.len() {
            for mask in mutants::EVERY_BIT {
                let mut mutant = bytes.clone();
                mutant[place] ^= mask;
                let Ok(value) = SignatureValue::parse(&mutant) else { continue };
                assert!(value.verify(signer, &UserId::DEFAULT, CONTENT).is_err(), "{encoding:?} octet {place}");
            }
        }
    }
}

fn written(province: &Province, encoding: Encoding, form: SignedDataForm) -> Vec<u8> {
    let chain = [Arc::clone(&province.sub), Arc::clone(&province.root)];
    let request =
        SignatureRequest::new(encoding, form, &province.unit, &UserId::DEFAULT, CONTENT, Some(now())).unwrap();
    let request = request.with_chain(&chain).unwrap();
    let signature = key(3).sign(Message::Digest(request.digest())).unwrap();
    request.finish(&signature).unwrap()
}

fn run(province: &Province, form: SignedDataForm) -> (u32, BTreeSet<String>) {
    let bytes = written(province, Encoding::SignedData, form);
    let unchanged = SignatureValue::parse(&bytes).unwrap();
    assert!(accepted(province, form, &unchanged));
    let original = Parts::of(&bytes);
    let (mut tried, mut parts) = (0, BTreeSet::new());
    mutants::each(&bytes, THREE_MASKS, 1, |label, mutant| {
        tried += 1;
        let Ok(value) = SignatureValue::parse(mutant) else { return };
        let data = value.signed_data();
        for der in data.iter().flat_map(|data| data.embedded()) {
            no_other_certificate_is_trusted(province, der, label);
        }
        if accepted(province, form, &value) {
            assert_eq!(meaning(&value), meaning(&unchanged), "{form}: {label}");
            parts.extend(original.different(&Parts::of(mutant)));
        }
    });
    (tried, parts)
}

/// Under the right certificate and the right content, in a form without Z as a policy that lists it
/// does.
fn accepted(province: &Province, form: SignedDataForm, value: &SignatureValue) -> bool {
    let signer = province.unit.prepared_key().unwrap();
    let verified = match form.covered {
        Covered::Compat(compat) => value
            .compat_digest(compat, CONTENT)
            .is_ok_and(|digest| signer.verify(Message::Digest(&digest), value.signature()).is_ok()),
        _ => value.verify(signer, &UserId::DEFAULT, CONTENT).is_ok(),
    };
    verified && value.signed_data().is_none_or(|data| data.require_signer(&province.unit).is_ok())
}

/// A certificate that comes with the value and is not one of the three leads nowhere.
fn no_other_certificate_is_trusted(province: &Province, der: &[u8], label: &str) {
    if [&province.unit, &province.sub, &province.root].iter().any(|own| own.der() == der) {
        return;
    }
    if let Ok(other) = Certificate::from_der(der) {
        assert!(province.paths(&province.sub, &Arc::new(other)).all().is_empty(), "{label}");
    }
}

/// Everything that a verifier goes by, besides the signer.
fn meaning(value: &SignatureValue) -> (Vec<u8>, Vec<u8>, Option<DateTime<Utc>>) {
    // Without attached content it is about the content at hand.
    let attached = value.signed_data().and_then(SignedData::content).map(<[u8]>::to_vec);
    (value.signature().to_der(), attached.unwrap_or_else(|| CONTENT.concat()), value.signing_time())
}

/// The parts of SignedData and of its one SignerInfo, by their names in GB/T 35275-2017.
struct Parts(Vec<(String, Vec<u8>)>);

impl Parts {
    fn of(der: &[u8]) -> Self {
        let mut parts = Vec::new();
        let mut add = |name: &str, node: &Node| parts.push((name.to_owned(), der[node.start..node.end].to_vec()));
        let tree = mutants::tree(der);
        add("contentType", &tree[0].children[0]);
        let mut sets = ["signerInfos", "digestAlgorithms"].to_vec();
        for node in &tree[0].children[1].children[0].children {
            match node.tag {
                0x02 => add("version", node),
                0x30 => add("encapContentInfo", node),
                0xa0 => add("certificates", node),
                0xa1 => add("crls", node),
                0x31 => match sets.pop().unwrap_or("another SET") {
                    "signerInfos" => signer_info(&node.children[0], &mut add),
                    name => add(name, node),
                },
                _ => add("another element", node),
            }
        }
        Parts(parts)
    }

    /// The names of the parts that are not the same in both.
    fn different(&self, other: &Parts) -> BTreeSet<String> {
        let own: BTreeSet<_> = self.0.iter().collect();
        let others: BTreeSet<_> = other.0.iter().collect();
        own.symmetric_difference(&others).map(|(name, _)| name.clone()).collect()
    }
}

fn signer_info(info: &Node, add: &mut impl FnMut(&str, &Node)) {
    let mut sequences = vec!["signatureAlgorithm", "digestAlgorithm"];
    // Named by issuer and serial number, which is a SEQUENCE before the other two.
    if info.children.get(1).is_some_and(|node| node.tag == 0x30) {
        sequences.push("issuerAndSerialNumber");
    }
    for node in &info.children {
        match node.tag {
            0x02 => add("signerInfo version", node),
            0x30 => add(sequences.pop().unwrap_or("another SEQUENCE"), node),
            0x80 => add("subjectKeyIdentifier", node),
            0xa0 => add("signedAttributes", node),
            0xa1 => add("unsignedAttributes", node),
            0x04 => add("signature", node),
            _ => add("another element", node),
        }
    }
}
