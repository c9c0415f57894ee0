//! What the process says of itself: lines of log on stderr, and metrics that someone may read.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::kinds::LogFormat;
use crate::exit::Failure;
use crate::lifecycle::{Lifecycle, Stop, TaskError};

/// Seconds; the last is beyond any limit a request has.
const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// Logs from here on. Text for people has colours only where a terminal shows them.
pub fn log(format: LogFormat, filter: &str) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::Usage(format!(
            "log.filter: '{filter}' is not allowed ({error}); allowed: such as info or info,store=debug"
        ))
    })?;
    subscriber(format, filter, std::io::stderr, std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .try_init()
        .map_err(|error| Failure::Failed(format!("the log cannot be started: {error}")))
}

fn subscriber<W>(
    format: LogFormat,
    filter: EnvFilter,
    to: W,
    colours: bool,
) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let base = tracing_subscriber::fmt().with_env_filter(filter).with_writer(to).with_ansi(colours);
    match format {
        LogFormat::Text => Box::new(base.with_target(false).finish()),
        LogFormat::Json => Box::new(base.json().flatten_event(true).with_span_list(false).finish()),
    }
}

/// Worker threads as many as cores; blocking work has threads of its own.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(format!("the runtime cannot be started: {error}")))
}

/// Where counters, gauges and histograms go.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    pub fn install() -> Result<Metrics, Failure> {
        let failed =
            |error: &dyn std::fmt::Display| Failure::Failed(format!("metrics cannot be started: {error}"));
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).map_err(|error| failed(&error))?;
        let handle = builder.install_recorder().map_err(|error| failed(&error))?;
        metrics::gauge!("rookery_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Metrics(handle))
    }

    pub fn render(&self) -> api::metrics::Render {
        let handle = self.0.clone();
        Arc::new(move || {
            measure_process();
            handle.render()
        })
    }

    /// Histograms keep raw samples until someone drains them; nobody may be scraping.
    pub fn keep_small(&self, lifecycle: &Lifecycle) {
        let handle = self.0.clone();
        lifecycle.spawn("metrics.upkeep", |stop| upkeep(handle, stop));
    }
}

async fn upkeep(handle: PrometheusHandle, stop: Stop) -> Result<(), TaskError> {
    const EVERY: Duration = Duration::from_secs(5);
    loop {
        tokio::select! {
            () = stop.soft() => return Ok(()),
            () = tokio::time::sleep(EVERY) => handle.run_upkeep(),
        }
    }
}

/// What the kernel knows of us; where it does not tell, the metric is absent.
fn measure_process() {
    const PAGE_BYTES: f64 = 4096.0;
    let resident = std::fs::read_to_string("/proc/self/statm").ok();
    if let Some(pages) = resident.as_deref().and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok()) {
        metrics::gauge!("process_resident_memory_bytes").set(pages * PAGE_BYTES);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(files.count() as f64);
    }
}
