//! Spans of what is sampled, to a collector; in a build without the feature `otlp` there is nothing of it.

use crate::config::Traces;
use crate::exit::Failure;
use crate::lifecycle::Lifecycle;

/// Exports from here on. It ends when everyone who might have something to tell has ended.
#[cfg(feature = "otlp")]
pub fn export(config: &Traces, lifecycle: &Lifecycle) -> Result<(), Failure> {
    use crate::commands::version::VERSION;
    use crate::config::values::Setting;

    let Some(endpoint) = &config.endpoint else { return Ok(()) };
    let Some(taken) = otlp::take(config.share.0, config.queue_max as usize) else { return Ok(()) };
    let mut resource = vec![
        ("service.name", config.service.clone()),
        ("service.version", VERSION.to_owned()),
        // Each start of each process is one of its own.
        ("service.instance.id", format!("{:016x}", u64::from_le_bytes(store::clock::random()))),
    ];
    resource.extend(config.environment.iter().map(|name| ("deployment.environment.name", name.clone())));
    let settings = otlp::Settings {
        url: endpoint.show(),
        token: config.token.as_ref().map(|token| token.reveal().to_owned()),
        ca: config.ca.clone(),
        resource: otlp::Resource(resource),
    };
    let exporter = otlp::Exporter::new(taken, &settings)
        .map_err(|otlp::Wrong { what, why }| Failure::Usage(format!("traces.{what}: {why}")))?;
    lifecycle.spawn_base("traces", |stop| async move {
        exporter.run(async move { stop.soft().await }).await;
        Ok(())
    });
    Ok(())
}

#[cfg(not(feature = "otlp"))]
#[expect(clippy::unnecessary_wraps, reason = "the same as where there is something to fail")]
pub fn export(_: &Traces, _: &Lifecycle) -> Result<(), Failure> {
    Ok(())
}
