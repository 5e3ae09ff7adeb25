//! One document gives one report, whatever was verified before it and beside it.

use std::sync::Arc;

use czei_core::{Report, Verdict, Verifier};
use czei_pki::Encoding;

use crate::der::SignedData;
use crate::judge::open;
use crate::province::{
    Party, UNIT, ca_template, issued, now, original, province, replaced, self_signed, template, verify,
};

/// What is compared: all that is published.
fn shown(report: &Report) -> String {
    report.to_json("file", "test")
}

fn carried(unit: &Party, companions: &[&Party]) -> String {
    let mut value = SignedData::of(&unit.certificate, &unit.sign(original().as_bytes()).to_der());
    value.certificates.extend(companions.iter().map(|party| party.certificate.der().to_vec()));
    province().countersigned(&original(), &unit.unit_element(&value.write()))
}

/// Documents that could lead a cache astray: the same certificate with and without the CA that its
/// path needs, a forged CA of the same name, a certificate of the same issuer and serial.
fn documents() -> (czei_core::Policy, Vec<String>) {
    let p = province();
    let ca = issued(&ca_template("CN=市 CA,O=示例,C=CN", 61), &p.root, 61);
    let forged_root = self_signed(&ca_template("CN=示例根,O=示例财政电子认证,C=CN", 1), 103);
    let forged = issued(&ca_template("CN=市 CA,O=示例,C=CN", 61), &forged_root, 105);
    let name = format!("CN={UNIT},O={UNIT},C=CN");
    let unit = issued(&template(&name, 62), &ca, 63);
    let twin = issued(&template(&name, 62), &forged, 107);
    let good = p.signed(&original());
    let documents = vec![
        carried(&unit, &[]),
        carried(&unit, &[&ca]),
        carried(&unit, &[&forged, &forged_root]),
        carried(&unit, &[&forged, &ca]),
        carried(&twin, &[&forged, &forged_root]),
        carried(&twin, &[&ca]),
        carried(&p.unit, &[]),
        p.countersigned(&original(), &p.unit.unit_element(&p.unit.value(Encoding::Raw, original().as_bytes()))),
        replaced(&good, "<PayerPartyName>张三", "<PayerPartyName>李四"),
        good,
        "<EInvoice>".to_owned(),
    ];
    (p.policy(), documents)
}

#[test]
fn order_and_company_change_no_report() {
    let (policy, documents) = documents();
    let alone: Vec<_> =
        documents.iter().map(|text| Verifier::new(policy.clone()).verify(text.as_bytes(), now())).collect();
    let verdicts: Vec<_> = alone.iter().map(|report| (report.verdict, open(report))).collect();
    use Verdict::{Indeterminate, Invalid, Valid};
    let expected = [
        (Indeterminate, "unit_certificate=indeterminate"),
        (Valid, ""),
        (Indeterminate, "unit_certificate=indeterminate"),
        (Valid, ""),
        (Indeterminate, "unit_certificate=indeterminate"),
        (Indeterminate, "unit_certificate=indeterminate"),
        (Valid, ""),
        (Valid, ""),
        (Invalid, "unit_signature=failed authority_signature=failed"),
        (Valid, ""),
    ];
    for ((found, expected), index) in verdicts.iter().zip(expected).zip(0..) {
        assert_eq!((found.0, &*found.1), expected, "{index}");
    }
    assert_eq!(verdicts[10].0, Invalid);

    let forward = Verifier::new(policy.clone());
    let backward = Verifier::new(policy.clone());
    let batch = Verifier::new(policy);
    let bytes: Vec<_> = documents.iter().map(String::as_bytes).collect();
    let in_batch = batch.verify_many(&bytes, now());
    for (index, text) in documents.iter().enumerate() {
        assert_eq!(shown(&forward.verify(text.as_bytes(), now())), shown(&alone[index]), "forward {index}");
        assert_eq!(shown(&in_batch[index]), shown(&alone[index]), "batch {index}");
    }
    for (index, text) in documents.iter().enumerate().rev() {
        assert_eq!(shown(&backward.verify(text.as_bytes(), now())), shown(&alone[index]), "backward {index}");
    }
    // And with everything in the cache.
    for (index, text) in documents.iter().enumerate() {
        assert_eq!(shown(&backward.verify(text.as_bytes(), now())), shown(&alone[index]), "again {index}");
    }
}

#[test]
fn a_shared_verifier_gives_each_thread_the_same() {
    let (policy, documents) = documents();
    let verifier = Arc::new(Verifier::new(policy.clone()));
    let alone: Vec<_> =
        documents.iter().map(|text| shown(&Verifier::new(policy.clone()).verify(text.as_bytes(), now()))).collect();
    std::thread::scope(|scope| {
        for start in 0..4 {
            let (verifier, documents, alone) = (&verifier, &documents, &alone);
            scope.spawn(move || {
                for step in 0..documents.len() {
                    let index = (start * 3 + step) % documents.len();
                    let report = verifier.verify(documents[index].as_bytes(), now());
                    assert_eq!(shown(&report), alone[index]);
                }
            });
        }
    });
}

#[test]
fn the_order_of_certificates_at_hand_changes_no_verdict() {
    let p = province();
    let receipt = p.signed(&original());
    for parties in [[&p.sub, &p.unit, &p.authority], [&p.authority, &p.unit, &p.sub], [&p.unit, &p.sub, &p.authority]] {
        let report = Verifier::new(p.policy_with(&parties)).verify(receipt.as_bytes(), now());
        assert_eq!(report.verdict, Verdict::Valid);
    }
}

#[test]
fn every_single_byte_of_the_signed_part_counts() {
    // One character after the other replaced by its neighbour: never valid, and never shown as the
    // same data. Every tenth, to keep it short; the offset moves through all places in time.
    let text = province().signed(&original());
    let (start, end) = (text.find("<Header>").unwrap(), text.find("<EInvoiceSignature>").unwrap());
    let places: Vec<_> = text.char_indices().filter(|(at, _)| (start..end).contains(at)).collect();
    for (at, character) in places.into_iter().step_by(10) {
        let other = char::from_u32(u32::from(character) + 1).unwrap();
        let changed = format!("{}{other}{}", &text[..at], &text[at + character.len_utf8()..]);
        let report = verify(&changed);
        assert_eq!(report.verdict, Verdict::Invalid, "{character} at {at}");
    }
}
