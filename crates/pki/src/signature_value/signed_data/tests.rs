#![allow(clippy::unwrap_used)]
use super::*;
use crate::signature_value::{Encoding, SignatureValue, encode};
use crate::test_certificates::Sandbox;
use czei_sm2::{Message, SigningKey, UserId};

const CONTENT: [&[u8]; 2] = [b"<Header>a</Header>", b"<EInvoiceData>b</EInvoiceData>"];
const SHA256: &[u8] = b"\x60\x86\x48\x01\x65\x03\x04\x02\x01";

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv::write(tlv::SEQUENCE, parts)
}

fn algorithm(id: &[u8], parameters: &[u8]) -> Vec<u8> {
    sequence(&[&tlv::write(tlv::OID, &[id]), parameters])
}

fn integer(value: u8) -> Vec<u8> {
    tlv::write(tlv::INTEGER, &[&[value]])
}

/// A SignedData by its parts, each of which a test can bend.
struct Parts {
    outer_type: &'static [u8],
    inner_type: &'static [u8],
    version: u8,
    digests: Vec<u8>,
    content: Vec<u8>,
    certificates: Vec<u8>,
    crls: Vec<u8>,
    signer_version: u8,
    signer_id: Vec<u8>,
    digest: Vec<u8>,
    attributes: Vec<u8>,
    signature_algorithm: Vec<u8>,
    signature: Vec<u8>,
    unsigned: Vec<u8>,
    /// How often the SignerInfo stands there.
    signers: usize,
    tail: Vec<u8>,
}

impl Parts {
    /// What `encode` writes.
    fn plain(sandbox: &Sandbox) -> Self {
        let signature = sandbox.unit_key().sign(Message::of(&CONTENT)).unwrap();
        let serial = tlv::write(tlv::INTEGER, &[sandbox.unit.serial()]);
        Parts {
            outer_type: oid::GM_SIGNED_DATA,
            inner_type: oid::GM_DATA,
            version: 1,
            digests: algorithm(oid::SM3, &[]),
            content: vec![],
            certificates: tlv::write(tlv::context(0), &[sandbox.unit.der()]),
            crls: vec![],
            signer_version: 1,
            signer_id: sequence(&[sandbox.unit.issuer().der(), &serial]),
            digest: algorithm(oid::SM3, &[]),
            attributes: vec![],
            signature_algorithm: algorithm(oid::SM2_WITH_SM3, &[]),
            signature: signature.to_der(),
            unsigned: vec![],
            signers: 1,
            tail: vec![],
        }
    }

    /// With signed attributes, signed.
    fn with_attributes(sandbox: &Sandbox, attributes: &[Vec<u8>]) -> Self {
        let mut sorted = attributes.to_vec();
        sorted.sort();
        let content = sorted.concat();
        let signed = tlv::write(tlv::SET, &[&content]);
        let signature = sandbox.unit_key().sign(Message::of(&[&signed])).unwrap();
        Parts {
            attributes: tlv::write(tlv::context(0), &[&content]),
            signature: signature.to_der(),
            ..Parts::plain(sandbox)
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let signer = sequence(&[
            &integer(self.signer_version),
            &self.signer_id,
            &self.digest,
            &self.attributes,
            &self.signature_algorithm,
            &tlv::write(tlv::OCTET_STRING, &[&self.signature]),
            &self.unsigned,
        ]);
        let signed_data = sequence(&[
            &integer(self.version),
            &tlv::write(tlv::SET, &[&self.digests]),
            &sequence(&[&tlv::write(tlv::OID, &[self.inner_type]), &self.content]),
            &self.certificates,
            &self.crls,
            &tlv::write(tlv::SET, &[&signer.repeat(self.signers)]),
            &self.tail,
        ]);
        sequence(&[&tlv::write(tlv::OID, &[self.outer_type]), &tlv::write(tlv::context(0), &[&signed_data])])
    }

    fn parse(&self) -> Result<SignatureValue, Error> {
        SignatureValue::parse(&self.bytes())
    }

    fn verify(&self, sandbox: &Sandbox) -> Result<(), Error> {
        let key = sandbox.unit.prepared_key().unwrap();
        self.parse()?.verify(key, &UserId::DEFAULT, &CONTENT)
    }

    /// Code and place of the error.
    fn fault(&self) -> (Code, String) {
        let fault = self.parse().unwrap_err();
        (fault.code(), fault.place().path.clone().unwrap_or_default())
    }
}

fn attribute(kind: &[u8], values: &[u8]) -> Vec<u8> {
    sequence(&[&tlv::write(tlv::OID, &[kind]), &tlv::write(tlv::SET, &[values])])
}

fn content_type() -> Vec<u8> {
    attribute(oid::CONTENT_TYPE, &tlv::write(tlv::OID, &[oid::GM_DATA]))
}

fn message_digest() -> Vec<u8> {
    let digest = Sm3::digest_parts(&CONTENT);
    attribute(oid::MESSAGE_DIGEST, &tlv::write(tlv::OCTET_STRING, &[&digest]))
}

fn signing_time() -> Vec<u8> {
    attribute(oid::SIGNING_TIME, &tlv::write(tlv::UTC_TIME, &[b"261201013000Z"]))
}

fn octets(content: &[u8]) -> Vec<u8> {
    tlv::write(tlv::context(0), &[&tlv::write(tlv::OCTET_STRING, &[content])])
}

#[test]
fn what_is_written_has_the_plain_form_and_is_read_again() {
    let sandbox = Sandbox::new();
    let parts = Parts::plain(&sandbox);
    let signature = Signature::from_der(&parts.signature).unwrap();
    let written = encode(Encoding::SignedData, &signature, &sandbox.unit);
    assert_eq!(written, parts.bytes());

    let value = SignatureValue::parse(&written).unwrap();
    assert_eq!(value.encoding(), Encoding::SignedData);
    assert_eq!(value.signature(), &signature);
    assert_eq!(value.signing_time(), None);
    let signed_data = value.signed_data().unwrap();
    assert_eq!(signed_data.content_family(), ContentFamily::Gm);
    assert_eq!(signed_data.signature_oid(), "1.2.156.10197.1.501");
    assert_eq!(signed_data.content(), None);
    assert!(signed_data.signed_attributes().is_none());
    assert!(!signed_data.has_unsigned_attributes());
    assert!(signed_data.embedded().eq([sandbox.unit.der()]));
    signed_data.require_signer(&sandbox.unit).unwrap();
    parts.verify(&sandbox).unwrap();

    for encoding in [Encoding::Der, Encoding::Raw] {
        let value = SignatureValue::parse(&encode(encoding, &signature, &sandbox.unit)).unwrap();
        assert_eq!((value.encoding(), value.signature()), (encoding, &signature));
    }
}

#[test]
fn every_plain_variant_verifies() {
    let sandbox = Sandbox::new();
    let null = [5, 0];
    for (outer_type, inner_type, family) in [
        (oid::GM_SIGNED_DATA, oid::GM_DATA, ContentFamily::Gm),
        (oid::PKCS7_SIGNED_DATA, oid::PKCS7_DATA, ContentFamily::Pkcs),
    ] {
        for (id, dotted) in [
            (oid::SM2_WITH_SM3, "1.2.156.10197.1.501"),
            (oid::SM2_SIGNATURE, "1.2.156.10197.1.301.1"),
            (oid::SM2, "1.2.156.10197.1.301"),
        ] {
            for parameters in [&[][..], &null] {
                let parts = Parts {
                    outer_type,
                    inner_type,
                    digests: [algorithm(SHA256, parameters), algorithm(oid::SM3, parameters)].concat(),
                    digest: algorithm(oid::SM3, parameters),
                    signature_algorithm: algorithm(id, parameters),
                    ..Parts::plain(&sandbox)
                };
                parts.verify(&sandbox).unwrap();
                let value = parts.parse().unwrap();
                assert_eq!(value.signed_data().unwrap().content_family(), family);
                assert_eq!(value.signed_data().unwrap().signature_oid(), dotted);
            }
        }
    }
    // No digests listed: SignerInfo names its own.
    Parts { digests: vec![], ..Parts::plain(&sandbox) }.verify(&sandbox).unwrap();
    let by_key_id = Parts {
        version: 3,
        signer_version: 3,
        signer_id: tlv::write(tlv::context_primitive(0), &[sandbox.unit.subject_key_id().unwrap()]),
        certificates: vec![],
        crls: tlv::write(tlv::context(1), &[&[0x30, 0]]),
        unsigned: tlv::write(tlv::context(1), &[&attribute(oid::SIGNING_TIME, &[5, 0])]),
        ..Parts::plain(&sandbox)
    };
    by_key_id.verify(&sandbox).unwrap();
    let value = by_key_id.parse().unwrap();
    let signed_data = value.signed_data().unwrap();
    assert_eq!(signed_data.embedded().len(), 0);
    assert!(signed_data.has_unsigned_attributes());
    assert!(signed_data.signer_matches(&sandbox.unit));
    assert!(!signed_data.signer_matches(&sandbox.sub));
}

#[test]
fn attached_content_must_be_the_content() {
    let sandbox = Sandbox::new();
    let attached = Parts { content: octets(&CONTENT.concat()), ..Parts::plain(&sandbox) };
    attached.verify(&sandbox).unwrap();
    for other in [&b""[..], b"other", &CONTENT.concat()[1..], &[&CONTENT.concat()[..], b"x"].concat()] {
        let parts = Parts { content: octets(other), ..Parts::plain(&sandbox) };
        assert_eq!(parts.parse().unwrap().signed_data().unwrap().content(), Some(other));
        let fault = parts.verify(&sandbox).unwrap_err();
        assert_eq!(fault.code(), Code::ContentDiffers);
        assert_eq!(fault.found_text(), Some(&*hex::lower(&Sm3::digest(other))));
    }
}

#[test]
fn signed_attributes_are_what_is_signed() {
    let sandbox = Sandbox::new();
    let all = [content_type(), message_digest(), signing_time(), attribute(oid::SM3, &[5, 0])];
    let parts = Parts::with_attributes(&sandbox, &all);
    parts.verify(&sandbox).unwrap();
    let value = parts.parse().unwrap();
    assert_eq!(value.signing_time().unwrap().to_string(), "2026-12-01 01:30:00 UTC");
    let digest = Sm3::digest_parts(&CONTENT);
    let attributes = value.signed_data().unwrap().signed_attributes().unwrap();
    assert_eq!(attributes.message_digest(), &digest);

    let key = sandbox.unit.prepared_key().unwrap();
    let fault = value.verify(key, &UserId::DEFAULT, &[b"other"]).unwrap_err();
    assert_eq!(fault.code(), Code::MessageDigestWrong);
    assert_eq!(fault.found_text(), Some(&*hex::lower(&digest)));

    // A signature over the content does not stand for one over the attributes.
    let over_content = Parts { attributes: parts.attributes, ..Parts::plain(&sandbox) };
    assert_eq!(over_content.verify(&sandbox).unwrap_err().code(), Code::SignatureWrong);
    // Nor the other way round, with the attributes left out.
    let stripped = Parts { signature: parts.signature, ..Parts::plain(&sandbox) };
    assert_eq!(stripped.verify(&sandbox).unwrap_err().code(), Code::SignatureWrong);
}

#[test]
fn signed_attributes_are_hashed_in_the_order_of_der() {
    let sandbox = Sandbox::new();
    let mut all = vec![content_type(), message_digest(), signing_time(), attribute(oid::SM3, &[5, 0])];
    all.sort();
    let sorted = Parts::with_attributes(&sandbox, &all);
    all.reverse();
    let sent = all.concat();
    assert!(!all.is_sorted());
    // Sent in another order, signed in DER's.
    let attributes = tlv::write(tlv::context(0), &[&sent]);
    let reordered =
        Parts { attributes: attributes.clone(), signature: sorted.signature.clone(), ..Parts::plain(&sandbox) };
    reordered.verify(&sandbox).unwrap();
    let value = reordered.parse().unwrap();
    let signed = value.signed_parts(&CONTENT).unwrap().as_parts().concat();
    assert_eq!(signed, [&[tlv::SET][..], &sorted.attributes[1..]].concat());
    // Signed in the order as sent.
    let signature = sandbox.unit_key().sign(Message::of(&[&tlv::write(tlv::SET, &[&sent])])).unwrap().to_der();
    let as_sent = Parts { attributes, signature, ..Parts::plain(&sandbox) };
    assert_eq!(as_sent.verify(&sandbox).unwrap_err().code(), Code::SignatureWrong);
}

#[test]
fn a_signing_time_has_one_form() {
    let sandbox = Sandbox::new();
    let path = "SignerInfo/authenticatedAttributes/signingTime";
    for (tag, text) in [
        (tlv::GENERALIZED_TIME, "20261201013000.5Z"),
        (tlv::UTC_TIME, "261201093000+0800"),
        (tlv::UTC_TIME, "2612010130Z"),
        (tlv::PRINTABLE_STRING, "261201013000Z"),
    ] {
        let time = attribute(oid::SIGNING_TIME, &tlv::write(tag, &[text.as_bytes()]));
        let parts = Parts::with_attributes(&sandbox, &[content_type(), message_digest(), time]);
        let fault = parts.parse().unwrap_err();
        assert_eq!((fault.code(), fault.found_text()), (Code::SigningTimeForm, Some(text)));
        assert_eq!(fault.place().path.as_deref(), Some(path));
    }
    let cut_off = attribute(oid::SIGNING_TIME, &[tlv::UTC_TIME, 5, 0]);
    let parts = Parts::with_attributes(&sandbox, &[content_type(), message_digest(), cut_off]);
    assert_eq!(parts.fault(), (Code::SignedDataMalformed, path.to_owned()));
}

#[test]
fn texts_of_others_are_cut_in_messages() {
    let sandbox = Sandbox::new();
    let digests = |count| Parts { digests: algorithm(SHA256, &[]).repeat(count), ..Parts::plain(&sandbox) };
    let fault = digests(1_000).parse().unwrap_err();
    assert_eq!(fault.found_text(), Some(&*["2.16.840.1.101.3.4.2.1"; 8].join(", ")));
    // The longest identifier, and one octet more.
    let parts = |length| Parts { outer_type: Vec::leak(vec![1; length]), ..Parts::plain(&sandbox) };
    assert_eq!(parts(64).fault(), (Code::SignedDataContentType, "ContentInfo/contentType".to_owned()));
    assert_eq!(parts(65).fault(), (Code::SignedDataMalformed, "ContentInfo/contentType".to_owned()));
    let serial = tlv::write(tlv::INTEGER, &[&[1; 5_000]]);
    let named = Parts { signer_id: sequence(&[sandbox.unit.issuer().der(), &serial]), ..Parts::plain(&sandbox) };
    let fault = named.parse().unwrap().signed_data().unwrap().require_signer(&sandbox.unit).unwrap_err();
    assert_eq!(fault.expected_text().unwrap().chars().count(), 241);
}

#[test]
fn signed_attributes_are_complete_and_unambiguous() {
    let sandbox = Sandbox::new();
    let path = "SignerInfo/authenticatedAttributes";
    let pkcs = attribute(oid::CONTENT_TYPE, &tlv::write(tlv::OID, &[oid::PKCS7_DATA]));
    let two_values =
        attribute(oid::MESSAGE_DIGEST, &tlv::write(tlv::OCTET_STRING, &[&Sm3::digest_parts(&CONTENT)]).repeat(2));
    let short = attribute(oid::MESSAGE_DIGEST, &tlv::write(tlv::OCTET_STRING, &[&[0; 20]]));
    let no_value = attribute(oid::MESSAGE_DIGEST, &[]);
    let bad_time = attribute(oid::SIGNING_TIME, &tlv::write(tlv::UTC_TIME, &[b"2612010130Z"]));
    let digest_path = format!("{path}/messageDigest");
    let many = (0..101).map(|number| attribute(&[0x2a, number], &[5, 0])).collect();
    for (attributes, code, place) in [
        (vec![], Code::AttributeMissing, path),
        (many, Code::SignedDataMalformed, path),
        (vec![content_type()], Code::AttributeMissing, path),
        (vec![message_digest()], Code::AttributeMissing, path),
        (vec![content_type(), message_digest(), message_digest()], Code::AttributeTwice, path),
        (vec![content_type(), content_type(), message_digest()], Code::AttributeTwice, path),
        (vec![content_type(), two_values], Code::AttributeTwice, path),
        (vec![pkcs, message_digest()], Code::AttributeContentType, "SignerInfo/authenticatedAttributes/contentType"),
        (vec![content_type(), short], Code::SignedDataMalformed, &digest_path),
        (vec![content_type(), no_value], Code::SignedDataMalformed, &digest_path),
        (
            vec![content_type(), message_digest(), bad_time],
            Code::SigningTimeForm,
            "SignerInfo/authenticatedAttributes/signingTime",
        ),
    ] {
        let parts = Parts::with_attributes(&sandbox, &attributes);
        assert_eq!(parts.fault(), (code, place.to_owned()));
    }
}

#[test]
fn wrong_shapes_have_their_own_codes() {
    let sandbox = Sandbox::new();
    let plain = || Parts::plain(&sandbox);
    let curve = tlv::write(tlv::OID, &[oid::SM2]);
    let ecdsa = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";
    let enveloped: &[u8] = b"\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x03";
    let certificates = |count| tlv::write(tlv::context(0), &[&sandbox.unit.der().repeat(count)]);
    let mut trailing = plain().signature;
    trailing.push(0);
    let cases: Vec<(Parts, Code, &str)> = vec![
        (Parts { outer_type: enveloped, ..plain() }, Code::SignedDataContentType, "ContentInfo/contentType"),
        (
            Parts { outer_type: oid::PKCS7_SIGNED_DATA, ..plain() },
            Code::SignedDataContentType,
            "SignedData/contentInfo/contentType",
        ),
        (
            Parts { inner_type: oid::PKCS7_DATA, ..plain() },
            Code::SignedDataContentType,
            "SignedData/contentInfo/contentType",
        ),
        (Parts { version: 0, ..plain() }, Code::SignedDataMalformed, "SignedData/version"),
        (Parts { version: 6, ..plain() }, Code::SignedDataMalformed, "SignedData/version"),
        (Parts { digests: vec![], signers: 0, ..plain() }, Code::SignedDataDigest, "SignedData/digestAlgorithms"),
        (Parts { digests: algorithm(SHA256, &[]), ..plain() }, Code::SignedDataDigest, "SignedData/digestAlgorithms"),
        (Parts { digest: algorithm(SHA256, &[]), ..plain() }, Code::SignedDataDigest, "SignerInfo/digestAlgorithm"),
        (
            Parts { digest: algorithm(oid::SM3, &curve), ..plain() },
            Code::SignedDataDigest,
            "SignerInfo/digestAlgorithm",
        ),
        (
            Parts { signature_algorithm: algorithm(ecdsa, &[]), ..plain() },
            Code::SignedDataAlgorithm,
            "SignerInfo/digestEncryptionAlgorithm",
        ),
        (
            Parts { signature_algorithm: algorithm(oid::SM2, &curve), ..plain() },
            Code::SignedDataAlgorithm,
            "SignerInfo/digestEncryptionAlgorithm",
        ),
        (Parts { signers: 0, ..plain() }, Code::NoSigner, "SignedData/signerInfos"),
        (Parts { signers: 2, ..plain() }, Code::SeveralSigners, "SignedData/signerInfos"),
        (Parts { certificates: certificates(17), ..plain() }, Code::TooManyCertificates, "SignedData/certificates"),
        (Parts { certificates: certificates(1_000), ..plain() }, Code::TooManyCertificates, "SignedData/certificates"),
        (
            Parts { certificates: tlv::write(tlv::context(0), &[&[5, 0]]), ..plain() },
            Code::SignedDataMalformed,
            "SignedData/certificates",
        ),
        (Parts { signer_version: 2, ..plain() }, Code::SignedDataMalformed, "SignerInfo/version"),
        (Parts { signer_version: 3, ..plain() }, Code::SignedDataMalformed, "SignerInfo/signerIdentifier"),
        (
            Parts { signer_id: tlv::write(tlv::context_primitive(0), &[b"id"]), ..plain() },
            Code::SignedDataMalformed,
            "SignerInfo/signerIdentifier",
        ),
        (
            Parts { content: tlv::write(tlv::context(0), &[&[5, 0]]), ..plain() },
            Code::SignedDataMalformed,
            "SignedData/contentInfo/content",
        ),
        (Parts { tail: vec![5, 0], ..plain() }, Code::SignedDataMalformed, "SignedData"),
        (Parts { unsigned: vec![5, 0], ..plain() }, Code::SignedDataMalformed, "SignerInfo"),
        (Parts { signature: vec![], ..plain() }, Code::SignatureMalformed, "SignerInfo/encryptedDigest"),
        (Parts { signature: trailing, ..plain() }, Code::SignatureMalformed, "SignerInfo/encryptedDigest"),
        (Parts { signature: vec![1; 64], ..plain() }, Code::SignatureMalformed, "SignerInfo/encryptedDigest"),
        (
            Parts { signature: vec![0x30, 6, 2, 1, 0, 2, 1, 1], ..plain() },
            Code::SignatureRange,
            "SignerInfo/encryptedDigest",
        ),
    ];
    for (index, (parts, code, path)) in cases.into_iter().enumerate() {
        assert_eq!(parts.fault(), (code, path.to_owned()), "case {index}");
    }
    let sixteen = Parts { certificates: certificates(16), ..plain() };
    assert_eq!(sixteen.parse().unwrap().signed_data().unwrap().embedded().len(), 16);
}

#[test]
fn bytes_around_and_hostile_lengths_are_refused() {
    let sandbox = Sandbox::new();
    let bytes = Parts::plain(&sandbox).bytes();
    let fault = |bytes: &[u8]| {
        let fault = SignatureValue::parse(bytes).unwrap_err();
        (fault.code(), fault.found_text().map(str::to_owned))
    };
    let malformed = |found: &str| (Code::SignedDataMalformed, Some(found.to_owned()));
    assert_eq!(fault(&[&bytes[..], &[0]].concat()), malformed("1 bytes too many"));
    assert_eq!(fault(&bytes[..bytes.len() - 1]), malformed("a length beyond the end"));
    // 4 GiB announced, 20,000 levels, an indefinite length.
    let mut huge = vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff];
    huge.extend_from_slice(&bytes[4..]);
    assert_eq!(fault(&huge), malformed("a length beyond the end"));
    let mut indefinite = vec![0x30, 0x80];
    indefinite.extend_from_slice(&bytes[4..]);
    indefinite.extend_from_slice(&[0, 0]);
    assert_eq!(fault(&indefinite), malformed("an indefinite length"));
    let mut nested = Vec::new();
    for _ in 0..20_000 {
        nested.splice(0..0, {
            let mut header = Vec::new();
            tlv::write_header(&mut header, tlv::SEQUENCE, nested.len());
            header
        });
    }
    assert_eq!(fault(&nested).0, Code::SignatureValueUnknown);
    let parts = Parts { certificates: tlv::write(tlv::context(0), &[&nested]), ..Parts::plain(&sandbox) };
    parts.verify(&sandbox).unwrap(); // certificates are not looked into here
    let embedded = parts.parse().unwrap();
    let embedded = embedded.signed_data().unwrap().embedded().next().unwrap();
    assert_eq!(Certificate::from_der(embedded).unwrap_err().code(), Code::CertificateMalformed);
    let parts = Parts { content: nested, ..Parts::plain(&sandbox) };
    assert_eq!(parts.fault(), (Code::SignedDataMalformed, "SignedData/contentInfo".to_owned()));
}

#[test]
fn the_signer_is_the_certificate_named() {
    let sandbox = Sandbox::new();
    let value = Parts::plain(&sandbox).parse().unwrap();
    let signed_data = value.signed_data().unwrap();
    let fault = signed_data.require_signer(&sandbox.sub).unwrap_err();
    assert_eq!(fault.code(), Code::SignerNotNamed);
    assert_eq!(fault.expected_text(), Some("CN=Sub CA,O=测试财政电子认证,C=CN, AB000001"));
    assert_eq!(fault.found_text(), Some("CN=Root,C=CN, 2"));
    // The issuer's name in another spelling is the same name.
    let issuer = Name::parse_rfc4514("CN=SUB CA,O=测试财政电子认证,C=cn").unwrap();
    let serial = tlv::write(tlv::INTEGER, &[sandbox.unit.serial()]);
    let respelled = Parts { signer_id: sequence(&[issuer.der(), &serial]), ..Parts::plain(&sandbox) };
    assert!(respelled.parse().unwrap().signed_data().unwrap().signer_matches(&sandbox.unit));
    // An issuer that is no name matches nothing.
    let junk = Parts { signer_id: sequence(&[&[0x30, 2, 5, 0], &serial]), ..Parts::plain(&sandbox) };
    assert!(!junk.parse().unwrap().signed_data().unwrap().signer_matches(&sandbox.unit));
}

/// Every bit of a value flipped on its own. What is still accepted must mean the same: the
/// signature verifies over the same content, by the same signer, with the same attributes. Only
/// octets that no signature covers may be changed without a refusal.
#[test]
fn no_flipped_bit_changes_what_is_accepted() {
    let sandbox = Sandbox::new();
    let key = sandbox.unit.prepared_key().unwrap();
    let range = |bytes: &[u8], part: &[u8]| {
        let windows = bytes.windows(part.len());
        let at = windows.enumerate().filter(|(_, window)| *window == part).map(|(at, _)| at).next_back();
        at.unwrap()..at.unwrap() + part.len()
    };
    for parts in
        [Parts::plain(&sandbox), Parts::with_attributes(&sandbox, &[content_type(), message_digest(), signing_time()])]
    {
        let bytes = parts.bytes();
        let original = parts.parse().unwrap();
        let certificate = range(&bytes, sandbox.unit.der());
        // The version; the tag of the certificates, which are no part of what is signed; the
        // issuer's name, where other letter cases and string types are the same name.
        let free = [26..27, certificate.start - 4..certificate.start - 3];
        let issuer = range(&bytes, sandbox.unit.issuer().der());
        for at in (0..bytes.len()).filter(|at| !certificate.contains(at)) {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                let Ok(value) = SignatureValue::parse(&bytes) else { continue };
                let signed_data = value.signed_data().unwrap();
                if !signed_data.signer_matches(&sandbox.unit) {
                    continue;
                }
                let accepted = value.verify(key, &UserId::DEFAULT, &CONTENT).is_ok();
                if accepted {
                    assert!(
                        issuer.contains(&at) || free.iter().any(|free| free.contains(&at)),
                        "octet {at}, bit {bit}"
                    );
                    assert_eq!(value.signature(), original.signature());
                    assert_eq!(value.signing_time(), original.signing_time());
                    assert_eq!(signed_data.content(), None);
                }
            }
        }
    }
}

#[test]
fn a_flipped_bit_in_an_embedded_certificate_is_a_matter_of_its_path() {
    let sandbox = Sandbox::new();
    let mut parts = Parts::plain(&sandbox);
    let last = parts.certificates.len() - 1;
    parts.certificates[last] ^= 1;
    let value = parts.parse().unwrap();
    let embedded = value.signed_data().unwrap().embedded().next().unwrap();
    let certificate = Certificate::from_der(embedded).unwrap();
    let issuer = sandbox.sub.prepared_key().unwrap();
    let fault = certificate.verify_signature_by(issuer, &[UserId::DEFAULT]).unwrap_err();
    assert_eq!(fault.code(), Code::CertificateSignatureWrong);
}

#[test]
fn another_key_or_user_id_does_not_verify() {
    let sandbox = Sandbox::new();
    let value = Parts::plain(&sandbox).parse().unwrap();
    let other = SigningKey::from_bytes(&[9; 32]).unwrap().verifying_key().prepare();
    let own = sandbox.unit.prepared_key().unwrap();
    for (key, user_id, content) in [
        (&other, &UserId::DEFAULT, &CONTENT[..]),
        (own, &UserId::EMPTY, &CONTENT),
        (own, &UserId::DEFAULT, &CONTENT[..1]),
    ] {
        let fault = value.verify(key, user_id, content).unwrap_err();
        assert_eq!(fault.code(), Code::SignatureWrong);
    }
}
