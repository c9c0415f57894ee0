//! Commands on a store: the server that holds it is asked; where none runs, this process opens the store itself.

use serde_json::Value;

use crate::compose;
use crate::config::Config;
use crate::config::kinds::LogFormat;
use crate::control::{self, Ask, Progress};
use crate::exit::Failure;
use crate::lifecycle::{Ending, Lifecycle};
use crate::output::Output;
use crate::telemetry;

/// The answer, whoever gives it.
pub fn ask(config: &Config, ask: Ask, output: &Output) -> Result<Value, Failure> {
    if let Some(answer) = compose::goes_through_a_server(config)
        .then(|| control::ask(&config.server.data, &ask, |line| output.progress(line)))
        .flatten()
    {
        output.progress_over();
        return answer;
    }
    let _held = compose::hold(config)?;
    alone(output, async |progress, lifecycle: &Lifecycle| {
        let ports = compose::ports(config, lifecycle).await?;
        ports.desk.answer(ask, progress).await
    })
}

/// Runs work of this process with everything it starts, to its orderly end; what it reports is shown.
pub fn alone<T>(
    output: &Output,
    work: impl AsyncFnOnce(Progress, &Lifecycle) -> Result<T, Failure>,
) -> Result<T, Failure> {
    telemetry::log(LogFormat::Text, "warn")?;
    let runtime = telemetry::runtime()?;
    runtime.block_on(async {
        let lifecycle = Lifecycle::new(std::time::Duration::from_mins(1));
        let (progress, mut lines) = Progress::watched();
        let work = work(progress, &lifecycle);
        tokio::pin!(work);
        let done = loop {
            tokio::select! {
                biased;
                Some(line) = lines.recv() => output.progress(&line),
                done = &mut work => break done,
            }
        };
        output.progress_over();
        match lifecycle.finished().await {
            Ending::Failed { task, why } => done.and(Err(Failure::Failed(format!("{task} failed: {why}")))),
            Ending::Drained | Ending::Left(_) => done,
        }
    })
}
