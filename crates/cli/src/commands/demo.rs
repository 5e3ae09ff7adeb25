//! `czei demo`: a province in a folder, from drafts to verified receipts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use czei::core::{Remark, Text};
use czei::{
    Authority, CliCode, CliError, Configuration, Draft, Issuer, MemoryNumbers, Receipt, Report, RequestId, Reversal,
    Sandbox, SandboxPlan, SystemClock, Verdict, Verifier,
};
use serde::Serialize;

use super::issue::{Desk, Done};
use super::ledger::{self, Ledger};
use super::receipts::cannot_write_to;
use super::verify::view;
use super::{Ended, drafts, receipts};
use crate::arguments::Demo;
use crate::failure::{Failure, Result};
use crate::input::{Paths, What};
use crate::output::Output;
use crate::{Run, TOOL, shown};

/// The charges of a fictional school and of a fictional real-estate registry.
const INPUTS: [(&str, &[u8]); 2] = [
    ("school.jsonl", include_bytes!("../../../../testdata/demo/school.jsonl")),
    ("registry.jsonl", include_bytes!("../../../../testdata/demo/registry.jsonl")),
];

pub(crate) fn run(arguments: &Demo, output: &mut Output) -> Run {
    let demo = Province::make(&arguments.folder, output)?;
    let issued = demo.issue(output)?;
    let (mut valid, _) = demo.verify_all(output)?;
    let (red, red_is_valid) = demo.reverse(&issued, output)?;
    let (changed, tampered_found) = demo.tamper(&issued, output)?;
    demo.page(&issued, output)?;
    let count = issued.len() + 1;
    valid += usize::from(red_is_valid);
    if output.json {
        output.object(&EndLine { v: 1, demo: EndJson { issued: count, valid, tampered_found, red, changed } })?;
    }
    output.flush()?;
    if valid != count || tampered_found != 1 {
        let found = format!("issued={count} valid={valid} tampered_found={tampered_found}");
        return Err(CliError::new(CliCode::DemoFailed).found(found).into());
    }
    if !output.json {
        output.line(&format!("issued={count} valid={valid} tampered_found={tampered_found}"))?;
    }
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
    red: String,
    changed: String,
}

/// The sandbox with its configuration.
struct Province {
    folder: PathBuf,
    configuration: Configuration,
    authority: Authority,
}

impl Province {
    /// Makes the folder, keys, certificates, configuration, policy and input.
    fn make(folder: &Path, output: &mut Output) -> Result<Self> {
        clear(folder)?;
        let sandbox = Sandbox::in_memory(&SandboxPlan::default(), &SystemClock)?;
        // The mark comes first and stays: a demo that was cut short can be made anew.
        receipts::make_folder(folder)?;
        czei::files::write_new_or_replace(folder.join(ledger::MARK), b"made by czei demo; safe to delete\n")?;
        sandbox.write(folder)?;
        receipts::make_folder(&folder.join("input"))?;
        for (name, content) in INPUTS {
            czei::files::write_new_or_replace(folder.join("input").join(name), content)?;
        }
        let configuration = Sandbox::open(folder)?;
        let authority = Authority::from_configuration(&configuration)?;
        let demo = Province { folder: folder.to_owned(), configuration, authority };
        demo.tell(
            output,
            "1. 建立沙箱：SM2 根证书与证书认证中心、学校、不动产登记中心和财政局的密钥与证书",
            "1. A sandbox: an SM2 root and its CA, keys and certificates of a school, a registry and a finance authority",
            &["ca", "certs", "keys", Sandbox::CONFIGURATION, Sandbox::POLICY],
        )?;
        Ok(demo)
    }

    /// Issues everything in the input, signed by both.
    fn issue(&self, output: &mut Output) -> Result<Vec<Done>> {
        let reader = Issuer::from_configuration(&self.configuration, Arc::new(MemoryNumbers::new()))?;
        let mut all: Vec<Draft> = Vec::new();
        for (name, _) in INPUTS {
            for row in drafts::read(&self.folder.join("input").join(name), None, &reader)? {
                all.push(row.draft?);
            }
        }
        let mut ledger = Ledger::in_folder(&self.folder)?;
        let numbers = ledger.numbers(all.iter().map(|draft| draft.fields().code), None)?;
        let issuer = Issuer::from_configuration(&self.configuration, numbers)?;
        let out = self.receipts();
        receipts::make_folder(&out)?;
        let mut desk = Desk { issuer: &issuer, authority: Some(&self.authority), ledger: &mut ledger, out: &out };
        let done = desk.issue(&all)?.into_iter().collect::<Result<Vec<_>>>()?;
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

    /// Verifies every file in the folder of receipts under the policy file; how many are valid, and
    /// how many there are.
    fn verify_all(&self, output: &mut Output) -> Result<(usize, usize)> {
        let verifier = self.verifier()?;
        let items = Paths::new(vec![self.receipts()], verifier.policy().limits.bytes as u64);
        let items = items.map(|input| match input.what {
            What::Document(bytes) => (input.name, bytes),
            What::Unreadable(_) | What::LeftOut(_) => (input.name, Vec::new()),
        });
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
        Ok((valid, count))
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
        let draft = czei::core::reverse(&blue, reversal.clone())?;
        let mut ledger = Ledger::in_folder(&self.folder)?;
        let issuer = Issuer::from_configuration(&self.configuration, ledger.numbers([content.code], None)?)?;
        let out = self.receipts();
        let mut desk = Desk { issuer: &issuer, authority: Some(&self.authority), ledger: &mut ledger, out: &out };
        let red = desk.reverse(&blue, reversal, &draft)?;
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

/// Empties a folder that an earlier demo made, but for its mark; any other folder with something in it is refused.
fn clear(folder: &Path) -> Result<()> {
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(cannot_write_to(folder, &error)),
    };
    if is_empty {
        return Ok(());
    }
    if !folder.join(ledger::MARK).is_file() {
        return Err(CliError::new(CliCode::ForeignFolder).in_file(shown::path(folder)).into());
    }
    let entries = fs::read_dir(folder).map_err(|error| cannot_write_to(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| cannot_write_to(folder, &error))?;
        if entry.file_name() == ledger::MARK {
            continue;
        }
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let removed = if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|error| cannot_write_to(&path, &error))?;
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
