//! The extensions of a CRL (RFC 5280 5.2).

use chrono::{DateTime, Utc};
use czei_codes::Code as _;

use crate::distribution_point::PointName;
use crate::tlv::{self, Reader};
use crate::{Code, Error, distribution_point, extensions, oid, time};

/// What the extensions say.
#[derive(Debug, Clone, Default)]
pub(super) struct CrlExtensions {
    pub(super) authority_key_id: Option<Vec<u8>>,
    /// Content octets of the INTEGER.
    pub(super) number: Option<Vec<u8>>,
    /// The names of the distribution point it was issued for.
    pub(super) issued_for: Option<Vec<PointName>>,
    /// Revoked certificates stay in it when they expired at this time or later.
    pub(super) keeps_expired_since: Option<DateTime<Utc>>,
    /// Why nothing can be learnt from it, the first reason met.
    pub(super) unusable: Option<Error>,
    /// Why a certificate that it does not list may be revoked nevertheless.
    pub(super) partial: Option<Error>,
}

/// Reads the list inside `[0]`.
pub(super) fn read(list: Reader<'_>) -> Result<CrlExtensions, Error> {
    let mut out = CrlExtensions::default();
    extensions::walk(list, "tbsCertList/crlExtensions", |id, critical, value| one(&mut out, id, critical, value))?;
    Ok(out)
}

fn one(out: &mut CrlExtensions, id: &[u8], critical: bool, mut value: Reader<'_>) -> Result<(), Error> {
    match id {
        oid::AUTHORITY_KEY_ID => {
            out.authority_key_id =
                extensions::authority_key_id(value, "tbsCertList/crlExtensions/authorityKeyIdentifier")?;
            Ok(())
        }
        oid::CRL_NUMBER => {
            const PATH: &str = "tbsCertList/crlExtensions/cRLNumber";
            let number = value.integer(PATH)?;
            if number[0] >= 0x80 {
                return Err(value.fault(PATH, "a negative number"));
            }
            out.number = Some(number.to_vec());
            value.finish(PATH)
        }
        oid::DELTA_CRL_INDICATOR => {
            const PATH: &str = "tbsCertList/crlExtensions/deltaCRLIndicator";
            value.integer(PATH)?;
            value.finish(PATH)?;
            out.unusable.get_or_insert_with(|| Code::CrlDelta.fault().at_path(PATH));
            Ok(())
        }
        oid::EXPIRED_CERTS_ON_CRL => {
            const PATH: &str = "tbsCertList/crlExtensions/expiredCertsOnCRL";
            out.keeps_expired_since = Some(time::read(&mut value, PATH)?);
            value.finish(PATH)
        }
        oid::ISSUING_DISTRIBUTION_POINT => issuing_distribution_point(out, value),
        id => {
            if critical {
                let fault = Code::CrlCriticalExtension.fault().at_path("tbsCertList/crlExtensions");
                out.unusable.get_or_insert_with(|| fault.found(oid::to_dotted(id)));
            }
            Ok(())
        }
    }
}

fn issuing_distribution_point(out: &mut CrlExtensions, mut value: Reader<'_>) -> Result<(), Error> {
    const PATH: &str = "tbsCertList/crlExtensions/issuingDistributionPoint";
    let mut fields = value.enter(tlv::SEQUENCE, PATH)?;
    value.finish(PATH)?;
    let mut partial = None;
    if let Some(name) = fields.optional(tlv::context(0), PATH)? {
        match distribution_point::full_name(fields.over(name.content), PATH)? {
            Some(names) => out.issued_for = Some(names.into_iter().map(PointName::read).collect()),
            None => partial = Some("nameRelativeToCRLIssuer"),
        }
    }
    for (n, scope) in [(1, "onlyContainsUserCerts"), (2, "onlyContainsCACerts")] {
        if flag(&mut fields, n, PATH)? {
            partial = Some(scope);
        }
    }
    if fields.optional(tlv::context_primitive(3), PATH)?.is_some() {
        partial = Some("onlySomeReasons");
    }
    if flag(&mut fields, 4, PATH)? {
        out.unusable.get_or_insert_with(|| Code::CrlIndirect.fault().at_path(PATH).found("indirectCRL"));
    }
    if flag(&mut fields, 5, PATH)? {
        partial = Some("onlyContainsAttributeCerts");
    }
    fields.finish(PATH)?;
    if let Some(scope) = partial {
        out.partial = Some(Code::CrlPartial.fault().at_path(PATH).found(scope));
    }
    Ok(())
}

/// `[n] IMPLICIT BOOLEAN DEFAULT FALSE`. The default written out is read, as issuers do write it.
fn flag(fields: &mut Reader<'_>, n: u8, path: &'static str) -> Result<bool, Error> {
    match fields.optional(tlv::context_primitive(n), path)? {
        None => Ok(false),
        Some(element) => match element.content {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(fields.fault(path, "a bad BOOLEAN")),
        },
    }
}
