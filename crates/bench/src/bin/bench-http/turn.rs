//! One turn of one contestant: so many callers for so long.

use std::time::Duration;

use load::latency::Percentiles;
use load::run::Run;
use serde::{Deserialize, Serialize};

/// What a turn came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    pub per_second: f64,
    /// Of the server, or of the peer, in microseconds.
    pub cpu_us: f64,
    /// Of whoever asked, in microseconds; a peer asks itself.
    pub client_cpu_us: f64,
    pub waited: Percentiles,
}

impl Outcome {
    /// CPU is counted from the first request to the last, warming up included, so it is shared by all of them.
    pub fn of(run: &Run, cpu: Duration, client: Duration) -> Self {
        let all = run.counters.sent;
        Self {
            per_second: run.per_second(),
            cpu_us: load::process::each(cpu, all),
            client_cpu_us: load::process::each(client, all),
            waited: run.latency.percentiles(),
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { per_second, cpu_us, client_cpu_us, waited } = self;
        write!(out, "{per_second:.0}/s cpu {cpu_us:.1}us client {client_cpu_us:.1}us {waited}")
    }
}

/// What a peer's process prints.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Told {
    pub per_second: f64,
    pub cpu_us: f64,
    pub p99_us: u64,
}

impl From<Told> for Outcome {
    fn from(told: Told) -> Self {
        let waited = Percentiles { p99: Duration::from_micros(told.p99_us), ..Percentiles::default() };
        Self { per_second: told.per_second, cpu_us: told.cpu_us, client_cpu_us: 0.0, waited }
    }
}
