//! The configuration file: who issues and who countersigns, with which keys.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use czei_codes::Code as _;
use czei_core::{DraftDefaults, DraftRules, Policy, ReceiptCode, Seal, SignatureSettings, Text};
use czei_pki::Signer;
use czei_stock::{OpenOptions, SqliteLedger, SqliteStock};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::settings::{self, At, Files, SystemFiles};
use crate::signature_settings::{AuthoritySignatureToml, SignatureToml};
use crate::signer_settings::{RemoteToml, SignerSettings};
use crate::store_settings::{self, StoreToml};
use crate::{Code, Result, policy_file, tables};

/// The configuration of an issuing system: its policy, its units, and in a sandbox the authority.
///
/// ```toml
/// v = 1
/// policy = "policy.toml"                  # paths are relative to this file
/// [[unit]]
/// code = "12320600466000000A"             # InvoicingPartyCode
/// name = "示例市实验中学"                  # InvoicingPartyName
/// codes = ["32010126"]                    # optional: the receipt codes of this entry
/// key = "keys/school.key"                 # PKCS#8, SEC1, PKCS#12 or CFCA's .sm2, mode 0600
/// certificate = "certs/school.crt"        # may hold the certificates above it too
/// signature = { encoding = "signed-data", user_id = "1234567812345678" }
/// check_code = { rule = "random" }        # or { rule = "keyed", secret_file = "check.secret" }
/// rules = { strict_payer_code = false }   # also allow_unknown_class, allow_fractional_quantity
/// seal = { id = "…", name = "…", hash = "…" }             # optional; also authority_seal
/// defaults = { handler = "李四", checker = "王五" }        # fields of drafts that leave them out
/// [[authority]]
/// area = ["3206"]                         # prefixes of SupervisorAreaCode
/// key = "keys/authority.key"
/// certificate = "certs/authority.crt"
/// signature = { joining = "hex-lower+element", form = "gm-attributes" }
/// [stock]                                 # where the units' numbers come from
/// file = "stock.db"
/// mark = "/srv/other-disk/stock.mark"     # optional: "beside" (the database), a path, or "dangerously-none"
/// receipts = "receipts"                   # optional: the folder of finished receipts; inside the database without
/// actor = "school billing"                # optional: who stands in the journal where nobody is named
/// [ledger]                                # the authority's; the same keys
/// file = "ledger.db"
/// ```
///
/// A key under a password has `key_password_file = "keys/school.password"`, a file of mode 0600 too, of which one line end at
/// the end does not count. A key file that brings its certificate along, as PKCS#12 does, lets `certificate` be left out;
/// heads of the journal are then verified only by whoever has the key.
///
/// A key that is elsewhere has `signer` in the place of `key`; see [`remote`](crate::remote). Nothing is connected to before
/// the first signature. The socket, or the program's file, and its folder belong to this user or to root, and neither
/// group nor others may write to them (socket 0600, program and folder 0755 or less); or it is not used.
///
/// ```toml
/// certificate = "certs/school.crt"        # never from the server
/// signer = { program = ["/usr/bin/hsm-sign", "--slot", "3"], key = "unit-1", timeout_ms = 5000, sessions = 4 }
/// # or a local socket:
/// signer = { socket = "/run/czei/sign.sock", key = "unit-1" }
/// # further keys, with what they are without them:
/// #   send = "digest"                     # or "message", for servers that hash for themselves
/// #   environment = []                    # variables that the program gets beside PATH, HOME, LANG, LC_ALL, TZ, TMPDIR
/// #   timeout_ms = 5000                   # for one answer
/// #   connect_timeout_ms = 5000
/// #   deadline_ms = 15000                 # for one signature in all; three times timeout_ms
/// #   sessions = 4                        # at most at once, 1 to 64
/// #   attempts = 4                        # 1 to 10; again only where nothing can have been signed
/// ```
///
/// `form` in `signature` names the form of SignedData, `gm` by default, as
/// [`SignedDataForm`](crate::pki::SignedDataForm) lists them: `gm-attributes`, `pkcs`,
/// `pkcs-attributes`, `cfca`, and with `+chain` the certificates above the signer's come along. A
/// form without Z is written with `compat = "no-z-content"` or `"no-z-contentinfo"` alone, for
/// counterparts that accept no other.
#[derive(Debug)]
pub struct Configuration {
    /// The policy that the configuration names.
    pub policy: Policy,
    /// The policy's file.
    pub policy_path: PathBuf,
    /// The units, in the order of the file.
    pub units: Vec<UnitProfile>,
    /// The authorities, in the order of the file; only a finance authority, or a sandbox, has any.
    pub authorities: Vec<AuthorityProfile>,
    /// The units' stock of numbers, where the file has `[stock]`.
    pub stock: Option<OpenOptions>,
    /// The authorities' ledger, where the file has `[ledger]`.
    pub ledger: Option<OpenOptions>,
}

/// A unit that issues: who it is, how it signs, and what its drafts may leave out.
///
/// One unit may have several profiles, each for its own receipt codes.
#[derive(Clone)]
pub struct UnitProfile {
    /// `InvoicingPartyCode`.
    pub code: String,
    /// `InvoicingPartyName`; a draft that names the unit otherwise is refused.
    pub name: String,
    /// The receipt codes this profile issues; empty means all.
    pub codes: Vec<ReceiptCode>,
    /// The unit's key and certificate.
    pub signer: Arc<dyn Signer>,
    /// How it signs; the joining is not used.
    pub signature: SignatureSettings,
    /// Where check codes come from.
    pub check_code: CheckCodeRule,
    /// What its drafts may hold.
    pub rules: DraftRules,
    /// `InvoicingPartySeal`.
    pub seal: Option<Seal>,
    /// `SupervisorPartySeal`.
    pub authority_seal: Option<Seal>,
    /// Fields of drafts that leave them out.
    pub defaults: DraftDefaults,
}

/// A finance authority that countersigns.
#[derive(Clone)]
pub struct AuthorityProfile {
    /// Prefixes of the `SupervisorAreaCode` it countersigns for; at least one.
    pub areas: Vec<String>,
    /// Its key and certificate.
    pub signer: Arc<dyn Signer>,
    /// How it signs.
    pub signature: SignatureSettings,
}

/// Where check codes (校验码) come from.
#[derive(Clone, Default)]
pub enum CheckCodeRule {
    /// The operating system's random source.
    #[default]
    Random,
    /// HMAC-SM3 with a secret, so that whoever holds it can check a printed receipt offline.
    Keyed(Zeroizing<Vec<u8>>),
}

impl UnitProfile {
    /// A unit with the standard's rules, no seals, and no fixed values but its code and name.
    #[must_use]
    pub fn new(code: &str, name: &str, signer: Arc<dyn Signer>) -> Self {
        let mut fixed = toml::Table::new();
        add_unit(&mut fixed, code, name);
        UnitProfile {
            code: code.to_owned(),
            name: name.to_owned(),
            codes: Vec::new(),
            signer,
            signature: SignatureSettings::default(),
            check_code: CheckCodeRule::default(),
            rules: DraftRules::default(),
            seal: None,
            authority_seal: None,
            // Two texts always fit.
            defaults: fixed.try_into().unwrap_or_default(),
        }
    }
}

impl AuthorityProfile {
    /// An authority with the default signature settings.
    #[must_use]
    pub fn new(areas: &[&str], signer: Arc<dyn Signer>) -> Self {
        let areas = areas.iter().map(|area| (*area).to_owned()).collect();
        AuthorityProfile { areas, signer, signature: SignatureSettings::default() }
    }
}

impl Configuration {
    /// Reads a configuration with its policy, keys and certificates.
    ///
    /// # Errors
    /// Those of [`load_policy`](crate::load_policy); [`Code::SecretReadable`] for a key that others
    /// can read; [`Code::DefaultsField`], [`Code::UnitAmbiguous`], [`Code::AreaAmbiguous`]; the codes
    /// of keys and certificates, among them a key that does not belong to its certificate.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (folder, name) = settings::folder_and_name(path);
        let text = SystemFiles.read(path)?;
        Self::read(&text, &name, &folder, &SystemFiles)
    }

    pub(crate) fn read(text: &[u8], name: &str, folder: &Path, files: &dyn Files) -> Result<Self> {
        let at = At::file(name);
        let toml: ConfigurationToml = settings::parse_toml(text, name)?;
        settings::check_version(toml.v, &at)?;
        let policy_path = folder.join(&toml.policy);
        let (policy_folder, policy_name) = settings::folder_and_name(&policy_path);
        let policy = policy_file::read_policy(&files.read(&policy_path)?, &policy_name, &policy_folder, files)?;
        let each_unit = toml.unit.into_iter().enumerate();
        let units = each_unit
            .map(|(index, unit)| unit.read(&at.key(&format!("unit[{index}]")), folder, files))
            .collect::<Result<Vec<_>>>()?;
        let each_authority = toml.authority.into_iter().enumerate();
        let authorities = each_authority
            .map(|(index, authority)| authority.read(&at.key(&format!("authority[{index}]")), folder, files))
            .collect::<Result<Vec<_>>>()?;
        check_units(&units).map_err(|error| error.in_file(name))?;
        check_authorities(&authorities).map_err(|error| error.in_file(name))?;
        let stock = toml.stock.map(|stock| stock.read(&at.key("stock"), folder)).transpose()?;
        let ledger = toml.ledger.map(|ledger| ledger.read(&at.key("ledger"), folder)).transpose()?;
        Ok(Configuration { policy, policy_path, units, authorities, stock, ledger })
    }

    /// Where the stock is and how it is opened.
    ///
    /// # Errors
    /// [`Code::RoleAbsent`] without `[stock]`.
    pub fn stock_options(&self) -> Result<OpenOptions> {
        store_settings::named(self.stock.as_ref(), "[stock]")
    }

    /// Where the ledger is and how it is opened.
    ///
    /// # Errors
    /// [`Code::RoleAbsent`] without `[ledger]`.
    pub fn ledger_options(&self) -> Result<OpenOptions> {
        store_settings::named(self.ledger.as_ref(), "[ledger]")
    }

    /// Opens the stock of numbers.
    ///
    /// # Errors
    /// As [`Configuration::stock_options`] and [`SqliteStock::open`].
    pub fn open_stock(&self) -> Result<SqliteStock> {
        Ok(SqliteStock::open(&self.stock_options()?)?)
    }

    /// Opens the authority's ledger.
    ///
    /// # Errors
    /// As [`Configuration::ledger_options`] and [`SqliteLedger::open`].
    pub fn open_ledger(&self) -> Result<SqliteLedger> {
        Ok(SqliteLedger::open(&self.ledger_options()?)?)
    }
}

/// Refuses two profiles for one unit and receipt code.
pub(crate) fn check_units(units: &[UnitProfile]) -> Result<()> {
    for (index, unit) in units.iter().enumerate() {
        let clash = units[..index].iter().find(|other| {
            let both = unit.codes.iter().any(|code| other.codes.contains(code));
            other.code == unit.code && (both || unit.codes.is_empty() || other.codes.is_empty())
        });
        if clash.is_some() {
            let at = At::no_file(&format!("unit[{index}]"));
            return Err(at.error(Code::UnitAmbiguous.fault().found(unit.code.as_str())));
        }
    }
    Ok(())
}

/// Refuses two profiles for one prefix, and one without any.
pub(crate) fn check_authorities(authorities: &[AuthorityProfile]) -> Result<()> {
    for (index, authority) in authorities.iter().enumerate() {
        let at = At::no_file(&format!("authority[{index}].area"));
        settings::check_areas(&authority.areas, &at)?;
        if authority.areas.is_empty() {
            return Err(at.error(Code::SettingValue.fault().expected("1 or more").found("[]")));
        }
        let clash = |area: &&String| authorities[..index].iter().any(|other| other.areas.contains(*area));
        if let Some(area) = authority.areas.iter().find(clash) {
            return Err(at.error(Code::AreaAmbiguous.fault().found(area.as_str())));
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigurationToml {
    pub(crate) v: u32,
    pub(crate) policy: String,
    #[serde(default, deserialize_with = "tables::list")]
    pub(crate) unit: Vec<UnitToml>,
    #[serde(default, deserialize_with = "tables::list")]
    pub(crate) authority: Vec<AuthorityToml>,
    #[serde(default, deserialize_with = "tables::optional")]
    pub(crate) stock: Option<StoreToml>,
    #[serde(default, deserialize_with = "tables::optional")]
    pub(crate) ledger: Option<StoreToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitToml {
    pub(crate) code: String,
    name: String,
    #[serde(default)]
    codes: Vec<String>,
    key: Option<String>,
    key_password_file: Option<String>,
    pub(crate) certificate: Option<String>,
    #[serde(default, deserialize_with = "tables::optional")]
    signer: Option<RemoteToml>,
    #[serde(default, deserialize_with = "tables::one")]
    pub(crate) signature: SignatureToml,
    #[serde(default, deserialize_with = "tables::optional")]
    check_code: Option<CheckCodeToml>,
    #[serde(default, deserialize_with = "tables::one")]
    rules: RulesToml,
    #[serde(default, deserialize_with = "tables::optional")]
    seal: Option<SealToml>,
    #[serde(default, deserialize_with = "tables::optional")]
    authority_seal: Option<SealToml>,
    #[serde(default)]
    defaults: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorityToml {
    area: Vec<String>,
    key: Option<String>,
    key_password_file: Option<String>,
    pub(crate) certificate: Option<String>,
    #[serde(default, deserialize_with = "tables::optional")]
    signer: Option<RemoteToml>,
    #[serde(default, deserialize_with = "tables::one")]
    pub(crate) signature: AuthoritySignatureToml,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckCodeToml {
    rule: String,
    secret_file: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RulesToml {
    strict_payer_code: bool,
    allow_unknown_class: bool,
    allow_fractional_quantity: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SealToml {
    id: String,
    name: String,
    hash: String,
}

impl UnitToml {
    fn read(self, at: &At<'_>, folder: &Path, files: &dyn Files) -> Result<UnitProfile> {
        Text::<1, 30>::new(&*self.code).map_err(|fault| at.key("code").error(fault))?;
        Text::<1, 100>::new(&*self.name).map_err(|fault| at.key("name").error(fault))?;
        let parse = |at: &At<'_>, code: &str| ReceiptCode::parse(code).map_err(|fault| at.error(fault));
        let signer = SignerSettings {
            key: self.key,
            key_password_file: self.key_password_file,
            certificate: self.certificate,
            signer: self.signer,
        };
        Ok(UnitProfile {
            codes: at.key("codes").each(&self.codes, parse)?,
            signer: signer.read(at, folder, files)?,
            signature: self.signature.read(&at.key("signature"))?,
            check_code: match self.check_code {
                Some(rule) => rule.read(&at.key("check_code"), folder, files)?,
                None => CheckCodeRule::default(),
            },
            rules: DraftRules {
                strict_payer_code: self.rules.strict_payer_code,
                allow_unknown_class: self.rules.allow_unknown_class,
                allow_fractional_quantity: self.rules.allow_fractional_quantity,
            },
            seal: self.seal.map(|seal| seal.read(&at.key("seal"))).transpose()?,
            authority_seal: self.authority_seal.map(|seal| seal.read(&at.key("authority_seal"))).transpose()?,
            defaults: defaults(self.defaults, &self.code, &self.name, &at.key("defaults"))?,
            code: self.code,
            name: self.name,
        })
    }
}

impl AuthorityToml {
    fn read(self, at: &At<'_>, folder: &Path, files: &dyn Files) -> Result<AuthorityProfile> {
        let signer = SignerSettings {
            key: self.key,
            key_password_file: self.key_password_file,
            certificate: self.certificate,
            signer: self.signer,
        };
        Ok(AuthorityProfile {
            signer: signer.read(at, folder, files)?,
            signature: self.signature.read(&at.key("signature"))?,
            areas: self.area,
        })
    }
}

impl CheckCodeToml {
    fn read(self, at: &At<'_>, folder: &Path, files: &dyn Files) -> Result<CheckCodeRule> {
        let keyed = at.key("rule").one_of(&self.rule, &[("random", false), ("keyed", true)])?;
        match (keyed, self.secret_file) {
            (true, Some(path)) => Ok(CheckCodeRule::Keyed(settings::read_secret_value(&folder.join(path), files)?)),
            (false, None) => Ok(CheckCodeRule::Random),
            (true, None) => Err(at.key("secret_file").error(Code::TomlMissing)),
            // A secret that is not used would be believed to be.
            (false, Some(_)) => Err(at
                .key("secret_file")
                .error(Code::SettingValue.fault().expected("rule = \"keyed\"").found(self.rule))),
        }
    }
}

impl SealToml {
    fn read(self, at: &At<'_>) -> Result<Seal> {
        Ok(Seal {
            id: Text::new(self.id).map_err(|fault| at.key("id").error(fault))?,
            name: Text::new(self.name).map_err(|fault| at.key("name").error(fault))?,
            hash: Text::new(self.hash).map_err(|fault| at.key("hash").error(fault))?,
        })
    }
}

/// The fields that belong to the single receipt, and those that `[[unit]]` itself has.
const NOT_DEFAULTS: [&str; 9] =
    ["v", "request_id", "items", "total", "biz_code", "pay_code", "exchange_rate", "notify", "unit"];

fn defaults(mut fixed: toml::Table, code: &str, name: &str, at: &At<'_>) -> Result<DraftDefaults> {
    if let Some(field) = NOT_DEFAULTS.into_iter().find(|field| fixed.contains_key(*field)) {
        return Err(at.key(field).error(Code::DefaultsField));
    }
    // In `[[unit]]` itself `code` and `name` are the unit's; among the defaults, the receipt's.
    add_unit(&mut fixed, code, name);
    serde_path_to_error::deserialize(fixed).map_err(|error| {
        let key = error.path().to_string();
        at.key(&key).error(settings::shape_error(error.inner().message()))
    })
}

fn add_unit(fixed: &mut toml::Table, code: &str, name: &str) {
    let unit = [("code".to_owned(), code.into()), ("name".to_owned(), name.into())];
    fixed.insert("unit".to_owned(), toml::Value::Table(unit.into_iter().collect()));
}

impl std::fmt::Debug for UnitProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let subject = self.signer.certificate().subject().to_rfc4514();
        f.debug_struct("UnitProfile").field("code", &self.code).field("subject", &subject).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for AuthorityProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let subject = self.signer.certificate().subject().to_rfc4514();
        f.debug_struct("AuthorityProfile")
            .field("areas", &self.areas)
            .field("subject", &subject)
            .finish_non_exhaustive()
    }
}

/// The secret stays unseen.
impl std::fmt::Debug for CheckCodeRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            CheckCodeRule::Random => "Random",
            CheckCodeRule::Keyed(_) => "Keyed(..)",
        })
    }
}
