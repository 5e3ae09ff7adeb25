//! `czei inspect`: what stands in one receipt, and the numbers with which other tools can check its
//! signatures. Nothing is judged here.

use czei::core::{InspectedSignature, Inspection, InspectionSettings, Joining};
use czei::pki::Certificate;
use czei::sm2::UserId;
use czei::{CliCode, Policy};
use serde::Serialize;

use super::{Ended, receipts};
use crate::Run;
use crate::arguments::{Inspect, Role};
use crate::failure::{Failure, PlaceJson, Result};
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Inspect, output: &mut Output) -> Run {
    let settings = settings(arguments)?;
    let bytes = receipts::read_document(&arguments.file, settings.limits.bytes)?;
    if arguments.document {
        output.bytes(&bytes)?;
        return Ok(Ended::AsWished);
    }
    let file = shown::path(&arguments.file);
    let inspection =
        Inspection::read(&bytes, &settings).map_err(|error| czei::Error::from(error).in_file(file.as_str()))?;
    match arguments.signed_bytes {
        Some(role) => signed_bytes(&inspection, role, output)?,
        None if output.json => output.object(&InspectionJson::new(&file, &inspection, &settings))?,
        None => text(&file, &inspection, output)?,
    }
    Ok(Ended::AsWished)
}

fn settings(arguments: &Inspect) -> Result<InspectionSettings> {
    let joining: Joining = arguments.joining.parse().map_err(|error| czei::Error::from(error).at_path("--joining"))?;
    let user_id =
        UserId::new(arguments.user_id.as_bytes()).map_err(|error| czei::Error::from(error).at_path("--user-id"))?;
    let mut settings =
        InspectionSettings { limits: Policy::default().limits, joining, user_id, ..InspectionSettings::default() };
    for path in &arguments.certificates {
        let bytes = czei::files::read_limited(path, czei::files::MAX_SETTINGS)?;
        let certificates = Certificate::many_from_pem_or_der(&bytes);
        let certificates = certificates.map_err(|error| czei::Error::from(error).in_file(shown::path(path)))?;
        for certificate in certificates {
            settings.certificates.add(certificate.into());
        }
    }
    Ok(settings)
}

/// The bytes that a role signed, and nothing else.
fn signed_bytes(inspection: &Inspection, role: Role, output: &mut Output) -> Result<()> {
    let (signature, original) = match role {
        Role::Unit => (&inspection.unit, Some(&inspection.unit_original)),
        Role::Authority => (&inspection.authority, inspection.authority_original.as_ref()),
    };
    // With signed attributes the signature covers those; without a signature, what is to be signed.
    let bytes = signature.as_ref().map(|signature| &signature.signed_bytes).or(original);
    let bytes = bytes.ok_or(Failure::from(CliCode::SignatureAbsent))?;
    output.bytes(bytes)
}

fn text(file: &str, inspection: &Inspection, output: &mut Output) -> Result<()> {
    let language = output.language;
    output.line(file)?;
    for field in &inspection.fields {
        let name = match field.name_zh {
            Some(zh) => format!("{zh} {}", field.name),
            None => field.name.clone(),
        };
        let within = item_of(&field.path);
        output.line(&format!("  {within}{}: {}", shown::text(&name), shown::text(&field.text)))?;
    }
    for finding in &inspection.findings {
        let message = language.pick(&finding.message_zh(), &finding.message_en()).to_owned();
        output.line(&format!("  {} {}", finding.entry, shown::text(&format!("{message} [{}]", finding.place))))?;
    }
    signature(language.pick("开票单位签名", "Unit signature"), inspection.unit.as_ref(), output)?;
    signature(language.pick("财政部门签名", "Authority signature"), inspection.authority.as_ref(), output)?;
    output.say("以上内容未经验证；验证请用 czei verify", "Nothing of this is verified; czei verify does that")
}

/// `Item[2] ` for a field of an item, so that the items can be told apart.
fn item_of(path: &str) -> String {
    let step = path.split('/').find(|step| step.ends_with(']'));
    step.map(|step| format!("{step} ")).unwrap_or_default()
}

fn signature(role: &str, signature: Option<&InspectedSignature>, output: &mut Output) -> Result<()> {
    let Some(signature) = signature else { return output.line(&format!("{role}: -")) };
    output.line(&format!("{role}:"))?;
    let certificate = signature.certificate.as_ref();
    let hex = |bytes: Option<[u8; 32]>| bytes.map(|bytes| shown::hex(&bytes)).unwrap_or_default();
    let rows = [
        ("SignedInfo", format!("{} | {}", signature.reference, signature.algorithm)),
        ("SignatureTime", signature.time.clone()),
        ("KeyInfo", format!("{} | {}", signature.serial, signature.issuer)),
        ("encoding", signature.value.as_ref().map(|value| value.encoding().name().to_owned()).unwrap_or_default()),
        ("certificate", certificate.map(|each| each.subject().to_rfc4514()).unwrap_or_default()),
        ("fingerprint", certificate.map(|each| each.fingerprint()).unwrap_or_default()),
        ("SM3", shown::hex(&signature.original_sm3)),
        ("Z", hex(signature.z)),
        ("e", hex(signature.e)),
        ("DER", signature.value.as_ref().map(|value| shown::hex(&value.signature().to_der())).unwrap_or_default()),
    ];
    for (label, value) in rows {
        output.line(&format!("  {label}: {}", shown::text(&value)))?;
    }
    if let Some(problem) = &signature.problem {
        let message = output.language.pick(&problem.message_zh(), &problem.message_en()).to_owned();
        output.line(&format!("  {} {}", problem.entry, shown::text(&format!("{message} [{}]", problem.place))))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct InspectionJson<'a> {
    v: u32,
    file: &'a str,
    fields: Vec<FieldJson<'a>>,
    findings: Vec<FindingJson>,
    user_id: String,
    unit: Option<SignatureJson<'a>>,
    authority: Option<SignatureJson<'a>>,
    joining: &'static str,
}

#[derive(Serialize)]
struct FieldJson<'a> {
    path: &'a str,
    name: &'a str,
    name_zh: Option<&'static str>,
    text: &'a str,
}

#[derive(Serialize)]
struct FindingJson {
    code: String,
    severity: &'static str,
    place: PlaceJson,
    message: String,
    message_en: String,
}

#[derive(Serialize)]
struct SignatureJson<'a> {
    reference: &'a str,
    algorithm: &'a str,
    time: &'a str,
    serial: &'a str,
    issuer: &'a str,
    encoding: Option<&'static str>,
    certificate: Option<CertificateJson>,
    sm3: String,
    z: Option<String>,
    e: Option<String>,
    signature: Option<String>,
    problem: Option<FindingJson>,
}

#[derive(Serialize)]
struct CertificateJson {
    subject: String,
    issuer: String,
    serial: String,
    fingerprint: String,
    public_key: Option<String>,
    pem: String,
}

impl<'a> InspectionJson<'a> {
    fn new(file: &'a str, inspection: &'a Inspection, settings: &InspectionSettings) -> Self {
        let fields = inspection.fields.iter().map(|field| FieldJson {
            path: &field.path,
            name: &field.name,
            name_zh: field.name_zh,
            text: &field.text,
        });
        InspectionJson {
            v: 1,
            file,
            fields: fields.collect(),
            findings: inspection.findings.iter().map(FindingJson::new).collect(),
            user_id: String::from_utf8_lossy(settings.user_id.as_bytes()).into_owned(),
            unit: inspection.unit.as_ref().map(SignatureJson::new),
            authority: inspection.authority.as_ref().map(SignatureJson::new),
            joining: settings.joining.name(),
        }
    }
}

impl FindingJson {
    fn new(finding: &czei::Finding) -> Self {
        FindingJson {
            code: finding.entry.id(),
            severity: finding.severity.name(),
            place: PlaceJson::of(&finding.place),
            message: finding.message_zh(),
            message_en: finding.message_en(),
        }
    }
}

impl<'a> SignatureJson<'a> {
    fn new(signature: &'a InspectedSignature) -> Self {
        let hex = |bytes: &[u8; 32]| shown::hex(bytes);
        SignatureJson {
            reference: &signature.reference,
            algorithm: &signature.algorithm,
            time: &signature.time,
            serial: &signature.serial,
            issuer: &signature.issuer,
            encoding: signature.value.as_ref().map(|value| value.encoding().name()),
            certificate: signature.certificate.as_deref().map(CertificateJson::new),
            sm3: hex(&signature.original_sm3),
            z: signature.z.as_ref().map(hex),
            e: signature.e.as_ref().map(hex),
            signature: signature.value.as_ref().map(|value| shown::hex(&value.signature().to_der())),
            problem: signature.problem.as_ref().map(FindingJson::new),
        }
    }
}

impl CertificateJson {
    fn new(certificate: &Certificate) -> Self {
        CertificateJson {
            subject: certificate.subject().to_rfc4514(),
            issuer: certificate.issuer().to_rfc4514(),
            serial: certificate.serial_hex(),
            fingerprint: certificate.fingerprint(),
            public_key: certificate.verifying_key().ok().map(|key| shown::hex(&key.to_sec1())),
            pem: certificate.to_pem(),
        }
    }
}
