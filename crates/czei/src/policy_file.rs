//! The policy file: TOML in, [`Policy`] out.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use czei_codes::{Code as _, Severity};
use czei_core::xml::Limits;
use czei_core::{AuthorityRule, Binding, Compat, JudgeTime, Policy, RevocationRule, UnitRule, Who};
use czei_pki::{CertificateStore, Name};
use czei_sm2::Sm3;
use serde::Deserialize;

use crate::settings::{self, At, Files, SystemFiles};
use crate::{Code, Result, explain, tables};

/// Reads a policy file and the certificates it names.
///
/// Paths in it are relative to it. Every error names the file and, within the policy, the key.
///
/// # Errors
/// [`Code::FileRead`] and [`Code::FileTooLarge`] for any of the files; for the policy itself the
/// errors of [`parse_policy`].
pub fn load_policy(path: impl AsRef<Path>) -> Result<Policy> {
    let path = path.as_ref();
    let (folder, name) = settings::folder_and_name(path);
    let bytes = SystemFiles.read(path)?;
    read_policy(&bytes, &name, &folder, &SystemFiles)
}

/// Reads a policy from its text; `files` gives it the certificates, `folder` is where its paths
/// begin.
///
/// # Errors
/// [`Code::TomlSyntax`], [`Code::TomlUnknownKey`], [`Code::TomlType`], [`Code::TomlMissing`],
/// [`Code::TomlVersion`], [`Code::SettingValue`], [`Code::SubjectOrFingerprint`],
/// [`Code::PatternEmpty`], [`Code::CrlsNotRead`], [`Code::SeverityCode`], [`Code::SeverityTwice`],
/// [`SettingUnknown`](czei_core::Code::SettingUnknown),
/// [`SeverityNotLowerable`](czei_core::Code::SeverityNotLowerable), and those of certificates.
///
/// ```
/// use czei::core::Binding;
/// let text = r#"
/// v = 1
/// [[authority]]
/// area = ["3206"]
/// subject = "CN=示例市财政局"
/// [unit]
/// binding = "table"
/// "#;
/// let policy = czei::parse_policy(text.as_bytes(), "/etc/czei", &czei::SystemFiles)?;
/// assert_eq!(policy.binding, Binding::Table);
///
/// let error = czei::parse_policy(b"v = 1\n[judge]\ntme = \"now\"", ".", &czei::SystemFiles).unwrap_err();
/// assert_eq!(error.entry().name, "toml-unknown-key");
/// assert_eq!(error.place().path.as_deref(), Some("judge.tme"));
/// # Ok::<(), czei::Error>(())
/// ```
pub fn parse_policy(text: &[u8], folder: impl AsRef<Path>, files: &dyn Files) -> Result<Policy> {
    read_policy(text, "policy.toml", folder.as_ref(), files)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyToml {
    v: u32,
    #[serde(default, deserialize_with = "tables::one")]
    trust: TrustToml,
    #[serde(default, deserialize_with = "tables::list")]
    authority: Vec<AuthorityToml>,
    #[serde(default, deserialize_with = "tables::one")]
    unit: UnitToml,
    #[serde(default, deserialize_with = "tables::one")]
    judge: JudgeToml,
    #[serde(default, deserialize_with = "tables::one")]
    accept: AcceptToml,
    #[serde(default)]
    severity: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "tables::one")]
    limits: Limits,
    #[serde(default, deserialize_with = "tables::optional")]
    check_code: Option<CheckCodeToml>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TrustToml {
    unit: Vec<String>,
    authority: Vec<String>,
    certificates: Vec<String>,
    crls: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorityToml {
    area: Vec<String>,
    subject: Option<String>,
    fingerprint: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct UnitToml {
    binding: Option<String>,
    #[serde(deserialize_with = "tables::list")]
    table: Vec<UnitRowToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitRowToml {
    code: String,
    subject: Option<String>,
    fingerprint: Option<String>,
    #[serde(default)]
    delegates: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct JudgeToml {
    /// A text, or a date and time of TOML's own.
    time: Option<toml::Value>,
    revocation: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AcceptToml {
    joinings: Option<Vec<String>>,
    encodings: Option<Vec<String>>,
    user_ids: Option<Vec<String>>,
    certificate_user_ids: Option<Vec<String>>,
    compat: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckCodeToml {
    secret_file: String,
}

pub(crate) fn read_policy(text: &[u8], name: &str, folder: &Path, files: &dyn Files) -> Result<Policy> {
    let at = At::file(name);
    let toml: PolicyToml = settings::parse_toml(text, name)?;
    settings::check_version(toml.v, &at)?;
    let mut policy = Policy::default();
    policy.digest = Some(Sm3::digest(text));
    policy.limits = toml.limits;
    trust(&mut policy, &toml.trust, &at, folder, files)?;
    for (index, row) in toml.authority.into_iter().enumerate() {
        let at = at.key(&format!("authority[{index}]"));
        if row.area.is_empty() {
            // No area must not come to mean every area.
            let fault = Code::SettingValue.fault().expected("1 or more").found("[]");
            return Err(at.key("area").error(fault));
        }
        settings::check_areas(&row.area, &at.key("area"))?;
        let who = who(row.subject.as_deref(), row.fingerprint.as_deref(), &at)?;
        policy.authorities.push(AuthorityRule { areas: row.area, who });
    }
    units(&mut policy, toml.unit, &at.key("unit"))?;
    judge(&mut policy, &toml.judge, &at.key("judge"))?;
    accept(&mut policy, toml.accept, &at.key("accept"))?;
    severities(&mut policy, &toml.severity, &at.key("severity"))?;
    if let Some(check_code) = toml.check_code {
        policy.check_code_secret = Some(settings::read_secret_value(&folder.join(check_code.secret_file), files)?);
    }
    Ok(policy)
}

fn trust(policy: &mut Policy, trust: &TrustToml, at: &At<'_>, folder: &Path, files: &dyn Files) -> Result<()> {
    let add = |store: &mut CertificateStore, path: &Path| -> Result<()> {
        store.extend(settings::read_certificates(path, files)?);
        Ok(())
    };
    for path in &trust.unit {
        add(&mut policy.unit_anchors, &folder.join(path))?;
    }
    for path in &trust.authority {
        add(&mut policy.authority_anchors, &folder.join(path))?;
    }
    let each = |key: &str, patterns: &[String], add: &mut dyn FnMut(&Path) -> Result<()>| -> Result<()> {
        for (index, pattern) in patterns.iter().enumerate() {
            let at = at.key(&format!("trust.{key}[{index}]"));
            for path in settings::matching_files(folder, pattern, &at, files)? {
                add(&path)?;
            }
        }
        Ok(())
    };
    each("certificates", &trust.certificates, &mut |path| add(&mut policy.certificates, path))?;
    each("crls", &trust.crls, &mut |path| {
        settings::read_crls(path, files)?.into_iter().map(Arc::new).for_each(|crl| drop(policy.crls.add(crl)));
        Ok(())
    })?;
    Ok(())
}

fn units(policy: &mut Policy, unit: UnitToml, at: &At<'_>) -> Result<()> {
    const BINDINGS: [(&str, Binding); 3] = [("name", Binding::Name), ("table", Binding::Table), ("any", Binding::Any)];
    if let Some(name) = &unit.binding {
        policy.binding = at.key("binding").one_of(name, &BINDINGS)?;
    }
    for (index, row) in unit.table.into_iter().enumerate() {
        let at = at.key(&format!("table[{index}]"));
        if row.code.is_empty() {
            return Err(at.key("code").error(Code::SettingValue.fault().expected("1 to 30 characters").found("")));
        }
        let who = who(row.subject.as_deref(), row.fingerprint.as_deref(), &at)?;
        policy.units.push(UnitRule { code: row.code, who, delegates: row.delegates });
    }
    Ok(())
}

fn judge(policy: &mut Policy, judge: &JudgeToml, at: &At<'_>) -> Result<()> {
    const REVOCATIONS: [(&str, RevocationRule); 3] = [
        ("required", RevocationRule::Required),
        ("if-available", RevocationRule::IfAvailable),
        ("off", RevocationRule::Off),
    ];
    let text = match &judge.time {
        None => None,
        Some(toml::Value::String(text)) => Some(text.clone()),
        Some(toml::Value::Datetime(time)) => Some(time.to_string()),
        Some(other) => {
            let fault = Code::TomlType.fault().expected("string | datetime").found(other.type_str());
            return Err(at.key("time").error(fault));
        }
    };
    match text.as_deref() {
        None => {}
        Some("now") => policy.judge = JudgeTime::Now,
        Some("issue") => policy.judge = JudgeTime::Issue,
        Some(text) => {
            let time = DateTime::parse_from_rfc3339(text).map_err(|_| {
                let expected = "now | issue | 2026-12-01T00:00:00+08:00";
                at.key("time").error(Code::SettingValue.fault().expected(expected).found(text))
            })?;
            policy.judge = JudgeTime::At(time.with_timezone(&Utc));
        }
    }
    if let Some(name) = &judge.revocation {
        let at = at.key("revocation");
        policy.revocation = at.one_of(name, &REVOCATIONS)?;
        if policy.revocation == RevocationRule::Off && !policy.crls.is_empty() {
            return Err(at.error(Code::CrlsNotRead.fault().expected("required | if-available").found(name.as_str())));
        }
    }
    Ok(())
}

fn accept(policy: &mut Policy, accept: AcceptToml, at: &At<'_>) -> Result<()> {
    let all = |key: &str, names: Option<Vec<String>>| match names {
        // An empty list would accept nothing at all, which is never what was meant.
        Some(names) if names.is_empty() => {
            Err(at.key(key).error(Code::SettingValue.fault().expected("1 or more").found("[]")))
        }
        names => Ok(names),
    };
    if let Some(names) = all("joinings", accept.joinings)? {
        policy.joinings = at.key("joinings").each(&names, |at, name| at.joining(name))?;
    }
    if let Some(names) = all("encodings", accept.encodings)? {
        policy.encodings = at.key("encodings").each(&names, |at, name| at.one_of(name, &settings::ENCODINGS))?;
    }
    if let Some(ids) = all("user_ids", accept.user_ids)? {
        policy.user_ids = at.key("user_ids").each(&ids, |at, id| at.user_id(id))?;
    }
    if let Some(ids) = all("certificate_user_ids", accept.certificate_user_ids)? {
        policy.certificate_user_ids = at.key("certificate_user_ids").each(&ids, |at, id| at.user_id(id))?;
    }
    if let Some(names) = accept.compat {
        let compats = Compat::ALL.map(|compat| (compat.name(), compat));
        policy.compat = at.key("compat").each(&names, |at, name| at.one_of(name, &compats))?;
    }
    Ok(())
}

fn severities(policy: &mut Policy, severities: &BTreeMap<String, String>, at: &At<'_>) -> Result<()> {
    const SEVERITIES: [(&str, Severity); 3] =
        [("error", Severity::Error), ("warning", Severity::Warning), ("note", Severity::Note)];
    let mut seen: BTreeMap<u16, &str> = BTreeMap::new();
    for (name, severity) in severities {
        let at = at.key(name);
        let entry = explain(name).ok_or_else(|| at.error(Code::SeverityCode.fault().found(name.as_str())))?;
        if let Some(other) = seen.insert(entry.number, name) {
            let fault = Code::SeverityTwice.fault().expected(other).found(name.as_str());
            return Err(at.error(fault));
        }
        let severity = at.one_of(severity, &SEVERITIES)?;
        policy.set_severity(entry, severity).map_err(|fault| at.error(fault))?;
    }
    Ok(())
}

/// The certificate that a subject or a fingerprint names.
fn who(subject: Option<&str>, fingerprint: Option<&str>, at: &At<'_>) -> Result<Who> {
    match (subject, fingerprint) {
        (Some(subject), None) => {
            let name = Name::parse_rfc4514(subject).map_err(|fault| at.key("subject").error(fault))?;
            Ok(Who::Subject(name))
        }
        (None, Some(text)) => {
            let fingerprint = settings::fingerprint(text);
            fingerprint.map(Who::Fingerprint).ok_or_else(|| {
                let fault = Code::SettingValue.fault().expected("sm3: and 64 hex characters").found(text);
                at.key("fingerprint").error(fault)
            })
        }
        (subject, _) => {
            let found = if subject.is_some() { "subject, fingerprint" } else { "" };
            Err(at.error(Code::SubjectOrFingerprint.fault().expected("subject | fingerprint").found(found)))
        }
    }
}
