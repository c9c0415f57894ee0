//! `rookery load`: what this installation holds.

mod shapes;

use std::io;
use std::path::Path;

use load::crowd::{Crowd, Spread};
use load::shape::Shape;
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
        LoadCommand::Idle(args) => shapes::come(Shape::Idle, args, output),
        LoadCommand::Storm(args) => shapes::come(Shape::Storm, args, output),
        LoadCommand::Fanout(args) => shapes::talk(Shape::Fanout, args, output),
        LoadCommand::Team(args) => shapes::talk(Shape::Team, args, output),
        LoadCommand::Http(args) => shapes::ask(args, output),
    }
}

fn at(file: &Path) -> impl FnOnce(io::Error) -> Failure {
    let file = file.display().to_string();
    move |error| Failure::Failed(format!("{file}: {error}"))
}

fn prepare(args: &LoadPrepare, output: &Output) -> Result<(), Failure> {
    let config = settings(&args.place)?.config;
    let file = &args.crowd;
    // Before anybody is made: a place where nothing can be written would leave them all without a key.
    Crowd::reserve(file).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Usage(format!(
            "{} is there already, and lets in as people of an earlier load: take those away first (rookery load remove \
             --crowd {0}), or name another file with --crowd",
            file.display()
        )),
        _ => at(file)(error),
    })?;
    let spread = if args.zipf { Spread::Zipf } else { Spread::Even };
    let asked = Ask::LoadPrepare {
        people: args.people,
        channels: args.channels,
        seats: args.seats,
        spread,
        directs: args.directs,
    };
    let made = ask(&config, asked, output).and_then(|answer| {
        serde_json::from_value(answer)
            .map_err(|error| Failure::Failed(format!("the server's answer: {error}")))
    });
    let crowd: Crowd = made.inspect_err(|_| drop(std::fs::remove_file(file)))?;
    crowd.write(file).map_err(at(file))?;
    let (people, slug) = (crowd.people.len(), &crowd.slug);
    output.done(
        || format!("{people} people in the workspace {slug}; {} lets in as each of them", file.display()),
        || serde_json::json!({ "people": people, "slug": slug, "workspace": crowd.workspace, "file": file }),
    );
    Ok(())
}

fn remove(args: &LoadRemove, output: &Output) -> Result<(), Failure> {
    let config = settings(&args.place)?.config;
    let file = args.slug.is_none().then_some(&args.crowd);
    let slug = match (&args.slug, file) {
        (Some(slug), _) => slug.clone(),
        (None, Some(file)) => {
            Crowd::read(file).map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?.slug
        }
        (None, None) => String::new(),
    };
    let answer = ask(&config, Ask::LoadRemove { slug: slug.clone() }, output)?;
    if let Some(file) = file {
        std::fs::remove_file(file).map_err(at(file))?;
    }
    output.done(|| format!("{} people are gone, {slug} is archived", answer["gone"]), || answer.clone());
    Ok(())
}
