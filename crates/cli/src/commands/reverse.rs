//! `czei reverse`: the red receipt of a blue one.

use std::sync::Arc;

use czei::core::{Remark, Text};
use czei::{Authority, CliCode, Configuration, Issuer, Receipt, RequestId, Reversal, Verifier};

use super::issue::{Desk, check_in_stock, open_stock, parse_number, warn_of_expiry, warn_of_heads};
use super::{Ended, receipts};
use crate::Run;
use crate::arguments::Reverse;
use crate::failure::Failure;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Reverse, output: &mut Output) -> Run {
    let configuration = Configuration::load(&arguments.config)?;
    warn_of_expiry(&configuration, output);
    let number = arguments.number.as_deref().map(parse_number).transpose()?;
    let stock = open_stock(&configuration)?;
    let verifier = Verifier::new(configuration.policy.clone());
    let bytes = receipts::read_document(&arguments.receipt, verifier.policy().limits.bytes)?;
    let file = shown::path(&arguments.receipt);
    let blue = Receipt::resume(&bytes, verifier.core(), verifier.now())
        .map_err(|error| czei::Error::from(error).in_file(file))?;
    let content = blue.content();
    let request_id =
        arguments.request_id.clone().unwrap_or_else(|| format!("reverse-{}-{}", content.code, content.number));
    let argument = |name: &'static str| move |error: czei::core::Error| czei::Error::from(error).at_path(name);
    let reversal = Reversal {
        request_id: RequestId::new(request_id).map_err(argument("--request-id"))?,
        reason: Remark::new(arguments.reason.as_str()).map_err(argument("--reason"))?,
        handler: Text::new(arguments.handler.as_str()).map_err(argument("--handler"))?,
        checker: Text::new(arguments.checker.as_str()).map_err(argument("--checker"))?,
        code: None,
    };
    let draft = czei::core::reverse(&blue, reversal)?;
    let authority = arguments.countersign.then(|| Authority::from_configuration(&configuration)).transpose()?;
    receipts::make_folder(&arguments.out)?;
    check_in_stock(&stock, &draft, number).map_err(|failure| match failure {
        // Nobody chose this request id: what it says is that the receipt is reversed.
        Failure::Cli(error) if error.code() == CliCode::RequestReused && arguments.request_id.is_none() => {
            let error = czei::core::Error::new(czei::core::Code::AlreadyReversed);
            error.found(format!("{}-{}", content.code, content.number)).into()
        }
        failure => failure,
    })?;
    let issuer = Issuer::with_stock(&configuration, Arc::new(stock))?;
    let desk = Desk { issuer: &issuer, authority: authority.as_ref(), out: &arguments.out };
    let done = match number {
        Some((code, number)) => desk.issue_with_number(&draft, code, number)?.pop(),
        None => desk.issue(std::slice::from_ref(&draft))?.pop(),
    };
    let done = done.unwrap_or_else(|| Err(CliCode::CannotWrite.into()))?;
    warn_of_heads(&issuer, output);
    done.write(&draft, output)?;
    Ok(Ended::AsWished)
}
