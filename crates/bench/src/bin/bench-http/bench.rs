//! The whole bench: cold starts, a team, sends in turns with the store alone, pages in turns with raw SQL.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use load::noise::Watch;
use load::rounds::turns;

use crate::args::Args;
use crate::ours::Ours;
use crate::peer;
use crate::report::{Contestant, Report};
use crate::server::Server;
use crate::town::Town;
use load::http::Caller;
use load::process::memory_of;
use load::trouble::Trouble;

/// What a channel holds before its pages are asked for, at least.
const MESSAGES_MIN: u64 = 1_000;
const SIGN_INS: usize = 100;

pub async fn run(args: &Args) -> Result<Report, Trouble> {
    let folder = tempfile::tempdir().map_err(Trouble::at("a folder"))?;
    let binary = binary(args)?;
    let size = binary.metadata().map_err(Trouble::at(format!("{}", binary.display())))?.len();
    let mut report = Report::default();
    report.binary_mb = size as f64 / 1e6;
    let cold_starts = if args.one_alone().is_some() { 0 } else { args.rounds() };
    for start in 0..cold_starts {
        let server = Server::start(&binary, &folder.path().join(format!("cold-{start}"))).await?;
        report.cold_start_ms.add(server.cold_start.as_secs_f64() * 1e3);
        report.at_rest_mb.add(memory_of(server.process()));
    }
    let server = Server::start(&binary, folder.path()).await?;
    let mut town = Town::found(&server).await?;
    town.sign_in(SIGN_INS).await?;
    report.after_a_hundred_mb = memory_of(server.process());
    let ours = Ours { server: &server, town: Arc::new(town), measure: Duration::from_secs(args.seconds()) };
    if let Some(contestant) = args.one_alone() {
        let last = fill(&ours).await?;
        eprintln!("process {}", ours.server.process());
        rounds(args, &ours, &mut report, &[contestant], last, folder.path().to_owned()).await?;
        return Ok(report);
    }
    rounds(args, &ours, &mut report, Contestant::SENDS, 0, folder.path().to_owned()).await?;
    let last = fill(&ours).await?;
    rounds(args, &ours, &mut report, Contestant::PAGES, last, folder.path().to_owned()).await?;
    let half = report.pages_per_second() / 2.0;
    for _ in 0..args.rounds() {
        let outcome = ours.pages_at(half, last).await?;
        eprintln!("pages at {half:.0}/s: {outcome}");
        report.at_half_load.add(outcome.waited.p99.as_secs_f64() * 1e3);
    }
    Ok(report)
}

fn binary(args: &Args) -> Result<PathBuf, Trouble> {
    let own = std::env::current_exe().map_err(Trouble::at("our own binary"))?;
    Ok(args.rookery.clone().unwrap_or_else(|| own.with_file_name("rookery")))
}

async fn rounds(
    args: &Args,
    ours: &Ours<'_>,
    report: &mut Report,
    contestants: &[Contestant],
    last: u64,
    folder: PathBuf,
) -> Result<(), Trouble> {
    for turn in turns(contestants.len(), args.rounds()) {
        let contestant = contestants[turn.contestant];
        let watch = Watch::start(&[ours.server.process()]);
        let outcome = match contestant {
            Contestant::Sends(connections) => ours.sends(connections).await?,
            Contestant::Pages(connections) => ours.pages(connections, last).await?,
            peer => peer::start(&peer.arguments(ours, &folder, last, args.seconds()))?,
        };
        eprintln!("round {} {contestant}: {outcome} · {}", turn.round + 1, watch.stop());
        report.add(contestant, &outcome);
    }
    Ok(())
}

/// Enough to go back through, whatever the turns before left.
async fn fill(ours: &Ours<'_>) -> Result<u64, Trouble> {
    let mut caller = Caller::connect(&ours.town.address).await?;
    let mut last = ours.town.last(&mut caller, 0).await?;
    while last < MESSAGES_MIN {
        ours.sends(32).await?;
        last = ours.town.last(&mut caller, 0).await?;
    }
    Ok(last)
}
