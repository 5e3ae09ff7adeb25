//! Certificates at hand, found by what documents and certificates say about them.

use core::borrow::Borrow;
use core::hash::{Hash, Hasher};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::certificate::serial_from_hex;
use crate::{Certificate, Error, Name};

/// A set of certificates with its indexes. Each certificate is held once; adding it again gives
/// back the one that is there, with its prepared key.
///
/// ```
/// use czei_pki::{Certificate, CertificateStore, Code, Name};
///
/// let mut store = CertificateStore::new();
/// assert!(store.is_empty());
/// let issuer = Name::parse_rfc4514("CN=EInvoice Test Sub CA,C=CN")?;
/// assert!(store.find(&issuer, &[0x20, 0x24, 0x00, 0x01]).is_none());
/// assert_eq!(store.add_der(b"junk").unwrap_err().code(), Code::CertificateMalformed);
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CertificateStore {
    by_der: HashSet<ByDer>,
    /// Content octets of the serial number; the names are compared after.
    by_serial: HashMap<Vec<u8>, Vec<Arc<Certificate>>>,
    by_subject: HashMap<Name, Vec<Arc<Certificate>>>,
    by_key_id: HashMap<Vec<u8>, Vec<Arc<Certificate>>>,
}

impl CertificateStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        CertificateStore::default()
    }

    /// Adds a certificate and returns the one held: this one, or an equal one that was there.
    pub fn add(&mut self, certificate: Arc<Certificate>) -> Arc<Certificate> {
        if let Some(known) = self.by_der.get(certificate.der()) {
            return Arc::clone(&known.0);
        }
        let shared = || Arc::clone(&certificate);
        self.by_der.insert(ByDer(shared()));
        self.by_serial.entry(certificate.serial().to_vec()).or_default().push(shared());
        self.by_subject.entry(certificate.subject().clone()).or_default().push(shared());
        if let Some(id) = certificate.subject_key_id() {
            self.by_key_id.entry(id.to_vec()).or_default().push(shared());
        }
        certificate
    }

    /// Adds a certificate from its bytes, which are parsed only when they are not known yet.
    ///
    /// # Errors
    /// Those of [`Certificate::from_der`].
    pub fn add_der(&mut self, der: &[u8]) -> Result<Arc<Certificate>, Error> {
        if let Some(known) = self.get(der) {
            return Ok(Arc::clone(known));
        }
        Ok(self.add(Arc::new(Certificate::from_der(der)?)))
    }

    /// The certificate with exactly these bytes.
    #[must_use]
    pub fn get(&self, der: &[u8]) -> Option<&Arc<Certificate>> {
        self.by_der.get(der).map(|known| &known.0)
    }

    /// The first certificate added with this issuer and these content octets of the serial number.
    #[must_use]
    pub fn find(&self, issuer: &Name, serial: &[u8]) -> Option<&Arc<Certificate>> {
        self.find_all(issuer, serial).next()
    }

    /// All certificates with this issuer and serial number. An honest issuer gives each number
    /// once; a store may hold certificates of others.
    pub fn find_all(&self, issuer: &Name, serial: &[u8]) -> impl Iterator<Item = &Arc<Certificate>> {
        self.with_serial(serial).iter().filter(move |certificate| certificate.issuer() == issuer)
    }

    /// The certificates that a KeyInfo names (财综〔2017〕32号): the serial number in hex of either
    /// case with any leading zeros, compared as a number; the issuer as text of RFC 4514 in either
    /// order, compared as a name.
    #[must_use]
    pub fn find_by_text(&self, issuer: &str, serial: &str) -> Vec<&Arc<Certificate>> {
        let Some(serial) = serial_from_hex(serial.trim()) else { return Vec::new() };
        self.with_serial(&serial).iter().filter(|certificate| certificate.issuer().matches_text(issuer)).collect()
    }

    /// The certificates with this subject, in the order they were added.
    #[must_use]
    pub fn by_subject(&self, subject: &Name) -> &[Arc<Certificate>] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// The certificates with this subject key identifier, in the order they were added.
    #[must_use]
    pub fn by_subject_key_id(&self, id: &[u8]) -> &[Arc<Certificate>] {
        self.by_key_id.get(id).map_or(&[], Vec::as_slice)
    }

    /// Every certificate, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Certificate>> {
        self.by_der.iter().map(|held| &held.0)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_der.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_der.is_empty()
    }

    fn with_serial(&self, serial: &[u8]) -> &[Arc<Certificate>] {
        self.by_serial.get(serial).map_or(&[], Vec::as_slice)
    }
}

impl Extend<Certificate> for CertificateStore {
    fn extend<I: IntoIterator<Item = Certificate>>(&mut self, certificates: I) {
        for certificate in certificates {
            self.add(Arc::new(certificate));
        }
    }
}

impl FromIterator<Certificate> for CertificateStore {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let mut store = CertificateStore::new();
        store.extend(certificates);
        store
    }
}

/// Looked up by the bytes of the certificate, without a second copy of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ByDer(Arc<Certificate>);

impl Hash for ByDer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.der().hash(state);
    }
}

impl Borrow<[u8]> for ByDer {
    fn borrow(&self) -> &[u8] {
        self.0.der()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::test_certificates::Sandbox;

    #[test]
    fn a_certificate_is_found_by_all_its_marks() {
        let sandbox = Sandbox::new();
        let mut store = CertificateStore::new();
        let unit = store.add_der(sandbox.unit.der()).unwrap();
        assert!(Arc::ptr_eq(&unit, &store.add_der(sandbox.unit.der()).unwrap()));
        assert!(Arc::ptr_eq(&unit, &store.add(Arc::clone(&sandbox.unit))));
        assert_eq!(store.len(), 1);
        store.add(Arc::clone(&sandbox.sub));

        assert!(Arc::ptr_eq(store.find(unit.issuer(), unit.serial()).unwrap(), &unit));
        assert!(store.find(unit.subject(), unit.serial()).is_none());
        assert!(store.find(unit.issuer(), sandbox.sub.serial()).is_none());
        assert!(Arc::ptr_eq(&store.by_subject(unit.subject())[0], &unit));
        assert!(Arc::ptr_eq(&store.by_subject_key_id(unit.subject_key_id().unwrap())[0], &unit));
        assert!(store.by_subject_key_id(b"?").is_empty());
        assert!(store.get(sandbox.root.der()).is_none());
    }

    #[test]
    fn key_info_is_compared_as_a_number_and_a_name() {
        let sandbox = Sandbox::new();
        let store: CertificateStore = [Certificate::from_der(sandbox.unit.der()).unwrap()].into_iter().collect();
        assert_eq!(sandbox.unit.serial_hex(), "AB000001");
        for serial in ["AB000001", "ab000001", "00AB000001", "0ab000001", " AB000001 "] {
            for issuer in [
                "CN=Sub CA,O=测试财政电子认证,C=CN",
                "C=CN, O=测试财政电子认证, CN=Sub CA",
                "cn=sub ca,o=测试财政电子认证,c=cn",
            ] {
                assert_eq!(store.find_by_text(issuer, serial).len(), 1, "{issuer} {serial}");
                assert!(sandbox.unit.is_named_by(issuer, serial));
            }
            assert!(store.find_by_text("CN=Sub CA,C=CN", serial).is_empty());
            assert!(store.find_by_text("", serial).is_empty());
        }
        for serial in ["AB000002", "", "0", "2868903937", "AB 000001", "0xAB000001", "-AB000001"] {
            let found = store.find_by_text("CN=Sub CA,O=测试财政电子认证,C=CN", serial);
            assert!(found.is_empty(), "{serial}");
            assert!(!sandbox.unit.is_named_by("CN=Sub CA,O=测试财政电子认证,C=CN", serial));
        }
    }
}
