//! Which rows are run, each on the crowd it needs.

use std::path::{Path, PathBuf};

use load::trouble::Trouble;

use crate::args::{Args, Row};
use crate::report::Metric;
use crate::rows::Bench;
use crate::stand;

pub fn run(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    let args = bench.args;
    let wants = |row| args.rows.contains(&row);
    let sizes = bench.sizes;
    let usual = (sizes.crowd as u32, sizes.channels, 2);
    if [Row::Idle, Row::Fanout, Row::Presence, Row::Storm].into_iter().any(wants) {
        let crowd = stand::crowd(bench.ground, "usual", usual, &[])?;
        if wants(Row::Idle) {
            bench.idle(&crowd)?;
        }
        if wants(Row::Fanout) {
            bench.fanout(&crowd)?;
        }
        if wants(Row::Presence) {
            bench.presence(&crowd)?;
        }
        if wants(Row::Storm) {
            bench.changed(&crowd, (Metric::ChangedBack, Metric::ChangedRate))?;
        }
    }
    if wants(Row::Storm) {
        let (people, seats) = sizes.many_seats;
        let crowd = stand::crowd(bench.ground, "many", (people, seats, seats), &[])?;
        bench.changed(&crowd, (Metric::ManyBack, Metric::ManyRate))?;
    }
    if wants(Row::Small) {
        let crowd = stand::crowd(bench.ground, "small", (usual.0, sizes.small_channels, 10), &["--zipf"])?;
        bench.small(&crowd)?;
    }
    if wants(Row::Team) || wants(Row::Soak) {
        let people = sizes.team;
        let crowd = stand::crowd(bench.ground, "team", (people, people / 10, 10), &["--directs"])?;
        if wants(Row::Team) {
            bench.team(&crowd)?;
        }
        if wants(Row::Soak) {
            bench.soak(&crowd)?;
        }
    }
    if wants(Row::Tail) {
        bench.tail()?;
    }
    if wants(Row::Many) {
        bench.many()?;
    }
    Ok(())
}

/// The one beside this program, unless another is named.
pub fn rookery(args: &Args) -> Result<PathBuf, Trouble> {
    if let Some(named) = &args.rookery {
        return Ok(named.clone());
    }
    let this = std::env::current_exe().map_err(Trouble::at("this program"))?;
    let beside = this.parent().unwrap_or(Path::new(".")).join("rookery");
    if beside.exists() {
        Ok(beside)
    } else {
        Err(Trouble::new("build rookery first, or name it with --rookery"))
    }
}
