//! `czei stock journal verify`.

use czei::stock::{HeadVerifier, Stock as _};
use czei::{CliCode, StoreConfiguration};

use super::Opened;
use crate::Run;
use crate::arguments::stock::StockPlace;
use crate::arguments::stores::JournalVerify;
use crate::commands::stores;
use crate::output::Output;

pub(crate) fn verify(arguments: &JournalVerify<StockPlace>, output: &mut Output) -> Run {
    if let Some(file) = &arguments.file {
        return stores::journal_file(file, &arguments.heads, output);
    }
    // Where there is no file, there is a place.
    let Some(place) = &arguments.place else { return Err(CliCode::Usage.into()) };
    let opened = Opened::at(place)?;
    let verifier = opened.configuration.as_ref().map(StoreConfiguration::head_verifier).transpose()?;
    let verifier = verifier.as_ref().map(|verifier| verifier as &dyn HeadVerifier);
    stores::journal(&opened.stock.verify_journal(verifier)?, stores::Origin::Database, output)
}
