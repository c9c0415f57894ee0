//! `rookery restore`: only while no server runs, since it changes what everyone stands on.

use serde_json::json;

use crate::args::Restore;
use crate::commands::{ask::alone, config::load};
use crate::compose::{self, Overwrite};
use crate::data_dir::DataDir;
use crate::exit::Failure;
use crate::output::Output;

pub fn run(args: &Restore, output: &Output) -> Result<(), Failure> {
    let config = load(&args.place)?.config;
    compose::keeps_own_copies(&config)?;
    let copy = compose::named(&config, Some(&args.copy))?;
    let data = DataDir::take(&config.server.data)?;
    let overwrite = if args.replace { Overwrite::Replace } else { Overwrite::Refuse };
    let from = copy.clone();
    alone(output, async |progress, lifecycle| {
        compose::restore(from, data.path(), overwrite, progress, lifecycle).await
    })?;
    output.done(
        || {
            format!(
                "restored {}; every journal begins a new epoch, so everyone starts again from it",
                copy.display()
            )
        },
        || json!({ "restored": copy, "data": data.path() }),
    );
    Ok(())
}
