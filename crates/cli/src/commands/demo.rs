//! `czei demo`: a province in a folder, from drafts to verified receipts.

mod mark;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use czei::core::{Remark, Text};
use czei::{
    Authority, CliCode, CliError, Draft, Issuer, Printable, Receipt, Renderer, Report, RequestId, Reversal, Sandbox,
    SandboxPlan, SystemClock, Verdict, Verifier,
};
use serde::Serialize;

use self::mark::DemoMark;
use super::issue::{Desk, Done};
use super::receipts::cannot_write_to;
use super::verify::view;
use super::{Ended, drafts, receipts};
use crate::arguments::Demo;
use crate::failure::{Failure, Result};
use crate::input::{Paths, Wanted, What};
use crate::output::Output;
use crate::{Run, TOOL, shown};

/// The charges of a fictional school and of a fictional real-estate registry.
const INPUTS: [(&str, &[u8]); 2] = [
    ("school.jsonl", include_bytes!("../../../../testdata/demo/school.jsonl")),
    ("registry.jsonl", include_bytes!("../../../../testdata/demo/registry.jsonl")),
];

/// How many receipts are issued at a time: few, so that a demo that is stopped has little to do again.
const BATCH: usize = 60;

pub(crate) fn run(arguments: &Demo, output: &mut Output) -> Run {
    let demo = Province::open(&arguments.folder, output)?;
    let issued = demo.issue(output)?;
    let mut valid = demo.verify_all(&issued, output)?;
    let (red, red_is_valid) = demo.reverse(&issued, output)?;
    let (changed, tampered_found) = demo.tamper(&issued, output)?;
    demo.page(&issued, output)?;
    let count = issued.len() + 1;
    valid += usize::from(red_is_valid);
    let printed = demo.print(count, output)?;
    if output.json {
        output
            .object(&EndLine { v: 1, demo: EndJson { issued: count, valid, tampered_found, printed, red, changed } })?;
    }
    output.flush()?;
    if valid != count || tampered_found != 1 || printed != count {
        // Going on would come to the same: the next one begins anew.
        demo.mark.finish()?;
        let found = format!("issued={count} valid={valid} tampered_found={tampered_found} printed={printed}");
        return Err(CliError::new(CliCode::DemoFailed).found(found).into());
    }
    if !output.json {
        output.line(&format!("issued={count} valid={valid} tampered_found={tampered_found}"))?;
    }
    // The last step: whoever did not see the line before it is stopped gets it from the next run.
    output.flush()?;
    demo.mark.finish()?;
    Ok(Ended::AsWished)
}

#[derive(Serialize)]
struct EndLine {
    v: u32,
    demo: EndJson,
}

#[derive(Serialize)]
struct EndJson {
    issued: usize,
    valid: usize,
    tampered_found: usize,
    printed: usize,
    red: String,
    changed: String,
}

/// The sandbox, with those who sign in it.
struct Province {
    folder: PathBuf,
    mark: DemoMark,
    issuer: Issuer,
    authority: Authority,
}

impl Province {
    /// Makes the folder, keys, certificates, configuration, policy, stock, ledger and input; or goes on with
    /// a demo that was stopped.
    fn open(folder: &Path, output: &mut Output) -> Result<Self> {
        let mark = DemoMark::take(folder)?;
        let goes_on = mark.is_begun() && Sandbox::is_whole(folder);
        if goes_on {
            remove_unfinished(folder)?;
        } else {
            // Marked as unfinished from here on: when this is stopped, the next run does it again.
            Sandbox::empty(folder)?;
            mark.begin()?;
            Sandbox::create(folder, &SandboxPlan::default(), &SystemClock)?;
        }
        receipts::make_folder(&folder.join("input"))?;
        for (name, content) in INPUTS {
            czei::files::write_new_or_replace(folder.join("input").join(name), content)?;
        }
        let configuration = Sandbox::open(folder)?;
        let issuer = Issuer::open(&configuration)?;
        let authority = Authority::from_configuration(&configuration)?;
        let demo = Province { folder: folder.to_owned(), mark, issuer, authority };
        let (zh, en) = if goes_on {
            (
                "1. 沙箱此前已建立；上次的演示没有做完，现在接着做",
                "1. The sandbox of a demo that was stopped: it goes on",
            )
        } else {
            (
                "1. 建立沙箱：SM2 根证书与证书认证中心、学校、不动产登记中心和财政局的密钥与证书、号码库与财政台账",
                "1. A sandbox: an SM2 root and its CA, keys and certificates of a school, a registry and a finance \
                 authority, a stock of numbers and the authority's ledger",
            )
        };
        let made = ["ca", "certs", "keys", Sandbox::CONFIGURATION, Sandbox::POLICY, Sandbox::STOCK, Sandbox::LEDGER];
        demo.tell(output, zh, en, &made)?;
        Ok(demo)
    }

    /// Issues everything in the input, signed by both. What was issued before is what comes back.
    fn issue(&self, output: &mut Output) -> Result<Vec<Done>> {
        let mut all: Vec<Draft> = Vec::new();
        for (name, _) in INPUTS {
            for row in
                drafts::read(&self.folder.join("input").join(name), None, &|json| self.issuer.draft_from_json(json))?
            {
                all.push(row.draft?);
            }
        }
        let out = self.receipts();
        receipts::make_folder(&out)?;
        let desk = self.desk(&out);
        let mut done = Vec::with_capacity(all.len());
        for batch in all.chunks(BATCH) {
            for one in desk.issue(batch)? {
                done.push(one?);
            }
        }
        let mut by_unit: BTreeMap<&str, usize> = BTreeMap::new();
        for draft in &all {
            *by_unit.entry(draft.fields().unit.name.as_str()).or_default() += 1;
        }
        let by_unit: Vec<_> = by_unit.iter().map(|(unit, count)| format!("{unit} {count}")).collect();
        self.tell(
            output,
            &format!("2. 开具 {} 张票据，单位与财政部门双签：{}", done.len(), by_unit.join("，")),
            &format!("2. {} receipts, signed by unit and authority: {}", done.len(), by_unit.join(", ")),
            &["input", "receipts"],
        )?;
        Ok(done)
    }

    fn desk<'a>(&'a self, out: &'a Path) -> Desk<'a> {
        Desk { issuer: &self.issuer, authority: Some(&self.authority), out }
    }

    /// Verifies the receipts from their folder under the policy file; how many are valid.
    fn verify_all(&self, issued: &[Done], output: &mut Output) -> Result<usize> {
        let verifier = self.verifier()?;
        // A demo that was stopped may have left the red receipt there, whose turn comes later.
        let wanted: HashSet<_> = issued.iter().map(|done| shown::path(&done.file)).collect();
        let items = Paths::new(vec![self.receipts()], Wanted::documents(verifier.policy().limits.bytes));
        let items = items.map(|input| match input.what {
            What::Document(bytes) => (input.name, bytes),
            What::Unreadable(_) | What::LeftOut(_) => (input.name, Vec::new()),
        });
        let items = items.filter(|(name, _)| wanted.contains(name));
        let (mut valid, mut count) = (0, 0);
        for (name, report) in verifier.verify_stream(items, 0) {
            count += 1;
            if report.verdict == Verdict::Valid {
                valid += 1;
            } else if !output.json {
                view::whole(&name, &report, output)?;
            }
        }
        self.tell(
            output,
            &format!("3. 从磁盘按策略文件验证：{count} 张中 {valid} 张有效"),
            &format!("3. Verified from disk under the policy file: {valid} of {count} are valid"),
            &["receipts", Sandbox::POLICY],
        )?;
        Ok(valid)
    }

    /// Reverses the last receipt, a registry's; the red one's file, and whether it is valid beside
    /// its blue one.
    fn reverse(&self, issued: &[Done], output: &mut Output) -> Result<(String, bool)> {
        let verifier = self.verifier()?;
        let blue_file = &last(issued)?.file;
        let bytes = receipts::read(blue_file, verifier.policy().limits.bytes)?;
        let blue = Receipt::resume(&bytes, verifier.core(), verifier.now())?;
        let content = blue.content();
        let reversal = Reversal {
            request_id: RequestId::new(format!("reverse-{}-{}", content.code, content.number))?,
            reason: Remark::new("演示冲红：收费有误")?,
            handler: Text::new(content.handler.as_str())?,
            checker: Text::new(content.checker.as_str())?,
            code: None,
        };
        let draft = czei::core::reverse(&blue, reversal)?;
        let out = self.receipts();
        let red = self.desk(&out).issue(&[draft])?.pop();
        let red = red.unwrap_or_else(|| Err(CliCode::DemoFailed.into()))?;
        let red_bytes = receipts::read(&red.file, verifier.policy().limits.bytes)?;
        let report = verifier.core().verify_with_blue(&red_bytes, content, verifier.now());
        self.tell(
            output,
            &format!(
                "4. 冲红 {}-{}：红票与蓝票一并验证，结论 {}",
                content.code,
                content.number,
                report.verdict.name_zh()
            ),
            &format!(
                "4. {}-{} reversed; the red receipt, verified beside the blue one, is {}",
                content.code, content.number, report.verdict
            ),
            &[&self.within(blue_file), &self.within(&red.file)],
        )?;
        Ok((shown::path(&red.file), report.verdict == Verdict::Valid))
    }

    /// Changes one character of the amount in a copy and verifies that; the copy, and how many were
    /// found out.
    fn tamper(&self, issued: &[Done], output: &mut Output) -> Result<(String, usize)> {
        let verifier = self.verifier()?;
        let first = &first(issued)?.file;
        let bytes = receipts::read(first, verifier.policy().limits.bytes)?;
        let changed = with_another_amount(&bytes).ok_or(Failure::from(CliCode::DemoFailed))?;
        let folder = self.folder.join("tampered");
        receipts::make_folder(&folder)?;
        let file = folder.join(first.file_name().unwrap_or_default());
        czei::files::write_new_or_replace(&file, &changed)?;
        let report = verifier.verify(&receipts::read(&file, verifier.policy().limits.bytes)?);
        self.tell(
            output,
            "5. 把一张副本的总金额改动一个字符，再验证",
            "5. One character of the total changed in a copy, which is then verified",
            &[&self.within(&file)],
        )?;
        if !output.json {
            view::whole(&shown::path(&file), &report, output)?;
        }
        Ok((shown::path(&file), usize::from(is_found_out(&report))))
    }

    /// Writes the page for people.
    fn page(&self, issued: &[Done], output: &mut Output) -> Result<()> {
        let verifier = self.verifier()?;
        let file = &first(issued)?.file;
        let report = verifier.verify(&receipts::read(file, verifier.policy().limits.bytes)?);
        let page = report.to_html(&shown::path(file), TOOL);
        czei::files::write_new_or_replace(self.folder.join("report.html"), page.as_bytes())?;
        self.tell(output, "6. 供人阅读的验证报告", "6. A report for people", &["report.html"])
    }

    /// Prints everything, and verifies the pages from disk; how many are valid, picture and all.
    fn print(&self, count: usize, output: &mut Output) -> Result<usize> {
        let verifier = self.verifier()?;
        let wanted = Wanted::all(verifier.policy().limits.bytes);
        let documents = |folder: PathBuf| {
            Paths::new(vec![folder], wanted).map(|input| match input.what {
                What::Document(bytes) => (input.name, bytes),
                What::Unreadable(_) | What::LeftOut(_) => (input.name, Vec::new()),
            })
        };
        let pages = self.folder.join("pdf");
        receipts::make_folder(&pages)?;
        let renderer = Renderer::bundled();
        let stream = renderer.render_stream(&verifier, Printable::Valid, documents(self.receipts()), 0);
        let mut batch = Vec::with_capacity(BATCH);
        for (_, printed) in stream {
            let printed = printed?;
            let content = printed.receipt.content();
            batch.push((pages.join(format!("{}-{}.pdf", content.code, content.number)), printed.pdf));
            if batch.len() == BATCH {
                write_all(&mut batch)?;
            }
        }
        write_all(&mut batch)?;
        let mut valid = 0;
        for (name, report) in verifier.with_renderer(renderer).verify_stream(documents(pages), 0) {
            let proven = report.checks.get(czei::Check::Picture) == czei::Status::Passed;
            if report.verdict == Verdict::Valid && proven {
                valid += 1;
            } else if !output.json {
                view::whole(&name, &report, output)?;
            }
        }
        self.tell(
            output,
            &format!("7. 打印为内含 XML 的 PDF/A-3，再从磁盘验证：{count} 张中 {valid} 张的版式与文档相符"),
            &format!(
                "7. Printed as PDF/A-3 with the XML inside, and verified from disk: {valid} of {count} pages agree"
            ),
            &["pdf"],
        )?;
        Ok(valid)
    }

    fn verifier(&self) -> Result<Verifier> {
        Ok(Verifier::from_policy_file(self.folder.join(Sandbox::POLICY))?)
    }

    fn receipts(&self) -> PathBuf {
        self.folder.join("receipts")
    }

    /// A path of the folder without the folder.
    fn within(&self, path: &Path) -> String {
        shown::path(path.strip_prefix(&self.folder).unwrap_or(path))
    }

    /// One step of the story, with the paths where it can be seen.
    fn tell(&self, output: &mut Output, zh: &str, en: &str, paths: &[&str]) -> Result<()> {
        if output.json {
            return Ok(());
        }
        output.say(zh, en)?;
        let paths: Vec<_> = paths.iter().map(|path| shown::path(&self.folder.join(path))).collect();
        output.line(&format!("   {}", paths.join("  ")))?;
        output.flush()
    }
}

/// Writes what waits, and empties it.
fn write_all(batch: &mut Vec<(PathBuf, Vec<u8>)>) -> Result<()> {
    czei::files::write_each(batch).into_iter().collect::<czei::Result<()>>()?;
    batch.clear();
    Ok(())
}

/// Removes files that a stopped demo was writing: they never came to stand under their names.
fn remove_unfinished(folder: &Path) -> Result<()> {
    for folder in
        [folder.to_owned(), folder.join("input"), folder.join("receipts"), folder.join("tampered"), folder.join("pdf")]
    {
        // One that is not there yet holds none.
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.as_encoded_bytes();
            if name.starts_with(b".") && name.ends_with(b".tmp") {
                fs::remove_file(entry.path()).map_err(|error| cannot_write_to(&entry.path(), &error))?;
            }
        }
    }
    Ok(())
}

/// The document with the first digit of its total changed.
fn with_another_amount(bytes: &[u8]) -> Option<Vec<u8>> {
    const TAG: &[u8] = b"<TotalAmount>";
    let at = bytes.windows(TAG.len()).position(|window| window == TAG)? + TAG.len();
    let mut changed = bytes.to_vec();
    let digit = changed.get_mut(at).filter(|digit| digit.is_ascii_digit())?;
    *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
    Some(changed)
}

/// Whether the unit's signature fails: the reason that counts, whatever else does not fit.
fn is_found_out(report: &Report) -> bool {
    report.verdict == Verdict::Invalid && report.checks.get(czei::Check::UnitSignature) == czei::Status::Failed
}

fn first(issued: &[Done]) -> Result<&Done> {
    issued.first().ok_or_else(|| CliCode::DemoFailed.into())
}

fn last(issued: &[Done]) -> Result<&Done> {
    issued.last().ok_or_else(|| CliCode::DemoFailed.into())
}
