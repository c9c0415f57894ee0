//! The whole bench: cold starts, a team, sends in turns with the store alone, pages in turns with raw SQL; and both with Synapse.

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
use crate::synapse::Synapse;
use crate::town::Town;
use crate::turn::Outcome;
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
    let mut field = Field { args, ours, synapse: None, last: 0, folder: folder.path().to_owned() };
    if let Some(contestant) = args.one_alone() {
        field.fill().await?;
        eprintln!("process {}", server.process());
        field.rounds(&mut report, &[contestant]).await?;
        return Ok(report);
    }
    match Synapse::start(folder.path()).await {
        Ok(Some(synapse)) => field.synapse = Some(synapse),
        Ok(None) => {
            report.notes.push("synapse is not installed here and was left out (bench/install)".to_owned());
        }
        Err(trouble) => report.notes.push(format!("synapse was left out: {trouble}")),
    }
    field.rounds(&mut report, Contestant::SENDS).await?;
    field.fill().await?;
    field.rounds(&mut report, Contestant::PAGES).await?;
    field.synapse = None;
    let half = report.pages_per_second() / 2.0;
    for _ in 0..args.rounds() {
        let outcome = field.ours.pages_at(half, field.last).await?;
        eprintln!("pages at {half:.0}/s: {outcome}");
        report.at_half_load.add(outcome.waited.p99.as_secs_f64() * 1e3);
    }
    Ok(report)
}

fn binary(args: &Args) -> Result<PathBuf, Trouble> {
    let own = std::env::current_exe().map_err(Trouble::at("our own binary"))?;
    Ok(args.rookery.clone().unwrap_or_else(|| own.with_file_name("rookery")))
}

/// Everyone who takes a turn, and where.
struct Field<'a> {
    args: &'a Args,
    ours: Ours<'a>,
    synapse: Option<Synapse>,
    /// How far the channel is whose pages are asked for.
    last: u64,
    folder: PathBuf,
}

impl Field<'_> {
    async fn rounds(&self, report: &mut Report, contestants: &[Contestant]) -> Result<(), Trouble> {
        for turn in turns(contestants.len(), self.args.rounds()) {
            let contestant = contestants[turn.contestant];
            if report.is_struck(contestant) {
                continue;
            }
            // What we started is ours already; a PostgreSQL may have been there before us.
            let database = self.synapse.as_ref().map(|synapse| synapse.database);
            let watch = Watch::start(database.as_slice());
            let is_peer = matches!(contestant, Contestant::SynapseSends(_) | Contestant::SynapsePages(_));
            let outcome = match self.turn(contestant).await {
                Err(trouble) if is_peer => {
                    report.strike(contestant, &trouble);
                    continue;
                }
                done => done?,
            };
            let Some(outcome) = outcome else { continue };
            let noise = watch.stop();
            eprintln!("round {} {contestant}: {outcome} · {noise}", turn.round + 1);
            report.loud.count(&noise);
            report.add(contestant, &outcome);
        }
        Ok(())
    }

    /// None of a peer that is not there.
    async fn turn(&self, contestant: Contestant) -> Result<Option<Outcome>, Trouble> {
        let (ours, measure) = (&self.ours, self.ours.measure);
        let outcome = match contestant {
            Contestant::Sends(connections) => ours.sends(connections).await?,
            Contestant::Pages(connections) => ours.pages(connections, self.last).await?,
            Contestant::SendsAlone(connections) => ours.sends_alone(connections).await?,
            Contestant::PagesAlone(connections) => ours.pages_alone(connections, self.last).await?,
            Contestant::SynapseSends(connections) => match &self.synapse {
                Some(synapse) => synapse.sends(connections, measure).await?,
                None => return Ok(None),
            },
            Contestant::SynapsePages(connections) => match &self.synapse {
                Some(synapse) => synapse.pages(connections, measure).await?,
                None => return Ok(None),
            },
            Contestant::Store(_) | Contestant::Raw(_) => {
                peer::start(&contestant.arguments(ours, &self.folder, self.last, self.args.seconds()))?
            }
        };
        Ok(Some(outcome))
    }

    /// Enough to go back through, whatever the turns before left.
    async fn fill(&mut self) -> Result<(), Trouble> {
        let mut caller = Caller::connect(&self.ours.town.address).await?;
        self.last = self.ours.town.last(&mut caller, 0).await?;
        while self.last < MESSAGES_MIN {
            self.ours.sends(32).await?;
            self.last = self.ours.town.last(&mut caller, 0).await?;
        }
        Ok(())
    }
}
