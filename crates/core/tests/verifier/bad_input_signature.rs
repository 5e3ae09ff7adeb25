//! Signature values that are malformed, out of range, of another form or of another hand. In each
//! case the other signature is good, so that one group alone decides.

use czei_core::{Check, Code, Compat, Joining, Report, Verdict};
use czei_pki::Encoding;
use czei_sm2::{Signature, Sm3, UserId};

use crate::der::{self, n_minus, small, tlv};
use crate::judge::{decided, finding, indeterminate, invalid, open, path, valid};
use crate::province::{
    authority_original, base64, countersigned_by, document, element, hex, original, original_with, province, replaced,
    verify, verify_under,
};

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

fn der_of_unit() -> Vec<u8> {
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
fn wrong(report: &Report) {
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
    for text in [bare, &format!("{bare}="), &tail, &format!("{good}="), &format!("{good}AAAA"), &url, "\u{3000}", "AAAA*AAA"] {
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

/// FIPS 180-4, for messages of any length.
fn sha_256(message: &[u8]) -> [u8; 32] {
    let primes: Vec<u32> = (2u32..312).filter(|n| (2..*n).all(|d| n % d != 0)).take(64).collect();
    assert_eq!(primes.len(), 64);
    // The first 32 bits of the fractional part of a root, by integer search.
    let fraction = |prime: u32, power: u32| {
        let (mut low, mut high) = (0u128, 1u128 << 40);
        while high - low > 1 {
            let middle = u128::midpoint(low, high);
            let within = match power {
                2 => middle * middle <= u128::from(prime) << 64,
                _ => middle * middle * middle <= u128::from(prime) << 96,
            };
            if within { low = middle } else { high = middle }
        }
        u32::try_from(low & 0xffff_ffff).unwrap()
    };
    let k: Vec<u32> = primes.iter().map(|prime| fraction(*prime, 3)).collect();
    let mut h: Vec<u32> = primes[..8].iter().map(|prime| fraction(*prime, 2)).collect();
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if padded.len() - message.len() < 9 {
        padded.resize(padded.len() + 64, 0);
    }
    let length = padded.len();
    padded[length - 8..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut w: Vec<u32> = block.chunks_exact(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect();
        for i in 16..64 {
            let s0 = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
            let s1 = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
            w.push(w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1));
        }
        let mut v = h.clone();
        for i in 0..64 {
            let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let choice = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let t1 = v[7].wrapping_add(s1).wrapping_add(choice).wrapping_add(k[i]).wrapping_add(w[i]);
            let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            let (new_e, new_a) = (v[3].wrapping_add(t1), t1.wrapping_add(s0).wrapping_add(majority));
            v.rotate_right(1);
            (v[4], v[0]) = (new_e, new_a);
        }
        for (sum, each) in h.iter_mut().zip(v) {
            *sum = sum.wrapping_add(each);
        }
    }
    core::array::from_fn(|index| h[index / 4].to_be_bytes()[index % 4])
}

#[test]
fn the_sha_256_of_these_tests_is_sha_256() {
    // FIPS 180-4, "abc"
    assert_eq!(hex(&sha_256(b"abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
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
        unit.sign(&content),               // e over SM3(M)
        unit.sign(of_hex.as_bytes()),      // e over its hex
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

// Whose signature

#[test]
fn unit_and_authority_swapped() {
    let p = province();
    let good = p.signed(&original());
    let unit = p.unit_signature(&original());
    let authority = &good[good.find(&unit[..60]).unwrap()..];
    let signatures: Vec<_> = authority.split_inclusive("</Signature>").take(2).collect();
    let report = verify(&document(&original(), &[signatures[1], signatures[0]]));
    let found = decided(&report, Verdict::Invalid, Check::UnitSignature, czei_pki::Code::SignatureWrong);
    assert!(found.place.is_unknown());
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
    assert_eq!(found.place.path, None);
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
        assert_eq!((path(found), found.expected.as_deref(), found.found.as_deref()), (&*at(part), Some(from), Some(to)));
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
    for (from, to) in [("<SerialNumber>202603", "<SerialNumber>202699"), ("O=示例财政电子认证", "O=别的"), ("202603", "")] {
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
