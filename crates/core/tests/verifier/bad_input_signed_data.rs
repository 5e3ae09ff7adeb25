//! SignedData (GB/T 35275-2017) as an attacker or an unusual product writes it.

use czei_core::{Check, Code, Compat, Report, Verdict};
use czei_pki::Encoding;
use czei_sm2::Sm3;

use crate::der::{self, SignedData, SignerInfo, algorithm, attribute, tlv};
use crate::judge::{decided, finding, indeterminate, invalid, open, path, valid};
use crate::province::{
    Party, UNIT, UNIT_CODE, ca_template, issued, original, province, replaced, self_signed, template, verify,
    verify_under,
};

const VALUE: &str = "EInvoice/EInvoiceSignature/Signature[1]/SignatureValue";
const NO_VALUE: &str = "unit_signature=failed unit_certificate=not-made binding=not-made time=not-made";

/// The plain form over the original.
fn good() -> SignedData {
    let unit = &province().unit;
    SignedData::of(&unit.certificate, &unit.sign(original().as_bytes()).to_der())
}

fn report_on(value: &[u8]) -> Report {
    let p = province();
    verify(&p.countersigned(&original(), &p.unit.unit_element(value)))
}

/// A value that cannot be read: code and place.
#[track_caller]
fn unreadable(value: &[u8], code: czei_pki::Code) {
    let report = report_on(value);
    let found = decided(&report, Verdict::Invalid, Check::UnitSignature, code);
    assert_eq!((path(found), &*open(&report)), (VALUE, NO_VALUE));
}

/// A value that is read and does not hold.
#[track_caller]
fn does_not_hold(value: &SignedData, code: czei_pki::Code) {
    let report = report_on(&value.write());
    invalid(&report, Check::UnitSignature, code, "unit_signature=failed");
}

/// With signed attributes over the original; `change` may damage the list.
fn with_attributes(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> SignedData {
    let unit = &province().unit;
    let digest = Sm3::digest(original().as_bytes());
    let mut list = vec![
        attribute(der::CONTENT_TYPE, &tlv(der::OID, &[der::GM_DATA])),
        attribute(der::SIGNING_TIME, &tlv(0x17, &[b"261201021530Z"])),
        attribute(der::MESSAGE_DIGEST, &tlv(der::OCTETS, &[&digest])),
    ];
    change(&mut list);
    // DER sorts a SET OF by its encodings.
    list.sort();
    let all = list.concat();
    let signature = unit.sign(&tlv(der::SET, &[&all])).to_der();
    let mut value = SignedData::of(&unit.certificate, &signature);
    value.signers[0].attributes = Some(all);
    value
}

#[test]
fn the_plain_form_of_these_tests_is_what_is_written() {
    let p = province();
    let signature = p.unit.sign(original().as_bytes());
    let written = czei_pki::encode(Encoding::SignedData, &signature, &p.unit.certificate);
    assert_eq!(SignedData::of(&p.unit.certificate, &signature.to_der()).write(), written);
    valid(&report_on(&written), &[]);
}

// Attached content

#[test]
fn attached_content_that_is_the_original() {
    let attached = SignedData { content: Some(original().into_bytes()), ..good() };
    valid(&report_on(&attached.write()), &[]);
}

#[test]
fn attached_content_that_is_another() {
    for other in [original().replace("张三", "李四"), String::new(), original() + " ", original()[1..].to_owned()] {
        // Signed is the original …
        does_not_hold(
            &SignedData { content: Some(other.clone().into_bytes()), ..good() },
            czei_pki::Code::ContentDiffers,
        );
        // … or what is attached.
        let unit = &province().unit;
        let signature = unit.sign(other.as_bytes()).to_der();
        let value = SignedData { content: Some(other.into_bytes()), ..SignedData::of(&unit.certificate, &signature) };
        does_not_hold(&value, czei_pki::Code::ContentDiffers);
    }
}

#[test]
fn attached_content_that_is_another_without_z() {
    // A compatibility form is no way around the comparison.
    let p = province();
    let signature = p.unit.sign_digest(&Sm3::digest(original().as_bytes())).to_der();
    let value = SignedData { content: Some(b"<Header>".to_vec()), ..SignedData::of(&p.unit.certificate, &signature) };
    let mut policy = p.policy();
    policy.compat = vec![Compat::NoZContent];
    let receipt = p.countersigned(&original(), &p.unit.unit_element(&value.write()));
    let report = verify_under(policy, &receipt);
    invalid(&report, Check::UnitSignature, czei_pki::Code::ContentDiffers, "unit_signature=failed");
}

// Signers

#[test]
fn no_signer() {
    unreadable(&SignedData { signers: Vec::new(), ..good() }.write(), czei_pki::Code::NoSigner);
}

#[test]
fn two_signers() {
    let one = good().signers.remove(0);
    unreadable(&SignedData { signers: vec![one.clone(), one], ..good() }.write(), czei_pki::Code::SeveralSigners);
}

#[test]
fn a_signer_whose_certificate_is_not_the_one_carried() {
    let p = province();
    let other = p.authority.certificate.der().to_vec();
    for certificates in [vec![other.clone()], vec![p.sub.certificate.der().to_vec(), other]] {
        let report = report_on(&SignedData { certificates, ..good() }.write());
        let found = invalid(&report, Check::UnitSignature, Code::SignerNotCarried, NO_VALUE);
        assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[1]/KeyInfo/SerialNumber");
    }
}

#[test]
fn only_certificates_above_the_signer_s_are_carried() {
    let p = province();
    let certificates = vec![p.sub.certificate.der().to_vec()];
    let value = SignedData { certificates, ..good() };
    // The signer's comes from the policy, and the CA's from the value.
    let receipt = p.countersigned(&original(), &p.unit.unit_element(&value.write()));
    let policy = p.policy_with(&[&p.unit, &p.authority, &p.sub]);
    valid(&crate::province::verify_under(policy, &receipt), &[]);
    let policy = p.policy_with(&[&p.authority, &p.sub]);
    let report = crate::province::verify_under(policy, &receipt);
    invalid(&report, Check::UnitSignature, Code::SignerNotCarried, NO_VALUE);
}

#[test]
fn a_signer_named_as_another_than_signed() {
    // The unit signed; the value names the authority and carries its certificate.
    let p = province();
    let value = SignedData::of(&p.authority.certificate, &p.unit.sign(original().as_bytes()).to_der());
    let report = report_on(&value.write());
    decided(&report, Verdict::Invalid, Check::UnitSignature, Code::KeyInfoNamesAnother);
    finding(&report, Check::UnitSignature, czei_pki::Code::SignatureWrong);
}

#[test]
fn key_info_that_names_another_than_the_value() {
    let p = province();
    let expected = "202603, CN=示例 Sub CA,O=示例财政电子认证,C=CN";
    for certificates in [good().certificates, Vec::new()] {
        let value = SignedData { certificates, ..good() }.write();
        for (from, to) in [("<SerialNumber>202603", "<SerialNumber>202604"), ("CN=示例 Sub CA,", "")] {
            let unit = replaced(&p.unit.unit_element(&value), from, to);
            let report = verify(&p.countersigned(&original(), &unit));
            let found = invalid(&report, Check::UnitSignature, Code::KeyInfoNamesAnother, "unit_signature=failed");
            assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[1]/KeyInfo/SerialNumber");
            assert_eq!(found.expected.as_deref(), Some(expected));
        }
    }
}

#[test]
fn without_certificates_the_policy_s_is_taken() {
    let p = province();
    let value = SignedData { certificates: Vec::new(), ..good() }.write();
    valid(&report_on(&value), &[]);
    let policy = p.policy_with(&[&p.sub, &p.authority]);
    let report = verify_under(policy, &p.countersigned(&original(), &p.unit.unit_element(&value)));
    let found = decided(&report, Verdict::Indeterminate, Check::UnitSignature, Code::CertificateNotAtHand);
    assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[1]/KeyInfo/SerialNumber");
}

#[test]
fn a_signer_named_by_the_identifier_of_its_key() {
    let p = province();
    let mut value = good();
    let id = p.unit.certificate.subject_key_id().unwrap();
    value.signers = vec![SignerInfo { version: 3, id: tlv(0x80, &[id]), ..value.signers.remove(0) }];
    valid(&report_on(&value.write()), &[]);
    value.certificates.clear();
    valid(&report_on(&value.write()), &[]);

    // A renewed certificate for the same key, at hand before the one that KeyInfo names.
    let old = template(&format!("CN={UNIT},O={UNIT},C=CN"), 99);
    let old = czei_pki::CertificateTemplate { not_after: crate::province::utc("2026-11-02T00:00:00Z"), ..old };
    let policy = p.policy_with(&[&issued(&old, &p.sub, p.unit.d), &p.sub, &p.unit, &p.authority]);
    valid(&verify_under(policy, &p.countersigned(&original(), &p.unit.unit_element(&value.write()))), &[]);

    value.signers[0].id = tlv(0x80, &[b"another key"]);
    let report = report_on(&value.write());
    decided(&report, Verdict::Indeterminate, Check::UnitSignature, Code::CertificateNotAtHand);
}

// Signed attributes

#[test]
fn signed_attributes_are_read_and_prove_the_signing_time() {
    let report = report_on(&with_attributes(|_| {}).write());
    valid(&report, &[]);
    // 10:15:30+0800 is what the element says too: the unit's is no longer unproved.
    let unproved: Vec<_> = report.findings.iter().filter(|each| each.entry.name == "signature-time-unproved").collect();
    assert_eq!(unproved.len(), 1);
    assert_eq!(unproved[0].check, Check::AuthoritySignature);
}

#[test]
fn a_signature_time_that_signed_attributes_contradict() {
    let p = province();
    let unit = replaced(&p.unit.unit_element(&with_attributes(|_| {}).write()), "20261201101530", "20261201101531");
    let report = verify(&p.countersigned(&original(), &unit));
    valid(&report, &["signature-time-contradicts"]);
    let found = finding(&report, Check::UnitSignature, Code::SignatureTimeContradicts);
    assert_eq!(found.expected.as_deref(), Some("2026-12-01T02:15:30+00:00"));
    assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[1]/SignatureTime");
}

#[test]
fn message_digest_of_another_content() {
    let value = with_attributes(|list| {
        list[2] = attribute(der::MESSAGE_DIGEST, &tlv(der::OCTETS, &[&Sm3::digest(b"another")]))
    });
    does_not_hold(&value, czei_pki::Code::MessageDigestWrong);
}

#[test]
fn message_digest_or_content_type_missing() {
    unreadable(&with_attributes(|list| drop(list.remove(2))).write(), czei_pki::Code::AttributeMissing);
    unreadable(&with_attributes(|list| drop(list.remove(0))).write(), czei_pki::Code::AttributeMissing);
    unreadable(&with_attributes(Vec::clear).write(), czei_pki::Code::AttributeMissing);
}

#[test]
fn attributes_twice() {
    let value = with_attributes(|list| list.push(attribute(der::MESSAGE_DIGEST, &tlv(der::OCTETS, &[&[0; 32]]))));
    unreadable(&value.write(), czei_pki::Code::AttributeTwice);
}

#[test]
fn content_type_of_another_family() {
    let value = with_attributes(|list| list[0] = attribute(der::CONTENT_TYPE, &tlv(der::OID, &[der::PKCS_DATA])));
    unreadable(&value.write(), czei_pki::Code::AttributeContentType);
}

#[test]
fn attributes_added_to_a_signature_over_the_content() {
    let mut value = good();
    value.signers[0].attributes = with_attributes(|_| {}).signers[0].attributes.clone();
    does_not_hold(&value, czei_pki::Code::SignatureWrong);
    // Without Z too: attributes are never passed over.
    let p = province();
    value.signers[0].signature = p.unit.sign_digest(&Sm3::digest(original().as_bytes())).to_der();
    let mut policy = p.policy();
    policy.compat = vec![Compat::NoZContent];
    let receipt = p.countersigned(&original(), &p.unit.unit_element(&value.write()));
    let report = verify_under(policy, &receipt);
    invalid(&report, Check::UnitSignature, czei_pki::Code::SignatureWrong, "unit_signature=failed");
}

#[test]
fn attributes_taken_away_from_a_signature_over_attributes() {
    let mut value = with_attributes(|_| {});
    let attributes = value.signers[0].attributes.take().unwrap();
    does_not_hold(&value, czei_pki::Code::SignatureWrong);
    // The attributes passed as content.
    value.content = Some(tlv(der::SET, &[&attributes]));
    does_not_hold(&value, czei_pki::Code::ContentDiffers);
}

// Identifiers

#[test]
fn pkcs_content_types_and_other_sm2_identifiers_are_read() {
    let pkcs = SignedData { outer_type: der::PKCS_SIGNED_DATA.to_vec(), inner_type: der::PKCS_DATA.to_vec(), ..good() };
    valid(&report_on(&pkcs.write()), &[]);
    let mut cfca = good();
    cfca.signers[0].algorithm = tlv(der::SEQUENCE, &[&tlv(der::OID, &[der::SM2_SIGNATURE]), &[5, 0]]);
    valid(&report_on(&cfca.write()), &[]);
}

#[test]
fn wrong_identifiers() {
    use czei_pki::Code as C;
    unreadable(&SignedData { outer_type: der::GM_DATA.to_vec(), ..good() }.write(), C::SignedDataContentType);
    unreadable(&SignedData { inner_type: der::PKCS_DATA.to_vec(), ..good() }.write(), C::SignedDataContentType);
    unreadable(&SignedData { inner_type: der::GM_SIGNED_DATA.to_vec(), ..good() }.write(), C::SignedDataContentType);
    unreadable(&SignedData { digest: algorithm(der::SHA_256), ..good() }.write(), C::SignedDataDigest);
    let mut value = good();
    value.signers[0].digest = algorithm(der::SHA_256);
    unreadable(&value.write(), C::SignedDataDigest);
    let mut value = good();
    value.signers[0].algorithm = algorithm(der::ECDSA_WITH_SHA_256);
    unreadable(&value.write(), C::SignedDataAlgorithm);
    let mut value = good();
    value.signers[0].version = 2;
    unreadable(&value.write(), C::SignedDataMalformed);
}

#[test]
fn the_inner_signature_is_strict() {
    let (r, s) = (province().unit.sign(original().as_bytes()).r(), der::small(1));
    let mut value = good();
    value.signers[0].signature = [der::signature(&r, &s), vec![0]].concat();
    unreadable(&value.write(), czei_pki::Code::SignatureMalformed);
    value.signers[0].signature = der::signature(&[0; 32], &s);
    unreadable(&value.write(), czei_pki::Code::SignatureRange);
    value.signers[0].signature = province().unit.value(Encoding::Raw, original().as_bytes());
    unreadable(&value.write(), czei_pki::Code::SignatureMalformed);
}

// Sizes

#[test]
fn trailing_bytes() {
    unreadable(&[good().write(), vec![0]].concat(), czei_pki::Code::SignedDataMalformed);
    unreadable(&[good().write(), good().write()].concat(), czei_pki::Code::SignedDataMalformed);
}

#[test]
fn indefinite_length() {
    let good = good().write();
    // 30 82 xx xx: the outermost length in two octets.
    let value = [&[0x30, 0x80], &good[4..], &[0, 0]].concat();
    unreadable(&value, czei_pki::Code::SignedDataMalformed);
}

#[test]
fn twenty_thousand_nested_levels() {
    let head = tlv(der::OID, &[der::GM_SIGNED_DATA]);
    // Announced from the inside out, without walking them.
    let mut nested = Vec::new();
    for _ in 0..20_000 {
        let length = u32::try_from(nested.len()).unwrap().to_be_bytes();
        let header: Vec<u8> = match nested.len() {
            0..0x80 => vec![length[3], 0x30],
            0x80..0x100 => vec![length[3], 0x81, 0x30],
            0x100..0x1_0000 => vec![length[3], length[2], 0x82, 0x30],
            _ => vec![length[3], length[2], length[1], 0x83, 0x30],
        };
        nested.extend(header);
    }
    nested.reverse();
    let value = tlv(der::SEQUENCE, &[&head, &tlv(0xa0, &[&nested])]);
    unreadable(&value, czei_pki::Code::SignedDataMalformed);
    // As a certificate among others they are only looked into when a signer is wanted.
    let certificates = vec![nested];
    let report = report_on(&SignedData { certificates, ..good() }.write());
    decided(&report, Verdict::Invalid, Check::UnitSignature, czei_pki::Code::CertificateMalformed);
}

#[test]
fn a_length_of_four_gigabytes() {
    let good = good().write();
    for header in
        [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &[0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]]
    {
        unreadable(&[header, &good[4..]].concat(), czei_pki::Code::SignedDataMalformed);
    }
}

#[test]
fn a_thousand_certificates() {
    let certificates = vec![province().sub.certificate.der().to_vec(); 1_000];
    // They take 700 kB of base64: the limit on the text comes first.
    let value = SignedData { certificates, ..good() }.write();
    let report = report_on(&value);
    let found = decided(&report, Verdict::Invalid, Check::Form, Code::LimitSignatureValue);
    assert_eq!(path(found), VALUE);
    let certificates = vec![vec![0x30, 0]; 1_000];
    unreadable(&SignedData { certificates, ..good() }.write(), czei_pki::Code::TooManyCertificates);
}

// Certificates of an attacker

/// A root, a CA and a unit with the names of the real ones, under other keys.
fn self_made() -> (Party, Party, Party) {
    let root = self_signed(&ca_template("CN=示例根,O=示例财政电子认证,C=CN", 1), 103);
    let sub = issued(&ca_template("CN=示例 Sub CA,O=示例财政电子认证,C=CN", 2), &root, 105);
    let unit = issued(&template(&format!("CN={UNIT},OU={UNIT_CODE},O={UNIT},C=CN"), 3), &sub, 107);
    (root, sub, unit)
}

#[test]
fn a_self_made_chain_that_comes_with_the_value_is_not_trusted() {
    let p = province();
    let (root, sub, unit) = self_made();
    let mut value = SignedData::of(&unit.certificate, &unit.sign(original().as_bytes()).to_der());
    value.certificates.extend([&sub, &root].map(|party| party.certificate.der().to_vec()));
    let receipt = p.countersigned(&original(), &unit.unit_element(&value.write()));
    let report = verify(&receipt);
    // Names equal to the real CA's lead to its certificate, but the chain says by its key identifiers that another
    // key issued it: whoever holds that is not among the anchors.
    assert_ne!(report.verdict, Verdict::Valid);
    decided(&report, Verdict::Indeterminate, Check::UnitCertificate, czei_pki::Code::NoTrustAnchor);
    assert_eq!(open(&report), "unit_certificate=indeterminate");
}

#[test]
fn a_self_made_chain_with_names_of_its_own_has_no_anchor() {
    let p = province();
    let root = self_signed(&ca_template("CN=自制根,C=CN", 1), 103);
    let unit = issued(&template(&format!("CN={UNIT},O={UNIT},C=CN"), 3), &root, 107);
    for companions in [vec![], vec![&root], vec![&root, &p.sub, &p.root]] {
        let mut value = SignedData::of(&unit.certificate, &unit.sign(original().as_bytes()).to_der());
        value.certificates.extend(companions.iter().map(|party| party.certificate.der().to_vec()));
        let report = verify(&p.countersigned(&original(), &unit.unit_element(&value.write())));
        indeterminate(&report, Check::UnitCertificate, czei_pki::Code::NoTrustAnchor, "unit_certificate=indeterminate");
    }
}

#[test]
fn a_self_signed_certificate_in_both_roles_has_no_anchor() {
    let unit = self_signed(&template(&format!("CN={UNIT},O={UNIT},C=CN"), 3), 107);
    let authority = self_signed(&template("CN=示例市财政局,C=CN", 4), 109);
    let unit_element = unit.unit_element(&unit.value(Encoding::SignedData, original().as_bytes()));
    let to_sign = crate::province::authority_original(&original(), &unit_element);
    let authority_element = authority.authority_element(&authority.value(Encoding::SignedData, &to_sign));
    let report = verify(&crate::province::document(&original(), &[&unit_element, &authority_element]));
    indeterminate(
        &report,
        Check::UnitCertificate,
        czei_pki::Code::NoTrustAnchor,
        "unit_certificate=indeterminate authority_certificate=indeterminate",
    );
}

#[test]
fn the_right_issuer_and_serial_with_another_key() {
    // Carried in place of the unit's certificate: the signature holds under it, the path does not.
    let p = province();
    let (_, _, unit) = self_made();
    assert_eq!(unit.certificate.serial(), p.unit.certificate.serial());
    let value = unit.value(Encoding::SignedData, original().as_bytes());
    let report = verify(&p.countersigned(&original(), &p.unit.unit_element(&value)));
    indeterminate(&report, Check::UnitCertificate, czei_pki::Code::NoTrustAnchor, "unit_certificate=indeterminate");
    // And the other way round: the real certificate, another key.
    let value = SignedData::of(&p.unit.certificate, &unit.sign(original().as_bytes()).to_der());
    does_not_hold(&value, czei_pki::Code::SignatureWrong);
    // Both carried, the first is taken: one has no path, and the other's key did not sign.
    for (order, verdict) in [([&unit, &p.unit], Verdict::Indeterminate), ([&p.unit, &unit], Verdict::Invalid)] {
        let certificates = order.map(|party| party.certificate.der().to_vec()).to_vec();
        let signature = unit.sign(original().as_bytes()).to_der();
        let value = SignedData { certificates, ..SignedData::of(&p.unit.certificate, &signature) };
        let report = verify(&p.countersigned(&original(), &p.unit.unit_element(&value.write())));
        assert_eq!(report.verdict, verdict);
    }
}

#[test]
fn a_companion_helps_with_the_path_but_is_no_anchor() {
    let p = province();
    // The CA's certificate only comes with the value.
    let mut policy = p.policy_with(&[&p.authority]);
    let with_sub = {
        let mut value = good();
        value.certificates.push(p.sub.certificate.der().to_vec());
        value.write()
    };
    let receipt = p.countersigned(&original(), &p.unit.unit_element(&with_sub));
    let report = verify_under(policy.clone(), &receipt);
    // The authority's path lacks the CA: the companion of the unit's value does not serve it.
    indeterminate(
        &report,
        Check::AuthorityCertificate,
        czei_pki::Code::NoTrustAnchor,
        "authority_certificate=indeterminate",
    );
    // Without anchors the root as companion is no anchor either.
    policy.unit_anchors = czei_pki::CertificateStore::new();
    let mut value = good();
    value.certificates.extend([&p.sub, &p.root].map(|party| party.certificate.der().to_vec()));
    let report = verify_under(policy, &p.countersigned(&original(), &p.unit.unit_element(&value.write())));
    indeterminate(
        &report,
        Check::UnitCertificate,
        czei_pki::Code::NoTrustAnchor,
        "unit_certificate=indeterminate authority_certificate=indeterminate",
    );
}

#[test]
fn a_companion_that_is_no_certificate() {
    let mut value = good();
    value.certificates.push(tlv(der::SEQUENCE, &[b"junk"]));
    let report = report_on(&value.write());
    let found = decided(&report, Verdict::Invalid, Check::UnitSignature, czei_pki::Code::CertificateMalformed);
    assert_eq!(path(found), "EInvoice/EInvoiceSignature/Signature[1]/KeyInfo/SerialNumber");
    assert_eq!(open(&report), NO_VALUE);
}
