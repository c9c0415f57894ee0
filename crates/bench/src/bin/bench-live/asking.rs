//! Asking beside being told: the same people have the same messages of one channel, once by asking every second what is
//! new, as a server without sockets would have it, and once at a socket each.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use load::crowd::Crowd;
use load::http::{Caller, request};
use load::latency::Latency;
use load::process::cpu_of;
use load::swarm::Coming;
use load::swarm::clock::now_us;
use load::swarm::errand::{Errand, Talked};
use load::swarm::mark::Mark;
use load::trouble::Trouble;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::contestant::Contestant;
use crate::fleet::stretch;
use crate::report::Metric;
use crate::rows::{Bench, Scene, all_level};
use crate::stand::{Stand, free_port, ours, party};

const PEOPLE: usize = 1_000;
const EVERY: Duration = Duration::from_secs(1);
const SAID_PER_SECOND: f64 = 4.0;
const SECONDS: f64 = 20.0;
/// After the last message everyone has asked once more, however slowly they are answered.
const AFTER: Duration = Duration::from_secs(3);
const COMING: Coming = Coming { at_once: 256, per_second: None, within_s: 60.0 };

/// What one way of it cost and how late it was.
struct Cost {
    cpu_percent: f64,
    p95_ms: f64,
}

impl Bench<'_> {
    pub fn asking(&mut self, crowd: &(PathBuf, Crowd)) -> Result<(), Trouble> {
        let people = PEOPLE.min(self.sizes.crowd / 2);
        let scene = self.one_channel(crowd, "asking", people + 1)?;
        self.report
            .note(format!("asking and being told: {people} people, {SAID_PER_SECOND} messages a second"));
        for round in 0..self.args.rounds() {
            let asked = self.by_asking(&crowd.1, &scene, people)?;
            let told = self.by_socket(&scene, people)?;
            println!(
                "asking round {}: {:.1} % of a processor and p95 {:.1} ms by asking, {:.1} % and {:.1} ms at sockets",
                round + 1,
                asked.cpu_percent,
                asked.p95_ms,
                told.cpu_percent,
                told.p95_ms
            );
            for (metric, value) in [
                (Metric::AskedCpu, asked.cpu_percent),
                (Metric::AskedP95, asked.p95_ms),
                (Metric::ToldCpu, told.cpu_percent),
                (Metric::ToldP95, told.p95_ms),
            ] {
                self.report.add(Contestant::Ours, metric, value);
            }
        }
        Ok(())
    }

    /// One address asks for all of them, so it may ask as often as it likes.
    fn asked_stand(&self, scene: &Scene<'_>) -> Result<Stand, Trouble> {
        let port = free_port()?;
        let mut command = ours(self.ground, scene.data, port);
        command.env("ROOKERY_RATES__ADDRESS", "0");
        Stand::run(command, Contestant::Ours, port)
    }

    /// Who speaks is at a socket, the others ask.
    fn by_asking(&self, crowd: &Crowd, scene: &Scene<'_>, people: usize) -> Result<Cost, Trouble> {
        let stand = self.asked_stand(scene)?;
        let mut speaker = party(&stand, scene.place(Contestant::Ours), &scene.people, 0..1, (1, false))?;
        speaker.arrive(COMING).map_err(Trouble::at("coming in"))?;
        let runtime = tokio::runtime::Runtime::new().map_err(Trouble::at("a runtime"))?;
        let path = format!("/workspaces/{}/channels/{}/messages", crowd.workspace, crowd.channels[0]);
        let tokens = crowd.people[1..=people].iter().map(|extra| extra.token.clone());
        let (tokens, address) = (tokens.collect::<Vec<_>>(), stand.address.clone());
        let askers = runtime.block_on(gathered(&address, &path, tokens))?;
        let (began, cpu) = (Instant::now(), cpu_of(stand.process()));
        speaker.send(&stretch(0, SAID_PER_SECOND, SECONDS)).map_err(Trouble::at("talking"))?;
        let until = began + Duration::from_secs_f64(SECONDS) + AFTER;
        let heard = runtime.block_on(all_ask(askers, until))?;
        let cpu = cpu_of(stand.process()).saturating_sub(cpu).as_secs_f64();
        let seconds = began.elapsed().as_secs_f64();
        let talked: Talked = speaker.answer().map_err(Trouble::at("talking"))?;
        let due = talked.counters.acknowledged * people as u64;
        if heard.count() != due {
            return Err(Trouble::new(format!("{} messages of {due} were read", heard.count())));
        }
        Ok(Cost { cpu_percent: cpu / seconds * 100.0, p95_ms: ms(heard.percentiles().p95) })
    }

    fn by_socket(&self, scene: &Scene<'_>, people: usize) -> Result<Cost, Trouble> {
        let stand = self.asked_stand(scene)?;
        let mut party =
            party(&stand, scene.place(Contestant::Ours), &scene.people, 0..people + 1, (1, false))?;
        let arrived = party.arrive(COMING).map_err(Trouble::at("coming in"))?;
        all_level(Contestant::Ours, arrived.level, people + 1)?;
        let (began, cpu) = (Instant::now(), cpu_of(stand.process()));
        let talked: Talked =
            party.ask(&stretch(0, SAID_PER_SECOND, SECONDS)).map_err(Trouble::at("talking"))?;
        party.ask::<()>(&Errand::Idle { seconds: AFTER.as_secs_f64() }).map_err(Trouble::at("listening"))?;
        let cpu = cpu_of(stand.process()).saturating_sub(cpu).as_secs_f64();
        talked.counters.verdict().map_err(Trouble::at("sockets"))?;
        let seconds = began.elapsed().as_secs_f64();
        Ok(Cost { cpu_percent: cpu / seconds * 100.0, p95_ms: ms(talked.each.p95) })
    }
}

/// Somebody who asks over a connection of their own.
struct Asker {
    caller: Caller,
    path: Arc<str>,
    token: String,
    /// The number of the newest message they have.
    last: u64,
}

/// Everyone connected, and at the newest message there is.
async fn gathered(address: &str, path: &str, tokens: Vec<String>) -> Result<Vec<Asker>, Trouble> {
    let path: Arc<str> = path.into();
    let mut askers = Vec::with_capacity(tokens.len());
    for token in tokens {
        let caller = Caller::connect(address).await?;
        let mut asker = Asker { caller, path: Arc::clone(&path), token, last: 0 };
        asker.last = asker.reads("limit=1").await?["last"].as_u64().unwrap_or(0);
        askers.push(asker);
    }
    Ok(askers)
}

async fn all_ask(askers: Vec<Asker>, until: Instant) -> Result<Latency, Trouble> {
    let (mut asking, count) = (JoinSet::new(), askers.len() as u32);
    for (at, asker) in askers.into_iter().enumerate() {
        // Spread over the second, as people are.
        asking.spawn(asker.asks(Instant::now() + EVERY * at as u32 / count, until));
    }
    let mut all = Latency::default();
    while let Some(one) = asking.join_next().await {
        all.merge(&one.map_err(Trouble::at("asking"))??);
    }
    Ok(all)
}

impl Asker {
    async fn asks(mut self, first: Instant, until: Instant) -> Result<Latency, Trouble> {
        let (mut heard, mut hint) = (Latency::default(), 0);
        let mut every = interval_at(first, EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while Instant::now() < until {
            every.tick().await;
            let page = self.reads(&format!("after={}&limit=50", self.last)).await?;
            let now = now_us();
            for message in page["messages"].as_array().into_iter().flatten() {
                let text = message["text"].as_str().unwrap_or_default();
                self.last = self.last.max(message["number"].as_u64().unwrap_or(0));
                if let Some((_, mark)) = Mark::find(text.as_bytes(), &mut hint) {
                    heard.record(Duration::from_micros(now.saturating_sub(mark.due_us)));
                }
            }
        }
        Ok(heard)
    }

    async fn reads(&mut self, what: &str) -> Result<Value, Trouble> {
        self.caller.json(&request("GET", &format!("{}?{what}", self.path), Some(&self.token), None)).await
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
