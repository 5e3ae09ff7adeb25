//! The `czei` command: it reads arguments, calls the library, and prints.
#![forbid(unsafe_code)]
// A command prints: that is its task.
#![allow(clippy::print_stdout)]

mod arguments;
mod commands;
mod doubles;
mod failure;
mod input;
mod language;
mod misunderstanding;
mod out_file;
mod output;
mod problem;
mod progress;
mod shown;
mod summary;
mod table;
mod temporary;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use arguments::{Arguments, Command};
use commands::Ended;
use failure::{Failure, Result, Shown, cannot_write};
use language::Language;
use output::Output;

/// The exit code of a command that could not run.
const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let of_environment = Language::of_environment(|name| std::env::var(name).ok());
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error, of_environment),
    };
    let language = arguments.lang.unwrap_or(of_environment);
    match run(arguments, language) {
        Ok(Ended::AsWished) => ExitCode::SUCCESS,
        Ok(Ended::NotAllValid) => ExitCode::from(1),
        Ok(Ended::NothingRead) => ExitCode::from(COULD_NOT_RUN),
        Err((failure, json)) => stopped(failure.shown(), language, json),
    }
}

fn run(arguments: Arguments, language: Language) -> std::result::Result<Ended, (Failure, bool)> {
    let json = arguments.json;
    let mut output = Output::new(language, json);
    let ended = match arguments.command {
        Command::Demo(arguments) => commands::demo::run(&arguments, &mut output),
        Command::Issue(arguments) => commands::issue::run(&arguments, &mut output),
        Command::Countersign(arguments) => commands::countersign::run(&arguments, &mut output),
        Command::Verify(arguments) => commands::verify::run(arguments, &mut output),
        Command::Render(arguments) => commands::render::run(arguments, &mut output),
        Command::Inspect(arguments) => commands::inspect::run(&arguments, &mut output),
        Command::Reverse(arguments) => commands::reverse::run(&arguments, &mut output),
        Command::Explain(arguments) => commands::explain::run(&arguments, &mut output),
        Command::Stock(arguments) => commands::stock::run(arguments, &mut output),
        Command::Ledger(arguments) => commands::ledger::run(&arguments, &mut output),
        Command::Key(arguments) => commands::key::run(arguments, &mut output),
        Command::Cert(arguments) => commands::cert::run(arguments, &mut output),
    };
    // What was said before an error is handed on before the error itself.
    let flushed = output.flush();
    let ended = ended.and_then(|ended| flushed.map(|()| ended));
    ended.map_err(|failure| (failure, json))
}

/// Says why the command stopped.
fn stopped(shown: Option<Shown>, language: Language, json: bool) -> ExitCode {
    if let Some(shown) = shown {
        let mut stderr = std::io::stderr().lock();
        let line = if json { commands::error_line(&shown) } else { shown.line(language) };
        // With standard error gone there is nobody left to tell.
        let _ = writeln!(stderr, "{line}");
    }
    ExitCode::from(COULD_NOT_RUN)
}

/// Help and version are no errors; anything else is, in the form that was asked for.
fn not_understood(error: &clap::Error, of_environment: Language) -> ExitCode {
    let text = error.render().to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let written = std::io::stdout().lock().write_all(text.as_bytes());
        return match written.map_err(|error| cannot_write(&error)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => stopped(failure.shown(), of_environment, false),
        };
    }
    let given: Vec<_> = std::env::args_os().collect();
    let json = given.iter().any(|argument| argument == "--json");
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && !json {
        // With standard error gone there is nobody left to tell.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
        return ExitCode::from(COULD_NOT_RUN);
    }
    let chosen = given.windows(2).find(|pair| pair[0] == "--lang").and_then(|pair| pair[1].to_str());
    let language = match chosen {
        Some("zh") => Language::Zh,
        Some("en") => Language::En,
        _ => of_environment,
    };
    stopped(Some(misunderstanding::shown(error)), language, json)
}

/// What `--version` and the reports name.
pub(crate) const TOOL: &str = concat!("czei ", env!("CARGO_PKG_VERSION"));

/// A command's result.
pub(crate) type Run = Result<Ended>;
