//! `rookery admin`: the level of the installation, links for new passwords, and who is signed in.

use serde_json::Value;

use crate::args::{AdminCommand, DropCache, Jobs, Level, Place, Sessions};
use crate::commands::{ask::ask, config::load};
use crate::control::Ask;
use crate::exit::Failure;
use crate::output::Output;

pub fn run(command: &AdminCommand, output: &Output) -> Result<(), Failure> {
    match command {
        AdminCommand::Level(args) => level(args, output),
        AdminCommand::OwnerLink(place) => link(place, Ask::OwnerLink {}, output),
        AdminCommand::ResetLink(args) => {
            link(&args.place, Ask::ResetLink { email: args.email.clone() }, output)
        }
        AdminCommand::Sessions(args) => sessions(args, output),
        AdminCommand::Jobs(args) => jobs(args, output),
        AdminCommand::DropCache(args) => drop_cache(args, output),
    }
}

fn link(place: &Place, asked: Ask, output: &Output) -> Result<(), Failure> {
    let config = load(place)?.config;
    let answer = ask(&config, asked, output)?;
    let words = || match answer["link"].as_str() {
        Some(link) => {
            format!("{link}\nOpens a new password for {} once, within the hour.", text(&answer["email"]))
        }
        None => format!(
            "Nobody has set this up yet: {}\nset-up code: {}",
            text(&answer["url"]),
            text(&answer["set_up_code"])
        ),
    };
    output.done(words, || answer.clone());
    Ok(())
}

fn sessions(args: &Sessions, output: &Output) -> Result<(), Failure> {
    let config = load(&args.place)?.config;
    let asked = Ask::Sessions { email: args.email.clone(), end: args.end.clone(), all: args.all };
    let answer = ask(&config, asked, output)?;
    output.done(|| listed(&answer), || answer.clone());
    Ok(())
}

fn listed(answer: &Value) -> String {
    let ended = answer["ended"].as_u64().unwrap_or_default();
    if ended > 0 {
        return format!("{ended} ended");
    }
    let line = |session: &Value| {
        let part = |name| text(&session[name]);
        format!(
            "{}  {}  seen {}  {}  {}",
            part("id"),
            part("email"),
            part("seen"),
            part("address"),
            part("agent")
        )
    };
    let lines: Vec<_> = answer["sessions"].as_array().into_iter().flatten().map(line).collect();
    if lines.is_empty() { "nobody is signed in".to_owned() } else { lines.join("\n") }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
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

fn drop_cache(args: &DropCache, output: &Output) -> Result<(), Failure> {
    let config = load(&args.place)?.config;
    let answer = ask(&config, Ask::DropCache { pattern: args.pattern.clone() }, output)?;
    output.done(|| format!("{} dropped", answer["dropped"]), || answer.clone());
    Ok(())
}

fn jobs(args: &Jobs, output: &Output) -> Result<(), Failure> {
    let config = load(&args.place)?.config;
    let answer = ask(&config, Ask::Jobs { retry: args.retry.clone() }, output)?;
    output.done(|| letters(&answer), || answer.clone());
    Ok(())
}

fn letters(answer: &Value) -> String {
    let dead = answer["dead"].as_array().map(Vec::as_slice).unwrap_or_default();
    let word = |letter: &Value, name| letter[name].as_str().unwrap_or_default().to_owned();
    let lines = dead.iter().map(|letter| format!("{}: {}", word(letter, "id"), word(letter, "error")));
    let lines: Vec<_> = lines.collect();
    match (answer["again"].as_bool(), lines.is_empty()) {
        (Some(true), _) => "it is tried again".to_owned(),
        (_, true) => "no job was laid aside".to_owned(),
        _ => lines.join("\n"),
    }
}
