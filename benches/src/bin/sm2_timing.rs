//! `sm2_timing`: whether a secret shows in the time of what works on it, by the method of dudect (Reparaz,
//! Balasch, Verbauwhede, "Dude, is my code constant time?", 2017).
//!
//! Each operation is timed with a fixed secret and with random ones, in random order; Welch's t says how surely
//! the two means differ. |t| above 4.5 is suspicious, one that grows with the number of measurements is a leak.
//! A control that leaks on purpose must show. The exact proof is another: `scripts/constant_time.sh`.
//! `sm2_timing [MEASUREMENTS]`, default 60,000 for each operation.

use std::hint::black_box;
use std::time::Instant;

use czei_benches::Result;
use czei_sm2::by_path::{self, Path};
use czei_sm2::{Entropy, Error, HmacSm3, Message, SigningKey};

/// Where two means are commonly said to differ.
const SUSPICIOUS: f64 = 4.5;

/// Numbers that look random (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// 32 bytes below n and other than 0.
    fn secret(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_be_bytes());
        }
        bytes[0] &= 0x7f;
        bytes[31] |= 1;
        bytes
    }
}

/// The same bytes again and again.
struct Given([u8; 32]);

impl Entropy for Given {
    fn fill(&mut self, bytes: &mut [u8]) -> std::result::Result<(), Error> {
        for part in bytes.chunks_mut(32) {
            part.copy_from_slice(&self.0[..part.len()]);
        }
        Ok(())
    }
}

/// A class of measurements: how many, their mean, the sum of squares around it (Welford).
#[derive(Default)]
struct Class {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Class {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let from_mean = value - self.mean;
        self.mean += from_mean / self.count;
        self.squares += from_mean * (value - self.mean);
    }

    /// The square of the mean's standard error.
    fn error(&self) -> f64 {
        self.squares / (self.count - 1.0) / self.count
    }
}

fn main() -> Result<()> {
    let measurements = std::env::args().nth(1).map_or(Ok(60_000), |count| count.parse())?;
    let mut low = [0; 32];
    low[31] = 1;
    // Few bits, many bits, and nothing particular: what a leak would most likely tell apart.
    let fixed = [("1", low), ("7f 7f …", [0x7f; 32]), ("any", Random(99).secret())];
    let e = [0x33; 32];
    let key = SigningKey::from_bytes(&Random(5).secret())?;
    let messages = [Message::Digest(&e); 8];
    println!("time with a fixed secret against random ones, {measurements} measurements each");
    println!("{:<44}{:<10}{:>12}{:>12}{:>9}", "", "fixed", "ns, fixed", "ns, random", "t");
    for (name, secret) in fixed {
        row("control: a byte at a time until one differs", name, secret, measurements, |given| leak(given, &secret));
        row("key from d", name, secret, measurements / 4, SigningKey::from_bytes);
        row("signature with nonce k", name, secret, measurements, |k| key.dangerous_sign_with_nonce(k, &e));
        row("hedged signature, fresh bytes", name, secret, measurements, |fresh| {
            key.sign_with(&mut Given(*fresh), Message::Digest(&e))
        });
        for path in Path::ALL.into_iter().filter(|path| path.is_there()) {
            let title = format!("batch of 8, fresh bytes, {path:?}");
            row(&title, name, secret, measurements / 4, |fresh| {
                by_path::sign_batch_with(path, &mut Given(*fresh), &key, &messages)
            });
        }
        row("HMAC-SM3 with key", name, secret, measurements, |key| HmacSm3::mac(key, &[&e]));
    }
    signing_keys(measurements)
}

/// d as the secret: keys are made beforehand, since making one takes longer than signing with it.
fn signing_keys(measurements: usize) -> Result<()> {
    let mut random = Random(17);
    let (k, e) = (random.secret(), [0x33; 32]);
    for (name, d) in [("1", 1u8), ("ff", 255)] {
        let mut bytes = [0; 32];
        bytes[31] = d;
        // As many boxes of the fixed key as of random ones, so that the cache treats both alike.
        let keys = |mut next: Box<dyn FnMut() -> [u8; 32]>| -> Result<Vec<SigningKey>> {
            (0..64).map(|_| Ok(SigningKey::from_bytes(&next())?)).collect()
        };
        let mut of_keys = Random(23);
        let pools = [keys(Box::new(move || bytes))?, keys(Box::new(move || of_keys.secret()))?];
        let mut order = Random(29);
        measure("signature with key d", name, measurements, || {
            let coin = order.next();
            let (class, which) = ((coin >> 60 & 1) as usize, (coin >> 40) as usize % 64);
            let key = &pools[class][which];
            let start = Instant::now();
            black_box(key.dangerous_sign_with_nonce(black_box(&k), &e)).ok();
            (class, start.elapsed().as_nanos() as f64)
        });
    }
    Ok(())
}

/// Measures with a fixed secret and with random ones.
fn row<T>(title: &str, name: &str, fixed: [u8; 32], measurements: usize, mut operation: impl FnMut(&[u8; 32]) -> T) {
    let (mut order, mut secrets) = (Random(41), Random(43));
    measure(title, name, measurements, || {
        // Both classes do the same before the clock starts.
        let class = (order.next() >> 60 & 1) as usize;
        let random = secrets.secret();
        let secret = black_box(if class == 0 { fixed } else { random });
        let start = Instant::now();
        black_box(operation(&secret));
        (class, start.elapsed().as_nanos() as f64)
    });
}

/// Takes the measurements and prints the row; the slowest tenth, which the machine disturbed, is left out.
fn measure(title: &str, name: &str, count: usize, mut one: impl FnMut() -> (usize, f64)) {
    for _ in 0..count / 20 {
        one();
    }
    let all: Vec<(usize, f64)> = (0..count).map(|_| one()).collect();
    let mut times: Vec<f64> = all.iter().map(|(_, time)| *time).collect();
    times.sort_by(f64::total_cmp);
    let most = times.get(times.len() * 9 / 10).copied().unwrap_or(f64::MAX);
    let mut classes = [Class::default(), Class::default()];
    for (class, time) in all.into_iter().filter(|(_, time)| *time <= most) {
        classes[class].add(time);
    }
    let [fixed, random] = classes;
    let t = (fixed.mean - random.mean) / (fixed.error() + random.error()).sqrt();
    let word = if t.abs() > SUSPICIOUS { "differs" } else { "" };
    println!("{title:<44}{name:<10}{:>12.1}{:>12.1}{t:>9.2} {word}", fixed.mean, random.mean);
}

/// What constant time forbids.
fn leak(given: &[u8; 32], secret: &[u8; 32]) -> u32 {
    let mut rounds = 0;
    for (a, b) in given.iter().zip(secret) {
        if a != b {
            break;
        }
        for _ in 0..20 {
            rounds = black_box(rounds + 1);
        }
    }
    rounds
}
