//! Writing DER by hand: what a test sends must not come from the code under test.

use czei_pki::Certificate;

pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;

/// 1.2.156.10197.6.1.4.2.1 and .2 (GB/T 35275-2017)
pub(crate) const GM_DATA: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x01];
pub(crate) const GM_SIGNED_DATA: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02];
/// 1.2.840.113549.1.7.1 and .2 (PKCS#7)
pub(crate) const PKCS_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
pub(crate) const PKCS_SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// 1.2.840.113549.1.9.3, .4 and .5
pub(crate) const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
pub(crate) const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
pub(crate) const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05];
/// 1.2.156.10197.1.401, .501, .301.1 and .301
pub(crate) const SM3: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x11];
pub(crate) const SM2_WITH_SM3: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75];
pub(crate) const SM2_SIGNATURE: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x01];
/// 2.16.840.1.101.3.4.2.1 and 1.2.840.10045.4.3.2
pub(crate) const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
pub(crate) const ECDSA_WITH_SHA_256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

/// The order of the base point (GB/T 32918.5-2017).
pub(crate) const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x72, 0x03, 0xdf,
    0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x23,
];

/// One element with a definite, minimal length.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    if length < 0x80 {
        out.push(u8::try_from(length).unwrap());
    } else {
        let bytes = length.to_be_bytes();
        let bytes = &bytes[bytes.iter().position(|byte| *byte != 0).unwrap()..];
        out.push(0x80 | u8::try_from(bytes.len()).unwrap());
        out.extend_from_slice(bytes);
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// An INTEGER of an unsigned number, minimal.
pub(crate) fn integer(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len() - 1);
    let sign: &[u8] = if number[start] >= 0x80 { &[0] } else { &[] };
    tlv(INTEGER, &[sign, &number[start..]])
}

/// A DER signature value of two unsigned numbers.
pub(crate) fn signature(r: &[u8], s: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&integer(r), &integer(s)])
}

/// `number` as 32 bytes.
pub(crate) fn small(number: u8) -> [u8; 32] {
    core::array::from_fn(|index| if index == 31 { number } else { 0 })
}

/// n − `number`.
pub(crate) fn n_minus(number: u8) -> [u8; 32] {
    let mut out = N;
    out[31] -= number; // 0x23: enough for the small numbers of these tests
    out
}

pub(crate) fn algorithm(oid: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&tlv(OID, &[oid])])
}

/// One signed attribute.
pub(crate) fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&tlv(OID, &[kind]), &tlv(SET, &[value])])
}

/// A SignerInfo in pieces.
#[derive(Clone)]
pub(crate) struct SignerInfo {
    pub(crate) version: u8,
    pub(crate) id: Vec<u8>,
    pub(crate) digest: Vec<u8>,
    /// The attributes one after the other.
    pub(crate) attributes: Option<Vec<u8>>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl SignerInfo {
    /// Named by issuer and serial number, without attributes.
    pub(crate) fn of(certificate: &Certificate, signature: &[u8]) -> Self {
        let serial = tlv(INTEGER, &[certificate.serial()]);
        SignerInfo {
            version: 1,
            id: tlv(SEQUENCE, &[certificate.issuer().der(), &serial]),
            digest: algorithm(SM3),
            attributes: None,
            algorithm: algorithm(SM2_WITH_SM3),
            signature: signature.to_vec(),
        }
    }

    fn write(&self) -> Vec<u8> {
        let attributes = self.attributes.as_ref().map(|all| tlv(0xa0, &[all])).unwrap_or_default();
        let version = tlv(INTEGER, &[&[self.version]]);
        let signature = tlv(OCTETS, &[&self.signature]);
        tlv(SEQUENCE, &[&version, &self.id, &self.digest, &attributes, &self.algorithm, &signature])
    }
}

/// SignedData in pieces.
#[derive(Clone)]
pub(crate) struct SignedData {
    pub(crate) outer_type: Vec<u8>,
    pub(crate) inner_type: Vec<u8>,
    pub(crate) digest: Vec<u8>,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) signers: Vec<SignerInfo>,
}

impl SignedData {
    /// The plain form of GB/T 35275-2017 with the signer's certificate.
    pub(crate) fn of(certificate: &Certificate, signature: &[u8]) -> Self {
        SignedData {
            outer_type: GM_SIGNED_DATA.to_vec(),
            inner_type: GM_DATA.to_vec(),
            digest: algorithm(SM3),
            content: None,
            certificates: vec![certificate.der().to_vec()],
            signers: vec![SignerInfo::of(certificate, signature)],
        }
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let content = self.content.as_ref().map(|content| tlv(0xa0, &[&tlv(OCTETS, &[content])])).unwrap_or_default();
        let certificates =
            if self.certificates.is_empty() { Vec::new() } else { tlv(0xa0, &[&self.certificates.concat()]) };
        let signers: Vec<u8> = self.signers.iter().flat_map(SignerInfo::write).collect();
        let data = tlv(
            SEQUENCE,
            &[
                &tlv(INTEGER, &[&[1]]),
                &tlv(SET, &[&self.digest]),
                &tlv(SEQUENCE, &[&tlv(OID, &[&self.inner_type]), &content]),
                &certificates,
                &tlv(SET, &[&signers]),
            ],
        );
        tlv(SEQUENCE, &[&tlv(OID, &[&self.outer_type]), &tlv(0xa0, &[&data])])
    }
}
