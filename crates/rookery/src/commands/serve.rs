//! `rookery serve`: everything checked, opened and wired in order, then nothing but waiting for the end.

use std::time::Duration;

use serde_json::json;
use tracing::info;

use crate::args::Serve;
use crate::commands::config::environment;
use crate::compose;
use crate::config::{self, Config};
use crate::data_dir::DataDir;
use crate::doors::Doors;
use crate::exit::Failure;
use crate::lifecycle::{Ending, Lifecycle, signals};
use crate::output::Output;
use crate::telemetry::{self, Metrics};

/// For what does not yield after a hard stop; the process leaves it then.
const LEAVE_AFTER: Duration = Duration::from_millis(100);

pub fn run(args: &Serve, output: &Output) -> Result<(), Failure> {
    let config = config::load(args.place.config.as_deref(), environment(), &args.overrides())?.config;
    telemetry::log(config.log.format, &config.log.filter)?;
    let data = DataDir::take(&config.server.data)?;
    let runtime = telemetry::runtime()?;
    let ended = runtime.block_on(serve(&config, &data, output));
    runtime.shutdown_timeout(LEAVE_AFTER);
    ended
}

async fn serve(config: &Config, data: &DataDir, output: &Output) -> Result<(), Failure> {
    let asked = signals().map_err(|error| Failure::Failed(format!("signals cannot be heard: {error}")))?;
    let lifecycle = Lifecycle::new(config.server.drain);
    let metrics = Metrics::install()?;
    let mut doors = Doors::open(config).await?;
    let ports = compose::ports(config, &lifecycle).await?;
    compose::tend(config, data, &ports, &lifecycle).await?;
    for role in &config.server.roles {
        compose::role(*role, config, &ports, &mut doors, &lifecycle);
    }
    compose::operators(config, &ports, &metrics, &mut doors, &lifecycle);
    announce(config, &doors, output);
    ended(lifecycle.until_stopped(asked).await)
}

/// The one line a person can click, or a program can read.
fn announce(config: &Config, doors: &Doors, output: &Output) {
    let (url, address) = (doors.url(config), doors.address());
    info!(url, %address, version = crate::commands::version::VERSION, "serving at {url}");
    output.done(
        || format!("Rookery is ready: {url}"),
        || json!({ "url": url, "listen": address, "metrics": doors.operators_address() }),
    );
}

fn ended(ending: Ending) -> Result<(), Failure> {
    match ending {
        Ending::Drained => info!("stopped: everything under way was finished"),
        Ending::Left(tasks) => info!(?tasks, "stopped: some were left behind"),
        Ending::Failed { task, why } => {
            return Err(Failure::Failed(format!("{task} failed, so the server stopped: {why}")));
        }
    }
    Ok(())
}
