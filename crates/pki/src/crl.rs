//! Certificate revocation lists.

mod entry;
mod extensions;
mod template;

use core::fmt;
use core::ops::Range;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use czei_codes::Code as _;
use czei_sm2::{Message, PreparedVerifyingKey, UserId, VerifyingKey};

pub use entry::{RevocationReason, RevokedEntry};
pub use template::CrlTemplate;

use crate::certificate::{range_of, serial_hex};
use crate::distribution_point::PointName;
use crate::signed::{self, Signed};
use crate::tlv::{self, Reader};
use crate::{Certificate, Code, Error, Name, hex, oid, pem, time};
use extensions::CrlExtensions;

/// A certificate revocation list of version 1 or 2 (RFC 5280 5, GB/T 20518-2018).
///
/// It is kept as its bytes and an index of four bytes for each entry, sorted by serial number, so
/// that a list of a million entries takes little more than its file, and finding one of them some
/// twenty comparisons. Reading is strict DER and looks at every entry.
///
/// ```
/// # let key = czei_sm2::SigningKey::generate().unwrap();
/// # let ca = czei_pki::CertificateTemplate {
/// #     subject: czei_pki::Name::parse_rfc4514("CN=Root,C=CN").unwrap(), serial: vec![1],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
/// #     ca: Some(Default::default()), key_usage: None, extensions: vec![],
/// # }.self_sign(&key).unwrap();
/// # let mut template = czei_pki::CrlTemplate::new("2026-06-01T00:00:00Z".parse().unwrap());
/// # template.entries.push(czei_pki::RevokedEntry {
/// #     serial: vec![0x26], revoked_at: template.this_update, reason: None, invalid_since: None,
/// # });
/// # let der = template.sign(&key, &ca).unwrap().der().to_vec();
/// use czei_pki::Crl;
/// use czei_sm2::UserId;
///
/// let crl = Crl::from_der(&der)?;
/// assert_eq!(crl.issuer(), ca.subject());
/// crl.verify_signature_by(ca.prepared_key()?, &[UserId::DEFAULT])?;
/// assert_eq!(crl.find(&[0x26]).map(|entry| entry.revoked_at), Some(crl.this_update()));
/// assert_eq!(crl.find(&[0x27]), None);
/// # Ok::<(), czei_pki::Error>(())
/// ```
pub struct Crl {
    der: Vec<u8>,
    /// The signed part.
    tbs: Range<usize>,
    signature: Range<usize>,
    signature_oid: String,
    signed_with_sm2: bool,
    version: u8,
    issuer: Name,
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    extensions: CrlExtensions,
    /// Where the entries start, in the order of their serial numbers.
    entries: Box<[u32]>,
    /// Outcomes of signature checks: one costs the hash of the whole list.
    checked: Mutex<Vec<Checked>>,
}

#[derive(Clone)]
struct Checked {
    key: [u8; 65],
    user_id: UserId,
    good: bool,
}

/// How many outcomes are kept: an honest list is checked with one or two keys and ids.
const MAX_CHECKED: usize = 16;

impl Crl {
    /// The most bytes a CRL may have, 64 MiB: over a million entries.
    pub const MAX_BYTES: usize = 64 << 20;

    /// By how much a CRL may have been issued after the present, 5 minutes: clocks differ.
    pub const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);

    /// A CRL from DER; the whole input.
    ///
    /// # Errors
    /// [`Code::CrlTooLarge`], [`Code::CrlMalformed`] with the field as its place,
    /// [`Code::CrlAlgorithmsDiffer`] when the algorithm inside the signed part is not the one
    /// outside.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        check_size(bytes.len())?;
        Crl::from_vec(bytes.to_vec())
    }

    /// The first CRL of a PEM file (`X509 CRL`, or `CRL`); other blocks are passed over.
    ///
    /// # Errors
    /// [`Code::PemMalformed`], [`Code::PemNoBlock`], and those of [`Crl::from_der`].
    pub fn from_pem(text: &[u8]) -> Result<Self, Error> {
        // Base64 and line ends take up to half as much again.
        check_size(text.len() / 2)?;
        let blocks = pem::blocks(text, is_crl_label)?;
        match blocks.first() {
            Some(block) => Crl::from_der(&block.bytes),
            None => Err(Code::PemNoBlock.fault().expected("X509 CRL")),
        }
    }

    /// A CRL from the content of a file, PEM or DER.
    ///
    /// # Errors
    /// Those of [`Crl::from_pem`] or [`Crl::from_der`].
    pub fn from_pem_or_der(bytes: &[u8]) -> Result<Self, Error> {
        check_size(bytes.len() / 2)?;
        if pem::is_pem(bytes) { Crl::from_pem(bytes) } else { Crl::from_der(bytes) }
    }

    /// The CRLs of a file: one in DER, or any number in PEM but at least one; PEM blocks of other
    /// kinds are passed over.
    ///
    /// ```
    /// use czei_pki::{Code, Crl};
    ///
    /// let other = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    /// assert_eq!(Crl::many_from_pem_or_der(other.as_bytes()).unwrap_err().code(), Code::PemNoBlock);
    /// ```
    ///
    /// # Errors
    /// Those of [`Crl::from_pem`] or [`Crl::from_der`], for any of them.
    pub fn many_from_pem_or_der(bytes: &[u8]) -> Result<Vec<Self>, Error> {
        check_size(bytes.len() / 2)?;
        if !pem::is_pem(bytes) {
            return Ok(vec![Crl::from_der(bytes)?]);
        }
        let blocks = pem::blocks(bytes, is_crl_label)?;
        let all: Vec<Self> = blocks.iter().map(|block| Crl::from_der(&block.bytes)).collect::<Result<_, _>>()?;
        if all.is_empty() { Err(Code::PemNoBlock.fault().expected("X509 CRL")) } else { Ok(all) }
    }

    fn from_vec(der: Vec<u8>) -> Result<Self, Error> {
        const PATH: &str = "CertificateList";
        let mut reader = Reader::new(&der, Code::CrlMalformed);
        let mut outer = reader.enter(tlv::SEQUENCE, PATH)?;
        reader.finish(PATH)?;
        let tbs = outer.tlv(tlv::SEQUENCE, "CertificateList/tbsCertList")?;
        let mut rest = outer;
        let algorithm = rest.tlv(tlv::SEQUENCE, "CertificateList/signatureAlgorithm")?.whole;
        let (signature_oid, parameters) = outer.algorithm("CertificateList/signatureAlgorithm")?;
        let signature = outer.bits(SIGNATURE)?;
        outer.finish(PATH)?;

        let mut fields = outer.over(tbs.content);
        let version = version(&mut fields)?;
        let inner_algorithm = fields.tlv(tlv::SEQUENCE, "tbsCertList/signature")?.whole;
        let issuer = Name::read(&mut fields, "tbsCertList/issuer")?;
        let this_update = time::read(&mut fields, "tbsCertList/thisUpdate")?;
        let next_update = match fields.peek() {
            Some(tlv::UTC_TIME | tlv::GENERALIZED_TIME) => Some(time::read(&mut fields, "tbsCertList/nextUpdate")?),
            _ => None,
        };
        // An empty list should be left out, and is written all the same. It means one thing.
        let list = fields.optional(tlv::SEQUENCE, "tbsCertList/revokedCertificates")?;
        let mut extensions = CrlExtensions::default();
        if version == 2
            && let Some(explicit) = fields.optional(tlv::context(0), EXTENSIONS)?
        {
            let mut explicit = fields.over(explicit.content);
            let list = explicit.enter(tlv::SEQUENCE, EXTENSIONS)?;
            explicit.finish(EXTENSIONS)?;
            extensions = extensions::read(list)?;
        }
        fields.finish("tbsCertList")?;
        if inner_algorithm != algorithm {
            return Err(Code::CrlAlgorithmsDiffer
                .fault()
                .at_path("CertificateList/signatureAlgorithm")
                .expected(crate::brief::cut(hex::upper(inner_algorithm)))
                .found(crate::brief::cut(hex::upper(algorithm))));
        }
        let mut entries: Vec<(u64, u32)> = Vec::new();
        if let Some(list) = list {
            index(&der, fields.over(list.content), &mut entries, &mut extensions)?;
        }
        Ok(Crl {
            tbs: range_of(&der, tbs.whole),
            signature: range_of(&der, signature),
            signature_oid: oid::to_dotted(signature_oid),
            signed_with_sm2: signed::is_sm2_with_sm3(signature_oid, parameters),
            version,
            issuer,
            this_update,
            next_update,
            extensions,
            entries: sorted(&der, entries),
            checked: Mutex::default(),
            der,
        })
    }

    /// The bytes of the CRL.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The CRL as a PEM block.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::write("X509 CRL", &self.der).to_string()
    }

    /// The version, 1 or 2.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was issued.
    #[must_use]
    pub fn this_update(&self) -> DateTime<Utc> {
        self.this_update
    }

    /// When the next one is due at the latest, when the CRL says so.
    #[must_use]
    pub fn next_update(&self) -> Option<DateTime<Utc>> {
        self.next_update
    }

    /// The CRL number as upper-case hex without leading zeros.
    #[must_use]
    pub fn number_hex(&self) -> Option<String> {
        self.extensions.number.as_deref().map(serial_hex)
    }

    /// The identifier of the key that signed it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_deref()
    }

    /// The dotted identifier of the algorithm it is signed with.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.signature_oid
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is revoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in the order of their serial numbers' octets.
    pub fn entries(&self) -> impl Iterator<Item = RevokedEntry> {
        self.entries.iter().filter_map(|at| self.entry_at(*at))
    }

    /// What it says about a serial number, given by its content octets. Of several entries the
    /// heaviest: compromise before other reasons, those before a suspension, then the earliest.
    /// Says nothing about signature, scope and dates.
    #[must_use]
    pub fn find(&self, serial: &[u8]) -> Option<RevokedEntry> {
        let start = self.entries.partition_point(|at| serial_at(&self.der, *at) < serial);
        let same = self.entries[start..].iter().take_while(|at| serial_at(&self.der, **at) == serial);
        same.filter_map(|at| self.entry_at(*at))
            .filter(|entry| entry.reason != Some(RevocationReason::RemoveFromCrl))
            .min_by_key(|entry| (!entry.is_compromise(), entry.is_hold(), entry.effective()))
    }

    /// Whether something can be learnt from it about certificates of its issuer at all.
    ///
    /// # Errors
    /// [`Code::CrlCriticalExtension`], [`Code::CrlDelta`], [`Code::CrlIndirect`], with the field as
    /// the place.
    pub fn check_usable(&self) -> Result<(), Error> {
        self.extensions.unusable.clone().map_or(Ok(()), Err)
    }

    /// Whether it covers a certificate, so that not being listed means not being revoked: neither
    /// restricted to some certificates or reasons, nor to a distribution point that the certificate
    /// does not name.
    ///
    /// # Errors
    /// Those of [`Crl::check_usable`]; [`Code::CrlPartial`], [`Code::CrlOtherScope`], and
    /// [`Code::CertificateMalformed`] when the certificate's distribution points cannot be read and
    /// matter.
    pub fn check_covers(&self, certificate: &Certificate) -> Result<(), Error> {
        self.check_usable()?;
        if let Some(partial) = &self.extensions.partial {
            return Err(partial.clone());
        }
        let Some(issued_for) = &self.extensions.issued_for else { return Ok(()) };
        let named = certificate.distribution_points()?;
        if named.into_iter().map(PointName::read).any(|name| issued_for.contains(&name)) {
            return Ok(());
        }
        let url = issued_for.iter().find_map(PointName::uri);
        let found = crate::brief::cut(url.unwrap_or("no URL").to_owned());
        Err(Code::CrlOtherScope.fault().at_path(self.issuer.to_rfc4514()).found(found))
    }

    /// Checks the signature with an issuer's key, trying the user ids in their order, and returns
    /// the one it was made with. Says nothing about names, scope or dates.
    ///
    /// # Errors
    /// [`Code::CrlSignatureAlgorithm`] for another algorithm than SM2 with SM3
    /// (1.2.156.10197.1.501, parameters absent or NULL), [`Code::SignatureMalformed`] and
    /// [`Code::SignatureRange`] for a bad encoding, [`Code::CrlSignatureWrong`].
    pub fn verify_signature_by<'a>(
        &self,
        issuer_key: &PreparedVerifyingKey,
        user_ids: &'a [UserId],
    ) -> Result<&'a UserId, Error> {
        self.signed().verify(issuer_key, user_ids)
    }

    /// The same for one key and id, with the outcome remembered.
    pub(crate) fn is_signed_by(
        &self,
        key: &VerifyingKey,
        prepared: &PreparedVerifyingKey,
        user_id: &UserId,
    ) -> Result<bool, Error> {
        let signature = self.signed().signature()?;
        let point = key.to_sec1();
        let known = |list: &[Checked]| {
            list.iter().find(|known| known.key == point && known.user_id == *user_id).map(|known| known.good)
        };
        if let Some(good) = known(&self.checked.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(good);
        }
        let parts = [&self.der[self.tbs.clone()]];
        let good = prepared.verify(Message::Parts { user_id, parts: &parts }, &signature).is_ok();
        let mut list = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if list.len() < MAX_CHECKED && known(&list).is_none() {
            list.push(Checked { key: point, user_id: user_id.clone(), good });
        }
        Ok(good)
    }

    /// Since when certificates that expire stay in it.
    pub(crate) fn keeps_expired_since(&self) -> Option<DateTime<Utc>> {
        self.extensions.keeps_expired_since
    }

    fn signed(&self) -> Signed<'_> {
        Signed {
            tbs: &self.der[self.tbs.clone()],
            algorithm: &self.signature_oid,
            with_sm2: self.signed_with_sm2,
            signature: &self.der[self.signature.clone()],
            path: SIGNATURE,
            other_algorithm: Code::CrlSignatureAlgorithm,
            wrong: Code::CrlSignatureWrong,
        }
    }

    fn entry_at(&self, at: u32) -> Option<RevokedEntry> {
        // Read once already, so it is read again.
        let mut reader = Reader::new(&self.der[at as usize..], Code::CrlMalformed);
        entry::read(&mut reader).ok().map(entry::Line::to_entry)
    }
}

impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Crl {}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({}, {}, {} entries)", self.issuer, self.this_update, self.len())
    }
}

const SIGNATURE: &str = "CertificateList/signatureValue";
const EXTENSIONS: &str = "tbsCertList/crlExtensions";

fn is_crl_label(label: &str) -> bool {
    label == "X509 CRL" || label == "CRL"
}

fn check_size(length: usize) -> Result<(), Error> {
    if length <= Crl::MAX_BYTES {
        return Ok(());
    }
    Err(Code::CrlTooLarge.fault().expected(format!("<= {} bytes", Crl::MAX_BYTES)).found(format!("{length} bytes")))
}

/// Absent in version 1. Only the number of version 2 may be written.
fn version(fields: &mut Reader<'_>) -> Result<u8, Error> {
    const PATH: &str = "tbsCertList/version";
    if fields.peek() != Some(tlv::INTEGER) {
        return Ok(1);
    }
    match fields.small(PATH)? {
        1 => Ok(2),
        other => Err(fields.fault(PATH, format!("version {}", other + 1))),
    }
}

/// Looks at every entry and notes where it starts.
fn index(
    der: &[u8],
    mut list: Reader<'_>,
    entries: &mut Vec<(u64, u32)>,
    extensions: &mut CrlExtensions,
) -> Result<(), Error> {
    const PATH: &str = "tbsCertList/revokedCertificates";
    while !list.is_empty() {
        let mut here = list;
        let start = range_of(der, here.any(PATH)?.whole).start;
        let line = entry::read(&mut list)?;
        if line.other_issuer {
            extensions
                .unusable
                .get_or_insert_with(|| Code::CrlIndirect.fault().at_path(PATH).found("certificateIssuer"));
        }
        if let Some(id) = line.unsupported {
            let fault = || Code::CrlCriticalExtension.fault().at_path(PATH).found(oid::to_dotted(id));
            extensions.unusable.get_or_insert_with(fault);
        }
        // The size is below 2^32, see MAX_BYTES.
        entries.push((prefix(line.serial), start as u32));
    }
    Ok(())
}

/// The starts in the order of the serial numbers. Their first octets decide nearly always, and save
/// going back into the file for each comparison.
fn sorted(der: &[u8], mut entries: Vec<(u64, u32)>) -> Box<[u32]> {
    entries.sort_unstable_by(|a, b| {
        let whole = || serial_at(der, a.1).cmp(serial_at(der, b.1));
        a.0.cmp(&b.0).then_with(whole).then(a.1.cmp(&b.1))
    });
    entries.into_iter().map(|(_, at)| at).collect()
}

/// The first eight octets as a number: in the order of the whole, as far as it reaches.
fn prefix(serial: &[u8]) -> u64 {
    let mut octets = [0; 8];
    for (to, from) in octets.iter_mut().zip(serial) {
        *to = *from;
    }
    u64::from_be_bytes(octets)
}

/// The content octets of the serial number of the entry that starts there.
fn serial_at(der: &[u8], at: u32) -> &[u8] {
    const PATH: &str = "tbsCertList/revokedCertificates";
    // Read once already, so it is read again.
    let mut reader = Reader::new(&der[at as usize..], Code::CrlMalformed);
    match reader.enter(tlv::SEQUENCE, PATH).and_then(|mut entry| entry.integer(PATH)) {
        Ok(serial) => serial,
        Err(_) => &[],
    }
}

#[cfg(test)]
mod tests;
