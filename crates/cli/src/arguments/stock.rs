//! The arguments of `czei stock`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::stores::{self, Number, Only, Range, Under, Who};

#[derive(Debug, Subcommand)]
pub(crate) enum Stock {
    /// Make a stock · 建库
    Init(stores::Init<StockPlace>),
    /// Segments: note one, list them · 号段
    #[command(subcommand)]
    Segment(Segment),
    /// Take segments in: their numbers can be drawn from then on · 领入号段
    TakeIn(TakeIn),
    /// What is left, and for how long · 库存
    Status(Only<StockPlace>),
    /// Take a receipt out · 取出票据
    Get(stores::Get<StockPlace>),
    /// Find numbers · 查找号码
    Find(Find),
    /// The story of one number · 说明一个号码的来历
    Explain(Number<StockPlace>),
    /// Take a number out of use · 作废
    Void(Void),
    /// Mark a receipt as exchanged for paper · 换开纸质票据
    Exchange(Exchange),
    /// Give the unused tail of a segment back · 退回号段
    Return(Return),
    /// Check every invariant · 检查
    Check(Only<StockPlace>),
    /// Numbers, segments or the journal as CSV or JSON lines · 导出
    Export(Export),
    /// Compare with receipt files: gaps, doubles, strangers · 核对
    Reconcile(Reconcile),
    /// Take over an old system's receipts and voids · 导入
    Import(Import),
    /// Copy the stock while it runs · 备份
    Backup(stores::Backup<StockPlace>),
    /// Put a backup in place, or go on from an older state · 恢复
    Restore(stores::Restore<StockPlace>),
    /// Prove that a backup can be restored · 恢复演练
    Drill(stores::Drill<StockPlace>),
    /// The journal · 日志
    #[command(subcommand)]
    Journal(Journal),
    /// Note the heads of the journal's chains, and sign them · 链首存证
    Heads(Heads),
}

/// Which stock.
#[derive(Debug, Clone, Args)]
#[group(id = "place", required = true, multiple = false)]
pub(crate) struct StockPlace {
    /// The configuration, whose [stock] is used; no private key of it is read, but to sign heads
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The stock's file
    #[arg(id = "database", long = "stock", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Segment {
    /// Note a segment that a finance authority gave · 登记号段
    Add(SegmentAdd),
    /// The segments in the order of code and number · 列出号段
    List(Only<StockPlace>),
}

#[derive(Debug, Args)]
pub(crate) struct SegmentAdd {
    #[command(flatten)]
    pub(crate) place: StockPlace,
    #[command(flatten)]
    pub(crate) range: Range,
    /// The next free number of a segment begun in another system; those before it wait for `import`
    #[arg(long, value_name = "NUMBER")]
    pub(crate) next: Option<String>,
    /// Who gave it
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(crate) giver: String,
    /// Take it in at once
    #[arg(long)]
    pub(crate) take_in: bool,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct TakeIn {
    #[command(flatten)]
    pub(crate) place: StockPlace,
    /// The segments, as `segment list` names them
    #[arg(value_name = "SEGMENT", required_unless_present = "all")]
    pub(crate) segments: Vec<i64>,
    /// All that were not taken in yet
    #[arg(long, conflicts_with = "segments")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Find {
    #[command(flatten)]
    pub(crate) place: StockPlace,
    #[command(flatten)]
    pub(crate) question: Question,
    /// The unit of the request; by default any
    #[arg(long, value_name = "CODE", conflicts_with_all = ["number", "business", "day", "state", "reverses"])]
    pub(crate) unit: Option<String>,
}

/// What numbers are found by.
#[derive(Debug, Args)]
#[group(id = "question", required = true, multiple = false)]
pub(crate) struct Question {
    /// This number
    #[arg(long, value_name = "CODE-NUMBER")]
    pub(crate) number: Option<String>,
    /// The number of a request
    #[arg(long, value_name = "ID")]
    pub(crate) request: Option<String>,
    /// The numbers of a business key (BizCode)
    #[arg(long, value_name = "KEY")]
    pub(crate) business: Option<String>,
    /// The numbers whose receipts state this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) day: Option<String>,
    /// The numbers in a state
    #[arg(long, value_name = "STATE",
          value_parser = ["reserved", "signed", "issued", "voided", "unknown"])]
    pub(crate) state: Option<String>,
    /// The red receipt of a blue one
    #[arg(long, value_name = "CODE-NUMBER")]
    pub(crate) reverses: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Void {
    #[command(flatten)]
    pub(crate) of: Number<StockPlace>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who takes it out of use
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: String,
    /// The authority's refusal as it came: needed once the unit has signed
    #[arg(long, value_name = "FILE")]
    pub(crate) refusal: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Exchange {
    #[command(flatten)]
    pub(crate) of: Number<StockPlace>,
    /// Code and number of the paper receipt
    #[arg(long, value_name = "NAME")]
    pub(crate) paper: String,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Return {
    #[command(flatten)]
    pub(crate) place: StockPlace,
    /// The segment, as `segment list` names it
    #[arg(value_name = "SEGMENT")]
    pub(crate) segment: i64,
    /// The first number that is given back; by default all that are free
    #[arg(long, value_name = "NUMBER")]
    pub(crate) from: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportWhat {
    /// Every number that is no longer free
    Numbers,
    /// The segments
    Segments,
    /// The journal
    Journal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// For spreadsheets
    Csv,
    /// One object a line
    Jsonl,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) place: StockPlace,
    /// What
    #[arg(long, value_enum)]
    pub(crate) what: ExportWhat,
    /// How
    #[arg(long, value_enum, default_value = "csv")]
    pub(crate) format: ExportFormat,
    /// The file it goes to; by default standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    #[command(flatten)]
    pub(crate) place: StockPlace,
    /// Verify each receipt too; one that is not valid does not count
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Files, folders, zip, tar and tar.gz archives; - is standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(flatten)]
    pub(crate) place: StockPlace,
    #[command(flatten)]
    pub(crate) past: PastFiles,
    #[command(flatten)]
    pub(crate) under: Under,
    #[command(flatten)]
    pub(crate) who: Who,
}

/// What became of numbers elsewhere.
#[derive(Debug, Args)]
#[group(id = "past", required = true, multiple = true)]
pub(crate) struct PastFiles {
    /// Receipts: files, folders, zip, tar and tar.gz archives
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) receipts: Vec<PathBuf>,
    /// Voided numbers as CSV: code, number, reason, person, time, with names of columns first
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) voids: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Verify every chain, and the heads that were noted and signed · 验证日志
    Verify(stores::JournalVerify<StockPlace>),
}

#[derive(Debug, Args)]
pub(crate) struct Heads {
    #[command(flatten)]
    pub(crate) place: StockPlace,
    /// Sign them with a unit's key of the configuration
    #[arg(long, conflicts_with = "database")]
    pub(crate) sign: bool,
    /// The unit that signs; by default the configuration's first
    #[arg(long, value_name = "CODE", requires = "sign")]
    pub(crate) unit: Option<String>,
    #[command(flatten)]
    pub(crate) who: Who,
}
