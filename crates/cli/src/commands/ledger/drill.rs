//! `czei ledger drill`.

use czei::SqliteLedger;
use czei::stock::HeadVerifier;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerDrill;
use crate::commands::stores::{self, Scratch};
use crate::output::Output;

pub(crate) fn run(arguments: &LedgerDrill, output: &mut Output) -> Run {
    let running = match (&arguments.config, &arguments.ledger) {
        (None, None) => None,
        (config, ledger) => Some(Opened::new(config.as_deref(), ledger.as_deref())?),
    };
    let scratch = Scratch::new(arguments.scratch.as_ref())?;
    let verifier = running.as_ref().and_then(|running| Some(running.configuration.as_ref()?.head_verifier()));
    let verifier = verifier.as_ref().map(|verifier| verifier as &dyn HeadVerifier);
    let ledger = running.as_ref().map(|running| &running.ledger);
    let drill = SqliteLedger::drill(&arguments.backup, &scratch.folder, ledger, verifier)?;
    drop(scratch);
    stores::drill(&drill, output)
}
