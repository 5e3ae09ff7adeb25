//! The authority's ledger: no second content for one code and number.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use czei_codes::{AnyFault, Code as _};
use czei_core::{ReceiptCode, ReceiptNumber};

use crate::{By, Code, Error, NumberId, Result, SegmentId};

/// What an authority is about to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The unit that signed (`InvoicingPartyCode`).
    pub unit: &'a str,
    /// The receipt code.
    pub code: ReceiptCode,
    /// The number.
    pub number: ReceiptNumber,
    /// SM3 over `Header` and `EInvoiceData` as the unit signed them.
    pub original_sm3: [u8; 32],
}

/// What a claim gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The number is claimed for this content: sign, then store.
    Now,
    /// This content was countersigned before: hand this receipt out again.
    Before(Vec<u8>),
}

/// What storing a countersigned receipt gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Countersigned {
    /// Stored.
    Now,
    /// Another signer of the same content was faster: hand out this receipt and no other.
    Before(Vec<u8>),
}

/// The ledger of a finance authority: before it countersigns it checks that code and number lie in a
/// segment given to that unit, and it never countersigns a second content for one code and number.
///
/// First claim, then sign, then store, and only then hand out: a crash in between leaves a claim, and
/// the same content can be signed again.
pub trait Ledger: Send + Sync {
    /// Claims numbers for contents. The answers stand in the order of the claims.
    ///
    /// # Errors
    /// Per claim [`Code::NotGiven`], [`Code::SecondContent`]; those of the database.
    fn claim(&self, claims: &[Claim<'_>]) -> Vec<Result<Claimed, AnyFault>>;

    /// Stores countersigned receipts, before they leave.
    ///
    /// # Errors
    /// Per receipt [`Code::ClaimUnknown`], [`Code::SecondContent`]; those of the database.
    fn store(&self, countersigned: &[(Claim<'_>, &[u8])]) -> Vec<Result<Countersigned, AnyFault>>;
}

/// A segment to be noted as given to a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewGiven<'a> {
    /// The unit.
    pub unit: &'a str,
    /// The receipt code.
    pub code: ReceiptCode,
    /// The first number.
    pub first: ReceiptNumber,
    /// The last number.
    pub last: ReceiptNumber,
}

/// A segment given to a unit, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its name in the ledger.
    pub id: SegmentId,
    /// The unit.
    pub unit: String,
    /// The receipt code.
    pub code: ReceiptCode,
    /// The first number.
    pub first: ReceiptNumber,
    /// The last number.
    pub last: ReceiptNumber,
    /// The first number of the tail that was taken back.
    pub taken_back_from: Option<ReceiptNumber>,
    /// Numbers claimed and not yet countersigned.
    pub claimed: u64,
    /// Numbers countersigned.
    pub countersigned: u64,
}

/// A ledger in memory: for tests. Nothing survives the process.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    state: Mutex<MemoryState>,
}

#[derive(Debug, Default)]
struct MemoryState {
    given: Vec<(String, ReceiptCode, ReceiptNumber, ReceiptNumber)>,
    numbers: HashMap<NumberId, ([u8; 32], Option<Vec<u8>>)>,
}

impl MemoryLedger {
    /// A ledger that has given nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a segment as given to a unit.
    ///
    /// # Errors
    /// [`Code::GivenOverlap`].
    pub fn give(&self, given: &NewGiven<'_>, _by: By<'_>) -> Result<()> {
        let mut state = self.lock();
        let overlaps = state
            .given
            .iter()
            .any(|(_, code, first, last)| *code == given.code && *first <= given.last && given.first <= *last);
        if given.first > given.last || overlaps {
            let found = format!("{} {}-{}", given.code, given.first, given.last);
            return Err(Code::GivenOverlap.fault().found(found).into());
        }
        state.given.push((given.unit.to_owned(), given.code, given.first, given.last));
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, MemoryState> {
        // Each change is one insertion at its end: a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for MemoryLedger {
    fn claim(&self, claims: &[Claim<'_>]) -> Vec<Result<Claimed, AnyFault>> {
        let mut state = self.lock();
        claims.iter().map(|claim| state.claim(claim).map_err(Error::any)).collect()
    }

    fn store(&self, countersigned: &[(Claim<'_>, &[u8])]) -> Vec<Result<Countersigned, AnyFault>> {
        let mut state = self.lock();
        countersigned.iter().map(|(claim, bytes)| state.store(claim, bytes).map_err(Error::any)).collect()
    }
}

impl MemoryState {
    fn claim(&mut self, claim: &Claim<'_>) -> Result<Claimed> {
        let id = NumberId::new(claim.code, claim.number);
        let is_given = self.given.iter().any(|(unit, code, first, last)| {
            unit == claim.unit && *code == claim.code && (*first..=*last).contains(&claim.number)
        });
        if !is_given {
            return Err(Code::NotGiven.fault().found(id.to_string()).into());
        }
        match self.numbers.get(&id) {
            None => {
                self.numbers.insert(id, (claim.original_sm3, None));
                Ok(Claimed::Now)
            }
            Some((original, _)) if *original != claim.original_sm3 => {
                Err(Code::SecondContent.fault().found(id.to_string()).into())
            }
            Some((_, None)) => Ok(Claimed::Now),
            Some((_, Some(bytes))) => Ok(Claimed::Before(bytes.clone())),
        }
    }

    fn store(&mut self, claim: &Claim<'_>, bytes: &[u8]) -> Result<Countersigned> {
        let id = NumberId::new(claim.code, claim.number);
        match self.numbers.get_mut(&id) {
            None => Err(Code::ClaimUnknown.fault().found(id.to_string()).into()),
            Some((original, _)) if *original != claim.original_sm3 => {
                Err(Code::SecondContent.fault().found(id.to_string()).into())
            }
            Some((_, Some(stored))) if stored != bytes => Ok(Countersigned::Before(stored.clone())),
            Some((_, stored)) => {
                *stored = Some(bytes.to_vec());
                Ok(Countersigned::Now)
            }
        }
    }
}
