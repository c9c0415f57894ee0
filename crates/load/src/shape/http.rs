//! Any endpoint that answers a GET, on the schedule: what people's clients ask, whatever the server has to do meanwhile.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::{Asked, Outcome, judged};
use crate::http::{Caller, request};
use crate::latency::Latency;
use crate::open::Open;
use crate::run::{Answer, Run};
use crate::schedule::Schedule;
use crate::swarm::{Sample, TeamTold};

const CALLERS_KEPT: usize = 256;

struct Shared {
    address: String,
    requests: Vec<Vec<u8>>,
    idle: Mutex<Vec<Caller>>,
    lately: Mutex<Latency>,
    asked: AtomicU64,
    failed: AtomicU64,
}

pub fn run(asked: &Asked, outcome: &mut Outcome) -> io::Result<()> {
    let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
    let schedule: Schedule = asked.stages.parse().map_err(|bad| wrong(format!("{bad}")))?;
    let path = format!("/workspaces/{}{}", asked.crowd.workspace, asked.path);
    let people = asked.crowd.people.iter().take(asked.people.max(1));
    let requests = people.map(|extra| request("GET", &path, Some(&extra.token), None)).collect();
    let shared = Arc::new(Shared {
        address: asked.address.clone(),
        requests,
        idle: Mutex::default(),
        lately: Mutex::default(),
        asked: AtomicU64::new(0),
        failed: AtomicU64::new(0),
    });
    let load = Open { warm_up: Duration::from_secs_f64(asked.warm_up_s), ..Open::new(schedule) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let cpu = crate::swarm::own_cpu();
    let (run, samples) = runtime.block_on(async {
        let curve = tokio::spawn(sample(Arc::clone(&shared), load.schedule.lasts(), asked.progress));
        let asking = Arc::clone(&shared);
        let run = load.run(move |number| ask(Arc::clone(&asking), number)).await;
        (run, curve.await.unwrap_or_default())
    });
    let told = told(&run, crate::swarm::own_cpu() - cpu);
    outcome.verdicts = judged(&asked.thresholds, &told);
    (outcome.samples, outcome.told) = (samples, Some(told));
    Ok(())
}

/// In the words of the other shapes; an answer is what its one listener heard.
fn told(run: &Run, cpu: f64) -> TeamTold {
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    let seconds = run.window.as_secs_f64();
    let (each, mut counters) = (run.latency.percentiles(), run.counters);
    // Due and not asked in time is a failure of whoever was asked before.
    counters.sent += run.missed;
    counters.unknown += run.missed;
    TeamTold {
        seconds,
        messages: run.latency.count(),
        deliveries: run.latency.count(),
        each,
        last: each,
        lag_p99_ms: ms(run.lag.p99()),
        lag_max_ms: ms(run.lag.max()),
        own_cpu: cpu / seconds.max(1e-9),
        counters,
        ..TeamTold::default()
    }
}

async fn ask(shared: Arc<Shared>, number: u64) -> Answer {
    let began = Instant::now();
    shared.asked.fetch_add(1, Ordering::Relaxed);
    let kept = shared.idle.lock().pop();
    let caller = match kept {
        Some(caller) => Ok(caller),
        None => Caller::connect(&shared.address).await,
    };
    let Ok(mut caller) = caller else {
        shared.failed.fetch_add(1, Ordering::Relaxed);
        return Answer::Unknown;
    };
    let request = &shared.requests[number as usize % shared.requests.len()];
    let answer = match caller.ask(request).await {
        Ok((200, _)) => Answer::Acknowledged,
        Ok(_) => Answer::Refused,
        Err(_) => Answer::Unknown,
    };
    if answer != Answer::Acknowledged {
        shared.failed.fetch_add(1, Ordering::Relaxed);
    }
    if answer != Answer::Unknown {
        let mut idle = shared.idle.lock();
        if idle.len() < CALLERS_KEPT {
            idle.push(caller);
        }
    }
    shared.lately.lock().record(began.elapsed());
    answer
}

/// A curve of the run, a point a second.
async fn sample(shared: Arc<Shared>, lasts: Duration, progress: bool) -> Vec<Sample> {
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    let (began, mut samples, mut before) = (Instant::now(), Vec::new(), (0, 0));
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    tick.tick().await;
    while began.elapsed() < lasts {
        tick.tick().await;
        let lately = std::mem::take(&mut *shared.lately.lock()).percentiles();
        let (asked, failed) = (shared.asked.load(Ordering::Relaxed), shared.failed.load(Ordering::Relaxed));
        let sample = Sample {
            at_s: began.elapsed().as_secs_f64(),
            said: asked - before.0,
            deliveries: asked - before.0,
            p50_ms: ms(lately.p50),
            p95_ms: ms(lately.p95),
            p99_ms: ms(lately.p99),
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
