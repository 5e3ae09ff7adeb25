//! `czei ledger journal`.

use czei::stock::HeadVerifier;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::{LedgerJournalExport, LedgerJournalVerify};
use crate::commands::Ended;
use crate::commands::stores::{self, Lines};
use crate::output::Output;

pub(crate) fn verify(arguments: &LedgerJournalVerify, output: &mut Output) -> Run {
    if let Some(file) = &arguments.of.file {
        return stores::journal_file(file, &arguments.kept, output);
    }
    arguments.kept.need_file()?;
    let opened = Opened::new(arguments.of.config.as_deref(), arguments.of.ledger.as_deref())?;
    let verifier = opened.configuration.as_ref().map(czei::Configuration::head_verifier);
    let verifier = verifier.as_ref().map(|verifier| verifier as &dyn HeadVerifier);
    stores::journal(&opened.ledger.verify_journal(verifier)?, stores::Origin::Database, output)
}

pub(crate) fn export(arguments: &LedgerJournalExport, output: &mut Output) -> Run {
    let Opened { ledger, .. } = Opened::at(&arguments.place)?;
    let mut rows = 0;
    let mut lines = Lines::new(arguments.out.as_deref(), output)?;
    let done = ledger.journal(1, &mut |row| {
        rows += 1;
        lines.write(&stores::row_line(&row))
    });
    lines.finish(done)?;
    if let Some(path) = &arguments.out {
        stores::written(path, rows, output)?;
    }
    Ok(Ended::AsWished)
}
