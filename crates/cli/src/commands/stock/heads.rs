//! `czei stock heads`.

use czei::stock::{HeadSigner, Stock as _};
use czei::{Code, Configuration, UnitHeadSigner};
use czei_codes::Code as _;

use super::Opened;
use crate::Run;
use crate::arguments::stock::Heads;
use crate::commands::stores::{self, Place as _};
use crate::failure::Result;
use crate::output::Output;

pub(crate) fn run(arguments: &Heads, output: &mut Output) -> Run {
    let Opened { stock, .. } = Opened::at(&arguments.place)?;
    let keys = if arguments.sign { arguments.place.keys()? } else { None };
    let signer = keys.map(|configuration| signer(&configuration, arguments.unit.as_deref())).transpose()?;
    let signed = stock.sign_heads(signer.as_ref().map(|signer| signer as &dyn HeadSigner), arguments.who.by())?;
    stores::heads(&signed, output)
}

/// The unit of this code, or the first one.
pub(super) fn signer(configuration: &Configuration, unit: Option<&str>) -> Result<UnitHeadSigner> {
    let is_wanted = |profile: &&czei::UnitProfile| unit.is_none_or(|code| profile.code == code);
    let profile = configuration.units.iter().find(is_wanted);
    Ok(match (profile, unit) {
        (Some(profile), _) => profile.head_signer(),
        (None, Some(code)) => return Err(czei::Error::from(Code::UnitUnknown.fault().found(code)).into()),
        (None, None) => return Err(czei::Error::from(Code::RoleAbsent.fault().expected("[[unit]]")).into()),
    })
}
