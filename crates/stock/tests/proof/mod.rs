//! What the proofs share: workers, what they were told, and the comparison with the stock.

// Each test binary has its own copy of this module and uses a part of it.
#![allow(dead_code, clippy::unwrap_used)]

pub(crate) mod facts;
pub(crate) mod job;
pub(crate) mod judge;
pub(crate) mod power;
pub(crate) mod request;
pub(crate) mod worker;

use std::io::Write;
use std::time::Instant;

use czei_stock::{By, NewSegment, OpenOptions, SqliteStock, Stock};
use judge::Tally;
use request::{UNIT, code, number};

/// How much is proven: `CZEI_PROOF` is `long` or `quick`, or what every build makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A tenth, for the inner loop.
    Quick,
    Build,
    Long,
}

pub(crate) fn form() -> Form {
    match std::env::var("CZEI_PROOF").as_deref() {
        Ok("long") => Form::Long,
        Ok("quick") => Form::Quick,
        Ok(other) => panic!("CZEI_PROOF={other}: not long, not quick"),
        Err(_) => Form::Build,
    }
}

/// The count of every build, or of the long form.
pub(crate) fn count(build: usize, long: usize) -> usize {
    match form() {
        Form::Quick => build.div_ceil(10).max(2),
        Form::Build => build,
        Form::Long => long,
    }
}

/// One proof: says in the end what it found.
pub(crate) struct Proof {
    name: &'static str,
    since: Instant,
    pub(crate) tally: Tally,
}

impl Proof {
    pub(crate) fn of(name: &'static str) -> Self {
        Proof { name, since: Instant::now(), tally: Tally::default() }
    }

    /// Prints the line of the proof past the harness, which keeps the output of tests that pass.
    pub(crate) fn say(&self) {
        let Tally { states, acked, lost, doubled, gaps, .. } = &self.tally;
        let seconds = self.since.elapsed().as_secs_f32();
        say(&format!(
            "proof {}: states={states} acked={acked} lost={lost} doubled={doubled} gaps={gaps} ({seconds:.1} s)",
            self.name
        ));
    }

    /// Ends a proof in which nothing may be wrong.
    pub(crate) fn end(self) {
        self.say();
        assert!(self.tally.states > 0 && self.tally.acked > 0, "{} compared nothing", self.name);
        assert!(self.tally.holds(), "{}:\n{}", self.name, self.tally.wrong.join("\n"));
    }
}

/// A line on standard output that the harness does not hold back.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "\n{line}");
    let _ = out.flush();
}

/// A line that says what this machine could not prove.
pub(crate) fn skip(why: &str) {
    say(&format!("skipped: {why}"));
}

/// A stock with one large segment.
pub(crate) fn with_segment(options: &OpenOptions) -> SqliteStock {
    let by = By::two("张三", "李四");
    let stock = SqliteStock::create(options, by).unwrap();
    let (first, last) = (number(1), number(1_000_000));
    let segment = NewSegment { unit: UNIT, code: code(), first, last, next: None, giver: "省财政厅" };
    let segment = stock.receive(&segment, by).unwrap();
    stock.take_in(segment, by).unwrap();
    stock
}
