//! reportlab, in a process of its own.

use std::path::Path;
use std::process::{Command, Stdio};

use czei_benches::Result;

/// What it did.
pub(crate) struct Peer {
    /// Files a second.
    pub(crate) rate: f64,
    /// The bytes of one.
    pub(crate) bytes: usize,
}

/// Runs `benches/reportlab/receipt.py` for five seconds.
pub(crate) fn reportlab(python: &Path, font: &Path, page: &str, options: &[&str]) -> Result<Peer> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("reportlab/receipt.py");
    let described = std::env::temp_dir().join(format!("czei-page-{}.json", std::process::id()));
    std::fs::write(&described, page)?;
    let done = Command::new(python)
        .arg(script)
        .args(options)
        .arg(&described)
        .arg(font)
        .arg("5")
        .stderr(Stdio::inherit())
        .output();
    std::fs::remove_file(&described)?;
    let done = done?;
    let said = String::from_utf8(done.stdout)?;
    let (rate, bytes) = said.trim().split_once('\t').ok_or("reportlab gave no figure")?;
    Ok(Peer { rate: rate.parse()?, bytes: bytes.parse()? })
}
