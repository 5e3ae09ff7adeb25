//! czei-sm2: single calls, batches by path, preparing a key.

use std::hint::black_box;

use czei_benches::Result;
use czei_sm2::by_path::{self, Path};
use czei_sm2::{
    Message, PreparedVerifyingKey, Signature, SigningKey, Sm3, SystemEntropy, VerifyItem, VerifyingKey, sign_batch,
    verify_batch,
};

use crate::windows::Subject;
use crate::{BATCH, LENGTH};

pub fn subjects(d: &[u8; 32], message: &'static [u8]) -> Result<Vec<Subject>> {
    let batch = BATCH as f64;
    let bytes = (BATCH * LENGTH) as f64;
    // They live as long as the program: closures share them.
    let key: &'static SigningKey = Box::leak(Box::new(SigningKey::from_bytes(d)?));
    let part: &'static [&'static [u8]] = Box::leak(Box::new([message]));
    let many: &'static [&'static [u8]] = Box::leak(vec![message; BATCH].into());
    let message = Message::of(part);
    let messages: &'static [Message<'static>] = Box::leak(vec![message; BATCH].into());
    let signature: &'static Signature = Box::leak(Box::new(key.sign(message)?));
    let one_key: &'static [VerifyItem<'static>] = Box::leak(items(&[key], message)?.into());
    let keys: Vec<&'static SigningKey> = (1..=BATCH as u8)
        .map(|number| Ok(&*Box::leak(Box::new(SigningKey::from_bytes(&[number; 32])?))))
        .collect::<Result<_>>()?;
    let many_keys: &'static [VerifyItem<'static>] = Box::leak(items(&keys, message)?.into());
    let public = key.verifying_key();
    let prepared = prepare(public);
    let sec1 = public.to_sec1();

    let mut subjects = vec![
        Subject::here("sign", 1.0, move || key.sign(message)),
        Subject::here("verify new", 1.0, move || {
            VerifyingKey::from_sec1(black_box(&sec1)).map(|key| key.verify(message, signature))
        }),
        Subject::here("verify prepared", 1.0, move || prepared.verify(message, signature)),
        Subject::here("prepare", 1.0, move || prepare(public)),
        Subject::here("sm3", LENGTH as f64, move || Sm3::digest(many[0])),
    ];
    subjects.extend([
        Subject::here("sign batch", batch, move || sign_batch(key, messages)),
        Subject::here("verify batch", batch, move || verify_batch(one_key)),
        Subject::here("verify batch keys", batch, move || verify_batch(many_keys)),
        Subject::here("sm3 batch", bytes, move || Sm3::digest_many(many)),
    ]);
    for (path, name) in [(Path::Avx2, "sm3 batch avx2"), (Path::Avx512, "sm3 batch avx512")] {
        if path.is_there() {
            subjects.push(Subject::here(name, bytes, move || by_path::digest_many(path, many)));
        }
    }
    for (path, sign, verify, keys) in [
        (Path::Portable, "sign batch portable", "verify batch portable", "verify batch keys portable"),
        (Path::Avx512, "sign batch lanes", "verify batch lanes", "verify batch keys lanes"),
    ] {
        if !path.is_there() {
            eprintln!("skipped: this processor has no {path:?}");
            continue;
        }
        subjects.extend([
            Subject::here(sign, batch, move || by_path::sign_batch_with(path, &mut SystemEntropy, key, messages)),
            Subject::here(verify, batch, move || by_path::verify_batch(path, one_key)),
            Subject::here(keys, batch, move || by_path::verify_batch(path, many_keys)),
        ]);
    }
    Ok(subjects)
}

/// With its table, which otherwise would be made after some uses.
fn prepare(key: &VerifyingKey) -> PreparedVerifyingKey {
    key.prepare().with_table()
}

/// A batch of signatures that fit, the keys in turn.
fn items(keys: &[&'static SigningKey], message: Message<'static>) -> Result<Vec<VerifyItem<'static>>> {
    let mut items = Vec::new();
    let prepared: &'static [PreparedVerifyingKey] =
        Box::leak(keys.iter().map(|key| prepare(key.verifying_key())).collect());
    for (key, prepared) in keys.iter().zip(prepared).cycle().take(BATCH) {
        let signature: &'static Signature = Box::leak(Box::new(key.sign(message)?));
        items.push(VerifyItem { key: prepared, message, signature });
    }
    if verify_batch(&items).iter().any(|answer| answer.is_err()) {
        return Err("a signature of ours is refused".into());
    }
    Ok(items)
}

/// The memory of a prepared key in bytes, by how this process grows when it has many of them.
pub fn bytes_of_a_prepared_key() -> Result<f64> {
    const COUNT: u8 = 200;
    let public: Vec<VerifyingKey> = (1..=COUNT)
        .map(|number| Ok(SigningKey::from_bytes(&[number; 32])?.verifying_key().clone()))
        .collect::<Result<_>>()?;
    let before = resident()?;
    let prepared: Vec<PreparedVerifyingKey> = public.iter().map(prepare).collect();
    let after = resident()?;
    drop(black_box(prepared));
    Ok((after - before) / f64::from(COUNT))
}

fn resident() -> Result<f64> {
    let pages: f64 = std::fs::read_to_string("/proc/self/statm")?.split(' ').nth(1).ok_or("no pages")?.parse()?;
    Ok(pages * rustix::param::page_size() as f64)
}
