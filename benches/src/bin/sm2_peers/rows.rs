//! The table: which figure is set against which, and what it should reach.

use crate::windows::Rates;

/// A figure of ours, what it is set against, the least ratio it must have, and the one it is to have.
struct Row {
    title: &'static str,
    name: &'static str,
    against: &'static str,
    floor: f64,
    goal: f64,
}

const fn row(title: &'static str, name: &'static str, against: &'static str, floor: f64, goal: f64) -> Row {
    Row { title, name, against, floor, goal }
}

const SIGNATURES: [Row; 12] = [
    row("sign, one (hedged)", "sign", "gmsm sign", 1.1, 1.3),
    row("sign_batch of 64, portable", "sign batch portable", "gmsm sign", 1.4, 1.7),
    row("sign_batch of 64, 8 lanes", "sign batch lanes", "aws-lc-rs sign", 2.0, 2.6),
    row("sign_batch of 64, as called", "sign batch", "gmsm sign", 0.0, 0.0),
    row("verify, new key (read, checked, used once)", "verify new", "gmsm verify", 0.9, 1.1),
    row("verify, prepared key", "verify prepared", "gmsm verify", 2.4, 3.0),
    row("verify_batch of 64, prepared, portable", "verify batch portable", "gmsm verify", 2.6, 3.2),
    row("verify_batch of 64, prepared, 8 lanes", "verify batch lanes", "aws-lc-rs verify", 3.2, 4.3),
    row("verify_batch of 64, prepared, as called", "verify batch", "gmsm verify", 0.0, 0.0),
    row("the same with 64 keys, portable", "verify batch keys portable", "gmsm verify", 0.0, 0.0),
    row("the same with 64 keys, 8 lanes", "verify batch keys lanes", "aws-lc-rs verify", 0.0, 0.0),
    row("the same with 64 keys, as called", "verify batch keys", "gmsm verify", 0.0, 0.0),
];

const DIGESTS: [Row; 4] = [
    row("SM3, one stream", "sm3", "rustcrypto sm3", 1.0, 1.1),
    row("SM3 of 64 messages, AVX2", "sm3 batch avx2", "sm3", 2.0, 3.0),
    row("SM3 of 64 messages, AVX-512", "sm3 batch avx512", "sm3", 4.0, 6.0),
    row("SM3 of 64 messages, as called", "sm3 batch", "sm3", 0.0, 0.0),
];

const PEERS: [(&str, &str); 5] = [
    ("gmsm 0.15 (Go, assembly)", "gmsm"),
    ("RustCrypto sm2 0.14, sm3 0.5", "rustcrypto"),
    ("efficient-sm2 0.2", "efficient-sm2"),
    ("libsm 0.6", "libsm"),
    ("aws-lc-rs 1, P-256 and SHA-256", "aws-lc-rs"),
];

const MEGABYTE: f64 = 1_000_000.0;

pub fn print(rates: &Rates, prepared_bytes: f64) {
    println!();
    println!("{:<44}{:>10}{:>9}   ratio to{:<20}floor               goal", "", "a second", "µs", "");
    for row in &SIGNATURES {
        print_row(rates, row, |rate| format!("{rate:>10.0}{:>9.2}", MEGABYTE / rate));
    }
    for row in &DIGESTS {
        print_row(rates, row, |rate| format!("{:>5.0} MB/s{:>9}", rate / MEGABYTE, ""));
    }
    preparing(rates, prepared_bytes);
    println!();
    println!("{:<44}{:>10}{:>10}{:>12}", "peers, a second", "sign", "verify", "SM3 MB/s");
    for (title, name) in PEERS {
        let cell = |what: &str, unit: f64| {
            rates.get(&format!("{name} {what}")).map_or("-".to_owned(), |rate| format!("{:.0}", rate / unit))
        };
        println!("{title:<44}{:>10}{:>10}{:>12}", cell("sign", 1.0), cell("verify", 1.0), cell("sm3", MEGABYTE));
    }
}

fn print_row(rates: &Rates, row: &Row, figure: impl Fn(f64) -> String) {
    let Some(rate) = rates.get(row.name) else {
        println!("{:<44}{:>10}", row.title, "-");
        return;
    };
    print!("{:<44}{}", row.title, figure(rate));
    let Some(ratio) = rates.ratio(row.name, row.against) else {
        println!("   -");
        return;
    };
    print!("   {ratio:>5.2} x {:<20}", row.against);
    if row.floor > 0.0 {
        print!("{:<20}{}", verdict(ratio >= row.floor, row.floor), verdict(ratio >= row.goal, row.goal));
    }
    println!();
}

/// What preparing costs: at most 20 verifications with a key that is not prepared, and 200 KB.
fn preparing(rates: &Rates, bytes: f64) {
    let (Some(prepare), Some(verifications)) = (rates.get("prepare"), rates.ratio("verify new", "prepare")) else {
        return;
    };
    let kilobytes = bytes / 1_000.0;
    println!(
        "{:<44}{prepare:>10.0}{:>9.2}   {verifications:>5.2} verifications of a new key, at most {}",
        "preparing a key",
        MEGABYTE / prepare,
        verdict(verifications <= 20.0, 20.0),
    );
    println!("{:<44}{kilobytes:>7.0} KB{:>9}   at most {}", "", "", verdict(kilobytes <= 200.0, 200.0));
}

fn verdict(holds: bool, wanted: f64) -> String {
    format!("{wanted:>4} {}", if holds { "holds" } else { "falls short" })
}
