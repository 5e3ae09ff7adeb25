//! `sm2_peers`: czei-sm2 beside other implementations, one table from one run.
//!
//! One thread, messages of 2 KB, processor time of the thread; the windows of all are taken in turns, the
//! median counts. A ratio is the median of those between windows of the same round. `sm2_peers [ROUNDS]`,
//! default 15.
//!
//! | file | what |
//! |---|---|
//! | `windows.rs` | the measuring |
//! | `ours.rs` | czei-sm2 |
//! | `peers.rs` | RustCrypto sm2 and sm3, libsm, efficient-sm2, aws-lc-rs |
//! | `gmsm.rs` | gmsm, a program in Go, where there is Go |
//! | `rows.rs` | which figure is set against which, with floor and goal |

mod gmsm;
mod ours;
mod peers;
mod rows;
mod windows;

use std::time::Duration;

use czei_benches::Result;

/// The length of every message in bytes.
const LENGTH: usize = 2048;

/// Signatures or messages in a batch.
const BATCH: usize = 64;

/// The user id that all use.
const USER_ID: &str = "1234567812345678";

/// Long enough for the clock, short enough that the machine is the same one for all.
const WINDOW: Duration = Duration::from_millis(40);

fn main() -> Result<()> {
    let rounds = std::env::args().nth(1).map_or(Ok(15), |rounds| rounds.parse())?;
    // First, while the memory of this process is still small and grows by new pages only.
    let prepared_bytes = ours::bytes_of_a_prepared_key()?;
    let d = [0x5a; 32];
    let message: &'static [u8] = Box::leak((0..LENGTH).map(|i| (i * 7) as u8).collect());
    let mut subjects = ours::subjects(&d, message)?;
    subjects.extend(peers::subjects(&d, message)?);
    match gmsm::subjects() {
        Ok(of_gmsm) => subjects.extend(of_gmsm),
        Err(error) => eprintln!("skipped: gmsm could not be had ({error}); there are no ratios to it"),
    }
    let rates = windows::measure(&mut subjects, rounds, WINDOW)?;
    println!("SM2 and SM3, one thread, messages of 2 KB, median of {rounds} windows of processor time");
    rows::print(&rates, prepared_bytes);
    Ok(())
}
