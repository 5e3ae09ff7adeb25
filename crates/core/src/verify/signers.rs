//! Signers met before: certificates are parsed, and their paths built, once per key and not once
//! per receipt.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use czei_pki::{
    Certificate, CertificateStore, ChainLimits, FetchedCrls, JudgeSettings, Name, Prepared, Purpose, RevocationRule,
    SignedData, SignerId,
};

use crate::role::Role;

use super::policy::{AuthorityRule, Policy, Who};

/// The most sets of embedded certificates that are kept, and the most bytes of them. Untrusted
/// input can bring any number of any size; past this the cache starts anew, which costs time and
/// changes no result.
const MAX_KEPT: usize = 4096;
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// A signer's certificate with what was found out about it.
#[derive(Debug)]
pub(super) struct KnownSigner {
    pub(super) certificate: Arc<Certificate>,
    /// The other certificates that came with it: helpers for its path, never trusted by themselves.
    companions: Vec<Arc<Certificate>>,
    fingerprint: OnceLock<String>,
    authority_rules: OnceLock<Vec<bool>>,
    as_unit: InRole,
    as_authority: InRole,
}

/// What was found out in a role: with the CRLs at hand, and with those that were fetched besides.
#[derive(Debug, Default)]
struct InRole {
    at_hand: OnceLock<Prepared>,
    fetched: OnceLock<Prepared>,
}

impl KnownSigner {
    fn new(certificate: Arc<Certificate>, companions: Vec<Arc<Certificate>>) -> Self {
        KnownSigner {
            certificate,
            companions,
            fingerprint: OnceLock::new(),
            authority_rules: OnceLock::new(),
            as_unit: InRole::default(),
            as_authority: InRole::default(),
        }
    }

    /// Whether a rule of the policy means this signer.
    pub(super) fn is(&self, who: &Who) -> bool {
        match who {
            Who::Subject(_) => who.matches(&self.certificate),
            // An SM3 over the certificate, which is not to be made for each receipt.
            Who::Fingerprint(named) => self.fingerprint.get_or_init(|| self.certificate.fingerprint()) == named,
        }
    }

    /// The authority rules of the policy, in their order, each with whether it means this signer.
    pub(super) fn authority_rules<'p>(&self, policy: &'p Policy) -> impl Iterator<Item = (&'p AuthorityRule, bool)> {
        let find = || policy.authorities.iter().map(|rule| self.is(&rule.who)).collect();
        policy.authorities.iter().zip(self.authority_rules.get_or_init(find).iter().copied())
    }

    /// What was found out about its certificate in a role, whatever the time it is judged at. `now` decides only
    /// whether a fetcher is asked for CRLs, the first time.
    pub(super) fn prepared(
        &self,
        role: Role,
        policy: &Policy,
        fetcher: Option<&FetchedCrls<'_>>,
        now: DateTime<Utc>,
    ) -> &Prepared {
        let (prepared, anchors) = match role {
            Role::Unit => (&self.as_unit, &policy.unit_anchors),
            Role::Authority => (&self.as_authority, &policy.authority_anchors),
        };
        let prepared = if fetcher.is_some() { &prepared.fetched } else { &prepared.at_hand };
        prepared.get_or_init(|| {
            let nothing_at_hand = policy.crls.is_empty() && fetcher.is_none();
            let settings = JudgeSettings {
                anchors,
                store: &policy.certificates,
                crls: &policy.crls,
                extra: &self.companions,
                user_ids: &policy.certificate_user_ids,
                limits: ChainLimits::default(),
                revocation: match policy.revocation {
                    // One note says as much as one for each certificate of the path.
                    RevocationRule::IfAvailable if nothing_at_hand => RevocationRule::Off,
                    rule => rule,
                },
                fetcher,
            };
            settings.prepare(&self.certificate, Purpose::Signing, now)
        })
    }
}

/// The cache. What is found depends on the policy and on the key of an entry alone, never on which
/// receipt came first, so that a set gives the same result in any order. CRLs that a fetcher brings
/// are those of the moment it was asked.
#[derive(Debug, Default)]
pub(super) struct Signers {
    /// By the address of the policy's certificate: the entry keeps it, so that no other can have it.
    at_hand: RwLock<HashMap<usize, Arc<KnownSigner>>>,
    /// By the embedded certificates and the signer's name, joined with their lengths.
    embedded: RwLock<Embedded>,
}

#[derive(Debug, Default)]
struct Embedded {
    kept: HashMap<Vec<u8>, Arc<KnownSigner>>,
    /// Bytes of all keys, which are the certificates.
    bytes: usize,
}

impl Signers {
    /// The entry of a certificate that the policy has.
    pub(super) fn known(&self, certificate: &Arc<Certificate>) -> Arc<KnownSigner> {
        let key = Arc::as_ptr(certificate).addr();
        let kept = self.at_hand.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(signer) = kept.get(&key) {
            return Arc::clone(signer);
        }
        drop(kept);
        let signer = Arc::new(KnownSigner::new(Arc::clone(certificate), Vec::new()));
        let mut kept = self.at_hand.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kept.entry(key).or_insert(signer))
    }

    /// The entry of the signer that a SignedData names: among its own certificates, or, when it carries only those
    /// above it, among those at hand; `None` when it is in neither.
    ///
    /// # Errors
    /// The codes of certificate parsing, for any of the certificates.
    pub(super) fn embedded(
        &self,
        data: &SignedData,
        at_hand: &CertificateStore,
    ) -> Result<Option<Arc<KnownSigner>>, czei_pki::Error> {
        let mut key = Vec::with_capacity(1024);
        let named = match data.signer() {
            SignerId::IssuerSerial { issuer, serial } => [issuer, serial],
            SignerId::KeyId(id) => [id, &[]],
        };
        for part in data.embedded().chain(named) {
            key.extend_from_slice(&part.len().to_be_bytes());
            key.extend_from_slice(part);
        }
        let kept = self.embedded.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(signer) = kept.kept.get(&key) {
            return Ok(Some(Arc::clone(signer)));
        }
        drop(kept);
        let mut certificates =
            data.embedded().map(|der| Certificate::from_der(der).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        let own = certificates.iter().position(|certificate| data.signer_matches(certificate));
        let certificate = match (own, data.signer()) {
            (Some(index), _) => certificates.swap_remove(index),
            // A signer's certificate in place of the one named is a contradiction, and not a gap.
            _ if certificates.iter().any(|certificate| !certificate.is_authority()) => return Ok(None),
            // Only a name that is one certificate's: by a key identifier there may be several, and the entry must not
            // depend on which receipt came first.
            (None, SignerId::IssuerSerial { issuer, serial }) => match at_hand.find(&Name::from_der(issuer)?, serial) {
                Some(certificate) => Arc::clone(certificate),
                None => return Ok(None),
            },
            (None, SignerId::KeyId(_)) => return Ok(None),
        };
        let signer = Arc::new(KnownSigner::new(certificate, certificates));
        let mut kept = self.embedded.write().unwrap_or_else(PoisonError::into_inner);
        if kept.kept.len() >= MAX_KEPT || kept.bytes + key.len() > MAX_BYTES {
            *kept = Embedded::default();
        }
        if let Some(signer) = kept.kept.get(&key) {
            return Ok(Some(Arc::clone(signer)));
        }
        kept.bytes += key.len();
        kept.kept.insert(key, Arc::clone(&signer));
        Ok(Some(signer))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use czei_pki::{CertificateTemplate, Encoding, Extension, Name, SignatureValue, encode};
    use czei_sm2::{Message, SigningKey};

    use super::*;

    #[test]
    fn what_is_kept_of_untrusted_input_is_bounded_in_bytes() {
        let key = SigningKey::generate().unwrap();
        let signature = key.sign(Message::of(&[b"content"])).unwrap();
        let large = |serial: u8| {
            let template = CertificateTemplate {
                subject: Name::parse_rfc4514("CN=x").unwrap(),
                serial: vec![serial],
                not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
                not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
                ca: None,
                key_usage: None,
                extensions: vec![Extension { oid: "1.2.3".into(), critical: false, value: vec![0; MAX_BYTES / 4] }],
            };
            let certificate = template.self_sign(&key).unwrap();
            SignatureValue::parse(&encode(Encoding::SignedData, &signature, &certificate)).unwrap()
        };
        let (signers, none) = (Signers::default(), CertificateStore::new());
        for serial in 1..=10 {
            let value = large(serial);
            let first = signers.embedded(value.signed_data().unwrap(), &none).unwrap().unwrap();
            let again = signers.embedded(value.signed_data().unwrap(), &none).unwrap().unwrap();
            assert!(Arc::ptr_eq(&first, &again), "{serial}");
            assert_eq!(first.certificate.serial(), [serial]);
            let kept = signers.embedded.read().unwrap();
            assert_eq!(kept.bytes, kept.kept.keys().map(Vec::len).sum::<usize>());
            assert!(kept.bytes <= MAX_BYTES);
        }
    }
}
