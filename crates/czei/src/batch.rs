//! Batches: numbers are reserved in one call, signatures made per unit, documents stored in one call.

use std::collections::{BTreeMap, HashMap};

use czei_core::{Draft, Held, NumberRequest, Numbered, Receipt, ReceiptNumber, Reservation, Text, Token, UnitSigned};

use crate::issuer::{Issued, Issuer, Resumed, named, unanswered};
use crate::{Error, Result, UnitProfile};

/// Receipts with their numbers that wait for the unit's signature, with the index of their draft.
struct ToSign {
    index: usize,
    token: Token,
    numbered: Numbered,
}

/// A draft, with its number where that was obtained from outside.
pub(crate) type Order<'d> = (&'d Draft, Option<ReceiptNumber>);

/// Issues drafts; the answers stand in their order.
pub(crate) fn issue(issuer: &Issuer, orders: &[Order<'_>]) -> Vec<Result<Issued>> {
    let mut answers: Vec<Option<Result<Issued>>> = orders.iter().map(|_| None).collect();
    let reserved = reserve(issuer, orders, &mut answers);
    let mut seen: HashMap<Token, usize> = HashMap::new();
    let mut again = Vec::new();
    let mut by_unit: BTreeMap<usize, Vec<ToSign>> = BTreeMap::new();
    for Reserved { index, profile, reservation, built } in reserved {
        let token = reservation.token;
        // The same request twice in one batch is signed once: the second time it is a retry.
        if seen.insert(token, index).is_some() {
            again.push(index);
            continue;
        }
        // What was just built needs no second look, as long as it is what was stored.
        let fresh = built
            .filter(|numbered| matches!(&reservation.held, Held::Reserved(bytes) if *bytes == numbered.to_bytes()));
        let resumed = match fresh {
            Some(numbered) => Resumed::Numbered(Box::new(numbered)).of(token, profile),
            None => issuer.resume(profile, reservation),
        };
        match resumed {
            Ok(Resumed::Numbered(numbered)) => {
                let batch = by_unit.entry(issuer.index_of(profile)).or_default();
                batch.push(ToSign { index, token, numbered: *numbered });
            }
            Ok(Resumed::Issued(issued)) => answers[index] = Some(Ok(issued)),
            Err(error) => answers[index] = Some(Err(named(error, token.code, token.number))),
        }
    }
    sign_and_store(issuer, by_unit, &mut answers);
    for index in again {
        answers[index] = issue(issuer, &orders[index..=index]).pop();
    }
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
fn reserve<'i>(issuer: &'i Issuer, orders: &[Order<'_>], answers: &mut [Option<Result<Issued>>]) -> Vec<Reserved<'i>> {
    let mut wanted = Vec::with_capacity(orders.len());
    for (index, (draft, _)) in orders.iter().enumerate() {
        let checked = issuer.profile_of(draft).and_then(|profile| Ok((profile, draft.digest()?)));
        match checked {
            Ok((profile, digest)) => wanted.push((index, profile, digest)),
            Err(error) => answers[index] = Some(Err(error)),
        }
    }
    let at = issuer.now();
    let requests: Vec<NumberRequest<'_>> = wanted
        .iter()
        .map(|(index, _, digest)| {
            let (draft, number) = orders[*index];
            NumberRequest {
                unit: draft.fields().unit.code.as_str(),
                code: draft.fields().code,
                request_id: draft.request_id(),
                draft_digest: *digest,
                at,
                total: draft.total(),
                business_key: draft.fields().biz_code.as_ref().map(Text::as_str),
                number,
                reverses: draft.related(),
            }
        })
        .collect();
    let mut built: HashMap<usize, Numbered> = HashMap::new();
    let mut build = |request: usize, number: ReceiptNumber| {
        let (index, profile, _) = &wanted[request];
        let (draft, _) = orders[*index];
        let numbered = issuer.number(draft, profile, draft.fields().code, number, at).map_err(Error::any)?;
        let bytes = numbered.to_bytes();
        built.insert(request, numbered);
        Ok(bytes)
    };
    let reservations = issuer.numbers.reserve(&requests, &mut build);
    let mut reserved = Vec::with_capacity(wanted.len());
    for (request, reservation) in reservations.into_iter().enumerate() {
        let Some((index, profile, _)) = wanted.get(request) else { break };
        match reservation {
            Ok(reservation) => {
                reserved.push(Reserved { index: *index, profile, reservation, built: built.remove(&request) });
            }
            Err(fault) => answers[*index] = Some(Err(Error::from_any(fault))),
        }
    }
    reserved
}

/// Signs what has its number, stores it, and only then hands it out.
fn sign_and_store(issuer: &Issuer, by_unit: BTreeMap<usize, Vec<ToSign>>, answers: &mut [Option<Result<Issued>>]) {
    let at = issuer.now();
    let mut signed: Vec<Signed<'_>> = Vec::new();
    let mut documents: Vec<Vec<u8>> = Vec::new();
    for (unit, batch) in by_unit {
        let profile = &issuer.units()[unit];
        let mut names = Vec::with_capacity(batch.len());
        let mut numbered = Vec::with_capacity(batch.len());
        for ToSign { index, token, numbered: one } in batch {
            names.push((index, token));
            numbered.push(one);
        }
        let results = Numbered::sign_many(numbered, &*profile.signer, &profile.signature, at);
        for ((index, token), result) in names.into_iter().zip(results) {
            match result {
                Ok(unit_signed) => {
                    documents.push(unit_signed.to_bytes());
                    signed.push(Signed { index, profile, token, unit_signed });
                }
                Err(step) => answers[index] = Some(Err(named(step.error.into(), token.code, token.number))),
            }
        }
    }
    let to_store: Vec<_> = signed.iter().zip(&documents).map(|(signed, bytes)| (signed.token, &bytes[..])).collect();
    let stored = if to_store.is_empty() { Vec::new() } else { issuer.numbers.store_signed(&to_store) };
    let mut late = Vec::new();
    for (signed, stored) in signed.into_iter().zip(stored) {
        let Signed { index, token, .. } = signed;
        match stored {
            Ok(()) => answers[index] = Some(Ok(Issued::UnitSigned(Box::new(signed.unit_signed)))),
            Err(fault) => {
                if fault.is(czei_core::Code::NumberState) {
                    late.push(signed);
                }
                answers[index] = Some(Err(named(Error::from_any(fault), token.code, token.number)));
            }
        }
    }
    answer_late(issuer, &late, answers);
}

/// A document on its way into the source.
struct Signed<'i> {
    index: usize,
    profile: &'i UnitProfile,
    token: Token,
    unit_signed: UnitSigned,
}

/// Of two that sign one reservation at once only the first stores its signature. The other is answered
/// with that, as a retry would be; when nothing signed is held, its error stays.
fn answer_late(issuer: &Issuer, late: &[Signed<'_>], answers: &mut [Option<Result<Issued>>]) {
    if late.is_empty() {
        return;
    }
    let numbers: Vec<_> = late.iter().map(|late| (late.token.code, late.token.number)).collect();
    for (late, found) in late.iter().zip(issuer.numbers.find(&numbers)) {
        // Under another token the number serves another request.
        let is_signed = |found: &Reservation| found.token == late.token && !matches!(found.held, Held::Reserved(_));
        let Some(found) = found.ok().filter(is_signed) else { continue };
        match issuer.resume(late.profile, found) {
            Ok(Resumed::Issued(issued)) => answers[late.index] = Some(Ok(issued)),
            Ok(Resumed::Numbered(_)) => {}
            Err(error) => answers[late.index] = Some(Err(named(error, late.token.code, late.token.number))),
        }
    }
}

/// Takes the authority's answers in; the results stand in their order.
pub(crate) fn accept(issuer: &Issuer, answers: &[(&UnitSigned, &[u8])]) -> Vec<Result<Receipt>> {
    let now = issuer.now_utc();
    let mut results: Vec<Option<Result<Receipt>>> = answers.iter().map(|_| None).collect();
    let mut accepted = Vec::with_capacity(answers.len());
    for (index, (signed, answer)) in answers.iter().enumerate() {
        let (code, number) = (signed.content().code, signed.content().number);
        match (*signed).clone().accept(answer, issuer.verifier.core(), now) {
            Ok(receipt) => accepted.push((index, (code, number), receipt)),
            Err(step) => results[index] = Some(Err(named(step.error.into(), code, number))),
        }
    }
    let numbers: Vec<_> = accepted.iter().map(|(_, number, _)| *number).collect();
    let mut to_store = Vec::with_capacity(accepted.len());
    for ((index, number, receipt), found) in accepted.into_iter().zip(issuer.numbers.find(&numbers)) {
        match found.map_err(Error::from_any).and_then(|held| token_to_issue(&held, answers[index].0)) {
            Ok(token) => to_store.push((index, number, token, receipt)),
            Err(error) => results[index] = Some(Err(named(error, number.0, number.1))),
        }
    }
    let documents: Vec<_> = to_store.iter().map(|(_, _, token, receipt)| (*token, receipt.as_bytes())).collect();
    let stored = if documents.is_empty() { Vec::new() } else { issuer.numbers.store_issued(&documents) };
    for ((index, (code, number), _, receipt), stored) in to_store.into_iter().zip(stored) {
        results[index] = Some(stored.map(|()| receipt).map_err(|fault| named(Error::from_any(fault), code, number)));
    }
    results.into_iter().map(|result| result.unwrap_or_else(unanswered)).collect()
}

/// The token, unless the source holds another document of the unit for the number: a receipt made
/// of that one would be the number's second content. The source itself refuses the other states.
fn token_to_issue(reservation: &Reservation, signed: &UnitSigned) -> Result<Token> {
    match &reservation.held {
        Held::Signed(bytes) if *bytes != signed.to_bytes() => {
            Err(czei_core::Error::new(czei_core::Code::AnswerMismatch).into())
        }
        _ => Ok(reservation.token),
    }
}
