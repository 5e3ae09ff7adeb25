//! `czei ledger import`.

use czei::stock::Claim;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerImport;
use crate::commands::incoming::{self, Counts, Desk, Incoming};
use crate::output::Output;

pub(crate) fn run(arguments: &LedgerImport, output: &mut Output) -> Run {
    let Opened { ledger, configuration } = Opened::at(&arguments.place)?;
    let verifier = incoming::verifier(&arguments.under, configuration.as_ref())?;
    let mut desk = Desk { counts: Counts::default(), output };
    desk.receipts(arguments.receipts.clone(), verifier.as_ref(), &mut |batch| {
        let countersigned: Vec<_> = batch.iter().map(|incoming| (claim(incoming), incoming.bytes.as_slice())).collect();
        ledger.take_over_each(&countersigned, arguments.who.by())
    })?;
    desk.end()
}

fn claim(incoming: &Incoming) -> Claim<'_> {
    let facts = &incoming.facts;
    let (code, number) = (facts.id.code(), facts.id.number());
    Claim { unit: &facts.unit, code, number, original_sm3: facts.original_sm3 }
}
