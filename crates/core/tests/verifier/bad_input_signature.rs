//! Signature values that are malformed, out of range, of another form or of another hand. In each
//! case the other signature is good, so that one group alone decides.

use czei_core::{Check, Code, Compat, Report, Verdict};
use czei_pki::Encoding;
use czei_sm2::{Signature, Sm3, UserId};

use crate::der::{self, n_minus, small, tlv};
use crate::judge::{decided, finding, invalid, open, path, valid};
use crate::province::{base64, element, hex, original, province, verify, verify_under};
use crate::sha_256::sha_256;

const VALUE: &str = "EInvoice/EInvoiceSignature/Signature[1]/SignatureValue";
/// What is not made when nothing is known of the unit's signer.
const NO_VALUE: &str = "unit_signature=failed unit_certificate=not-made binding=not-made time=not-made";

/// The report on a receipt whose unit's SignatureValue decodes to these bytes.
fn with_unit_value(value: &[u8]) -> Report {
    let p = province();
    verify(&p.countersigned(&original(), &p.unit.unit_element(value)))
}

/// The same with a text that need not be base64.
fn with_unit_text(text: &str) -> Report {
    let p = province();
    let unit = element("Header,EInvoiceData", text, &p.unit.certificate);
    verify(&p.countersigned(&original(), &unit))
}

pub(crate) fn der_of_unit() -> Vec<u8> {
    province().unit.value(Encoding::Der, original().as_bytes())
}

fn r_and_s() -> ([u8; 32], [u8; 32]) {
    let signature = province().unit.sign(original().as_bytes());
    (signature.r(), signature.s())
}

#[track_caller]
fn malformed(value: &[u8]) {
    let report = with_unit_value(value);
    let found = invalid(&report, Check::UnitSignature, czei_pki::Code::SignatureMalformed, NO_VALUE);
    assert_eq!(path(found), VALUE);
}

#[track_caller]
fn out_of_range(r: &[u8; 32], s: &[u8; 32]) {
    for value in [der::signature(r, s), [&r[..], s].concat()] {
        let report = with_unit_value(&value);
        let found = invalid(&report, Check::UnitSignature, czei_pki::Code::SignatureRange, NO_VALUE);
        assert_eq!(path(found), VALUE);
    }
}

#[track_caller]
pub(crate) fn wrong(report: &Report) {
    invalid(report, Check::UnitSignature, czei_pki::Code::SignatureWrong, "unit_signature=failed");
}

// The receipt that everything below departs from, in each encoding.

#[test]
fn a_good_receipt_is_valid_in_each_encoding() {
    for encoding in [Encoding::SignedData, Encoding::Der, Encoding::Raw] {
        let report = with_unit_value(&province().unit.value(encoding, original().as_bytes()));
        valid(&report, &[]);
        assert_eq!(report.unit.unwrap().encoding, encoding);
    }
}

// DER

#[test]
fn der_integer_with_a_needless_leading_zero() {
    let (r, s) = r_and_s();
    let padded = tlv(der::INTEGER, &[&[0, 0], &r]);
    malformed(&tlv(der::SEQUENCE, &[&padded, &der::integer(&s)]));
    let padded = tlv(der::INTEGER, &[&[0, 0], &s]);
    malformed(&tlv(der::SEQUENCE, &[&der::integer(&r), &padded]));
}

#[test]
fn der_integer_that_is_negative() {
    let (r, _) = r_and_s();
    let minus_one = tlv(der::INTEGER, &[&[0xff]]);
    malformed(&tlv(der::SEQUENCE, &[&minus_one, &der::integer(&r)]));
    malformed(&tlv(der::SEQUENCE, &[&der::integer(&r), &minus_one]));
}

#[test]
fn der_integer_of_more_than_33_bytes() {
    let (r, s) = r_and_s();
    let wide = tlv(der::INTEGER, &[&[1], &[0; 8], &r]);
    let report = with_unit_value(&tlv(der::SEQUENCE, &[&wide, &der::integer(&s)]));
    let found = decided(&report, Verdict::Invalid, Check::UnitSignature, czei_pki::Code::SignatureRange);
    assert_eq!(path(found), VALUE);
    assert_eq!(open(&report), NO_VALUE);
}

#[test]
fn der_with_trailing_bytes() {
    let (r, s) = r_and_s();
    malformed(&[der_of_unit(), vec![0]].concat());
    malformed(&tlv(der::SEQUENCE, &[&der::integer(&r), &der::integer(&s), &[5, 0]]));
}

#[test]
fn der_with_a_long_or_indefinite_length() {
    let good = der_of_unit();
    let inner = &good[2..];
    malformed(&[&[0x30, 0x81, u8::try_from(inner.len()).unwrap()], inner].concat());
    malformed(&[&[0x30, 0x80], inner, &[0, 0]].concat());
    malformed(&[&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], inner].concat());
}

#[test]
fn der_with_one_integer_or_none() {
    let (r, _) = r_and_s();
    malformed(&tlv(der::SEQUENCE, &[&der::integer(&r)]));
    let report = with_unit_value(&[0x30, 0]);
    invalid(&report, Check::UnitSignature, czei_pki::Code::SignatureValueUnknown, NO_VALUE);
}

// Range and the equation

#[test]
fn r_or_s_is_zero() {
    out_of_range(&[0; 32], &small(1));
    out_of_range(&small(1), &[0; 32]);
}

#[test]
fn r_or_s_is_n_or_above() {
    let (r, s) = r_and_s();
    for large in [der::N, [0xff; 32]] {
        out_of_range(&large, &s);
        out_of_range(&r, &large);
    }
}

#[test]
fn r_plus_s_is_n() {
    for (r, s) in [(small(1), n_minus(1)), (n_minus(2), small(2))] {
        wrong(&with_unit_value(&der::signature(&r, &s)));
        wrong(&with_unit_value(&[r, s].concat()));
    }
}

#[test]
fn the_point_at_infinity() {
    // d = 7, t = r + s = 1 mod n, s = −7: sG + tP = −7G + 7G.
    wrong(&with_unit_value(&der::signature(&small(8), &n_minus(7))));
}

#[test]
fn a_doubling() {
    // d = 7, t = 1, s = 7: sG and tP are the same point.
    wrong(&with_unit_value(&der::signature(&n_minus(6), &small(7))));
}

#[test]
fn s_replaced_by_its_negative() {
    let (r, s) = r_and_s();
    let mut negative = [0; 32];
    let mut borrow = 0i16;
    for index in (0..32).rev() {
        let digit = i16::from(der::N[index]) - i16::from(s[index]) - borrow;
        borrow = i16::from(digit < 0);
        negative[index] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    wrong(&with_unit_value(&der::signature(&r, &negative)));
}

#[test]
fn r_and_s_exchanged() {
    let (r, s) = r_and_s();
    wrong(&with_unit_value(&der::signature(&s, &r)));
}

#[test]
fn the_ecdsa_equation_with_the_same_key_and_digest() {
    // k = 1: r is the abscissa of G, s = e + r·d (GB/T 32918.5-2017 has G).
    let gx: [u8; 32] = [
        0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94, 0x8f, 0xe3,
        0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
    ];
    let unit = &province().unit;
    let e = unit.certificate.prepared_key().unwrap().digest(&UserId::default(), &[original().as_bytes()]);
    let s = (0..unit.d).fold(add_mod_n(&e, &[0; 32]), |sum, _| add_mod_n(&sum, &gx));
    assert!(Signature::new(gx, s).is_ok());
    wrong(&with_unit_value(&der::signature(&gx, &s)));
}

/// (a + b) mod n for b < n.
fn add_mod_n(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    let mut sum = [0u8; 33];
    let mut carry = 0u16;
    for index in (0..32).rev() {
        carry += u16::from(a[index]) + u16::from(b[index]);
        sum[index + 1] = u8::try_from(carry & 0xff).unwrap();
        carry >>= 8;
    }
    sum[0] = u8::try_from(carry).unwrap();
    let mut n = [0u8; 33];
    n[1..].copy_from_slice(&der::N);
    if sum >= n {
        let mut borrow = 0i16;
        for index in (0..33).rev() {
            let digit = i16::from(sum[index]) - i16::from(n[index]) - borrow;
            borrow = i16::from(digit < 0);
            sum[index] = u8::try_from(digit.rem_euclid(256)).unwrap();
        }
    }
    core::array::from_fn(|index| sum[index + 1])
}

// Other encodings

#[test]
fn a_form_that_the_policy_does_not_accept() {
    let p = province();
    let mut policy = p.policy();
    policy.encodings = vec![Encoding::SignedData, Encoding::Der];
    let raw = p.unit.unit_element(&p.unit.value(Encoding::Raw, original().as_bytes()));
    let report = verify_under(policy, &p.countersigned(&original(), &raw));
    let found = invalid(&report, Check::UnitSignature, Code::EncodingNotAccepted, NO_VALUE);
    assert_eq!((path(found), found.found.as_deref()), (VALUE, Some("raw")));
}

#[test]
fn sixty_three_and_sixty_five_bytes_are_no_r_and_s() {
    let mut raw = province().unit.value(Encoding::Raw, original().as_bytes());
    raw[1] = 0x11; // not the start of a SEQUENCE
    for value in [raw[1..].to_vec(), [&[4], &raw[..]].concat()] {
        let report = with_unit_value(&value);
        let found = decided(&report, Verdict::Invalid, Check::UnitSignature, czei_pki::Code::SignatureValueUnknown);
        assert_eq!(path(found), VALUE);
        assert_eq!(open(&report), NO_VALUE);
    }
}

#[test]
fn hex_of_a_signature() {
    let raw = hex(&province().unit.value(Encoding::Raw, original().as_bytes()));
    // As the text itself it happens to be base64 of 96 other bytes; encoded again it is 128 bytes.
    for report in [with_unit_text(&raw), with_unit_value(raw.as_bytes())] {
        let found = invalid(&report, Check::UnitSignature, czei_pki::Code::SignatureValueUnknown, NO_VALUE);
        assert_eq!(path(found), VALUE);
    }
}

#[test]
fn pem_around_a_signature() {
    let pem = format!("-----BEGIN PKCS7-----\n{}\n-----END PKCS7-----\n", base64(&der_of_unit()));
    let report = with_unit_text(&pem);
    let found = invalid(&report, Check::UnitSignature, Code::SignatureBase64, NO_VALUE);
    assert_eq!(path(found), VALUE);
    invalid(&with_unit_value(pem.as_bytes()), Check::UnitSignature, czei_pki::Code::SignatureValueUnknown, NO_VALUE);
}

#[test]
fn an_empty_value() {
    let report = with_unit_text("");
    let found = invalid(&report, Check::UnitSignature, czei_pki::Code::SignatureValueUnknown, NO_VALUE);
    assert_eq!(path(found), VALUE);
}

// Base64

#[test]
fn base64_without_padding_or_with_non_zero_tail_bits() {
    // 64 bytes: 86 characters and two signs of padding; the last character has four spare bits.
    let good = base64(&province().unit.value(Encoding::Raw, original().as_bytes()));
    let bare = good.trim_end_matches('=');
    let last = bare.chars().next_back().unwrap();
    let other_tail = match last {
        'A' => 'B',
        'Q' => 'R',
        'g' => 'h',
        _ => 'x', // 'w'
    };
    let tail = format!("{}{other_tail}==", &bare[..bare.len() - 1]);
    let url = format!("-_{}", &good[2..]);
    for text in
        [bare, &format!("{bare}="), &tail, &format!("{good}="), &format!("{good}AAAA"), &url, "\u{3000}", "AAAA*AAA"]
    {
        let report = with_unit_text(text);
        let found = decided(&report, Verdict::Invalid, Check::UnitSignature, Code::SignatureBase64);
        assert_eq!((path(found), &*open(&report)), (VALUE, NO_VALUE), "{text}");
    }
}

#[test]
fn base64_with_line_breaks_is_read() {
    let good = base64(&der_of_unit());
    let lines = format!("\r\n {}\n\t{}\r\n", &good[..64], &good[64..]);
    valid(&with_unit_text(&lines), &[]);
    valid(&with_unit_text(&format!("<![CDATA[{good}]]>")), &[]);
    valid(&with_unit_text(&format!("&#{};{}", u32::from(good.as_bytes()[0]), &good[1..])), &[]);
}

// What is hashed

#[test]
fn an_empty_user_id_is_named_and_accepted_only_where_the_policy_lists_it() {
    let p = province();
    let signature = p.unit.sign_with(&UserId::EMPTY, original().as_bytes());
    let receipt = p.countersigned(&original(), &p.unit.unit_element(&signature.to_der()));
    let report = verify(&receipt);
    wrong(&report);
    assert_eq!(finding(&report, Check::UnitSignature, Code::SignatureOtherForm).found.as_deref(), Some("user_id \"\""));
    let unit = report.unit.unwrap();
    assert_eq!((unit.user_id, unit.compat), (None, None));

    let mut policy = p.policy();
    policy.user_ids.push(UserId::EMPTY);
    let report = verify_under(policy, &receipt);
    valid(&report, &["user-id-used"]);
    assert_eq!(report.unit.unwrap().user_id.as_deref(), Some(""));
    assert_eq!(report.authority.unwrap().user_id.as_deref(), Some("1234567812345678"));
}

#[test]
fn the_default_user_id_under_a_policy_with_the_empty_one() {
    let p = province();
    let mut policy = p.policy();
    policy.user_ids = vec![UserId::EMPTY];
    let report = verify_under(policy, &p.signed(&original()));
    invalid(
        &report,
        Check::UnitSignature,
        czei_pki::Code::SignatureWrong,
        "unit_signature=failed authority_signature=failed",
    );
    for check in [Check::UnitSignature, Check::AuthoritySignature] {
        let form = finding(&report, check, Code::SignatureOtherForm).found.clone().unwrap();
        assert!(form.starts_with("user_id \"1234567812345678\""), "{form}");
    }
}

#[test]
fn another_user_id_is_not_guessed() {
    let p = province();
    let other = UserId::new(*b"ALICE123@YAHOO.COM").unwrap();
    let signature = p.unit.sign_with(&other, original().as_bytes());
    let receipt = p.countersigned(&original(), &p.unit.unit_element(&signature.to_der()));
    let report = verify(&receipt);
    wrong(&report);
    assert!(report.findings.iter().all(|each| each.entry.name != "signature-other-form"));
    let mut policy = p.policy();
    policy.user_ids = vec![UserId::EMPTY, UserId::default(), other];
    valid(&verify_under(policy, &receipt), &["user-id-used"]);
}

#[test]
fn without_z_only_by_name() {
    let p = province();
    let signature = p.unit.sign_digest(&Sm3::digest(original().as_bytes()));
    for encoding in [Encoding::Der, Encoding::SignedData] {
        let value = czei_pki::encode(encoding, &signature, &p.unit.certificate);
        let receipt = p.countersigned(&original(), &p.unit.unit_element(&value));
        let report = verify(&receipt);
        wrong(&report);
        let form = finding(&report, Check::UnitSignature, Code::SignatureOtherForm);
        assert_eq!(form.found.as_deref(), Some("no-z-content"));

        let mut policy = p.policy();
        policy.compat = vec![Compat::NoZContent];
        let report = verify_under(policy, &receipt);
        valid(&report, &["compat-used"]);
        let unit = report.unit.unwrap();
        assert_eq!((unit.user_id, unit.compat), (None, Some("no-z-content")));
        assert_eq!(report.authority.unwrap().compat, None);
    }
}

#[test]
fn sha_256_in_place_of_sm3() {
    let unit = &province().unit;
    let z = unit.certificate.prepared_key().unwrap().z(&UserId::default());
    let with_z = sha_256(&[&z, original().as_bytes()].concat());
    let without = sha_256(original().as_bytes());
    for digest in [with_z, without] {
        wrong(&with_unit_value(&unit.sign_digest(&digest).to_der()));
    }
}

#[test]
fn hashed_twice() {
    let unit = &province().unit;
    let key = unit.certificate.prepared_key().unwrap();
    let original = original();
    let content = Sm3::digest(original.as_bytes());
    let e = key.digest(&UserId::default(), &[original.as_bytes()]);
    let of_hex = hex(&content);
    for signature in [
        unit.sign(&content),          // e over SM3(M)
        unit.sign(of_hex.as_bytes()), // e over its hex
        unit.sign_digest(&Sm3::digest(&e)),
        unit.sign_digest(&Sm3::digest(&content)),
    ] {
        wrong(&with_unit_value(&signature.to_der()));
    }
}

#[test]
fn the_unit_signed_other_bytes_of_the_same_document() {
    let unit = &province().unit;
    let original = original();
    for other in [
        original.replacen("</Header>", "</Header>\n", 1),
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{original}"),
        format!("<EInvoice>{original}</EInvoice>"),
        base64(original.as_bytes()),
        original[original.find("<EInvoiceData>").unwrap()..].to_owned(),
    ] {
        wrong(&with_unit_value(&unit.value(Encoding::Der, other.as_bytes())));
    }
}
