//! The arguments of `czei render`.

use std::path::PathBuf;

use clap::Args;

use super::DraftFormat;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("where").args(["out", "merged"]).required(true).multiple(true))]
pub(crate) struct Render {
    /// Print only what is valid under this policy; without one, what nothing stands against
    #[arg(long, value_name = "FILE", conflicts_with = "preview")]
    pub(crate) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) with: PrintWith,
    #[command(flatten)]
    pub(crate) record: super::Record,
    /// Where the PDFs go, one file each
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// One PDF with all of them, in the order of the input, for paper
    #[arg(long, value_name = "FILE.pdf", conflicts_with_all = ["preview", "system_fonts"])]
    pub(crate) merged: Option<PathBuf>,
    /// Two pages on a sheet of A4, in the merged file
    #[arg(long, requires = "merged")]
    pub(crate) a4: bool,
    /// Show drafts, and documents not signed by both, as pages that say they are no receipts
    #[arg(long, requires = "out")]
    pub(crate) preview: bool,
    /// With --preview: the configuration that completes drafts
    #[arg(long, value_name = "FILE", requires = "preview")]
    pub(crate) config: Option<PathBuf>,
    /// With --preview: one draft (json) or one draft a line (jsonl); by default by the extension
    #[arg(long, value_enum, requires = "preview")]
    pub(crate) format: Option<DraftFormat>,
    #[command(flatten)]
    pub(crate) pace: super::Pace,
    /// Receipts: files, folders, zip, tar and tar.gz archives; - is standard input. With --preview: drafts (.json,
    /// .jsonl) and documents (.xml) in them
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// What pages are printed with: to print them, and to draw them again when they are verified.
#[derive(Debug, Default, Args)]
pub(crate) struct PrintWith {
    /// Fonts, templates, addresses and seals that pages are printed with
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// A further font, for characters that those before lack; FILE#2 is the third face of a collection
    #[arg(long, value_name = "FILE")]
    pub(crate) font: Vec<PathBuf>,
    /// Search the fonts of this system for characters that no other has
    #[arg(long)]
    pub(crate) system_fonts: bool,
    /// A further template: of those that fit a receipt, the most particular one is taken
    #[arg(long, value_name = "FILE")]
    pub(crate) template: Vec<PathBuf>,
}
