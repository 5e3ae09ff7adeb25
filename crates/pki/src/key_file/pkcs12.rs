//! PKCS#12 files, read (RFC 7292).

use std::sync::Arc;

use czei_codes::Code as _;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::budget::Budget;
use super::hash::Hash;
use super::pkcs12_kdf::{self, Purpose};
use super::scheme::{self, PasswordForms};
use super::{Contents, FoundKey, KeyFormat, Password, plain};
use crate::tlv::{self, Reader};
use crate::{Certificate, Code, Error, ber, oid};

const PFX: &str = "PFX";
const AUTH_SAFE: &str = "PFX/authSafe";
const MAC: &str = "PFX/macData";
const CONTENT: &str = "PFX/authSafe/contentInfo";
const BAG: &str = "PFX/safeBag";
const OTHER_PASSWORD: &str = "the MAC fits this password: the key has another one, or is damaged";

/// The most contents of a file and the most bags in all of them. Real files have two contents and
/// a bag for each certificate.
const MOST_CONTENTS: usize = 16;
pub(super) const MOST_BAGS: usize = 1_024;

/// Reads a PFX in BER or DER.
pub(super) fn read(bytes: &[u8], password: Option<&Password>, budget: &mut Budget) -> Result<Contents, Error> {
    let der = to_der(bytes, PFX)?;
    let mut reader = Reader::new(&der, Code::PrivateKeyMalformed);
    let mut fields = reader.enter(tlv::SEQUENCE, PFX)?;
    let version = fields.small("PFX/version")?;
    if version != 3 {
        return Err(fields.fault("PFX/version", version.to_string()));
    }
    let mut auth_safe = fields.enter(tlv::SEQUENCE, AUTH_SAFE)?;
    let content_type = auth_safe.oid(AUTH_SAFE)?;
    if !is_data(content_type) {
        // SignedData: integrity by a signature instead of the password.
        return Err(scheme::unsupported(AUTH_SAFE, content_type));
    }
    let authenticated = data(&mut auth_safe, AUTH_SAFE)?;
    let mut password = password.map(PasswordForms::of);
    let mut integrity = None;
    if let Some(mac) = fields.optional(tlv::SEQUENCE, MAC)? {
        let password = password.as_mut().ok_or(Code::PasswordNeeded)?;
        integrity = Some(check_mac(fields.over(mac.content), authenticated, password, budget)?);
    }
    fields.finish(PFX)?;
    // The store's password is proved by then; only a part of its own can be under another one, which
    // Java's key stores may have for each key.
    let is_proved = integrity.is_some();
    let blame = |fault: Error, path: &'static str| match fault.code() {
        Code::PasswordWrong if is_proved => Code::PasswordWrong.fault().at_path(path).found(OTHER_PASSWORD),
        _ => fault,
    };

    let mut found = Bags::default();
    let authenticated = to_der(authenticated, AUTH_SAFE)?;
    let mut outer = reader.over(&authenticated);
    let mut contents = outer.enter(tlv::SEQUENCE, AUTH_SAFE)?;
    outer.finish(AUTH_SAFE)?;
    let mut count = 0;
    while !contents.is_empty() {
        count += 1;
        if count > MOST_CONTENTS {
            return Err(contents.fault(AUTH_SAFE, format!("more than {MOST_CONTENTS} contents")));
        }
        let content = contents.enter(tlv::SEQUENCE, CONTENT)?;
        let safe = safe_contents(content, password.as_ref(), budget).map_err(|fault| blame(fault, CONTENT))?;
        let safe = to_der(&safe, CONTENT)?;
        found.read(&safe, password.as_ref(), budget, blame)?;
    }
    Ok(Contents { integrity, ..found.into_contents()? })
}

fn to_der(bytes: &[u8], path: &'static str) -> Result<Zeroizing<Vec<u8>>, Error> {
    ber::to_der(bytes, Code::PrivateKeyMalformed, path)
}

fn is_data(content_type: &[u8]) -> bool {
    content_type == oid::PKCS7_DATA || content_type == oid::GM_DATA
}

/// The octets of a data content, whose type has been read.
fn data<'a>(content: &mut Reader<'a>, path: &'static str) -> Result<&'a [u8], Error> {
    let mut explicit = content.enter(tlv::context(0), path)?;
    let octets = explicit.content(tlv::OCTET_STRING, path)?;
    explicit.finish(path)?;
    (*content).finish(path)?;
    Ok(octets)
}

/// Checks MacData over the octets of the AuthenticatedSafe, and says how it was made.
///
/// An empty password was once taken as no octets rather than as two zeros; whichever fits is kept
/// for the rest of the file.
fn check_mac(
    mut mac: Reader<'_>,
    message: &[u8],
    password: &mut PasswordForms,
    budget: &mut Budget,
) -> Result<String, Error> {
    let mut digest_info = mac.enter(tlv::SEQUENCE, MAC)?;
    let (id, parameters) = digest_info.algorithm(MAC)?;
    if !tlv::absent_or_null(parameters) {
        return Err(digest_info.fault(MAC, "parameters"));
    }
    let expected = digest_info.content(tlv::OCTET_STRING, MAC)?;
    digest_info.finish(MAC)?;
    let hash = Hash::from_digest_oid(id).ok_or_else(|| scheme::unsupported(MAC, id))?;
    let salt = mac.content(tlv::OCTET_STRING, MAC)?;
    let is_empty = password.utf8.is_empty();
    let blocks = if is_empty { 2 } else { 1 };
    let iterations = if mac.is_empty() {
        budget.spend(MAC, 1, blocks)?
    } else {
        budget.iterations(&mut mac, "PFX/macData/iterations", blocks)?
    };
    mac.finish(MAC)?;
    if expected.len() != hash.size() {
        return Err(Code::PrivateKeyMalformed
            .fault()
            .at_path(MAC)
            .found(format!("a digest of {} bytes", expected.len())));
    }
    let fits = |bmp: &[u8]| {
        let key = pkcs12_kdf::derive(hash, Purpose::Mac, bmp, salt, iterations, hash.size());
        bool::from(hash.hmac(&key, message).ct_eq(expected))
    };
    let description = format!("HMAC-{}, {iterations} iterations", hash.name());
    if fits(&password.bmp) {
        return Ok(description);
    }
    if is_empty && fits(&[]) {
        password.bmp = Zeroizing::new(Vec::new());
        return Ok(description);
    }
    Err(Code::PasswordWrong.fault().at_path(MAC))
}

/// The SafeContents of a ContentInfo: data, or encryptedData under the password.
fn safe_contents(
    mut content: Reader<'_>,
    password: Option<&PasswordForms>,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let content_type = content.oid(CONTENT)?;
    if is_data(content_type) {
        return Ok(Zeroizing::new(data(&mut content, CONTENT)?.to_vec()));
    }
    if content_type != oid::PKCS7_ENCRYPTED_DATA && content_type != oid::GM_ENCRYPTED_DATA {
        // EnvelopedData: under a key instead of the password.
        return Err(scheme::unsupported(CONTENT, content_type));
    }
    let mut explicit = content.enter(tlv::context(0), CONTENT)?;
    content.finish(CONTENT)?;
    let mut encrypted = explicit.enter(tlv::SEQUENCE, CONTENT)?;
    explicit.finish(CONTENT)?;
    encrypted.small("PFX/authSafe/contentInfo/version")?;
    let mut info = encrypted.enter(tlv::SEQUENCE, CONTENT)?;
    encrypted.optional(tlv::context(1), CONTENT)?;
    encrypted.finish(CONTENT)?;
    let inner_type = info.oid(CONTENT)?;
    if !is_data(inner_type) {
        return Err(scheme::unsupported(CONTENT, inner_type));
    }
    let algorithm = info.algorithm(CONTENT)?;
    let bytes = octets_in_pieces(&mut info)?;
    info.finish(CONTENT)?;
    let password = password.ok_or(Code::PasswordNeeded)?;
    Ok(scheme::open(&info, algorithm, &bytes, password, budget)?.bytes)
}

/// `[0] IMPLICIT OCTET STRING`, whole or in pieces: only who knows the type can tell that the
/// elements inside are pieces.
fn octets_in_pieces(info: &mut Reader<'_>) -> Result<Vec<u8>, Error> {
    if info.peek() != Some(tlv::context(0)) {
        return Ok(info.content(tlv::context_primitive(0), CONTENT)?.to_vec());
    }
    let mut pieces = info.enter(tlv::context(0), CONTENT)?;
    let mut bytes = Vec::new();
    while !pieces.is_empty() {
        bytes.extend_from_slice(pieces.content(tlv::OCTET_STRING, CONTENT)?);
    }
    Ok(bytes)
}

/// What the bags hold, in the order of the file.
#[derive(Default)]
struct Bags {
    bags: usize,
    keys: Vec<(Option<Vec<u8>>, FoundKey)>,
    certificates: Vec<(Option<Vec<u8>>, Arc<Certificate>)>,
    /// Why a key of another algorithm was passed over.
    other_key: Option<Error>,
}

impl Bags {
    /// `blame` says what a password that does not fit a key means.
    fn read(
        &mut self,
        safe: &[u8],
        password: Option<&PasswordForms>,
        budget: &mut Budget,
        blame: impl Fn(Error, &'static str) -> Error,
    ) -> Result<(), Error> {
        let mut outer = Reader::new(safe, Code::PrivateKeyMalformed);
        let mut bags = outer.enter(tlv::SEQUENCE, BAG)?;
        outer.finish(BAG)?;
        while !bags.is_empty() {
            self.bags += 1;
            if self.bags > MOST_BAGS {
                return Err(Code::KeyFileSize.fault().at_path(BAG).expected(format!("<= {MOST_BAGS}")));
            }
            let mut bag = bags.enter(tlv::SEQUENCE, BAG)?;
            let bag_type = bag.oid(BAG)?;
            let mut value = bag.enter(tlv::context(0), BAG)?;
            let attributes = bag.optional(tlv::SET, BAG)?;
            bag.finish(BAG)?;
            let local_id = match attributes {
                Some(attributes) => local_key_id(bags.over(attributes.content))?,
                None => None,
            };
            let bytes = value.any(BAG)?;
            value.finish(BAG)?;
            match bag_type {
                _ if bag_type == oid::CERT_BAG => {
                    if let Some(certificate) = certificate(bags.over(bytes.content))? {
                        self.certificates.push((local_id, Arc::new(certificate)));
                    }
                }
                _ if bag_type == oid::KEY_BAG => self.add_key(local_id, bytes.whole, None)?,
                _ if bag_type == oid::SHROUDED_KEY_BAG => {
                    let password = password.ok_or(Code::PasswordNeeded)?;
                    let opened = super::open_encrypted(bags.over(bytes.whole), password, budget)
                        .map_err(|fault| blame(fault, BAG))?;
                    self.add_key(local_id, &opened.bytes, Some(opened.description))?;
                }
                // CRLs, secrets and whatever else a file may carry.
                _ => {}
            }
        }
        Ok(())
    }

    fn add_key(&mut self, local_id: Option<Vec<u8>>, bytes: &[u8], encryption: Option<String>) -> Result<(), Error> {
        match plain::read(bytes, None) {
            Ok((key, _)) => self.keys.push((local_id, FoundKey { key, format: KeyFormat::Pkcs12, encryption })),
            // An RSA key may stand beside the one that is looked for.
            Err(fault) if fault.code() == Code::PrivateKeyNotSm2 => self.other_key = Some(fault),
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    /// The certificate that a file gives to a key by its identifier must have that key.
    fn into_contents(self) -> Result<Contents, Error> {
        for (key_id, found) in &self.keys {
            let mut named = self.certificates.iter().filter(|(id, _)| id.is_some() && id == key_id).peekable();
            let is_own = |certificate: &Certificate| {
                certificate.verifying_key().is_ok_and(|key| key == found.key.verifying_key())
            };
            if named.peek().is_some() && !named.any(|(_, certificate)| is_own(certificate)) {
                return Err(Code::SignerKeyMismatch.fault().at_path("PFX/safeBag/localKeyId"));
            }
        }
        Ok(Contents {
            keys: self.keys.into_iter().map(|(_, key)| key).collect(),
            certificates: self.certificates.into_iter().map(|(_, certificate)| certificate).collect(),
            other_key: self.other_key,
            integrity: None,
        })
    }
}

/// CertBag; nothing for SDSI certificates.
fn certificate(mut bag: Reader<'_>) -> Result<Option<Certificate>, Error> {
    let kind = bag.oid(BAG)?;
    let mut explicit = bag.enter(tlv::context(0), BAG)?;
    bag.finish(BAG)?;
    if kind != oid::X509_CERTIFICATE {
        return Ok(None);
    }
    let der = explicit.content(tlv::OCTET_STRING, BAG)?;
    explicit.finish(BAG)?;
    Certificate::from_der(der).map(Some)
}

/// The localKeyId among the attributes of a bag.
fn local_key_id(mut attributes: Reader<'_>) -> Result<Option<Vec<u8>>, Error> {
    const PATH: &str = "PFX/safeBag/bagAttributes";
    let mut found = None;
    while !attributes.is_empty() {
        let mut attribute = attributes.enter(tlv::SEQUENCE, PATH)?;
        let kind = attribute.oid(PATH)?;
        let mut values = attribute.enter(tlv::SET, PATH)?;
        attribute.finish(PATH)?;
        if kind == oid::LOCAL_KEY_ID {
            found = Some(values.content(tlv::OCTET_STRING, PATH)?.to_vec());
        }
    }
    Ok(found)
}
