//! Our turns: callers over kept connections, and the check of what became of every send.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use load::closed::Closed;
use load::counters::Counters;
use load::open::Open;
use load::run::{Answer, Run};
use load::schedule::Schedule;
use parking_lot::Mutex as Plain;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::server::Server;
use crate::stub::Stub;
use crate::town::{BODY_BYTES, CHANNELS, Town};
use crate::turn::Outcome;
use load::http::{Caller, request};
use load::process::cpu_of;
use load::trouble::Trouble;

pub const WARM_UP: Duration = Duration::from_secs(1);
pub const PAGE: u64 = 50;
/// A page is longer than its texts.
pub const PAGE_BYTES: usize = PAGE as usize * BODY_BYTES;

#[derive(Clone)]
pub struct Ours<'a> {
    pub server: &'a Server,
    pub town: Arc<Town>,
    pub measure: Duration,
}

/// The connections of a turn. A caller of the closed loop has its own; one of the open loop takes a free one.
pub type Callers = Arc<Vec<Mutex<Caller>>>;
pub type Requests = Arc<Vec<Vec<u8>>>;

#[derive(Deserialize)]
struct Sent {
    number: u64,
}

impl Ours<'_> {
    async fn callers(&self, connections: usize) -> Result<Callers, Trouble> {
        callers(&self.town.address, connections).await
    }

    fn closed(&self, callers: usize) -> Closed {
        Closed { callers, warm_up: WARM_UP, measure: self.measure }
    }

    /// What server and client used while something ran.
    async fn charged(&self, run: impl Future<Output = Run>) -> (Run, Outcome) {
        charged(self.server.process(), run).await
    }

    /// Sends of so many callers at once; each acknowledged one is found in its channel, once.
    pub async fn sends(&self, connections: usize) -> Result<Outcome, Trouble> {
        let callers = self.callers(connections).await?;
        let before = self.lasts().await?;
        let told: Arc<Vec<Plain<Vec<u64>>>> = Arc::new((0..CHANNELS).map(|_| Plain::default()).collect());
        let requests = self.send_requests();
        let heard = told.clone();
        let load = self.closed(connections);
        let (run, outcome) = self
            .charged(load.run(move |call| {
                let (callers, requests, heard) = (callers.clone(), requests.clone(), heard.clone());
                async move {
                    let channel = (call.caller + call.turn as usize) % CHANNELS;
                    let mut caller = callers[call.caller].lock().await;
                    match caller.ask(&requests[channel]).await {
                        Ok((200, body)) => {
                            // An answer that cannot be read names number 0, which nobody has.
                            let number = serde_json::from_slice::<Sent>(body).map_or(0, |sent| sent.number);
                            heard[channel].lock().push(number);
                            Answer::Acknowledged
                        }
                        Ok(_) => Answer::Refused,
                        Err(_) => Answer::Unknown,
                    }
                }
            }))
            .await;
        let mut counters = run.counters;
        let after = self.lasts().await?;
        for (channel, numbers) in told.iter().enumerate() {
            counters.merge(&held_against(&numbers.lock(), before[channel], after[channel]));
        }
        counters.verdict().map_err(Trouble::at(format!("sends of {connections}")))?;
        refused(&run)?;
        Ok(outcome)
    }

    async fn lasts(&self) -> Result<Vec<u64>, Trouble> {
        let mut caller = Caller::connect(&self.town.address).await?;
        let mut lasts = Vec::with_capacity(CHANNELS);
        for channel in 0..CHANNELS {
            lasts.push(self.town.last(&mut caller, channel).await?);
        }
        Ok(lasts)
    }

    /// Pages of history, each caller going back through the channel.
    pub async fn pages(&self, connections: usize, last: u64) -> Result<Outcome, Trouble> {
        let callers = self.callers(connections).await?;
        self.ask_again_and_again(callers, self.page_requests(last), (PAGE_BYTES, self.server.process())).await
    }

    /// `bytes`: of every answer, at least.
    async fn ask_again_and_again(
        &self,
        callers: Callers,
        requests: Requests,
        (bytes, server): (usize, u32),
    ) -> Result<Outcome, Trouble> {
        let load = self.closed(callers.len());
        let asking = load.run(move |call| {
            let (callers, requests) = (callers.clone(), requests.clone());
            async move {
                let at = (call.caller * 7 + call.turn as usize) % requests.len();
                answer(&mut *callers[call.caller].lock().await, &requests[at], bytes).await
            }
        });
        let (run, outcome) = charged(server, asking).await;
        refused(&run)?;
        Ok(outcome)
    }

    /// The generator against a stub whose answers are as long as a page: what it could ask at most.
    pub async fn pages_alone(&self, connections: usize, last: u64) -> Result<Outcome, Trouble> {
        let requests = self.page_requests(last);
        let mut caller = Caller::connect(&self.town.address).await?;
        let (_, body) = caller.ask(&requests[0]).await.map_err(Trouble::at("a page"))?;
        let bytes = body.len();
        self.alone(connections, requests, bytes).await
    }

    /// The same, with what is sent and how that is answered.
    pub async fn sends_alone(&self, connections: usize) -> Result<Outcome, Trouble> {
        const SENT_BYTES: usize = 400;
        self.alone(connections, self.send_requests(), SENT_BYTES).await
    }

    async fn alone(&self, connections: usize, requests: Requests, bytes: usize) -> Result<Outcome, Trouble> {
        let stub = Stub::start(bytes)?;
        let callers = callers(&stub.address, connections).await?;
        self.ask_again_and_again(callers, requests, (bytes, stub.process())).await
    }

    fn send_requests(&self) -> Requests {
        let body = format!(r#"{{"text":"{}"}}"#, "x".repeat(BODY_BYTES));
        let send =
            |channel| request("POST", &self.town.messages(channel), Some(&self.town.token), Some(&body));
        Arc::new((0..CHANNELS).map(send).collect())
    }

    /// The same at a rate of their own, as people come: what they wait, counted from when they were due.
    pub async fn pages_at(&self, per_second: f64, last: u64) -> Result<Outcome, Trouble> {
        const CONNECTIONS: usize = 64;
        let (callers, requests) = (self.callers(CONNECTIONS).await?, self.page_requests(last));
        let lasts = WARM_UP + self.measure;
        let schedule = Schedule::constant(per_second, lasts);
        let mut load = Open::new(schedule);
        load.warm_up = WARM_UP;
        load.in_flight_max = CONNECTIONS;
        let (run, outcome) = self
            .charged(load.run(move |number| {
                let (callers, requests) = (callers.clone(), requests.clone());
                async move {
                    let at = number as usize % requests.len();
                    let mut caller = callers[number as usize % CONNECTIONS].lock().await;
                    answer(&mut caller, &requests[at], PAGE_BYTES).await
                }
            }))
            .await;
        refused(&run)?;
        if run.missed > 0 {
            return Err(Trouble::new(format!("{} pages were not asked in time", run.missed)));
        }
        Ok(outcome)
    }

    fn page_requests(&self, last: u64) -> Requests {
        let pages = windows(last).map(|before| {
            let path = format!("{}?before={before}&limit={PAGE}", self.town.messages(0));
            request("GET", &path, Some(&self.town.token), None)
        });
        Arc::new(pages.collect())
    }
}

pub async fn callers(address: &str, connections: usize) -> Result<Callers, Trouble> {
    let mut callers = Vec::with_capacity(connections);
    for _ in 0..connections {
        callers.push(Mutex::new(Caller::connect(address).await?));
    }
    Ok(Arc::new(callers))
}

pub async fn charged(server: u32, run: impl Future<Output = Run>) -> (Run, Outcome) {
    let (before, client) = (cpu_of(server), cpu_of(std::process::id()));
    let run = run.await;
    let used = cpu_of(server).saturating_sub(before);
    let client = cpu_of(std::process::id()).saturating_sub(client);
    let outcome = Outcome::of(&run, used, client);
    (run, outcome)
}

/// Where the pages of a channel begin, the newest first; the same for the raw peer.
pub fn windows(last: u64) -> impl Iterator<Item = u64> {
    (0..100).map(move |page| (last + 1).saturating_sub(page * 7)).filter(|before| *before > PAGE)
}

pub async fn answer(caller: &mut Caller, request: &[u8], bytes: usize) -> Answer {
    match caller.ask(request).await {
        Ok((200, body)) if body.len() >= bytes => Answer::Acknowledged,
        Ok(_) => Answer::Refused,
        Err(_) => Answer::Unknown,
    }
}

/// Whoever is refused is quickly served: such a run has no figure.
pub fn refused(run: &Run) -> Result<(), Trouble> {
    let Counters { refused, unknown, .. } = run.counters;
    match refused + unknown {
        0 => Ok(()),
        _ => Err(Trouble::new(format!("{refused} were refused and {unknown} got no answer"))),
    }
}

/// Numbers somebody was told, against how far the channel came.
fn held_against(told: &[u64], before: u64, after: u64) -> Counters {
    let once: BTreeSet<u64> = told.iter().copied().collect();
    let inside = once.iter().filter(|number| (before + 1..=after).contains(number)).count() as u64;
    let said = told.len() as u64;
    Counters {
        doubled: said - once.len() as u64,
        lost: once.len() as u64 - inside,
        holes: (after - before).abs_diff(said),
        ..Counters::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_there_once_and_nothing_else_is() {
        assert_eq!(held_against(&[12, 11, 13], 10, 13), Counters::default());
        assert_eq!(held_against(&[11, 11, 12], 10, 12).doubled, 1);
        assert_eq!(held_against(&[11, 0], 10, 12).lost, 1);
        assert_eq!(held_against(&[11], 10, 12).holes, 1);
    }

    #[test]
    fn every_page_of_the_windows_is_full() {
        assert!(windows(400).all(|before| before > PAGE && before <= 401));
        assert_eq!(windows(40).count(), 0);
    }
}
