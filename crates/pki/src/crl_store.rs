//! CRLs at hand, found by who issued them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::{Crl, Name};

/// A set of CRLs by issuer, each held once. Nothing is trusted for being here: signatures, dates
/// and scopes are looked at when the status of a certificate is asked for.
///
/// ```
/// use czei_pki::{CrlStore, Name};
///
/// let store = CrlStore::new();
/// assert!(store.by_issuer(&Name::parse_rfc4514("CN=CA,C=CN")?).is_empty());
/// # Ok::<(), czei_pki::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CrlStore {
    by_issuer: HashMap<Name, Vec<Arc<Crl>>>,
    len: usize,
}

impl CrlStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        CrlStore::default()
    }

    /// Adds a CRL and returns the one held: this one, or an equal one that was there.
    pub fn add(&mut self, crl: Arc<Crl>) -> Arc<Crl> {
        let of_issuer = self.by_issuer.entry(crl.issuer().clone()).or_default();
        // Newest first; of the same time in the order of their bytes, so that what is found does
        // not depend on the order in which files were read.
        let mark = |held: &Crl| (core::cmp::Reverse(held.this_update()), held.der().len());
        let place =
            of_issuer.binary_search_by(|held| mark(held).cmp(&mark(&crl)).then_with(|| held.der().cmp(crl.der())));
        match place {
            Ok(at) => Arc::clone(&of_issuer[at]),
            Err(at) => {
                of_issuer.insert(at, Arc::clone(&crl));
                self.len += 1;
                crl
            }
        }
    }

    /// The CRLs of an issuer, the newest first.
    #[must_use]
    pub fn by_issuer(&self, issuer: &Name) -> &[Arc<Crl>] {
        self.by_issuer.get(issuer).map_or(&[], Vec::as_slice)
    }

    /// Every CRL; those of one issuer follow one another.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Crl>> {
        self.by_issuer.values().flatten()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Extend<Crl> for CrlStore {
    fn extend<I: IntoIterator<Item = Crl>>(&mut self, crls: I) {
        for crl in crls {
            self.add(Arc::new(crl));
        }
    }
}

impl FromIterator<Crl> for CrlStore {
    fn from_iter<I: IntoIterator<Item = Crl>>(crls: I) -> Self {
        let mut store = CrlStore::new();
        store.extend(crls);
        store
    }
}
