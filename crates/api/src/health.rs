//! How the server is: whole, by component, and as the two yes-or-no questions an orchestrator asks.
//!
//! The main listener tells a status a component and nothing else; reasons and addresses are for the operators' listener.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::future::{BoxFuture, join_all};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::clock::{Clock, rfc3339};

/// How one component is. The words are for operators.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    Ok,
    /// It works, but not as it should: what depends on it alone lags or is missing.
    Degraded(String),
    /// Nothing can be done without it.
    Down(String),
}

/// Asks a component how it is. Cheap: `SELECT 1`, a ping.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, Condition> + Send + Sync>;

const PROBE_TIME_MAX: Duration = Duration::from_secs(2);
/// Strangers may ask as often as they like; components are asked this often at most.
const REPORT_AGE_MAX: Duration = Duration::from_millis(500);

/// Everything that can be asked about this process' health.
#[derive(Clone)]
pub struct Health(Arc<Inner>);

struct Inner {
    components: Vec<(&'static str, Probe)>,
    clock: Clock,
    draining: AtomicBool,
    last: Mutex<Option<(Instant, Report)>>,
}

#[derive(Clone)]
struct Report {
    conditions: Vec<(&'static str, Condition)>,
    timestamp: String,
}

impl Health {
    pub fn of(components: Vec<(&'static str, Probe)>, clock: Clock) -> Health {
        Health(Arc::new(Inner {
            components,
            clock,
            draining: AtomicBool::new(false),
            last: Mutex::new(None),
        }))
    }

    /// From now on not ready: who balances load sends people elsewhere, who is here is served to the end.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    fn draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    async fn report(&self) -> Report {
        let mut last = self.0.last.lock().await;
        if let Some((at, report)) = last.as_ref()
            && at.elapsed() < REPORT_AGE_MAX
        {
            return report.clone();
        }
        let conditions = join_all(self.0.components.iter().map(|(name, probe)| ask(name, probe))).await;
        let report = Report { conditions, timestamp: rfc3339((self.0.clock)()) };
        *last = Some((Instant::now(), report.clone()));
        report
    }
}

async fn ask(name: &'static str, probe: &Probe) -> (&'static str, Condition) {
    let condition = tokio::time::timeout(PROBE_TIME_MAX, probe())
        .await
        .unwrap_or_else(|_| Condition::Down(format!("no answer within {} s", PROBE_TIME_MAX.as_secs())));
    (name, condition)
}

impl Report {
    fn worst(&self) -> &Condition {
        self.conditions.iter().map(|(_, condition)| condition).max().unwrap_or(&Condition::Ok)
    }

    fn is_down(&self) -> bool {
        matches!(self.worst(), Condition::Down(_))
    }

    fn json(&self, each: fn(&Condition) -> Value) -> Value {
        let components: Map<String, Value> =
            self.conditions.iter().map(|(name, condition)| ((*name).to_owned(), each(condition))).collect();
        json!({ "status": word(self.worst()), "components": components, "timestamp": self.timestamp })
    }
}

fn word(condition: &Condition) -> &'static str {
    match condition {
        Condition::Ok => "ok",
        Condition::Degraded(_) => "degraded",
        Condition::Down(_) => "down",
    }
}

fn summary(condition: &Condition) -> Value {
    Value::from(word(condition))
}

fn details(condition: &Condition) -> Value {
    match condition {
        Condition::Ok => json!({ "status": "ok" }),
        Condition::Degraded(why) | Condition::Down(why) => json!({ "status": word(condition), "why": why }),
    }
}

pub(crate) fn summary_router(health: Health) -> Router {
    asked(health, summary)
}

pub(crate) fn detailed_router(health: Health) -> Router {
    asked(health, details)
}

fn asked(health: Health, each: fn(&Condition) -> Value) -> Router {
    Router::new()
        .route("/health", get(move |State(health): State<Health>| whole(health, each)))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .with_state(health)
}

async fn whole(health: Health, each: fn(&Condition) -> Value) -> Response {
    let report = health.report().await;
    answer(!report.is_down(), report.json(each))
}

/// Alive is whoever answers: a database that is away is no reason to restart this process.
async fn live() -> Response {
    answer(true, json!({ "status": "ok" }))
}

async fn ready(State(health): State<Health>) -> Response {
    if health.draining() {
        return answer(false, json!({ "status": "draining" }));
    }
    let report = health.report().await;
    answer(!report.is_down(), json!({ "status": word(report.worst()) }))
}

fn answer(well: bool, body: Value) -> Response {
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [("cache-control", "no-store")], Json(body)).into_response()
}
