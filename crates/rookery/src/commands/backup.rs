//! `rookery backup`.

use crate::args::Backup;
use crate::commands::{ask::ask, config::load};
use crate::control::Ask;
use crate::exit::Failure;
use crate::output::Output;

pub fn run(args: &Backup, output: &Output) -> Result<(), Failure> {
    let config = load(&args.place)?.config;
    // The server may have another working folder than this command.
    let to = args.to.as_ref().map(std::path::absolute).transpose();
    let to = to.map_err(|error| Failure::Usage(format!("--to: {error}")))?;
    let answer = ask(&config, Ask::Backup { to }, output)?;
    output.done(
        || format!("copied to {} ({} bytes)", answer["copy"].as_str().unwrap_or_default(), answer["bytes"]),
        || answer.clone(),
    );
    Ok(())
}
