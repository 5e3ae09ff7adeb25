//! Where CRLs lie: cRLDistributionPoints of certificates (RFC 5280 4.2.1.13), and the names that an
//! issuingDistributionPoint of a CRL is compared with.

use crate::tlv::{self, Reader};
use crate::{Code, Error, Name};

/// The most names that are read. Usual are two; one CA in a hundred has four.
const MAX_NAMES: usize = 100;

/// uniformResourceIdentifier, `[6] IMPLICIT IA5String`.
const URI: u8 = tlv::context_primitive(6);

/// directoryName, `[4] EXPLICIT`, since a name is a choice.
const DIRECTORY: u8 = tlv::context(4);

/// A GeneralName of a distribution point, for comparing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PointName {
    /// A directoryName, compared as names are: issuers write the same one with different strings.
    Directory(Name),
    /// Any other, with its header, compared byte by byte.
    Other(Vec<u8>),
}

impl PointName {
    /// From the whole element. A directoryName that cannot be read is compared byte by byte too.
    pub(crate) fn read(whole: &[u8]) -> Self {
        let mut reader = Reader::new(whole, Code::NameMalformed);
        match reader.tlv(DIRECTORY, "GeneralName").and_then(|name| Name::from_der(name.content)) {
            Ok(name) => PointName::Directory(name),
            Err(_) => PointName::Other(whole.to_vec()),
        }
    }

    /// The text, when it is a URI.
    pub(crate) fn uri(&self) -> Option<&str> {
        match self {
            PointName::Directory(_) => None,
            PointName::Other(whole) => uri(Reader::new(whole, Code::CrlMalformed)),
        }
    }
}

/// The names of all points that cover every reason and whose CRL the certificate's own issuer
/// makes: each a GeneralName with its header. Points for some reasons, or with a cRLIssuer, lead to
/// CRLs that cannot be used here.
pub(crate) fn read<'a>(mut value: Reader<'a>, path: &'static str) -> Result<Vec<&'a [u8]>, Error> {
    let mut points = value.enter(tlv::SEQUENCE, path)?;
    value.finish(path)?;
    let mut names = Vec::new();
    while !points.is_empty() {
        let mut point = points.enter(tlv::SEQUENCE, path)?;
        let name = point.optional(tlv::context(0), path)?;
        let reasons = point.optional(tlv::context_primitive(1), path)?;
        let issuer = point.optional(tlv::context(2), path)?;
        point.finish(path)?;
        if let (Some(name), None, None) = (name, reasons, issuer) {
            names.extend(full_name(points.over(name.content), path)?.unwrap_or_default());
        }
        if names.len() > MAX_NAMES {
            return Err(points.fault(path, format!("more than {MAX_NAMES} names")));
        }
    }
    Ok(names)
}

/// The names of a DistributionPointName, or nothing when it is one relative to the issuer's.
pub(crate) fn full_name<'a>(mut choice: Reader<'a>, path: &'static str) -> Result<Option<Vec<&'a [u8]>>, Error> {
    if choice.optional(tlv::context(1), path)?.is_some() {
        choice.finish(path)?;
        return Ok(None);
    }
    let mut list = choice.enter(tlv::context(0), path)?;
    choice.finish(path)?;
    let mut names = Vec::new();
    while !list.is_empty() {
        if names.len() == MAX_NAMES {
            return Err(list.fault(path, format!("more than {MAX_NAMES} names")));
        }
        names.push(list.any(path)?.whole);
    }
    Ok(Some(names))
}

/// The text of a GeneralName that is a URI in ASCII, as RFC 5280 wants it.
pub(crate) fn uri(mut name: Reader<'_>) -> Option<&str> {
    let element = name.any("GeneralName").ok().filter(|element| element.tag == URI)?;
    core::str::from_utf8(element.content).ok().filter(|text| text.is_ascii())
}
