//! The extensions of a certificate.

use crate::tlv::{self, Reader};
use crate::{BasicConstraints, Error, KeyUsage, oid};

/// What the extensions say, and which of them were not understood.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extensions {
    pub(crate) present: bool,
    pub(crate) unique_ids: bool,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) subject_key_id: Option<Vec<u8>>,
    pub(crate) authority_key_id: Option<Vec<u8>>,
    /// The value as it stands: it is read only when a CRL is looked for.
    pub(crate) distribution_points: Option<Vec<u8>>,
    pub(crate) unsupported_critical: Vec<String>,
}

/// Critical or not, these restrict nothing that is decided here: alternative names, and policies
/// where none is demanded.
const WITHOUT_EFFECT: [&[u8]; 3] = [oid::SUBJECT_ALT_NAME, oid::ISSUER_ALT_NAME, oid::CERTIFICATE_POLICIES];

/// The most extensions a certificate, a CRL or an entry may have. Usual are ten; each is compared with all before it,
/// so that without a bound a large certificate would cost the square of its size.
const MAX_EXTENSIONS: usize = 100;

/// Reads what follows the public key: unique identifiers and extensions.
pub(crate) fn read(fields: &mut Reader<'_>) -> Result<Extensions, Error> {
    const PATH: &str = "tbsCertificate/extensions";
    let mut out = Extensions::default();
    for tag in [tlv::context_primitive(1), tlv::context_primitive(2)] {
        out.unique_ids |= fields.optional(tag, "tbsCertificate/uniqueID")?.is_some();
    }
    let Some(explicit) = fields.optional(tlv::context(3), PATH)? else { return Ok(out) };
    out.present = true;
    let mut explicit = fields.over(explicit.content);
    let list = explicit.enter(tlv::SEQUENCE, PATH)?;
    explicit.finish(PATH)?;
    walk(list, PATH, |id, critical, value| read_one(&mut out, id, critical, value))?;
    Ok(out)
}

/// Each extension of a list: its identifier, whether it is critical, and a reader of its value.
pub(crate) fn walk<'a>(
    mut list: Reader<'a>,
    path: &'static str,
    mut each: impl FnMut(&'a [u8], bool, Reader<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut seen: Vec<&[u8]> = Vec::new();
    while !list.is_empty() {
        let mut extension = list.enter(tlv::SEQUENCE, path)?;
        let id = extension.oid(path)?;
        let critical = extension.peek() == Some(tlv::BOOLEAN) && extension.boolean(path)?;
        let value = extension.content(tlv::OCTET_STRING, path)?;
        extension.finish(path)?;
        // RFC 5280 4.2: not more than one of a kind, or two readers could see two certificates.
        if seen.contains(&id) {
            return Err(list.fault(path, format!("{} twice", oid::to_dotted(id))));
        }
        if seen.len() == MAX_EXTENSIONS {
            return Err(list.fault(path, format!("more than {MAX_EXTENSIONS}")));
        }
        seen.push(id);
        each(id, critical, list.over(value))?;
    }
    if seen.is_empty() {
        return Err(list.fault(path, "an empty list"));
    }
    Ok(())
}

/// The key identifier of authorityKeyIdentifier. Issuer and serial number of the issuer's
/// certificate may follow; the key decides.
pub(crate) fn authority_key_id(mut value: Reader<'_>, path: &'static str) -> Result<Option<Vec<u8>>, Error> {
    let mut inner = value.enter(tlv::SEQUENCE, path)?;
    let id = inner.optional(tlv::context_primitive(0), path)?;
    inner.optional(tlv::context(1), path)?;
    inner.optional(tlv::context_primitive(2), path)?;
    inner.finish(path)?;
    value.finish(path)?;
    Ok(id.map(|id| id.content.to_vec()))
}

fn read_one(out: &mut Extensions, id: &[u8], critical: bool, mut value: Reader<'_>) -> Result<(), Error> {
    match id {
        oid::KEY_USAGE => {
            const PATH: &str = "tbsCertificate/extensions/keyUsage";
            out.key_usage = Some(KeyUsage::read(&mut value, PATH)?);
            value.finish(PATH)
        }
        oid::BASIC_CONSTRAINTS => {
            const PATH: &str = "tbsCertificate/extensions/basicConstraints";
            out.basic_constraints = Some(BasicConstraints::read(&mut value, PATH)?);
            value.finish(PATH)
        }
        oid::SUBJECT_KEY_ID => {
            const PATH: &str = "tbsCertificate/extensions/subjectKeyIdentifier";
            out.subject_key_id = Some(value.content(tlv::OCTET_STRING, PATH)?.to_vec());
            value.finish(PATH)
        }
        oid::AUTHORITY_KEY_ID => {
            const PATH: &str = "tbsCertificate/extensions/authorityKeyIdentifier";
            out.authority_key_id = authority_key_id(value, PATH)?;
            Ok(())
        }
        oid::CRL_DISTRIBUTION_POINTS => {
            out.distribution_points = Some(value.rest().to_vec());
            Ok(())
        }
        id => {
            if critical && !WITHOUT_EFFECT.contains(&id) {
                out.unsupported_critical.push(oid::to_dotted(id));
            }
            Ok(())
        }
    }
}
