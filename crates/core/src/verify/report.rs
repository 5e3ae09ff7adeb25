//! The report over one receipt.

use std::sync::Arc;

use czei_codes::{Entry, Severity};
use czei_pki::{Certificate, Encoding, Path};
use serde::Serialize;

use crate::hex::hex;
use crate::model::Content;
use crate::{Code, Joining};

use super::{Check, Checks, Finding, Status, Verdict};

/// What was found about one receipt: always a report, whatever the input.
#[derive(Debug, Clone)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// How each group of checks ended.
    pub checks: Checks,
    /// The findings in the order of the checks.
    pub findings: Vec<Finding>,
    /// What stands in the signed span of a document whose form passed.
    pub content: Option<Content>,
    /// How the unit signed.
    pub unit: Option<SignatureReport>,
    /// How the authority signed.
    pub authority: Option<SignatureReport>,
    /// SM3 over the file.
    pub file_sm3: [u8; 32],
    /// SM3 over the document: the file itself, or the XML that a PDF carries.
    pub document_sm3: [u8; 32],
    /// SM3 over the unit's original, when the document has one.
    pub original_sm3: Option<[u8; 32]>,
    /// SM3 over the policy file.
    pub policy_sm3: Option<[u8; 32]>,
}

/// How one signature was made, as far as it was read.
#[derive(Debug, Clone)]
pub struct SignatureReport {
    /// The form of the value.
    pub encoding: Encoding,
    /// The signer's certificate.
    pub certificate: Arc<Certificate>,
    /// The path from it to a trust anchor that the verdict rests on; `None` when none was found.
    pub path: Option<Path>,
    /// The user id under which it verified; `None` while it did not verify, or without Z.
    pub user_id: Option<String>,
    /// The compatibility form under which it verified.
    pub compat: Option<&'static str>,
    /// The joining under which the authority's signature verified.
    pub joining: Option<Joining>,
}

/// Who reads the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 中文
    #[default]
    Chinese,
    /// English
    English,
}

impl Report {
    /// The finding that decides the verdict; `None` when the receipt is valid.
    ///
    /// Rank: the heaviest first; among equals signatures come before form and sums, those before
    /// certificates and times, because a changed document fails in several places at once.
    #[must_use]
    pub fn headline(&self) -> Option<&Finding> {
        if self.verdict == Verdict::Valid {
            return None;
        }
        let weighty = self.findings.iter().filter(|finding| finding.severity >= Severity::Indeterminate);
        weighty.min_by_key(|finding| (core::cmp::Reverse(finding.severity), rank(finding.check)))
    }

    /// The heaviest finding of one group, when it did not pass.
    pub(crate) fn headline_of(&self, check: Check) -> Option<&Finding> {
        let of_check = self.findings.iter().filter(|finding| finding.check == check);
        of_check.filter(|finding| finding.severity >= Severity::Indeterminate).max_by_key(|finding| finding.severity)
    }

    /// The headline's code and messages: the deciding finding's, or that all checks passed, or that
    /// a required check was not made.
    #[must_use]
    pub fn headline_text(&self) -> (&'static Entry, String, String) {
        use czei_codes::Code as _;
        if let Some(finding) = self.headline() {
            return (finding.entry, finding.message_zh(), finding.message_en());
        }
        let entry = match self.verdict {
            Verdict::Valid => Code::AllChecksPassed.entry(),
            Verdict::Indeterminate | Verdict::Invalid => Code::CheckNotMade.entry(),
        };
        (entry, entry.zh.to_owned(), entry.en.to_owned())
    }

    /// One JSON object on one line.
    ///
    /// `file` is the file as the caller names it, `tool` the program and its version.
    #[must_use]
    pub fn to_json(&self, file: &str, tool: &str) -> String {
        let (entry, message, message_en) = self.headline_text();
        let json = ReportJson {
            v: 1,
            file,
            verdict: self.verdict.name(),
            headline: HeadlineJson { code: entry.id(), message, message_en },
            receipt: self.content.as_ref().map(ReceiptJson::new),
            checks: self.checks.iter().map(|(check, status)| (check.name(), status.name())).collect(),
            unit: self.unit.as_ref().map(UnitJson::new),
            authority: self.authority.as_ref().map(AuthorityJson::new),
            policy: self.policy_sm3.map(|sm3| sm3_text(&sm3)),
            file_sm3: sm3_text(&self.file_sm3),
            tool,
            findings: self.findings.iter().map(FindingJson::new).collect(),
        };
        // The structures hold strings and numbers only, so that writing them cannot fail.
        serde_json::to_string(&json).unwrap_or_default()
    }

    /// How a group of checks ended.
    #[must_use]
    pub fn status(&self, check: Check) -> Status {
        self.checks.get(check)
    }
}

/// The order of groups among findings of equal weight.
fn rank(check: Check) -> usize {
    const ORDER: [Check; 12] = [
        Check::UnitSignature,
        Check::AuthoritySignature,
        Check::Form,
        Check::Totals,
        Check::Codes,
        Check::CheckCode,
        Check::UnitCertificate,
        Check::AuthorityCertificate,
        Check::Binding,
        Check::Time,
        Check::Reversal,
        Check::Picture,
    ];
    ORDER.iter().position(|at| *at == check).unwrap_or(ORDER.len())
}

fn sm3_text(sm3: &[u8; 32]) -> String {
    format!("sm3:{}", hex(sm3))
}

/// The fields in the order in which they are published.
#[derive(Serialize)]
struct ReportJson<'a> {
    v: u32,
    file: &'a str,
    verdict: &'static str,
    headline: HeadlineJson,
    receipt: Option<ReceiptJson>,
    #[serde(serialize_with = "in_order")]
    checks: Vec<(&'static str, &'static str)>,
    unit: Option<UnitJson>,
    authority: Option<AuthorityJson>,
    policy: Option<String>,
    file_sm3: String,
    tool: &'a str,
    findings: Vec<FindingJson<'a>>,
}

fn in_order<S: serde::Serializer>(pairs: &[(&'static str, &'static str)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
}

#[derive(Serialize)]
struct HeadlineJson {
    code: String,
    message: String,
    message_en: String,
}

#[derive(Serialize)]
struct ReceiptJson {
    code: String,
    number: String,
    total: String,
    issue_date: String,
    unit: String,
}

impl ReceiptJson {
    fn new(content: &Content) -> Self {
        ReceiptJson {
            code: content.code.to_string(),
            number: content.number.to_string(),
            total: content.total.to_string(),
            issue_date: content.issue_date.to_string(),
            unit: content.unit.name.to_string(),
        }
    }
}

#[derive(Serialize)]
struct UnitJson {
    encoding: &'static str,
    user_id: Option<String>,
    compat: Option<&'static str>,
    certificate: String,
    /// Subjects, the signer's first, the anchor's last.
    path: Option<Vec<String>>,
}

impl UnitJson {
    fn new(report: &SignatureReport) -> Self {
        UnitJson {
            encoding: report.encoding.name(),
            user_id: report.user_id.clone(),
            compat: report.compat,
            certificate: report.certificate.fingerprint(),
            path: report.path.as_ref().map(subjects),
        }
    }
}

/// The subjects of a path, from the signer to the anchor.
fn subjects(path: &Path) -> Vec<String> {
    path.certificates().iter().map(|certificate| certificate.subject().to_rfc4514()).collect()
}

#[derive(Serialize)]
struct AuthorityJson {
    joining: Option<&'static str>,
    #[serde(flatten)]
    signature: UnitJson,
}

impl AuthorityJson {
    fn new(report: &SignatureReport) -> Self {
        AuthorityJson { joining: report.joining.map(Joining::name), signature: UnitJson::new(report) }
    }
}

#[derive(Serialize)]
struct FindingJson<'a> {
    code: String,
    severity: &'static str,
    check: &'static str,
    place: PlaceJson<'a>,
    expected: Option<&'a str>,
    found: Option<&'a str>,
    message: String,
    message_en: String,
    clause: &'static str,
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    line: Option<u32>,
    column: Option<u32>,
    path: Option<&'a str>,
}

impl<'a> FindingJson<'a> {
    fn new(finding: &'a Finding) -> Self {
        FindingJson {
            code: finding.entry.id(),
            severity: finding.severity.name(),
            check: finding.check.name(),
            place: PlaceJson {
                line: finding.place.line,
                column: finding.place.column,
                path: finding.place.path.as_deref(),
            },
            expected: finding.expected.as_deref(),
            found: finding.found.as_deref(),
            message: finding.message_zh(),
            message_en: finding.message_en(),
            clause: finding.entry.clause,
        }
    }
}
