//! What was aimed at.

use load::figure::{Figure, Goal, Peer, Quantity};

use crate::contestant::Contestant;
use crate::report::{Metric, Report};

type Aim = (&'static str, Metric, Option<Contestant>, Goal);

const AIMS: [Aim; 34] = [
    ("idle_memory", Metric::Memory, Some(Contestant::Uws), Goal::AtMost(1.5)),
    ("idle_memory_nats", Metric::Memory, Some(Contestant::Nats), Goal::RatioAtMost(1.0 / 30.0)),
    ("idle_memory_socketio", Metric::Memory, Some(Contestant::SocketIo), Goal::RatioAtMost(0.1)),
    ("idle_memory_nchan", Metric::Memory, Some(Contestant::Nchan), Goal::RatioAtMost(0.15)),
    ("connect_rate", Metric::ConnectRate, Some(Contestant::Nats), Goal::RatioAtLeast(3.0)),
    ("connect_cpu", Metric::ConnectCpu, Some(Contestant::Uws), Goal::RatioAtMost(1.5)),
    ("fanout_w4", Metric::W4, Some(Contestant::Uws), Goal::RatioAtLeast(1.10)),
    ("fanout_w4_raw", Metric::W4, Some(Contestant::Floor), Goal::RatioAtLeast(0.9)),
    ("fanout_w4_ws", Metric::W4, Some(Contestant::Ws), Goal::RatioAtLeast(4.0)),
    ("fanout_w4_nats", Metric::W4, Some(Contestant::Nats), Goal::RatioAtLeast(8.0)),
    ("fanout_w4_socketio", Metric::W4, Some(Contestant::SocketIo), Goal::RatioAtLeast(8.0)),
    ("fanout_w4_nchan", Metric::W4, Some(Contestant::Nchan), Goal::RatioAtLeast(4.0)),
    ("fanout_w16", Metric::W16, Some(Contestant::Uws), Goal::RatioAtLeast(1.20)),
    ("fanout_w16_raw", Metric::W16, Some(Contestant::Floor), Goal::RatioAtLeast(0.9)),
    ("fanout_w4_cpu", Metric::W4Cpu, Some(Contestant::Uws), Goal::RatioAtMost(1.0 / 1.10)),
    ("fanout_w16_cpu", Metric::W16Cpu, Some(Contestant::Uws), Goal::RatioAtMost(1.0 / 1.20)),
    ("fanout_open_cpu", Metric::OpenCpu, Some(Contestant::Uws), Goal::RatioAtMost(0.9)),
    ("fanout_last", Metric::LastP50, Some(Contestant::Uws), Goal::RatioAtMost(0.9)),
    ("fanout_last_p99", Metric::LastP99, Some(Contestant::Nats), Goal::RatioAtMost(0.5)),
    ("fanout_each", Metric::EachP50, Some(Contestant::Uws), Goal::RatioAtMost(0.9)),
    ("small_channels", Metric::SmallPerCpu, Some(Contestant::Nats), Goal::RatioAtLeast(3.0)),
    ("small_channels_uws", Metric::SmallPerCpu, Some(Contestant::Uws), Goal::RatioAtLeast(1.0)),
    ("storm_tail", Metric::TailBack, None, Goal::AtMost(3.0)),
    ("storm_tail_busy", Metric::TailBackBusy, None, Goal::AtMost(3.0)),
    ("storm_recovered", Metric::RecoveredRate, Some(Contestant::SocketIo), Goal::RatioAtLeast(3.0)),
    ("storm_changed_3", Metric::ChangedBack, None, Goal::AtMost(10.0)),
    ("storm_changed_500_rate", Metric::ManyRate, None, Goal::AtLeast(455.0)),
    ("presence_cpu", Metric::PresenceCpu, None, Goal::AtMost(5.0)),
    ("many_growth", Metric::ManyGrowth, None, Goal::AtMost(5.0)),
    ("team_p95", Metric::TeamP95, None, Goal::AtMost(100.0)),
    ("soak_memory", Metric::SoakMemory, None, Goal::AtMost(5.0)),
    ("soak_descriptors", Metric::SoakDescriptors, None, Goal::AtMost(5.0)),
    ("soak_latency", Metric::SoakLatency, None, Goal::AtMost(25.0)),
    ("generator_sockets_cpu", Metric::SocketsCpu, None, Goal::AtMost(70.0)),
];

/// Those that were measured.
pub fn of(report: &Report) -> Vec<Figure> {
    let figure = |(name, metric, peer, goal): Aim| {
        let (_, unit) = metric.words();
        let quantity = |value| Quantity { value, unit };
        let ours = quantity(report.median(Contestant::Ours, metric)?);
        let beside = |contestant: Contestant| {
            let median = quantity(report.median(contestant, metric)?);
            Some(Peer { name: contestant.name().to_owned(), median })
        };
        let peer = peer.map(beside);
        // A peer that was not there leaves no ratio; an absolute goal stands without one.
        let needs_peer = matches!(goal, Goal::RatioAtLeast(_) | Goal::RatioAtMost(_));
        let peer = if needs_peer { Some(peer??) } else { peer.flatten() };
        Some(Figure { name: name.to_owned(), ours, peer, goal })
    };
    AIMS.into_iter().filter_map(figure).collect()
}

/// What rises while a team goes on working: there a figure that is short is a failure.
pub fn slopes(report: &Report) -> Vec<String> {
    let rises = |figure: &Figure| figure.name.starts_with("soak_") && !figure.met();
    of(report).iter().filter(|figure| rises(figure)).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_of_a_soak_is_a_failure_and_anything_else_that_is_short_is_not() {
        let mut report = Report::default();
        report.add(Contestant::Ours, Metric::SoakMemory, 9.0);
        report.add(Contestant::Ours, Metric::SoakLatency, 2.0);
        report.add(Contestant::Ours, Metric::TeamP95, 900.0);
        assert_eq!(slopes(&report), ["FIGURE soak_memory ours=9% goal=5% short"]);
    }

    #[test]
    fn only_what_was_measured_has_a_figure_and_a_ratio_needs_its_peer() {
        let mut report = Report::default();
        report.add(Contestant::Ours, Metric::W4, 600_000.0);
        report.add(Contestant::Uws, Metric::W4, 500_000.0);
        report.add(Contestant::Ours, Metric::Memory, 1.2);
        let lines: Vec<String> = of(&report).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "FIGURE idle_memory ours=1.2kB goal=1.5kB met",
                "FIGURE fanout_w4 ours=600000/s peer=500000/s:uws ratio=1.20 goal=1.10 met",
            ]
        );
    }
}
