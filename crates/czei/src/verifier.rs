//! The verifier with a policy and a clock, and many receipts as a stream.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use czei_core::{Check, Policy, Report, TimeWitness};

use crate::in_order::InOrder;
use crate::{Clock, Renderer, Result, SystemClock, load_policy, printed};

/// Verifies receipts under one policy: what a unit, a payer or an auditor uses.
///
/// A receipt is its XML document, or a PDF that carries it: then the document is verified, and the page is judged
/// against it ([`Check::Picture`](crate::Check::Picture)).
///
/// Cheap to clone and to share between threads; certificates are read, and their paths built, once
/// a key.
///
/// ```
/// use czei::{Policy, Verdict, Verifier};
/// // The default policy trusts nobody.
/// let verifier = Verifier::new(Policy::default());
/// let report = verifier.verify(b"<EInvoice></EInvoice>");
/// assert_eq!(report.verdict, Verdict::Invalid);
/// ```
#[derive(Clone)]
pub struct Verifier {
    core: Arc<czei_core::Verifier>,
    clock: Arc<dyn Clock>,
    /// Draws the pages again that PDFs show; made when the first PDF comes.
    renderer: Arc<OnceLock<Renderer>>,
}

impl Verifier {
    /// A verifier under a policy, with the computer's clock.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self::with_clock(policy, Arc::new(SystemClock))
    }

    /// A verifier under a policy, with another clock.
    #[must_use]
    pub fn with_clock(policy: Policy, clock: Arc<dyn Clock>) -> Self {
        Verifier { core: Arc::new(czei_core::Verifier::new(policy)), clock, renderer: Arc::default() }
    }

    /// A verifier under a policy file, with the computer's clock.
    ///
    /// # Errors
    /// Those of [`load_policy`].
    pub fn from_policy_file(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self::new(load_policy(path)?))
    }

    /// The same with a witness of when receipts existed, such as a [`StockWitness`](crate::StockWitness): what keeps
    /// receipts verifiable once the certificates behind them have expired.
    #[must_use]
    pub fn with_witness(self, witness: Arc<dyn TimeWitness>) -> Self {
        // Clones share what was found out about signers; this one goes its own way, and begins anew where it has to.
        let core = Arc::try_unwrap(self.core);
        let core = core.unwrap_or_else(|shared| czei_core::Verifier::new(shared.policy().clone()));
        Verifier { core: Arc::new(core.with_witness(witness)), ..self }
    }

    /// The same with the renderer that draws the pages of PDFs again: that of whoever made them, with the same
    /// templates, fonts and seals. Without one it is `Renderer::bundled`.
    #[must_use]
    pub fn with_renderer(self, renderer: Renderer) -> Self {
        Verifier { renderer: Arc::new(OnceLock::from(renderer)), ..self }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.core.policy()
    }

    /// Makes every check over one receipt, now. Any input gives a report.
    #[must_use]
    pub fn verify(&self, bytes: &[u8]) -> Report {
        self.verify_at(bytes, self.now())
    }

    /// The same at another time of verification.
    #[must_use]
    pub fn verify_at(&self, bytes: &[u8], now: DateTime<Utc>) -> Report {
        if printed::is_pdf(bytes) {
            return self.verify_printed(bytes, now);
        }
        self.with_hidden_pdf(bytes, self.core.verify(bytes, now))
    }

    /// The report over a document, with what its being a PDF too stands for.
    fn with_hidden_pdf(&self, bytes: &[u8], report: Report) -> Report {
        match printed::hidden_pdf(bytes) {
            Some(finding) => self.core.with_check(report, Check::Picture, vec![finding]),
            None => report,
        }
    }

    /// Makes every check over several receipts; the signatures of documents are checked as one batch.
    pub(crate) fn verify_many(&self, files: &[Vec<u8>], now: DateTime<Utc>) -> Vec<Report> {
        let documents: Vec<_> = files.iter().filter(|file| !printed::is_pdf(file)).map(Vec::as_slice).collect();
        let mut reports = self.core.verify_many(&documents, now).into_iter();
        let mut report = |file: &Vec<u8>| {
            // There is a report to each document.
            match if printed::is_pdf(file) { None } else { reports.next() } {
                Some(report) => self.with_hidden_pdf(file, report),
                None => self.verify_at(file, now),
            }
        };
        files.iter().map(&mut report).collect()
    }

    fn verify_printed(&self, bytes: &[u8], now: DateTime<Utc>) -> Report {
        #[cfg(feature = "bundled-font")]
        let renderer = Some(self.renderer.get_or_init(Renderer::bundled));
        #[cfg(not(feature = "bundled-font"))]
        let renderer = self.renderer.get();
        printed::verify(&self.core, renderer, bytes, now)
    }

    /// Verifies a stream of receipts on several threads; the reports come in the order of the
    /// items, each with its key.
    ///
    /// `items` is drawn on the caller's thread, a little ahead of the reports: what is kept in
    /// memory depends on `threads` and on the policy's `limits.bytes`, not on how many items there
    /// are. 0 threads means one for each processor. The time of verification is that of the call.
    ///
    /// ```
    /// use czei::{Policy, Verifier};
    /// let verifier = Verifier::new(Policy::default());
    /// let items = (0..100).map(|key| (key, b"<x/>".to_vec()));
    /// let keys: Vec<i32> = verifier.verify_stream(items, 0).map(|(key, _report)| key).collect();
    /// assert_eq!(keys, (0..100).collect::<Vec<_>>());
    /// ```
    #[must_use]
    pub fn verify_stream<K, I>(&self, items: I, threads: usize) -> InOrder<K, I::IntoIter, Report>
    where
        I: IntoIterator<Item = (K, Vec<u8>)>,
    {
        let (verifier, now) = (self.clone(), self.now());
        let work = Arc::new(move |files: &[Vec<u8>]| verifier.verify_many(files, now));
        InOrder::new(items.into_iter(), threads, usize::MAX, work)
    }

    /// The verifier without a clock, for the functions of [`czei_core`].
    #[must_use]
    pub fn core(&self) -> &czei_core::Verifier {
        &self.core
    }

    /// The time by its clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now().with_timezone(&Utc)
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("policy_sm3", &self.policy().digest).finish_non_exhaustive()
    }
}
