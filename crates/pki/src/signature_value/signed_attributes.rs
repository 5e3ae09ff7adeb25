//! The signed attributes of a SignerInfo.

use core::ops::Range;

use chrono::{DateTime, Utc};
use czei_codes::Code as _;

use crate::certificate::range_of;
use crate::tlv::{self, Reader, Tlv};
use crate::{Code, Error, oid, time};

/// The most signed attributes. Usual are three; each is compared with all before it.
const MAX_ATTRIBUTES: usize = 100;

/// Signed attributes (GB/T 35275-2017, RFC 5652 5.3): what a signature covers in place of the
/// content, whose digest is one of them.
///
/// What is signed is their DER encoding, in which a SET OF is sorted (RFC 5652 5.4): attributes that
/// were sent in another order are sorted before they are hashed, as BouncyCastle does too, and a
/// signature over the order as sent does not verify.
#[derive(Debug, Clone)]
pub struct SignedAttributes {
    /// In the whole value: the element as it came, with the tag `[0]`.
    pub(super) whole: Range<usize>,
    /// The attributes in DER's order as SET OF, when that is not the order they came in.
    pub(super) sorted: Option<Box<[u8]>>,
    message_digest: [u8; 32],
    signing_time: Option<DateTime<Utc>>,
}

impl SignedAttributes {
    /// The SM3 of the content they were made for.
    #[must_use]
    pub fn message_digest(&self) -> &[u8; 32] {
        &self.message_digest
    }

    /// When the signer says it signed.
    #[must_use]
    pub fn signing_time(&self) -> Option<DateTime<Utc>> {
        self.signing_time
    }

    /// `value` is the whole signature value, `element` the attributes in it.
    pub(super) fn read(value: &[u8], element: Tlv<'_>, content_type: &[u8]) -> Result<Self, Error> {
        const PATH: &str = "SignerInfo/authenticatedAttributes";
        let mut set = super::reader(element.content);
        let (mut seen, mut all): (Vec<&[u8]>, Vec<&[u8]>) = (Vec::new(), Vec::new());
        let (mut has_content_type, mut message_digest, mut signing_time) = (false, None, None);
        while !set.is_empty() {
            let attribute = set.tlv(tlv::SEQUENCE, PATH)?;
            all.push(attribute.whole);
            let mut attribute = set.over(attribute.content);
            let kind = attribute.oid(PATH)?;
            let mut values = attribute.enter(tlv::SET, PATH)?;
            attribute.finish(PATH)?;
            if seen.contains(&kind) {
                return Err(twice(kind));
            }
            if seen.len() == MAX_ATTRIBUTES {
                return Err(set.fault(PATH, format!("more than {MAX_ATTRIBUTES}")));
            }
            seen.push(kind);
            match kind {
                oid::CONTENT_TYPE => {
                    let found = values.oid("SignerInfo/authenticatedAttributes/contentType")?;
                    if found != content_type {
                        return Err(Code::AttributeContentType
                            .fault()
                            .at_path("SignerInfo/authenticatedAttributes/contentType")
                            .expected(oid::to_dotted(content_type))
                            .found(oid::to_dotted(found)));
                    }
                    has_content_type = true;
                }
                oid::MESSAGE_DIGEST => {
                    const PATH: &str = "SignerInfo/authenticatedAttributes/messageDigest";
                    let found = values.content(tlv::OCTET_STRING, PATH)?;
                    let digest = <[u8; 32]>::try_from(found)
                        .map_err(|_| values.fault(PATH, format!("{} bytes", found.len())))?;
                    message_digest = Some(digest);
                }
                oid::SIGNING_TIME => {
                    signing_time = Some(read_signing_time(&mut values)?);
                }
                _ => continue,
            }
            if !values.is_empty() {
                return Err(twice(kind));
            }
        }
        let Some(message_digest) = message_digest else {
            return Err(missing("messageDigest"));
        };
        if !has_content_type {
            return Err(missing("contentType"));
        }
        let sorted = if all.is_sorted() {
            None
        } else {
            all.sort_unstable();
            Some(tlv::write(tlv::SET, &all).into())
        };
        Ok(SignedAttributes { whole: range_of(value, element.whole), sorted, message_digest, signing_time })
    }
}

fn read_signing_time(values: &mut Reader<'_>) -> Result<DateTime<Utc>, Error> {
    const PATH: &str = "SignerInfo/authenticatedAttributes/signingTime";
    let mut ahead = *values;
    time::read(values, PATH).map_err(|fault| match ahead.any(PATH) {
        // Whatever the tag, so that a time in the wrong type shows itself too.
        Ok(element) if element.content.iter().all(|octet| (b' '..=b'~').contains(octet)) => {
            let shown = element.content.iter().take(40).map(|octet| char::from(*octet)).collect::<String>();
            Code::SigningTimeForm.fault().at_path(PATH).expected("YYMMDDhhmmssZ, YYYYMMDDhhmmssZ").found(shown)
        }
        _ => fault,
    })
}

fn missing(name: &str) -> Error {
    Code::AttributeMissing.fault().at_path("SignerInfo/authenticatedAttributes").expected(name)
}

fn twice(kind: &[u8]) -> Error {
    Code::AttributeTwice.fault().at_path("SignerInfo/authenticatedAttributes").found(oid::to_dotted(kind))
}
