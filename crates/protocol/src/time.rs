//! Times people read: RFC 3339 in UTC, made without a calendar library.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use domain::Stamp;

/// A stamp as people read it.
pub fn of(stamp: Stamp) -> String {
    Written::of(stamp).as_str().to_owned()
}

/// A stamp, written as people read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At(pub Stamp);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Written::of(self.0).as_str())
    }
}

impl serde::Serialize for At {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(Written::of(self.0).as_str())
    }
}

/// Stamps are as large as a JSON number is exact, and grow.
pub fn stamp<S: serde::Serializer>(stamp: &Stamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(stamp)
}

/// `2026-11-21T13:30:00.123Z`. A time before 1970 shows as 1970: only a broken clock says so.
pub fn rfc3339(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    of(Stamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)))
}

/// The letters of a time, without a string of their own: a page holds one a message.
struct Written {
    letters: [u8; LETTERS_MAX],
    begin: usize,
}

/// A year of six digits is as far as a stamp counts.
const LETTERS_MAX: usize = 26;

impl Written {
    fn of(stamp: Stamp) -> Written {
        let millis = stamp.0.max(0).unsigned_abs() / 1_000;
        let seconds = millis / 1_000;
        let (year, month, day) = civil(seconds / 86_400);
        let mut written = Written { letters: [b'0'; LETTERS_MAX], begin: LETTERS_MAX };
        written.before(b'Z', millis % 1_000, 3);
        written.before(b'.', seconds % 60, 2);
        written.before(b':', seconds / 60 % 60, 2);
        written.before(b':', seconds / 3_600 % 24, 2);
        written.before(b'T', day, 2);
        written.before(b'-', month, 2);
        written.before(b'-', year, year.checked_ilog10().map_or(1, |power| power as usize + 1).max(4));
        written
    }

    /// A number of so many digits and the sign behind it, in front of what is there.
    fn before(&mut self, sign: u8, mut number: u64, digits: usize) {
        let end = self.begin - 1;
        self.begin = end - digits;
        self.letters[end] = sign;
        for letter in self.letters[self.begin..end].iter_mut().rev() {
            *letter = b'0' + (number % 10) as u8;
            number /= 10;
        }
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.letters[self.begin..]).unwrap_or_default()
    }
}

/// `2026-11-21T13:30:00.123Z`, with any offset, or a day alone: its beginning in UTC.
pub fn read(text: &str) -> Option<Stamp> {
    let (day, time) = text.split_at_checked(10)?;
    let days = days_of(day)?;
    let micros = if time.is_empty() { 0 } else { micros_of(time)? };
    days.checked_mul(86_400_000_000)?.checked_add(micros).map(Stamp)
}

fn days_of(day: &str) -> Option<i64> {
    let mut parts = day.split('-').map(|part| digits(part, part.len()));
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let days = days_before(year, month) + day;
    let exists = (1..=12).contains(&month) && (1..=31).contains(&day);
    let same = exists && civil(u64::try_from(days - 1).ok()?) == (year as u64, month as u64, day as u64);
    same.then_some(days - 1)
}

/// `T13:30:00`, perhaps a fraction, then `Z` or an offset.
fn micros_of(time: &str) -> Option<i64> {
    let (clock, rest) = time.split_at_checked(9)?;
    let bytes = clock.as_bytes();
    if !matches!(bytes[0], b'T' | b't' | b' ') || bytes[3] != b':' || bytes[6] != b':' {
        return None;
    }
    let [hour, minute, second] =
        [digits(clock.get(1..3)?, 2)?, digits(clock.get(4..6)?, 2)?, digits(clock.get(7..9)?, 2)?];
    let (fraction, zone) = match rest.strip_prefix('.') {
        None => (0, rest),
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            let (fraction, zone) = rest.split_at(end);
            let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
            ((end > 0).then(|| digits(&micros, 6))??, zone)
        }
    };
    let fits = hour < 24 && minute < 60 && second <= 60;
    let seconds = hour * 3_600 + minute * 60 + second - offset(zone)?;
    fits.then_some(seconds * 1_000_000 + fraction)
}

/// Seconds ahead of UTC. In an address, a plus sign unescaped is a space.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' | b' ' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let plain = text.len() == count && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Days from 1970 to the month's first, less one.
fn days_before(year: i64, month: i64) -> i64 {
    let (year, from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * from_march + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Days since 1970 as year, month, day: years are counted from March, so a leap day is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    const DAYS_TO_YEAR_0: u64 = 719_468;
    const DAYS_IN_400_YEARS: u64 = 146_097;
    let shifted = days + DAYS_TO_YEAR_0;
    let era = shifted / DAYS_IN_400_YEARS;
    let of_era = shifted % DAYS_IN_400_YEARS;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_time_reads_as_people_write_it() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_709_251_200, "2024-03-01T00:00:00.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
            (9_223_372_036_854, "294247-01-10T04:00:54.000Z"),
        ] {
            assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_time_people_wrote_is_read_and_anything_else_is_not() {
        for (text, micros) in [
            ("1970-01-01", Some(0)),
            ("2000-02-29", Some(951_782_400_000_000)),
            ("2000-02-28T23:59:59.000Z", Some(951_782_399_000_000)),
            ("2024-03-01t02:00:00.25+02:00", Some(1_709_251_200_250_000)),
            ("2024-02-29T23:30:00 -00:30", None),
            ("2024-02-29T23:30:00-00:30", Some(1_709_251_200_000_000)),
            ("2024-03-01T02:00:00 02:00", Some(1_709_251_200_000_000)),
            ("2023-02-29", None),
            ("2024-13-01", None),
            ("1969-12-31", None),
            ("2024-03-01T25:00:00Z", None),
            ("2024-03-01T00:00:00", None),
            ("2024-03-01T00:00:00.Z", None),
            ("2024-3-1", None),
            ("soon", None),
            ("ääääää", None),
            ("", None),
        ] {
            assert_eq!(read(text), micros.map(Stamp), "{text}");
        }
    }
}
