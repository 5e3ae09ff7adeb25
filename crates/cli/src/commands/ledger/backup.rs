//! `czei ledger backup`.

use czei::stock::HeadSigner;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerPlace;
use crate::arguments::stores::Backup;
use crate::commands::stores::{self, Place as _};
use crate::output::Output;

pub(crate) fn run(arguments: &Backup<LedgerPlace>, output: &mut Output) -> Run {
    let Opened { ledger, .. } = Opened::at(&arguments.place)?;
    // The heads of a backup are signed where there is a key at hand.
    let keys = arguments.place.keys()?;
    let signer = keys.as_ref().and_then(|configuration| Some(configuration.authorities.first()?.head_signer()));
    let signer = signer.as_ref().map(|signer| signer as &dyn HeadSigner);
    stores::backup(&ledger.backup(&arguments.to, signer, arguments.who.by())?, output)
}
