//! The shapes: what is asked on the command line, run by the engine, told on the terminal and on a page.

use std::io::{self, IsTerminal};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use load::crowd::Crowd;
use load::schedule::day;
use load::shape::verdict::Thresholds;
use load::shape::{self, Asked, Climb, Outcome, Shape, Step};

use crate::args::{LoadAsking, LoadComing, LoadRates, LoadRun, LoadTalking};
use crate::exit::Failure;
use crate::output::Output;

/// As the sources of the product ask for it.
const HTTP_STAGES: &str = "1m→50, 3m hold, 1m→100, 3m hold, 1m→0";
const HTTP_MOST: f64 = 100.0;
const FANOUT_STAGES: &str = "5s→4, 30s hold";
const FANOUT_MOST: f64 = 4.0;
/// One message a person in so many seconds, where nothing else is said.
const SECONDS_A_MESSAGE: f64 = 50.0;
const MESSAGES_P95_MS: f64 = 100.0;
const COMING_P95_MS: f64 = 10_000.0;
const PATIENCE: Duration = Duration::from_secs(5);

pub fn come(shape: Shape, args: &LoadComing, output: &Output) -> Result<(), Failure> {
    let asked = asked(shape, &args.run, COMING_P95_MS)?;
    let asked = Asked { hold_s: args.hold_s, per_second: args.rate, ..asked };
    done(&args.run, asked, None, output)
}

pub fn talk(shape: Shape, args: &LoadTalking, output: &Output) -> Result<(), Failure> {
    let asked = asked(shape, &args.run, MESSAGES_P95_MS)?;
    if shape == Shape::Team && asked.crowd.directs_from as usize >= asked.crowd.channels.len() {
        eprintln!(
            "rookery: these people have no directs (load prepare --directs), so all of it is said in channels"
        );
    }
    let (stages, most) = if shape == Shape::Fanout {
        (FANOUT_STAGES.to_owned(), FANOUT_MOST)
    } else {
        let rate = (asked.people as f64 / SECONDS_A_MESSAGE).max(1.0);
        (format!("20s→{rate:.0}, 2m hold"), rate)
    };
    let asked = Asked {
        per_second: args.rate,
        text_bytes: args.text_bytes,
        ..with(asked, &args.rates, stages, most)
    };
    done(&args.run, asked, climb(&args.rates), output)
}

pub fn ask(args: &LoadAsking, output: &Output) -> Result<(), Failure> {
    let asked = asked(Shape::Http, &args.run, Thresholds::default().p95_ms)?;
    let asked = with(asked, &args.rates, HTTP_STAGES.to_owned(), HTTP_MOST);
    done(&args.run, Asked { path: args.path.clone(), ..asked }, climb(&args.rates), output)
}

fn with(asked: Asked, rates: &LoadRates, usual: String, most: f64) -> Asked {
    let stages = match (&rates.stages, rates.day) {
        (Some(stages), _) => stages.clone(),
        (None, Some(lasts)) => day(lasts, rates.most.unwrap_or(most)),
        (None, None) => usual,
    };
    Asked { stages, warm_up_s: rates.warm_up_s, ..asked }
}

fn climb(rates: &LoadRates) -> Option<Climb> {
    rates.find_knee.then_some(Climb { from: rates.from, step_s: rates.step_s })
}

fn asked(shape: Shape, args: &LoadRun, p95_ms: f64) -> Result<Asked, Failure> {
    let file = &args.crowd;
    let crowd = Crowd::read(file).map_err(|error| {
        Failure::Usage(format!("{}: {error}; make people first: rookery load prepare", file.display()))
    })?;
    let people = args.people.unwrap_or(crowd.people.len());
    if people == 0 || people > crowd.people.len() {
        let (made, file) = (crowd.people.len(), file.display());
        return Err(Failure::Usage(format!(
            "--people {people}: {file} has 1 to {made}; load prepare makes more"
        )));
    }
    let usual = Thresholds::default();
    Ok(Asked {
        shape,
        address: args.address.clone(),
        metrics: (args.metrics != "off").then(|| args.metrics.clone()),
        from: args.source.clone(),
        crowd,
        people,
        stages: String::new(),
        text_bytes: 0,
        warm_up_s: 0.0,
        hold_s: 0.0,
        per_second: None,
        path: String::new(),
        thresholds: Thresholds {
            p95_ms: args.p95_ms.unwrap_or(p95_ms),
            page_p95_ms: args.p95_ms.map_or(usual.page_p95_ms, |asked| asked.max(usual.page_p95_ms)),
            errors_share: args.errors_share.unwrap_or(usual.errors_share),
            lag_ms: args.lag_ms.unwrap_or(usual.lag_ms),
        },
        progress: std::io::stderr().is_terminal(),
        folder: std::path::PathBuf::new(),
    })
}

fn failed(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::InvalidInput => Failure::Usage(error.to_string()),
        _ => Failure::Failed(format!("the load: {error}")),
    }
}

/// Nobody comes where nobody answers: that is said at once, and not after two minutes of trying.
fn is_there(address: &str) -> Result<(), Failure> {
    let to = load::sources::resolved(address).map_err(failed)?;
    TcpStream::connect_timeout(&to, PATIENCE).map(drop).map_err(|error| {
        Failure::Unreachable(format!("{address}: {error}; --address says where the server is"))
    })
}

fn done(args: &LoadRun, asked: Asked, climb: Option<Climb>, output: &Output) -> Result<(), Failure> {
    is_there(&asked.address)?;
    // Their tokens lie in it, so nobody else may look in, and it goes with the run.
    let folder = tempfile::Builder::new().prefix("rookery-load-").tempdir().map_err(failed)?;
    let asked = Asked { folder: folder.path().to_owned(), ..asked };
    let party = || {
        let mut command = Command::new(std::env::current_exe().unwrap_or_default());
        command.args(["load", "party"]);
        command
    };
    let (outcome, is_well) = match climb {
        None => {
            let outcome = shape::run(&asked, &party).map_err(failed)?;
            let is_kept = outcome.is_kept();
            (outcome, is_kept)
        }
        Some(climb) => {
            let tell = |step: &Step| {
                output.progress_over();
                let word = if step.kept { "kept" } else { "broken" };
                eprintln!("{:.0} a second: {word}, p95 {:.1} ms", step.per_second, step.p95_ms);
            };
            let knee = shape::find_knee(&asked, &party, climb, tell).map_err(failed)?;
            // A knee is what was looked for: only where none is, or anything went wrong, did it fail.
            let is_well = knee.held.is_some() && knee.is_correct;
            (knee.outcome, is_well)
        }
    };
    output.progress_over();
    if let Some(file) = &args.html {
        write(file, &outcome)?;
    }
    output.done(|| words(&outcome), || serde_json::to_value(&outcome).unwrap_or_default());
    if is_well { Ok(()) } else { Err(Failure::Told) }
}

fn write(file: &Path, outcome: &Outcome) -> Result<(), Failure> {
    std::fs::write(file, shape::page(outcome))
        .map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))
}

fn words(outcome: &Outcome) -> String {
    let rows = outcome.rows().into_iter().map(|(name, value)| format!("{name:44} {value}"));
    rows.chain(outcome.verdicts.iter().map(ToString::to_string)).collect::<Vec<_>>().join("\n")
}
