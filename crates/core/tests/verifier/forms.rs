//! The forms of SignedData: each that is written verifies under the default policy, and those
//! without Z under a policy that names them and no other.

use std::sync::Arc;

use czei_core::{Check, Code, Compat, Report, SignatureSettings, UnitSigned, Verifier};
use czei_pki::{Carried, Covered, Encoding, SignatureRequest, SignatureValue, SignedDataForm, Signer};
use czei_sm2::Sm3;

use crate::bad_input_signature::wrong;
use crate::der::{self, SignedData, attribute, tlv};
use crate::judge::{finding, invalid, valid};
use crate::province::{now, original, province, verify, verify_under};
use crate::states::{at, numbered, text};

fn with_form(form: SignedDataForm) -> SignatureSettings {
    SignatureSettings { form, ..SignatureSettings::default() }
}

/// Signed and countersigned in one form, by signers that have their chain.
fn issued(form: SignedDataForm) -> String {
    let p = province();
    let chain = || vec![Arc::clone(&p.sub.certificate), Arc::clone(&p.root.certificate)];
    let settings = with_form(form);
    let signed = numbered().sign(&p.unit.signer().with_chain(chain()), &settings, at()).unwrap();
    let receipt = signed.countersign(&p.authority.signer().with_chain(chain()), &settings, at()).unwrap();
    text(receipt.to_bytes())
}

fn under(verifiers: &[Verifier; 3], which: usize, receipt: &str) -> Report {
    verifiers[which].verify(receipt.as_bytes(), now())
}

#[track_caller]
fn both_wrong(report: &Report) {
    let open = "unit_signature=failed authority_signature=failed";
    invalid(report, Check::UnitSignature, czei_pki::Code::SignatureWrong, open);
}

#[test]
fn every_form_that_is_written_verifies() {
    let p = province();
    let verifiers = [vec![], vec![Compat::NoZContent], vec![Compat::NoZContentInfo]].map(|compat| {
        let mut policy = p.policy();
        policy.compat = compat;
        Verifier::new(policy)
    });
    let mut count = 0;
    for form in SignedDataForm::all() {
        let receipt = issued(form);
        let report = under(&verifiers, 0, &receipt);
        let unproved = report.findings.iter().filter(|each| each.entry.name == "signature-time-unproved").count();
        match form.covered {
            Covered::Content => assert_eq!(unproved, 2, "{form}"),
            // Signed attributes prove what SignatureTime says.
            Covered::Attributes { signing_time } => assert_eq!(unproved, if signing_time { 0 } else { 2 }, "{form}"),
            Covered::Compat(compat) => {
                both_wrong(&report);
                for check in [Check::UnitSignature, Check::AuthoritySignature] {
                    let hint = finding(&report, check, Code::SignatureOtherForm).found.clone();
                    assert!(hint.unwrap().starts_with(compat.name()), "{form}");
                }
                let (own, other) = if compat == Compat::NoZContent { (1, 2) } else { (2, 1) };
                both_wrong(&under(&verifiers, other, &receipt));
                let report = under(&verifiers, own, &receipt);
                valid(&report, &["compat-used", "compat-used"]);
                let names = [report.unit, report.authority].map(|one| one.and_then(|one| one.compat));
                assert_eq!(names, [Some(compat.name()); 2], "{form}");
                count += 1;
                continue;
            }
        }
        valid(&report, &[]);
        count += 1;
    }
    assert_eq!(count, 720);
}

#[test]
fn the_chain_that_comes_along_helps_where_the_policy_has_only_the_root() {
    let p = province();
    let receipt = issued(SignedDataForm { carried: Carried::Chain, ..SignedDataForm::gm() });
    valid(&verify_under(p.policy_with(&[]), &receipt), &[]);
    let receipt = issued(SignedDataForm::gm());
    let report = verify_under(p.policy_with(&[]), &receipt);
    assert_eq!(report.headline().unwrap().entry.name, "no-trust-anchor");
}

// Two steps

/// Somewhere else: takes the bytes and the user id, and gives back r and s.
fn elsewhere(party: &crate::province::Party, request: &SignatureRequest<'_>) -> Vec<u8> {
    let bytes = request.to_be_signed();
    let signature = match request.input().user_id() {
        Some(user_id) => party.sign_with(user_id, &bytes),
        None => party.sign_digest(&Sm3::digest(&bytes)),
    };
    request.finish(&signature).unwrap()
}

#[test]
fn two_steps_arrive_where_one_does() {
    let p = province();
    let forms = [SignedDataForm::gm(), SignedDataForm::gm_attributes(), SignedDataForm::pkcs_attributes()];
    let attached = SignedDataForm { attached: true, ..SignedDataForm::cfca() };
    for form in forms.into_iter().chain([attached]).chain(Compat::ALL.map(SignedDataForm::compat)) {
        let settings = with_form(form);
        let unit = numbered();
        let value = elsewhere(&p.unit, &settings.request(&[unit.original()], &p.unit.certificate, at()).unwrap());
        let signed = unit.with_signature(&value, &p.unit.certificate, &settings, at()).unwrap();
        let original = signed.authority_original(settings.joining);
        let request = settings.request(&[&original], &p.authority.certificate, at()).unwrap();
        let value = elsewhere(&p.authority, &request);
        let receipt = signed.with_authority_signature(&value, &p.authority.certificate, &settings, at()).unwrap();
        let mut policy = p.policy();
        policy.compat = Compat::ALL.to_vec();
        let compat = matches!(form.covered, Covered::Compat(_));
        let report = verify_under(policy, &text(receipt.to_bytes()));
        valid(&report, if compat { &["compat-used", "compat-used"] } else { &[] });
    }
}

#[test]
fn a_value_without_z_from_elsewhere_is_taken_only_where_the_settings_say_so() {
    let p = province();
    for made in Compat::ALL {
        let settings = with_form(SignedDataForm::compat(made));
        let unit = numbered();
        let value = elsewhere(&p.unit, &settings.request(&[unit.original()], &p.unit.certificate, at()).unwrap());
        let take = |settings: &SignatureSettings| -> Result<UnitSigned, Code> {
            let taken = numbered().with_signature(&value, &p.unit.certificate, settings, at());
            taken.map_err(|error| error.error.code())
        };
        take(&settings).unwrap();
        let other = Compat::ALL.into_iter().find(|other| *other != made).unwrap();
        // The form is not used for other encodings, so it opens nothing there.
        let der = SignatureSettings { encoding: Encoding::Der, ..settings.clone() };
        for refusing in [SignatureSettings::default(), with_form(SignedDataForm::compat(other)), der] {
            assert_eq!(take(&refusing).unwrap_err(), Code::SignatureRefused, "{made}");
        }
    }
}

#[test]
fn what_the_form_needs_and_the_certificate_lacks_stops_before_signing() {
    let p = province();
    let settings = with_form("gm+chain".parse().unwrap());
    let chain = vec![Arc::clone(&p.sub.certificate); 16];
    let error = numbered().sign(&p.unit.signer().with_chain(chain), &settings, at()).unwrap_err();
    assert_eq!(error.error.code(), Code::SigningFailed);
    assert!(error.error.found_text().unwrap().starts_with("CZ2216 "), "{}", error.error);
    assert_eq!(*error.input, numbered());
    assert!(p.unit.signer().chain().is_empty());
}

// Without Z over the content info, written by hand as GmSSL does

/// The content info with the content, signed without Z.
fn gmssl(content: &str) -> SignedData {
    let unit = &province().unit;
    let info =
        tlv(der::SEQUENCE, &[&tlv(der::OID, &[der::GM_DATA]), &tlv(0xa0, &[&tlv(der::OCTETS, &[content.as_bytes()])])]);
    let signature = unit.sign_digest(&Sm3::digest(&info)).to_der();
    let value = SignedData::of(&unit.certificate, &signature);
    SignedData { content: Some(content.as_bytes().to_vec()), ..value }
}

fn report_on(value: &SignedData, compat: &[Compat]) -> Report {
    let p = province();
    let mut policy = p.policy();
    policy.compat = compat.to_vec();
    verify_under(policy, &p.countersigned(&original(), &p.unit.unit_element(&value.write())))
}

#[test]
fn content_info_without_z_only_by_name() {
    let value = gmssl(&original());
    for (compat, accepted) in [
        (&[][..], false),
        (&[Compat::NoZContent], false),
        (&[Compat::NoZContentInfo], true),
        (&[Compat::NoZContent, Compat::NoZContentInfo], true),
    ] {
        let report = report_on(&value, compat);
        if accepted {
            valid(&report, &["compat-used"]);
            assert_eq!(
                finding(&report, Check::UnitSignature, Code::CompatUsed).found.as_deref(),
                Some("no-z-contentinfo")
            );
            let unit = report.unit.unwrap();
            assert_eq!((unit.user_id, unit.compat), (None, Some("no-z-contentinfo")));
            assert_eq!(report.authority.unwrap().compat, None);
        } else {
            wrong(&report);
            let form = finding(&report, Check::UnitSignature, Code::SignatureOtherForm);
            assert_eq!(form.found.as_deref(), Some("no-z-contentinfo"));
        }
    }
    // Nothing else is let through by it: neither SM3 of the content, nor r and s alone.
    let p = province();
    let bare = p.unit.sign_digest(&Sm3::digest(original().as_bytes())).to_der();
    wrong(&report_on(&SignedData::of(&p.unit.certificate, &bare), &[Compat::NoZContentInfo]));
    let mut policy = p.policy();
    policy.compat = vec![Compat::NoZContentInfo];
    let signature = value.signers[0].signature.clone();
    wrong(&verify_under(policy, &p.countersigned(&original(), &p.unit.unit_element(&signature))));
}

#[test]
fn content_info_of_another_content_or_family() {
    let other = original().replace("张三", "李四");
    let report = report_on(&gmssl(&other), &Compat::ALL);
    invalid(&report, Check::UnitSignature, czei_pki::Code::ContentDiffers, "unit_signature=failed");
    // The content taken out, so that only the hash can tell.
    let detached = SignedData { content: None, ..gmssl(&other) };
    wrong(&report_on(&detached, &Compat::ALL));
    valid(&report_on(&SignedData { content: None, ..gmssl(&original()) }, &Compat::ALL), &["compat-used"]);
    // The content type is part of what is hashed.
    let pkcs = SignedData {
        outer_type: der::PKCS_SIGNED_DATA.to_vec(),
        inner_type: der::PKCS_DATA.to_vec(),
        ..gmssl(&original())
    };
    wrong(&report_on(&pkcs, &Compat::ALL));
}

#[test]
fn signed_attributes_are_never_passed_over_for_a_form_without_z() {
    let settings = with_form(SignedDataForm::gm_attributes());
    let p = province();
    let unit = numbered();
    let request = settings.request(&[unit.original()], &p.unit.certificate, at()).unwrap();
    let whole = request.to_be_signed();
    // The attributes, without Z.
    let signature = p.unit.sign_digest(&Sm3::digest(&whole));
    assert_eq!(request.finish(&signature).unwrap_err().code(), czei_pki::Code::SignatureWrong);
    let good = SignatureValue::parse(&elsewhere(&p.unit, &request)).unwrap();
    let mut value = gmssl(&text(unit.original().to_vec()));
    // The contents of the set behind its header of two octets.
    assert_eq!(whole[..2], [0x31, 106]);
    value.signers[0].attributes = Some(whole[2..].to_vec());
    let p = province();
    let mut policy = p.policy();
    policy.compat = Compat::ALL.to_vec();
    for signature in [value.signers[0].signature.clone(), signature.to_der()] {
        value.signers[0].signature = signature;
        let receipt = p.countersigned(&text(unit.original().to_vec()), &p.unit.unit_element(&value.write()));
        wrong(&verify_under(policy.clone(), &receipt));
    }
    value.signers[0].signature = good.signature().to_der();
    let receipt = p.countersigned(&text(unit.original().to_vec()), &p.unit.unit_element(&value.write()));
    valid(&verify(&receipt), &[]);
}

#[test]
fn signed_attributes_are_hashed_in_the_order_of_der_however_they_came() {
    let unit = &province().unit;
    let digest = Sm3::digest(original().as_bytes());
    let kind = attribute(der::CONTENT_TYPE, &tlv(der::OID, &[der::GM_DATA]));
    let digest = attribute(der::MESSAGE_DIGEST, &tlv(der::OCTETS, &[&digest]));
    // DER wants the shorter one first.
    let (sorted, sent) = ([&kind[..], &digest].concat(), [&digest[..], &kind].concat());
    let signed = |hashed: &[u8]| {
        let mut value = SignedData::of(&unit.certificate, &unit.sign(&tlv(der::SET, &[hashed])).to_der());
        value.signers[0].attributes = Some(sent.clone());
        report_on(&value, &[])
    };
    valid(&signed(&sorted), &[]);
    wrong(&signed(&sent));
}
