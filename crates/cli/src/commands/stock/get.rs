//! `czei stock get`.

use czei::core::{Code, Error};
use czei::stock::{Document, State, Stock as _, Whereabouts};
use czei::{CliCode, CliError};

use super::Opened;
use crate::Run;
use crate::arguments::stock::StockPlace;
use crate::arguments::stores::Get;
use crate::commands::stores::{self, number};
use crate::output::Output;

pub(crate) fn run(arguments: &Get<StockPlace>, output: &mut Output) -> Run {
    let number = number("CODE-NUMBER", &arguments.of.number)?;
    let Opened { stock, .. } = Opened::at(&arguments.of.place)?;
    let (state, bytes) = match stock.document(number)? {
        Some(Document::Issued(bytes)) => (State::Issued, bytes),
        Some(Document::Signed(bytes)) => (State::Signed, bytes),
        // Unsigned bytes leave the stock to be signed and for nothing else.
        Some(Document::Unsigned(_)) | None => {
            let whereabouts = stock.explain(number)?.whereabouts();
            let found = format!("{number} {}", whereabouts.name());
            return Err(match whereabouts {
                Whereabouts::Stranger => Error::new(Code::NumberUnknown).found(found).into(),
                Whereabouts::Used(_) => Error::new(Code::NumberState).found(found).into(),
                _ => CliError::new(CliCode::NumberNeverGiven).found(found).into(),
            });
        }
    };
    stores::document(number, (state.name(), state.name_zh()), &bytes, arguments.out.as_deref(), output)
}
