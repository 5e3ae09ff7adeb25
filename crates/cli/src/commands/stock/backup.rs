//! `czei stock backup`.

use czei::stock::{self, HeadSigner};

use super::{Opened, heads};
use crate::Run;
use crate::arguments::stock::StockPlace;
use crate::arguments::stores::Backup;
use crate::commands::stores::{self, Place as _};
use crate::output::Output;

pub(crate) fn run(arguments: &Backup<StockPlace>, output: &mut Output) -> Run {
    let Opened { stock, .. } = Opened::at(&arguments.place)?;
    // The heads of a backup are signed where there is a key at hand.
    let signer = arguments.place.keys()?.filter(|configuration| !configuration.units.is_empty());
    let signer = signer.map(|configuration| heads::signer(&configuration, None)).transpose()?;
    let signer = signer.as_ref().map(|signer| signer as &dyn HeadSigner);
    let backup: stock::Backup = stock.backup(&arguments.to, signer, arguments.who.by())?;
    stores::backup(&backup, output)
}
