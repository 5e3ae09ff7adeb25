//! The authority's side: countersigning what a unit signed.

use std::sync::Arc;
use std::thread;

use chrono::Utc;
use czei_codes::Code as _;
use czei_core::{AreaCode, Receipt, UnitSigned};

use crate::configuration::check_authorities;
use crate::{AuthorityProfile, Clock, Code, Configuration, Result, SystemClock, Verifier};

/// Countersigns receipts for the areas of one or several authorities.
///
/// It makes every check of a unit's receipt under its own policy first. It keeps no ledger of what
/// it signed: whether code and number lie in a segment given to the unit, and whether the number was
/// countersigned before with another content, is for the caller to check.
pub struct Authority {
    profiles: Vec<AuthorityProfile>,
    verifier: Arc<Verifier>,
    clock: Arc<dyn Clock>,
}

impl Authority {
    /// An authority for some areas, with the policy it judges units by.
    ///
    /// # Errors
    /// [`Code::RoleAbsent`] without a profile, [`Code::AreaAmbiguous`], [`Code::SettingValue`].
    pub fn new(profiles: Vec<AuthorityProfile>, verifier: Arc<Verifier>, clock: Arc<dyn Clock>) -> Result<Self> {
        if profiles.is_empty() {
            return Err(Code::RoleAbsent.fault().expected("[[authority]]").into());
        }
        check_authorities(&profiles)?;
        Ok(Authority { profiles, verifier, clock })
    }

    /// The authority of a configuration, with the computer's clock.
    ///
    /// # Errors
    /// As [`Authority::new`].
    pub fn from_configuration(configuration: &Configuration) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let verifier = Verifier::with_clock(configuration.policy.clone(), Arc::clone(&clock));
        Self::new(configuration.authorities.clone(), Arc::new(verifier), clock)
    }

    /// Checks a document that a unit signed, and signs it.
    ///
    /// # Errors
    /// Those of [`UnitSigned::resume`], among them [`ResumeRefused`](czei_core::Code::ResumeRefused)
    /// with the finding that stands against it; [`Code::AreaNotOwn`];
    /// [`SameKeySigns`](czei_core::Code::SameKeySigns), [`SigningFailed`](czei_core::Code::SigningFailed).
    pub fn countersign(&self, bytes: &[u8]) -> Result<Receipt> {
        let now = self.clock.now();
        let signed = UnitSigned::resume(bytes, self.verifier.core(), now.with_timezone(&Utc))?;
        let profile = self.profile(&signed.content().area)?;
        Ok(signed.countersign(&*profile.signer, &profile.signature, now)?)
    }

    /// Countersigns many documents on all processors; the answers stand in their order, and one
    /// that is refused stops no other.
    #[must_use]
    pub fn countersign_many<B: AsRef<[u8]> + Sync>(&self, documents: &[B]) -> Vec<Result<Receipt>> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = documents.len().div_ceil(threads).max(1);
        let countersign = |part: &[B]| part.iter().map(|bytes| self.countersign(bytes.as_ref())).collect::<Vec<_>>();
        if documents.len() <= share {
            return countersign(documents);
        }
        thread::scope(|scope| {
            let parts: Vec<_> =
                documents.chunks(share).map(|part| (part, scope.spawn(move || countersign(part)))).collect();
            // A panic in a thread is none of ours; the caller's thread meets it again.
            parts.into_iter().flat_map(|(part, thread)| thread.join().unwrap_or_else(|_| countersign(part))).collect()
        })
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

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").field("profiles", &self.profiles).finish_non_exhaustive()
    }
}
