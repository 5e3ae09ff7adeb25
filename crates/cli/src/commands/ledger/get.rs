//! `czei ledger get`.

use czei::core::{Code, Error};

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerGet;
use crate::commands::stores::{self, number};
use crate::output::Output;

pub(crate) fn run(arguments: &LedgerGet, output: &mut Output) -> Run {
    let number = number("CODE-NUMBER", &arguments.number)?;
    let Opened { ledger, .. } = Opened::at(&arguments.place)?;
    let Some(bytes) = ledger.document(number)? else {
        return Err(Error::new(Code::NumberUnknown).found(number.to_string()).into());
    };
    stores::document(number, ("countersigned", "财政已签名"), &bytes, arguments.out.as_deref(), output)
}
