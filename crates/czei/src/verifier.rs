//! The verifier with a policy and a clock, and many receipts as a stream.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_core::{Policy, Report, TimeWitness};

use crate::{Clock, Result, SystemClock, VerifyStream, load_policy};

/// Verifies receipts under one policy: what a unit, a payer or an auditor uses.
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
        Verifier { core: Arc::new(czei_core::Verifier::new(policy)), clock }
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

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.core.policy()
    }

    /// Makes every check over one receipt, now. Any input gives a report.
    #[must_use]
    pub fn verify(&self, bytes: &[u8]) -> Report {
        self.core.verify(bytes, self.now())
    }

    /// The same at another time of verification.
    #[must_use]
    pub fn verify_at(&self, bytes: &[u8], now: DateTime<Utc>) -> Report {
        self.core.verify(bytes, now)
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
    pub fn verify_stream<K, I>(&self, items: I, threads: usize) -> VerifyStream<K, I::IntoIter>
    where
        I: IntoIterator<Item = (K, Vec<u8>)>,
    {
        VerifyStream::new(Arc::clone(&self.core), items.into_iter(), threads, self.now())
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
