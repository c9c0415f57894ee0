//! Counters, gauges and histograms of this process, as somebody reads them.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::names;
use crate::exit::Failure;
use crate::lifecycle::{Lifecycle, Stop, TaskError};

/// Seconds; the last is beyond any limit a request has.
const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];
/// Commands and workspaces of one commit.
const COUNTS: [f64; 8] = [1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0, 16_384.0];

/// Where they go. Clones are handles to the same.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    /// Whose disk may become full.
    data: PathBuf,
}

impl Metrics {
    pub fn install(data: &Path) -> Result<Metrics, Failure> {
        let handle =
            install().map_err(|error| Failure::Failed(format!("metrics cannot be started: {error}")))?;
        names::describe();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        metrics::gauge!("rookery_processors").set(processors as f64);
        metrics::gauge!("rookery_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Metrics { handle, data: data.to_owned() })
    }

    pub fn render(&self) -> api::metrics::Render {
        let this = self.clone();
        Arc::new(move || {
            measure_process(&this.data);
            let mut text = this.handle.render();
            if let Some(seconds) = cpu_seconds() {
                let name = names::CPU.name;
                // A counter of the kernel's, with fractions: none of ours could hold it.
                let (about, kind) = (names::CPU.help(), names::CPU.kind.word());
                write!(text, "# HELP {name} {about}\n# TYPE {name} {kind}\n{name} {seconds}\n").ok();
            }
            text
        })
    }

    /// Histograms keep raw samples until someone drains them; nobody may be scraping.
    pub fn keep_small(&self, lifecycle: &Lifecycle) {
        let handle = self.handle.clone();
        lifecycle.spawn("metrics.upkeep", |stop| upkeep(handle, stop));
    }
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let counts = |name: &str| Matcher::Full(name.to_owned());
    PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .set_buckets_for_metric(counts("store_batch_commands"), &COUNTS)?
        .set_buckets_for_metric(counts("store_batch_workspaces"), &COUNTS)?
        .install_recorder()
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
fn measure_process(data: &Path) {
    const PAGE_BYTES: f64 = 4096.0;
    let resident = std::fs::read_to_string("/proc/self/statm").ok();
    if let Some(pages) = resident.as_deref().and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok()) {
        metrics::gauge!("process_resident_memory_bytes").set(pages * PAGE_BYTES);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(files.count() as f64);
    }
    if let Some(most) = files_max_in(Path::new("/proc/self/limits")) {
        metrics::gauge!("process_max_fds").set(most as f64);
    }
    if let Ok(disk) = fs4::statvfs(data) {
        metrics::gauge!("rookery_data_disk_free_bytes").set(disk.available_space() as f64);
        metrics::gauge!("rookery_data_disk_bytes").set(disk.total_space() as f64);
    }
}

/// How many files a process may have open, by the soft one of its limits.
pub fn files_max_in(limits: &Path) -> Option<u64> {
    let limits = std::fs::read_to_string(limits).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// User and system time of all threads.
pub fn cpu_seconds() -> Option<f64> {
    // Linux shows hundredths to programs, whatever it counts in.
    const TICKS_PER_S: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold spaces.
    let mut after_name = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (after_name.next()?.parse().ok()?, after_name.next()?.parse().ok()?);
    Some((user + system) / TICKS_PER_S)
}
