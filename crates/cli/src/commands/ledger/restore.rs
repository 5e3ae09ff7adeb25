//! `czei ledger restore`.

use czei::SqliteLedger;

use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stores::Restore;
use crate::commands::stores::{self, Place as _};
use crate::failure::Result;
use crate::output::Output;

pub(crate) fn run(arguments: &Restore<LedgerPlace>, output: &mut Output) -> Run {
    let up_to = arguments.up_to.iter().map(|text| stores::issued_up_to(text)).collect::<Result<Vec<_>>>()?;
    let options = arguments.place.locate_new(arguments.mark.as_ref(), None)?;
    let by = arguments.who.by();
    let accepted = match &arguments.what.backup {
        Some(backup) => SqliteLedger::restore(backup, &options, &up_to, &arguments.reason, by)?,
        None => SqliteLedger::accept_older(&options, &up_to, &arguments.reason, by)?,
    };
    stores::accepted(&options.path, &accepted, &HINTS, output)
}

/// What is to be done about numbers that may have been countersigned in the part that was lost.
const HINTS: [(&str, &str); 2] = [
    (
        "其中台账已有票据的号码不受影响；其余号码在导入之前不再签名",
        "Those of them that the ledger has receipts of are as they were; the others are not countersigned until they are imported",
    ),
    (
        "请导入其间已签名的票据（ledger import）",
        "Import the receipts that were countersigned meanwhile (ledger import)",
    ),
];
