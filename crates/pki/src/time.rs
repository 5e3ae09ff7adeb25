//! UTCTime and GeneralizedTime as RFC 5280 4.1.2.5 allows them: seconds, `Z`, no fraction.

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};

use crate::Error;
use crate::tlv::{self, Reader};

/// Reads the next element as a time.
pub(crate) fn read(reader: &mut Reader<'_>, path: &'static str) -> Result<DateTime<Utc>, Error> {
    let element = reader.any(path)?;
    let parsed = match element.tag {
        tlv::UTC_TIME => utc_time(element.content),
        tlv::GENERALIZED_TIME => generalized_time(element.content),
        _ => None,
    };
    parsed.ok_or_else(|| reader.fault(path, "a time that is not in the form of RFC 5280"))
}

/// Writes a time of the years 0 to 9999: UTCTime up to 2049, GeneralizedTime for others.
pub(crate) fn write(time: DateTime<Utc>) -> Option<Vec<u8>> {
    let year = u32::try_from(time.year()).ok().filter(|year| *year <= 9999)?;
    let rest =
        format!("{:02}{:02}{:02}{:02}{:02}Z", time.month(), time.day(), time.hour(), time.minute(), time.second());
    Some(if (1950..2050).contains(&year) {
        tlv::write(tlv::UTC_TIME, &[format!("{:02}", year % 100).as_bytes(), rest.as_bytes()])
    } else {
        tlv::write(tlv::GENERALIZED_TIME, &[format!("{year:04}").as_bytes(), rest.as_bytes()])
    })
}

// Not left to `der`: its times start in 1970, while UTCTime goes back to 1950 and GeneralizedTime
// to the year 0, and a certificate with an odd date has to be readable to be refused.
fn utc_time(content: &[u8]) -> Option<DateTime<Utc>> {
    let (year, rest) = content.split_at_checked(2)?;
    let year = number(year)?;
    from_parts(if year < 50 { 2000 + year } else { 1900 + year }, rest)
}

fn generalized_time(content: &[u8]) -> Option<DateTime<Utc>> {
    let (year, rest) = content.split_at_checked(4)?;
    from_parts(number(year)?, rest)
}

/// `MMDDhhmmssZ`
fn from_parts(year: u32, rest: &[u8]) -> Option<DateTime<Utc>> {
    let [digits @ .., b'Z'] = rest else { return None };
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let [month, day, hour, minute, second] = pairs else { return None };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(month)?, number(day)?)?
        .and_hms_opt(number(hour)?, number(minute)?, number(second)?)
        .map(|time| time.and_utc())
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Code;
    use der::Decode as _;

    fn read_one(bytes: &[u8]) -> Result<DateTime<Utc>, Error> {
        read(&mut Reader::new(bytes, Code::CertificateMalformed), "t")
    }

    #[test]
    fn what_is_written_is_read_again_on_both_sides_of_2050() {
        for (text, tag) in [
            ("1950-01-01T00:00:00Z", tlv::UTC_TIME),
            ("1969-12-31T23:59:59Z", tlv::UTC_TIME),
            ("2024-02-29T12:00:00Z", tlv::UTC_TIME),
            ("2049-12-31T23:59:59Z", tlv::UTC_TIME),
            ("2050-01-01T00:00:00Z", tlv::GENERALIZED_TIME),
            ("9999-12-31T23:59:59Z", tlv::GENERALIZED_TIME),
            ("1949-12-31T23:59:59Z", tlv::GENERALIZED_TIME),
        ] {
            let time: DateTime<Utc> = text.parse().unwrap();
            let bytes = write(time).unwrap();
            assert_eq!(bytes[0], tag);
            assert_eq!(read_one(&bytes).unwrap(), time);
            // An independent reader agrees as far back as it goes.
            let others = x509_cert::time::Time::from_der(&bytes).ok().map(|time| time.to_unix_duration().as_secs());
            assert_eq!(others, u64::try_from(time.timestamp()).ok());
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "260101000000",
            "2601010000Z",
            "260101000000+0800",
            "260230000000Z",
            "261301000000Z",
            "260101240000Z",
            "260101000060Z",
            "26010100000 Z",
            "",
            "2",
        ] {
            let fault = read_one(&tlv::write(tlv::UTC_TIME, &[text.as_bytes()])).unwrap_err();
            assert_eq!(fault.code(), Code::CertificateMalformed, "{text}");
            assert_eq!(fault.place().path.as_deref(), Some("t"));
        }
        let fraction = tlv::write(tlv::GENERALIZED_TIME, &[b"20260101000000.5Z"]);
        assert_eq!(read_one(&fraction).unwrap_err().code(), Code::CertificateMalformed);
    }
}
