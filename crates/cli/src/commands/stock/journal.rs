//! `czei stock journal verify`.

use czei::stock::{HeadVerifier, Stock as _};

use super::Opened;
use crate::Run;
use crate::arguments::stock::JournalVerify;
use crate::commands::stores;
use crate::output::Output;

pub(crate) fn verify(arguments: &JournalVerify, output: &mut Output) -> Run {
    if let Some(file) = &arguments.of.file {
        return stores::journal_file(file, &arguments.kept, output);
    }
    arguments.kept.need_file()?;
    let opened = Opened::new(arguments.of.config.as_deref(), arguments.of.stock.as_deref())?;
    let verifier = opened.configuration.as_ref().map(czei::Configuration::head_verifier);
    let verifier = verifier.as_ref().map(|verifier| verifier as &dyn HeadVerifier);
    stores::journal(&opened.stock.verify_journal(verifier)?, stores::Origin::Database, output)
}
