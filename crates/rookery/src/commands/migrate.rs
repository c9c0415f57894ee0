//! `rookery migrate status|up`.

use serde_json::Value;

use crate::args::MigrateCommand;
use crate::commands::{ask::alone, config::load};
use crate::compose;
use crate::control::{self, Ask};
use crate::exit::Failure;
use crate::output::Output;

pub fn run(command: &MigrateCommand, output: &Output) -> Result<(), Failure> {
    let (place, up) = match command {
        MigrateCommand::Status(place) => (place, false),
        MigrateCommand::Up(place) => (place, true),
    };
    let config = load(place)?.config;
    // Not by `ask`: opening the store would take the steps that `status` only names.
    let served = compose::goes_through_a_server(&config)
        .then(|| control::ask(&config.server.data, &Ask::Migrations { up }, |_| {}))
        .flatten();
    let answer = if let Some(answer) = served {
        answer?
    } else {
        let _held = compose::hold(&config)?;
        alone(output, async |_, _| compose::migrations(&config, up).await)?
    };
    output.done(|| words(&answer), || answer.clone());
    Ok(())
}

fn words(answer: &Value) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = Vec::new();
    for database in list(&answer["databases"]) {
        lines.push(format!("{}:", text(&database["database"])));
        lines.extend(list(&database["steps"]).iter().map(|step| format!("  {}", text(&step["words"]))));
        lines.extend(
            list(&database["newer"]).iter().map(|name| format!("  {}: of a newer version", text(name))),
        );
        lines.extend(list(&database["taken"]).iter().map(|name| format!("  {}: taken just now", text(name))));
    }
    lines.join("\n")
}
