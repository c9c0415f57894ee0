//! The one form of a result, read by people and scripts alike:
//!
//! `FIGURE fanout_w4 ours=552300/s peer=530100/s:uws ratio=1.04 goal=1.10 short`

use std::fmt;

/// A number with its unit: `552300/s`, `1.4kB`, `4.6ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    pub value: f64,
    pub unit: &'static str,
}

impl Quantity {
    pub fn per_second(value: f64) -> Self {
        Self { value, unit: "/s" }
    }

    pub fn milliseconds(value: f64) -> Self {
        Self { value, unit: "ms" }
    }
}

/// Three or more digits, and no zeros that say nothing: 552300, 49.7, 1.4.
impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = if self.value.abs() >= 100.0 {
            0
        } else if self.value.abs() >= 10.0 {
            1
        } else {
            2
        };
        let number = format!("{:.decimals$}", self.value);
        let short = if decimals == 0 { &number } else { number.trim_end_matches('0').trim_end_matches('.') };
        write!(out, "{short}{}", self.unit)
    }
}

/// The peer, or the raw floor, measured in the same run.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    pub name: String,
    pub median: Quantity,
}

/// What is aimed at, and which way is better. A ratio is ours / peer; an absolute goal is in the unit of our figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    RatioAtLeast(f64),
    RatioAtMost(f64),
}

/// One line of a bench. Printed only after the run's counters gave their verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub name: String,
    pub ours: Quantity,
    pub peer: Option<Peer>,
    pub goal: Goal,
}

impl Figure {
    pub fn ratio(&self) -> Option<f64> {
        let peer = self.peer.as_ref()?;
        (peer.median.value != 0.0).then(|| self.ours.value / peer.median.value)
    }

    /// A ratio without a peer is not met: nothing was compared.
    pub fn met(&self) -> bool {
        match self.goal {
            Goal::AtLeast(least) => self.ours.value >= least,
            Goal::AtMost(most) => self.ours.value <= most,
            Goal::RatioAtLeast(least) => self.ratio().is_some_and(|ratio| ratio >= least),
            Goal::RatioAtMost(most) => self.ratio().is_some_and(|ratio| ratio <= most),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FIGURE {} ours={}", self.name, self.ours)?;
        if let Some(peer) = &self.peer {
            write!(out, " peer={}:{}", peer.median, peer.name)?;
        }
        if let Some(ratio) = self.ratio() {
            write!(out, " ratio={ratio:.2}")?;
        }
        match self.goal {
            Goal::AtLeast(bar) | Goal::AtMost(bar) => {
                write!(out, " goal={}", Quantity { value: bar, unit: self.ours.unit })?;
            }
            Goal::RatioAtLeast(bar) | Goal::RatioAtMost(bar) => write!(out, " goal={bar:.2}")?,
        }
        out.write_str(if self.met() { " met" } else { " short" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(figure: &Figure, line: &str) {
        assert_eq!(figure.to_string(), line);
    }

    fn fanout(ours: f64, goal: Goal) -> Figure {
        Figure {
            name: "fanout_w4".to_owned(),
            ours: Quantity::per_second(ours),
            peer: Some(Peer { name: "uws".to_owned(), median: Quantity::per_second(530_100.0) }),
            goal,
        }
    }

    fn memory(ours: f64, goal: Goal) -> Figure {
        Figure {
            name: "idle_memory".to_owned(),
            ours: Quantity { value: ours, unit: "kB" },
            peer: Some(Peer { name: "nats".to_owned(), median: Quantity { value: 49.7, unit: "kB" } }),
            goal,
        }
    }

    #[test]
    fn bigger_is_better_against_a_peer() {
        check(
            &fanout(552_300.0, Goal::RatioAtLeast(1.10)),
            "FIGURE fanout_w4 ours=552300/s peer=530100/s:uws ratio=1.04 goal=1.10 short",
        );
        check(
            &fanout(590_000.4, Goal::RatioAtLeast(1.10)),
            "FIGURE fanout_w4 ours=590000/s peer=530100/s:uws ratio=1.11 goal=1.10 met",
        );
    }

    #[test]
    fn bigger_is_better_in_absolute_terms() {
        check(
            &fanout(552_300.0, Goal::AtLeast(500_000.0)),
            "FIGURE fanout_w4 ours=552300/s peer=530100/s:uws ratio=1.04 goal=500000/s met",
        );
    }

    #[test]
    fn smaller_is_better_in_absolute_terms() {
        check(
            &memory(1.4, Goal::AtMost(1.5)),
            "FIGURE idle_memory ours=1.4kB peer=49.7kB:nats ratio=0.03 goal=1.5kB met",
        );
        check(
            &memory(12.25, Goal::AtMost(1.5)),
            "FIGURE idle_memory ours=12.2kB peer=49.7kB:nats ratio=0.25 goal=1.5kB short",
        );
    }

    #[test]
    fn smaller_is_better_against_a_peer() {
        check(
            &memory(1.4, Goal::RatioAtMost(0.5)),
            "FIGURE idle_memory ours=1.4kB peer=49.7kB:nats ratio=0.03 goal=0.50 met",
        );
        check(
            &memory(30.0, Goal::RatioAtMost(0.5)),
            "FIGURE idle_memory ours=30kB peer=49.7kB:nats ratio=0.60 goal=0.50 short",
        );
    }

    #[test]
    fn an_absolute_figure_may_stand_without_a_peer() {
        let figure = Figure {
            name: "sends_p99".to_owned(),
            ours: Quantity::milliseconds(4.6),
            peer: None,
            goal: Goal::AtMost(10.0),
        };
        check(&figure, "FIGURE sends_p99 ours=4.6ms goal=10ms met");
    }

    #[test]
    fn a_ratio_without_a_peer_is_never_met() {
        let figure = Figure { peer: None, ..fanout(1.0, Goal::RatioAtMost(9.0)) };
        check(&figure, "FIGURE fanout_w4 ours=1/s goal=9.00 short");
    }

    #[test]
    fn round_hundreds_keep_their_zeros() {
        assert_eq!(Quantity::per_second(50_000.0).to_string(), "50000/s");
        assert_eq!(Quantity::milliseconds(10.0).to_string(), "10ms");
        assert_eq!(Quantity::milliseconds(0.0).to_string(), "0ms");
    }
}
