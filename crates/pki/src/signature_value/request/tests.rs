#![allow(clippy::unwrap_used)]
use super::*;
use crate::test_certificates::{Sandbox, key, template};
use crate::tlv::{self, Reader};
use crate::{ContentFamily, LocalSigner, SignatureOid, Signer, oid};

const CONTENT: [&[u8]; 2] = [b"<Header>a</Header>", b"<EInvoiceData>b</EInvoiceData>"];

fn at() -> DateTime<Utc> {
    "2026-12-01T01:15:30Z".parse().unwrap()
}

fn request<'a>(sandbox: &'a Sandbox, encoding: Encoding, form: SignedDataForm) -> SignatureRequest<'a> {
    SignatureRequest::new(encoding, form, &sandbox.unit, &UserId::DEFAULT, &CONTENT, Some(at())).unwrap()
}

/// Whoever holds the key: signs the message for itself, and so must arrive at the same digest.
fn signed_elsewhere(sandbox: &Sandbox, input: &SigningInput<'_>) -> Signature {
    let key = sandbox.unit_key();
    match input.user_id() {
        Some(user_id) => key.sign(Message::Parts { user_id, parts: input.parts() }).unwrap(),
        None => key.sign(Message::Digest(&Sm3::digest_parts(input.parts()))).unwrap(),
    }
}

#[test]
fn every_form_that_is_written_is_read_and_says_what_it_is() {
    let sandbox = Sandbox::new();
    let chain = [Arc::clone(&sandbox.root), Arc::clone(&sandbox.sub)];
    let unit = sandbox.unit.prepared_key().unwrap();
    for form in SignedDataForm::all() {
        let request = request(&sandbox, Encoding::SignedData, form).with_chain(&chain).unwrap();
        let signature = signed_elsewhere(&sandbox, &request.input());
        assert_eq!(request.input().digest(), request.digest());
        assert_eq!(request.input().parts().concat(), request.to_be_signed());
        let bytes = request.finish(&signature).unwrap();
        let (value, der) = request.accept(&bytes).unwrap();
        assert_eq!(*der, bytes, "{form}");

        assert_eq!((value.encoding(), value.signature()), (Encoding::SignedData, &signature), "{form}");
        let data = value.signed_data().unwrap();
        assert_eq!(data.content_family(), form.family, "{form}");
        assert_eq!(data.signature_oid(), form.algorithm.dotted(), "{form}");
        assert_eq!(data.content().map(<[u8]>::to_vec), form.attached.then(|| CONTENT.concat()), "{form}");
        data.require_signer(&sandbox.unit).unwrap();
        let by_key = matches!(data.signer(), crate::SignerId::KeyId(_));
        assert_eq!(by_key, form.named_by == NamedBy::KeyId, "{form}");
        let mut carried: Vec<&[u8]> = match form.carried {
            Carried::Signer => vec![sandbox.unit.der()],
            Carried::Chain => vec![sandbox.unit.der(), sandbox.sub.der(), sandbox.root.der()],
            Carried::Nothing => vec![],
        };
        carried.sort();
        assert!(data.embedded().eq(carried), "{form}");
        let time = (form.covered == Covered::Attributes { signing_time: true }).then(at);
        assert_eq!(value.signing_time(), time, "{form}");
        let nulls = bytes.windows(2).filter(|pair| *pair == [5, 0]).count();
        assert!(!form.null_parameters || nulls >= 3, "{form}");

        // With Z exactly where the form has it, and without it in the one form named.
        let with_z = value.verify(unit, &UserId::DEFAULT, &CONTENT).map_err(|fault| fault.code());
        let without_z: Vec<_> = Compat::ALL
            .into_iter()
            .filter(|compat| {
                let digest = value.compat_digest(*compat, &CONTENT);
                digest.is_ok_and(|digest| unit.verify(Message::Digest(&digest), &signature).is_ok())
            })
            .collect();
        match form.covered {
            Covered::Compat(compat) => {
                assert_eq!((with_z, &without_z[..]), (Err(Code::SignatureWrong), &[compat][..]), "{form}");
            }
            _ => assert_eq!((with_z, &without_z[..]), (Ok(()), &[][..]), "{form}"),
        }
    }
}

#[test]
fn the_default_form_is_what_encode_writes() {
    let sandbox = Sandbox::new();
    for encoding in [Encoding::SignedData, Encoding::Der, Encoding::Raw] {
        let request = request(&sandbox, encoding, SignedDataForm::default());
        let signature = signed_elsewhere(&sandbox, &request.input());
        assert_eq!(request.finish(&signature).unwrap(), super::super::encode(encoding, &signature, &sandbox.unit));
        assert_eq!(request.to_be_signed(), CONTENT.concat());
    }
    // Other encodings have no form, not even one without Z.
    let form = SignedDataForm { named_by: NamedBy::KeyId, ..SignedDataForm::compat(Compat::NoZContent) };
    let plain = request(&sandbox, Encoding::Raw, form);
    assert_eq!(plain.input().user_id(), Some(&UserId::DEFAULT));
    assert_eq!(plain.finish(&signed_elsewhere(&sandbox, &plain.input())).unwrap().len(), 64);
}

/// The octets of RFC 5652 written out by hand.
#[test]
fn signed_attributes_are_a_sorted_set_that_is_hashed_with_its_own_tag() {
    let sandbox = Sandbox::new();
    let request = request(&sandbox, Encoding::SignedData, SignedDataForm::pkcs_attributes());
    let set = request.to_be_signed();
    let mut expected = vec![0x31, 105];
    expected.extend_from_slice(&[0x30, 24, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3, 0x31, 11]);
    expected.extend_from_slice(&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]);
    expected.extend_from_slice(&[0x30, 28, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5, 0x31, 15]);
    expected.extend_from_slice(b"\x17\x0d261201011530Z");
    expected.extend_from_slice(&[0x30, 47, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4, 0x31, 34, 4, 32]);
    expected.extend_from_slice(&Sm3::digest_parts(&CONTENT));
    assert_eq!(set, expected);
    let bytes = request.finish(&signed_elsewhere(&sandbox, &request.input())).unwrap();
    let sent = [&[0xa0][..], &set[1..]].concat();
    assert_eq!(bytes.windows(sent.len()).filter(|window| *window == sent).count(), 1);
}

/// What GmSSL's `cmssign` hashes, written out by hand.
#[test]
fn no_z_contentinfo_hashes_header_and_content() {
    let sandbox = Sandbox::new();
    let form = SignedDataForm::compat(Compat::NoZContentInfo);
    let request =
        SignatureRequest::new(Encoding::SignedData, form, &sandbox.unit, &UserId::DEFAULT, &[b"ab", b"c"], None);
    let request = request.unwrap();
    let oid = [0x2a, 0x81, 0x1c, 0xcf, 0x55, 6, 1, 4, 2, 1];
    let info = [&[0x30, 19, 6, 10][..], &oid, &[0xa0, 5, 4, 3], b"abc"].concat();
    assert_eq!(request.to_be_signed(), info);
    assert_eq!(*request.digest(), Sm3::digest(&info));
    assert_eq!(request.input().user_id(), None);
    let signature = sandbox.unit_key().sign(Message::Digest(&Sm3::digest(&info))).unwrap();
    let value = SignatureValue::parse(&request.finish(&signature).unwrap()).unwrap();
    assert_eq!(value.compat_digest(Compat::NoZContentInfo, &[b"abc"]).unwrap(), Sm3::digest(&info));
    let other = value.compat_digest(Compat::NoZContentInfo, &[b"abd"]).unwrap_err();
    assert_eq!(other.code(), Code::ContentDiffers);
    let other = value.compat_digest(Compat::NoZContent, &[b"abd"]).unwrap_err();
    assert_eq!(other.code(), Code::ContentDiffers);
}

#[test]
fn without_z_there_are_no_attributes_and_contentinfo_needs_signed_data() {
    let sandbox = Sandbox::new();
    let attributes = request(&sandbox, Encoding::SignedData, SignedDataForm::gm_attributes());
    let bytes = attributes.finish(&signed_elsewhere(&sandbox, &attributes.input())).unwrap();
    let value = SignatureValue::parse(&bytes).unwrap();
    for compat in Compat::ALL {
        assert_eq!(value.compat_digest(compat, &CONTENT).unwrap_err().code(), Code::SignatureWrong, "{compat}");
    }
    let raw = SignatureValue::parse(&value.signature().to_bytes()).unwrap();
    assert_eq!(raw.compat_digest(Compat::NoZContent, &CONTENT).unwrap(), Sm3::digest_parts(&CONTENT));
    let fault = raw.compat_digest(Compat::NoZContentInfo, &CONTENT).unwrap_err();
    assert_eq!(fault.code(), Code::SignatureWrong);
}

#[test]
fn a_signature_over_anything_else_is_not_built_in() {
    let sandbox = Sandbox::new();
    for form in [SignedDataForm::gm(), SignedDataForm::gm_attributes(), SignedDataForm::compat(Compat::NoZContent)] {
        let request = request(&sandbox, Encoding::SignedData, form);
        for wrong in [
            key(9).sign(Message::Digest(request.digest())).unwrap(),
            sandbox.unit_key().sign(Message::of(&[b"other"])).unwrap(),
            sandbox
                .unit_key()
                .sign(Message::Parts { user_id: &UserId::EMPTY, parts: &[&request.to_be_signed()] })
                .unwrap(),
        ] {
            assert_eq!(request.finish(&wrong).unwrap_err().code(), Code::SignatureWrong, "{form}");
        }
    }
}

#[test]
fn a_whole_value_is_accepted_in_any_form_of_the_standards_and_verified() {
    let sandbox = Sandbox::new();
    let made = |encoding, form| {
        let made = request(&sandbox, encoding, form);
        made.finish(&signed_elsewhere(&sandbox, &made.input())).unwrap()
    };
    let plain = request(&sandbox, Encoding::SignedData, SignedDataForm::gm());
    let der = made(Encoding::Der, SignedDataForm::gm());
    let attributes = made(Encoding::SignedData, SignedDataForm::pkcs_attributes());
    for value in [&der, &attributes, &made(Encoding::SignedData, SignedDataForm::cfca())] {
        plain.accept(value).unwrap();
    }
    // Without Z only in the form that was asked for.
    for compat in Compat::ALL {
        let without = made(Encoding::SignedData, SignedDataForm::compat(compat));
        assert_eq!(plain.accept(&without).unwrap_err().code(), Code::SignatureWrong, "{compat}");
        for asked in Compat::ALL {
            let request = request(&sandbox, Encoding::SignedData, SignedDataForm::compat(asked));
            let accepted = request.accept(&without).map(drop).map_err(|fault| fault.code());
            assert_eq!(accepted, if asked == compat { Ok(()) } else { Err(Code::SignatureWrong) }, "{compat} {asked}");
            request.accept(&attributes).unwrap();
        }
    }
    // Another content, another user id.
    let other =
        SignatureRequest::new(Encoding::Der, SignedDataForm::gm(), &sandbox.unit, &UserId::DEFAULT, &[b"other"], None);
    let other = other.unwrap();
    assert_eq!(other.accept(&der).unwrap_err().code(), Code::SignatureWrong);
    assert_eq!(other.accept(&attributes).unwrap_err().code(), Code::MessageDigestWrong);
    let other =
        SignatureRequest::new(Encoding::Der, SignedDataForm::gm(), &sandbox.unit, &UserId::EMPTY, &CONTENT, None);
    assert_eq!(other.unwrap().accept(&attributes).unwrap_err().code(), Code::SignatureWrong);
    assert_eq!(plain.accept(b"MIIB").unwrap_err().code(), Code::SignatureValueUnknown);
}

#[test]
fn a_whole_value_names_and_carries_the_certificate() {
    let sandbox = Sandbox::new();
    let plain = request(&sandbox, Encoding::SignedData, SignedDataForm::gm());
    // A renewed certificate for the same key.
    let renewed = template("CN=测试医院@01,O=测试医院,C=CN", &[0xab, 0, 0, 2]);
    let renewed = renewed.sign_by(&key(2), &sandbox.sub, key(3).verifying_key()).unwrap();
    let by = |certificate, form| {
        let request =
            SignatureRequest::new(Encoding::SignedData, form, certificate, &UserId::DEFAULT, &CONTENT, None).unwrap();
        request.finish(&signed_elsewhere(&sandbox, &request.input())).unwrap()
    };
    let fault = plain.accept(&by(&renewed, SignedDataForm::gm())).unwrap_err();
    assert_eq!((fault.code(), fault.place().path.as_deref()), (Code::SignerNotNamed, None));
    // Both have the same key identifier; what comes along decides.
    let by_key = SignedDataForm { named_by: NamedBy::KeyId, ..SignedDataForm::gm() };
    let fault = plain.accept(&by(&renewed, by_key)).unwrap_err();
    assert_eq!((fault.code(), fault.place().path.as_deref()), (Code::SignerNotNamed, Some("SignedData/certificates")));
    plain.accept(&by(&renewed, SignedDataForm { carried: Carried::Nothing, ..by_key })).unwrap();
}

#[test]
fn what_a_form_cannot_say_is_refused_before_anything_is_signed() {
    let sandbox = Sandbox::new();
    let new = |certificate, form, time: Option<&str>| {
        let time = time.map(|time| time.parse().unwrap());
        let request = SignatureRequest::new(Encoding::SignedData, form, certificate, &UserId::DEFAULT, &CONTENT, time);
        request.map(|request| request.to_be_signed().len()).map_err(|fault| fault.code())
    };
    let bare = without_key_id(&sandbox);
    let by_key = SignedDataForm { named_by: NamedBy::KeyId, ..SignedDataForm::gm() };
    assert_eq!(new(&bare, by_key, None), Err(Code::SignerKeyIdAbsent));
    assert_eq!(new(&bare, SignedDataForm::gm(), None), Ok(CONTENT.concat().len()));

    let attributes = SignedDataForm::gm_attributes();
    for late in ["+10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"] {
        assert_eq!(new(&sandbox.unit, attributes, Some(late)), Err(Code::SigningTimeRange), "{late}");
        let without = SignedDataForm { covered: Covered::Attributes { signing_time: false }, ..attributes };
        assert!(new(&sandbox.unit, without, Some(late)).is_ok());
    }
    // Two digits of a year end in 2049.
    let octets = |time| new(&sandbox.unit, attributes, Some(time)).unwrap();
    assert_eq!(octets("2050-01-01T00:00:00Z"), octets("2049-12-31T23:59:59Z") + 2);

    let chain = vec![Arc::clone(&sandbox.sub); 16];
    let form = SignedDataForm { carried: Carried::Chain, ..SignedDataForm::gm() };
    let fault = request(&sandbox, Encoding::SignedData, form).with_chain(&chain).unwrap_err();
    assert_eq!((fault.code(), fault.found_text()), (Code::TooManyCertificates, Some("17")));
    request(&sandbox, Encoding::SignedData, form).with_chain(&chain[1..]).unwrap();
    // A form that carries no chain is not held up by one.
    request(&sandbox, Encoding::SignedData, SignedDataForm::gm()).with_chain(&chain).unwrap();
}

/// A certificate of before key identifiers, cut out of one that has its.
fn without_key_id(sandbox: &Sandbox) -> Certificate {
    let id = sandbox.unit.subject_key_id().unwrap();
    let mut der = sandbox.unit.der().to_vec();
    let at = der.windows(oid::SUBJECT_KEY_ID.len()).position(|window| window == oid::SUBJECT_KEY_ID).unwrap();
    // An extension of another kind, of the same length.
    der[at..at + 3].copy_from_slice(&[0x2a, 3, 4]);
    assert!(der.windows(id.len()).any(|window| window == id));
    let certificate = Certificate::from_der(&der).unwrap();
    assert_eq!(certificate.subject_key_id(), None);
    certificate
}

#[test]
fn a_certificate_without_key_identifier_is_named_by_none() {
    let sandbox = Sandbox::new();
    let bare = without_key_id(&sandbox);
    let form = SignedDataForm { named_by: NamedBy::KeyId, carried: Carried::Nothing, ..SignedDataForm::gm() };
    let request = request(&sandbox, Encoding::SignedData, form);
    let bytes = request.finish(&signed_elsewhere(&sandbox, &request.input())).unwrap();
    let value = SignatureValue::parse(&bytes).unwrap();
    assert!(value.signed_data().unwrap().signer_matches(&sandbox.unit));
    let fault = value.signed_data().unwrap().require_signer(&bare).unwrap_err();
    assert_eq!((fault.code(), fault.found_text()), (Code::SignerNotNamed, Some("")));
}

#[test]
fn a_local_signer_signs_every_kind_of_input_and_hands_on_its_chain() {
    let sandbox = Sandbox::new();
    let signer = LocalSigner::new(sandbox.unit_key(), Arc::clone(&sandbox.unit)).unwrap();
    assert!(signer.chain().is_empty());
    let signer = signer.with_chain(vec![Arc::clone(&sandbox.sub)]);
    let form = SignedDataForm { carried: Carried::Chain, ..SignedDataForm::cfca() };
    let forms = [form, SignedDataForm::gm_attributes(), SignedDataForm::compat(Compat::NoZContentInfo)];
    let requests = forms.map(|form| request(&sandbox, Encoding::SignedData, form).with_chain(signer.chain()).unwrap());
    let inputs: Vec<_> = requests.iter().map(SignatureRequest::input).collect();
    let signatures = signer.sign_batch(&inputs).unwrap();
    let values: Vec<_> =
        requests.iter().zip(&signatures).map(|(request, signature)| request.finish(signature).unwrap()).collect();
    let value = SignatureValue::parse(&values[0]).unwrap();
    assert_eq!(value.signed_data().unwrap().embedded().len(), 2);
    assert_eq!(form.algorithm, SignatureOid::Sm2Signature);
    assert_eq!(form.family, ContentFamily::Gm);
}

/// DER with every length made indefinite, and the strings of octets in two pieces.
fn indefinite(der: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(der, Code::SignedDataMalformed);
    let mut out = Vec::new();
    while !reader.is_empty() {
        let element = reader.any("x").unwrap();
        if element.tag & 0x20 != 0 {
            out.extend([&[element.tag, 0x80][..], &indefinite(element.content), &[0, 0]].concat());
        } else if element.tag == tlv::OCTET_STRING {
            let (first, second) = element.content.split_at(element.content.len() / 2);
            let piece = |part| tlv::write(tlv::OCTET_STRING, &[part]);
            out.extend([&[0x24, 0x80][..], &piece(first), &piece(second), &[0, 0]].concat());
        } else {
            out.extend_from_slice(element.whole);
        }
    }
    out
}

#[test]
fn values_in_ber_are_taken_and_given_back_in_der() {
    let sandbox = Sandbox::new();
    let chain = [Arc::clone(&sandbox.root), Arc::clone(&sandbox.sub)];
    for name in ["gm", "gm-attributes+attached", "pkcs-attributes+chain", "cfca+key-id"] {
        let request = request(&sandbox, Encoding::SignedData, name.parse().unwrap()).with_chain(&chain).unwrap();
        let der = request.finish(&signed_elsewhere(&sandbox, &request.input())).unwrap();
        let ber = indefinite(&der);
        // Not in documents.
        let fault = SignatureValue::parse(&ber).unwrap_err();
        assert_eq!((fault.code(), fault.found_text()), (Code::SignedDataMalformed, Some("an indefinite length")));
        let (value, bytes) = request.accept(&ber).unwrap();
        assert_eq!(*bytes, der, "{name}");
        assert_eq!(value.signed_data().unwrap().embedded().next(), Some(request_first(&der).as_slice()), "{name}");
        for length in 0..ber.len() {
            assert!(request.accept(&ber[..length]).is_err(), "{name} {length}");
        }
        // What BER cannot excuse has the fault that DER has.
        let fault = request.accept(&[&der[..], &[0]].concat()).unwrap_err();
        assert_eq!((fault.code(), fault.found_text()), (Code::SignedDataMalformed, Some("1 bytes too many")));
    }
    let deep = [[0x30, 0x80].repeat(20_000), vec![0; 40_000]].concat();
    assert_eq!(SignatureValue::parse_ber(&deep).unwrap_err().code(), Code::SignatureValueUnknown);
}

fn request_first(der: &[u8]) -> Vec<u8> {
    SignatureValue::parse(der).unwrap().signed_data().unwrap().embedded().next().unwrap().to_vec()
}
