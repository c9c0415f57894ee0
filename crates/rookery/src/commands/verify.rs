//! `rookery verify`: reads a copy, changes nothing, needs no server and no lock.

use crate::args::Verify;
use crate::commands::{ask::alone, check::tell, config::load};
use crate::compose;
use crate::exit::Failure;
use crate::output::Output;

pub fn run(args: &Verify, output: &Output) -> Result<(), Failure> {
    let config = load(&args.place)?.config;
    compose::keeps_own_copies(&config)?;
    let copy = compose::named(&config, args.copy.as_deref())?;
    let at = copy.clone();
    let answer = alone(output, async |progress, _| compose::verify(&at, progress).await)?;
    let journals = answer["journals"].as_array().map_or(0, Vec::len);
    tell(&answer, || format!("{} is sound: {journals} journals", copy.display()), output)
}
