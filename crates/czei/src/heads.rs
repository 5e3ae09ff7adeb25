//! Heads of the journal's chains, signed with the key of a unit or an authority.

use std::sync::{Arc, Mutex, PoisonError};

use czei_codes::{AnyFault, Code as _, Severity};
use czei_core::{Policy, SignatureSettings};
use czei_pki::{
    Certificate, ChainLimits, Covered, JudgeSettings, Outcome, Purpose, RevocationRule, SignatureRequest,
    SignatureValue, Signer, Times,
};
use czei_sm2::UserId;
use czei_stock::{By, HeadSignature, HeadSigner, HeadVerifier, SignedHeads, Stock};

use crate::{AuthorityProfile, Configuration, Error, Result, UnitProfile};

/// Signs the heads of a stock with its unit's key, or those of a ledger with its authority's, in the
/// encoding and with the user id of the profile; SignedData in its form too, but never without Z and
/// without a signing time, which the text of heads has.
///
/// The text begins with words that no receipt begins with, so that no signature over heads passes for
/// one over a receipt.
///
/// ```
/// use czei::stock::HeadSigner as _;
/// # let sandbox = czei::Sandbox::in_memory(&czei::SandboxPlan::default(), &czei::SystemClock)?;
/// let configuration = sandbox.configuration()?;
/// let signature = configuration.units[0].head_signer().sign(b"czei heads 1\n").unwrap();
/// use czei::stock::HeadVerifier as _;
/// let signer = configuration.head_verifier().verify(b"czei heads 1\n", &signature).unwrap();
/// assert_eq!(signer, "CN=示例市实验中学,O=示例市实验中学,C=CN");
/// # Ok::<(), czei::Error>(())
/// ```
#[derive(Clone)]
pub struct UnitHeadSigner {
    signer: Arc<dyn Signer>,
    settings: SignatureSettings,
}

impl UnitHeadSigner {
    /// A signer of heads; the joining of the settings is not used.
    #[must_use]
    pub fn new(signer: Arc<dyn Signer>, mut settings: SignatureSettings) -> Self {
        // Such a form is for a counterpart that accepts no other; heads have none.
        if matches!(settings.form.covered, Covered::Compat(_)) {
            settings.form.covered = Covered::Content;
        }
        UnitHeadSigner { signer, settings }
    }
}

impl UnitProfile {
    /// Signs heads with this unit's key.
    #[must_use]
    pub fn head_signer(&self) -> UnitHeadSigner {
        UnitHeadSigner::new(Arc::clone(&self.signer), self.signature.clone())
    }
}

impl AuthorityProfile {
    /// Signs heads with this authority's key.
    #[must_use]
    pub fn head_signer(&self) -> UnitHeadSigner {
        UnitHeadSigner::new(Arc::clone(&self.signer), self.signature.clone())
    }
}

impl HeadSigner for UnitHeadSigner {
    fn sign(&self, text: &[u8]) -> Result<HeadSignature, AnyFault> {
        let certificate = self.signer.certificate();
        let SignatureSettings { encoding, form, user_id, .. } = &self.settings;
        let request = SignatureRequest::new(*encoding, *form, certificate, user_id, &[text], None)
            .and_then(|request| request.with_chain(self.signer.chain()))
            .map_err(|fault| fault.any())?;
        let signature = self.signer.sign(&request.input()).map_err(|fault| fault.any())?;
        // Whoever asks a signer verifies the answer before using it: the request does.
        let value = request.finish(&signature).map_err(|fault| fault.any())?;
        Ok(HeadSignature { certificate: certificate.der().to_vec(), value })
    }
}

/// Signs the heads of a stock from time to time.
pub(crate) struct HeadKeeper {
    stock: Arc<dyn Stock>,
    signer: UnitHeadSigner,
    actor: String,
    /// Of the latest attempt after a batch.
    error: Mutex<Option<Error>>,
}

impl HeadKeeper {
    pub(crate) fn new(stock: Arc<dyn Stock>, signer: UnitHeadSigner, actor: String) -> Self {
        HeadKeeper { stock, signer, actor, error: Mutex::new(None) }
    }

    /// Signs them when they are due. Two threads that find them due at once sign twice, which harms
    /// nobody.
    pub(crate) fn sign_if_due(&self) -> Result<Option<SignedHeads>> {
        if !self.stock.are_heads_due()? {
            return Ok(None);
        }
        Ok(Some(self.stock.sign_heads(Some(&self.signer), By::one(&self.actor))?))
    }

    /// The same at the end of a batch: its receipts are stored, and trouble with heads takes nothing of
    /// that back.
    pub(crate) fn keep(&self) {
        let error = self.sign_if_due().err();
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    pub(crate) fn error(&self) -> Option<Error> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Verifies signed heads against a configuration: signed by one of its units or authorities, or, with a
/// certificate of before, by one with the same subject whose path leads to an anchor of the policy.
///
/// Heads are kept for as long as receipts are: that a certificate has expired since is no fault of them,
/// and its dates are not judged.
pub struct ConfiguredHeadVerifier {
    signers: Vec<Arc<Certificate>>,
    user_ids: Vec<UserId>,
    policy: Policy,
}

impl Configuration {
    /// Verifies heads that the units and authorities of this configuration signed.
    #[must_use]
    pub fn head_verifier(&self) -> ConfiguredHeadVerifier {
        let units = self.units.iter().map(|unit| (&unit.signer, &unit.signature));
        let authorities = self.authorities.iter().map(|authority| (&authority.signer, &authority.signature));
        let signers = units.chain(authorities);
        ConfiguredHeadVerifier::new(
            self.policy.clone(),
            signers.map(|(signer, settings)| (Arc::clone(signer.certificate()), settings.user_id.clone())),
        )
    }
}

impl ConfiguredHeadVerifier {
    /// A verifier for those who may sign, each with the user id it signs under.
    pub(crate) fn new(policy: Policy, may_sign: impl IntoIterator<Item = (Arc<Certificate>, UserId)>) -> Self {
        let (mut signers, mut user_ids) = (Vec::new(), policy.user_ids.clone());
        for (certificate, user_id) in may_sign {
            signers.push(certificate);
            if !user_ids.contains(&user_id) {
                user_ids.push(user_id);
            }
        }
        ConfiguredHeadVerifier { signers, user_ids, policy }
    }

    /// The certificate, when heads may be signed with it.
    fn known(&self, der: &[u8]) -> Result<Arc<Certificate>, AnyFault> {
        if let Some(own) = self.signers.iter().find(|own| own.der() == der) {
            return Ok(Arc::clone(own));
        }
        let certificate = Arc::new(Certificate::from_der(der).map_err(|fault| fault.any())?);
        if !self.signers.iter().any(|own| own.subject() == certificate.subject()) {
            let fault = czei_stock::Code::HeadSignatureWrong.fault();
            return Err(fault.found(certificate.subject().to_rfc4514()).any());
        }
        let mut refused = None;
        for anchors in [&self.policy.unit_anchors, &self.policy.authority_anchors] {
            let settings = JudgeSettings {
                anchors,
                store: &self.policy.certificates,
                crls: &self.policy.crls,
                extra: &[],
                user_ids: &self.policy.certificate_user_ids,
                limits: ChainLimits::default(),
                revocation: RevocationRule::IfAvailable,
                fetcher: None,
            };
            let prepared = settings.prepare(&certificate, Purpose::Signing, certificate.not_before());
            // When heads were signed only their signer says. What is judged is therefore that the path was valid at
            // some time, that the certificate may sign, and that no certificate was revoked before, or for compromise.
            let paths = prepared.paths().all().iter().map(czei_pki::Path::not_before);
            for judged in paths.chain([certificate.not_before()]) {
                let judgement = prepared.at(Times { judged, now: judged, known_by: Some(judged) });
                if judgement.outcome() == Outcome::Passed {
                    return Ok(certificate);
                }
                let weighty = |fault: &&czei_pki::Error| fault.entry().severity >= Severity::Indeterminate;
                refused = refused.or_else(|| judgement.faults().iter().find(weighty).map(|fault| fault.clone().any()));
            }
        }
        Err(refused.unwrap_or_else(|| czei_stock::Code::HeadSignatureWrong.fault().any()))
    }
}

impl HeadVerifier for ConfiguredHeadVerifier {
    fn verify(&self, text: &[u8], signature: &HeadSignature) -> Result<String, AnyFault> {
        let certificate = self.known(&signature.certificate)?;
        let key = certificate.prepared_key().map_err(|fault| fault.any())?;
        let value = SignatureValue::parse(&signature.value).map_err(|fault| fault.any())?;
        let mut refused = None;
        for user_id in &self.user_ids {
            match value.verify(key, user_id, &[text]) {
                Ok(()) => return Ok(certificate.subject().to_rfc4514()),
                Err(fault) => refused = Some(fault.any()),
            }
        }
        Err(refused.unwrap_or_else(|| czei_stock::Code::HeadSignatureWrong.fault().any()))
    }
}

impl std::fmt::Debug for UnitHeadSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let subject = self.signer.certificate().subject().to_rfc4514();
        f.debug_struct("UnitHeadSigner").field("subject", &subject).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ConfiguredHeadVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfiguredHeadVerifier").field("signers", &self.signers.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Sandbox, SandboxPlan, SystemClock};

    const TEXT: &[u8] = b"czei heads 1\nstock 0123\n";

    #[test]
    fn heads_of_units_and_authorities_verify_in_every_encoding() {
        use czei_pki::Encoding;
        let configuration = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().configuration().unwrap();
        let verifier = configuration.head_verifier();
        for encoding in [Encoding::SignedData, Encoding::Der, Encoding::Raw] {
            let mut unit = configuration.units[1].clone();
            unit.signature.encoding = encoding;
            let signature = unit.head_signer().sign(TEXT).unwrap();
            assert_eq!(SignatureValue::parse(&signature.value).unwrap().encoding(), encoding);
            let signer = verifier.verify(TEXT, &signature).unwrap();
            assert!(signer.starts_with("CN=示例市不动产登记中心,"), "{signer}");
            let error = verifier.verify(b"czei heads 1\nstock 0124\n", &signature).unwrap_err();
            assert!(
                error.is(czei_pki::Code::SignatureWrong) || error.is(czei_pki::Code::MessageDigestWrong),
                "{encoding}: {error}"
            );
        }
        let signature = configuration.authorities[0].head_signer().sign(TEXT).unwrap();
        assert!(verifier.verify(TEXT, &signature).unwrap().starts_with("CN=示例市财政局,"));
    }

    /// A later certificate of the same unit counts, unless it may not sign or its key got into other hands.
    #[test]
    fn renewed_certificates_are_judged() {
        use czei_pki::{CaTemplate, CertificateTemplate, CrlTemplate, KeyUsage, Name, RevocationReason, RevokedEntry};
        let mut configuration =
            Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().configuration().unwrap();
        let time = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let [root_key, key] = [(); 2].map(|()| czei_sm2::SigningKey::generate().unwrap());
        let template = CertificateTemplate {
            subject: Name::parse_rfc4514("CN=自有根,C=CN").unwrap(),
            serial: vec![1],
            not_before: time("2026-01-01T00:00:00Z"),
            not_after: time("2036-01-01T00:00:00Z"),
            ca: Some(CaTemplate::default()),
            key_usage: None,
            extensions: vec![],
        };
        let root = Arc::new(template.self_sign(&root_key).unwrap());
        let subject = configuration.units[0].signer.certificate().subject().clone();
        let leaf = CertificateTemplate { subject, serial: vec![2], ca: None, ..template };
        let signed_with = |usage: KeyUsage| {
            let leaf = CertificateTemplate { key_usage: Some(usage), ..leaf.clone() };
            let certificate = Arc::new(leaf.sign_by(&root_key, &root, key.verifying_key()).unwrap());
            let key = czei_sm2::SigningKey::from_bytes(&key.dangerous_to_bytes()).unwrap();
            let signer = Arc::new(czei_pki::LocalSigner::new(key, certificate).unwrap());
            UnitHeadSigner::new(signer, SignatureSettings::default()).sign(TEXT).unwrap()
        };
        let (good, encryption) = (signed_with(KeyUsage::DIGITAL_SIGNATURE), signed_with(KeyUsage::KEY_ENCIPHERMENT));
        assert!(configuration.head_verifier().verify(TEXT, &good).unwrap_err().is(czei_pki::Code::NoTrustAnchor));
        configuration.policy.unit_anchors.add(Arc::clone(&root));
        configuration.head_verifier().verify(TEXT, &good).unwrap();
        let error = configuration.head_verifier().verify(TEXT, &encryption).unwrap_err();
        assert!(error.is(czei_pki::Code::UsageEncryption), "{error}");

        for (at, reason, refused) in [
            ("2026-06-01T00:00:00Z", RevocationReason::Superseded, None),
            ("2026-06-01T00:00:00Z", RevocationReason::KeyCompromise, Some(czei_pki::Code::CertificateCompromised)),
            ("2026-01-01T00:00:00Z", RevocationReason::Superseded, Some(czei_pki::Code::CertificateRevoked)),
        ] {
            let revoked_at = time(at);
            let entries = vec![RevokedEntry { serial: vec![2], revoked_at, reason: Some(reason), invalid_since: None }];
            let crl = CrlTemplate { entries, ..CrlTemplate::new(time("2026-06-02T00:00:00Z")) };
            let mut policy = configuration.policy.clone();
            policy.crls.add(Arc::new(crl.sign(&root_key, &root).unwrap()));
            let own = Arc::clone(configuration.units[0].signer.certificate());
            let verifier = ConfiguredHeadVerifier::new(policy, [(own, UserId::default())]);
            let found = verifier.verify(TEXT, &good).err();
            assert_eq!(found.as_ref().map(|error| error.entry().name), refused.map(|code| code.entry().name));
        }
    }

    #[test]
    fn heads_verify_in_every_form() {
        use czei_pki::SignedDataForm;
        let configuration = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().configuration().unwrap();
        let verifier = configuration.head_verifier();
        let mut unit = configuration.units[0].clone();
        for form in SignedDataForm::all() {
            unit.signature.form = form;
            let signature = unit.head_signer().sign(TEXT).unwrap();
            assert!(verifier.verify(TEXT, &signature).unwrap().starts_with("CN=示例市实验中学,"), "{form}");
            assert!(verifier.verify(b"czei heads 1\nstock 0124\n", &signature).is_err(), "{form}");
        }
    }

    #[test]
    fn heads_of_somebody_else_are_refused() {
        let sandbox = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap();
        let verifier = sandbox.configuration().unwrap().head_verifier();
        let other = UnitHeadSigner::new(sandbox.other(), SignatureSettings::default());
        let error = verifier.verify(TEXT, &other.sign(TEXT).unwrap()).unwrap_err();
        assert!(error.is(czei_stock::Code::HeadSignatureWrong), "{error}");
        assert!(error.found_text().unwrap().starts_with("CN=示例市别的单位,"), "{error}");

        // The same names from another province's CA.
        let stranger = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().configuration().unwrap();
        let signature = stranger.units[0].head_signer().sign(TEXT).unwrap();
        let error = verifier.verify(TEXT, &signature).unwrap_err();
        assert!(error.of::<czei_pki::Code>().is_some());
    }

    #[test]
    fn a_certificate_of_before_counts_by_its_path() {
        let sandbox = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap();
        let mut configuration = sandbox.configuration().unwrap();
        let before = configuration.units[0].head_signer().sign(TEXT).unwrap();
        // A unit with the same subject and another key, as after a renewal.
        let renewed = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock).unwrap().configuration().unwrap();
        configuration.units = renewed.units;
        assert!(configuration.head_verifier().verify(TEXT, &before).unwrap().starts_with("CN=示例市实验中学,"));
    }
}
