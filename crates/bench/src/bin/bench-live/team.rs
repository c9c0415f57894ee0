//! A team at work, all of it at once; and the same for long, with an eye on what grows.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use load::crowd::Crowd;
use load::process::{cpu_of, memory_of};
use load::swarm::dialect::{Person, Place};
use load::swarm::errand::{Errand, Party};
use load::swarm::{Arrived, Coming, Team, TeamTold};
use load::trouble::Trouble;

use crate::contestant::Contestant;
use crate::report::Metric;
use crate::rows::{Bench, TEXT_BYTES, all_level};
use crate::stand::{Stand, party, people};

/// One message a person in so many seconds, reactions and reading beside.
const SECONDS_A_MESSAGE: usize = 50;
const COMING: Coming = Coming { at_once: 512, per_second: None, within_s: 180.0 };
const LOOK_EVERY: Duration = Duration::from_secs(5);
const WARM_UP_S: f64 = 10.0;

impl Bench<'_> {
    fn team_party(&self, data: &Path, crowd: &Crowd) -> Result<(Stand, Party), Trouble> {
        let all = crowd.people.iter().map(|extra| Person {
            token: extra.token.clone(),
            account: extra.account.clone(),
            streams: std::iter::once(0).chain(extra.seats.iter().copied()).collect(),
        });
        let file = people(self.ground, "team", all)?;
        let place = Place {
            workspace: crowd.workspace.clone(),
            channels: crowd.channels.clone(),
            ..Place::default()
        };
        let stand = Stand::start(self.ground, Contestant::Ours, data, false)?
            .ok_or_else(|| Trouble::new("rookery does not start"))?;
        let mut party = party(&stand, &place, &file, 0..crowd.people.len(), (1, false))?;
        let arrived: Arrived = party.arrive(COMING).map_err(Trouble::at("coming in"))?;
        all_level(Contestant::Ours, arrived.level, crowd.people.len())?;
        Ok((stand, party))
    }

    fn shape(crowd: &Crowd, seconds: f64) -> Errand {
        let rate = (crowd.people.len() / SECONDS_A_MESSAGE).max(4);
        Errand::Team(Team {
            stages: format!("{WARM_UP_S:.0}s→{rate}, {seconds:.0}s hold"),
            text_bytes: TEXT_BYTES,
            directs_from: crowd.directs_from,
            warm_up_s: WARM_UP_S,
            seed: 1,
            only_messages: false,
            progress: false,
        })
    }

    /// 10,000 people talking at once.
    pub fn team(&mut self, (data, crowd): &(PathBuf, Crowd)) -> Result<(), Trouble> {
        let seconds = if self.args.quick { 3.0 } else { 30.0 };
        for _ in 0..self.args.rounds().min(3) {
            let (stand, mut party) = self.team_party(data, crowd)?;
            let before = cpu_of(stand.process());
            let told: TeamTold = party.ask(&Self::shape(crowd, seconds)).map_err(Trouble::at("the team"))?;
            let cpu = cpu_of(stand.process()).saturating_sub(before).as_secs_f64() / (seconds + WARM_UP_S);
            let TeamTold { messages, acts, deliveries, each, lag_p99_ms, own_cpu, counters, .. } = &told;
            println!(
                "team: {messages} said, {acts} reactions, {deliveries} heard, {each}, lag p99 {lag_p99_ms:.1} ms, \
                 own cpu {own_cpu:.2}, server {cpu:.2}, {counters}"
            );
            told.counters.verdict().map_err(Trouble::at("the team"))?;
            self.report.add(Contestant::Ours, Metric::TeamP95, each.p95.as_secs_f64() * 1e3);
            self.report.add(Contestant::Ours, Metric::TeamCpu, cpu * 100.0);
            self.report.add(Contestant::Ours, Metric::TeamHeard, *deliveries as f64 / told.seconds);
        }
        Ok(())
    }

    /// Whatever grows shows over time: memory and descriptors of the server, and the latency of its messages.
    pub fn soak(&mut self, (data, crowd): &(PathBuf, Crowd)) -> Result<(), Trouble> {
        let seconds = self.args.minutes * 60.0;
        let (stand, mut party) = self.team_party(data, crowd)?;
        party.send(&Self::shape(crowd, seconds)).map_err(Trouble::at("the team"))?;
        let (stop, stopped) = mpsc::channel::<()>();
        let process = stand.process();
        let watch = std::thread::spawn(move || {
            let mut seen = Vec::new();
            while stopped.recv_timeout(LOOK_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                let open = std::fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count);
                seen.push((memory_of(process), open as f64));
            }
            seen
        });
        let told: TeamTold = party.answer().map_err(Trouble::at("the team"))?;
        drop(stop);
        let mut seen = watch.join().unwrap_or_default();
        // What was still on its way at the end is waited for in silence, which is no part of the run.
        seen.truncate(((seconds + WARM_UP_S) / LOOK_EVERY.as_secs_f64()) as usize);
        let memory: Vec<f64> = seen.iter().map(|(memory, _)| *memory).collect();
        let open: Vec<f64> = seen.iter().map(|(_, open)| *open).collect();
        let p95: Vec<f64> = told.samples.iter().map(|sample| sample.p95_ms).collect();
        println!("soak: {} messages, {} heard, {}", told.messages, told.deliveries, told.counters);
        println!("soak: {} came back, {} of them by the state", told.came_again, told.by_state);
        println!("soak: memory {memory:.0?}");
        println!("soak: p95 {p95:.1?}");
        told.counters.verdict().map_err(Trouble::at("the soak"))?;
        for (metric, values) in
            [(Metric::SoakMemory, memory), (Metric::SoakDescriptors, open), (Metric::SoakLatency, p95)]
        {
            let growth = growth(&values).ok_or_else(|| {
                Trouble::new(format!(
                    "{} looks are too few to fit a line to: give it more minutes",
                    values.len()
                ))
            })?;
            self.report.add(Contestant::Ours, metric, growth * 100.0);
        }
        self.report.note(format!(
            "soak of {:.0} minutes: {} messages, {} heard, {}",
            self.args.minutes, told.messages, told.deliveries, told.counters
        ));
        Ok(())
    }
}

/// Fewer say nothing of a slope.
const LOOKS_MIN: usize = 20;

/// How much a fitted line rises over the run, of its mean; the first fifth, in which caches fill, is not looked at.
fn growth(values: &[f64]) -> Option<f64> {
    if values.len() < LOOKS_MIN {
        return None;
    }
    let values = &values[values.len() / 5..];
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count.max(1.0);
    let middle = (count - 1.0) / 2.0;
    let (mut up, mut across) = (0.0, 0.0);
    for (at, value) in values.iter().enumerate() {
        let from_middle = at as f64 - middle;
        up += from_middle * (value - mean);
        across += from_middle * from_middle;
    }
    Some(if mean == 0.0 { 0.0 } else { up / across * (count - 1.0) / mean })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rises_evenly_grows_and_what_swings_does_not() {
        let rises: Vec<f64> = (0..100).map(|at| 100.0 + f64::from(at)).collect();
        assert!(growth(&rises).is_some_and(|growth| (growth - 79.0 / 159.5).abs() < 1e-9));
        let swings: Vec<f64> = (0..100).map(|at| if at % 2 == 0 { 90.0 } else { 110.0 }).collect();
        assert!(growth(&swings).is_some_and(|growth| growth.abs() < 0.01));
        assert_eq!(growth(&rises[..19]), None, "too few");
    }
}
