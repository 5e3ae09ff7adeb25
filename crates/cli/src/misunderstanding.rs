//! What is wrong with the arguments, in both languages.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use czei::CliCode;

use crate::failure::Shown;

/// The error of a command line that was not understood.
pub(crate) fn shown(error: &clap::Error) -> Shown {
    let en = english(error);
    Shown::of(&CliCode::Usage.into()).saying(chinese(error).as_deref().unwrap_or(&en), &en)
}

/// As clap says it, on one line.
fn english(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    // The whole list of arguments that clap names stands in the lines below the first.
    let is_detail = |line: &&str| !line.starts_with("Usage") && !line.starts_with("For more information");
    let details = text.lines().skip(1).map(str::trim).take_while(is_detail);
    let lines: Vec<_> = std::iter::once(first).chain(details).filter(|line| !line.is_empty()).collect();
    lines.join(" ")
}

/// The same in Chinese, for the kinds that people meet.
fn chinese(error: &clap::Error) -> Option<String> {
    let of = |kind| error.get(kind).map(value);
    let argument = of(ContextKind::InvalidArg);
    // clap says that a value is missing by an empty one.
    let given = of(ContextKind::InvalidValue).filter(|value| !value.is_empty());
    let hint = |kind| of(kind).map(|names| format!("；是否为 {names}")).unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("缺少参数 {}", argument?),
        ErrorKind::UnknownArgument => format!("没有参数 {}{}", argument?, hint(ContextKind::SuggestedArg)),
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            Some(prior) if Some(&prior) != argument.as_ref() => format!("参数 {} 不能与 {prior} 同时使用", argument?),
            _ => format!("参数 {} 只能给出一次", argument?),
        },
        ErrorKind::InvalidSubcommand => {
            format!("没有命令 {}{}", of(ContextKind::InvalidSubcommand)?, hint(ContextKind::SuggestedSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "缺少子命令".to_owned(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let known = of(ContextKind::ValidValue).filter(|known| !known.is_empty());
            let known = known.map(|known| format!("，可取 {known}")).unwrap_or_default();
            match given {
                Some(given) => format!("参数 {} 的值 {given} 不正确{known}", argument?),
                None => format!("参数 {} 缺少值{known}", argument?),
            }
        }
        ErrorKind::TooFewValues | ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("参数 {} 的值的个数不对", argument?)
        }
        ErrorKind::NoEquals => format!("参数 {} 与值之间须有等号", argument?),
        _ => return None,
    })
}

fn value(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(all) => all.join("、"),
        value => value.to_string(),
    }
}
