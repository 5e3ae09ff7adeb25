//! What a stock or a ledger needs of a configuration: no key.

use std::path::{Path, PathBuf};

use czei_codes::Code as _;
use czei_core::{Policy, SignatureSettings};
use czei_sm2::UserId;
use czei_stock::OpenOptions;

use crate::configuration::ConfigurationToml;
use crate::settings::{self, At, Files as _, SystemFiles};
use crate::{Code, ConfiguredHeadVerifier, Result, policy_file, signer_settings, store_settings};

/// A configuration as far as a stock or a ledger needs it. No private key is read: who looks after the numbers, or
/// audits them, need not be able to sign. The policy and the certificates are read when they are asked for.
///
/// ```
/// # use czei::{Sandbox, SandboxPlan, SystemClock};
/// # let folder = std::env::temp_dir().join(format!("czei-doc-store-{}", std::process::id()));
/// # Sandbox::create(&folder, &SandboxPlan::default(), &SystemClock)?;
/// # std::fs::remove_dir_all(folder.join("keys")).unwrap();
/// use czei::{SqliteStock, Stock as _, StoreConfiguration};
///
/// let configuration = StoreConfiguration::load(folder.join("czei.toml"))?;
/// let stock = SqliteStock::open(&configuration.stock_options()?)?;
/// assert!(stock.verify_journal(Some(&configuration.head_verifier()?))?.holds());
/// # drop(stock);
/// # std::fs::remove_dir_all(&folder).ok();
/// # Ok::<(), czei::Error>(())
/// ```
pub struct StoreConfiguration {
    name: String,
    folder: PathBuf,
    toml: ConfigurationToml,
    stock: Option<OpenOptions>,
    ledger: Option<OpenOptions>,
}

impl StoreConfiguration {
    /// Reads a configuration's own file. Of `[[unit]]` and `[[authority]]` only the form is checked.
    ///
    /// # Errors
    /// Those of reading TOML; [`Code::TomlVersion`](crate::Code::TomlVersion) and
    /// [`Code::SettingValue`](crate::Code::SettingValue).
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (folder, name) = settings::folder_and_name(path);
        let at = At::file(&name);
        let mut toml: ConfigurationToml = settings::parse_toml(&SystemFiles.read(path)?, &name)?;
        settings::check_version(toml.v, &at)?;
        let stock = toml.stock.take().map(|stock| stock.read(&at.key("stock"), &folder)).transpose()?;
        let ledger = toml.ledger.take().map(|ledger| ledger.read(&at.key("ledger"), &folder)).transpose()?;
        Ok(StoreConfiguration { name, folder, toml, stock, ledger })
    }

    /// Where the stock is and how it is opened.
    ///
    /// # Errors
    /// [`Code::RoleAbsent`](crate::Code::RoleAbsent) without `[stock]`.
    pub fn stock_options(&self) -> Result<OpenOptions> {
        store_settings::named(self.stock.as_ref(), "[stock]").map_err(|error| error.in_file(self.name.as_str()))
    }

    /// Where the ledger is and how it is opened.
    ///
    /// # Errors
    /// [`Code::RoleAbsent`](crate::Code::RoleAbsent) without `[ledger]`.
    pub fn ledger_options(&self) -> Result<OpenOptions> {
        store_settings::named(self.ledger.as_ref(), "[ledger]").map_err(|error| error.in_file(self.name.as_str()))
    }

    /// `InvoicingPartyCode` of the units, in the order of the file.
    pub fn unit_codes(&self) -> impl Iterator<Item = &str> {
        self.toml.unit.iter().map(|unit| unit.code.as_str())
    }

    /// The policy that the configuration names.
    ///
    /// # Errors
    /// Those of [`load_policy`](crate::load_policy).
    pub fn policy(&self) -> Result<Policy> {
        policy_file::load_policy(self.folder.join(&self.toml.policy))
    }

    /// Verifies heads that the units and authorities of the configuration signed, as
    /// [`Configuration::head_verifier`](crate::Configuration::head_verifier).
    ///
    /// # Errors
    /// Those of [`StoreConfiguration::policy`] and of certificates; [`Code::TomlMissing`] where a certificate stands in
    /// the key's file alone.
    pub fn head_verifier(&self) -> Result<ConfiguredHeadVerifier> {
        let units = self.toml.unit.iter().enumerate();
        let units = units.map(|(index, unit)| ("unit", index, &unit.certificate, &unit.signature.user_id));
        let authorities = self.toml.authority.iter().enumerate();
        let authorities =
            authorities.map(|(index, own)| ("authority", index, &own.certificate, &own.signature.user_id));
        let read = |(table, index, certificate, user_id): (&str, usize, &Option<String>, &Option<String>)| {
            // One that stands in the key's file alone is not to be had without the key.
            let missing = || {
                let at = At::file(&self.name).key(&format!("{table}[{index}]"));
                at.error(Code::TomlMissing.fault().expected("certificate"))
            };
            let file = certificate.as_ref().ok_or_else(missing)?;
            let (own, _) = signer_settings::end_certificate(&self.folder.join(file), &SystemFiles)?;
            Ok((own, self.user_id(user_id.as_deref())?))
        };
        let may_sign = units.chain(authorities).map(read).collect::<Result<Vec<_>>>()?;
        Ok(ConfiguredHeadVerifier::new(self.policy()?, may_sign))
    }

    fn user_id(&self, id: Option<&str>) -> Result<UserId> {
        let at = At::file(&self.name).key("signature.user_id");
        id.map_or_else(|| Ok(SignatureSettings::default().user_id), |id| at.user_id(id))
    }
}

impl std::fmt::Debug for StoreConfiguration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreConfiguration").field("file", &self.name).finish_non_exhaustive()
    }
}
