//! The authority's side: countersigning what a unit signed.

use std::sync::Arc;
use std::thread;

use chrono::{DateTime, FixedOffset, Utc};
use czei_codes::Code as _;
use czei_core::{AreaCode, Receipt, ReceiptCode, ReceiptNumber, UnitSigned};
use czei_sm2::Sm3;
use czei_stock::{Claim, Claimed, Countersigned, Ledger};

use crate::configuration::check_authorities;
use crate::issuer::{may_sign_at, named, unanswered};
use crate::{AuthorityProfile, Clock, Code, Configuration, Error, Result, SystemClock, Verifier};

/// Countersigns receipts for the areas of one or several authorities.
///
/// It makes every check of a unit's receipt under its own policy, then claims code and number for that
/// content in its ledger, signs, stores the receipt in the ledger, and only then hands it out. So it signs
/// nothing outside the segments given to the unit, and never a second content for one number, whatever
/// crashes; what was countersigned before comes back as it is stored.
pub struct Authority {
    profiles: Vec<AuthorityProfile>,
    ledger: Arc<dyn Ledger>,
    verifier: Arc<Verifier>,
    clock: Arc<dyn Clock>,
}

/// A unit's receipt that may be countersigned, once it is claimed.
struct Checked<'p> {
    signed: UnitSigned,
    profile: &'p AuthorityProfile,
    original_sm3: [u8; 32],
}

impl Authority {
    /// An authority for some areas, with its ledger and the policy it judges units by.
    ///
    /// # Errors
    /// [`Code::RoleAbsent`] without a profile, [`Code::AreaAmbiguous`], [`Code::SettingValue`].
    pub fn new(
        profiles: Vec<AuthorityProfile>,
        ledger: Arc<dyn Ledger>,
        verifier: Arc<Verifier>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        if profiles.is_empty() {
            return Err(Code::RoleAbsent.fault().expected("[[authority]]").into());
        }
        check_authorities(&profiles)?;
        Ok(Authority { profiles, ledger, verifier, clock })
    }

    /// The authority of a configuration with the ledger that it names, and the computer's clock.
    ///
    /// # Errors
    /// As [`Authority::new`] and [`Configuration::open_ledger`].
    pub fn from_configuration(configuration: &Configuration) -> Result<Self> {
        // A configuration without any authority lacks that first.
        if configuration.authorities.is_empty() {
            return Err(Code::RoleAbsent.fault().expected("[[authority]]").into());
        }
        Self::with_ledger(configuration, Arc::new(configuration.open_ledger()?))
    }

    /// The authority of a configuration with another ledger, and the computer's clock.
    ///
    /// # Errors
    /// As [`Authority::new`].
    pub fn with_ledger(configuration: &Configuration, ledger: Arc<dyn Ledger>) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let verifier = Verifier::with_clock(configuration.policy.clone(), Arc::clone(&clock));
        Self::new(configuration.authorities.clone(), ledger, Arc::new(verifier), clock)
    }

    /// Checks a document that a unit signed, claims its number, signs it, and stores the receipt; or gives
    /// back the receipt that was stored for the same content before.
    ///
    /// # Errors
    /// Those of [`UnitSigned::resume`], among them [`ResumeRefused`](czei_core::Code::ResumeRefused)
    /// with the finding that stands against it; [`Code::AreaNotOwn`];
    /// [`NotGiven`](czei_stock::Code::NotGiven), [`SecondContent`](czei_stock::Code::SecondContent) and what
    /// else the ledger reports, with the number as the file of the place;
    /// [`SameKeySigns`](czei_core::Code::SameKeySigns), [`SigningFailed`](czei_core::Code::SigningFailed).
    /// The same call again goes on where it stopped.
    pub fn countersign(&self, bytes: &[u8]) -> Result<Receipt> {
        self.countersign_many(&[bytes]).pop().unwrap_or_else(unanswered)
    }

    /// Countersigns many documents on all processors; they are claimed in one step of the ledger and
    /// stored in one. The answers stand in their order, and one that is refused stops no other.
    #[must_use]
    pub fn countersign_many<B: AsRef<[u8]> + Sync>(&self, documents: &[B]) -> Vec<Result<Receipt>> {
        let now = self.clock.now();
        let checked = on_all_processors(documents, |bytes| self.check(bytes.as_ref(), now));
        let mut answers: Vec<Option<Result<Receipt>>> = Vec::with_capacity(checked.len());
        let mut claimed = Vec::with_capacity(checked.len());
        for (index, checked) in checked.into_iter().enumerate() {
            match checked {
                Ok(checked) => {
                    answers.push(None);
                    claimed.push((index, checked));
                }
                Err(error) => answers.push(Some(Err(error))),
            }
        }
        let to_sign = self.claim(claimed, &mut answers);
        let signed = on_all_processors(&to_sign, |(_, checked)| checked.sign(now));
        self.store(&to_sign, signed, &mut answers);
        answers.into_iter().map(|answer| answer.unwrap_or_else(unanswered)).collect()
    }

    /// Makes every check, and finds who signs.
    fn check(&self, bytes: &[u8], now: DateTime<FixedOffset>) -> Result<Checked<'_>> {
        let signed = UnitSigned::resume(bytes, self.verifier.core(), now.with_timezone(&Utc))?;
        let profile = self.profile(&signed.content().area)?;
        let original_sm3 = Sm3::digest(signed.original());
        Ok(Checked { signed, profile, original_sm3 })
    }

    /// Claims the numbers for their contents; those that are to be signed now.
    fn claim<'p>(
        &self,
        checked: Vec<(usize, Checked<'p>)>,
        answers: &mut [Option<Result<Receipt>>],
    ) -> Vec<(usize, Checked<'p>)> {
        let claims: Vec<_> = checked.iter().map(|(_, checked)| checked.claim()).collect();
        if claims.is_empty() {
            return Vec::new();
        }
        let claimed = self.ledger.claim(&claims);
        let mut to_sign = Vec::with_capacity(checked.len());
        for ((index, checked), claimed) in checked.into_iter().zip(claimed) {
            match claimed {
                Ok(Claimed::Now) => to_sign.push((index, checked)),
                Ok(Claimed::Before(bytes)) => answers[index] = Some(self.before(&checked, &bytes)),
                Err(fault) => answers[index] = Some(Err(checked.named(Error::from_any(fault)))),
            }
        }
        to_sign
    }

    /// Stores what was signed, and answers with it, or with what another signer of the same content stored
    /// first.
    fn store(
        &self,
        to_sign: &[(usize, Checked<'_>)],
        signed: Vec<Result<Receipt>>,
        answers: &mut [Option<Result<Receipt>>],
    ) {
        let mut to_store = Vec::with_capacity(signed.len());
        for ((index, checked), signed) in to_sign.iter().zip(signed) {
            match signed {
                Ok(receipt) => to_store.push((*index, checked, receipt)),
                Err(error) => answers[*index] = Some(Err(checked.named(error))),
            }
        }
        let receipts: Vec<_> =
            to_store.iter().map(|(_, checked, receipt)| (checked.claim(), receipt.as_bytes())).collect();
        if receipts.is_empty() {
            return;
        }
        let stored = self.ledger.store(&receipts);
        for ((index, checked, receipt), stored) in to_store.into_iter().zip(stored) {
            answers[index] = Some(match stored {
                Ok(Countersigned::Now) => Ok(receipt),
                Ok(Countersigned::Before(bytes)) => self.before(checked, &bytes),
                Err(fault) => Err(checked.named(Error::from_any(fault))),
            });
        }
    }

    /// The receipt that the ledger has for a content: taken up, when it is of this number and unit.
    fn before(&self, checked: &Checked<'_>, bytes: &[u8]) -> Result<Receipt> {
        let receipt =
            Receipt::take_up(bytes, &self.verifier.policy().limits).map_err(|error| checked.named(error.into()))?;
        let (wanted, held) = (checked.signed.content(), receipt.content());
        if (held.code, held.number, &held.unit.code) != (wanted.code, wanted.number, &wanted.unit.code) {
            let fault = czei_core::Error::new(czei_core::Code::HeldDiffers);
            let name =
                |content: &czei_core::Content| format!("{}-{} {}", content.code, content.number, content.unit.code);
            return Err(checked.named(fault.expected(name(wanted)).found(name(held)).into()));
        }
        Ok(receipt)
    }

    /// The profile with the longest prefix of an area.
    fn profile(&self, area: &AreaCode) -> Result<&AuthorityProfile> {
        let length = |profile: &AuthorityProfile| {
            profile.areas.iter().filter(|prefix| area.as_str().starts_with(prefix.as_str())).map(String::len).max()
        };
        let best = self.profiles.iter().filter_map(|profile| Some((length(profile)?, profile)));
        best.max_by_key(|(length, _)| *length).map(|(_, profile)| profile).ok_or_else(|| {
            let own: Vec<_> = self.profiles.iter().flat_map(|profile| &profile.areas).map(String::as_str).collect();
            let fault = Code::AreaNotOwn.fault().at_path("EInvoice/EInvoiceData/Main/SupervisorAreaCode");
            fault.expected(own.join(" | ")).found(area.to_string()).into()
        })
    }
}

impl Checked<'_> {
    fn number(&self) -> (ReceiptCode, ReceiptNumber) {
        (self.signed.content().code, self.signed.content().number)
    }

    fn claim(&self) -> Claim<'_> {
        let (code, number) = self.number();
        Claim { unit: self.signed.content().unit.code.as_str(), code, number, original_sm3: self.original_sm3 }
    }

    /// Its own certificate must cover the issue time too, which is what verifiers judge it at: with one that is
    /// younger the receipt could never become valid.
    fn sign(&self, at: DateTime<FixedOffset>) -> Result<Receipt> {
        let certificate = self.profile.signer.certificate();
        may_sign_at(certificate, self.signed.content().issued_at())?;
        may_sign_at(certificate, at)?;
        Ok(self.signed.clone().countersign(&*self.profile.signer, &self.profile.signature, at)?)
    }

    fn named(&self, error: Error) -> Error {
        let (code, number) = self.number();
        named(error, code, number)
    }
}

/// Does the same work for each item on all processors; the answers stand in the order of the items.
fn on_all_processors<T: Sync, A: Send>(items: &[T], work: impl Fn(&T) -> A + Sync) -> Vec<A> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(threads).max(1);
    let work = |part: &[T]| part.iter().map(&work).collect::<Vec<_>>();
    if items.len() <= share {
        return work(items);
    }
    thread::scope(|scope| {
        let work = &work;
        let parts: Vec<_> = items.chunks(share).map(|part| (part, scope.spawn(move || work(part)))).collect();
        // A panic in a thread is none of ours; the caller's thread meets it again.
        parts.into_iter().flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| work(part))).collect()
    })
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("profiles", &self.profiles).finish_non_exhaustive()
    }
}
