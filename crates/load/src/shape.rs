//! The shapes of a load, as `rookery load` asks for them: who comes, what they do, what must be kept, and what came of it.

mod bound;
mod html;
mod http;
mod judge;
mod knee;
mod machine;
mod outcome;
mod parties;
mod ticker;
pub mod verdict;
mod watch;

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::crowd::Crowd;
use crate::place::{machine, today};
use crate::schedule::Schedule;
use crate::sources::resolved;
use crate::swarm::errand::Errand;
use crate::swarm::{Coming, Team};
use bound::Moment;
use http::Asking;
use ticker::Ticker;
use verdict::Thresholds;
use watch::Watch;

pub use html::page;
pub use knee::{Climb, Knee, Step, find as find_knee};
pub use outcome::Outcome;

/// Pages of history opened for each message that is said.
const PAGES_A_MESSAGE: f64 = 1.0;
/// What is said once everyone is back from a storm: everyone hears it, or they are not back.
const AFTER_A_STORM: &str = "0s→5, 2s hold";
/// An idle moment before a storm.
const CALM_S: f64 = 5.0;
/// What coming in may take, beyond the rate that was asked for.
const COMING_S: f64 = 120.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Idle,
    Storm,
    Fanout,
    Team,
    Http,
}

impl Shape {
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Storm => "storm",
            Self::Fanout => "fanout",
            Self::Team => "team",
            Self::Http => "http",
        }
    }

    /// Something is due at a rate, so there is a most that is held.
    pub fn has_a_rate(self) -> bool {
        matches!(self, Self::Fanout | Self::Team | Self::Http)
    }
}

#[derive(Debug, Clone)]
pub struct Asked {
    pub shape: Shape,
    /// `host:port` of the server and of its metrics.
    pub address: String,
    pub metrics: Option<String>,
    /// Addresses of this machine to come from; none: its own many where the server is here.
    pub from: Vec<IpAddr>,
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

impl Asked {
    /// A run that measures nothing is refused before anybody comes.
    fn schedule(&self) -> io::Result<Schedule> {
        let schedule: Schedule = self.stages.parse()?;
        if schedule.lasts().as_secs_f64() <= self.warm_up_s {
            let why =
                format!("of \"{}\" nothing is left behind a warm-up of {} s", self.stages, self.warm_up_s);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        if schedule.requests() == 0 {
            let why = format!("\"{}\" asks for nothing", self.stages);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        Ok(schedule)
    }

    fn coming(&self) -> Coming {
        let due = self.per_second.map_or(0.0, |rate| self.people as f64 / rate);
        Coming { at_once: 512, per_second: self.per_second, within_s: COMING_S + due }
    }
}

/// One run. `party` is a program that serves errands on its input and output.
pub fn run(asked: &Asked, party: &impl Fn() -> Command) -> io::Result<Outcome> {
    let schedule = if asked.shape.has_a_rate() { Some(asked.schedule()?) } else { None };
    let is_here = resolved(&asked.address)?.ip().is_loopback();
    let watch = Watch::start(asked.metrics.clone());
    let mut outcome = Outcome {
        shape: asked.shape.name().to_owned(),
        people: asked.people,
        machine: machine(),
        date: today(),
        address: asked.address.clone(),
        stages: schedule.as_ref().map(|_| asked.stages.clone()),
        text_bytes: asked.text_bytes,
        ..Outcome::default()
    };
    let (mut since_s, mut until_s) = (0.0, 0.0);
    let done = match (asked.shape, schedule) {
        (Shape::Http, Some(schedule)) => {
            since_s = watch.now_s();
            until_s = since_s + schedule.busiest_until().as_secs_f64();
            asks(asked, schedule, &mut outcome)
        }
        (_, schedule) => sockets(asked, party, schedule, (&watch, &mut since_s, &mut until_s), &mut outcome),
    };
    outcome.server = watch.stop();
    done?;
    outcome.verdicts = if asked.shape == Shape::Http {
        outcome.told.as_ref().map(|told| judge::of_answers(&asked.thresholds, told)).unwrap_or_default()
    } else {
        judge::all(asked, &outcome)
    };
    if !outcome.is_kept() {
        let at = Moment { until_s, since_s, is_here, lag_ms: asked.thresholds.lag_ms };
        outcome.bound_by = Some(bound::by(&outcome.server, outcome.told.as_ref(), at).to_owned());
    }
    Ok(outcome)
}

fn asks(asked: &Asked, schedule: Schedule, outcome: &mut Outcome) -> io::Result<()> {
    let mut told = http::run(asked, Asking::of_path(asked, schedule))?;
    outcome.samples = std::mem::take(&mut told.samples);
    outcome.told = Some(told);
    Ok(())
}

fn sockets(
    asked: &Asked,
    party: &impl Fn() -> Command,
    schedule: Option<Schedule>,
    (watch, since_s, until_s): (&Watch, &mut f64, &mut f64),
    outcome: &mut Outcome,
) -> io::Result<()> {
    let mut parties = parties::gather(asked, party)?;
    let coming = asked.coming();
    {
        let _shown = Ticker::start(asked.progress, format!("{} people come in", asked.people));
        outcome.arrived.push(parties::come(&mut parties, coming)?);
    }
    *until_s = watch.now_s();
    match asked.shape {
        Shape::Idle => {
            let _shown = Ticker::start(asked.progress, "all of them are held");
            parties::all(&mut parties, &Errand::Idle { seconds: asked.hold_s })?;
            outcome.level_after = Some(parties::level(&mut parties)?);
        }
        Shape::Storm => {
            let _shown = Ticker::start(asked.progress, "all of them are gone, and come back");
            parties::all(&mut parties, &Errand::Idle { seconds: CALM_S.min(asked.hold_s) })?;
            parties::all(&mut parties, &Errand::Drop {})?;
            let back = Coming { at_once: 2_000, per_second: None, ..coming };
            *since_s = watch.now_s();
            outcome.arrived.push(parties::come(&mut parties, back)?);
            *until_s = watch.now_s();
            let after: Schedule = AFTER_A_STORM.parse()?;
            let team = Team { stages: AFTER_A_STORM.to_owned(), warm_up_s: 0.0, ..team(asked) };
            let mut told = parties::talk(&mut parties, team, after.lasts().as_secs_f64())?;
            told.samples.clear();
            outcome.told = Some(told);
        }
        Shape::Fanout | Shape::Team => {
            let schedule = schedule.unwrap_or_default();
            *since_s = watch.now_s();
            *until_s = *since_s + schedule.busiest_until().as_secs_f64();
            talk(asked, &mut parties, &schedule, outcome)?;
        }
        Shape::Http => {}
    }
    Ok(())
}

fn team(asked: &Asked) -> Team {
    let is_team = asked.shape == Shape::Team;
    Team {
        stages: asked.stages.clone(),
        text_bytes: asked.text_bytes,
        directs_from: if is_team { asked.crowd.directs_from } else { 1 },
        warm_up_s: asked.warm_up_s,
        seed: 1,
        only_messages: !is_team,
        progress: asked.progress && asked.shape != Shape::Storm,
    }
}

/// A team opens pages of history while it talks.
fn talk(
    asked: &Asked,
    parties: &mut [crate::swarm::errand::Party],
    schedule: &Schedule,
    outcome: &mut Outcome,
) -> io::Result<()> {
    let lasts_s = schedule.lasts().as_secs_f64();
    let (told, pages) = std::thread::scope(|scope| {
        let reads = (asked.shape == Shape::Team).then(|| {
            let pages = Asking::of_pages(asked, schedule.times(PAGES_A_MESSAGE));
            scope.spawn(|| http::run(asked, pages))
        });
        let told = parties::talk(parties, team(asked), lasts_s);
        let pages =
            reads.map(|reads| reads.join().unwrap_or_else(|_| Err(io::Error::other("the readers failed"))));
        (told, pages)
    });
    let mut told = told?;
    outcome.samples = std::mem::take(&mut told.samples);
    outcome.told = Some(told);
    outcome.pages = pages.transpose()?.map(|pages| crate::swarm::TeamTold { samples: Vec::new(), ..pages });
    Ok(())
}
