//! The disk under the measurements.

use std::fmt;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use czei_benches::Result;

/// A mounted file system.
pub struct Disk {
    device: String,
    kind: String,
}

impl Disk {
    /// Where a folder lies.
    ///
    /// # Errors
    /// When it lies in memory, where syncing costs nothing.
    pub fn of(folder: &Path) -> Result<Self> {
        let folder = folder.canonicalize()?;
        let mounts = fs::read_to_string("/proc/mounts")?;
        let mounts = mounts.lines().filter_map(|line| {
            let mut fields = line.split(' ');
            Some((fields.next()?, fields.next()?, fields.next()?))
        });
        let around = mounts.filter(|(_, place, _)| folder.starts_with(place));
        let (device, _, kind) = around.max_by_key(|(_, place, _)| place.len()).ok_or("no mount")?;
        if matches!(kind, "tmpfs" | "ramfs") {
            return Err(format!("{} lies in memory ({kind}): nothing would be measured", folder.display()).into());
        }
        Ok(Disk { device: device.to_owned(), kind: kind.to_owned() })
    }
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.kind, self.device)
    }
}

/// How often a second the disk takes 4,096 bytes at the end of a file and syncs them: no single
/// reservation can be quicker.
pub fn syncs_a_second(folder: &Path) -> Result<f64> {
    let mut file = File::create(folder.join("syncs"))?;
    let mut windows = Vec::new();
    for _ in 0..super::rates::WINDOWS {
        let (start, mut syncs) = (Instant::now(), 0);
        while start.elapsed() < Duration::from_secs(1) {
            file.write_all(&[7; 4_096])?;
            file.sync_data()?;
            syncs += 1;
        }
        windows.push(f64::from(syncs) / start.elapsed().as_secs_f64());
    }
    fs::remove_file(folder.join("syncs"))?;
    Ok(super::median(windows))
}
