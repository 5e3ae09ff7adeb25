//! Times of signatures.

use core::fmt;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Offset, TimeZone, Timelike};

use crate::date_time::{BEIJING, calendar_date, clock_time};
use crate::value::{digits, malformed, text_value};
use crate::{Code, Error, IssueTime};

/// The time of a signature (财综〔2017〕32号 UTCDateTime): `yyyyMMddHHmmss±hhmm`, 19 characters.
///
/// Live clients also write 14 characters of local time: they are read as UTC+8, which
/// [`SignatureTime::has_offset`] remembers, and written as 19. Offsets reach to 14 hours, as the
/// time zones of the world do.
///
/// The time is written by the signer and covered by no signature of its own: it proves nothing.
///
/// ```
/// use czei_core::SignatureTime;
/// let time = SignatureTime::parse("20261201164202+0800")?;
/// assert_eq!(time.moment().to_rfc3339(), "2026-12-01T16:42:02+08:00");
/// let local = SignatureTime::parse("20261201164202")?;
/// assert!(!local.has_offset());
/// assert_eq!(local.to_string(), "20261201164202+0800");
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignatureTime {
    local: NaiveDateTime,
    offset: FixedOffset,
    has_offset: bool,
}

impl SignatureTime {
    /// Reads 19 characters, or 14 of local time.
    ///
    /// # Errors
    /// [`Code::SignatureTime`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::read(text).ok_or_else(|| malformed(Code::SignatureTime, text, "yyyyMMddHHmmss±hhmm"))
    }

    /// The time of a moment with its offset, a fraction of a second cut off.
    ///
    /// # Errors
    /// [`Code::SignatureTime`] for a local year outside 1 to 9999, or an offset beyond 14 hours or
    /// with seconds.
    pub fn from_moment<Zone: TimeZone>(moment: &DateTime<Zone>) -> Result<Self, Error> {
        let offset = moment.offset().fix();
        let local = moment.naive_utc().checked_add_offset(offset);
        let seconds = offset.local_minus_utc();
        match local {
            Some(local)
                if (1..=9999).contains(&local.year()) && seconds % 60 == 0 && seconds.abs() <= LARGEST_OFFSET =>
            {
                let time = IssueTime::from_time(local.time()).time();
                Ok(SignatureTime { local: local.date().and_time(time), offset, has_offset: true })
            }
            _ => Err(Error::new(Code::SignatureTime)
                .found(format!("{:?}{offset}", moment.naive_utc()))
                .expected("a year from 0001 to 9999 and an offset of whole minutes up to 14 hours")),
        }
    }

    /// The moment, with the offset that was written.
    #[must_use]
    pub fn moment(&self) -> DateTime<FixedOffset> {
        // In years 1 to 9999 a shift of up to 14 hours stays far within chrono's range.
        DateTime::from_naive_utc_and_offset(self.local - self.offset, self.offset)
    }

    /// Whether the offset was written; if not, UTC+8 is assumed.
    #[must_use]
    pub const fn has_offset(&self) -> bool {
        self.has_offset
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (digits, offset) = match bytes.len() {
            14 => (digits::<14>(text)?, None),
            19 => (digits::<14>(text.get(..14)?)?, Some(read_offset(&bytes[14..])?)),
            _ => return None,
        };
        let [a, b, c, d, e, f, g, h, time @ ..] = digits;
        let local = calendar_date(&[a, b, c, d, e, f, g, h])?.and_time(clock_time(&time)?);
        Some(SignatureTime { local, offset: offset.unwrap_or(BEIJING), has_offset: offset.is_some() })
    }
}

/// The largest offset in seconds: UTC+14.
const LARGEST_OFFSET: i32 = 14 * 3600;

/// Reads `±hhmm`. `-0000` is no different from `+0000`.
fn read_offset(bytes: &[u8]) -> Option<FixedOffset> {
    let [sign @ (b'+' | b'-'), digits @ ..] = bytes else { return None };
    let &[a, b, c, d] = digits else { return None };
    // The minutes as the clock has them, below 60; no hour of an offset is beyond 14.
    let time = clock_time(&[a, b, c, d, b'0', b'0'])?;
    let seconds = i32::try_from(time.num_seconds_from_midnight()).ok()?;
    if seconds > LARGEST_OFFSET {
        return None;
    }
    FixedOffset::east_opt(if *sign == b'-' { -seconds } else { seconds })
}

/// The 19 characters, also of a time that was read without its offset.
impl fmt::Display for SignatureTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset.local_minus_utc() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.abs();
        let (date, time) = (self.local.date(), self.local.time());
        write!(f, "{:04}{:02}{:02}", date.year(), date.month(), date.day())?;
        write!(f, "{:02}{:02}{:02}", time.hour(), time.minute(), time.second())?;
        write!(f, "{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Debug for SignatureTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureTime({self}{})", if self.has_offset { "" } else { ", offset assumed" })
    }
}

text_value!(SignatureTime);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nineteen_characters_and_back() {
        for text in [
            "20190812101530+0800",
            "20261201164202+0000",
            "20261201164202-0330",
            "20261201164202+1400",
            "00010101000000-1400",
            "99991231235959+0545",
        ] {
            let time = SignatureTime::parse(text).unwrap();
            assert_eq!(time.to_string(), text);
            assert!(time.has_offset());
            assert_eq!(SignatureTime::from_moment(&time.moment()).unwrap(), time);
        }
        assert_eq!(SignatureTime::parse("20261201164202-0000").unwrap().to_string(), "20261201164202+0000");
    }

    #[test]
    fn fourteen_characters_are_beijing_time() {
        let time = SignatureTime::parse("20190812101530").unwrap();
        assert!(!time.has_offset());
        assert_eq!(time.to_string(), "20190812101530+0800");
        assert_eq!(time.moment(), SignatureTime::parse("20190812021530+0000").unwrap().moment());
        assert_ne!(time, SignatureTime::parse("20190812101530+0800").unwrap());
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "20190812",
            "2019081210153",
            "201908121015300",
            "20190812101530Z",
            "20190812101530+08:00",
            "20190812101530 0800",
            "20190812101530+080",
            "20190812101530+08000",
            "20190812101530+1401",
            "20190812101530-2400",
            "20190812101530+0860",
            "20190230101530+0800",
            "20190812240000+0800",
            "20190812101560+0800",
            "00000812101530+0800",
            "2019081210153x+0800",
            "20190812101530±800",
            "2019081210153０0800",
            "20190812101530+08x0",
        ] {
            assert_eq!(SignatureTime::parse(text).unwrap_err().code(), Code::SignatureTime, "{text}");
        }
    }

    #[test]
    fn moments_are_cut_to_seconds_and_bounded() {
        let moment = DateTime::parse_from_rfc3339("2026-12-01T16:42:02.999+08:00").unwrap();
        assert_eq!(SignatureTime::from_moment(&moment).unwrap().to_string(), "20261201164202+0800");
        assert_eq!(SignatureTime::from_moment(&moment.to_utc()).unwrap().to_string(), "20261201084202+0000");
        for seconds in [8 * 3600 + 1, 15 * 3600, -15 * 3600] {
            let moment = moment.with_timezone(&FixedOffset::east_opt(seconds).unwrap());
            assert_eq!(SignatureTime::from_moment(&moment).unwrap_err().code(), Code::SignatureTime, "{seconds}");
        }
        let last = DateTime::<chrono::Utc>::MAX_UTC;
        assert_eq!(SignatureTime::from_moment(&last).unwrap_err().code(), Code::SignatureTime);
        assert_eq!(SignatureTime::from_moment(&last.with_timezone(&BEIJING)).unwrap_err().code(), Code::SignatureTime);
    }
}
