//! A sandbox province: keys, certificates, configuration and policy to try everything out with.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use czei_codes::Code as _;
use czei_core::{ReceiptCode, ReceiptNumber};
use czei_pki::{CaTemplate, Certificate, CertificateTemplate, KeyUsage, LocalSigner, Name, Signer, to_pkcs8_pem};
use czei_sm2::SigningKey;
use czei_stock::{By, NewGiven, NewSegment, OpenOptions, SqliteLedger, SqliteStock, Stock as _};
use zeroize::Zeroizing;

use crate::files::{self, read_failed, shown, write_failed};
use crate::settings::Files;
use crate::{Clock, Code, Configuration, Result};

/// A sandbox province: an SM2 root, a CA below it, units and an authority with certificates whose
/// subjects are theirs, and the configuration and policy that name them.
///
/// In a folder it also has a stock of numbers and the authority's ledger: a segment for each unit and code,
/// given by the ledger, received and taken in by the stock.
///
/// It also has one certificate of the same CA that is nobody's, to see what happens when it signs.
/// Nothing made in a sandbox is a real receipt.
///
/// ```
/// use czei::{Sandbox, SandboxPlan, SystemClock};
/// let sandbox = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock)?;
/// let configuration = sandbox.configuration()?;
/// assert_eq!(configuration.units[0].name, "示例市实验中学");
/// assert_eq!(configuration.authorities[0].areas, ["3206"]);
/// # Ok::<(), czei::Error>(())
/// ```
pub struct Sandbox {
    plan: SandboxPlan,
    /// Everything that is written to the folder, by path within it.
    files: BTreeMap<String, SandboxFile>,
    other: Arc<LocalSigner>,
}

struct SandboxFile {
    bytes: Zeroizing<Vec<u8>>,
    secret: bool,
}

/// Who lives in a sandbox. The default is the province of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxPlan {
    /// The units.
    pub units: Vec<SandboxUnit>,
    /// The authority's name.
    pub authority: String,
    /// Prefixes of the areas it countersigns for.
    pub areas: Vec<String>,
}

/// A unit of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxUnit {
    /// The name of its files: lower-case letters.
    pub file: String,
    /// `InvoicingPartyCode`.
    pub code: String,
    /// `InvoicingPartyName`, and the subject of its certificate.
    pub name: String,
    /// The receipt codes of which it gets a segment of numbers.
    pub receipt_codes: Vec<String>,
}

impl SandboxUnit {
    /// A unit without numbers.
    #[must_use]
    pub fn new(file: &str, code: &str, name: &str) -> Self {
        let receipt_codes = Vec::new();
        SandboxUnit { file: file.to_owned(), code: code.to_owned(), name: name.to_owned(), receipt_codes }
    }

    /// The unit with numbers of these receipt codes, [`Sandbox::FIRST`] to [`Sandbox::LAST`] of each; a code
    /// belongs to one unit of a sandbox.
    #[must_use]
    pub fn with_numbers(self, receipt_codes: &[&str]) -> Self {
        SandboxUnit { receipt_codes: receipt_codes.iter().map(|code| (*code).to_owned()).collect(), ..self }
    }
}

impl Default for SandboxPlan {
    fn default() -> Self {
        SandboxPlan {
            units: vec![
                SandboxUnit::new("school", "123299990000000353", "示例市实验中学")
                    .with_numbers(&["32020126", Sandbox::EXAMPLE_CODE]),
                SandboxUnit::new("registry", "123299990000000278", "示例市不动产登记中心").with_numbers(&["32010126"]),
            ],
            authority: "示例市财政局".to_owned(),
            areas: vec!["3206".to_owned()],
        }
    }
}

impl Sandbox {
    /// The name of the configuration in the folder.
    pub const CONFIGURATION: &'static str = "czei.toml";
    /// The name of the policy in the folder.
    pub const POLICY: &'static str = "policy.toml";
    /// The receipt code of [`Sandbox::example_draft`].
    pub const EXAMPLE_CODE: &'static str = "32990126";
    /// The name of the stock of numbers in the folder.
    pub const STOCK: &'static str = "stock.db";
    /// The name of the authority's ledger in the folder.
    pub const LEDGER: &'static str = "ledger.db";
    /// The first number of each segment.
    pub const FIRST: u64 = 1;
    /// The last number of each segment.
    pub const LAST: u64 = 10_000;
    /// Stands in a folder while a sandbox is made there: one that holds it is not whole.
    pub const UNFINISHED: &'static str = ".czei-sandbox-unfinished";

    /// Makes the keys and certificates of a plan, valid from a day before the clock: units and
    /// authority for 5 years, the CA for 10, the root for 20.
    ///
    /// # Errors
    /// [`EntropyFailed`](czei_sm2::Code::EntropyFailed), and those of certificates for a plan with
    /// impossible names.
    pub fn in_memory(plan: &SandboxPlan, clock: &dyn Clock) -> Result<Self> {
        let mut maker = Maker::new(clock)?;
        for unit in &plan.units {
            maker.member(&unit.file, &unit.name)?;
        }
        maker.member("authority", &plan.authority)?;
        let other = maker.member("other", "示例市别的单位")?;
        let mut files = maker.files;
        files.insert(Self::POLICY.to_owned(), SandboxFile::open(policy_text(plan)));
        files.insert(Self::CONFIGURATION.to_owned(), SandboxFile::open(configuration_text(plan)));
        Ok(Sandbox { plan: plan.clone(), files, other })
    }

    /// Makes a sandbox in a folder, which must be empty or not be there. Keys get mode 0600. A folder in
    /// which making one was cut short, so that it still holds [`Sandbox::UNFINISHED`], is emptied and made
    /// whole. Names that begin with `.czei-` are left alone.
    ///
    /// # Errors
    /// [`Code::SandboxFolder`], [`Code::FileWrite`], and those of [`Sandbox::in_memory`] and of the stock.
    pub fn create(folder: impl AsRef<Path>, plan: &SandboxPlan, clock: &dyn Clock) -> Result<Self> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(|error| write_failed(folder, &error))?;
        let unfinished = folder.join(Self::UNFINISHED);
        if unfinished.is_file() {
            Self::empty(folder)?;
        } else if !entries(folder)?.is_empty() {
            return Err(Code::SandboxFolder.fault().in_file(shown(folder)).into());
        }
        begin(folder)?;
        let sandbox = Self::in_memory(plan, clock)?;
        sandbox.write(folder)?;
        sandbox.write_numbers(folder)?;
        fs::remove_file(&unfinished)
            .and_then(|()| files::sync_folder(folder))
            .map_err(|error| write_failed(&unfinished, &error))?;
        Ok(sandbox)
    }

    /// Empties a folder for [`Sandbox::create`], all but names that begin with `.czei-`. When this is cut
    /// short, `create` goes on with it.
    ///
    /// # Errors
    /// [`Code::FileWrite`].
    pub fn empty(folder: impl AsRef<Path>) -> Result<()> {
        let folder = folder.as_ref();
        begin(folder)?;
        for path in entries(folder)? {
            let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
            let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(|error| write_failed(&path, &error))?;
        }
        Ok(())
    }

    /// Whether a folder holds a sandbox that was made to its end, with a stock and a ledger.
    #[must_use]
    pub fn is_whole(folder: impl AsRef<Path>) -> bool {
        let folder = folder.as_ref();
        let has = |name: &str| folder.join(name).is_file();
        !has(Self::UNFINISHED) && [Self::CONFIGURATION, Self::STOCK, Self::LEDGER].into_iter().all(has)
    }

    /// Writes the keys, certificates, policy and configuration of the sandbox into a folder, replacing those
    /// of the same names. The configuration names a stock and a ledger, which [`Sandbox::create`] makes.
    ///
    /// # Errors
    /// [`Code::FileWrite`].
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<()> {
        for (name, file) in &self.files {
            let path = folder.as_ref().join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|error| write_failed(parent, &error))?;
            }
            if name == Self::CONFIGURATION {
                files::write_new_or_replace(&path, &[&file.bytes, numbers_text().as_bytes()].concat())?;
            } else if file.secret {
                files::write_secret(&path, &file.bytes)?;
            } else {
                files::write_new_or_replace(&path, &file.bytes)?;
            }
        }
        Ok(())
    }

    /// Makes stock and ledger, with a segment for each unit and code.
    fn write_numbers(&self, folder: &Path) -> Result<()> {
        let by = By::two("czei sandbox", "czei sandbox check");
        let stock = SqliteStock::create(&OpenOptions::new(folder.join(Self::STOCK)), by)?;
        let ledger = SqliteLedger::create(&OpenOptions::new(folder.join(Self::LEDGER)), by)?;
        let (first, last) = (ReceiptNumber::new(Self::FIRST)?, ReceiptNumber::new(Self::LAST)?);
        for unit in &self.plan.units {
            for code in &unit.receipt_codes {
                let code = ReceiptCode::parse(code)?;
                let unit = unit.code.as_str();
                ledger.give(&NewGiven { unit, code, first, last }, by)?;
                let giver = self.plan.authority.as_str();
                let segment = stock.receive(&NewSegment { unit, code, first, last, next: None, giver }, by)?;
                stock.take_in(segment, by)?;
            }
        }
        Ok(())
    }

    /// Reads the configuration of a sandbox in a folder.
    ///
    /// # Errors
    /// Those of [`Configuration::load`].
    pub fn open(folder: impl AsRef<Path>) -> Result<Configuration> {
        Configuration::load(folder.as_ref().join(Self::CONFIGURATION))
    }

    /// The configuration of this sandbox.
    ///
    /// # Errors
    /// Those of [`Configuration::load`].
    pub fn configuration(&self) -> Result<Configuration> {
        Configuration::read(&self.read(Path::new(Self::CONFIGURATION))?, Self::CONFIGURATION, Path::new(""), self)
    }

    /// A certificate of the same CA that the policy names neither as a unit nor as the authority.
    #[must_use]
    pub fn other(&self) -> Arc<dyn Signer> {
        Arc::clone(&self.other) as Arc<dyn Signer>
    }

    /// A draft of the first unit with the receipt code [`Sandbox::EXAMPLE_CODE`], as JSON.
    #[must_use]
    pub fn example_draft(&self) -> String {
        let unit = self.plan.units.first().map_or("", |unit| unit.code.as_str());
        let area = format!("{:0<6}", self.plan.areas.first().map_or("", String::as_str));
        let code = Self::EXAMPLE_CODE;
        format!(
            r#"{{ "v": 1, "request_id": "example-1", "name": "江苏省其他财政票据（电子）",
  "code": "{code}", "specimen": "{code}01", "area": "{area}", "unit": {{ "code": "{unit}" }},
  "payer": {{ "type": "person", "name": "张三" }},
  "items": [ {{ "code": "103042701", "name": "学费", "amount": "850.00" }} ],
  "handler": "李四", "checker": "王五" }}"#
        )
    }
}

/// The files of a sandbox that was not written anywhere.
impl Files for Sandbox {
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let file = path.to_str().and_then(|name| self.files.get(name));
        let missing = || read_failed(path, &std::io::Error::from(std::io::ErrorKind::NotFound));
        Ok(file.ok_or_else(missing)?.bytes.to_vec())
    }

    fn read_secret(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>> {
        self.read(path).map(Zeroizing::new)
    }

    fn names(&self, folder: &Path) -> Result<Vec<String>> {
        let below = self.files.keys().filter_map(|name| Path::new(name).strip_prefix(folder).ok().map(PathBuf::from));
        Ok(below
            .filter(|rest| rest.components().count() == 1)
            .filter_map(|rest| rest.to_str().map(str::to_owned))
            .collect())
    }
}

impl SandboxFile {
    fn open(text: String) -> Self {
        SandboxFile { bytes: Zeroizing::new(text.into_bytes()), secret: false }
    }
}

/// Root and CA at work.
struct Maker {
    now: DateTime<Utc>,
    ca_key: SigningKey,
    ca: Certificate,
    next_serial: u8,
    files: BTreeMap<String, SandboxFile>,
}

impl Maker {
    fn new(clock: &dyn Clock) -> Result<Self> {
        let now = clock.now().with_timezone(&Utc);
        let (root_key, ca_key) = (SigningKey::generate()?, SigningKey::generate()?);
        let template = |serial, name, years, below| -> Result<CertificateTemplate> {
            let usage = KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
            Ok(CertificateTemplate {
                ca: Some(CaTemplate { path_len: below }),
                ..template(now, serial, &subject(name)?, years, usage)
            })
        };
        let root = template(1, "示例省沙箱根证书", 20, None)?.self_sign(&root_key)?;
        let ca =
            template(2, "示例省沙箱证书认证中心", 10, Some(0))?.sign_by(&root_key, &root, ca_key.verifying_key())?;
        let mut files = BTreeMap::new();
        keep(&mut files, "ca/root.crt", "ca/root.key", &root, &root_key);
        keep(&mut files, "ca/sub.crt", "ca/sub.key", &ca, &ca_key);
        Ok(Maker { now, ca_key, ca, next_serial: 3, files })
    }

    /// A key and its certificate.
    fn member(&mut self, file: &str, name: &str) -> Result<Arc<LocalSigner>> {
        let key = SigningKey::generate()?;
        let usage = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::NON_REPUDIATION;
        let template = template(self.now, self.next_serial, &subject(name)?, 5, usage);
        self.next_serial = self.next_serial.wrapping_add(1).max(3);
        let certificate = template.sign_by(&self.ca_key, &self.ca, key.verifying_key())?;
        keep(&mut self.files, &format!("certs/{file}.crt"), &format!("keys/{file}.key"), &certificate, &key);
        Ok(Arc::new(LocalSigner::new(key, Arc::new(certificate))?))
    }
}

fn keep(
    files: &mut BTreeMap<String, SandboxFile>,
    certificate_path: &str,
    key_path: &str,
    certificate: &Certificate,
    key: &SigningKey,
) {
    files.insert(certificate_path.to_owned(), SandboxFile::open(certificate.to_pem()));
    let pem = Zeroizing::new(to_pkcs8_pem(key).as_bytes().to_vec());
    files.insert(key_path.to_owned(), SandboxFile { bytes: pem, secret: true });
}

fn template(now: DateTime<Utc>, serial: u8, subject: &Name, years: u64, usage: KeyUsage) -> CertificateTemplate {
    let day = |time: Option<DateTime<Utc>>| time.unwrap_or(now);
    CertificateTemplate {
        subject: subject.clone(),
        serial: vec![0x20, 0x26, 0x00, serial],
        not_before: day(now.checked_sub_days(Days::new(1))),
        not_after: day(now.checked_add_days(Days::new(years * 365))),
        ca: None,
        key_usage: Some(usage),
        extensions: Vec::new(),
    }
}

/// `CN=name,O=name,C=CN`.
fn subject(name: &str) -> Result<Name> {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' | '#' | ' ') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    Ok(Name::parse_rfc4514(&format!("CN={escaped},O={escaped},C=CN"))?)
}

fn policy_text(plan: &SandboxPlan) -> String {
    let areas = toml_list(&plan.areas);
    let subject = toml_text(&subject(&plan.authority).map(|name| name.to_rfc4514()).unwrap_or_default());
    format!(
        r#"# Whom this sandbox trusts. Nothing made in it is a real receipt.
v = 1
[trust]
unit         = ["ca/root.crt"]
authority    = ["ca/root.crt"]
certificates = ["ca/sub.crt", "certs/*.crt"]
[[authority]]
area    = {areas}
subject = {subject}
[unit]
binding = "name"
[judge]
time       = "issue"
revocation = "if-available"
"#
    )
}

fn configuration_text(plan: &SandboxPlan) -> String {
    let mut text = "# Who issues and countersigns in this sandbox.\nv = 1\npolicy = \"policy.toml\"\n".to_owned();
    for unit in &plan.units {
        let (code, name, file) = (toml_text(&unit.code), toml_text(&unit.name), &unit.file);
        text.push_str(&format!(
            "[[unit]]\ncode = {code}\nname = {name}\nkey = \"keys/{file}.key\"\ncertificate = \"certs/{file}.crt\"\n"
        ));
    }
    let areas = toml_list(&plan.areas);
    text.push_str(&format!(
        "[[authority]]\narea = {areas}\nkey = \"keys/authority.key\"\ncertificate = \"certs/authority.crt\"\n"
    ));
    text
}

/// What the configuration of a folder has, and one in memory cannot have.
fn numbers_text() -> String {
    format!("[stock]\nfile = \"{}\"\n[ledger]\nfile = \"{}\"\n", Sandbox::STOCK, Sandbox::LEDGER)
}

/// Marks a folder as one in which a sandbox is being made. The name is made in one step, and what stands in
/// the file means nothing: whenever this is cut short, the mark is there or the folder is as it was.
fn begin(folder: &Path) -> Result<()> {
    let mark = folder.join(Sandbox::UNFINISHED);
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&mark)
        .and_then(|file| file.sync_all())
        .and_then(|()| files::sync_folder(folder))
        .map_err(|error| write_failed(&mark, &error))
}

/// What is in a folder, our own marks left out.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error: std::io::Error| read_failed(folder, &error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".czei-") {
            paths.push(entry.path());
        }
    }
    Ok(paths)
}

fn toml_text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn toml_list(texts: &[String]) -> String {
    toml::Value::from(texts.to_vec()).to_string()
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("files", &self.files.keys()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
