//! Arguments that the commands of a unit's stock and of an authority's ledger have in common. `P` says which
//! stock or ledger: [`StockPlace`](super::stock::StockPlace) or [`LedgerPlace`](super::ledger::LedgerPlace).

use std::path::PathBuf;

use clap::Args;

/// Who makes a change.
#[derive(Debug, Clone, Args)]
pub(crate) struct Who {
    /// Who makes the change; stands in the journal
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: String,
    /// Who approved it
    #[arg(long, value_name = "NAME")]
    pub(crate) checker: Option<String>,
}

/// A stock or a ledger, and nothing else.
#[derive(Debug, Args)]
pub(crate) struct Only<P: Args> {
    #[command(flatten)]
    pub(crate) place: P,
}

#[derive(Debug, Args)]
pub(crate) struct Init<P: Args> {
    #[command(flatten)]
    pub(crate) place: P,
    /// Where the mark is kept, best on another disk; by default beside the file; none: nowhere
    #[arg(long, value_name = "PATH|none", conflicts_with = "config")]
    pub(crate) mark: Option<PathBuf>,
    /// The folder for finished receipts; by default they are in the file
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    pub(crate) receipts: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) who: Who,
}

/// The numbers of a segment, and whose they are.
#[derive(Debug, Args)]
pub(crate) struct Range {
    /// The unit that may issue from it
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
}

#[derive(Debug, Args)]
pub(crate) struct Number<P: Args> {
    #[command(flatten)]
    pub(crate) place: P,
    /// The number
    #[arg(value_name = "CODE-NUMBER")]
    pub(crate) number: String,
}

#[derive(Debug, Args)]
pub(crate) struct Get<P: Args> {
    #[command(flatten)]
    pub(crate) of: Number<P>,
    /// The file it goes to; by default standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Backup<P: Args> {
    #[command(flatten)]
    pub(crate) place: P,
    /// The file of the copy; its manifest stands beside it
    #[arg(value_name = "TO")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct Restore<P: Args> {
    #[command(flatten)]
    pub(crate) place: P,
    #[command(flatten)]
    pub(crate) what: RestoreWhat,
    /// The last number given out of each code for each unit (of a ledger: countersigned), `UNIT:CODE:none` where there
    /// is none, and of a stock the last payment code of each sequence: needed where the mark is lost
    #[arg(long, value_name = "CODE-NUMBER|UNIT:CODE:none|PAYMENT-CODE", num_args = 1..)]
    pub(crate) up_to: Vec<String>,
    /// Where the mark is kept; by default as the file says
    #[arg(long, value_name = "PATH|none", conflicts_with = "config")]
    pub(crate) mark: Option<PathBuf>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) who: Who,
}

/// A backup, or the database that is there.
#[derive(Debug, Args)]
#[group(id = "restore_what", required = true, multiple = false)]
pub(crate) struct RestoreWhat {
    /// The backup that is put in place of a file that is gone
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: Option<PathBuf>,
    /// Go on from the database that is there, which is older than its mark or has lost it
    #[arg(long)]
    pub(crate) in_place: bool,
}

/// The place is what the backup is compared with, and may be left out.
#[derive(Debug, Args)]
#[command(mut_group("place", |place| place.required(false)))]
pub(crate) struct Drill<P: Args> {
    #[command(flatten)]
    pub(crate) running: Option<P>,
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: PathBuf,
    /// The folder where it is tried; by default a temporary one
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(mut_group("place", |place| place.required(false).arg("file").multiple(false).required(true)))]
pub(crate) struct JournalVerify<P: Args> {
    #[command(flatten)]
    pub(crate) place: Option<P>,
    /// A journal that was exported as JSON lines, without any database
    #[arg(long, value_name = "EXPORT.jsonl")]
    pub(crate) file: Option<PathBuf>,
    /// Heads that were printed before and kept elsewhere: the exported journal must have come by them
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["config", "database"])]
    pub(crate) heads: Vec<PathBuf>,
}

/// Receipts on their way in.
#[derive(Debug, Args)]
pub(crate) struct Under {
    /// The policy under which each receipt must be valid; by default the configuration's
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Take receipts over without verifying them
    #[arg(long, conflicts_with = "policy")]
    pub(crate) unverified: bool,
}
