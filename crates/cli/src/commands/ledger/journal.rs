//! `czei ledger journal`.

use czei::stock::HeadVerifier;
use czei::{CliCode, StoreConfiguration};

use super::Opened;
use crate::Run;
use crate::arguments::ledger::{LedgerJournalExport, LedgerPlace};
use crate::arguments::stores::JournalVerify;
use crate::commands::Ended;
use crate::commands::stores::{self, Lines};
use crate::output::Output;

pub(crate) fn verify(arguments: &JournalVerify<LedgerPlace>, output: &mut Output) -> Run {
    if let Some(file) = &arguments.file {
        return stores::journal_file(file, &arguments.heads, output);
    }
    // Where there is no file, there is a place.
    let Some(place) = &arguments.place else { return Err(CliCode::Usage.into()) };
    let opened = Opened::at(place)?;
    let verifier = opened.configuration.as_ref().map(StoreConfiguration::head_verifier).transpose()?;
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
