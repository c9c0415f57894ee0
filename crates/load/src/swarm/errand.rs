//! A swarm in a process of its own: orders come in as lines of JSON, each is answered with one line.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use super::flight::{Speaker, Stretch, Talked};
pub use super::look::Lookers;

use super::arrive::Coming;
use super::dialect::{Dialect, Person, Place};
use super::{Arrived, Swarm};
use crate::counters::Counters;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// The first one: who they are and where they go. People stand in a file, one JSON line each.
    Gather {
        dialect: Dialect,
        place: Place,
        people: PathBuf,
        from: usize,
        to: usize,
        process: u32,
        others: bool,
    },
    /// Everyone who is away comes in.
    Arrive(Coming),
    Talk(Stretch),
    Team(super::Team),
    /// What others say is heard and measured.
    Hear(super::Hearing),
    /// Some have others' faces on their screens, and people come and go.
    Look(Lookers),
    /// Everyone's connection breaks at once.
    Drop {},
    /// Until all but so many are gone.
    WaitForLoss {
        left: usize,
        within_s: f64,
    },
    /// What comes is read for so long; what comes between two errands waits in the kernel.
    Idle {
        seconds: f64,
    },
    /// From now on another server is theirs.
    TurnTo {
        address: String,
    },
    /// What is wrong so far, and how many are level.
    Count {},
    /// How many that were said never came here, by what is known of them: so many of each stream.
    Unheard {
        said: Vec<u32>,
    },
}

/// What an account of a swarm says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Counted {
    pub level: usize,
    pub counters: Counters,
    /// Messages that are known of, by stream.
    pub said: Vec<u32>,
    /// The first few who did not hear everything, and where they are.
    pub behind: Vec<String>,
}

/// Serves until the orders end.
pub fn serve(orders: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    let mut swarm = None;
    crate::process::take_descriptors();
    for line in orders.lines() {
        let errand = serde_json::from_str(&line?)?;
        let answer = done(&mut swarm, errand)
            .unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }));
        writeln!(answers, "{answer}")?;
        answers.flush()?;
    }
    Ok(())
}

fn done(swarm: &mut Option<Swarm>, errand: Errand) -> io::Result<Value> {
    if let Errand::Gather { dialect, place, people, from, to, process, others } = errand {
        let file = io::BufReader::new(std::fs::File::open(people)?);
        let chosen = file.lines().take(to).skip(from);
        let people: Vec<Person> =
            chosen.map(|line| Ok(serde_json::from_str(&line?)?)).collect::<io::Result<_>>()?;
        let count = people.len();
        *swarm = Some(Swarm::new(dialect, place, people, process, others)?);
        return Ok(count.into());
    }
    let swarm = swarm.as_mut().ok_or_else(|| io::Error::other("nobody was gathered yet"))?;
    let seconds = Duration::from_secs_f64;
    let answer = match errand {
        Errand::Gather { .. } => Value::Null,
        Errand::Arrive(coming) => serde_json::to_value(swarm.arrive(coming)?)?,
        Errand::Talk(stretch) => serde_json::to_value(swarm.talk(&stretch)?)?,
        Errand::Team(team) => serde_json::to_value(swarm.team(&team)?)?,
        Errand::Hear(hearing) => serde_json::to_value(swarm.hear(hearing)?)?,
        Errand::Look(lookers) => swarm.look(lookers)?.into(),
        Errand::WaitForLoss { left, within_s } => swarm.wait_for_loss(left, seconds(within_s))?.into(),
        Errand::Idle { seconds: lasts } => {
            swarm.idle(seconds(lasts))?;
            Value::Null
        }
        Errand::Drop {} => {
            swarm.drop_all();
            Value::Null
        }
        Errand::TurnTo { address } => {
            swarm.turn_to(&address)?;
            Value::Null
        }
        Errand::Unheard { said } => swarm.ledger.unheard(&said).into(),
        Errand::Count {} => {
            let (level, counters, said) = (swarm.level(), swarm.counters(), swarm.said());
            serde_json::to_value(Counted { level, counters, said, behind: swarm.behind() })?
        }
    };
    Ok(answer)
}

/// The other end: a process of one's own that serves errands.
pub struct Party {
    child: std::process::Child,
    orders: std::process::ChildStdin,
    answers: io::Lines<io::BufReader<std::process::ChildStdout>>,
}

impl Party {
    /// `command` is a program that calls `serve` on its input and output.
    pub fn start(mut command: std::process::Command) -> io::Result<Self> {
        use std::process::Stdio;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let missing = || io::Error::other("a process without its pipes");
        let orders = child.stdin.take().ok_or_else(missing)?;
        let answers = io::BufReader::new(child.stdout.take().ok_or_else(missing)?).lines();
        Ok(Self { child, orders, answers })
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Begins an errand; its answer is read later, so that several parties work at once.
    pub fn send(&mut self, errand: &Errand) -> io::Result<()> {
        let mut line = serde_json::to_vec(errand)?;
        line.push(b'\n');
        self.orders.write_all(&line)?;
        self.orders.flush()
    }

    pub fn answer<T: serde::de::DeserializeOwned>(&mut self) -> io::Result<T> {
        let line = self.answers.next().ok_or_else(|| io::Error::other("a party of sockets ended"))??;
        let value: Value = serde_json::from_str(&line)?;
        if let Some(error) = value.get("error").and_then(Value::as_str) {
            return Err(io::Error::other(error.to_owned()));
        }
        Ok(serde_json::from_value(value)?)
    }

    pub fn ask<T: serde::de::DeserializeOwned>(&mut self, errand: &Errand) -> io::Result<T> {
        self.send(errand)?;
        self.answer()
    }

    pub fn arrive(&mut self, coming: Coming) -> io::Result<Arrived> {
        self.ask(&Errand::Arrive(coming))
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
