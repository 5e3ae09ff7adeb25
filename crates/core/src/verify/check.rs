//! The groups of checks and how each ended.

use core::fmt;

use crate::role::Role;

/// A group of checks; a report names the outcome of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// Parsing, structure, types and lengths.
    Form,
    /// Code, number, id, tag, region, year and specimen agree with each other.
    Codes,
    /// Items sum to the total; quantity × standard where all are present.
    Totals,
    /// The keyed check code, when the policy holds the secret.
    CheckCode,
    /// The unit's signature over `Header` and `EInvoiceData`.
    UnitSignature,
    /// The authority's signature over the hash and the unit's signature.
    AuthoritySignature,
    /// Path, usage, validity and role of the unit's certificate.
    UnitCertificate,
    /// Path, usage, validity and role of the authority's certificate.
    AuthorityCertificate,
    /// The signer is the unit that the receipt names, or its delegate.
    Binding,
    /// The issue time lies within validity, and whether it is proved.
    Time,
    /// The printed page and its QR code against the XML.
    Picture,
    /// A red receipt against its blue one, when that is at hand.
    Reversal,
}

impl Check {
    /// All groups in the order of a report.
    pub const ALL: [Check; 12] = [
        Check::Form,
        Check::Codes,
        Check::Totals,
        Check::CheckCode,
        Check::UnitSignature,
        Check::AuthoritySignature,
        Check::UnitCertificate,
        Check::AuthorityCertificate,
        Check::Binding,
        Check::Time,
        Check::Picture,
        Check::Reversal,
    ];

    /// The name in reports: `form`, `codes`, `totals`, `check_code`, ….
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Check::Form => "form",
            Check::Codes => "codes",
            Check::Totals => "totals",
            Check::CheckCode => "check_code",
            Check::UnitSignature => "unit_signature",
            Check::AuthoritySignature => "authority_signature",
            Check::UnitCertificate => "unit_certificate",
            Check::AuthorityCertificate => "authority_certificate",
            Check::Binding => "binding",
            Check::Time => "time",
            Check::Picture => "picture",
            Check::Reversal => "reversal",
        }
    }

    /// The name for people, in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Check::Form => "格式",
            Check::Codes => "编码一致性",
            Check::Totals => "金额合计",
            Check::CheckCode => "校验码",
            Check::UnitSignature => "开票单位签名",
            Check::AuthoritySignature => "财政部门签名",
            Check::UnitCertificate => "开票单位证书",
            Check::AuthorityCertificate => "财政部门证书",
            Check::Binding => "签名人与开票单位",
            Check::Time => "时间",
            Check::Picture => "版式文件",
            Check::Reversal => "冲红关系",
        }
    }

    /// The group of a role's signature.
    pub(crate) const fn signature_of(role: Role) -> Self {
        match role {
            Role::Unit => Check::UnitSignature,
            Role::Authority => Check::AuthoritySignature,
        }
    }

    /// The group of a role's certificate.
    pub(crate) const fn certificate_of(role: Role) -> Self {
        match role {
            Role::Unit => Check::UnitCertificate,
            Role::Authority => Check::AuthorityCertificate,
        }
    }

    /// Whether a verdict of valid needs this group to have passed. The others may be not made.
    #[must_use]
    pub const fn is_required(self) -> bool {
        !matches!(self, Check::CheckCode | Check::Picture | Check::Reversal)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a group of checks ended. "Not made" is never "passed".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// All checks of the group were made and held.
    Passed,
    /// At least one did not hold.
    Failed,
    /// A check could not be brought to an end; the findings say why.
    Indeterminate,
    /// No check of the group was made.
    NotMade,
}

impl Status {
    /// The name in reports: `passed`, `failed`, `indeterminate`, `not-made`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Status::Passed => "passed",
            Status::Failed => "failed",
            Status::Indeterminate => "indeterminate",
            Status::NotMade => "not-made",
        }
    }

    /// The name for people, in Chinese.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Status::Passed => "通过",
            Status::Failed => "不通过",
            Status::Indeterminate => "无法判定",
            Status::NotMade => "未检查",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How each group of checks ended; not made until said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks([Status; Check::ALL.len()]);

impl Checks {
    /// How a group ended.
    #[must_use]
    pub fn get(&self, check: Check) -> Status {
        self.0[check as usize]
    }

    /// Notes how a group ended.
    pub(crate) fn set(&mut self, check: Check, status: Status) {
        self.0[check as usize] = status;
    }

    /// The groups in the order of a report, with how each ended.
    pub fn iter(&self) -> impl Iterator<Item = (Check, Status)> + '_ {
        Check::ALL.into_iter().map(|check| (check, self.get(check)))
    }
}

impl Default for Checks {
    fn default() -> Self {
        Checks([Status::NotMade; Check::ALL.len()])
    }
}
