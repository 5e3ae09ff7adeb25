//! `[stock]` and `[ledger]` of a configuration.

use std::path::Path;

use czei_codes::Code as _;
use czei_core::Text;
use czei_stock::{Mark, OpenOptions, Receipts};
use serde::Deserialize;

use crate::settings::At;
use crate::{Code, Result};

/// A stock or a ledger.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreToml {
    file: String,
    mark: Option<String>,
    receipts: Option<String>,
    actor: Option<String>,
}

impl StoreToml {
    pub(crate) fn read(self, at: &At<'_>, folder: &Path) -> Result<OpenOptions> {
        let path = |key: &str, text: &str| match text {
            // It would be the folder itself.
            "" => Err(at.key(key).error(Code::SettingValue.fault().expected("a path").found("\"\""))),
            text => Ok(folder.join(text)),
        };
        let mut options = OpenOptions::new(path("file", &self.file)?);
        options.mark = match self.mark.as_deref() {
            None => None,
            Some("beside") => Some(Mark::Beside),
            Some("dangerously-none") => Some(Mark::DangerouslyNone),
            Some(text) => Some(Mark::At(path("mark", text)?)),
        };
        options.receipts = match self.receipts.as_deref() {
            None => None,
            Some(text) => Some(Receipts::Beside(path("receipts", text)?)),
        };
        if let Some(actor) = self.actor {
            Text::<1, 100>::new(&*actor).map_err(|fault| at.key("actor").error(fault))?;
            options.actor = actor;
        }
        Ok(options)
    }
}

/// The settings of a table; [`Code::RoleAbsent`] where the configuration has none.
pub(crate) fn named(options: Option<&OpenOptions>, table: &str) -> Result<OpenOptions> {
    options.cloned().ok_or_else(|| Code::RoleAbsent.fault().expected(table).into())
}
