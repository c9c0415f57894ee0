//! `rookery admin level`.

use serde_json::Value;

use crate::args::{AdminCommand, Level};
use crate::commands::{ask::ask, config::load};
use crate::control::Ask;
use crate::exit::Failure;
use crate::output::Output;

pub fn run(command: &AdminCommand, output: &Output) -> Result<(), Failure> {
    match command {
        AdminCommand::Level(args) => level(args, output),
    }
}

fn level(args: &Level, output: &Output) -> Result<(), Failure> {
    let config = load(&args.place)?.config;
    let answer = ask(&config, Ask::Level { raise: args.raise }, output)?;
    output.done(|| words(&answer), || answer.clone());
    Ok(())
}

fn words(answer: &Value) -> String {
    let (now, was) = (&answer["level"], &answer["was"]);
    if now != was {
        return format!("the installation rose from level {was} to {now}");
    }
    match answer["reachable"].as_i64() {
        Some(level) => {
            format!("the installation is at level {now}; every live node reads {level}: --raise writes it")
        }
        None => format!("the installation is at level {now}; this build is of level {}", answer["build"]),
    }
}
