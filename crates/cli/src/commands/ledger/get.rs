//! `czei ledger get`.

use czei::core::{Code, Error};

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stores::Get;
use crate::commands::stores::{self, number};
use crate::output::Output;

pub(crate) fn run(arguments: &Get<LedgerPlace>, output: &mut Output) -> Run {
    let number = number("CODE-NUMBER", &arguments.of.number)?;
    let Opened { ledger, .. } = Opened::at(&arguments.of.place)?;
    let Some(bytes) = ledger.document(number)? else {
        // A number that the ledger gave is known to it, with its segment's rows at least.
        return Err(match ledger.explain(number)?.is_empty() {
            true => Error::new(Code::NumberUnknown).found(number.to_string()).into(),
            false => Error::new(Code::NumberState).found(format!("{number} not countersigned")).into(),
        });
    };
    stores::document(number, ("countersigned", "财政已签名"), &bytes, arguments.out.as_deref(), output)
}
