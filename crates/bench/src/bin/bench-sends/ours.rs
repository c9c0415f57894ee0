//! Our turn: a store on a fresh database, teams who write to it, and the check of what it holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use load::noise::{Noise, Watch};
use load::run::{Answer, Run};

use crate::database::Database;
use crate::outcome::Outcome;
use crate::plan::{Cell, Load, Plan};
use crate::serving::Serving;
use crate::teams::Teams;
use load::trouble::Trouble;

/// As the server runs: a worker a core, shared with the callers.
pub fn run(plan: &Plan, cell: Cell, database: &Database, servers: &[u32]) -> Result<Outcome, Trouble> {
    let runtime = tokio::runtime::Runtime::new().map_err(Trouble::at("a runtime"))?;
    let (teams, run, noise) = runtime.block_on(async {
        let serving = Serving::start(database).await?;
        let teams = Teams::found(&serving.store, cell.spread).await?;
        database.settle()?;
        let watch = Watch::start(servers);
        let run = drive(plan, cell, &teams).await;
        let noise = watch.stop();
        serving.stop().await;
        Ok::<_, Trouble>((teams, run, noise))
    })?;
    let mut outcome = outcome(&run, noise);
    outcome.counters.merge(&teams.judge(&database.read_back()?));
    Ok(outcome)
}

/// The generator against nothing: what it could ask at most, and so whether it is the generator that is measured.
pub fn run_alone(plan: &Plan, load: Load) -> Result<Outcome, Trouble> {
    let runtime = tokio::runtime::Runtime::new().map_err(Trouble::at("a runtime"))?;
    let watch = Watch::start(&[]);
    let run = runtime.block_on(ask(plan, load, || async {
        tokio::task::yield_now().await;
        Answer::Acknowledged
    }));
    Ok(outcome(&run, watch.stop()))
}

async fn drive(plan: &Plan, cell: Cell, teams: &Arc<Teams>) -> Run {
    let requests = AtomicU64::new(1);
    let teams = Arc::clone(teams);
    let send = move || {
        let (teams, request) = (Arc::clone(&teams), requests.fetch_add(1, Ordering::Relaxed));
        async move { teams.send(request).await }
    };
    ask(plan, cell.load, send).await
}

async fn ask<Sending, Asking>(plan: &Plan, load: Load, send: Sending) -> Run
where
    Sending: Fn() -> Asking + Send + Sync + 'static,
    Asking: Future<Output = Answer> + Send + 'static,
{
    match load {
        Load::Closed { callers } => plan.closed(callers).run(move |_| send()).await,
        Load::Open { per_second } => plan.open(per_second).run(move |_| send()).await,
    }
}

fn outcome(run: &Run, noise: Noise) -> Outcome {
    Outcome {
        per_second: run.per_second(),
        waited: Some(run.latency.percentiles()),
        lag: run.lag.clone(),
        missed: run.missed,
        counters: run.counters,
        noise,
    }
}
