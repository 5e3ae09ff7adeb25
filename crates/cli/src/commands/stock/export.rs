//! `czei stock export`.

use czei::stock::{self, ExportOf};

use super::Opened;
use crate::Run;
use crate::arguments::stock::{Export, ExportFormat, ExportWhat};
use crate::commands::Ended;
use crate::commands::stores::{self, Lines};
use crate::output::Output;

pub(crate) fn run(arguments: &Export, output: &mut Output) -> Run {
    let of = match arguments.what {
        ExportWhat::Numbers => ExportOf::Numbers,
        ExportWhat::Segments => ExportOf::Segments,
        ExportWhat::Journal => ExportOf::Journal,
    };
    let format = match arguments.format {
        ExportFormat::Csv => stock::ExportFormat::Csv,
        ExportFormat::Jsonl => stock::ExportFormat::JsonLines,
    };
    let Opened { stock, .. } = Opened::at(&arguments.place)?;
    let mut lines = Lines::new(arguments.out.as_deref(), output)?;
    let done = stock::export(&stock, of, format, &mut |line| lines.write(line));
    let rows = lines.finish(done)?;
    if let Some(path) = &arguments.out {
        stores::written(path, rows, output)?;
    }
    Ok(Ended::AsWished)
}
