//! Any endpoint that answers a GET, on the schedule: what people's clients ask, whatever the server has to do meanwhile.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::{Instant, timeout};

use super::Asked;
use crate::http::{Caller, request_of};
use crate::latency::{LATENCY_US_MAX, Latency, milliseconds};
use crate::open::Open;
use crate::run::{Answer, Run};
use crate::schedule::Schedule;
use crate::sources;
use crate::swarm::{Sample, TeamTold};

const CALLERS_KEPT: usize = 256;
/// A server lets go of who says nothing for longer; who asks just then would take its goodbye for an error.
const RESTED: Duration = Duration::from_secs(20);
/// People whose pages are asked for: as many requests are kept in memory.
const READERS_MAX: usize = 5_000;
const PAGE: u32 = 50;

/// What is asked, and when.
pub struct Asking {
    pub requests: Vec<Vec<u8>>,
    pub schedule: Schedule,
    /// A line on stderr, a second.
    pub progress: bool,
}

impl Asking {
    /// One path, as each of the people.
    pub fn of_path(asked: &Asked, schedule: Schedule) -> Self {
        let path = format!("/workspaces/{}{}", asked.crowd.workspace, asked.path);
        let people = asked.crowd.people.iter().take(asked.people.max(1));
        let requests =
            people.map(|extra| request_of(&asked.address, "GET", &path, Some(&extra.token), None)).collect();
        Self { requests, schedule, progress: asked.progress }
    }

    /// The newest page of a channel each sits in, as everyone opens it.
    pub fn of_pages(asked: &Asked, schedule: Schedule) -> Self {
        let crowd = &asked.crowd;
        let page = |extra: &crate::crowd::Extra| {
            let seat = extra.seats.first().copied().unwrap_or_default() as usize;
            let channel = crowd.channels.get(seat)?;
            let path = format!("/workspaces/{}/channels/{channel}/messages?limit={PAGE}", crowd.workspace);
            Some(request_of(&asked.address, "GET", &path, Some(&extra.token), None))
        };
        let requests = crowd.people.iter().take(asked.people.min(READERS_MAX)).filter_map(page).collect();
        Self { requests, schedule, progress: false }
    }
}

struct Shared {
    to: SocketAddr,
    from: Vec<IpAddr>,
    requests: Vec<Vec<u8>>,
    schedule: Schedule,
    began: Instant,
    /// Connections at rest, and since when; the last used on top.
    idle: Mutex<Vec<(Caller, Instant)>>,
    connected: AtomicUsize,
    lately: Mutex<Latency>,
    asked: AtomicU64,
    failed: AtomicU64,
    slowed: AtomicU64,
}

/// The whole schedule, asked over connections that are kept; its curve, a point a second.
pub fn run(asked: &Asked, asking: Asking) -> io::Result<TeamTold> {
    let Asking { requests, schedule, progress } = asking;
    if requests.is_empty() {
        return Err(io::Error::other("the crowd is empty"));
    }
    let to = sources::resolved(&asked.address)?;
    let load = Open { warm_up: Duration::from_secs_f64(asked.warm_up_s), ..Open::new(schedule.clone()) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let cpu = crate::swarm::own_cpu();
    runtime.block_on(async {
        let shared = Arc::new(Shared {
            to,
            from: asked.from.clone(),
            requests,
            schedule,
            began: Instant::now(),
            idle: Mutex::default(),
            connected: AtomicUsize::new(0),
            lately: Mutex::default(),
            asked: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            slowed: AtomicU64::new(0),
        });
        let curve = tokio::spawn(sample(Arc::clone(&shared), load.schedule.lasts(), progress));
        let asking = Arc::clone(&shared);
        let run = load.run(move |number| ask(Arc::clone(&asking), number)).await;
        let own_cpu = (crate::swarm::own_cpu() - cpu) / shared.began.elapsed().as_secs_f64();
        let slowed = shared.slowed.load(Ordering::Relaxed);
        Ok(TeamTold { own_cpu, slowed, samples: curve.await.unwrap_or_default(), ..told(&run) })
    })
}

/// In the words of the other shapes; an answer is what its one listener heard.
fn told(run: &Run) -> TeamTold {
    let (each, mut counters) = (run.latency.percentiles(), run.counters);
    // Due and not asked in time is a failure of whoever was asked before.
    counters.sent += run.missed;
    counters.unknown += run.missed;
    TeamTold {
        seconds: run.window.as_secs_f64(),
        messages: run.latency.count(),
        deliveries: run.latency.count(),
        messages_in_all: counters.sent,
        deliveries_in_all: counters.acknowledged,
        each,
        last: each,
        lag_p99_ms: milliseconds(run.lag.p99()),
        lag_max_ms: milliseconds(run.lag.max()),
        counters,
        ..TeamTold::default()
    }
}

async fn ask(shared: Arc<Shared>, number: u64) -> Answer {
    shared.asked.fetch_add(1, Ordering::Relaxed);
    let request = &shared.requests[number as usize % shared.requests.len()];
    let answer = match timeout(Duration::from_micros(LATENCY_US_MAX), shared.answer(request)).await {
        Ok(Ok(200)) => Answer::Acknowledged,
        Ok(Ok(status)) => {
            shared.slowed.fetch_add(u64::from(status == 429), Ordering::Relaxed);
            Answer::Refused
        }
        Ok(Err(_)) | Err(_) => Answer::Unknown,
    };
    if answer != Answer::Acknowledged {
        shared.failed.fetch_add(1, Ordering::Relaxed);
    }
    let due = shared.began + shared.schedule.due(number).unwrap_or_default();
    shared.lately.lock().record(due.elapsed());
    answer
}

impl Shared {
    /// The status. A kept connection that ends just now was let go for resting: that request is asked once more.
    async fn answer(&self, request: &[u8]) -> io::Result<u16> {
        if let Some(mut caller) = self.rested() {
            let asked = caller.ask(request).await.map(|(status, _)| status);
            if let Ok(status) = asked {
                self.keep(caller);
                return Ok(status);
            }
        }
        let nth = self.connected.fetch_add(1, Ordering::Relaxed);
        let mut caller = Caller::connect_from(self.to, sources::nth(&self.from, self.to, nth)).await?;
        let (status, _) = caller.ask(request).await?;
        self.keep(caller);
        Ok(status)
    }

    fn rested(&self) -> Option<Caller> {
        let mut idle = self.idle.lock();
        let (caller, since) = idle.pop()?;
        if since.elapsed() < RESTED {
            return Some(caller);
        }
        // Those below rested longer still.
        idle.clear();
        None
    }

    fn keep(&self, caller: Caller) {
        let mut idle = self.idle.lock();
        if idle.len() < CALLERS_KEPT {
            idle.push((caller, Instant::now()));
        }
    }
}

async fn sample(shared: Arc<Shared>, lasts: Duration, progress: bool) -> Vec<Sample> {
    let (mut samples, mut before) = (Vec::new(), (0, 0));
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.tick().await;
    while shared.began.elapsed() < lasts {
        tick.tick().await;
        let lately = std::mem::take(&mut *shared.lately.lock()).percentiles();
        let (asked, failed) = (shared.asked.load(Ordering::Relaxed), shared.failed.load(Ordering::Relaxed));
        let sample = Sample {
            at_s: shared.began.elapsed().as_secs_f64(),
            said: asked - before.0,
            deliveries: asked - before.0,
            p50_ms: milliseconds(lately.p50),
            p95_ms: milliseconds(lately.p95),
            p99_ms: milliseconds(lately.p99),
            level: 0,
            refused: failed - before.1,
        };
        before = (asked, failed);
        if progress {
            sample.show();
        }
        samples.push(sample);
    }
    samples
}
