//! What a file holds, told by its content and never by its name.

use std::sync::Arc;

use czei_sm2::VerifyingKey;

use crate::certificate::is_certificate_label;
use crate::key_file::{bare_base64, is_key_label};
use crate::tlv::{self, Reader};
use crate::{Certificate, CertificateRequest, Code, Crl, Error, pem, read_public_key};

/// One object of a file, recognised by its shape.
///
/// ```
/// use czei_pki::FileObject;
///
/// let key = czei_sm2::SigningKey::generate().unwrap();
/// let file = czei_pki::to_pkcs8_pem(&key);
/// assert!(matches!(FileObject::all(file.as_bytes())?[..], [FileObject::KeyFile]));
/// assert!(FileObject::all(b"something else")?.is_empty());
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum FileObject {
    /// A certificate (RFC 5280 4.1).
    Certificate(Arc<Certificate>),
    /// A certificate revocation list (RFC 5280 5.1).
    Crl(Arc<Crl>),
    /// A certification request (RFC 2986).
    Request(Box<CertificateRequest>),
    /// A public key by itself (RFC 5280 4.1, SubjectPublicKeyInfo).
    PublicKey(Box<VerifyingKey>),
    /// A private key, with or without a password: the whole file is one for [`KeyFile::read`](crate::KeyFile::read).
    KeyFile,
}

impl FileObject {
    /// The objects of a file: one in DER, or in PEM any number in the order of the text, other blocks passed over.
    /// Several keys of a file are named once. Nothing when the content is none of these.
    ///
    /// # Errors
    /// [`Code::PemMalformed`], and those of the readers of certificates, CRLs, requests and public keys.
    pub fn all(bytes: &[u8]) -> Result<Vec<Self>, Error> {
        if !pem::is_pem(bytes) {
            let bare = bare_base64(bytes);
            let der = bare.as_ref().map_or(bytes, |bare| &bare[..]);
            return kind_of_der(der).map(|kind| kind.read(der)).into_iter().collect();
        }
        let mut objects = Vec::new();
        for block in pem::blocks(bytes, |label| kind_of_label(label).is_some())? {
            let Some(kind) = kind_of_label(block.label) else { continue };
            let is_again = |object: &FileObject| matches!(object, FileObject::KeyFile);
            if kind == Kind::KeyFile && objects.iter().any(is_again) {
                continue;
            }
            objects.push(kind.read(&block.bytes)?);
        }
        Ok(objects)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Certificate,
    Crl,
    Request,
    PublicKey,
    KeyFile,
}

impl Kind {
    fn read(self, der: &[u8]) -> Result<FileObject, Error> {
        Ok(match self {
            Kind::Certificate => FileObject::Certificate(Arc::new(Certificate::from_der(der)?)),
            Kind::Crl => FileObject::Crl(Arc::new(Crl::from_der(der)?)),
            Kind::Request => FileObject::Request(Box::new(CertificateRequest::from_der(der)?)),
            Kind::PublicKey => FileObject::PublicKey(Box::new(read_public_key(der)?)),
            Kind::KeyFile => FileObject::KeyFile,
        })
    }
}

/// RFC 7468, and what tools wrote before it.
fn kind_of_label(label: &str) -> Option<Kind> {
    match label {
        _ if is_certificate_label(label) => Some(Kind::Certificate),
        _ if is_key_label(label) => Some(Kind::KeyFile),
        "X509 CRL" | "CRL" => Some(Kind::Crl),
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Some(Kind::Request),
        "PUBLIC KEY" => Some(Kind::PublicKey),
        _ => None,
    }
}

/// By the tags of the first fields. Whoever reads it then says what is wrong with it.
fn kind_of_der(bytes: &[u8]) -> Option<Kind> {
    const PATH: &str = "file";
    if bytes.starts_with(&[tlv::SEQUENCE, 0x80]) {
        // Of all these only PKCS#12 is written in BER.
        return Some(Kind::KeyFile);
    }
    let mut reader = Reader::new(bytes, Code::CertificateMalformed);
    let mut outer = reader.enter(tlv::SEQUENCE, PATH).ok()?;
    if outer.peek() == Some(tlv::INTEGER) {
        // PKCS#8, SEC1, PKCS#12 and CFCA's files begin with their version.
        return Some(Kind::KeyFile);
    }
    let first = outer.tlv(tlv::SEQUENCE, PATH).ok()?;
    match outer.peek()? {
        tlv::OCTET_STRING => return Some(Kind::KeyFile),
        tlv::BIT_STRING => return Some(Kind::PublicKey),
        tlv::SEQUENCE => {}
        _ => return None,
    }
    let mut fields = outer.over(first.content);
    match fields.peek()? {
        tlv::INTEGER => {}
        tlv::SEQUENCE => return Some(Kind::Crl),
        _ => return Some(Kind::Certificate),
    }
    // After the version: algorithm, issuer, and dates or one date; or subject, key, and attributes.
    for _ in 0..3 {
        fields.any(PATH).ok()?;
    }
    match fields.peek() {
        Some(tlv::SEQUENCE) => Some(Kind::Certificate),
        Some(tlv::UTC_TIME | tlv::GENERALIZED_TIME) => Some(Kind::Crl),
        _ => Some(Kind::Request),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shape(fields: &[&[u8]]) -> Option<Kind> {
        let tbs = tlv::write(tlv::SEQUENCE, fields);
        let empty = tlv::write(tlv::SEQUENCE, &[]);
        kind_of_der(&tlv::write(tlv::SEQUENCE, &[&tbs, &empty]))
    }

    #[test]
    fn shapes_are_told_apart_by_their_first_fields() {
        let (integer, sequence) = (tlv::write(tlv::INTEGER, &[&[1]]), tlv::write(tlv::SEQUENCE, &[]));
        let time = tlv::write(tlv::UTC_TIME, &[b"260101000000Z"]);
        let version = tlv::write(tlv::context(0), &[&integer]);
        let (i, s): (&[u8], &[u8]) = (&integer, &sequence);
        assert_eq!(shape(&[&version, i, s]), Some(Kind::Certificate));
        assert_eq!(shape(&[i, s, s, s, s, s]), Some(Kind::Certificate), "of version 1");
        assert_eq!(shape(&[s, s, &time]), Some(Kind::Crl), "of version 1");
        assert_eq!(shape(&[i, s, s, &time]), Some(Kind::Crl));
        assert_eq!(shape(&[i, s, s]), Some(Kind::Request), "without attributes");
        assert_eq!(shape(&[i, s, s, &version]), Some(Kind::Request));
        assert_eq!(shape(&[]), None);
        assert_eq!(kind_of_der(&tlv::write(tlv::SEQUENCE, &[i, s])), Some(Kind::KeyFile));
        let octets = tlv::write(tlv::OCTET_STRING, &[]);
        assert_eq!(kind_of_der(&tlv::write(tlv::SEQUENCE, &[s, &octets])), Some(Kind::KeyFile));
        let public = tlv::write(tlv::BIT_STRING, &[&[0]]);
        assert_eq!(kind_of_der(&tlv::write(tlv::SEQUENCE, &[s, &public])), Some(Kind::PublicKey));
        assert_eq!(kind_of_der(&tlv::write(tlv::SEQUENCE, &[s, &time])), None);
        assert_eq!(kind_of_der(&[0x30, 0x80, 2, 1, 3]), Some(Kind::KeyFile));
        for bytes in [&b""[..], b"\x30", b"\x30\x03\x30", b"text"] {
            assert_eq!(kind_of_der(bytes), None);
        }
    }

    #[test]
    fn blocks_of_text_come_in_their_order_and_a_damaged_one_says_what_it_is() {
        let template = crate::test_certificates::template("CN=A", &[1]);
        let key = czei_sm2::SigningKey::generate().unwrap();
        let certificate = template.self_sign(&key).unwrap();
        let secret = crate::to_pkcs8_pem(&key);
        let text = format!("{}{}{}{}", *secret, certificate.to_pem(), *pem::write("OTHER", b"?"), *secret);
        let objects = FileObject::all(text.as_bytes()).unwrap();
        assert!(matches!(&objects[..], [FileObject::KeyFile, FileObject::Certificate(own)] if **own == certificate));
        let damaged = pem::write("X509 CRL", b"\x30\x00");
        assert_eq!(FileObject::all(damaged.as_bytes()).unwrap_err().code(), Code::CrlMalformed);
        let fault =
            FileObject::all(&tlv::write(tlv::SEQUENCE, &[&tlv::write(tlv::SEQUENCE, &[&[0xa0, 0]]), &[0x30, 0]]));
        assert_eq!(fault.unwrap_err().code(), Code::CertificateMalformed);
    }
}
