//! A copy is named by the second it was begun in: `rookery-20270115T080000Z.db`.

use std::fmt;
use std::str::FromStr;

use domain::Stamp;

/// Sorts by time, as its text does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyName(pub Stamp);

const DAY_S: i64 = 86_400;

impl CopyName {
    fn seconds(self) -> i64 {
        self.0.0.div_euclid(Stamp::SECOND)
    }
    pub(super) fn hour(self) -> i64 {
        self.seconds().div_euclid(3_600)
    }
    pub(super) fn day(self) -> i64 {
        self.seconds().div_euclid(DAY_S)
    }
}

/// Year, month and day of a day counted from 1970, in the calendar that begins its years in March.
fn date(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_month)
}

fn day(year: i64, month: i64, of_month: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let month = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * month + 2) / 5 + of_month - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

impl fmt::Display for CopyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, of_month), of_day) = (date(self.day()), self.seconds().rem_euclid(DAY_S));
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        write!(f, "rookery-{year:04}{month:02}{of_month:02}T{hour:02}{minute:02}{second:02}Z.db")
    }
}

impl FromStr for CopyName {
    type Err = ();
    fn from_str(name: &str) -> Result<Self, ()> {
        let time = name.strip_prefix("rookery-").and_then(|rest| rest.strip_suffix("Z.db")).ok_or(())?;
        let (date, clock) = time.split_once('T').ok_or(())?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if date.len() != 8 || clock.len() != 6 || !digits(date) || !digits(clock) {
            return Err(());
        }
        let number = |text: &str| text.parse::<i64>().map_err(drop);
        let days = day(number(&date[..4])?, number(&date[4..6])?, number(&date[6..])?);
        let of_day = number(&clock[..2])? * 3_600 + number(&clock[2..4])? * 60 + number(&clock[4..])?;
        Ok(Self(Stamp((days * DAY_S + of_day) * Stamp::SECOND)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_named_by_its_second_and_read_back_from_its_name() {
        for (seconds, name) in [
            (0, "rookery-19700101T000000Z.db"),
            (951_782_400, "rookery-20000229T000000Z.db"),
            (1_800_000_000, "rookery-20270115T080000Z.db"),
            (4_102_444_799, "rookery-20991231T235959Z.db"),
        ] {
            let copy = CopyName(Stamp(seconds * Stamp::SECOND));
            assert_eq!(copy.to_string(), name);
            assert_eq!(name.parse(), Ok(copy));
        }
        for other in ["rookery.db", "rookery-20270115T080000Z.db.part", "rookery-2027011ST080000Z.db"] {
            assert_eq!(other.parse::<CopyName>(), Err(()), "{other}");
        }
    }
}
