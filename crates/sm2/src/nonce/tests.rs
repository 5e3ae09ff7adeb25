//! What 100,000 nonces look like. A few bits that lean to one side, over many signatures, give the private key
//! away, so each statistic is also shown to find nonces that lean.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use super::*;
use crate::testing::Random;

const COUNT: usize = 100_000;

/// How many standard deviations are let pass. The sources are the same in each run, and so are the outcomes: the
/// bound says how far from even the nonces may lie, not how often the test may fail.
const SIGMAS: f64 = 5.0;

type Nonce = [u8; 32];

fn key() -> SigningKey {
    SigningKey::from_bytes(&[0x39; 32]).unwrap()
}

/// Fresh bytes and digests: both good, or one of them always the same.
fn inputs(fresh: bool, digests: bool) -> impl Iterator<Item = ([u8; FRESH], [u8; 32])> {
    // Not `Random::bytes`, which likes numbers at the edges and repeats some.
    let mut random = Random::new(0x5eed);
    let mut draw = move || {
        let mut bytes = [0; 32];
        for word in bytes.chunks_exact_mut(8) {
            word.copy_from_slice(&random.word().to_be_bytes());
        }
        bytes
    };
    (0..COUNT).map(move |_| {
        let f = if fresh { draw() } else { [0; FRESH] };
        let e = if digests { draw() } else { [0x11; 32] };
        (f, e)
    })
}

fn one_by_one(inputs: impl Iterator<Item = ([u8; FRESH], [u8; 32])>) -> Vec<Nonce> {
    let key = key();
    inputs.map(|(fresh, e)| key.nonces(&fresh, &e).next().to_bytes()).collect()
}

/// Nonces as they should be, to spoil.
fn even() -> Vec<Nonce> {
    one_by_one(inputs(true, true))
}

/// A count beside its expectation, for trials that each hold with a probability of one half.
#[allow(clippy::float_arithmetic, clippy::cast_precision_loss)]
fn leans(held: usize, trials: usize) -> bool {
    let (held, trials) = (held as f64, trials as f64);
    (held - trials / 2.0).abs() > SIGMAS * (trials / 4.0).sqrt()
}

/// The statistics that a set of nonces does not pass, by name.
#[allow(clippy::float_arithmetic, clippy::cast_precision_loss)]
fn departures(nonces: &[Nonce]) -> Vec<&'static str> {
    let bit = |nonce: &Nonce, index: usize| nonce[index / 8] >> (7 - index % 8) & 1 == 1;
    let ones = |same: &dyn Fn(usize) -> bool| (0..nonces.len()).filter(|index| same(*index)).count();
    let mut found = Vec::new();
    let mut report = |name, departs: bool| {
        if departs {
            found.push(name);
        }
    };

    report("repeated", nonces.iter().collect::<HashSet<_>>().len() != nonces.len());
    report("bits", (0..256).any(|at| leans(ones(&|index| bit(&nonces[index], at)), nonces.len())));
    let next = |at: usize| ones(&|index| bit(&nonces[index], at) != bit(&nonces[index], (at + 1) % 256));
    report("neighbouring bits", (0..256).any(|at| leans(next(at), nonces.len())));
    let later = |index: usize| &nonces[(index + 1) % nonces.len()];
    let follows = |at: usize| ones(&|index| bit(&nonces[index], at) != bit(later(index), at));
    report("one after the other", (0..256).any(|at| leans(follows(at), nonces.len())));

    // Chi squared with 255 degrees of freedom: mean 255, variance 510.
    let uneven = |at: usize| {
        let mut counts = [0usize; 256];
        for nonce in nonces {
            counts[usize::from(nonce[at])] += 1;
        }
        let expected = nonces.len() as f64 / 256.0;
        let chi: f64 = counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum();
        (chi - 255.0).abs() > SIGMAS * 510f64.sqrt()
    };
    report("bytes", (0..32).any(uneven));
    found
}

#[test]
fn a_hundred_thousand_nonces_are_even() {
    assert_eq!(departures(&even()), [""; 0]);
}

/// What hedging is for: a generator that is stuck, or messages that are all alike.
#[test]
fn nonces_are_even_when_one_of_their_sources_is_not() {
    for (fresh, digests) in [(false, true), (true, false)] {
        assert_eq!(departures(&one_by_one(inputs(fresh, digests))), [""; 0], "{fresh} {digests}");
    }
    // Nothing new from either: the same nonce, which the statistic of repetition sees.
    let (fresh, e) = ([0; FRESH], [0x11; 32]);
    assert!(departures(&one_by_one([(fresh, e); 1000].into_iter())).contains(&"repeated"));
}

#[test]
fn nonces_of_a_batch_are_even() {
    let (fresh, digests): (Vec<_>, Vec<_>) = inputs(true, true).unzip();
    for path in Path::ALL {
        if !path.is_there() {
            eprintln!("skipped: {path:?} is not on this processor");
            continue;
        }
        let nonces: Vec<Nonce> =
            key().first_nonces(path, &fresh, &digests).iter().map(|nonce| nonce.to_bytes()).collect();
        assert_eq!(departures(&nonces), [""; 0], "{path:?}");
        // And they are those of single signatures.
        assert_eq!(nonces, even(), "{path:?}");
    }
}

/// The later ones of one signature, which are used when the first leads to none.
#[test]
fn nonces_in_a_row_are_even() {
    let (key, e) = (key(), [0x11; 32]);
    let mut nonces = key.nonces(&[7; FRESH], &e);
    let row: Vec<Nonce> = (0..COUNT).map(|_| nonces.next().to_bytes()).collect();
    assert_eq!(departures(&row), [""; 0]);
}

#[test]
fn nonces_that_lean_are_found() {
    type Spoil = fn(usize, &mut Nonce);
    let spoiled: [(&str, Spoil); 6] = [
        ("bits", |_, nonce| nonce[0] &= 0x7f),
        // One in forty has its lowest bit cleared.
        ("bits", |index, nonce| nonce[31] &= if index % 20 == 0 { 0xfe } else { 0xff }),
        // As if 248 bits were drawn one time in fifty.
        ("bytes", |index, nonce| nonce[0] = if index % 50 == 0 { 0 } else { nonce[0] }),
        ("neighbouring bits", |index, nonce| nonce[9] = if index % 10 == 0 { 0x55 } else { nonce[9] }),
        ("one after the other", |index, nonce| nonce[16] = if index % 2 == 0 { nonce[16] | 4 } else { nonce[16] & !4 }),
        ("repeated", |index, nonce| {
            if index % 50_000 == 0 {
                *nonce = [0x33; 32]
            }
        }),
    ];
    for (name, spoil) in spoiled {
        let mut nonces = even();
        for (index, nonce) in nonces.iter_mut().enumerate() {
            spoil(index, nonce);
        }
        assert!(departures(&nonces).contains(&name), "{name}: {:?}", departures(&nonces));
    }
}
