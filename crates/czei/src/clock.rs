//! The time, as an argument.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use czei_core::BEIJING;

/// Where the time comes from. It dates receipts and judges certificates; it takes no part in
/// choosing a number.
pub trait Clock: Send + Sync {
    /// The time now. Receipts are dated at UTC+8 whatever its offset (财综〔2017〕32号 IssueTime).
    fn now(&self) -> DateTime<FixedOffset>;
}

/// The computer's clock at UTC+8, whatever the time zone of the environment.
///
/// ```
/// use czei::{Clock, SystemClock};
/// assert_eq!(SystemClock.now().offset().local_minus_utc(), 8 * 3600);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<FixedOffset> {
        let since = |later: SystemTime, earlier: SystemTime| later.duration_since(earlier).map(TimeDelta::from_std);
        let now = SystemTime::now();
        // A clock before 1970, or beyond the range of dates, gives 1970: nothing can be issued then,
        // because every receipt code is of a later year.
        let time = match (since(now, UNIX_EPOCH), since(UNIX_EPOCH, now)) {
            (Ok(Ok(after)), _) => DateTime::UNIX_EPOCH.checked_add_signed(after),
            (_, Ok(Ok(before))) => DateTime::UNIX_EPOCH.checked_sub_signed(before),
            _ => None,
        };
        time.unwrap_or(DateTime::UNIX_EPOCH).with_timezone(&BEIJING)
    }
}

/// A clock that stands still until it is set: for tests and for judging at a past time.
///
/// ```
/// use czei::{Clock, FixedClock};
/// let clock = FixedClock::at("2026-12-31T16:00:00Z".parse().unwrap());
/// assert_eq!(clock.now().to_rfc3339(), "2027-01-01T00:00:00+08:00");
/// ```
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// A clock that stands at a time.
    #[must_use]
    pub fn at(time: DateTime<Utc>) -> Self {
        FixedClock(Mutex::new(time))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, time: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<FixedOffset> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).with_timezone(&BEIJING)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_system_clock_goes_with_the_system() {
        let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let now = u64::try_from(SystemClock.now().timestamp()).unwrap();
        let after = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        assert!(before <= now && now <= after);
    }

    #[test]
    fn a_fixed_clock_stands_where_it_was_set() {
        let clock = FixedClock::at(DateTime::UNIX_EPOCH);
        assert_eq!(clock.now().to_rfc3339(), "1970-01-01T08:00:00+08:00");
        clock.set("2026-02-28T15:59:59Z".parse().unwrap());
        assert_eq!(clock.now().to_rfc3339(), "2026-02-28T23:59:59+08:00");
    }
}
