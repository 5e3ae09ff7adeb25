//! `czei render`: receipts as PDF pages, one file each, and all in one for paper.

mod folder;
mod preview;

use std::io::Write as _;

use czei::files::WholeFile;
use czei::render::Sheets;
use czei::{CliCode, CliError, Policy, PrintCopy, Printable, Receipt, Renderer, Verifier};
use serde::Serialize;

use self::folder::{Folder, Page};
use super::{Ended, receipts};
use crate::arguments::render::{PrintWith, Render};
use crate::failure::{ErrorJson, Failure, Result};
use crate::input::{Estimate, Input, Paths, Wanted, What};
use crate::out_file;
use crate::output::Output;
use crate::progress::{Doing, Progress};
use crate::{Run, shown};

/// How many pages are written to the folder at a time.
const BATCH: usize = 64;

pub(crate) fn run(arguments: Render, output: &mut Output) -> Run {
    let renderer = renderer(&arguments.with)?.unwrap_or_else(Renderer::bundled);
    if let Some(folder) = &arguments.out {
        receipts::make_folder(folder)?;
    }
    if arguments.preview {
        return preview::run(&arguments, &renderer, output);
    }
    let (policy, printable) = match &arguments.policy {
        Some(path) => (czei::load_policy(path)?, Printable::Valid),
        None => {
            warn_of_no_policy(output);
            (Policy::default(), Printable::NotRefuted)
        }
    };
    let mut verifier = Verifier::new(policy);
    if let Some(witness) = super::verify::witness(&arguments.record)? {
        verifier = verifier.with_witness(witness);
    }
    let wanted = Wanted::all(verifier.policy().limits.bytes);
    let paths = arguments.paths.clone();
    let interval = arguments.pace.interval();
    let progress = Progress::new(interval, output.language, Doing::Print, || match Paths::estimate(&paths, wanted) {
        Estimate::Files(files) => Some(files),
        Estimate::Unknown => None,
    });
    let threads = arguments.pace.threads();
    let items = Paths::new(arguments.paths, wanted).map(|Input { name, what }| match what {
        What::Document(bytes) => ((name, None), bytes),
        // Nothing to print; it goes along so that everything comes out in its place.
        What::Unreadable(error) | What::LeftOut(error) => ((name, Some(error)), Vec::new()),
    });
    let merged = match &arguments.merged {
        Some(path) if renderer.searches_system() => {
            let settings = arguments.with.settings.as_deref().map(shown::path).unwrap_or_default();
            let fault = CliError::new(CliCode::Usage).expected("fonts.files").found("fonts.system = true, --merged");
            return Err(fault.in_file(if settings.is_empty() { shown::path(path) } else { settings }).into());
        }
        Some(path) => {
            let sheets = if arguments.a4 { Sheets::TwoOnA4 } else { Sheets::Single };
            Some(renderer.print_copy(out_file::pdf(path)?, sheets)?)
        }
        None => None,
    };
    let mut set = Set { output, progress, folder: None, merged, done: 0, refused: 0 };
    match arguments.out {
        Some(folder) => {
            set.folder = Some(Folder::new(folder));
            for ((name, problem), printed) in renderer.render_stream(&verifier, printable, items, threads) {
                let printed = of_problem(problem).and_then(|()| Ok(printed?));
                set.take(name, printed.map(|printed| (printed.receipt, printed.pdf)))?;
            }
        }
        None => {
            for ((name, problem), receipt) in verifier.receipt_stream(printable, items, threads) {
                let receipt = of_problem(problem).and_then(|()| Ok(receipt?));
                set.take(name, receipt.map(|receipt| (receipt, Vec::new())))?;
            }
        }
    }
    set.end()
}

fn of_problem(problem: Option<CliError>) -> Result<()> {
    problem.map_or(Ok(()), |error| Err(error.into()))
}

/// The renderer that the arguments name; `None` where they say nothing about it.
pub(crate) fn renderer(with: &PrintWith) -> Result<Option<Renderer>> {
    let PrintWith { settings, font, system_fonts, template } = with;
    if settings.is_none() && font.is_empty() && !system_fonts && template.is_empty() {
        return Ok(None);
    }
    let renderer = match settings {
        Some(path) => Renderer::from_settings_file(path)?,
        None => Renderer::bundled(),
    };
    let renderer = renderer.with_font_files(font)?.with_template_files(template)?;
    Ok(Some(if *system_fonts { renderer.with_system_fonts() } else { renderer }))
}

/// Says that trust was not asked for.
fn warn_of_no_policy(output: &Output) {
    if output.json {
        return;
    }
    let text = output.language.pick(
        "没有指定策略：签名不成立的票据不予打印，但不核对签名人是否可信；请用 --policy 指定策略文件",
        "No policy was given: receipts with false signatures are not printed, but whether signers are to be trusted is \
         not asked; name one with --policy",
    );
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The work on one set.
struct Set<'a> {
    output: &'a mut Output,
    progress: Progress,
    /// Where each page goes.
    folder: Option<Folder>,
    /// The file with all of them.
    merged: Option<PrintCopy<'a, WholeFile>>,
    done: u64,
    refused: u64,
}

impl Set<'_> {
    /// One receipt, with its PDF where each gets one.
    fn take(&mut self, name: String, printed: Result<(Receipt, Vec<u8>)>) -> Result<()> {
        let (receipt, pdf) = match printed {
            Ok(printed) => printed,
            Err(failure) => return self.refuse(&name, &failure),
        };
        if let Some(merged) = &mut self.merged
            && let Err(error) = merged.add(&receipt)
        {
            // Without its output nothing more can come.
            let broken = error.code() == czei::render::Code::PdfOutput;
            let failure = Failure::Library(error.into());
            if broken {
                return Err(failure);
            }
            // Its own page, where it gets one, has nothing to do with that.
            self.refuse(&name, &failure)?;
            if self.folder.is_none() {
                return Ok(());
            }
        }
        let Some(folder) = &mut self.folder else {
            self.progress.step();
            self.done += 1;
            return Ok(());
        };
        let stem = format!("{}-{}", receipt.content().code, receipt.content().number);
        folder.add(Page { from: name, stem, pdf });
        if folder.waiting() >= BATCH { self.write() } else { Ok(()) }
    }

    /// Writes the pages that wait.
    fn write(&mut self) -> Result<()> {
        let Some(folder) = &mut self.folder else { return Ok(()) };
        for (page, written) in folder.write() {
            match written {
                Ok(path) => {
                    self.done += 1;
                    self.progress.step();
                    if self.output.json {
                        self.output.object(&DoneLine {
                            v: 1,
                            from: &page.from,
                            receipt: &page.stem,
                            file: &shown::path(&path),
                        })?;
                    }
                }
                Err(failure) => self.refuse(&page.from, &failure)?,
            }
        }
        Ok(())
    }

    fn refuse(&mut self, name: &str, failure: &Failure) -> Result<()> {
        self.refused += 1;
        self.progress.clear();
        refused(name, failure, self.output)
    }

    fn end(mut self) -> Run {
        self.write()?;
        self.progress.clear();
        let (done, refused) = (self.done, self.refused);
        if done == 0 && refused == 0 {
            return Err(CliCode::NoInput.into());
        }
        // Without a page it is not put in its place.
        if let Some(merged) = self.merged.take().filter(|_| done > 0) {
            merged.finish().map_err(czei::Error::from)?.finish()?;
        }
        if self.output.json {
            self.output.object(&EndLine { v: 1, render: EndJson { printed: done, refused } })?;
        } else {
            self.output
                .say(&format!("已打印 {done} 张，拒绝 {refused} 张"), &format!("{done} printed, {refused} refused"))?;
        }
        Ok(if refused == 0 { Ended::AsWished } else { Ended::NotAllValid })
    }
}

/// One line for what was not printed.
fn refused(name: &str, failure: &Failure, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        from: &'a str,
        error: ErrorJson,
    }
    let Some(error) = failure.shown() else { return Err(Failure::PipeClosed) };
    if output.json {
        return output.object(&Line { v: 1, from: name, error: error.json() });
    }
    let (zh, en) = ("未打印", "not printed");
    output.line(&format!("{} {name}: {}", output.language.pick(zh, en), error.line(output.language)))
}

#[derive(Serialize)]
struct DoneLine<'a> {
    v: u32,
    from: &'a str,
    receipt: &'a str,
    file: &'a str,
}

#[derive(Serialize)]
struct EndLine {
    v: u32,
    render: EndJson,
}

#[derive(Serialize)]
struct EndJson {
    printed: u64,
    refused: u64,
}
