//! `rookery serve`: everything checked, opened and wired in order, then nothing but waiting for the end.

use std::time::Duration;

use serde_json::json;
use tracing::{info, warn};

use crate::args::Serve;
use crate::commands::config::environment;
use crate::compose;
use crate::config::{self, Config};
use crate::data_dir::{self, DataDir};
use crate::doors::Doors;
use crate::exit::Failure;
use crate::lifecycle::{Ending, Lifecycle, signals};
use crate::memory;
use crate::output::Output;
use crate::telemetry::{self, Metrics};

/// For what does not yield after a hard stop; the process leaves it then.
const LEAVE_AFTER: Duration = Duration::from_millis(100);

pub fn run(args: &Serve, output: &Output) -> Result<(), Failure> {
    let config = config::load(args.place.config.as_deref(), environment(), &args.overrides())?.config;
    telemetry::log(config.log.format, &config.log.filter)?;
    let data = DataDir::take(&config.server.data)?;
    if data_dir::is_open_to_others(data.path()) {
        let mend = data_dir::how_to_close(data.path());
        warn!("others on this machine may look into the data folder: {mend}");
    }
    memory::share();
    // A shell lets a program have 1,024 files at first, and far more where it asks for them.
    load::process::take_descriptors();
    let runtime = telemetry::runtime()?;
    let ended = runtime.block_on(serve(&config, &data, output));
    runtime.shutdown_timeout(LEAVE_AFTER);
    ended
}

async fn serve(config: &Config, data: &DataDir, output: &Output) -> Result<(), Failure> {
    let asked = signals().map_err(|error| Failure::Failed(format!("signals cannot be heard: {error}")))?;
    let lifecycle = Lifecycle::new(config.server.drain);
    let metrics = Metrics::install(&config.server.data)?;
    telemetry::export(&config.traces, &lifecycle)?;
    memory::give_back(&lifecycle);
    let mut doors = Doors::open(config).await?;
    let ports = compose::ports(config, &lifecycle).await?;
    ports.desk.stands_at(doors.url(config));
    compose::tend(config, data, &ports, &lifecycle).await?;
    compose::Roles(&config.server.roles).start(config, &ports, &mut doors, &lifecycle)?;
    compose::operators(config, &ports, &metrics, &mut doors, &lifecycle);
    announce(config, &doors, set_up_code(&ports).await, output);
    ended(lifecycle.until_stopped(asked).await)
}

/// What the first owner shows; nothing, once there is one. A database that is away for a moment is no reason not to serve.
async fn set_up_code(ports: &compose::Ports) -> Option<String> {
    match ports.service.is_set_up().await {
        Ok(true) => None,
        Ok(false) => Some(ports.service.set_up_code()),
        Err(error) => {
            warn!(%error, "whether this installation is set up is not known: {error}");
            None
        }
    }
}

/// The one line a person can click, or a program can read; the first time with what opens the house.
fn announce(config: &Config, doors: &Doors, set_up_code: Option<String>, output: &Output) {
    let (url, address) = (doors.url(config), doors.address());
    info!(url, %address, version = crate::commands::version::VERSION, "serving at {url}");
    let code = set_up_code.as_ref().map(|code| format!("\nset-up code: {code}")).unwrap_or_default();
    output.done(
        || format!("Rookery is ready: {url}{code}"),
        || {
            let metrics = doors.operators_address();
            json!({ "url": url, "listen": address, "metrics": metrics, "set_up_code": set_up_code })
        },
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
