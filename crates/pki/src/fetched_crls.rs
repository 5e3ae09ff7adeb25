//! CRLs got from where certificates say they lie, each address asked once.

use core::fmt;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use czei_codes::Code as _;

use crate::{Code, Crl, Error};

/// Gets CRLs from where certificates say they lie. Nothing here opens a connection: whoever wants
/// CRLs fetched supplies this.
///
/// An implementation decides which addresses it is ready to ask: they come from certificates that
/// anybody may have sent. It bounds time and size itself; more than [`Crl::MAX_BYTES`] is refused.
///
/// ```
/// use czei_pki::CrlFetcher;
///
/// /// CRLs that were put in a folder by hand.
/// #[derive(Debug)]
/// struct Offline;
///
/// impl CrlFetcher for Offline {
///     fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
///         Err(format!("{url} is not at hand").into())
///     }
/// }
/// ```
pub trait CrlFetcher: fmt::Debug + Send + Sync {
    /// The bytes at an `http`, `https`, `ldap` or `ldaps` URL: a CRL in DER, or any number in PEM.
    ///
    /// # Errors
    /// Whatever stood in the way. Its text becomes part of [`Code::CrlFetchFailed`].
    fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn core::error::Error + Send + Sync>>;
}

impl<T: CrlFetcher + ?Sized> CrlFetcher for &T {
    fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn core::error::Error + Send + Sync>> {
        (**self).fetch(url)
    }
}

impl<T: CrlFetcher + ?Sized> CrlFetcher for Arc<T> {
    fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn core::error::Error + Send + Sync>> {
        (**self).fetch(url)
    }
}

/// A fetcher with what it brought, failures included, by URL. All judgements that are given the
/// same one share the CRLs: an address is asked once, and a CRL is held once, however many
/// certificates name it.
///
/// What was brought is kept for as long as this lives: whoever wants the addresses asked again
/// makes a new one. At most 1,000 addresses and 256 MiB of CRLs are kept; past either everything is
/// forgotten, which costs time alone.
///
/// ```
/// # #[derive(Debug)]
/// # struct Offline;
/// # impl czei_pki::CrlFetcher for Offline {
/// #     fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
/// #         Err(format!("{url} is not at hand").into())
/// #     }
/// # }
/// use czei_pki::{CrlFetcher, FetchedCrls};
/// use std::sync::Arc;
///
/// let fetcher: Arc<dyn CrlFetcher> = Arc::new(Offline);
/// let shared: FetchedCrls<'static> = FetchedCrls::new(fetcher);
/// // One that is only borrowed does as well.
/// let borrowed = FetchedCrls::new(&Offline);
/// # let _ = (shared, borrowed);
/// ```
pub struct FetchedCrls<'f> {
    fetcher: Box<dyn CrlFetcher + 'f>,
    kept: Mutex<Kept>,
}

type Answer = Result<Vec<Arc<Crl>>, Error>;

#[derive(Default)]
struct Kept {
    /// Who comes second to an address waits for the answer that the first gets.
    by_url: HashMap<String, Arc<OnceLock<Answer>>>,
    /// Bytes of all CRLs.
    bytes: usize,
}

const MAX_URLS: usize = 1_000;
const MAX_BYTES: usize = 256 << 20;

/// The most CRLs of one address: each is looked at for every certificate of its issuer.
const MAX_CRLS: usize = 100;

/// The most characters of a fetcher's own words that are passed on.
const MAX_TEXT: usize = 200;

impl<'f> FetchedCrls<'f> {
    /// Nothing fetched yet.
    #[must_use]
    pub fn new(fetcher: impl CrlFetcher + 'f) -> Self {
        FetchedCrls { fetcher: Box::new(fetcher), kept: Mutex::default() }
    }

    /// The CRLs at a URL, at least one, of whatever issuers.
    ///
    /// # Errors
    /// [`Code::CrlFetchFailed`] with the URL as its place.
    pub(crate) fn get(&self, url: &str) -> Answer {
        let slot = {
            let mut kept = self.kept();
            if kept.by_url.len() >= MAX_URLS && !kept.by_url.contains_key(url) {
                *kept = Kept::default();
            }
            Arc::clone(kept.by_url.entry(url.to_owned()).or_default())
        };
        let mut brought = None;
        let answer = slot.get_or_init(|| {
            let answer = self.ask(url);
            brought = Some(answer.iter().flatten().map(|crl| crl.der().len()).sum::<usize>());
            answer
        });
        if let Some(bytes) = brought {
            self.kept().count(url, &slot, bytes);
        }
        answer.clone()
    }

    fn ask(&self, url: &str) -> Answer {
        let failed = |found: String| Code::CrlFetchFailed.fault().at_path(url).found(found);
        let bytes =
            self.fetcher.fetch(url).map_err(|error| failed(error.to_string().chars().take(MAX_TEXT).collect()))?;
        let crls = Crl::many_from_pem_or_der(&bytes).map_err(|fault| failed(fault.entry().name.to_owned()))?;
        if crls.len() > MAX_CRLS {
            return Err(failed(format!("more than {MAX_CRLS} CRLs")));
        }
        Ok(crls.into_iter().map(Arc::new).collect())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FetchedCrls<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept();
        write!(f, "FetchedCrls({:?}, {} addresses, {} bytes)", self.fetcher, kept.by_url.len(), kept.bytes)
    }
}

impl Kept {
    /// Counts what was brought, unless it has been forgotten meanwhile.
    fn count(&mut self, url: &str, slot: &Arc<OnceLock<Answer>>, bytes: usize) {
        if !self.by_url.get(url).is_some_and(|held| Arc::ptr_eq(held, slot)) {
            return;
        }
        if self.bytes + bytes > MAX_BYTES {
            *self = Kept { by_url: HashMap::from([(url.to_owned(), Arc::clone(slot))]), bytes: 0 };
        }
        self.bytes += bytes;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use core::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::CrlTemplate;
    use crate::test_certificates::{Sandbox, key};

    #[derive(Debug)]
    struct Counter(Vec<u8>, AtomicUsize);

    impl CrlFetcher for Counter {
        fn fetch(&self, url: &str) -> Result<Vec<u8>, Box<dyn core::error::Error + Send + Sync>> {
            self.1.fetch_add(1, Ordering::SeqCst);
            if url == "http://gone/" { Err("n".repeat(1000).into()) } else { Ok(self.0.clone()) }
        }
    }

    fn crl() -> Crl {
        CrlTemplate::new("2026-06-01T00:00:00Z".parse().unwrap()).sign(&key(1), &Sandbox::new().root).unwrap()
    }

    #[test]
    fn an_address_is_asked_once_failures_included() {
        let counter = Counter(crl().der().to_vec(), AtomicUsize::new(0));
        let fetched = FetchedCrls::new(&counter);
        let first = fetched.get("http://a/").unwrap();
        assert!(Arc::ptr_eq(&first[0], &fetched.get("http://a/").unwrap()[0]));
        assert_eq!(counter.1.load(Ordering::SeqCst), 1);
        for _ in 0..2 {
            let fault = fetched.get("http://gone/").unwrap_err();
            assert_eq!((fault.code(), fault.place().path.as_deref()), (Code::CrlFetchFailed, Some("http://gone/")));
            assert_eq!(fault.found_text().map(str::len), Some(MAX_TEXT));
        }
        assert_eq!(counter.1.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn all_crls_of_a_pem_file_are_brought_within_a_bound() {
        let pem = crl().to_pem();
        let get = |count: usize| {
            FetchedCrls::new(Counter(pem.repeat(count).into_bytes(), AtomicUsize::new(0))).get("http://a/")
        };
        assert_eq!(get(MAX_CRLS).unwrap().len(), MAX_CRLS);
        assert_eq!(get(MAX_CRLS + 1).unwrap_err().found_text(), Some("more than 100 CRLs"));
        assert_eq!(get(0).unwrap_err().found_text(), Some("crl-malformed"));
    }

    #[test]
    fn what_is_kept_is_bounded_in_addresses_and_bytes() {
        let counter = Counter(crl().der().to_vec(), AtomicUsize::new(0));
        let fetched = FetchedCrls::new(&counter);
        for number in 0..=MAX_URLS {
            fetched.get(&format!("http://a/{number}")).unwrap();
            let kept = fetched.kept();
            assert_eq!(kept.bytes, kept.by_url.len() * counter.0.len());
            assert!(kept.by_url.len() <= MAX_URLS);
        }
        assert_eq!(fetched.kept().by_url.len(), 1);
        let slot = Arc::clone(&fetched.kept().by_url["http://a/1000"]);
        let mut kept = Kept {
            by_url: HashMap::from([("b".into(), Arc::default()), ("a".into(), Arc::clone(&slot))]),
            bytes: MAX_BYTES,
        };
        kept.count("b", &slot, 1); // another's answer
        assert_eq!((kept.by_url.len(), kept.bytes), (2, MAX_BYTES));
        kept.count("a", &slot, 1);
        assert_eq!((kept.by_url.len(), kept.bytes), (1, 1));
    }
}
