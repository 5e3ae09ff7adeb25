//! `czei stock get`.

use czei::core::{Code, Error};
use czei::stock::{Document, State, Stock as _, Whereabouts};

use super::Opened;
use crate::Run;
use crate::arguments::stock::Get;
use crate::commands::stores::{self, number};
use crate::output::Output;

pub(crate) fn run(arguments: &Get, output: &mut Output) -> Run {
    let number = number("CODE-NUMBER", &arguments.number)?;
    let Opened { stock, .. } = Opened::at(&arguments.place)?;
    let (state, bytes) = match stock.document(number)? {
        Some(Document::Issued(bytes)) => (State::Issued, bytes),
        Some(Document::Signed(bytes)) => (State::Signed, bytes),
        // Unsigned bytes leave the stock to be signed and for nothing else.
        Some(Document::Unsigned(_)) | None => {
            let whereabouts = stock.explain(number)?.whereabouts();
            let code = match whereabouts {
                Whereabouts::Stranger => Code::NumberUnknown,
                _ => Code::NumberState,
            };
            return Err(Error::new(code).found(format!("{number} {}", whereabouts.name())).into());
        }
    };
    stores::document(number, (state.name(), state.name_zh()), &bytes, arguments.out.as_deref(), output)
}
