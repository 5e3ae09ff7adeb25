//! Whose signature it is, over what, and what the labels beside it say.

use czei_core::{Check, Code, Joining, Verdict};
use czei_pki::Encoding;
use czei_sm2::Sm3;

use crate::bad_input_signature::{der_of_unit, wrong};
use crate::judge::{decided, finding, indeterminate, invalid, open, path, valid};
use crate::province::{
    authority_original, base64, countersigned_by, document, element, hex, original, original_with, province, replaced,
    verify, verify_under,
};
use crate::sha_256::sha_256;

#[test]
fn unit_and_authority_swapped() {
    let p = province();
    let good = p.signed(&original());
    let unit = p.unit_signature(&original());
    let authority = &good[good.find(&unit[..60]).unwrap()..];
    let signatures: Vec<_> = authority.split_inclusive("</Signature>").take(2).collect();
    let report = verify(&document(&original(), &[signatures[1], signatures[0]]));
    let found = decided(&report, Verdict::Invalid, Check::UnitSignature, czei_pki::Code::SignatureWrong);
    assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[1]/SignatureValue");
    assert_eq!(
        open(&report),
        "unit_signature=failed authority_signature=failed authority_certificate=indeterminate binding=indeterminate"
    );
    let labels: Vec<_> = report.findings.iter().filter(|each| each.entry.name == "label-unusual").map(path).collect();
    let reference = |n| format!("EInvoice/EInvoiceSignature/Signature[{n}]/SignedInfo/Reference");
    assert_eq!(labels, [reference(1), reference(2)]);
}

#[test]
fn signatures_of_another_receipt() {
    let p = province();
    let other = original_with("<PayerPartyName>张三", "<PayerPartyName>李四");
    let signed = p.signed(&other);
    let report = verify(&replaced(&signed, "<PayerPartyName>李四", "<PayerPartyName>张三"));
    invalid(
        &report,
        Check::UnitSignature,
        czei_pki::Code::SignatureWrong,
        "unit_signature=failed authority_signature=failed",
    );
}

#[test]
fn a_fresh_unit_signature_under_the_authority_signature_of_before() {
    let p = province();
    let before = p.unit_signature(&original());
    let signed = p.countersigned(&original(), &before);
    let fresh = p.unit_signature(&original());
    assert_ne!(before, fresh);
    let report = verify(&replaced(&signed, &before, &fresh));
    invalid(&report, Check::AuthoritySignature, czei_pki::Code::SignatureWrong, "authority_signature=failed");
}

#[test]
fn the_content_changed_and_signed_anew_under_the_authority_signature_of_before() {
    let p = province();
    let before = p.unit_signature(&original());
    let changed = original_with("<PayerPartyName>张三", "<PayerPartyName>李四");
    let signed = p.countersigned(&original(), &before);
    let forged = replaced(&replaced(&signed, &original(), &changed), &before, &p.unit_signature(&changed));
    let report = verify(&forged);
    invalid(&report, Check::AuthoritySignature, czei_pki::Code::SignatureWrong, "authority_signature=failed");
}

#[test]
fn the_authority_missing_is_unit_only_and_never_valid() {
    let p = province();
    let report = verify(&document(&original(), &[&p.unit_signature(&original())]));
    let found = indeterminate(
        &report,
        Check::AuthoritySignature,
        Code::AuthoritySignatureMissing,
        "authority_signature=indeterminate authority_certificate=not-made",
    );
    assert_eq!(found.place.path.as_deref(), Some("EInvoice"));
    assert!(report.authority.is_none());
    assert!(report.content.is_some());
}

#[test]
fn no_signature_at_all() {
    for empty in ["<EInvoiceSignature></EInvoiceSignature>", ""] {
        let text = document(&original(), &[]).replace("<EInvoiceSignature></EInvoiceSignature>", empty);
        let report = verify(&text);
        decided(&report, Verdict::Invalid, Check::UnitSignature, Code::UnitSignatureMissing);
        assert_eq!(
            open(&report),
            "unit_signature=failed authority_signature=indeterminate unit_certificate=not-made \
             authority_certificate=not-made binding=not-made time=not-made"
        );
    }
}

#[test]
fn the_unit_signs_twice() {
    let p = province();
    let report = verify(&countersigned_by(&p.unit, &original(), &p.unit_signature(&original())));
    decided(&report, Verdict::Invalid, Check::AuthorityCertificate, Code::SameKey);
    assert_eq!(open(&report), "authority_certificate=failed");
    finding(&report, Check::AuthorityCertificate, Code::AuthorityNotNamed);
}

#[test]
fn the_authority_s_key_under_a_certificate_of_the_unit() {
    // Two certificates, one key: named as authority and bound as unit.
    let p = province();
    let double = p.another(&format!("CN={},O=another,C=CN", crate::province::UNIT), p.authority.d);
    let mut policy = p.policy();
    policy.certificates.add(double.certificate.clone());
    let unit = double.unit_element(&double.value(Encoding::Der, original().as_bytes()));
    let report = verify_under(policy, &p.countersigned(&original(), &unit));
    let found = invalid(&report, Check::AuthorityCertificate, Code::SameKey, "authority_certificate=failed");
    assert!(found.place.is_unknown());
}

#[test]
fn the_authority_signed_with_another_joining() {
    let p = province();
    let unit = p.unit_signature(&original());
    for joining in Joining::ALL.into_iter().skip(1) {
        let decoded = base64_value(&unit);
        let to_sign = joining.authority_original(&[original().as_bytes()], unit.as_bytes(), &decoded);
        let authority = p.authority.authority_element(&p.authority.value(Encoding::Der, &to_sign));
        let receipt = document(&original(), &[&unit, &authority]);
        let report = verify(&receipt);
        invalid(&report, Check::AuthoritySignature, czei_pki::Code::SignatureWrong, "authority_signature=failed");
        let form = finding(&report, Check::AuthoritySignature, Code::SignatureOtherForm).found.clone().unwrap();
        assert_eq!(form, format!("user_id \"1234567812345678\", {joining}"));
        assert_eq!(report.authority.unwrap().joining, None);

        let mut policy = p.policy();
        policy.joinings = vec![Joining::default(), joining];
        let report = verify_under(policy, &receipt);
        valid(&report, &[]);
        assert_eq!(report.authority.unwrap().joining, Some(joining));
    }
}

fn base64_value(element: &str) -> Vec<u8> {
    use base64::Engine as _;
    let (_, rest) = element.split_once("<SignatureValue>").unwrap();
    let (value, _) = rest.split_once("</SignatureValue>").unwrap();
    base64::engine::general_purpose::STANDARD.decode(value).unwrap()
}

#[test]
fn the_authority_signed_the_original_itself_or_the_element_alone() {
    let p = province();
    let unit = p.unit_signature(&original());
    let hash = hex(&Sm3::digest(original().as_bytes()));
    for other in [
        original().into_bytes(),
        unit.clone().into_bytes(),
        hash.clone().into_bytes(),
        format!("{hash}\n{unit}").into_bytes(),
        format!("{unit}{hash}").into_bytes(),
    ] {
        let authority = p.authority.authority_element(&p.authority.value(Encoding::Der, &other));
        let report = verify(&document(&original(), &[&unit, &authority]));
        invalid(&report, Check::AuthoritySignature, czei_pki::Code::SignatureWrong, "authority_signature=failed");
    }
}

// Labels

#[test]
fn labels_are_findings_and_decide_nothing() {
    let p = province();
    let good = p.unit_signature(&original());
    let at = |part: &str| format!("EInvoice/EInvoiceSignature/Signature[1]/SignedInfo/{part}");
    for (from, to, part) in [
        ("SM3withSM2", "none", "SignatureAlgorithm"),
        ("SM3withSM2", "SHA256withRSA", "SignatureAlgorithm"),
        ("SM3withSM2", "sm3withsm2", "SignatureAlgorithm"),
        ("SM3withSM2", "", "SignatureAlgorithm"),
        ("DETACH", "ATTACH", "SignatureFormat"),
        ("Header,EInvoiceData", "Hash,Signature", "Reference"),
        ("Header,EInvoiceData", "", "Reference"),
    ] {
        let report = verify(&p.countersigned(&original(), &replaced(&good, from, to)));
        valid(&report, &["label-unusual"]);
        let found = finding(&report, Check::UnitSignature, Code::LabelUnusual);
        assert_eq!(
            (path(found), found.expected.as_deref(), found.found.as_deref()),
            (&*at(part), Some(from), Some(to))
        );
    }
    for known in ["SM2", "1.2.156.10197.1.501", "1.2.156.10197.1.301.1", "1.2.156.10197.1.301"] {
        valid(&verify(&p.countersigned(&original(), &replaced(&good, "SM3withSM2", known))), &[]);
    }
}

#[test]
fn a_label_saves_no_other_algorithm() {
    let unit = &province().unit;
    let value = unit.sign_digest(&sha_256(original().as_bytes())).to_der();
    let element = replaced(&unit.unit_element(&value), "SM3withSM2", "SHA256withSM2");
    let report = verify(&province().countersigned(&original(), &element));
    wrong(&report);
    finding(&report, Check::UnitSignature, Code::LabelUnusual);
}

// KeyInfo

#[test]
fn key_info_that_names_no_certificate_at_hand() {
    let p = province();
    let good = p.unit_signature(&original());
    for (from, to) in
        [("<SerialNumber>202603", "<SerialNumber>202699"), ("O=示例财政电子认证", "O=别的"), ("202603", "")]
    {
        let report = verify(&p.countersigned(&original(), &replaced(&good, from, to)));
        let found = indeterminate(
            &report,
            Check::UnitSignature,
            Code::CertificateNotAtHand,
            "unit_signature=indeterminate unit_certificate=not-made binding=not-made time=not-made",
        );
        assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[1]/KeyInfo/SerialNumber");
    }
}

#[test]
fn key_info_is_compared_as_a_number_and_a_name() {
    let p = province();
    let good = p.unit_signature(&original());
    let issuer = "CN=示例 Sub CA,O=示例财政电子认证,C=CN";
    for (from, to) in [
        ("<SerialNumber>202603", "<SerialNumber>0000202603"),
        (issuer, "C=CN, O=示例财政电子认证, CN=示例 Sub CA"),
        (issuer, "cn=示例 SUB ca,o=示例财政电子认证,c=cn"),
    ] {
        valid(&verify(&p.countersigned(&original(), &replaced(&good, from, to))), &[]);
    }
}

#[test]
fn key_info_that_points_at_the_certificate_of_another() {
    let p = province();
    let unit = element("Header,EInvoiceData", &base64(&der_of_unit()), &p.authority.certificate);
    let value = p.authority.value(Encoding::Der, &authority_original(&original(), &unit));
    let report = verify(&document(&original(), &[&unit, &p.authority.authority_element(&value)]));
    decided(&report, Verdict::Invalid, Check::UnitSignature, czei_pki::Code::SignatureWrong);
    assert_eq!(open(&report), "unit_signature=failed authority_certificate=failed binding=indeterminate");
}
