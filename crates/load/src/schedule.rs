//! When requests are due: decided before the run, so that a slow server cannot slow the asking.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Stages of constant or evenly rising and falling rate. Request `i` is due when the rate, summed since the start, has
/// reached `i`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    stages: Vec<Stage>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Stage {
    lasts: f64,
    rate_from: f64,
    rate_to: f64,
    /// Seconds and requests before this stage.
    begins: f64,
    requests_before: f64,
}

impl Stage {
    fn requests(&self) -> f64 {
        f64::midpoint(self.rate_from, self.rate_to) * self.lasts
    }

    /// Seconds into the stage at which its summed rate is `requests`: the positive root of a parabola, in the form that
    /// also holds when the rate is constant.
    fn reaches(&self, requests: f64) -> f64 {
        let slope = (self.rate_to - self.rate_from) / self.lasts;
        let root = (self.rate_from * self.rate_from + 2.0 * slope * requests).max(0.0).sqrt();
        let divisor = self.rate_from + root;
        if divisor > 0.0 { 2.0 * requests / divisor } else { 0.0 }
    }
}

/// Sums of fractions miss whole numbers by less than this.
const ROUNDING: f64 = 1e-6;

impl Schedule {
    pub fn constant(per_second: f64, lasts: Duration) -> Self {
        Self::default().then_at(per_second).then_ramp(lasts, per_second)
    }

    /// The rate moves evenly from where it is to `per_second`.
    #[must_use]
    pub fn then_ramp(self, lasts: Duration, per_second: f64) -> Self {
        let from = self.last_rate();
        self.push(lasts.as_secs_f64(), from, per_second)
    }

    /// The rate stays where it is.
    #[must_use]
    pub fn then_hold(self, lasts: Duration) -> Self {
        let rate = self.last_rate();
        self.push(lasts.as_secs_f64(), rate, rate)
    }

    /// The rate jumps.
    #[must_use]
    pub fn then_at(self, per_second: f64) -> Self {
        self.push(0.0, per_second, per_second)
    }

    fn push(mut self, lasts: f64, rate_from: f64, rate_to: f64) -> Self {
        let (begins, requests_before) = (self.seconds(), self.requests_exact());
        self.stages.push(Stage { lasts, rate_from, rate_to, begins, requests_before });
        self
    }

    fn last_rate(&self) -> f64 {
        self.stages.last().map_or(0.0, |stage| stage.rate_to)
    }

    fn seconds(&self) -> f64 {
        self.stages.last().map_or(0.0, |stage| stage.begins + stage.lasts)
    }

    fn requests_exact(&self) -> f64 {
        self.stages.last().map_or(0.0, |stage| stage.requests_before + stage.requests())
    }

    /// The same course, everywhere so many times as much.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        self.stages.iter().fold(Self::default(), |schedule, stage| {
            schedule.push(stage.lasts, stage.rate_from * factor, stage.rate_to * factor)
        })
    }

    /// The most that is ever due a second.
    pub fn most(&self) -> f64 {
        self.stages.iter().map(|stage| stage.rate_from.max(stage.rate_to)).fold(0.0, f64::max)
    }

    /// Until when most is due: the end of the last stage that ends with as much as any.
    pub fn busiest_until(&self) -> Duration {
        let most = self.most();
        let stage = self.stages.iter().rev().find(|stage| stage.rate_to >= most);
        Duration::from_secs_f64(stage.map_or(0.0, |stage| stage.begins + stage.lasts))
    }

    pub fn lasts(&self) -> Duration {
        Duration::from_secs_f64(self.seconds())
    }

    /// How many requests are due before the end.
    pub fn requests(&self) -> u64 {
        (self.requests_exact() - ROUNDING).ceil().max(0.0) as u64
    }

    /// When a request is due, after the start; nothing when the schedule has fewer.
    pub fn due(&self, request: u64) -> Option<Duration> {
        if request >= self.requests() {
            return None;
        }
        let request = request as f64;
        let stage = self.stages.iter().find(|stage| {
            let after = stage.requests_before + stage.requests();
            stage.lasts > 0.0 && request < after - ROUNDING
        })?;
        let into = stage.reaches((request - stage.requests_before).max(0.0)).min(stage.lasts);
        Some(Duration::from_secs_f64(stage.begins + into))
    }
}

/// `1m→50, 3m hold`: within a minute rise to 50 a second, then stay three minutes. `->` is read as the arrow.
impl FromStr for Schedule {
    type Err = BadSchedule;

    fn from_str(text: &str) -> Result<Self, BadSchedule> {
        let mut schedule = Self::default();
        for stage in text.split(',').map(str::trim) {
            let bad = || BadSchedule { stage: stage.to_owned() };
            schedule = if let Some(lasts) = stage.strip_suffix("hold") {
                schedule.then_hold(duration(lasts).ok_or_else(bad)?)
            } else {
                let (lasts, rate) =
                    stage.split_once('→').or_else(|| stage.split_once("->")).ok_or_else(bad)?;
                let rate: f64 = rate.trim().parse().map_err(|_| bad())?;
                if !rate.is_finite() || rate < 0.0 {
                    return Err(bad());
                }
                let lasts = duration(lasts).ok_or_else(bad)?;
                if lasts.is_zero() { schedule.then_at(rate) } else { schedule.then_ramp(lasts, rate) }
            };
        }
        Ok(schedule)
    }
}

/// `90s`, `3m`, `1h`.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit_at = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let seconds = match unit.trim() {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.trim().parse::<f64>().ok()? * seconds).ok()
}

/// A stage that is neither `DURATION→RATE` nor `DURATION hold`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSchedule {
    pub stage: String,
}

impl fmt::Display for BadSchedule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "\"{}\" is not a stage such as 1m→50 or 3m hold", self.stage)
    }
}

impl std::error::Error for BadSchedule {}

impl From<BadSchedule> for std::io::Error {
    fn from(bad: BadSchedule) -> Self {
        Self::new(std::io::ErrorKind::InvalidInput, bad.to_string())
    }
}

/// What an office does hour by hour, of its busiest: quiet nights, a morning that rises, lunch, an evening that fades.
const HOURS: [u32; 24] =
    [2, 1, 1, 1, 1, 2, 5, 18, 55, 85, 100, 95, 60, 70, 95, 98, 90, 70, 40, 22, 14, 10, 6, 3];

/// The stages of a day that lasts so long, at its busiest so many a second.
pub fn day(lasts: Duration, most: f64) -> String {
    let hour = lasts.as_secs_f64() / HOURS.len() as f64;
    let stage = |part: &u32| format!("{hour:.3}s→{:.3}", most * f64::from(*part) / 100.0);
    HOURS.iter().map(stage).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due_ms(schedule: &Schedule, requests: &[u64]) -> Vec<u128> {
        requests
            .iter()
            .filter_map(|&request| schedule.due(request))
            .map(|due| due.as_micros().div_ceil(1_000))
            .collect()
    }

    #[test]
    fn a_constant_rate_is_evenly_spaced() {
        let schedule = Schedule::constant(1_000.0, Duration::from_secs(2));
        assert_eq!(schedule.requests(), 2_000);
        assert_eq!(schedule.lasts(), Duration::from_secs(2));
        assert_eq!(due_ms(&schedule, &[0, 1, 500, 1_999]), [0, 1, 500, 1_999]);
        assert_eq!(schedule.due(2_000), None);
    }

    #[test]
    fn a_ramp_holds_the_area_under_its_line() {
        let schedule: Schedule = "10s→100".parse().expect("a stage");
        assert_eq!(schedule.requests(), 500);
        // The sum at t seconds is 5 t²: request 125 is due at 5 s, request 320 at 8 s.
        assert_eq!(due_ms(&schedule, &[0, 125, 320]), [0, 5_000, 8_000]);
    }

    #[test]
    fn stages_follow_each_other_without_a_gap_or_a_burst() {
        let schedule: Schedule = "1m→50, 3m hold, 30s->0".parse().expect("three stages");
        assert_eq!(schedule.lasts(), Duration::from_secs(270));
        assert_eq!(schedule.requests(), 1_500 + 9_000 + 750);
        assert_eq!(due_ms(&schedule, &[1_500, 1_501, 10_500]), [60_000, 60_020, 240_000]);
        let mut last = Duration::ZERO;
        for request in 0..schedule.requests() {
            let due = schedule.due(request).expect("each request has its instant");
            assert!(due >= last && due <= schedule.lasts(), "request {request} at {due:?} after {last:?}");
            last = due;
        }
    }

    #[test]
    fn a_stage_of_no_length_jumps_to_its_rate() {
        let schedule: Schedule = "0s→20000, 10s hold".parse().expect("two stages");
        assert_eq!(schedule.requests(), 200_000);
        assert_eq!(schedule.due(20_000), Some(Duration::from_secs(1)));
    }

    #[test]
    fn a_days_curve_is_quiet_at_night_and_busiest_before_noon() {
        let schedule: Schedule = day(Duration::from_mins(24), 100.0).parse().expect("stages");
        assert_eq!(schedule.lasts().as_secs(), 24 * 60);
        assert!((schedule.most() - 100.0).abs() < 1e-6);
        assert_eq!(schedule.busiest_until(), Duration::from_mins(11));
        let half: Schedule = schedule.times(0.5);
        assert_eq!(half.requests(), schedule.requests().div_ceil(2));
    }

    #[test]
    fn most_is_due_until_the_last_stage_that_ends_with_it() {
        let schedule: Schedule = "1m→50, 3m hold, 1m→100, 3m hold, 1m→0".parse().expect("stages");
        assert_eq!(schedule.busiest_until(), Duration::from_mins(8));
    }

    #[test]
    fn a_pause_sends_nothing() {
        let schedule = Schedule::default()
            .then_hold(Duration::from_secs(5))
            .then_at(10.0)
            .then_hold(Duration::from_secs(1));
        assert_eq!(schedule.requests(), 10);
        assert_eq!(due_ms(&schedule, &[0, 9]), [5_000, 5_900]);
    }

    #[test]
    fn a_stage_that_cannot_be_read_is_named() {
        for text in ["", "1m", "50", "1x→50", "1m→-5", "1m→NaN", "-1s hold", "1m→50,"] {
            assert!(text.parse::<Schedule>().is_err(), "{text:?} was taken for a schedule");
        }
        let bad = "1m→50, soon".parse::<Schedule>().expect_err("soon is no stage");
        assert_eq!(bad.to_string(), "\"soon\" is not a stage such as 1m→50 or 3m hold");
    }
}
