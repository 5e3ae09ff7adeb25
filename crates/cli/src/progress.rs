//! How far long work has come: one line that is rewritten on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::language::Language;

/// How often the line on a terminal is rewritten.
const ON_TERMINAL: Duration = Duration::from_millis(200);

/// Progress on standard error.
pub(crate) struct Progress {
    style: Style,
    language: Language,
    doing: Doing,
    expected: Option<u64>,
    done: u64,
    started: Instant,
    shown: Option<Instant>,
}

/// What is done, for the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Check,
    Print,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Silent,
    Terminal,
    Lines(Duration),
}

impl Progress {
    /// On a terminal always, elsewhere only with an interval. `expected` is how many there will be.
    pub(crate) fn new(
        interval: Option<Duration>,
        language: Language,
        doing: Doing,
        expected: impl FnOnce() -> Option<u64>,
    ) -> Self {
        let style = match interval {
            Some(interval) => Style::Lines(interval),
            None if io::stderr().is_terminal() => Style::Terminal,
            None => Style::Silent,
        };
        let expected = if style == Style::Silent { None } else { expected() };
        Progress { style, language, doing, expected, done: 0, started: Instant::now(), shown: None }
    }

    /// One more is done.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        let interval = match self.style {
            Style::Silent => return,
            Style::Terminal => ON_TERMINAL,
            Style::Lines(interval) => interval,
        };
        let now = Instant::now();
        if now.duration_since(self.shown.unwrap_or(self.started)) < interval {
            return;
        }
        self.shown = Some(now);
        let line = line(self.language, self.doing, self.done, self.expected, now.duration_since(self.started));
        // Progress that cannot be shown stops nothing.
        let mut stderr = io::stderr().lock();
        let _ = match self.style {
            Style::Terminal => write!(stderr, "\r\u{1b}[K{line}").and_then(|()| stderr.flush()),
            _ => writeln!(stderr, "{line}"),
        };
    }

    /// Clears the line, so that something else can be written there.
    pub(crate) fn clear(&mut self) {
        if self.style == Style::Terminal && self.shown.take().is_some() {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\u{1b}[K").and_then(|()| stderr.flush());
        }
    }

    /// How many a second, once it is worth saying.
    pub(crate) fn rate(&self) -> Option<u64> {
        rate(self.done, self.started.elapsed())
    }
}

/// How many a second, in whole ones; none before a tenth of a second has passed.
fn rate(done: u64, elapsed: Duration) -> Option<u64> {
    let millis = u64::try_from(elapsed.as_millis()).ok().filter(|millis| *millis >= 100)?;
    done.checked_mul(1000).map(|done| done / millis)
}

fn line(language: Language, doing: Doing, done: u64, expected: Option<u64>, elapsed: Duration) -> String {
    let rate = rate(done, elapsed);
    let of = expected.map(|expected| format!("/{}", expected.max(done))).unwrap_or_default();
    let speed = match (language, rate) {
        (_, None) => String::new(),
        (Language::Zh, Some(rate)) => format!("，每秒 {rate} 张"),
        (Language::En, Some(rate)) => format!(", {rate} a second"),
    };
    let remaining = expected.and_then(|expected| expected.saturating_sub(done).checked_div(rate?));
    let remaining = match (language, remaining) {
        (_, None) => String::new(),
        (Language::Zh, Some(seconds)) => format!("，剩余 {}:{:02}", seconds / 60, seconds % 60),
        (Language::En, Some(seconds)) => format!(", {}:{:02} left", seconds / 60, seconds % 60),
    };
    match language {
        Language::Zh => {
            let doing = if doing == Doing::Check { "已检查" } else { "已打印" };
            format!("{doing} {done}{of} 张{speed}{remaining}")
        }
        Language::En => {
            let doing = if doing == Doing::Check { "checked" } else { "printed" };
            format!("{done}{of} {doing}{speed}{remaining}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_rate_and_remaining_time() {
        let at =
            |done, expected, millis| line(Language::En, Doing::Check, done, expected, Duration::from_millis(millis));
        assert_eq!(at(5, None, 50), "5 checked");
        assert_eq!(at(5000, None, 2000), "5000 checked, 2500 a second");
        assert_eq!(at(5000, Some(305_000), 2000), "5000/305000 checked, 2500 a second, 2:00 left");
        assert_eq!(at(7, Some(5), 1000), "7/7 checked, 7 a second, 0:00 left", "more than expected");
        let zh = line(Language::Zh, Doing::Print, 5000, Some(7500), Duration::from_secs(2));
        assert_eq!(zh, "已打印 5000/7500 张，每秒 2500 张，剩余 0:01");
        assert_eq!(at(0, Some(5), 1000), "0/5 checked, 0 a second", "no division by zero");
    }
}
