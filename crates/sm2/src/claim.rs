//! The claims of signatures, answered one by one or in lanes.

use crate::lanes::Path;
use crate::table::Table;
use crate::verifying_key::Equation;
use crate::{Error, PreparedVerifyingKey, combination};

#[cfg(target_arch = "x86_64")]
use crate::{
    Code,
    ifma::{self, Answer, Ifma, Item},
};

/// That an equation holds with a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) equation: Equation,
    pub(crate) key: &'a PreparedVerifyingKey,
}

impl Claim<'_> {
    /// Whether it is true. The lanes of a processor that has them share the rows of the tables.
    pub(crate) fn answer(&self, path: Path) -> Result<(), Error> {
        let table = self.key.table();
        #[cfg(target_arch = "x86_64")]
        if path >= Path::Avx512
            && let Some(table) = table
            && let Some(ifma) = Ifma::detect()
        {
            return self.taken_from(ifma::verify_one(ifma, &self.item(table)));
        }
        let _ = path; // Elsewhere there is one way only.
        self.answer_portable(table)
    }

    /// By formulas without exceptions.
    fn answer_portable(&self, table: Option<&Table>) -> Result<(), Error> {
        let Equation { s, t, .. } = &self.equation;
        let point = match table {
            Some(table) => combination::with_table(s, t, table),
            None => combination::without_table(s, t, &self.key.verifying_key().point),
        };
        self.equation.holds_at(&point)
    }
}

/// Whether each is true.
pub(crate) fn answers(path: Path, claims: &[Claim<'_>]) -> Vec<Result<(), Error>> {
    #[cfg(target_arch = "x86_64")]
    if path >= Path::Avx512
        && let Some(ifma) = Ifma::detect()
    {
        return answers_in_lanes(ifma, claims);
    }
    claims.iter().map(|claim| claim.answer(path)).collect()
}

/// Eight at a time: those whose key has a table by additions alone, the others with doublings.
#[cfg(target_arch = "x86_64")]
fn answers_in_lanes(ifma: Ifma, claims: &[Claim<'_>]) -> Vec<Result<(), Error>> {
    let (mut known, mut new) = (Vec::with_capacity(claims.len()), Vec::new());
    let (mut known_places, mut new_places) = (Vec::with_capacity(claims.len()), Vec::new());
    for (place, claim) in claims.iter().enumerate() {
        if let Some(table) = claim.key.table() {
            known_places.push(place);
            known.push(claim.item(table));
        } else {
            new_places.push(place);
            new.push(claim.item(&claim.key.verifying_key().point));
        }
    }
    // Whatever is not answered below has not been shown to be true.
    let mut answers: Vec<Result<(), Error>> = claims.iter().map(|_| Err(Code::SignatureMismatch.into())).collect();
    let known = known_places.into_iter().zip(ifma::verify(ifma, &known));
    let new = new_places.into_iter().zip(ifma::verify_new(ifma, &new));
    for (place, answer) in known.chain(new) {
        answers[place] = claims[place].taken_from(answer);
    }
    answers
}

#[cfg(target_arch = "x86_64")]
impl Claim<'_> {
    /// As the lanes take it.
    fn item<'k, Key>(&self, key: &'k Key) -> Item<'k, Key> {
        let Equation { s, t, x } = self.equation;
        Item { s, t, x, key }
    }

    /// What the lanes said, or, where they met an exception, the answer of the other formulas.
    fn taken_from(&self, answer: Answer) -> Result<(), Error> {
        match answer {
            Answer::Fits => Ok(()),
            Answer::DoesNot => Err(Code::SignatureMismatch.into()),
            Answer::Portable => self.answer_portable(None),
        }
    }
}
