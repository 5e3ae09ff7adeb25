//! Which stock or ledger a command is about.

use std::path::{Path, PathBuf};

use czei::stock::{Mark, Receipts};
use czei::{Configuration, OpenOptions, StoreConfiguration};

use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stock::StockPlace;
use crate::failure::Result;

/// A configuration or a file; one of them is given.
pub(crate) trait Place {
    fn config(&self) -> Option<&Path>;

    fn file(&self) -> Option<&Path>;

    /// The one that a configuration names.
    fn named(configuration: &StoreConfiguration) -> czei::Result<OpenOptions>;

    /// Where it is, with the configuration that names it.
    fn locate(&self) -> Result<(OpenOptions, Option<StoreConfiguration>)> {
        match self.config() {
            Some(config) => {
                let configuration = StoreConfiguration::load(config)?;
                Ok((Self::named(&configuration)?, Some(configuration)))
            }
            None => Ok((OpenOptions::new(self.file().unwrap_or(Path::new(""))), None)),
        }
    }

    /// Where a new one is made, or one is restored to.
    fn locate_new(&self, mark: Option<&PathBuf>, receipts: Option<&PathBuf>) -> Result<OpenOptions> {
        let (mut options, configuration) = self.locate()?;
        if configuration.is_none() {
            options.mark = mark.map(|mark| match mark.to_str() {
                Some("none") => Mark::DangerouslyNone,
                _ => Mark::At(mark.clone()),
            });
            options.receipts = receipts.map(|folder| Receipts::Beside(folder.clone()));
        }
        Ok(options)
    }

    /// The configuration with its keys, for those who sign.
    fn keys(&self) -> Result<Option<Configuration>> {
        Ok(self.config().map(Configuration::load).transpose()?)
    }
}

impl Place for StockPlace {
    fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    fn named(configuration: &StoreConfiguration) -> czei::Result<OpenOptions> {
        configuration.stock_options()
    }
}

impl Place for LedgerPlace {
    fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    fn named(configuration: &StoreConfiguration) -> czei::Result<OpenOptions> {
        configuration.ledger_options()
    }
}
