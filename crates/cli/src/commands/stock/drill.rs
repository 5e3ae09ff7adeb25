//! `czei stock drill`.

use czei::SqliteStock;
use czei::stock::HeadVerifier;

use super::Opened;
use crate::Run;
use crate::arguments::stock::Drill;
use crate::commands::stores::{self, Scratch};
use crate::output::Output;

pub(crate) fn run(arguments: &Drill, output: &mut Output) -> Run {
    let running = match (&arguments.config, &arguments.stock) {
        (None, None) => None,
        (config, stock) => Some(Opened::new(config.as_deref(), stock.as_deref())?),
    };
    let scratch = Scratch::new(arguments.scratch.as_ref())?;
    let verifier = running.as_ref().and_then(|running| Some(running.configuration.as_ref()?.head_verifier()));
    let verifier = verifier.as_ref().map(|verifier| verifier as &dyn HeadVerifier);
    let stock = running.as_ref().map(|running| &running.stock);
    let drill = SqliteStock::drill(&arguments.backup, &scratch.folder, stock, verifier)?;
    drop(scratch);
    stores::drill(&drill, output)
}
