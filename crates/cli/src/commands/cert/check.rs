//! `czei cert check`.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei::core::JudgeTime;
use czei::pki::{
    Aspect, Crl, FileObject, Outcome, PathLine, Purpose, RevocationReason, RevocationRule, RevocationStatus, Times,
};
use czei::sm2::UserId;
use czei::{
    Certificate, CertificateCheck, CheckedCertificate, CliCode, CliError, Clock as _, Policy, SignerRole, SystemClock,
};
use serde::Serialize;

use super::show::MAX_FILE;
use super::view::constraints;
use super::{days_left, key_usage, key_usage_names, time};
use crate::Run;
use crate::arguments::Role;
use crate::arguments::cert::{self, Check, Revocation};
use crate::commands::Ended;
use crate::commands::password::PasswordSource;
use crate::failure::{Failure, Result};
use crate::language::Language;
use crate::output::Output;
use crate::problem::{self, ProblemJson};
use crate::shown;

pub(crate) fn run(arguments: &Check, output: &mut Output) -> Run {
    let policy = arguments.policy.as_ref().map(czei::load_policy).transpose()?;
    let mut check = settings(arguments, policy.as_ref())?;
    let now = SystemClock.now().to_utc();
    let judged = match (&arguments.at, policy.as_ref().map(|policy| policy.judge)) {
        (Some(text), _) => at(text)?,
        (None, Some(JudgeTime::At(time))) => time,
        // There is no receipt that would state a time.
        (None, _) => now,
    };
    let mut password = PasswordSource::new(&arguments.password, output.language);
    let certificates = certificates(&arguments.file, &mut password)?;
    let Some((leaf, extra)) = certificates.split_first() else {
        return Err(CliError::new(CliCode::NoCertificate).in_file(shown::path(&arguments.file)).into());
    };
    check.purpose = match arguments.purpose {
        Some(cert::Purpose::Sign) => Purpose::Signing,
        Some(cert::Purpose::Issue) => Purpose::Issuing,
        // A role is that of a signer, whatever the certificate says.
        None if arguments.role.is_none() && leaf.is_authority() => Purpose::Issuing,
        None => Purpose::Signing,
    };
    // Whoever asks for a time answers for it.
    let checked = check.check(leaf, extra, Times { judged, now, known_by: Some(judged) });
    let view = View { file: shown::path(&arguments.file), policy: policy.as_ref(), check: &check, checked: &checked };
    if output.json {
        output.object(&view.json())?;
    } else {
        view.text(output)?;
    }
    Ok(match checked.judgement.outcome() {
        Outcome::Passed => Ended::AsWished,
        Outcome::Indeterminate | Outcome::Failed => Ended::NotAllValid,
    })
}

fn settings(arguments: &Check, policy: Option<&Policy>) -> Result<CertificateCheck> {
    let role = match arguments.role {
        None | Some(Role::Unit) => SignerRole::Unit,
        Some(Role::Authority) => SignerRole::Authority,
    };
    let mut check = policy.map_or_else(CertificateCheck::default, |policy| CertificateCheck::of_policy(policy, role));
    check.warn_days = arguments.warn_days;
    for path in &arguments.anchors {
        check.anchors.extend(read_certificates(path)?);
    }
    for path in &arguments.certificates {
        check.certificates.extend(read_certificates(path)?);
    }
    for path in &arguments.crls {
        for crl in read_crls(path)? {
            check.crls.add(crl);
        }
    }
    if let Some(rule) = arguments.revocation {
        check.revocation = match rule {
            Revocation::Required => RevocationRule::Required,
            Revocation::IfAvailable => RevocationRule::IfAvailable,
            Revocation::Off => RevocationRule::Off,
        };
    }
    if !arguments.user_ids.is_empty() {
        let user_id = |id: &String| {
            UserId::new(id.as_bytes()).map_err(|error| Failure::from(czei::Error::from(error).at_path("--user-id")))
        };
        check.user_ids = arguments.user_ids.iter().map(user_id).collect::<Result<_>>()?;
    }
    Ok(check)
}

fn at(text: &str) -> Result<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    time.map_err(|_| {
        CliError::new(CliCode::Usage).at_path("--at").expected("2026-01-01T00:00:00+08:00").found(text).into()
    })
}

fn read_certificates(path: &Path) -> Result<Vec<Certificate>> {
    let bytes = czei::files::read_limited(path, czei::files::MAX_SETTINGS)?;
    Certificate::many_from_pem_or_der(&bytes).map_err(|error| Failure::from(error).in_file(path))
}

/// The CRLs of a file, read as those of a policy.
fn read_crls(path: &Path) -> Result<Vec<Arc<Crl>>> {
    let bytes = czei::files::read_limited(path, MAX_FILE)?;
    let crls = Crl::many_from_pem_or_der(&bytes).map_err(|error| Failure::from(error).in_file(path))?;
    Ok(crls.into_iter().map(Arc::new).collect())
}

/// The certificate to be checked and those that came with it.
fn certificates(path: &Path, password: &mut PasswordSource) -> Result<Vec<Arc<Certificate>>> {
    let bytes = zeroize::Zeroizing::new(czei::files::read_limited(path, czei::files::MAX_SETTINGS)?);
    let objects = FileObject::all(&bytes).map_err(|error| Failure::from(error).in_file(path))?;
    if objects.is_empty() {
        return Err(CliError::new(CliCode::FileNotRecognised).in_file(shown::path(path)).into());
    }
    let mut certificates = Vec::new();
    let mut has_key = false;
    for object in objects {
        match object {
            FileObject::Certificate(certificate) => certificates.push(certificate),
            FileObject::KeyFile => has_key = true,
            _ => {}
        }
    }
    if certificates.is_empty() && has_key {
        certificates = password.open(path, &bytes)?.certificates().to_vec();
    }
    Ok(certificates)
}

struct View<'a> {
    file: String,
    policy: Option<&'a Policy>,
    check: &'a CertificateCheck,
    checked: &'a CheckedCertificate,
}

#[derive(Serialize)]
struct CheckLine {
    v: u32,
    file: String,
    verdict: &'static str,
    purpose: &'static str,
    checks: ChecksJson,
    judged: String,
    now: String,
    revocation: &'static str,
    policy: Option<String>,
    path: Vec<LineJson>,
    problems: Vec<ProblemJson>,
}

#[derive(Serialize)]
struct ChecksJson {
    usage: &'static str,
    path: &'static str,
    validity: &'static str,
    revocation: &'static str,
    /// Who may sign for whom is judged over a receipt.
    binding: &'static str,
}

#[derive(Serialize)]
struct LineJson {
    subject: String,
    issuer: String,
    serial: String,
    not_before: String,
    not_after: String,
    days_left: i64,
    key_usage: Option<Vec<String>>,
    user_id: Option<String>,
    anchor: bool,
    revocation: RevocationJson,
    fingerprint: String,
}

#[derive(Serialize)]
struct RevocationJson {
    state: &'static str,
    reason: Option<String>,
    since: Option<String>,
    crl: Option<CrlJson>,
    problems: Vec<ProblemJson>,
}

#[derive(Serialize)]
struct CrlJson {
    issuer: String,
    this_update: String,
    next_update: Option<String>,
}

impl View<'_> {
    /// What was found, the warnings behind it.
    fn problems(&self) -> Vec<czei::Error> {
        let found = self.checked.judgement.faults().iter().cloned().map(czei::Error::from);
        found.chain(self.checked.warnings.iter().cloned()).collect()
    }

    fn json(&self) -> CheckLine {
        let judgement = &self.checked.judgement;
        CheckLine {
            v: 1,
            file: self.file.clone(),
            verdict: outcome_name(judgement.outcome()),
            purpose: if self.check.purpose == Purpose::Issuing { "issue" } else { "sign" },
            checks: ChecksJson {
                usage: aspect_name(judgement.usage()),
                path: aspect_name(judgement.path_found()),
                validity: aspect_name(judgement.validity()),
                revocation: aspect_name(judgement.revocation()),
                binding: aspect_name(Aspect::NotMade),
            },
            judged: time(judgement.times().judged),
            now: time(judgement.times().now),
            revocation: match self.check.revocation {
                RevocationRule::Required => "required",
                RevocationRule::IfAvailable => "if-available",
                RevocationRule::Off => "off",
            },
            policy: self.policy.and_then(|policy| policy.digest).map(|sm3| format!("sm3:{}", shown::hex(&sm3))),
            path: judgement.lines().iter().map(LineJson::of).collect(),
            problems: ProblemJson::all(&self.problems()),
        }
    }

    fn text(&self, output: &mut Output) -> Result<()> {
        let (judgement, language) = (&self.checked.judgement, output.language);
        let verdict = match judgement.outcome() {
            Outcome::Passed => language.pick("通过", "PASSED"),
            Outcome::Indeterminate => language.pick("无法判定", "INDETERMINATE"),
            Outcome::Failed => language.pick("未通过", "FAILED"),
        };
        output.line(&format!("{verdict}  {}", self.file))?;
        let (zh, en) = match self.check.purpose {
            Purpose::Issuing => ("签发证书", "issuing certificates"),
            _ => ("签名", "signing"),
        };
        output.say(&format!("  判定用途: {zh}"), &format!("  judged for: {en}"))?;
        let judged = time(judgement.times().judged);
        output.say(&format!("  判定时间: {judged}"), &format!("  judged at: {judged}"))?;
        for (zh, en, aspect) in [
            ("用途", "usage", judgement.usage()),
            ("证书路径", "path", judgement.path_found()),
            ("有效期", "validity", judgement.validity()),
            ("吊销状态", "revocation", judgement.revocation()),
            ("与单位或财政部门的对应", "binding to a unit or an authority", Aspect::NotMade),
        ] {
            output.line(&format!("  {} {}", aspect_text(aspect, language), language.pick(zh, en)))?;
        }
        problem::lines(&self.problems(), output)?;
        for (number, line) in judgement.lines().iter().enumerate() {
            path_line(number + 1, line, output)?;
        }
        Ok(())
    }
}

fn path_line(number: usize, line: &PathLine, output: &mut Output) -> Result<()> {
    let language = output.language;
    let anchor = if line.is_anchor { language.pick("（信任锚）", " (trust anchor)") } else { "" };
    output.line(&format!("{number}. {}{anchor}", shown::text(&line.subject)))?;
    let not_stated = || language.pick("未注明", "not stated").to_owned();
    let user_id = line.user_id.as_ref();
    let user_id = user_id.map_or_else(|| "-".to_owned(), |id| String::from_utf8_lossy(id.as_bytes()).into_owned());
    let days = days_left(line.days_left, language);
    let rows = [
        (language.pick("颁发者", "issuer"), line.issuer.clone()),
        (language.pick("序列号", "serial"), line.serial.clone()),
        (language.pick("有效期", "valid"), format!("{} – {} ({days})", time(line.not_before), time(line.not_after))),
        (
            language.pick("密钥用途", "key usage"),
            line.key_usage.map_or_else(not_stated, |usage| key_usage(usage, language)),
        ),
        (language.pick("基本限制", "basic constraints"), constraints(line.basic_constraints, language)),
        (language.pick("用户标识", "user id"), user_id),
        (language.pick("指纹", "fingerprint"), line.fingerprint.clone()),
        (language.pick("吊销状态", "revocation"), revocation_text(&line.revocation, language)),
    ];
    for (label, value) in rows {
        output.line(&format!("   {label}: {}", shown::text(&value)))?;
    }
    if let RevocationStatus::Unknown(reasons) = &line.revocation {
        for reason in reasons {
            let reason = problem::line(&czei::Error::from(reason.clone()), language);
            output.line(&format!("     {reason}"))?;
        }
    }
    Ok(())
}

fn revocation_text(status: &RevocationStatus, language: Language) -> String {
    let of = |crl: &Crl| {
        let (issuer, from) = (crl.issuer().to_rfc4514(), time(crl.this_update()));
        match (language, crl.next_update().map(time)) {
            (Language::Zh, Some(until)) => format!("CRL 由 {issuer} 于 {from} 签发，至 {until} 有效"),
            (Language::Zh, None) => format!("CRL 由 {issuer} 于 {from} 签发"),
            (Language::En, Some(until)) => format!("CRL of {issuer} of {from}, until {until}"),
            (Language::En, None) => format!("CRL of {issuer} of {from}"),
        }
    };
    match status {
        RevocationStatus::Good { crl } => format!("{}: {}", language.pick("未吊销", "not revoked"), of(crl)),
        RevocationStatus::Revoked { entry, crl } => {
            let reason = entry.reason.map_or_else(|| "-".to_owned(), |reason| reason_text(reason, language));
            let since = time(entry.effective());
            match language {
                Language::Zh => format!("已吊销，自 {since} 起，原因 {reason}: {}", of(crl)),
                Language::En => format!("revoked since {since}, {reason}: {}", of(crl)),
            }
        }
        RevocationStatus::Unknown(_) => language.pick("未知", "unknown").to_owned(),
        RevocationStatus::NotMade => language.pick("未检查", "not checked").to_owned(),
    }
}

/// As RFC 5280 5.3.1 names it, in Chinese as GB/T 20518 does.
fn reason_text(reason: RevocationReason, language: Language) -> String {
    let zh = match reason {
        RevocationReason::KeyCompromise => "密钥泄露",
        RevocationReason::CaCompromise => "CA 密钥泄露",
        RevocationReason::AffiliationChanged => "从属关系变更",
        RevocationReason::Superseded => "证书被替换",
        RevocationReason::CessationOfOperation => "终止使用",
        RevocationReason::CertificateHold => "证书挂起",
        RevocationReason::PrivilegeWithdrawn => "权限撤销",
        RevocationReason::AaCompromise => "AA 密钥泄露",
        _ => "未说明",
    };
    if language == Language::Zh { zh.to_owned() } else { reason.to_string() }
}

impl LineJson {
    fn of(line: &PathLine) -> Self {
        LineJson {
            subject: line.subject.clone(),
            issuer: line.issuer.clone(),
            serial: line.serial.clone(),
            not_before: time(line.not_before),
            not_after: time(line.not_after),
            days_left: line.days_left,
            key_usage: line.key_usage.map(key_usage_names),
            user_id: line.user_id.as_ref().map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned()),
            anchor: line.is_anchor,
            revocation: RevocationJson::of(&line.revocation),
            fingerprint: line.fingerprint.clone(),
        }
    }
}

impl RevocationJson {
    fn of(status: &RevocationStatus) -> Self {
        let state = match status {
            RevocationStatus::Good { .. } => "good",
            RevocationStatus::Revoked { .. } => "revoked",
            RevocationStatus::Unknown(_) => "unknown",
            RevocationStatus::NotMade => "not-made",
        };
        let (entry, crl) = match status {
            RevocationStatus::Good { crl } => (None, Some(crl)),
            RevocationStatus::Revoked { entry, crl } => (Some(entry), Some(crl)),
            RevocationStatus::Unknown(_) | RevocationStatus::NotMade => (None, None),
        };
        let reasons: Vec<czei::Error> = match status {
            RevocationStatus::Unknown(reasons) => reasons.iter().cloned().map(czei::Error::from).collect(),
            _ => Vec::new(),
        };
        RevocationJson {
            state,
            reason: entry.and_then(|entry| entry.reason).map(|reason| reason.to_string()),
            since: entry.map(|entry| time(entry.effective())),
            crl: crl.map(|crl| CrlJson {
                issuer: crl.issuer().to_rfc4514(),
                this_update: time(crl.this_update()),
                next_update: crl.next_update().map(time),
            }),
            problems: ProblemJson::all(&reasons),
        }
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Indeterminate => "indeterminate",
        Outcome::Failed => "failed",
    }
}

fn aspect_name(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Passed => "passed",
        Aspect::Indeterminate => "indeterminate",
        Aspect::Failed => "failed",
        Aspect::NotMade => "not-made",
    }
}

fn aspect_text(aspect: Aspect, language: Language) -> &'static str {
    match (aspect, language) {
        (Aspect::Passed, Language::Zh) => "✓ 通过",
        (Aspect::Passed, Language::En) => "✓ passed",
        (Aspect::Indeterminate, Language::Zh) => "? 无法判定",
        (Aspect::Indeterminate, Language::En) => "? indeterminate",
        (Aspect::Failed, Language::Zh) => "✗ 未通过",
        (Aspect::Failed, Language::En) => "✗ failed",
        (Aspect::NotMade, Language::Zh) => "- 未检查",
        (Aspect::NotMade, Language::En) => "- not made",
    }
}
