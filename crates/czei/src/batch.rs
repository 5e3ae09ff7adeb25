//! Issuing a batch: reserve in one call, sign per unit, store in one call.

use std::collections::{BTreeMap, HashMap};

use czei_core::{Draft, NumberRequest, Numbered, ReceiptCode, ReceiptNumber, Reservation, Token, UnitSigned};

use crate::issuer::{Issued, Issuer, Resumed, named};
use crate::{Error, Result, UnitProfile};

/// Receipts with their numbers that wait for the unit's signature, with the index of their draft.
struct ToSign {
    index: usize,
    token: Token,
    number: (ReceiptCode, ReceiptNumber),
    numbered: Numbered,
}

/// Issues drafts; the answers stand in their order.
pub(crate) fn issue(issuer: &Issuer, drafts: &[Draft]) -> Vec<Result<Issued>> {
    let mut answers: Vec<Option<Result<Issued>>> = drafts.iter().map(|_| None).collect();
    let reserved = reserve(issuer, drafts, &mut answers);
    let mut seen: HashMap<Token, usize> = HashMap::new();
    let mut again = Vec::new();
    let mut by_unit: BTreeMap<usize, Vec<ToSign>> = BTreeMap::new();
    for Reserved { index, profile, reservation, built } in reserved {
        let (code, number, token) = (reservation.code, reservation.number, reservation.token);
        // The same request twice in one batch is signed once: the second time it is a retry.
        if seen.insert(token, index).is_some() {
            again.push(index);
            continue;
        }
        // What was just built needs no second look, as long as it is what was stored.
        let fresh = built.filter(
            |numbered| matches!(&reservation.held, czei_core::Held::Reserved(bytes) if *bytes == numbered.to_bytes()),
        );
        let resumed = match fresh {
            Some(numbered) => Ok(Resumed::Numbered(Box::new(numbered))),
            None => issuer.resume(profile, reservation.held),
        };
        match resumed {
            Ok(Resumed::Numbered(numbered)) => by_unit.entry(issuer.index_of(profile)).or_default().push(ToSign {
                index,
                token,
                number: (code, number),
                numbered: *numbered,
            }),
            Ok(Resumed::Issued(issued)) => answers[index] = Some(Ok(issued)),
            Err(error) => answers[index] = Some(Err(named(error, code, number))),
        }
    }
    sign_and_store(issuer, by_unit, &mut answers);
    for index in again {
        answers[index] = Some(issuer.issue(&drafts[index]));
    }
    let unanswered = || Err(Error::from(czei_core::Error::new(czei_core::Code::SigningFailed)));
    answers.into_iter().map(|answer| answer.unwrap_or_else(unanswered)).collect()
}

/// A draft with its number.
struct Reserved<'i> {
    index: usize,
    profile: &'i UnitProfile,
    reservation: Reservation,
    /// What was built just now; `None` when the request had its number before.
    built: Option<Numbered>,
}

/// Reserves a number for every draft that can have one; the others are answered.
fn reserve<'i>(issuer: &'i Issuer, drafts: &[Draft], answers: &mut [Option<Result<Issued>>]) -> Vec<Reserved<'i>> {
    let mut wanted = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let checked = issuer.profile_of(draft).and_then(|profile| Ok((profile, draft.digest()?)));
        match checked {
            Ok((profile, digest)) => wanted.push((index, profile, digest)),
            Err(error) => answers[index] = Some(Err(error)),
        }
    }
    let requests: Vec<NumberRequest<'_>> = wanted
        .iter()
        .map(|(index, _, digest)| NumberRequest {
            unit: drafts[*index].fields().unit.code.as_str(),
            code: drafts[*index].fields().code,
            request_id: drafts[*index].request_id(),
            draft_digest: *digest,
        })
        .collect();
    let at = issuer.now();
    // The source speaks core's errors; one of another crate comes back through here.
    let mut failures: HashMap<usize, Error> = HashMap::new();
    let mut built: HashMap<usize, Numbered> = HashMap::new();
    let mut build = |request: usize, number: ReceiptNumber| {
        let (index, profile, _) = &wanted[request];
        let draft = &drafts[*index];
        match issuer.number(draft, profile, draft.fields().code, number, at) {
            Ok(numbered) => {
                let bytes = numbered.to_bytes();
                built.insert(request, numbered);
                Ok(bytes)
            }
            Err(error) => {
                let reason = czei_core::Error::new(czei_core::Code::SigningFailed).found(error.message_en());
                let reason = if let Error::Core(fault) = &error { fault.clone() } else { reason };
                failures.insert(request, error);
                Err(reason)
            }
        }
    };
    let reservations = issuer.numbers.reserve(&requests, &mut build);
    let mut reserved = Vec::with_capacity(wanted.len());
    for (request, reservation) in reservations.into_iter().enumerate() {
        let Some((index, profile, _)) = wanted.get(request) else { break };
        match reservation {
            Ok(reservation) => {
                reserved.push(Reserved { index: *index, profile, reservation, built: built.remove(&request) });
            }
            Err(fault) => answers[*index] = Some(Err(failures.remove(&request).unwrap_or(Error::Core(fault)))),
        }
    }
    reserved
}

/// Signs what has its number, stores it, and only then hands it out.
fn sign_and_store(issuer: &Issuer, by_unit: BTreeMap<usize, Vec<ToSign>>, answers: &mut [Option<Result<Issued>>]) {
    let at = issuer.now();
    let mut signed: Vec<(usize, UnitSigned)> = Vec::new();
    let mut to_store: Vec<(Token, Vec<u8>)> = Vec::new();
    for (unit, batch) in by_unit {
        let profile = &issuer.units()[unit];
        let mut names = Vec::with_capacity(batch.len());
        let mut numbered = Vec::with_capacity(batch.len());
        for ToSign { index, token, number, numbered: one } in batch {
            names.push((index, token, number));
            numbered.push(one);
        }
        let results = Numbered::sign_many(numbered, &*profile.signer, &profile.signature, at);
        for ((index, token, (code, number)), result) in names.into_iter().zip(results) {
            match result {
                Ok(unit_signed) => {
                    to_store.push((token, unit_signed.to_bytes()));
                    signed.push((index, unit_signed));
                }
                Err(step) => answers[index] = Some(Err(named(step.error.into(), code, number))),
            }
        }
    }
    let stored = issuer.store_signed(&to_store);
    for ((index, unit_signed), stored) in signed.into_iter().zip(stored) {
        let (code, number) = (unit_signed.content().code, unit_signed.content().number);
        answers[index] = Some(match stored {
            Ok(()) => Ok(Issued::UnitSigned(Box::new(unit_signed))),
            Err(error) => Err(named(error.into(), code, number)),
        });
    }
}
