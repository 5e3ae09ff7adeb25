//! Naming the doubles of a set, for commands that weigh them as the tables of codes do.

use czei_codes::{Code as _, Entry};
use serde::Serialize;

use crate::doubles::{Double, Doubles, Kind};
use crate::failure::{Failure, Result, cannot_write};
use crate::language::Language;
use crate::output::Output;

/// What was named.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Named {
    /// Groups of files.
    pub(crate) count: u64,
    /// One number over different contents was among them.
    pub(crate) is_number_twice: bool,
}

/// Names every double.
pub(crate) fn name_all(doubles: Doubles, output: &mut Output) -> Result<Named> {
    let mut named = Named::default();
    let done = doubles.finish(|double| {
        named.count += 1;
        named.is_number_twice |= double.kind == Kind::NumberTwice;
        write(&double, output).map_err(Stop::Failure)
    });
    match done {
        Ok(()) => Ok(named),
        Err(Stop::Failure(failure)) => Err(failure),
        Err(Stop::Io(error)) => Err(cannot_write(&error)),
    }
}

/// What stops the naming.
enum Stop {
    Failure(Failure),
    Io(std::io::Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Stop::Io(error)
    }
}

/// The code of a double.
pub(crate) fn entry(kind: Kind) -> &'static Entry {
    use czei::core::Code;
    match kind {
        Kind::Exact => Code::ExactDouble,
        Kind::Content => Code::ContentDouble,
        Kind::NumberTwice => Code::NumberTwice,
    }
    .entry()
}

fn write(double: &Double, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        double: DoubleJson<'a>,
    }
    #[derive(Serialize)]
    struct DoubleJson<'a> {
        code: String,
        number: String,
        count: u64,
        files: &'a [String],
        message: &'static str,
        message_en: &'static str,
    }
    let entry = entry(double.kind);
    let number = format!("{}-{}", double.code, double.number);
    if output.json {
        let (message, message_en, files) = (entry.zh, entry.en, &double.files);
        let double = DoubleJson { code: entry.id(), number, count: double.count, files, message, message_en };
        return output.object(&Line { v: 1, double });
    }
    let language = output.language;
    let more = match (language, double.count - double.files.len() as u64) {
        (_, 0) => String::new(),
        (Language::Zh, more) => format!(" 等，另有 {more} 个"),
        (Language::En, more) => format!(" and {more} more"),
    };
    let files = double.files.join(language.pick("、", ", "));
    output.line(&format!("{entry} {} {number}: {files}{more}", language.pick(entry.zh, entry.en)))
}
