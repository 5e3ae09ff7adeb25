//! Dates and times of issue. All are of the clock at UTC+8; nothing here reads a clock.

use core::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, TimeZone, Timelike};

use crate::value::{digits, malformed, number, text_value};
use crate::{Code, Error};

/// The offset of Beijing time, UTC+8, all year round.
// The number of seconds is within a day, so the constant always exists; it is made when compiling.
pub const BEIJING: FixedOffset = FixedOffset::east_opt(8 * 3600).expect("8 hours are within a day");

/// A date (财综〔2017〕32号 Date), written `yyyyMMdd`, from 00010101 to 99991231.
///
/// Any day of the calendar is a date: whether an issue date is plausible, or lies in the future, is
/// for whoever judges the receipt and knows the time.
///
/// ```
/// use czei_core::{Code, IssueDate};
/// let date = IssueDate::parse("20261201")?;
/// assert_eq!((date.year(), date.month(), date.day()), (2026, 12, 1));
/// assert_eq!(IssueDate::parse("20260230").unwrap_err().code(), Code::IssueDate);
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssueDate(NaiveDate);

impl IssueDate {
    /// Reads `yyyyMMdd`.
    ///
    /// # Errors
    /// [`Code::IssueDate`], also for a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, Error> {
        digits(text)
            .and_then(|digits: [u8; 8]| calendar_date(&digits))
            .map(IssueDate)
            .ok_or_else(|| malformed(Code::IssueDate, text, "yyyyMMdd"))
    }

    /// The date of a calendar day.
    ///
    /// # Errors
    /// [`Code::IssueDate`] outside the years 1 to 9999, which have no form of 8 digits.
    pub fn from_date(date: NaiveDate) -> Result<Self, Error> {
        if !(1..=9999).contains(&date.year()) {
            return Err(malformed(Code::IssueDate, &date.to_string(), "a year from 0001 to 9999"));
        }
        Ok(IssueDate(date))
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        // The constructors keep it in range.
        self.0.year() as u16
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// The day, 1 to 31.
    #[must_use]
    pub fn day(self) -> u32 {
        self.0.day()
    }

    /// The date as a calendar day.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The moment of this date and a time, at UTC+8.
    ///
    /// ```
    /// use czei_core::{IssueDate, IssueTime};
    /// let moment = IssueDate::parse("20261201")?.at(IssueTime::parse("09:15:30")?);
    /// assert_eq!(moment.to_rfc3339(), "2026-12-01T09:15:30+08:00");
    /// # Ok::<(), czei_core::Error>(())
    /// ```
    #[must_use]
    pub fn at(self, time: IssueTime) -> DateTime<FixedOffset> {
        let local = self.0.and_time(time.0);
        // In years 1 to 9999 the shift of 8 hours stays far within chrono's range.
        DateTime::from_naive_utc_and_offset(local - BEIJING, BEIJING)
    }
}

impl fmt::Display for IssueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}{:02}", self.year(), self.month(), self.day())
    }
}

impl fmt::Debug for IssueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssueDate({self})")
    }
}

text_value!(IssueDate);

/// A time of day at UTC+8 (财综〔2017〕32号 Time), written `HH:mm:ss`, from 00:00:00 to 23:59:59.
/// There is no 24:00:00, and no leap second.
///
/// ```
/// use czei_core::{Code, IssueTime};
/// assert_eq!(IssueTime::parse("09:15:30")?.to_string(), "09:15:30");
/// assert_eq!(IssueTime::parse("24:00:00").unwrap_err().code(), Code::IssueTime);
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssueTime(NaiveTime);

impl IssueTime {
    /// Reads `HH:mm:ss`.
    ///
    /// # Errors
    /// [`Code::IssueTime`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let time = match *text.as_bytes() {
            [a, b, b':', c, d, b':', e, f] => clock_time(&[a, b, c, d, e, f]),
            _ => None,
        };
        time.map(IssueTime).ok_or_else(|| malformed(Code::IssueTime, text, "HH:mm:ss from 00:00:00 to 23:59:59"))
    }

    /// The time of day, a fraction of a second cut off.
    #[must_use]
    pub fn from_time(time: NaiveTime) -> Self {
        // 0 nanoseconds are always possible; a leap second becomes second 59 of its minute.
        IssueTime(time.with_nanosecond(0).unwrap_or(time))
    }

    /// The hour, 0 to 23.
    #[must_use]
    pub fn hour(self) -> u32 {
        self.0.hour()
    }

    /// The minute, 0 to 59.
    #[must_use]
    pub fn minute(self) -> u32 {
        self.0.minute()
    }

    /// The second, 0 to 59.
    #[must_use]
    pub fn second(self) -> u32 {
        self.0.second()
    }

    /// The time of day.
    #[must_use]
    pub const fn time(self) -> NaiveTime {
        self.0
    }
}

impl fmt::Display for IssueTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour(), self.minute(), self.second())
    }
}

impl fmt::Debug for IssueTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssueTime({self})")
    }
}

text_value!(IssueTime);

/// The issue date and issue time of a moment: what a clock at UTC+8 shows then, whatever the
/// offset the moment comes with; a fraction of a second is cut off.
///
/// ```
/// use chrono::DateTime;
/// let moment = DateTime::parse_from_rfc3339("2026-12-31T17:00:00Z").unwrap();
/// let (date, time) = czei_core::date_and_time(moment)?;
/// assert_eq!((date.to_string(), time.to_string()), ("20270101".into(), "01:00:00".into()));
/// # Ok::<(), czei_core::Error>(())
/// ```
///
/// # Errors
/// [`Code::IssueDate`] outside the years 1 to 9999.
pub fn date_and_time<Zone: TimeZone>(moment: DateTime<Zone>) -> Result<(IssueDate, IssueTime), Error> {
    let utc = moment.naive_utc();
    // At the very end of chrono's range, which is beyond the year 9999 anyhow, the shift has no place.
    let local = utc.checked_add_offset(BEIJING).unwrap_or(utc);
    Ok((IssueDate::from_date(local.date())?, IssueTime::from_time(local.time())))
}

/// The day that 8 digits name; none in the year 0.
pub(crate) fn calendar_date(digits: &[u8; 8]) -> Option<NaiveDate> {
    // Four digits and two digits fit.
    let year = number(&digits[..4]) as i32;
    NaiveDate::from_ymd_opt(year, number(&digits[4..6]) as u32, number(&digits[6..]) as u32).filter(|_| year > 0)
}

/// The time of day that 6 bytes name, when they are digits.
pub(crate) fn clock_time(bytes: &[u8; 6]) -> Option<NaiveTime> {
    let digits: [u8; 6] = bytes.iter().all(u8::is_ascii_digit).then_some(*bytes)?;
    // Two digits each.
    let part = |index: usize| number(&digits[index..index + 2]) as u32;
    NaiveTime::from_hms_opt(part(0), part(2), part(4))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn dates_of_the_calendar() {
        for text in ["00010101", "19000228", "20000229", "20240229", "20261231", "20500101", "99991231"] {
            assert_eq!(IssueDate::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "20260230",
            "20250229",
            "19000229",
            "20261301",
            "20260001",
            "20260100",
            "00000101",
            "2026121",
            "202612011",
            "2026-12-01",
            "2026120x",
            "２0261201",
            "+2026121",
        ] {
            let error = IssueDate::parse(text).unwrap_err();
            assert_eq!((error.code(), error.expected_text()), (Code::IssueDate, Some("yyyyMMdd")), "{text}");
        }
        assert!(IssueDate::parse("20261130").unwrap() < IssueDate::parse("20261201").unwrap());
    }

    #[test]
    fn years_without_a_form_are_refused() {
        for year in [0, -1, 10_000] {
            let date = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            assert_eq!(IssueDate::from_date(date).unwrap_err().code(), Code::IssueDate, "{year}");
        }
        assert_eq!(IssueDate::from_date(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap()).unwrap().year(), 9999);
    }

    #[test]
    fn times_of_the_clock() {
        for text in ["00:00:00", "09:15:30", "23:59:59"] {
            assert_eq!(IssueTime::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "24:00:00",
            "23:60:00",
            "23:59:60",
            "9:15:30",
            "091530",
            "09:15",
            "09-15-30",
            "09:15:30.0",
            "-9:15:30",
            "09:15:３",
            "09:15:3x",
            " 9:15:30",
        ] {
            assert_eq!(IssueTime::parse(text).unwrap_err().code(), Code::IssueTime, "{text}");
        }
    }

    #[test]
    fn moments_are_shown_at_utc_plus_8() {
        for (moment, date, time) in [
            ("2026-12-31T15:59:59Z", "20261231", "23:59:59"),
            ("2026-12-31T16:00:00Z", "20270101", "00:00:00"),
            ("2026-12-31T23:00:00-05:00", "20270101", "12:00:00"),
            ("2026-12-01T09:15:30.999999999+08:00", "20261201", "09:15:30"),
            ("2016-12-31T23:59:60Z", "20170101", "07:59:59"),
            ("2050-01-01T00:00:00+08:00", "20500101", "00:00:00"),
        ] {
            let (found_date, found_time) = date_and_time(DateTime::parse_from_rfc3339(moment).unwrap()).unwrap();
            assert_eq!((found_date.to_string().as_str(), found_time.to_string().as_str()), (date, time), "{moment}");
        }
        let last = DateTime::<chrono::Utc>::MAX_UTC;
        assert_eq!(date_and_time(last).unwrap_err().code(), Code::IssueDate);
        assert_eq!(date_and_time(DateTime::<chrono::Utc>::MIN_UTC).unwrap_err().code(), Code::IssueDate);
    }

    #[test]
    fn a_date_and_a_time_are_a_moment_and_back() {
        for (date, time) in [("00010101", "00:00:00"), ("20261201", "09:15:30"), ("99991231", "23:59:59")] {
            let (date, time) = (IssueDate::parse(date).unwrap(), IssueTime::parse(time).unwrap());
            let moment = date.at(time);
            assert_eq!(moment.offset(), &BEIJING);
            assert_eq!(date_and_time(moment).unwrap(), (date, time));
            assert_eq!(moment.naive_local(), date.date().and_time(time.time()));
        }
    }
}
