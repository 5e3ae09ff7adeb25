//! Which CRLs tell about a certificate, and whether its issuer made them (RFC 5280 6.3.3).

use core::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_codes::Code as _;

use crate::revocation::{Facts, Observation, push};
use crate::{
    Certificate, ChainBuilder, ChainLimits, Code, Crl, CrlStore, Error, JudgeSettings, KeyUsage, Paths,
    RevocationStatus, RevokedEntry, Times,
};

/// Looks CRLs up and checks them, within the budget of one judgement.
///
/// A CRL counts when the key of the issuer in the path confirms it, or that of another certificate
/// of the same name, as when a CA has renewed its key (RFC 5280 6.3.3 (f)). Such a one is a trust
/// anchor or was issued by the same authority as the one in the path, or by the CA to itself; has
/// the right to sign CRLs; has a path to an anchor that was valid when the CRL was issued; and is
/// not revoked. Where it is not known to be good, or where the issuer in the path has not the
/// right, the CRL counts by what it lists alone.
pub(crate) struct Checker<'a> {
    settings: JudgeSettings<'a>,
    now: DateTime<Utc>,
    /// Signature checks that may still be made. A check whose outcome is remembered from another
    /// judgement counts too: what is found must not depend on what was asked before.
    signature_checks: u32,
    fetches: u32,
    asked: HashMap<String, Result<Vec<Arc<Crl>>, Error>>,
    fetched: CrlStore,
    /// By the address of the CRL, which lives as long as this, and the key.
    checked: HashMap<(*const Crl, [u8; 65]), Result<(), Error>>,
    /// By the addresses of certificate and issuer, which live as long as this.
    facts: HashMap<(*const Certificate, *const Certificate), Arc<Facts>>,
    /// The paths of other certificates of an issuer, by address.
    paths: HashMap<*const Certificate, Arc<Paths>>,
}

/// A CRL that matters if it is the issuer's.
struct Candidate {
    crl: Arc<Crl>,
    entry: Option<RevokedEntry>,
    covers: bool,
}

impl<'a> Checker<'a> {
    /// The most fetches of one judgement.
    pub(crate) const MAX_FETCHES: u32 = 8;
    /// The longest URL that is asked.
    const MAX_URL: usize = 2048;

    /// CRLs have as many signature checks of their own as the search for paths: certificates that
    /// come with a signature must not use up what a revocation is found with.
    pub(crate) fn new(settings: JudgeSettings<'a>, now: DateTime<Utc>) -> Self {
        Checker {
            settings,
            now,
            signature_checks: settings.limits.signature_checks,
            fetches: Self::MAX_FETCHES,
            asked: HashMap::new(),
            fetched: CrlStore::new(),
            checked: HashMap::new(),
            facts: HashMap::new(),
            paths: HashMap::new(),
        }
    }

    /// What is known about a certificate, given the issuer's certificate in the path.
    pub(crate) fn facts(&mut self, certificate: &Arc<Certificate>, issuer: &Arc<Certificate>) -> Arc<Facts> {
        let pair = (Arc::as_ptr(certificate), Arc::as_ptr(issuer));
        if let Some(known) = self.facts.get(&pair) {
            return Arc::clone(known);
        }
        let others = self.others_of(issuer);
        let mut facts = self.look(certificate, issuer, &others);
        if !facts.tells(certificate, self.now) {
            self.fetch(certificate, issuer, &others, &mut facts);
        }
        let facts = Arc::new(facts);
        self.facts.insert(pair, Arc::clone(&facts));
        facts
    }

    fn look(&mut self, certificate: &Certificate, issuer: &Arc<Certificate>, others: &[Arc<Certificate>]) -> Facts {
        let mut facts = Facts::default();
        let name = certificate.issuer();
        let of_issuer: Vec<Arc<Crl>> =
            self.settings.crls.by_issuer(name).iter().chain(self.fetched.by_issuer(name)).cloned().collect();
        if of_issuer.is_empty() {
            facts.reasons.push(Code::CrlMissing.fault().at_path(name.to_rfc4514()));
            return facts;
        }
        let may_sign = may_sign_crls(issuer);
        if !may_sign {
            let fault = Code::CrlIssuerUsage.fault().at_path(name.to_rfc4514()).expected("cRLSign");
            facts.reasons.push(fault.found(issuer.key_usage().unwrap_or_default().to_string()));
        }
        let silence_may_count = may_sign || !others.is_empty();
        let (candidates, scopes) = candidates(of_issuer, certificate, silence_may_count, &mut facts);
        let mut unconfirmed = Vec::new();
        for candidate in candidates {
            match self.signed_by(&candidate.crl, issuer) {
                Ok(()) if may_sign => facts.observe(candidate, true),
                Err(reason) if others.is_empty() || reason.code() != Code::CrlSignatureWrong => {
                    facts.refuse(&candidate, reason);
                }
                own => unconfirmed.push((candidate, own)),
            }
        }
        for (candidate, own) in unconfirmed {
            match self.signed_by_other(&candidate.crl, others) {
                Ok(Some(silence_counts)) => facts.observe(candidate, silence_counts),
                Ok(None) => match own {
                    Ok(()) => facts.observe(candidate, false),
                    Err(reason) => facts.refuse(&candidate, reason),
                },
                Err(reason) => match own {
                    Ok(()) => {
                        push(&mut facts.reasons, reason);
                        facts.observe(candidate, false);
                    }
                    Err(_) => facts.refuse(&candidate, reason),
                },
            }
        }
        scopes.into_iter().for_each(|reason| push(&mut facts.reasons, reason));
        facts.observations.sort_by_key(|seen| Reverse(seen.crl.this_update()));
        facts
    }

    /// Other certificates of the issuer that a CRL may be signed with.
    fn others_of(&self, issuer: &Arc<Certificate>) -> Vec<Arc<Certificate>> {
        let JudgeSettings { anchors, store, extra, .. } = self.settings;
        let name = issuer.subject();
        let extra = extra.iter().filter(|extra| extra.subject() == name);
        let mut others: Vec<Arc<Certificate>> = Vec::new();
        for other in anchors.by_subject(name).iter().chain(store.by_subject(name)).chain(extra) {
            let related = other.issuer() == issuer.issuer() || other.issuer() == name;
            // One that does not say what it may sign must at least be an authority.
            let may_sign = may_sign_crls(other) && (other.key_usage().is_some() || other.is_authority());
            if (related || anchors.get(other.der()).is_some())
                && may_sign
                && other.der() != issuer.der()
                && !others.contains(other)
            {
                others.push(Arc::clone(other));
            }
        }
        others
    }

    /// Whether one of these certificates confirms a CRL, and then whether its silence counts.
    fn signed_by_other(&mut self, crl: &Arc<Crl>, others: &[Arc<Certificate>]) -> Result<Option<bool>, Error> {
        for other in others {
            if matches!((crl.authority_key_id(), other.subject_key_id()), (Some(wanted), Some(id)) if wanted != id) {
                continue;
            }
            match self.signed_by(crl, other) {
                Ok(()) => {
                    if let Some(silence_counts) = self.standing(other, crl)? {
                        return Ok(Some(silence_counts));
                    }
                }
                Err(reason) if reason.code() == Code::CrlBudget => return Err(reason),
                Err(_) => {}
            }
        }
        Ok(None)
    }

    /// Whether an anchor stands behind a certificate that confirms a CRL, and then whether it is
    /// known to be good.
    fn standing(&mut self, other: &Arc<Certificate>, crl: &Crl) -> Result<Option<bool>, Error> {
        let paths = self.paths_of(other);
        let Some(path) = paths.all().iter().find(|path| path.check(crl.this_update()).is_ok()) else {
            let exceeded = paths.faults().iter().any(|fault| fault.code() == Code::PathBudget);
            return if exceeded { Err(budget(crl)) } else { Ok(None) };
        };
        let mut good = true;
        for pair in path.certificates().windows(2) {
            // No further certificates here: each could need others in its turn.
            let facts = self.look(&pair[0], &pair[1], &[]);
            match facts.status(&pair[0], Times::present(self.now)) {
                RevocationStatus::Revoked { .. } => return Ok(None),
                RevocationStatus::Unknown(_) => good = false,
                RevocationStatus::Good { .. } | RevocationStatus::NotMade => {}
            }
        }
        Ok(Some(good))
    }

    fn paths_of(&mut self, certificate: &Arc<Certificate>) -> Arc<Paths> {
        if let Some(known) = self.paths.get(&Arc::as_ptr(certificate)) {
            return Arc::clone(known);
        }
        let JudgeSettings { anchors, store, extra, user_ids, limits, .. } = self.settings;
        let limits = ChainLimits { signature_checks: self.signature_checks, ..limits };
        let paths = Arc::new(ChainBuilder { anchors, store, extra, user_ids, limits }.paths_to(certificate));
        self.signature_checks = self.signature_checks.saturating_sub(paths.signature_checks());
        self.paths.insert(Arc::as_ptr(certificate), Arc::clone(&paths));
        paths
    }

    fn signed_by(&mut self, crl: &Arc<Crl>, issuer: &Certificate) -> Result<(), Error> {
        let pair = (Arc::as_ptr(crl), issuer.verifying_key()?.to_sec1());
        if let Some(known) = self.checked.get(&pair) {
            return known.clone();
        }
        let outcome = self.check(crl, issuer);
        self.checked.insert(pair, outcome.clone());
        outcome
    }

    fn check(&mut self, crl: &Crl, issuer: &Certificate) -> Result<(), Error> {
        let (key, prepared) = (issuer.verifying_key()?, issuer.prepared_key()?);
        for user_id in self.settings.user_ids {
            if self.signature_checks == 0 {
                return Err(budget(crl));
            }
            self.signature_checks -= 1;
            if crl.is_signed_by(key, prepared, user_id)? {
                return Ok(());
            }
        }
        Err(Code::CrlSignatureWrong.fault().at_path(crl.issuer().to_rfc4514()))
    }

    /// Asks the addresses of a certificate one after another until a CRL tells about it. What went
    /// wrong joins the reasons.
    fn fetch(
        &mut self,
        certificate: &Certificate,
        issuer: &Arc<Certificate>,
        others: &[Arc<Certificate>],
        facts: &mut Facts,
    ) {
        let Some(fetcher) = self.settings.fetcher else { return };
        let urls = match certificate.crl_urls() {
            Ok(urls) => urls,
            Err(fault) => return push(&mut facts.reasons, fault),
        };
        let mut failures = Vec::new();
        for url in urls {
            if !is_remote(url) || url.len() > Self::MAX_URL {
                continue;
            }
            let failed = |found: String| Code::CrlFetchFailed.fault().at_path(url).found(found);
            let answer = match self.asked.get(url) {
                Some(answer) => answer.clone(),
                None if self.fetches == 0 => {
                    failures.push(failed("too many addresses".to_owned()));
                    break;
                }
                None => {
                    self.fetches -= 1;
                    let answer = fetcher.get(url);
                    self.asked.insert(url.to_owned(), answer.clone());
                    answer
                }
            };
            let crls = match answer {
                Ok(crls) => crls,
                Err(fault) => {
                    failures.push(fault);
                    continue;
                }
            };
            if !crls.iter().any(|crl| crl.issuer() == certificate.issuer()) {
                let issuer = crls.first().map_or_else(String::new, |crl| crl.issuer().to_rfc4514());
                failures.push(failed(issuer));
            }
            crls.into_iter().for_each(|crl| drop(self.fetched.add(crl)));
            *facts = self.look(certificate, issuer, others);
            if facts.tells(certificate, self.now) {
                break;
            }
        }
        failures.into_iter().for_each(|failure| push(&mut facts.reasons, failure));
    }
}

impl Facts {
    /// Takes up a CRL that the issuer made. Its silence may count for nothing.
    fn observe(&mut self, candidate: Candidate, silence_counts: bool) {
        let Candidate { crl, entry, covers } = candidate;
        self.observations.push(Observation { crl, entry, covers: covers && silence_counts });
    }

    /// Notes why a CRL does not count.
    fn refuse(&mut self, candidate: &Candidate, reason: Error) {
        self.listed_unchecked |= candidate.entry.is_some() && reason.code() == Code::CrlBudget;
        push(&mut self.reasons, reason);
    }
}

/// The CRLs that matter if they are the issuer's, those that list the certificate first, then those
/// that cover it, the newest first; and why others do not cover it. Only these cost a check.
fn candidates(
    crls: Vec<Arc<Crl>>,
    certificate: &Certificate,
    silence_may_count: bool,
    facts: &mut Facts,
) -> (Vec<Candidate>, Vec<Error>) {
    let (mut candidates, mut scopes) = (Vec::new(), Vec::new());
    for crl in crls {
        if let Err(reason) = crl.check_usable() {
            push(&mut facts.reasons, reason);
            continue;
        }
        let entry = crl.find(certificate.serial());
        let covers = match crl.check_covers(certificate) {
            Ok(()) => silence_may_count,
            Err(reason) => {
                push(&mut scopes, reason);
                false
            }
        };
        if entry.is_some() || covers {
            candidates.push(Candidate { crl, entry, covers });
        }
    }
    candidates.sort_by_key(|each| (each.entry.is_none(), !each.covers, Reverse(each.crl.this_update())));
    (candidates, scopes)
}

/// Where a certificate does not say what it may sign, CRLs are among it.
fn may_sign_crls(certificate: &Certificate) -> bool {
    certificate.key_usage().is_none_or(|usage| usage.contains(KeyUsage::CRL_SIGN))
}

fn budget(crl: &Crl) -> Error {
    Code::CrlBudget.fault().at_path(crl.issuer().to_rfc4514())
}

/// Whether a fetcher is asked for a URL: never for files and other schemes that a certificate could
/// point anywhere with.
fn is_remote(url: &str) -> bool {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    ["http", "https", "ldap", "ldaps"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}
