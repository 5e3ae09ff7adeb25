//! Certificates.

use core::ops::Range;
use core::{fmt, hash};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use czei_codes::Code as _;
use czei_sm2::{PreparedVerifyingKey, Sm3, UserId, VerifyingKey};

use crate::extensions::{self, Extensions};
use crate::signed::{self, Signed};
use crate::tlv::{self, Reader};
use crate::{
    BasicConstraints, Code, Error, KeyUsage, Name, brief, distribution_point, hex, oid, pem, public_key, time,
};

/// An X.509 certificate (GB/T 20518-2018, RFC 5280) and the bytes it was read from.
///
/// Reading is strict DER and looks at every field, but decides nothing: a certificate with a
/// foreign key or an unusual serial number can be looked at, listed and refused for its purpose
/// later. The public key is decoded, and prepared, the first time it is asked for and kept, so
/// share certificates by [`Arc`]. Equality and hash are those of the bytes.
///
/// ```
/// # let key = czei_sm2::SigningKey::generate().unwrap();
/// # let template = czei_pki::CertificateTemplate {
/// #     subject: czei_pki::Name::parse_rfc4514("CN=Root,C=CN").unwrap(),
/// #     serial: vec![0x20, 0x24, 0x00, 0x01],
/// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
/// #     not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
/// #     ca: Some(Default::default()), key_usage: None, extensions: vec![],
/// # };
/// # let der = template.self_sign(&key).unwrap().der().to_vec();
/// use czei_pki::Certificate;
///
/// let certificate = Certificate::from_der(&der)?;
/// assert_eq!(certificate.serial_hex(), "20240001");
/// assert_eq!(certificate.subject().to_rfc4514(), "CN=Root,C=CN");
/// assert!(certificate.verifying_key().is_ok());
/// # Ok::<(), czei_pki::Error>(())
/// ```
pub struct Certificate {
    der: Vec<u8>,
    /// The signed part.
    tbs: Range<usize>,
    spki: Range<usize>,
    signature: Range<usize>,
    /// Content octets of the INTEGER.
    serial: Vec<u8>,
    version: u8,
    issuer: Name,
    subject: Name,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    signature_oid: String,
    /// Whether the signature algorithm is the one this crate can check.
    signed_with_sm2: bool,
    extensions: Extensions,
    key: OnceLock<Result<VerifyingKey, Error>>,
    prepared_key: OnceLock<Arc<PreparedVerifyingKey>>,
}

impl Certificate {
    /// A certificate from DER; the whole input. At most 100 extensions, and 100 attributes in each
    /// name.
    ///
    /// # Errors
    /// [`Code::CertificateMalformed`] with the field as its place,
    /// [`Code::CertificateAlgorithmsDiffer`] when the algorithm inside the signed part is not the
    /// one outside.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        const PATH: &str = "Certificate";
        let mut reader = Reader::new(bytes, Code::CertificateMalformed);
        let mut outer = reader.enter(tlv::SEQUENCE, PATH)?;
        reader.finish(PATH)?;
        let tbs = outer.tlv(tlv::SEQUENCE, "Certificate/tbsCertificate")?;
        let mut rest = outer;
        let algorithm = rest.tlv(tlv::SEQUENCE, "Certificate/signatureAlgorithm")?.whole;
        let (signature_oid, parameters) = outer.algorithm("Certificate/signatureAlgorithm")?;
        let signature = outer.bits("Certificate/signatureValue")?;
        outer.finish(PATH)?;

        let mut fields = outer.over(tbs.content);
        let version = version(&mut fields)?;
        let serial = fields.integer("tbsCertificate/serialNumber")?;
        let inner_algorithm = fields.tlv(tlv::SEQUENCE, "tbsCertificate/signature")?.whole;
        let issuer = Name::read(&mut fields, "tbsCertificate/issuer")?;
        let mut validity = fields.enter(tlv::SEQUENCE, "tbsCertificate/validity")?;
        let not_before = time::read(&mut validity, "tbsCertificate/validity/notBefore")?;
        let not_after = time::read(&mut validity, "tbsCertificate/validity/notAfter")?;
        validity.finish("tbsCertificate/validity")?;
        let subject = Name::read(&mut fields, "tbsCertificate/subject")?;
        let spki = fields.content(tlv::SEQUENCE, "tbsCertificate/subjectPublicKeyInfo")?;
        let extensions = extensions::read(&mut fields)?;
        fields.finish("tbsCertificate")?;
        if inner_algorithm != algorithm {
            return Err(Code::CertificateAlgorithmsDiffer
                .fault()
                .at_path("Certificate/signatureAlgorithm")
                .expected(brief::cut(hex::upper(inner_algorithm)))
                .found(brief::cut(hex::upper(algorithm))));
        }
        Ok(Certificate {
            der: bytes.to_vec(),
            tbs: range_of(bytes, tbs.whole),
            spki: range_of(bytes, spki),
            signature: range_of(bytes, signature),
            serial: serial.to_vec(),
            version,
            issuer,
            subject,
            not_before,
            not_after,
            signature_oid: oid::to_dotted(signature_oid),
            signed_with_sm2: signed::is_sm2_with_sm3(signature_oid, parameters),
            extensions,
            key: OnceLock::new(),
            prepared_key: OnceLock::new(),
        })
    }

    /// The first certificate of a PEM file; other blocks are passed over.
    ///
    /// # Errors
    /// [`Code::PemMalformed`], [`Code::PemNoBlock`], and those of [`Certificate::from_der`].
    pub fn from_pem(text: &[u8]) -> Result<Self, Error> {
        let blocks = pem::blocks(text, is_certificate_label)?;
        match blocks.first() {
            Some(block) => Certificate::from_der(&block.bytes),
            None => Err(Code::PemNoBlock.fault().expected("CERTIFICATE")),
        }
    }

    /// All certificates of a PEM file, in its order; other blocks are passed over. None is no
    /// error.
    ///
    /// # Errors
    /// [`Code::PemMalformed`], and those of [`Certificate::from_der`].
    pub fn many_from_pem(text: &[u8]) -> Result<Vec<Self>, Error> {
        let blocks = pem::blocks(text, is_certificate_label)?;
        blocks.iter().map(|block| Certificate::from_der(&block.bytes)).collect()
    }

    /// A certificate from the content of a file, PEM or DER.
    ///
    /// # Errors
    /// Those of [`Certificate::from_pem`] or [`Certificate::from_der`].
    pub fn from_pem_or_der(bytes: &[u8]) -> Result<Self, Error> {
        if pem::is_pem(bytes) { Certificate::from_pem(bytes) } else { Certificate::from_der(bytes) }
    }

    /// The certificates of a file: one in DER, or any number in PEM but at least one.
    ///
    /// # Errors
    /// Those of [`Certificate::many_from_pem`] or [`Certificate::from_der`];
    /// [`Code::PemNoBlock`] when there is none.
    pub fn many_from_pem_or_der(bytes: &[u8]) -> Result<Vec<Self>, Error> {
        if !pem::is_pem(bytes) {
            return Ok(vec![Certificate::from_der(bytes)?]);
        }
        let all = Certificate::many_from_pem(bytes)?;
        if all.is_empty() { Err(Code::PemNoBlock.fault().expected("CERTIFICATE")) } else { Ok(all) }
    }

    /// The bytes of the certificate.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate as a PEM block.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::write("CERTIFICATE", &self.der).to_string()
    }

    /// The version, 1 to 3.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.version
    }

    /// The content octets of the serial number: big-endian two's complement, minimal.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// The serial number as upper-case hex without leading zeros, the way it is written under
    /// KeyInfo (财综〔2017〕32号). A negative one, which RFC 5280 forbids, has a minus sign.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        serial_hex(&self.serial)
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Whom it is for.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The first second of validity.
    #[must_use]
    pub fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }

    /// The last second of validity.
    #[must_use]
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    /// The public key, not prepared: enough for comparing keys and for a single signature.
    ///
    /// # Errors
    /// [`Code::KeyNotSm2`], [`Code::KeyExplicitCurve`], [`Code::KeyPoint`], and
    /// [`Code::CertificateMalformed`] for a key that is not well-formed.
    pub fn verifying_key(&self) -> Result<&VerifyingKey, Error> {
        let read = || {
            let spki = Reader::new(&self.der[self.spki.clone()], Code::CertificateMalformed);
            public_key::read(spki, "tbsCertificate/subjectPublicKeyInfo")
        };
        self.key.get_or_init(read).as_ref().map_err(Error::clone)
    }

    /// How the public key is written: the dotted identifier of its algorithm, and behind a blank that of the curve, or
    /// `NULL`, `without parameters`, `explicit parameters`. Nothing is judged. Empty when it is not well-formed.
    #[must_use]
    pub fn key_algorithm(&self) -> String {
        let spki = Reader::new(&self.der[self.spki.clone()], Code::CertificateMalformed);
        public_key::algorithm_text(spki, "tbsCertificate/subjectPublicKeyInfo").unwrap_or_default()
    }

    /// The public key, prepared for checking many signatures.
    ///
    /// # Errors
    /// Those of [`Certificate::verifying_key`].
    pub fn prepared_key(&self) -> Result<&Arc<PreparedVerifyingKey>, Error> {
        let key = self.verifying_key()?;
        Ok(self.prepared_key.get_or_init(|| Arc::new(key.prepare())))
    }

    /// What the key may be used for, or nothing when the certificate does not say.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.extensions.key_usage
    }

    /// Whether it may issue certificates, or nothing when the certificate does not say.
    #[must_use]
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.extensions.basic_constraints
    }

    /// Whether it says that it may issue certificates: basicConstraints with cA (RFC 5280 4.2.1.9).
    #[must_use]
    pub fn is_authority(&self) -> bool {
        self.basic_constraints().is_some_and(|constraints| constraints.ca)
    }

    /// The identifier of its own key.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        self.extensions.subject_key_id.as_deref()
    }

    /// The identifier of the key that signed it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_deref()
    }

    /// Whether it is the encryption certificate of a pair (GB/T 20518-2018): its key may encrypt or
    /// agree on keys, and may sign nothing.
    #[must_use]
    pub fn is_encryption_certificate(&self) -> bool {
        let signing =
            KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION | KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
        let encryption = KeyUsage::KEY_ENCIPHERMENT | KeyUsage::DATA_ENCIPHERMENT | KeyUsage::KEY_AGREEMENT;
        self.key_usage().is_some_and(|usage| usage.intersects(encryption) && !usage.intersects(signing))
    }

    /// How many whole days are left until the end of validity; negative once it has expired.
    ///
    /// ```
    /// # let key = czei_sm2::SigningKey::generate().unwrap();
    /// # let certificate = czei_pki::CertificateTemplate {
    /// #     subject: czei_pki::Name::parse_rfc4514("CN=a").unwrap(), serial: vec![1],
    /// #     not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
    /// #     not_after: "2026-03-01T00:00:00Z".parse().unwrap(),
    /// #     ca: None, key_usage: None, extensions: vec![],
    /// # }.self_sign(&key).unwrap();
    /// assert_eq!(certificate.days_left("2026-02-27T12:00:00Z".parse().unwrap()), 1);
    /// assert_eq!(certificate.days_left("2026-03-01T00:00:01Z".parse().unwrap()), -1);
    /// ```
    #[must_use]
    pub fn days_left(&self, now: DateTime<Utc>) -> i64 {
        (self.not_after.timestamp() - now.timestamp()).div_euclid(86_400)
    }

    /// Where its issuer's CRL can be fetched from (RFC 5280 4.2.1.13): the URLs of all distribution
    /// points that stand for every reason and whose CRL the issuer itself signs. Whoever made the
    /// certificate chose them.
    ///
    /// # Errors
    /// [`Code::CertificateMalformed`] when the extension cannot be read, which is no fault of the
    /// certificate for any other purpose.
    pub fn crl_urls(&self) -> Result<Vec<&str>, Error> {
        let names = self.distribution_points()?;
        let uri = |name| distribution_point::uri(Reader::new(name, Code::CertificateMalformed));
        Ok(names.into_iter().filter_map(uri).collect())
    }

    /// The same as GeneralNames, whatever their kind.
    pub(crate) fn distribution_points(&self) -> Result<Vec<&[u8]>, Error> {
        let Some(value) = &self.extensions.distribution_points else { return Ok(Vec::new()) };
        let value = Reader::new(value, Code::CertificateMalformed);
        distribution_point::read(value, "tbsCertificate/extensions/cRLDistributionPoints")
    }

    /// The dotted identifiers of critical extensions that this crate does not act on: such a
    /// certificate stands in no path.
    #[must_use]
    pub fn unsupported_critical(&self) -> &[String] {
        &self.extensions.unsupported_critical
    }

    /// The dotted identifier of the algorithm it is signed with.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.signature_oid
    }

    /// Whether issuer and subject are the same name. Says nothing about the signature.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// `sm3:` and the SM3 of the bytes in 64 lower-case hex digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("sm3:{}", hex::lower(&Sm3::digest(&self.der)))
    }

    /// Departures from RFC 5280 that do not keep it from being used:
    /// [`Code::CertificateSerial`], [`Code::CertificateVersion`].
    #[must_use]
    pub fn problems(&self) -> Vec<Error> {
        let mut problems = Vec::new();
        let unusual = match &self.serial[..] {
            [0] => Some("zero".to_owned()),
            [first, ..] if *first >= 0x80 => Some(brief::cut(self.serial_hex())),
            long if long.len() > 20 => Some(format!("{} bytes", long.len())),
            _ => None,
        };
        if let Some(found) = unusual {
            problems.push(Code::CertificateSerial.fault().at_path("tbsCertificate/serialNumber").found(found));
        }
        let needs = if self.extensions.present {
            3
        } else if self.extensions.unique_ids {
            2
        } else {
            1
        };
        if self.version < needs {
            problems.push(
                Code::CertificateVersion
                    .fault()
                    .at_path("tbsCertificate/version")
                    .expected(needs.to_string())
                    .found(self.version.to_string()),
            );
        }
        problems
    }

    /// Whether a KeyInfo names this certificate (财综〔2017〕32号): the serial number in hex of
    /// either case with any leading zeros, compared as a number; the issuer as text of RFC 4514 in
    /// either order, compared as a name. Text that is neither names nothing.
    #[must_use]
    pub fn is_named_by(&self, issuer: &str, serial: &str) -> bool {
        serial_from_hex(serial.trim()).is_some_and(|serial| serial == self.serial()) && self.issuer.matches_text(issuer)
    }

    /// Whether another certificate is for the same SM2 key. Never for keys that cannot be used.
    #[must_use]
    pub fn has_same_key(&self, other: &Certificate) -> bool {
        matches!((self.verifying_key(), other.verifying_key()), (Ok(own), Ok(others)) if own == others)
    }

    /// Checks the signature on this certificate with an issuer's key, trying the user ids in
    /// their order, and returns the one it was made with. Says nothing about names or validity.
    ///
    /// # Errors
    /// [`Code::CertificateSignatureAlgorithm`] for another algorithm than SM2 with SM3
    /// (1.2.156.10197.1.501, parameters absent or NULL), [`Code::SignatureMalformed`] and
    /// [`Code::SignatureRange`] for a bad encoding, [`Code::CertificateSignatureWrong`].
    pub fn verify_signature_by<'a>(
        &self,
        issuer_key: &PreparedVerifyingKey,
        user_ids: &'a [UserId],
    ) -> Result<&'a UserId, Error> {
        let signed = Signed {
            tbs: &self.der[self.tbs.clone()],
            algorithm: &self.signature_oid,
            with_sm2: self.signed_with_sm2,
            signature: &self.der[self.signature.clone()],
            path: "Certificate/signatureValue",
            other_algorithm: Code::CertificateSignatureAlgorithm,
            wrong: Code::CertificateSignatureWrong,
        };
        signed.verify(issuer_key, user_ids)
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl hash::Hash for Certificate {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.der.hash(state);
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, serial {})", self.subject, self.serial_hex())
    }
}

/// The code for a signature that is no signature, from the one of the crate below.
pub(crate) fn signature_fault(error: &czei_sm2::Error) -> Error {
    let code = match error.code() {
        czei_sm2::Code::SignatureRange => Code::SignatureRange,
        _ => Code::SignatureMalformed,
    };
    code.fault().found(error.entry().name)
}

/// The content octets of an INTEGER as upper-case hex of the number.
pub(crate) fn serial_hex(content: &[u8]) -> String {
    let negative = content.first().is_some_and(|first| *first >= 0x80);
    let digits = if negative {
        // Two's complement: invert and add one, from the last octet on.
        let mut carry = true;
        let mut magnitude: Vec<u8> = content
            .iter()
            .rev()
            .map(|octet| {
                let (value, next) = (!octet).overflowing_add(u8::from(carry));
                carry = next;
                value
            })
            .collect();
        magnitude.reverse();
        hex::upper(&magnitude)
    } else {
        hex::upper(content)
    };
    let digits = digits.trim_start_matches('0');
    match (negative, digits) {
        (_, "") => "0".into(),
        (false, digits) => digits.into(),
        (true, digits) => format!("-{digits}"),
    }
}

/// The content octets of the INTEGER that hex digits of either case stand for, with any leading
/// zeros.
pub(crate) fn serial_from_hex(text: &str) -> Option<Vec<u8>> {
    let even = if text.len() % 2 == 1 { format!("0{text}") } else { text.to_owned() };
    hex::decode(&even).filter(|octets| !octets.is_empty()).map(|octets| tlv::unsigned_content(&octets))
}

fn version(fields: &mut Reader<'_>) -> Result<u8, Error> {
    const PATH: &str = "tbsCertificate/version";
    if fields.peek() != Some(tlv::context(0)) {
        return Ok(1);
    }
    let mut explicit = fields.enter(tlv::context(0), PATH)?;
    let version = explicit.small(PATH)?;
    explicit.finish(PATH)?;
    if version > 2 {
        return Err(fields.fault(PATH, format!("version {}", version + 1)));
    }
    Ok(version + 1)
}

/// RFC 7468 5.1, and what OpenSSL wrote before it.
pub(crate) fn is_certificate_label(label: &str) -> bool {
    label == "CERTIFICATE" || label == "X509 CERTIFICATE"
}

/// Where `inner`, a part of `outer`, stands in it.
pub(crate) fn range_of(outer: &[u8], inner: &[u8]) -> Range<usize> {
    let start = inner.as_ptr().addr().wrapping_sub(outer.as_ptr().addr());
    debug_assert!(start + inner.len() <= outer.len());
    start..start + inner.len()
}

#[cfg(test)]
mod tests;
