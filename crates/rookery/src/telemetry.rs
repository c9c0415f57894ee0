//! What the process says of itself: lines of log on stderr, and metrics that someone may read.

mod measure;
mod names;
mod spans;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::kinds::LogFormat;
use crate::exit::Failure;

pub use measure::{Metrics, cpu_seconds, files_max_in};
pub use spans::export;

/// Logs from here on. Text for people has colours only where a terminal shows them.
pub fn log(format: LogFormat, filter: &str) -> Result<(), Failure> {
    // By target and level alone: what else a filter could ask for is matched by regular expressions, which nobody needs here.
    let filter: Targets = filter.parse().map_err(|error| {
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
    filter: Targets,
    to: W,
    colours: bool,
) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let base =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(to).with_ansi(colours);
    match format {
        LogFormat::Text => Box::new(base.with_target(false).finish().with(filter)),
        LogFormat::Json => {
            Box::new(base.json().flatten_event(true).with_span_list(false).finish().with(filter))
        }
    }
}

/// Worker threads as many as cores; blocking work has threads of its own.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(format!("the runtime cannot be started: {error}")))
}
