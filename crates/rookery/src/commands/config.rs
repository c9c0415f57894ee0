//! `rookery config show|check|sample`.

use serde_json::{Value, json};

use crate::args::{ConfigCommand, Place};
use crate::config::{self, Loaded};
use crate::exit::Failure;
use crate::output::Output;

pub fn run(command: &ConfigCommand, output: &Output) -> Result<(), Failure> {
    match command {
        ConfigCommand::Sample => output.done(config::sample, || json!({ "sample": config::sample() })),
        ConfigCommand::Show(place) => {
            let loaded = load(place)?;
            output.done(
                || config::shown_toml(&loaded.config, &loaded.sources),
                || config::shown_json(&loaded.config),
            );
        }
        ConfigCommand::Check(place) => {
            let file = load(place)?.file.map(|path| path.display().to_string());
            output.done(
                || {
                    format!(
                        "{} is in order",
                        file.as_deref().unwrap_or("the configuration (no file, all defaults)")
                    )
                },
                || json!({ "ok": true, "file": file.clone().map_or(Value::Null, Value::from) }),
            );
        }
    }
    Ok(())
}

/// The configuration as every command but `serve` sees it.
pub fn load(place: &Place) -> Result<Loaded, Failure> {
    config::load(place.config.as_deref(), environment(), &place.overrides())
}

/// Variables that are not text are not ours: every one of ours is.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
