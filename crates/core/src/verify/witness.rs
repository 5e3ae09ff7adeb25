//! Who, other than the signer, knows when a receipt existed.

use chrono::{DateTime, Utc};
use czei_codes::AnyFault;

use crate::{Code, ReceiptCode, ReceiptNumber};

use super::{Check, Finding};

/// A record outside of the receipt that shows when it existed: a stock, an authority's ledger, a timestamp service.
///
/// The issue time is written by the signer. A certificate that has expired since, or was revoked, therefore leaves
/// the verdict indeterminate, unless such a record shows that the very same file was there before (ETSI EN 319 102-1
/// 5.6.2.4). It is asked only then, and trusted like an anchor: whoever gives one to a verifier vouches for it.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use czei_codes::AnyFault;
/// use czei_core::{Policy, TimeWitness, Verifier, Witnessed};
///
/// /// Knows one file.
/// struct Archive([u8; 32], DateTime<Utc>);
/// impl TimeWitness for Archive {
///     fn existed_by(&self, receipt: &Witnessed) -> Result<Option<DateTime<Utc>>, AnyFault> {
///         Ok((receipt.file_sm3 == self.0).then_some(self.1))
///     }
/// }
/// let archive = Archive([0; 32], "2026-12-01T00:00:00Z".parse().unwrap());
/// let verifier = Verifier::new(Policy::default()).with_witness(std::sync::Arc::new(archive));
/// # let _ = verifier;
/// ```
pub trait TimeWitness: Send + Sync {
    /// By when this receipt existed at the latest; `None` when the record does not know it.
    ///
    /// # Errors
    /// Any, when the record could not be read. The time is then unproved, and the report says so.
    fn existed_by(&self, receipt: &Witnessed) -> Result<Option<DateTime<Utc>>, AnyFault>;
}

/// What a witness is asked about. The digests decide; code and number only help to find them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witnessed {
    /// The receipt code.
    pub code: ReceiptCode,
    /// The receipt number.
    pub number: ReceiptNumber,
    /// SM3 over the whole file, both signatures included.
    pub file_sm3: [u8; 32],
}

/// The answer of a witness about one receipt, asked for once and only when it matters.
pub(super) struct Proof<'a> {
    witness: Option<&'a dyn TimeWitness>,
    /// What it is asked about; `None` when the receipt could not be read.
    receipt: Option<Witnessed>,
    answer: Option<Option<DateTime<Utc>>>,
}

impl<'a> Proof<'a> {
    pub(super) fn new(witness: Option<&'a dyn TimeWitness>, receipt: Option<Witnessed>) -> Self {
        Proof { witness, receipt, answer: None }
    }

    /// By when the receipt existed; what was said, or went wrong, becomes a finding the first time.
    pub(super) fn existed_by(&mut self, findings: &mut Vec<Finding>) -> Option<DateTime<Utc>> {
        if let Some(answer) = self.answer {
            return answer;
        }
        let answer = match self.witness.zip(self.receipt).map(|(witness, receipt)| witness.existed_by(&receipt)) {
            Some(Ok(Some(time))) => {
                findings.push(Finding::new(Check::Time, Code::TimeWitnessed).found(time.to_rfc3339()));
                Some(time)
            }
            Some(Err(fault)) => {
                let found = format!("{} {}", fault.entry(), fault.message_en());
                findings.push(Finding::new(Check::Time, Code::WitnessFailed).found(found));
                None
            }
            Some(Ok(None)) | None => None,
        };
        self.answer = Some(answer);
        answer
    }
}
