//! What workers said through their pipes: each line is one fact that must survive.

use std::collections::BTreeMap;

use super::request::number;
use czei_core::ReceiptNumber;

/// What is known of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fact {
    /// Number and unsigned document, once they were acknowledged.
    pub(crate) got: Option<(ReceiptNumber, String)>,
    pub(crate) signed: Option<String>,
    pub(crate) issued: Option<String>,
    /// The worker said that it would void the number; whether it did is open.
    pub(crate) may_be_void: bool,
    pub(crate) voided: bool,
}

/// All facts of some lines.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) requests: BTreeMap<String, Fact>,
    pub(crate) created: bool,
    pub(crate) accepted: bool,
    /// Segments taken in: first and last number.
    pub(crate) segments: Vec<(u64, u64)>,
    /// Last numbers of segments whose tail was given back, and from where.
    pub(crate) returned: Vec<(u64, u64)>,
    pub(crate) backups: Vec<String>,
    /// Numbers drawn from segments after the state that was gone back to: nobody may get them again.
    pub(crate) gone: Vec<ReceiptNumber>,
    /// How many lines were acknowledgements.
    pub(crate) acked: u64,
    /// What two acknowledgements contradict each other in.
    pub(crate) doubled: Vec<String>,
}

impl Facts {
    pub(crate) fn of<'l>(lines: impl IntoIterator<Item = &'l str>) -> Self {
        let mut facts = Facts::default();
        lines.into_iter().for_each(|line| facts.add(line));
        facts
    }

    /// `ask ID…` and `void ID…` say what is about to be tried; everything else is an acknowledgement.
    pub(crate) fn add(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let value = |n: usize| words[n].parse::<u64>().unwrap();
        match words[0] {
            "ask" => {
                for id in &words[1..] {
                    self.request(id);
                }
            }
            "void" => words[1..].iter().for_each(|id| self.request(id).may_be_void = true),
            _ => self.acked += 1,
        }
        match words[0] {
            "ask" | "void" | "trouble" => {}
            "got" => {
                let got = (number(value(2)), words[3].to_owned());
                let before = self.request(words[1]).got.replace(got.clone());
                if before.as_ref().is_some_and(|before| *before != got) {
                    self.doubled.push(format!("{} got {before:?} and {got:?}", words[1]));
                }
            }
            "signed" => self.request(words[1]).signed = Some(words[2].to_owned()),
            "issued" => self.request(words[1]).issued = Some(words[2].to_owned()),
            "voided" => self.request(words[1]).voided = true,
            "segment" => self.segments.push((value(1), value(2))),
            "returned" => self.returned.push((value(1), value(2))),
            "created" => self.created = true,
            "accepted" => self.accepted = true,
            "backup" => self.backups.push(words[1].to_owned()),
            other => panic!("no fact: {other}"),
        }
    }

    /// Requests that were asked and not answered: whoever starts again retries them.
    pub(crate) fn unanswered(&self) -> Vec<String> {
        self.requests.iter().filter(|(_, fact)| fact.got.is_none()).map(|(id, _)| id.clone()).collect()
    }

    /// Adds the facts of another worker.
    pub(crate) fn merge(&mut self, other: Facts) {
        for (id, fact) in other.requests {
            let mine = self.requests.entry(id.clone()).or_default();
            if mine.got.is_some() && fact.got.is_some() && mine.got != fact.got {
                self.doubled.push(format!("{id} got {:?} and {:?}", mine.got, fact.got));
            }
            mine.got = fact.got.or(mine.got.take());
            mine.signed = fact.signed.or(mine.signed.take());
            mine.issued = fact.issued.or(mine.issued.take());
            mine.may_be_void |= fact.may_be_void;
            mine.voided |= fact.voided;
        }
        self.created |= other.created;
        self.accepted |= other.accepted;
        self.segments.extend(other.segments);
        self.returned.extend(other.returned);
        self.backups.extend(other.backups);
        self.acked += other.acked;
        self.doubled.extend(other.doubled);
    }

    /// The numbers that were drawn from segments.
    pub(crate) fn drawn(&self) -> impl Iterator<Item = ReceiptNumber> {
        let inside = self.requests.iter().filter(|(id, _)| !id.contains("-out"));
        inside.filter_map(|(_, fact)| fact.got.as_ref().map(|(number, _)| *number))
    }

    fn request(&mut self, id: &str) -> &mut Fact {
        self.requests.entry(id.to_owned()).or_default()
    }
}
