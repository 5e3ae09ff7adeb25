//! `czei ledger backup`.

use czei::stock::HeadSigner;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerBackup;
use crate::commands::stores;
use crate::output::Output;

pub(crate) fn run(arguments: &LedgerBackup, output: &mut Output) -> Run {
    let Opened { ledger, configuration } = Opened::at(&arguments.place)?;
    // The heads of a backup are signed where there is a key at hand.
    let signer =
        configuration.as_ref().and_then(|configuration| Some(configuration.authorities.first()?.head_signer()));
    let signer = signer.as_ref().map(|signer| signer as &dyn HeadSigner);
    stores::backup(&ledger.backup(&arguments.to, signer, arguments.who.by())?, output)
}
