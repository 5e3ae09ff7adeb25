//! The arguments of `czei ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::stock::{KeptHeads, RestoreWhat, Who};

#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Make a ledger · 建立台账
    Init(LedgerInit),
    /// Note a segment as given to a unit · 发放号段
    Give(Give),
    /// Take the unused tail of a segment back · 收回号段
    TakeBack(TakeBack),
    /// The segments given · 列出已发放的号段
    List(LedgerPlace),
    /// What happened to a number · 说明一个号码的来历
    Explain(LedgerNumber),
    /// Take a countersigned receipt out · 取出票据
    Get(LedgerGet),
    /// Check every invariant · 检查
    Check(LedgerPlace),
    /// The journal · 日志
    #[command(subcommand)]
    Journal(LedgerJournal),
    /// Take over receipts that were countersigned elsewhere, or in a part that was lost · 导入
    Import(LedgerImport),
    /// Note the heads of the journal's chains, and sign them · 链首存证
    Heads(LedgerHeads),
    /// Copy the ledger while it runs · 备份
    Backup(LedgerBackup),
    /// Put a backup in place, or go on from an older state · 恢复
    Restore(LedgerRestore),
    /// Prove that a backup can be restored · 恢复演练
    Drill(LedgerDrill),
}

/// Which ledger.
#[derive(Debug, Clone, Args)]
#[group(id = "ledger_place", required = true, multiple = false)]
pub(crate) struct LedgerPlace {
    /// The configuration, whose [ledger] is used
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The ledger's file
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerInit {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// Where the mark is kept, best on another disk; by default beside the ledger; none: nowhere
    #[arg(long, value_name = "PATH|none", conflicts_with = "config")]
    pub(crate) mark: Option<PathBuf>,
    /// The folder for countersigned receipts; by default they are in the ledger's file
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    pub(crate) receipts: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Give {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// The unit
    #[arg(long, value_name = "CODE")]
    pub(crate) unit: String,
    /// The receipt code, 8 digits
    #[arg(long, value_name = "CODE")]
    pub(crate) code: String,
    /// The first number, 10 digits
    #[arg(long, value_name = "NUMBER")]
    pub(crate) first: String,
    /// The last number, 10 digits
    #[arg(long, value_name = "NUMBER")]
    pub(crate) last: String,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct TakeBack {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// The segment, as `ledger list` names it
    #[arg(value_name = "SEGMENT")]
    pub(crate) segment: i64,
    /// The first number that is taken back
    #[arg(long, value_name = "NUMBER")]
    pub(crate) from: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerNumber {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// The number
    #[arg(value_name = "CODE-NUMBER")]
    pub(crate) number: String,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerGet {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// The number
    #[arg(value_name = "CODE-NUMBER")]
    pub(crate) number: String,
    /// The file it goes to; by default standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerJournal {
    /// Verify every chain, and the heads that were noted and signed · 验证日志
    Verify(LedgerJournalVerify),
    /// Write the journal as JSON lines · 导出日志
    Export(LedgerJournalExport),
}

#[derive(Debug, Args)]
pub(crate) struct LedgerJournalVerify {
    #[command(flatten)]
    pub(crate) of: LedgerJournalOf,
    #[command(flatten)]
    pub(crate) kept: KeptHeads,
}

/// Whose journal.
#[derive(Debug, Args)]
#[group(id = "journal_of", required = true, multiple = false)]
pub(crate) struct LedgerJournalOf {
    /// The configuration, whose [ledger] is used; its certificates verify signed heads
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The ledger's file
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// A journal that `journal export` wrote, without any database
    #[arg(long, value_name = "EXPORT.jsonl")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerJournalExport {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// The file it goes to; by default standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerBackup {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// The file of the copy; its manifest stands beside it
    #[arg(value_name = "TO")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerRestore {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    #[command(flatten)]
    pub(crate) what: RestoreWhat,
    /// The last number claimed of each code for each unit, `UNIT:CODE:none` where there is none: needed where the mark
    /// is lost
    #[arg(long, value_name = "CODE-NUMBER|UNIT:CODE:none", num_args = 1..)]
    pub(crate) up_to: Vec<String>,
    /// Where the mark is kept; by default as the ledger says
    #[arg(long, value_name = "PATH|none", conflicts_with = "config")]
    pub(crate) mark: Option<PathBuf>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerImport {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// Receipts: files, folders, zip, tar and tar.gz archives
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    pub(crate) receipts: Vec<PathBuf>,
    /// The policy under which each receipt must be valid; by default the configuration's
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Take receipts over without verifying them
    #[arg(long, conflicts_with = "policy")]
    pub(crate) unverified: bool,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerHeads {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// Sign them with the authority's key of the configuration
    #[arg(long, conflicts_with = "ledger")]
    pub(crate) sign: bool,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerDrill {
    /// The configuration, whose [ledger] the backup is compared with
    #[arg(long, value_name = "FILE", conflicts_with = "ledger")]
    pub(crate) config: Option<PathBuf>,
    /// The ledger that the backup is compared with
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: PathBuf,
    /// The folder where it is tried; by default a temporary one
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
}
