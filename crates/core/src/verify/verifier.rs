//! The verifier: all checks over one document, or over a batch.

use core::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_codes::{Place, Severity};
use czei_pki::{Certificate, CrlFetcher, FetchedCrls, Path};
use czei_sm2::{Message, Sm3, UserId, VerifyItem, verify_batch};

use crate::issue::MadeSignature;
use crate::model::Content;
use crate::role::Role;
use crate::xml::{Document, Edition, Envelope, SignatureElement, read_content};
use crate::{CheckCode, Code, KeyedFields};

use super::certificate::{self, ReceiptTimes, Surroundings};
use super::codes_check::{self, HeaderTexts};
use super::policy::Policy;
use super::report::SignatureReport;
use super::signature::{self, Original, Ready, Signed, SignedUnit, Way};
use super::signers::{KnownSigner, Signers};
use super::witness::{Proof, TimeWitness, Witnessed};
use super::{Check, Checks, Finding, Report, Status, Verdict, binding, reversal, totals};

/// Verifies receipts under one policy. Certificates are read, and their paths built, once per key;
/// share one verifier between threads.
///
/// Input of any kind gives a [`Report`]; there is no error.
pub struct Verifier {
    policy: Policy,
    signers: Signers,
    witness: Option<Arc<dyn TimeWitness>>,
    fetched: Option<FetchedCrls<'static>>,
}

/// A report with the parts of the document that later states are made of.
pub(crate) struct Verification {
    pub(crate) report: Report,
    pub(crate) parts: Option<Parts>,
}

pub(crate) struct Parts {
    pub(crate) content: Option<Content>,
    pub(crate) edition: Edition,
    pub(crate) original: Vec<u8>,
    pub(crate) signature_count: usize,
    pub(crate) unit_signature: Option<MadeSignature>,
    pub(crate) unit_certificate: Option<Arc<Certificate>>,
}

impl Verifier {
    /// A verifier under a policy. The default policy trusts nobody.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Verifier { policy, signers: Signers::default(), witness: None, fetched: None }
    }

    /// The same with a witness of when receipts existed, in place of the one it had. Without one, a certificate that
    /// has expired or was revoked since the stated issue time leaves the verdict indeterminate.
    #[must_use]
    pub fn with_witness(self, witness: Arc<dyn TimeWitness>) -> Self {
        Verifier { witness: Some(witness), ..self }
    }

    /// The same with somebody who gets CRLs that are not at hand; without one nothing is ever fetched.
    ///
    /// What was fetched is kept, with all else about a signer, for as long as the verifier lives: make a new one when
    /// CRLs are due.
    #[must_use]
    pub fn with_fetcher(self, fetcher: Arc<dyn CrlFetcher>) -> Self {
        // What was found out without it would stay.
        Verifier { fetched: Some(FetchedCrls::new(fetcher)), signers: Signers::default(), ..self }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Makes every check over one document. `now` is the time of verification.
    #[must_use]
    pub fn verify(&self, bytes: &[u8], now: DateTime<Utc>) -> Report {
        let parsed = Parsed::read(bytes, &self.policy);
        self.examine(bytes, &parsed, now).report(&self.policy)
    }

    /// Makes every check over several documents; the signatures are checked as one batch. The
    /// reports stand in the order of the documents and do not depend on each other.
    #[must_use]
    pub fn verify_many(&self, documents: &[&[u8]], now: DateTime<Utc>) -> Vec<Report> {
        let parsed: Vec<_> = documents.iter().map(|bytes| Parsed::read(bytes, &self.policy)).collect();
        let mut examined = self.examined(documents, &parsed);
        self.conclude(&mut examined, now);
        examined.into_iter().map(|examined| examined.report(&self.policy)).collect()
    }

    /// Verifies a red receipt together with its blue one: the group `reversal` is made too.
    #[must_use]
    pub fn verify_with_blue(&self, red: &[u8], blue: &Content, now: DateTime<Utc>) -> Report {
        let report = self.verify(red, now);
        match report.content.as_ref().and_then(|red| reversal::check_reversal(red, blue)) {
            Some(findings) => self.with_check(report, Check::Reversal, findings),
            None => report,
        }
    }

    /// The report with one more group of checks, which was made outside this crate: the printed page against its
    /// receipt ([`Check::Picture`]). The findings are weighed by the policy, and the verdict follows.
    ///
    /// ```
    /// use czei_core::{Check, Code, Finding, Policy, Status, Verifier};
    /// # let now = chrono::DateTime::UNIX_EPOCH;
    /// let verifier = Verifier::new(Policy::default());
    /// let report = verifier.verify(b"<x/>", now);
    /// let report = verifier.with_check(report, Check::Picture, Vec::new());
    /// assert_eq!(report.checks.get(Check::Picture), Status::Passed);
    /// ```
    #[must_use]
    pub fn with_check(&self, mut report: Report, made: Check, findings: Vec<Finding>) -> Report {
        report.findings.extend(findings);
        settle(&mut report.findings, &mut report.checks, &self.policy, &[made]);
        report.verdict = Verdict::from_checks(&report.checks);
        report
    }

    /// The report over a file in which no document was found, as a PDF without a receipt: its form failed, and
    /// nothing else was made.
    #[must_use]
    pub fn without_document(&self, file: &[u8], reason: Finding) -> Report {
        let report = Report {
            verdict: Verdict::Invalid,
            checks: Checks::default(),
            findings: Vec::new(),
            content: None,
            unit: None,
            authority: None,
            file_sm3: Sm3::digest(file),
            document_sm3: Sm3::digest(file),
            original_sm3: None,
            policy_sm3: self.policy.digest,
        };
        self.with_check(report, Check::Form, vec![reason])
    }

    /// Verifies a document that the unit signed together with the authority's answer, which came
    /// apart from it: the authority's `Signature` element.
    ///
    /// Bytes that are not a unit-signed document are verified as they are.
    #[must_use]
    pub fn verify_with_answer(&self, unit_signed: &[u8], answer: &[u8], now: DateTime<Utc>) -> Report {
        let joined = match &Parsed::read(unit_signed, &self.policy) {
            Parsed::Read(read) => join_answer(&read.0, &read.1, answer),
            Parsed::Refused(_) => None,
        };
        let report = self.verify(joined.as_deref().unwrap_or(unit_signed), now);
        Report { file_sm3: Sm3::digest(unit_signed), ..report }
    }

    pub(crate) fn verify_parts(&self, bytes: &[u8], now: DateTime<Utc>) -> Verification {
        let parsed = Parsed::read(bytes, &self.policy);
        let mut examined = self.examine(bytes, &parsed, now);
        let unit_certificate = examined.signer(Role::Unit).map(|signer| Arc::clone(&signer.certificate));
        let value = std::mem::take(&mut examined.unit_value);
        let report = examined.report(&self.policy);
        let parts = parsed.read_parts().map(|(_, envelope)| Parts {
            content: report.content.clone(),
            edition: envelope.edition(),
            original: envelope.unit_original().concat(),
            signature_count: envelope.signature_count(),
            unit_signature: envelope
                .signature(0)
                .map(|signature| MadeSignature { element: signature.element.to_vec(), value }),
            unit_certificate,
        });
        Verification { report, parts }
    }

    fn examine<'p>(&self, bytes: &[u8], parsed: &'p Parsed<'p>, now: DateTime<Utc>) -> Examined<'p> {
        let digests = Digests { file: Sm3::digest(bytes), original: parsed.original_sm3() };
        let mut examined = [Examined::new(digests, parsed, self)];
        self.conclude(&mut examined, now);
        let [examined] = examined;
        examined
    }

    /// Everything but the signature equations of several documents, whose digests are made at once.
    fn examined<'p>(&self, documents: &[&[u8]], parsed: &'p [Parsed<'p>]) -> Vec<Examined<'p>> {
        let originals: Vec<_> = parsed.iter().map(Parsed::original).collect();
        let parts: Vec<&[&[u8]]> = originals.iter().map(|original| &original[..]).collect();
        let digests = Sm3::digest_many(documents).into_iter().zip(Sm3::digest_parts_many(&parts));
        let each = digests.zip(parsed);
        each.map(|((file, original), parsed)| Examined::new(Digests { file, original }, parsed, self)).collect()
    }

    /// The signatures of a batch, and all that rests on who signed.
    fn conclude(&self, batch: &mut [Examined<'_>], now: DateTime<Utc>) {
        let held = first_attempts(batch, &self.policy);
        for (examined, held) in batch.iter_mut().zip(held) {
            examined.conclude(held, self, now);
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// A document as far as it could be parsed.
enum Parsed<'b> {
    Refused(crate::Error),
    Read(Box<(Document<'b>, Envelope<'b>)>),
}

impl<'b> Parsed<'b> {
    fn read(bytes: &'b [u8], policy: &Policy) -> Self {
        let read = || {
            let document = Document::parse(bytes, &policy.limits)?;
            let envelope = Envelope::read(&document)?;
            Ok(Box::new((document, envelope)))
        };
        read().map_or_else(Parsed::Refused, Parsed::Read)
    }

    /// The unit's original; empty when there is none.
    fn original(&self) -> [&'b [u8]; 2] {
        self.read_parts().map_or([&[]; 2], |(_, envelope)| envelope.unit_original())
    }

    fn original_sm3(&self) -> [u8; 32] {
        Sm3::digest_parts(&self.original())
    }

    fn read_parts(&self) -> Option<(&Document<'b>, &Envelope<'b>)> {
        match self {
            Parsed::Read(read) => Some((&read.0, &read.1)),
            Parsed::Refused(_) => None,
        }
    }
}

/// One signature on its way.
#[derive(Default)]
struct Stage {
    ready: Option<Ready>,
    way: Option<Way>,
    path: Option<Path>,
}

/// Whether the first attempt at each of the two signatures held.
type Held = [bool; 2];

/// SM3 of a document.
#[derive(Clone, Copy)]
struct Digests {
    /// Of the whole file.
    file: [u8; 32],
    /// Of the unit's original, when the document has one.
    original: [u8; 32],
}

/// What was found about one document so far.
struct Examined<'p> {
    parsed: &'p Parsed<'p>,
    digests: Digests,
    content: Option<Content>,
    /// The unit's decoded `SignatureValue`; empty when it could not be decoded.
    unit_value: Vec<u8>,
    unit: Stage,
    authority: Stage,
    made: Vec<Check>,
    findings: Vec<Finding>,
}

impl<'p> Examined<'p> {
    /// Everything but the signature equations.
    fn new(digests: Digests, parsed: &'p Parsed<'p>, verifier: &Verifier) -> Self {
        let mut examined = Examined {
            parsed,
            digests,
            content: None,
            unit_value: Vec::new(),
            unit: Stage::default(),
            authority: Stage::default(),
            made: vec![Check::Form],
            findings: Vec::new(),
        };
        match parsed {
            Parsed::Refused(error) => examined.findings.push(Finding::from_fault(Check::Form, error)),
            Parsed::Read(read) => examined.read(&read.0, &read.1, verifier),
        }
        examined
    }

    fn read(&mut self, document: &Document<'_>, envelope: &Envelope<'_>, verifier: &Verifier) {
        let policy = &verifier.policy;
        let reading = read_content(document, envelope);
        self.findings.extend_from_slice(envelope.findings());
        self.findings.extend(reading.findings);
        if let Some(content) = &reading.content {
            self.findings.extend(content_errors(content, document, envelope));
            self.made.extend([Check::Codes, Check::Totals]);
            self.check_code(content, document, envelope, policy);
        }
        self.content = reading.content;
        if let Some(signature) = envelope.signature(0) {
            let original = self.original(Role::Unit, envelope, &[]);
            if let Some((ready, value)) = self.prepare(Role::Unit, signature, &original, document, verifier) {
                self.unit.ready = Some(ready);
                self.unit_value = value;
            }
        }
        if let Some(signature) = envelope.signature(1) {
            let value = std::mem::take(&mut self.unit_value);
            let original = self.original(Role::Authority, envelope, &value);
            let prepared = self.prepare(Role::Authority, signature, &original, document, verifier);
            self.authority.ready = prepared.map(|(ready, _)| ready);
            self.unit_value = value;
        }
    }

    /// What a role signs.
    fn original<'a>(&self, role: Role, envelope: &Envelope<'a>, unit_value: &'a [u8]) -> Original<'a> {
        let signed = match role {
            Role::Unit => None,
            Role::Authority => envelope.signature(0),
        };
        let original_sm3 = self.digests.original;
        Original {
            unit: envelope.unit_original(),
            signed_unit: signed.map(|signed| SignedUnit { original_sm3, element: signed.element, value: unit_value }),
        }
    }

    fn prepare(
        &mut self,
        role: Role,
        signature: &SignatureElement<'_>,
        original: &Original<'_>,
        document: &Document<'_>,
        verifier: &Verifier,
    ) -> Option<(Ready, Vec<u8>)> {
        let findings = &mut self.findings;
        signature::prepare(role, signature, original, document, &verifier.policy, &verifier.signers, findings)
    }

    /// A keyed check code is recomputed when the policy holds the secret.
    fn check_code(&mut self, content: &Content, document: &Document<'_>, envelope: &Envelope<'_>, policy: &Policy) {
        let Some(secret) = &policy.check_code_secret else { return };
        let expected = CheckCode::keyed(
            secret,
            &KeyedFields {
                code: content.code,
                number: content.number,
                issue_date: content.issue_date,
                unit_code: content.unit.code.as_str(),
                payer_name: content.payer.name.as_str(),
                total: content.total,
            },
        );
        self.made.push(Check::CheckCode);
        if expected != content.check_code {
            self.findings.push(
                Finding::new(Check::CheckCode, Code::CheckCodeMismatch)
                    .at(envelope.place_of(document, "RandomNumber"))
                    .found(content.check_code.to_string()),
            );
        }
    }

    /// The signatures, and all that rests on who signed.
    fn conclude(&mut self, held: Held, verifier: &Verifier, now: DateTime<Utc>) {
        let Some((document, envelope)) = self.parsed.read_parts() else { return };
        let policy = &verifier.policy;
        let issue = self.content.as_ref().map(Content::issued_at);
        let times = ReceiptTimes { now, issue: issue.map(|issue| issue.with_timezone(&Utc)) };
        let surroundings = Surroundings { policy, times, fetcher: verifier.fetched.as_ref() };
        let file_sm3 = self.digests.file;
        let receipt = self.content.as_ref().map(|of| Witnessed { code: of.code, number: of.number, file_sm3 });
        let mut proof = Proof::new(verifier.witness.as_deref(), receipt);
        for (role, held) in [(Role::Unit, held[0]), (Role::Authority, held[1])] {
            self.conclude_signature(role, held, (document, envelope), &surroundings, &mut proof);
        }
        let (unit, authority) = (self.signer(Role::Unit), self.signer(Role::Authority));
        if let (Some(unit), Some(authority)) = (&unit, &authority) {
            self.findings.extend(certificate::same_key(unit, authority));
        }
        let Some(content) = &self.content else { return };
        if let Some(unit) = unit {
            self.made.push(Check::Binding);
            self.findings.extend(binding::check(policy, &content.unit, &unit));
            self.made.push(Check::Time);
            self.findings.extend(certificate::future(times));
            self.findings.extend(certificate::issued_after(policy, times));
        }
        if let Some(authority) = authority {
            self.findings.extend(certificate::authority_role(&authority, &content.area, policy));
        }
    }

    fn conclude_signature(
        &mut self,
        role: Role,
        held: bool,
        (document, envelope): (&Document<'_>, &Envelope<'_>),
        surroundings: &Surroundings<'_>,
        proof: &mut Proof<'_>,
    ) {
        let policy = surroundings.policy;
        let check = Check::signature_of(role);
        self.made.push(check);
        let (index, missing) = match role {
            Role::Unit => (0, Code::UnitSignatureMissing),
            Role::Authority => (1, Code::AuthoritySignatureMissing),
        };
        // A missing signature is a finding of its own group; the groups that rest on it are not made.
        let Some(signature) = envelope.signature(index) else {
            self.findings.push(Finding::new(check, missing).at(document.place(document.root())));
            return;
        };
        let original = self.original(role, envelope, &self.unit_value);
        let Some(ready) = self.stage(role).ready.as_ref() else { return };
        let mut findings = Vec::new();
        let way = match ready.conclude(role, held, &original, policy) {
            Ok(way) => {
                findings.extend(way.findings(role, policy));
                Some(way)
            }
            Err(error) => {
                findings.push(Finding::from_fault(check, &error).at(document.place(signature.value.node)));
                let other = ready.other_form(role, &original);
                findings.extend(other.map(|form| Finding::new(check, Code::SignatureOtherForm).found(form)));
                None
            }
        };
        let path = certificate::check(role, &ready.signer, way.is_some(), surroundings, proof, &mut findings);
        self.made.push(Check::certificate_of(role));
        self.findings.extend(findings);
        let stage = match role {
            Role::Unit => &mut self.unit,
            Role::Authority => &mut self.authority,
        };
        (stage.way, stage.path) = (way, path);
    }

    fn stage(&self, role: Role) -> &Stage {
        match role {
            Role::Unit => &self.unit,
            Role::Authority => &self.authority,
        }
    }

    fn signer(&self, role: Role) -> Option<Arc<KnownSigner>> {
        self.stage(role).ready.as_ref().map(|ready| Arc::clone(&ready.signer))
    }

    fn report(mut self, policy: &Policy) -> Report {
        let mut checks = Checks::default();
        settle(&mut self.findings, &mut checks, policy, &self.made);
        self.findings.sort_by_key(|finding| finding.check);
        let unit = self.unit.report(Role::Unit, policy);
        let authority = self.authority.report(Role::Authority, policy);
        // Only what stands in the signed span of a document whose form passed is shown as data.
        let content = self.content.filter(|_| checks.get(Check::Form) == Status::Passed);
        Report {
            verdict: Verdict::from_checks(&checks),
            checks,
            findings: self.findings,
            content,
            unit,
            authority,
            file_sm3: self.digests.file,
            document_sm3: self.digests.file,
            original_sm3: self.parsed.read_parts().map(|_| self.digests.original),
            policy_sm3: policy.digest,
        }
    }
}

impl Stage {
    fn report(&self, role: Role, policy: &Policy) -> Option<SignatureReport> {
        let ready = self.ready.as_ref()?;
        let with_z = self.way.filter(|way| way.compat.is_none());
        Some(SignatureReport {
            encoding: ready.value.encoding(),
            certificate: Arc::clone(&ready.signer.certificate),
            path: self.path.clone(),
            user_id: with_z.map(|way| user_id_text(&policy.user_ids[way.user_id])),
            compat: self.way.and_then(|way| way.compat).map(czei_pki::Compat::name),
            joining: self.way.filter(|_| role == Role::Authority).map(|way| way.joining),
        })
    }
}

impl Way {
    /// What deserves to be named about the way in which a signature held.
    fn findings(self, role: Role, policy: &Policy) -> Option<Finding> {
        let check = Check::signature_of(role);
        match self.compat {
            Some(compat) => Some(Finding::new(check, Code::CompatUsed).found(compat.name())),
            None if policy.user_ids[self.user_id] != UserId::default() => {
                Some(Finding::new(check, Code::UserIdUsed).found(user_id_text(&policy.user_ids[self.user_id])))
            }
            None => None,
        }
    }
}

/// The first attempt at every signature of a batch, in one call.
fn first_attempts(batch: &[Examined<'_>], policy: &Policy) -> Vec<Held> {
    let originals: Vec<_> = batch.iter().map(|examined| examined.parsed.original()).collect();
    let mut places = Vec::with_capacity(batch.len() * 2);
    let mut items = Vec::with_capacity(batch.len() * 2);
    for (index, examined) in batch.iter().enumerate() {
        for (side, stage) in [&examined.unit, &examined.authority].into_iter().enumerate() {
            let Some(ready) = &stage.ready else { continue };
            let Ok(first) = &ready.first else { continue };
            let Ok(key) = ready.signer.certificate.prepared_key() else { continue };
            places.push((index, side));
            let message = match &first.signed {
                Signed::Original => {
                    Message::Parts { user_id: &policy.user_ids[first.way.user_id], parts: &originals[index] }
                }
                Signed::Digest(digest) => Message::Digest(digest),
            };
            items.push(VerifyItem { key, message, signature: ready.value.signature() });
        }
    }
    let mut held = vec![[false; 2]; batch.len()];
    for ((index, side), result) in places.into_iter().zip(verify_batch(&items)) {
        held[index][side] = result.is_ok();
    }
    held
}

/// The finished document of a unit-signed one and the authority's `Signature` element, which is
/// put behind the unit's: everything else stays, so that findings keep their places.
fn join_answer(document: &Document<'_>, envelope: &Envelope<'_>, answer: &[u8]) -> Option<Vec<u8>> {
    let signature = envelope.signature(0).filter(|_| envelope.signature_count() == 1)?;
    let (before, after) = document.source().split_at(document.span(signature.node).end);
    Some([before, answer.trim_ascii(), after].concat())
}

/// Codes and totals of a content.
pub(crate) fn content_errors(content: &Content, document: &Document<'_>, envelope: &Envelope<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let place = |name: &str| match name.strip_prefix("Item/") {
        Some(index) => place_of_item(document, envelope, index),
        None => envelope.place_of(document, name),
    };
    let (tag, id) = (envelope.header_tag(document), envelope.header_id(document));
    codes_check::check(content, &HeaderTexts { tag: &tag, id: &id }, &place, &mut findings);
    totals::check(content, &place, &mut findings);
    findings
}

/// Where the item with this index stands, counted from 0; that of the data when it is not found.
fn place_of_item(document: &Document<'_>, envelope: &Envelope<'_>, index: &str) -> Place {
    let (details, item) = match envelope.edition() {
        Edition::E2017 => ("Details", "Item"),
        Edition::E2020 => ("DETAILS", "ITEM"),
    };
    let lists = document.children(envelope.data()).filter(|list| document.name(*list) == details);
    let mut items = lists.flat_map(|list| document.children(list)).filter(|each| document.name(*each) == item);
    let item = index.parse().ok().and_then(|index| items.nth(index));
    document.place(item.unwrap_or(envelope.data()))
}

/// Weighs the findings by the policy and says how each group that was made ended.
fn settle(findings: &mut [Finding], checks: &mut Checks, policy: &Policy, made: &[Check]) {
    for check in made {
        if checks.get(*check) == Status::NotMade {
            checks.set(*check, Status::Passed);
        }
    }
    for finding in findings {
        finding.severity = policy.severity_of(finding.entry, finding.severity);
        let status = match finding.severity {
            Severity::Error => Status::Failed,
            Severity::Indeterminate if checks.get(finding.check) != Status::Failed => Status::Indeterminate,
            _ => continue,
        };
        checks.set(finding.check, status);
    }
}

fn user_id_text(user_id: &UserId) -> String {
    String::from_utf8_lossy(user_id.as_bytes()).into_owned()
}
