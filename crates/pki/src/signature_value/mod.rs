//! What stands, base64 encoded, in a SignatureValue.

mod compat;
mod form;
mod request;
mod signed_attributes;
mod signed_data;
mod write;

use core::fmt;
use std::borrow::Cow;

use chrono::{DateTime, Utc};
use czei_codes::Code as _;
use czei_sm2::{Message, PreparedVerifyingKey, Signature, Sm3, UserId};

pub use compat::Compat;
pub use form::{Carried, Covered, NamedBy, SignatureOid, SignedDataForm};
pub use request::SignatureRequest;
pub use signed_attributes::SignedAttributes;
pub use signed_data::{ContentFamily, SignedData, SignerId};
pub use write::encode;

use crate::certificate::signature_fault;
use crate::tlv::{self, Reader};
use crate::{Code, Error, ber};

/// The three encodings of a signature value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// SignedData of GB/T 35275-2017 (GM/T 0010) without content, with the signer's certificate.
    /// The default for interchange.
    #[default]
    SignedData,
    /// DER `SEQUENCE { r INTEGER, s INTEGER }` (GB/T 35276-2017).
    Der,
    /// 64 bytes, r followed by s.
    Raw,
}

impl Encoding {
    /// The name in policies and reports: `signed-data`, `der`, `raw`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Encoding::SignedData => "signed-data",
            Encoding::Der => "der",
            Encoding::Raw => "raw",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A signature value that has been read: the signature itself and, in SignedData, what came with
/// it. Embedded certificates are not decoded here.
///
/// ```
/// use czei_pki::{Code, Encoding, SignatureValue};
/// use czei_sm2::{Message, SigningKey, UserId};
///
/// let key = SigningKey::generate().unwrap();
/// let content: [&[u8]; 2] = [b"<Header></Header>", b"<EInvoiceData></EInvoiceData>"];
/// let signature = key.sign(Message::of(&content)).unwrap();
///
/// let value = SignatureValue::parse(&signature.to_der())?;
/// assert_eq!(value.encoding(), Encoding::Der);
/// value.verify(&key.verifying_key().prepare(), &UserId::DEFAULT, &content)?;
/// let other = value.verify(&key.verifying_key().prepare(), &UserId::EMPTY, &content);
/// assert_eq!(other.unwrap_err().code(), Code::SignatureWrong);
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SignatureValue {
    signature: Signature,
    encoding: Encoding,
    signed_data: Option<Box<SignedData>>,
}

impl SignatureValue {
    /// Reads a signature value, telling the encodings apart: exactly 64 bytes are r and s; a
    /// SEQUENCE that starts with an INTEGER is DER; one that starts with an object identifier is
    /// SignedData.
    ///
    /// # Errors
    /// [`Code::SignatureValueUnknown`] for none of these; [`Code::SignatureMalformed`] and
    /// [`Code::SignatureRange`] for the signature; for SignedData
    /// [`Code::SignedDataMalformed`] with the field as its place and the other codes from
    /// [`Code::SignedDataContentType`] to [`Code::AttributeContentType`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if let Ok(raw) = <&[u8; 64]>::try_from(bytes) {
            let signature = Signature::from_bytes(raw).map_err(|error| signature_fault(&error))?;
            return Ok(SignatureValue { signature, encoding: Encoding::Raw, signed_data: None });
        }
        match first_member(bytes) {
            Some(tlv::INTEGER) => {
                let signature = Signature::from_der(bytes).map_err(|error| signature_fault(&error))?;
                Ok(SignatureValue { signature, encoding: Encoding::Der, signed_data: None })
            }
            Some(tlv::OID) => {
                let (signed_data, signature) = SignedData::read(bytes)?;
                Ok(SignatureValue {
                    signature,
                    encoding: Encoding::SignedData,
                    signed_data: Some(Box::new(signed_data)),
                })
            }
            _ => Err(Code::SignatureValueUnknown.fault().found(format!("{} bytes", bytes.len()))),
        }
    }

    /// As [`SignatureValue::parse`], also in BER, whose indefinite lengths and strings in pieces
    /// signing programs write, BouncyCastle's `getEncoded()` among them; and the bytes in DER. For
    /// values that were just made: in documents DER alone is read.
    ///
    /// ```
    /// use czei_pki::SignatureValue;
    ///
    /// let (_, bytes) = SignatureValue::parse_ber(&[0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0])?;
    /// assert_eq!(*bytes, [0x30, 6, 2, 1, 1, 2, 1, 1]);
    /// # Ok::<(), czei_pki::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`SignatureValue::parse`], with more than 32 elements in each other too.
    pub fn parse_ber(bytes: &[u8]) -> Result<(Self, Cow<'_, [u8]>), Error> {
        let fault = match Self::parse(bytes) {
            Ok(value) => return Ok((value, Cow::Borrowed(bytes))),
            Err(fault) => fault,
        };
        match ber::to_der(bytes, Code::SignedDataMalformed, "ContentInfo") {
            Ok(mut der) if **der != *bytes => {
                let value = Self::parse(&der)?;
                Ok((value, Cow::Owned(std::mem::take(&mut *der))))
            }
            // Whatever is wrong then is not that it is BER.
            _ => Err(fault),
        }
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Which encoding it came in.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What came with the signature, when the encoding is [`Encoding::SignedData`].
    #[must_use]
    pub fn signed_data(&self) -> Option<&SignedData> {
        self.signed_data.as_deref()
    }

    /// The signing time of the signed attributes, which the signature covers. Its truth is the
    /// signer's word.
    #[must_use]
    pub fn signing_time(&self) -> Option<DateTime<Utc>> {
        self.signed_data()?.signed_attributes()?.signing_time()
    }

    /// What the signature covers, given the content in parts that follow one another: the content
    /// itself, or the signed attributes, which then have to hold its SM3.
    ///
    /// # Errors
    /// [`Code::ContentDiffers`] when the value carries content of its own that is not this one,
    /// [`Code::MessageDigestWrong`] when the signed attributes were made for another content.
    pub fn signed_parts<'a>(&'a self, content: &'a [&'a [u8]]) -> Result<SignedParts<'a>, Error> {
        match self.signed_data() {
            Some(signed_data) => signed_data.signed_parts(content),
            None => Ok(SignedParts::Content(content)),
        }
    }

    /// Verifies the signature over a content in parts, with Z of the user id.
    ///
    /// # Errors
    /// Those of [`SignatureValue::signed_parts`]; [`Code::SignatureWrong`].
    pub fn verify(&self, key: &PreparedVerifyingKey, user_id: &UserId, content: &[&[u8]]) -> Result<(), Error> {
        let signed = self.signed_parts(content)?;
        let message = Message::Parts { user_id, parts: signed.as_parts() };
        key.verify(message, &self.signature).map_err(|_| Code::SignatureWrong.into())
    }

    /// e of a form without Z, for whoever accepts it by name; [`SignatureValue::verify`] never does.
    ///
    /// # Errors
    /// Those of [`SignatureValue::signed_parts`]; [`Code::SignatureWrong`] for a value that cannot
    /// have the form: one with signed attributes, and for [`Compat::NoZContentInfo`] one that is no
    /// SignedData.
    pub fn compat_digest(&self, compat: Compat, content: &[&[u8]]) -> Result<[u8; 32], Error> {
        match (self.signed_parts(content)?, compat, self.signed_data()) {
            // Where there are signed attributes, they are what is signed.
            (SignedParts::Attributes(_), ..) | (_, Compat::NoZContentInfo, None) => Err(Code::SignatureWrong.into()),
            (SignedParts::Content(content), Compat::NoZContent, _) => Ok(Sm3::digest_parts(content)),
            (SignedParts::Content(content), Compat::NoZContentInfo, Some(data)) => {
                Ok(Sm3::digest(&write::content_info(data.content_family(), Some(content))))
            }
        }
    }
}

/// What a signature covers, in parts that follow one another.
#[derive(Debug, Clone, Copy)]
pub enum SignedParts<'a> {
    /// The content itself.
    Content(&'a [&'a [u8]]),
    /// The DER encoding of the signed attributes as SET OF, whose messageDigest is the SM3 of the
    /// content.
    Attributes([&'a [u8]; 2]),
}

impl SignedParts<'_> {
    /// The parts to be hashed after Z.
    #[must_use]
    pub fn as_parts(&self) -> &[&[u8]] {
        match self {
            SignedParts::Content(parts) => parts,
            SignedParts::Attributes(parts) => parts,
        }
    }
}

/// The tag of the first element inside a SEQUENCE, without judging the lengths: the reader of the
/// encoding that this points to does that and says what is wrong.
fn first_member(bytes: &[u8]) -> Option<u8> {
    let [tlv::SEQUENCE, length, rest @ ..] = bytes else { return None };
    let skipped = if *length > 0x80 { usize::from(length - 0x80) } else { 0 };
    rest.get(skipped).copied()
}

/// A reader that reports [`Code::SignedDataMalformed`].
fn reader(bytes: &[u8]) -> Reader<'_> {
    Reader::new(bytes, Code::SignedDataMalformed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::hex;

    const ONE: [u8; 32] = {
        let mut one = [0; 32];
        one[31] = 1;
        one
    };
    const N: &str = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";

    fn code(bytes: &[u8]) -> Code {
        SignatureValue::parse(bytes).unwrap_err().code()
    }

    #[test]
    fn encodings_are_told_apart() {
        let raw = [ONE, ONE].concat();
        assert_eq!(SignatureValue::parse(&raw).unwrap().encoding(), Encoding::Raw);
        let der = [0x30, 6, 2, 1, 1, 2, 1, 1];
        let value = SignatureValue::parse(&der).unwrap();
        assert_eq!(value.encoding(), Encoding::Der);
        assert_eq!(value.signature().to_bytes()[..], raw);
        assert!(value.signed_data().is_none());
        let names = [Encoding::SignedData, Encoding::Der, Encoding::Raw].map(Encoding::name);
        assert_eq!(names, ["signed-data", "der", "raw"]);
    }

    #[test]
    fn what_is_no_signature_value_is_refused() {
        let hex_text = hex::lower(&[ONE, ONE].concat());
        let pem = b"-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n";
        for bytes in [&[][..], &[0x30], &[0x30, 0], &ONE, hex_text.as_bytes(), pem, &[0x30, 0x84, 0xff]] {
            assert_eq!(code(bytes), Code::SignatureValueUnknown, "{bytes:02x?}");
        }
        // 65 bytes, r and s after a leading zero.
        assert_eq!(code(&[&[0][..], &ONE, &ONE].concat()), Code::SignatureValueUnknown);
    }

    #[test]
    fn der_is_strict() {
        for bytes in [
            &[0x30, 7, 2, 1, 1, 2, 1, 1, 0][..],      // trailing inside
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],          // trailing outside
            &[0x30, 7, 2, 2, 0, 1, 2, 1, 1],          // non-minimal r
            &[0x30, 6, 2, 1, 0x81, 2, 1, 1],          // negative r
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],       // non-minimal length
            &[0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0],    // indefinite length
            &[0x30, 3, 2, 1, 1],                      // no s
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2], // 4 GiB
        ] {
            assert_eq!(code(bytes), Code::SignatureMalformed, "{bytes:02x?}");
        }
    }

    #[test]
    fn r_and_s_out_of_range_are_refused_in_both_encodings() {
        let n = hex::decode(N).unwrap();
        let mut above = n.clone();
        above[31] += 1;
        for bad in [vec![0; 32], n, above, vec![0xff; 32]] {
            assert_eq!(code(&[&bad[..], &ONE].concat()), Code::SignatureRange);
            assert_eq!(code(&[&ONE[..], &bad].concat()), Code::SignatureRange);
            let bad = tlv::write_unsigned(&bad);
            let one = tlv::write_unsigned(&ONE);
            assert_eq!(code(&tlv::write(tlv::SEQUENCE, &[&bad, &one])), Code::SignatureRange);
            assert_eq!(code(&tlv::write(tlv::SEQUENCE, &[&one, &bad])), Code::SignatureRange);
        }
    }
}
