//! One receipt: each step alone, the whole of verifying, and what of it is neither SM2 nor SM3.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use czei_benches::{Province, settings};
use czei_core::xml::{Document, Envelope, Limits, read_content};
use czei_core::{Joining, SignatureSettings, Verdict};
use czei_pki::{Encoding, SignatureValue};
use czei_sm2::{Message, PreparedVerifyingKey, Sm3, UserId};

const ITEMS: [usize; 4] = [5, 50, 250, 999];

/// What of verifying is cryptography: the same hashes and the same two SM2 checks that a verifier
/// makes, with everything around them taken out beforehand.
struct Cryptography {
    file: Vec<u8>,
    original: Vec<u8>,
    element: Vec<u8>,
    keys: [Arc<PreparedVerifyingKey>; 2],
    values: [SignatureValue; 2],
}

impl Cryptography {
    fn of(province: &Province, file: &[u8]) -> Self {
        let document = Document::parse(file, &Limits::default()).expect("our own receipt");
        let envelope = Envelope::read(&document).expect("our own receipt");
        let value = |index| {
            let signature = envelope.signature(index).expect("two signatures");
            SignatureValue::parse(&STANDARD.decode(signature.value.text.as_bytes()).expect("base64")).expect("a value")
        };
        let key = |certificate: &czei_pki::Certificate| Arc::clone(certificate.prepared_key().expect("an SM2 key"));
        Cryptography {
            file: file.to_vec(),
            original: envelope.unit_original().concat(),
            element: envelope.signature(0).expect("two signatures").element.to_vec(),
            keys: [key(&province.unit.certificate), key(&province.authority.certificate)],
            values: [value(0), value(1)],
        }
    }

    fn run(&self) -> bool {
        black_box(Sm3::digest(&self.file));
        let hash = Joining::default().written_hash(&Sm3::digest(&self.original));
        let unit = Message::Parts { user_id: &UserId::DEFAULT, parts: &[&self.original] };
        let authority = Message::Parts { user_id: &UserId::DEFAULT, parts: &[&hash, &self.element] };
        self.keys[0].verify(unit, self.values[0].signature()).is_ok()
            && self.keys[1].verify(authority, self.values[1].signature()).is_ok()
    }
}

/// What one call of `whole` takes beyond one of `part`: the two are timed in turns, so that what
/// disturbs the machine disturbs both, and their medians are subtracted, because a single
/// interruption is longer than what is sought.
fn difference<A, B>(rounds: u64, mut whole: impl FnMut() -> A, mut part: impl FnMut() -> B) -> Duration {
    let pairs = rounds.max(101);
    let (mut wholes, mut parts) = (Vec::new(), Vec::new());
    for _ in 0..pairs {
        let start = Instant::now();
        black_box(whole());
        wholes.push(start.elapsed());
        let start = Instant::now();
        black_box(part());
        parts.push(start.elapsed());
    }
    wholes.sort_unstable();
    parts.sort_unstable();
    // Criterion takes no zero.
    wholes[wholes.len() / 2].saturating_sub(parts[parts.len() / 2]).max(Duration::from_nanos(1))
}

fn receipt(c: &mut Criterion) {
    let province = Province::new().expect("a province");
    let unit = province.unit.signer().expect("a signer");
    let authority = province.authority.signer().expect("a signer");
    let verifier = province.verifier();
    let now = province.now();
    for items in ITEMS {
        let file = province.receipt(&unit, &authority, 1, items).expect("a receipt").to_bytes();
        assert_eq!(verifier.verify(&file, now).verdict, Verdict::Valid);
        let cryptography = Cryptography::of(&province, &file);
        assert!(cryptography.run());

        let mut group = c.benchmark_group("receipt");
        group.throughput(Throughput::Bytes(file.len() as u64));
        group.bench_with_input(BenchmarkId::new("parse", items), &file, |b, file| {
            b.iter(|| Document::parse(black_box(file), &Limits::default()).expect("our own receipt"));
        });
        group.bench_with_input(BenchmarkId::new("parse and read", items), &file, |b, file| {
            b.iter(|| parse_and_read(black_box(file)));
        });
        let draft = province.draft(1, items).expect("a draft");
        let numbering = province.numbering(1).expect("a number");
        group.bench_function(BenchmarkId::new("build", items), |b| {
            b.iter_batched(
                || draft.clone(),
                |draft| draft.number(&numbering).expect("numbered"),
                BatchSize::SmallInput,
            );
        });
        let numbered = province.numbered(1, items).expect("numbered");
        group.bench_function(BenchmarkId::new("sign, unit", items), |b| {
            b.iter_batched(
                || numbered.clone(),
                |numbered| numbered.sign(&unit, &settings(), province.at).expect("signed"),
                BatchSize::SmallInput,
            );
        });
        let signed = numbered.clone().sign(&unit, &settings(), province.at).expect("signed");
        group.bench_function(BenchmarkId::new("sign, authority", items), |b| {
            b.iter_batched(
                || signed.clone(),
                |signed| signed.countersign(&authority, &settings(), province.at).expect("countersigned"),
                BatchSize::SmallInput,
            );
        });
        group.bench_with_input(BenchmarkId::new("verify", items), &file, |b, file| {
            b.iter(|| verifier.verify(black_box(file), now));
        });
        group.bench_function(BenchmarkId::new("SM2 and SM3 of it", items), |b| b.iter(|| cryptography.run()));
        group.bench_with_input(BenchmarkId::new("all but SM2 and SM3", items), &file, |b, file| {
            b.iter_custom(|rounds| {
                let rest = difference(rounds, || verifier.verify(black_box(file), now), || cryptography.run());
                rest.mul_f64(rounds as f64)
            });
        });
        // The receipt of 2 KB that live systems send: the same content under values in plain DER.
        let der = SignatureSettings { encoding: Encoding::Der, ..settings() };
        let file = province.receipt_as(&der, &unit, &authority, 1, items).expect("a receipt").to_bytes();
        assert_eq!(verifier.verify(&file, now).verdict, Verdict::Valid);
        let cryptography = Cryptography::of(&province, &file);
        group.throughput(Throughput::Bytes(file.len() as u64));
        group.bench_with_input(BenchmarkId::new("parse and read, DER", items), &file, |b, file| {
            b.iter(|| parse_and_read(black_box(file)));
        });
        group.bench_with_input(BenchmarkId::new("all but SM2 and SM3, DER", items), &file, |b, file| {
            b.iter_custom(|rounds| {
                let rest = difference(rounds, || verifier.verify(black_box(file), now), || cryptography.run());
                rest.mul_f64(rounds as f64)
            });
        });
        group.finish();
    }
}

fn parse_and_read(file: &[u8]) -> bool {
    let document = Document::parse(file, &Limits::default()).expect("our own receipt");
    let envelope = Envelope::read(&document).expect("our own receipt");
    read_content(&document, &envelope).content.is_some()
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = receipt
}
criterion_main!(benches);
