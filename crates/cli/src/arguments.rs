//! The arguments of the command.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::language::Language;

pub(crate) mod cert;
pub(crate) mod key;
pub(crate) mod ledger;
pub(crate) mod password;
pub(crate) mod render;
pub(crate) mod stock;
pub(crate) mod stores;

/// Issue, sign, verify and explain Chinese electronic fiscal receipts · 财政电子票据的开具、签名、验证与说明
#[derive(Debug, Parser)]
#[command(name = "czei", version, disable_help_subcommand = true, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Language of messages; by default that of LC_ALL, LC_MESSAGES or LANG
    #[arg(long, global = true, value_enum, value_name = "zh|en", hide_possible_values = true)]
    pub(crate) lang: Option<Language>,
    /// One JSON object a line instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "Exit codes · 退出码: 0 all valid 全部有效, 1 something is not valid 存在无效或无法判定, \
                          2 the command could not run 命令未能执行";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play a whole province in a folder: issue, sign, verify, reverse, tamper · 演示
    Demo(Demo),
    /// Issue receipts from drafts in JSON; they end signed by the unit · 开票
    Issue(Issue),
    /// Sign as the authority what units signed · 财政部门签名
    Countersign(Countersign),
    /// Verify files, folders and archives · 验证
    Verify(Verify),
    /// Print receipts as PDF/A-3 pages with their document inside · 打印版式文件
    Render(render::Render),
    /// Show what stands in one receipt, verified or not · 查看
    Inspect(Inspect),
    /// Reverse a receipt: issue its red receipt · 冲红
    Reverse(Reverse),
    /// Explain a code · 说明代码
    Explain(Explain),
    /// The stock of numbers of a unit · 号码库
    #[command(subcommand)]
    Stock(stock::Stock),
    /// The ledger of a finance authority: what it gave, and what it countersigned · 财政台账
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Keys: make, convert and look at key files, sign for others · 密钥
    #[command(subcommand)]
    Key(key::Key),
    /// Certificates: look at them, check and request them · 证书
    #[command(subcommand)]
    Cert(cert::Cert),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The folder; made, or made anew when an earlier demo made it
    #[arg(default_value = "czei-demo")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Issue {
    /// The configuration of the units
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// The drafts; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub(crate) input: PathBuf,
    /// One draft (json) or one draft a line (jsonl); by default by the input's extension, else jsonl
    #[arg(long, value_enum)]
    pub(crate) format: Option<DraftFormat>,
    /// Where the receipts go, one file each
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// A number that was obtained elsewhere, for a single draft
    #[arg(long, value_name = "CODE:NUMBER")]
    pub(crate) number: Option<String>,
    /// Issue the good drafts of an input that has bad ones
    #[arg(long)]
    pub(crate) skip_bad: bool,
    /// Sign as the authority too, where the configuration holds its key
    #[arg(long)]
    pub(crate) countersign: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DraftFormat {
    /// One object
    Json,
    /// One object a line
    Jsonl,
}

#[derive(Debug, Args)]
pub(crate) struct Countersign {
    /// The configuration of the authority
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Receipts that their units signed
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Where the receipts go
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Whom to trust; without one nothing is trusted
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) record: Record,
    #[command(flatten)]
    pub(crate) with: render::PrintWith,
    /// One page for people, for a single receipt
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pace: Pace,
    /// Receipts (XML, or PDFs that carry it): files, folders, zip, tar and tar.gz archives; - is standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// Threads and progress of work on many receipts.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Pace {
    /// How many threads; by default one a processor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Say how far it has come every so many seconds, also where no terminal is
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "10",
          require_equals = true, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) progress: Option<u64>,
}

impl Pace {
    /// How many threads; 0 is one a processor.
    pub(crate) fn threads(self) -> usize {
        self.jobs.map_or(0, usize::from)
    }

    /// How often to say how far it has come.
    pub(crate) fn interval(self) -> Option<Duration> {
        self.progress.map(Duration::from_secs)
    }
}

/// A record that shows how old receipts are.
#[derive(Debug, Default, Args)]
pub(crate) struct Record {
    /// A stock whose journal shows when receipts existed, for certificates that have expired since; its file, or a
    /// configuration (.toml) that names it
    #[arg(long, value_name = "FILE", conflicts_with = "ledger")]
    pub(crate) stock: Option<PathBuf>,
    /// The same from the ledger of a finance authority
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The receipt, as a document or as a PDF that carries it; - is standard input
    pub(crate) file: PathBuf,
    /// Write the document byte for byte, and nothing else: what a PDF carries
    #[arg(long, conflicts_with = "signed_bytes")]
    pub(crate) document: bool,
    /// Write the bytes that a role signed, and nothing else
    #[arg(long, value_enum, value_name = "unit|authority", hide_possible_values = true)]
    pub(crate) signed_bytes: Option<Role>,
    /// How the authority's bytes are joined
    #[arg(long, value_name = "NAME", default_value = "hex-lower+element")]
    pub(crate) joining: String,
    /// The SM2 user id
    #[arg(long, value_name = "ID", default_value = "1234567812345678")]
    pub(crate) user_id: String,
    /// Signers' certificates, for signatures that carry none
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) certificates: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// The issuing unit
    Unit,
    /// The finance authority
    Authority,
}

#[derive(Debug, Args)]
pub(crate) struct Reverse {
    /// The configuration of the unit
    #[arg(long, value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// The blue receipt
    pub(crate) receipt: PathBuf,
    /// The reason, written as the red receipt's remark
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who issues the red receipt
    #[arg(long, value_name = "NAME")]
    pub(crate) handler: String,
    /// Who checked it
    #[arg(long, value_name = "NAME")]
    pub(crate) checker: String,
    /// The key for retries; by default made from the blue receipt's code and number
    #[arg(long, value_name = "ID")]
    pub(crate) request_id: Option<String>,
    /// A number that was obtained elsewhere
    #[arg(long, value_name = "CODE:NUMBER")]
    pub(crate) number: Option<String>,
    /// Sign as the authority too, where the configuration holds its key
    #[arg(long)]
    pub(crate) countersign: bool,
    /// Where the red receipt goes
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A code: CZ3101, 3101 or no-root
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub(crate) code: Option<String>,
    /// Every code
    #[arg(long)]
    pub(crate) all: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
