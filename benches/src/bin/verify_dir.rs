//! verify_dir CZEI FOLDER [N]: makes a folder of N receipts (default 100,000), all different and
//! signed twice, and measures `czei verify` over it: receipts a second and peak memory.
//!
//! A folder that has its N receipts already is used again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use czei_benches::{Province, Result, settings};
use czei_core::Numbered;

const CHUNK: u64 = 500;
const ITEMS: usize = 5;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let czei = PathBuf::from(arguments.next().ok_or("verify_dir CZEI FOLDER [N]")?);
    let folder = PathBuf::from(arguments.next().ok_or("verify_dir CZEI FOLDER [N]")?);
    let count = match arguments.next() {
        Some(text) => text.to_str().ok_or("N is no number")?.parse()?,
        None => 100_000,
    };
    let done = folder.join("done");
    if fs::read_to_string(&done).ok() != Some(count.to_string()) {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        make(&folder, count)?;
        fs::write(done, count.to_string())?;
    }
    let start = Instant::now();
    let output = Command::new(&czei)
        .args(["verify", "--json", "--policy"])
        .arg(folder.join("policy.toml"))
        .arg(folder.join("receipts"))
        .stderr(Stdio::inherit())
        .stdout(fs::File::create(folder.join("result.jsonl"))?)
        .status()?;
    let seconds = start.elapsed().as_secs_f64();
    let result = fs::read_to_string(folder.join("result.jsonl"))?;
    let valid = result.lines().filter(|line| line.contains("\"verdict\":\"valid\"")).count();
    println!("{:<34}{}", "czei verify DIR, receipts", count);
    println!("{:<34}{valid} (exit {:?})", "  valid", output.code());
    println!("{:<34}{seconds:.1}", "  seconds, all processors");
    println!("{:<34}{:.0}", "  receipts a second", count as f64 / seconds);
    println!("{:<34}{}", "  peak memory, MB", peak_memory_of_children() / 1_000);
    if valid as u64 != count {
        return Err("not all were valid".into());
    }
    Ok(())
}

/// In kilobytes.
fn peak_memory_of_children() -> i64 {
    // SAFETY: getrusage fills the structure, for which all zeros is a valid value.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_CHILDREN, &raw mut usage);
        usage.ru_maxrss
    }
}

fn make(folder: &Path, count: u64) -> Result<()> {
    let province = Province::new()?;
    fs::create_dir_all(folder.join("receipts"))?;
    for (name, party) in
        [("root", &province.root), ("sub", &province.sub), ("unit", &province.unit), ("authority", &province.authority)]
    {
        fs::write(folder.join(format!("{name}.crt")), party.certificate.to_pem())?;
    }
    fs::write(
        folder.join("policy.toml"),
        "v = 1\n[trust]\nunit = [\"root.crt\"]\nauthority = [\"root.crt\"]\n\
         certificates = [\"sub.crt\", \"unit.crt\", \"authority.crt\"]\ncrls = []\n\
         [[authority]]\narea = [\"3206\"]\nsubject = \"CN=示例市财政局\"\n[unit]\nbinding = \"name\"\n[judge]\ntime = \"issue\"\n",
    )?;
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism()?.get();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| -> std::result::Result<(), String> {
                    loop {
                        let first = next.fetch_add(CHUNK, Ordering::Relaxed);
                        if first >= count {
                            return Ok(());
                        }
                        let last = count.min(first + CHUNK);
                        chunk(&province, folder, first + 1..=last).map_err(|error| error.to_string())?;
                    }
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a thread ended".to_owned())?)
    })?;
    Ok(())
}

fn chunk(province: &Province, folder: &Path, numbers: std::ops::RangeInclusive<u64>) -> Result<()> {
    let (unit, authority) = (province.unit.signer()?, province.authority.signer()?);
    let numbered = numbers.map(|number| province.numbered(number, ITEMS)).collect::<Result<Vec<_>>>()?;
    for signed in Numbered::sign_many(numbered, &unit, &settings(), province.at) {
        let signed = signed.map_err(|step| step.error)?;
        let receipt = signed.countersign(&authority, &settings(), province.at).map_err(|step| step.error)?;
        let name = format!("{}-{}.xml", receipt.content().code, receipt.content().number);
        fs::write(folder.join("receipts").join(name), receipt.as_bytes())?;
    }
    Ok(())
}
