//! `czei ledger drill`.

use czei::stock::HeadVerifier;
use czei::{SqliteLedger, StoreConfiguration};

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stores::Drill;
use crate::commands::stores::{self, Scratch};
use crate::output::Output;

pub(crate) fn run(arguments: &Drill<LedgerPlace>, output: &mut Output) -> Run {
    let running = arguments.running.as_ref().map(Opened::at).transpose()?;
    let scratch = Scratch::new(arguments.scratch.as_ref())?;
    let configuration = running.as_ref().and_then(|running| running.configuration.as_ref());
    let verifier = configuration.map(StoreConfiguration::head_verifier).transpose()?;
    let verifier = verifier.as_ref().map(|verifier| verifier as &dyn HeadVerifier);
    let ledger = running.as_ref().map(|running| &running.ledger);
    let drill = SqliteLedger::drill(&arguments.backup, &scratch.folder, ledger, verifier)?;
    drop(scratch);
    stores::drill(&drill, output)
}
