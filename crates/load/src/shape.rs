//! The shapes of a load, as `rookery load` asks for them: who comes, what they do, what must be kept, and what came of it.

mod html;
mod http;
pub mod verdict;
pub mod watch;

use std::io;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::counters::Counters;
use crate::crowd::{Crowd, write_people};
use crate::place::machine;
use crate::swarm::dialect::{Dialect, Person, Place};
use crate::swarm::errand::{Errand, Party};
use crate::swarm::{Arrived, Coming, Sample, Team, TeamTold};
use verdict::{Thresholds, Verdict};
use watch::{Seen, Watch};

pub use html::page;

/// A process may hold 20,000 descriptors on many machines; this leaves it some.
pub const SOCKETS_EACH: usize = 15_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Idle,
    Storm,
    Fanout,
    Team,
    Http,
}

#[derive(Debug, Clone)]
pub struct Asked {
    pub shape: Shape,
    /// `host:port` of the server and of its metrics.
    pub address: String,
    pub metrics: Option<String>,
    pub crowd: Crowd,
    pub people: usize,
    /// Asked for or said a second, as `1m→50, 3m hold`.
    pub stages: String,
    pub text_bytes: usize,
    pub warm_up_s: f64,
    /// How long an idle crowd is held.
    pub hold_s: f64,
    pub per_second: Option<f64>,
    /// Of the shape `http`, behind the workspace's own part.
    pub path: String,
    pub thresholds: Thresholds,
    pub progress: bool,
    pub folder: PathBuf,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    pub shape: String,
    pub people: usize,
    pub machine: String,
    pub stages: String,
    pub arrived: Vec<Arrived>,
    pub told: Option<TeamTold>,
    pub samples: Vec<Sample>,
    pub server: Vec<Seen>,
    pub verdicts: Vec<Verdict>,
    pub bound_by: Option<String>,
}

impl Outcome {
    pub fn is_kept(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.kept)
    }

    /// The summary, a line each.
    pub fn rows(&self) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        let mut row = |name: &str, value: String| rows.push((name.to_owned(), value));
        for arrived in &self.arrived {
            row("came in", format!("{} in {:.1} s", arrived.level, arrived.seconds));
            row("99 of 100 of them within", format!("{:.2} s", arrived.seconds_99));
            row("each, from the first try to being level", arrived.waited.to_string());
            row("told to come back later, and did", arrived.turned_away.to_string());
        }
        if let Some(told) = &self.told {
            let rate = |count: u64| format!("{count}, {:.0} a second", count as f64 / told.seconds.max(1e-9));
            row("asked or said", rate(told.messages));
            row("reactions beside", told.acts.to_string());
            row("heard", rate(told.deliveries));
            row("each, from when it was due", told.each.to_string());
            row("the last who heard it", told.last.to_string());
            row("connections broken and back", told.came_again.to_string());
            row("counted", told.counters.to_string());
            row(
                "the generator's lag",
                format!("p99 {:.2} ms, most {:.2} ms", told.lag_p99_ms, told.lag_max_ms),
            );
            row("the generator's own processor", format!("{:.0} %", told.own_cpu * 100.0));
        }
        if let Some(most) =
            self.server.iter().map(|seen| seen.memory_mb).reduce(f64::max).filter(|most| *most > 0.0)
        {
            row("memory of the server, most", format!("{most:.0} MB"));
        }
        if let Some(bound) = &self.bound_by {
            row("what stops it", bound.clone());
        }
        rows
    }
}

/// One run. `party` is a program that serves errands on its input and output.
pub fn run(asked: &Asked, party: &impl Fn() -> Command) -> io::Result<Outcome> {
    let watch = Watch::start(asked.metrics.clone());
    let mut outcome = Outcome {
        shape: format!("{:?}", asked.shape).to_lowercase(),
        people: asked.people,
        machine: machine(),
        stages: asked.stages.clone(),
        ..Outcome::default()
    };
    let done = match asked.shape {
        Shape::Http => http::run(asked, &mut outcome),
        _ => sockets(asked, party, &mut outcome),
    };
    outcome.server = watch.stop();
    done?;
    if !outcome.is_kept() {
        let processors = std::thread::available_parallelism().map_or(1.0, |count| count.get() as f64);
        outcome.bound_by = Some(watch::bound_by(&outcome.server, processors).to_owned());
    }
    Ok(outcome)
}

fn sockets(asked: &Asked, party: &impl Fn() -> Command, outcome: &mut Outcome) -> io::Result<()> {
    let mut parties = gather(asked, party)?;
    let coming = Coming { at_once: 512, per_second: asked.per_second, within_s: 120.0 };
    outcome.arrived.push(come(&mut parties, coming)?);
    match asked.shape {
        Shape::Idle => {
            all(&mut parties, &Errand::Idle { seconds: asked.hold_s })?;
        }
        Shape::Storm => {
            all(&mut parties, &Errand::Idle { seconds: asked.hold_s.min(5.0) })?;
            all(&mut parties, &Errand::Drop {})?;
            outcome.arrived.push(come(&mut parties, Coming { at_once: 2_000, per_second: None, ..coming })?);
        }
        Shape::Fanout | Shape::Team => {
            let team = Team {
                stages: asked.stages.clone(),
                text_bytes: asked.text_bytes,
                directs_from: if asked.shape == Shape::Fanout { 1 } else { asked.crowd.directs_from },
                warm_up_s: asked.warm_up_s,
                seed: 1,
                only_messages: asked.shape == Shape::Fanout,
                progress: asked.progress,
            };
            let mut told: TeamTold = parties[0].ask(&Errand::Team(team))?;
            outcome.samples = std::mem::take(&mut told.samples);
            outcome.told = Some(told);
        }
        Shape::Http => {}
    }
    judge(asked, outcome);
    Ok(())
}

fn gather(asked: &Asked, party: &impl Fn() -> Command) -> io::Result<Vec<Party>> {
    let fanout = asked.shape == Shape::Fanout;
    let talks = matches!(asked.shape, Shape::Fanout | Shape::Team);
    let file = asked.folder.join("people.jsonl");
    let people: Vec<Person> = asked
        .crowd
        .people
        .iter()
        .take(asked.people)
        .map(|extra| Person {
            token: extra.token.clone(),
            account: extra.account.clone(),
            streams: match asked.shape {
                Shape::Fanout => vec![0],
                Shape::Team => std::iter::once(0).chain(extra.seats.iter().copied()).collect(),
                _ => Vec::new(),
            },
        })
        .collect();
    write_people(people.iter(), &file)?;
    let channels = if fanout { asked.crowd.channels[..1].to_vec() } else { asked.crowd.channels.clone() };
    let place = Place { address: asked.address.clone(), workspace: asked.crowd.workspace.clone(), channels };
    // Who talks is held against what was said, and that one process knows.
    let each = if talks { people.len().max(1) } else { SOCKETS_EACH };
    let mut parties = Vec::new();
    for (number, from) in (0..people.len()).step_by(each).enumerate() {
        let mut started = Party::start(party())?;
        let _: usize = started.ask(&Errand::Gather {
            dialect: Dialect::Rookery,
            place: place.clone(),
            people: file.clone(),
            from,
            to: (from + each).min(people.len()),
            process: number as u32 + 1,
            others: false,
        })?;
        parties.push(started);
    }
    if parties.is_empty() { Err(io::Error::other("the crowd is empty")) } else { Ok(parties) }
}

/// All at once; the answers in turn.
fn all(parties: &mut [Party], errand: &Errand) -> io::Result<Vec<serde_json::Value>> {
    parties.iter_mut().try_for_each(|party| party.send(errand))?;
    parties.iter_mut().map(Party::answer).collect()
}

/// Everybody, as one arrival: the slowest process counts.
fn come(parties: &mut [Party], coming: Coming) -> io::Result<Arrived> {
    let answers = all(parties, &Errand::Arrive(coming))?;
    let mut whole = Arrived::default();
    for answer in answers {
        let one: Arrived = serde_json::from_value(answer)?;
        whole.level += one.level;
        whole.turned_away += one.turned_away;
        whole.broken += one.broken;
        whole.by_state += one.by_state;
        whole.own_cpu += one.own_cpu;
        whole.seconds = whole.seconds.max(one.seconds);
        whole.seconds_99 = whole.seconds_99.max(one.seconds_99);
        if one.waited.p99 > whole.waited.p99 {
            whole.waited = one.waited;
        }
    }
    Ok(whole)
}

fn judge(asked: &Asked, outcome: &mut Outcome) {
    let mut verdicts = Vec::new();
    let level = outcome.arrived.last().map_or(0, |arrived| arrived.level);
    let missing = asked.people.saturating_sub(level) as f64 / asked.people.max(1) as f64;
    verdicts.push(Verdict::at_most(
        "people who could not come in, share",
        missing,
        asked.thresholds.errors_share,
    ));
    if let Some(told) = &outcome.told {
        verdicts.extend(judged(&asked.thresholds, told));
    }
    outcome.verdicts = verdicts;
}

/// Of what was asked and heard.
fn judged(bounds: &Thresholds, told: &TeamTold) -> Vec<Verdict> {
    let Counters { sent, refused, unknown, lost, doubled, reordered, holes, torn, leaked, .. } =
        told.counters;
    let wrong = lost + doubled + reordered + holes + torn + leaked;
    let errors = (refused + unknown) as f64 / sent.max(1) as f64;
    vec![
        Verdict::at_most("95 of 100 within, ms", told.each.p95.as_secs_f64() * 1e3, bounds.p95_ms),
        Verdict::at_most("errors, share", errors, bounds.errors_share),
        Verdict::at_most("lost, doubled, out of order, torn or leaked", wrong as f64, 0.0),
        Verdict::at_most("the generator's own lag, p99, ms", told.lag_p99_ms, bounds.lag_ms),
    ]
}

/// The most a shape holds: each step asks for half as much again, until a bound breaks.
pub fn find_knee(
    asked: &Asked,
    party: &impl Fn() -> Command,
    (from, step_s): (f64, f64),
    mut tell: impl FnMut(&str),
) -> io::Result<(Option<f64>, Outcome)> {
    const GROWS: f64 = 1.5;
    let (mut rate, mut held) = (from, None);
    loop {
        let ramp = step_s / 4.0;
        let stages = format!("{ramp:.0}s→{rate:.0}, {step_s:.0}s hold");
        let outcome = run(&Asked { stages, warm_up_s: ramp, ..asked.clone() }, party)?;
        let word = if outcome.is_kept() { "kept" } else { "broken" };
        let p95 = outcome.told.as_ref().map_or(0.0, |told| told.each.p95.as_secs_f64() * 1e3);
        tell(&format!("{rate:.0} a second: {word}, p95 {p95:.1} ms"));
        if !outcome.is_kept() {
            return Ok((held, outcome));
        }
        held = Some(rate);
        rate *= GROWS;
    }
}
