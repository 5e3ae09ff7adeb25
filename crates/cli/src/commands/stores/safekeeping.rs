//! Heads, backups, what was restored, and the folder where a backup is tried.

use std::path::{Path, PathBuf};

use czei::stock::{Accepted, Backup, SignedHeads};
use serde::Serialize;

use super::{hint, time_json};
use crate::Run;
use crate::commands::{Ended, receipts};
use crate::failure::Result;
use crate::output::Output;
use crate::shown;

/// Heads that were noted: as they were signed, so that what is kept can be compared, with certificate and signature
/// behind them; or as an object.
pub(crate) fn heads(noted: &SignedHeads, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line<'a> {
        v: u32,
        heads: &'a str,
        sm3: String,
        signer: Option<String>,
        certificate: Option<String>,
        signature: Option<String>,
    }
    let SignedHeads { heads, signature, .. } = noted;
    let certificate = signature.as_ref().and_then(|signature| czei::Certificate::from_der(&signature.certificate).ok());
    let signer = certificate.map(|certificate| certificate.subject().to_rfc4514());
    if !output.json {
        output.bytes(heads.text.as_bytes())?;
        if let Some(signature) = signature {
            // What is signed ends before the empty line.
            output.line("")?;
            output.line(&format!("signer {}", shown::text(signer.as_deref().unwrap_or_default())))?;
            output.line(&format!("certificate {}", shown::hex(&signature.certificate)))?;
            output.line(&format!("signature {}", shown::hex(&signature.value)))?;
        }
        return Ok(Ended::AsWished);
    }
    output.object(&Line {
        v: 1,
        heads: &heads.text,
        sm3: shown::hex(&heads.sm3),
        signer,
        certificate: signature.as_ref().map(|signature| shown::hex(&signature.certificate)),
        signature: signature.as_ref().map(|signature| shown::hex(&signature.value)),
    })?;
    Ok(Ended::AsWished)
}

/// The heads in a text that was kept: what stands before the signature.
pub(crate) fn signed_text(kept: &str) -> &str {
    kept.split_once("\n\nsigner ").map_or(kept, |(heads, _)| heads)
}

/// A backup that was made.
pub(crate) fn backup(backup: &Backup, output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        backup: String,
        manifest: String,
        sm3: String,
        at: String,
        journal_rows: u64,
        numbers: u64,
        receipts_copied: u64,
    }
    let (path, manifest) = (shown::path(&backup.path), shown::path(&backup.manifest));
    let Backup { journal_rows, numbers, receipts_copied, .. } = *backup;
    if output.json {
        let (sm3, at) = (shown::hex(&backup.sm3), time_json(backup.at));
        output.object(&Line { v: 1, backup: path, manifest, sm3, at, journal_rows, numbers, receipts_copied })?;
    } else {
        output.say(
            &format!("已备份 {path}：已用号码 {numbers} 个，日志 {journal_rows} 行，随带票据文件 {receipts_copied} 个"),
            &format!("backed up {path}: {numbers} numbers used, {journal_rows} rows of the journal, {receipts_copied} receipt files copied"),
        )?;
        output.say(&format!("清单 {manifest}"), &format!("manifest {manifest}"))?;
    }
    Ok(Ended::AsWished)
}

/// An older state that was gone on from. `hints` say in both languages what is to be done about the numbers that
/// are not known for sure.
pub(crate) fn accepted(path: &Path, accepted: &Accepted, hints: &[(&str, &str)], output: &mut Output) -> Run {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        file: String,
        generation: String,
        unknown: Vec<[String; 2]>,
        lost_segments_up_to: Vec<String>,
    }
    let file = shown::path(path);
    if output.json {
        let unknown = accepted.unknown.iter().map(|(first, last)| [first.to_string(), last.to_string()]).collect();
        let lost_segments_up_to = accepted.lost.iter().map(ToString::to_string).collect();
        output.object(&Line { v: 1, file, generation: accepted.generation.clone(), unknown, lost_segments_up_to })?;
        return Ok(Ended::AsWished);
    }
    let generation = &accepted.generation;
    output.say(
        &format!("{file} 可以继续使用，新的一代为 {generation}"),
        &format!("{file} is in use again, as generation {generation}"),
    )?;
    for (first, last) in &accepted.unknown {
        output.say(&format!("  待核实: {first} – {last}"), &format!("  unknown until reconciled: {first} – {last}"))?;
    }
    for last in &accepted.lost {
        output.say(
            &format!("  本库不认识的号段已用到 {last}；请按原起止号重新登记，并用 --next 写明其后的号码"),
            &format!("  given out of a segment that is not known here: up to {last}; note it again with the same ends, stating the number after it with --next"),
        )?;
    }
    if !accepted.unknown.is_empty() || !accepted.lost.is_empty() {
        hints.iter().for_each(|(zh, en)| hint(zh, en, output));
    }
    Ok(Ended::AsWished)
}

/// The folder where a backup is tried; a temporary one is gone afterwards.
pub(crate) struct Scratch {
    pub(crate) folder: PathBuf,
    is_temporary: bool,
}

impl Scratch {
    pub(crate) fn new(folder: Option<&PathBuf>) -> Result<Self> {
        let is_temporary = folder.is_none();
        let folder = folder.cloned();
        let folder = folder.unwrap_or_else(|| std::env::temp_dir().join(format!("czei-drill-{}", std::process::id())));
        receipts::make_folder(&folder)?;
        Ok(Scratch { folder, is_temporary })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.is_temporary {
            // What somebody else put there stays; a drill removes its own.
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}
