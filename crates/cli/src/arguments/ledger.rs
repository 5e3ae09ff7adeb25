//! The arguments of `czei ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::stores::{self, Number, Only, Range, Under, Who};

#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Make a ledger · 建立台账
    Init(stores::Init<LedgerPlace>),
    /// Note a segment as given to a unit · 发放号段
    Give(Give),
    /// Take the unused tail of a segment back · 收回号段
    TakeBack(TakeBack),
    /// The segments given · 列出已发放的号段
    List(Only<LedgerPlace>),
    /// What happened to a number · 说明一个号码的来历
    Explain(Number<LedgerPlace>),
    /// Take a countersigned receipt out · 取出票据
    Get(stores::Get<LedgerPlace>),
    /// Check every invariant · 检查
    Check(Only<LedgerPlace>),
    /// The journal · 日志
    #[command(subcommand)]
    Journal(LedgerJournal),
    /// Take over receipts that were countersigned elsewhere, or in a part that was lost · 导入
    Import(LedgerImport),
    /// Note the heads of the journal's chains, and sign them · 链首存证
    Heads(LedgerHeads),
    /// Copy the ledger while it runs · 备份
    Backup(stores::Backup<LedgerPlace>),
    /// Put a backup in place, or go on from an older state · 恢复
    Restore(stores::Restore<LedgerPlace>),
    /// Prove that a backup can be restored · 恢复演练
    Drill(stores::Drill<LedgerPlace>),
}

/// Which ledger.
#[derive(Debug, Clone, Args)]
#[group(id = "place", required = true, multiple = false)]
pub(crate) struct LedgerPlace {
    /// The configuration, whose [ledger] is used; no private key of it is read, but to sign heads
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The ledger's file
    #[arg(id = "database", long = "ledger", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Give {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    #[command(flatten)]
    pub(crate) range: Range,
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

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerJournal {
    /// Verify every chain, and the heads that were noted and signed · 验证日志
    Verify(stores::JournalVerify<LedgerPlace>),
    /// Write the journal as JSON lines · 导出日志
    Export(LedgerJournalExport),
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
pub(crate) struct LedgerImport {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// Receipts: files, folders, zip, tar and tar.gz archives
    #[arg(long, value_name = "PATH", num_args = 1.., required = true)]
    pub(crate) receipts: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) under: Under,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerHeads {
    #[command(flatten)]
    pub(crate) place: LedgerPlace,
    /// Sign them with the authority's key of the configuration
    #[arg(long, conflicts_with = "database")]
    pub(crate) sign: bool,
    #[command(flatten)]
    pub(crate) who: Who,
}
