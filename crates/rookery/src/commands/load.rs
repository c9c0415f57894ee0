//! `rookery load`: what this installation holds.

mod shapes;

use std::io;

use load::crowd::{Crowd, Spread};
use load::swarm::errand;

use crate::args::{LoadCommand, LoadPrepare, LoadRemove};
use crate::commands::{ask::ask, config::load as settings};
use crate::control::Ask;
use crate::exit::Failure;
use crate::output::Output;

pub fn run(command: &LoadCommand, output: &Output) -> Result<(), Failure> {
    match command {
        LoadCommand::Prepare(args) => prepare(args, output),
        LoadCommand::Remove(args) => remove(args, output),
        LoadCommand::Party => errand::serve(io::stdin().lock(), io::stdout().lock())
            .map_err(|error| Failure::Failed(format!("a party of sockets: {error}"))),
        LoadCommand::Idle(run) => shapes::run(load::shape::Shape::Idle, run, output),
        LoadCommand::Storm(run) => shapes::run(load::shape::Shape::Storm, run, output),
        LoadCommand::Fanout(run) => shapes::run(load::shape::Shape::Fanout, run, output),
        LoadCommand::Team(run) => shapes::run(load::shape::Shape::Team, run, output),
        LoadCommand::Http(run) => shapes::run(load::shape::Shape::Http, run, output),
    }
}

fn prepare(args: &LoadPrepare, output: &Output) -> Result<(), Failure> {
    let config = settings(&args.place)?.config;
    let spread = if args.zipf { Spread::Zipf } else { Spread::Even };
    let asked = Ask::LoadPrepare {
        people: args.people,
        channels: args.channels,
        seats: args.seats,
        spread,
        directs: args.directs,
    };
    let answer = ask(&config, asked, output)?;
    let crowd: Crowd = serde_json::from_value(answer)
        .map_err(|error| Failure::Failed(format!("the server's answer: {error}")))?;
    let file = &args.crowd;
    crowd.write(file).map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))?;
    let (people, slug) = (crowd.people.len(), &crowd.slug);
    output.done(
        || format!("{people} people in the workspace {slug}; {} lets in as each of them", file.display()),
        || serde_json::json!({ "people": people, "slug": slug, "workspace": crowd.workspace, "file": file }),
    );
    Ok(())
}

fn remove(args: &LoadRemove, output: &Output) -> Result<(), Failure> {
    let config = settings(&args.place)?.config;
    let file = &args.crowd;
    let crowd = Crowd::read(file).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    let answer = ask(&config, Ask::LoadRemove { slug: crowd.slug.clone() }, output)?;
    std::fs::remove_file(file).map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))?;
    output.done(
        || format!("{} people are gone, {} is archived", answer["gone"], crowd.slug),
        || answer.clone(),
    );
    Ok(())
}
