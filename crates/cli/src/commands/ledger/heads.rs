//! `czei ledger heads`.

use czei::stock::HeadSigner;
use czei::{Code, Configuration, UnitHeadSigner};
use czei_codes::Code as _;

use super::Opened;
use crate::Run;
use crate::arguments::ledger::LedgerHeads;
use crate::commands::stores::{self, Place as _};
use crate::failure::Result;
use crate::output::Output;

pub(crate) fn run(arguments: &LedgerHeads, output: &mut Output) -> Run {
    let Opened { ledger, .. } = Opened::at(&arguments.place)?;
    let keys = if arguments.sign { arguments.place.keys()? } else { None };
    let signer = keys.map(|configuration| signer(&configuration)).transpose()?;
    let signer = signer.as_ref().map(|signer| signer as &dyn HeadSigner);
    stores::heads(&ledger.sign_heads(signer, arguments.who.by())?, output)
}

/// The first authority of a configuration.
fn signer(configuration: &Configuration) -> Result<UnitHeadSigner> {
    let absent = || czei::Error::from(Code::RoleAbsent.fault().expected("[[authority]]"));
    Ok(configuration.authorities.first().ok_or_else(absent)?.head_signer())
}
