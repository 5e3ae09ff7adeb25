//! The signed attributes of a SignerInfo.

use core::ops::Range;

use chrono::{DateTime, Utc};
use czei_codes::Code as _;

use crate::certificate::range_of;
use crate::tlv::{self, Tlv};
use crate::{Code, Error, oid, time};

/// The most signed attributes. Usual are three; each is compared with all before it.
const MAX_ATTRIBUTES: usize = 100;

/// Signed attributes (GB/T 35275-2017, RFC 5652 5.3): what a signature covers in place of the
/// content, whose digest is one of them.
///
/// The bytes are hashed as they came, as OpenSSL does too (`CMS_Attributes_Verify` keeps the received
/// order): an encoder that sends and hashes an order other than DER's is verified over what it sent;
/// one that sends another order than it hashes does not verify.
#[derive(Debug, Clone)]
pub struct SignedAttributes {
    /// In the whole value: the element as it came, with the tag `[0]`.
    pub(super) whole: Range<usize>,
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
        let mut seen: Vec<&[u8]> = Vec::new();
        let (mut has_content_type, mut message_digest, mut signing_time) = (false, None, None);
        while !set.is_empty() {
            let mut attribute = set.enter(tlv::SEQUENCE, PATH)?;
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
                    let path = "SignerInfo/authenticatedAttributes/signingTime";
                    signing_time = Some(time::read(&mut values, path)?);
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
        Ok(SignedAttributes { whole: range_of(value, element.whole), message_digest, signing_time })
    }
}

fn missing(name: &str) -> Error {
    Code::AttributeMissing.fault().at_path("SignerInfo/authenticatedAttributes").expected(name)
}

fn twice(kind: &[u8]) -> Error {
    Code::AttributeTwice.fault().at_path("SignerInfo/authenticatedAttributes").found(oid::to_dotted(kind))
}
