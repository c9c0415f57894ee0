//! The shapes: what is asked on the command line, run by the engine, told on the terminal and on a page.

use std::io::IsTerminal;
use std::process::Command;

use load::crowd::Crowd;
use load::shape::verdict::Thresholds;
use load::shape::{self, Asked, Outcome, Shape};

use crate::args::LoadRun;
use crate::exit::Failure;
use crate::output::Output;

/// As the sources of the product ask for it.
const HTTP_STAGES: &str = "1m→50, 3m hold, 1m→100, 3m hold, 1m→0";
/// One message a person in so many seconds, where nothing else is said.
const SECONDS_A_MESSAGE: usize = 50;
const TEAM_P95_MS: f64 = 100.0;
const STEP_S: f64 = 20.0;

/// What was held, where the most was asked for; nothing if not even the first step was.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Knee {
    NotSought,
    At(Option<f64>),
}

pub fn run(shape: Shape, args: &LoadRun, output: &Output) -> Result<(), Failure> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::InvalidInput => Failure::Usage(error.to_string()),
        _ => Failure::Failed(format!("the load: {error}")),
    };
    let folder = std::env::temp_dir().join(format!("rookery-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let asked = asked(shape, args, &folder)?;
    let party = || {
        let mut command = Command::new(std::env::current_exe().unwrap_or_default());
        command.args(["load", "party"]);
        command
    };
    let ran = if args.find_knee {
        let first = args.from.unwrap_or(50.0);
        let tell = |line: &str| eprintln!("{line}");
        shape::find_knee(&asked, &party, (first, STEP_S), tell)
            .map(|(held, outcome)| (Knee::At(held), outcome))
    } else {
        shape::run(&asked, &party).map(|outcome| (Knee::NotSought, outcome))
    };
    std::fs::remove_dir_all(&folder).ok();
    let (knee, outcome) = ran.map_err(failed)?;
    output.progress_over();
    if let Some(file) = &args.html {
        std::fs::write(file, shape::page(&outcome)).map_err(failed)?;
    }
    output.done(|| words(&outcome, knee), || told(&outcome, knee));
    // A knee is what was looked for; only a run that was to hold fails.
    if outcome.is_kept() || knee != Knee::NotSought { Ok(()) } else { Err(Failure::Told) }
}

fn asked(shape: Shape, args: &LoadRun, folder: &std::path::Path) -> Result<Asked, Failure> {
    let file = &args.crowd;
    let crowd = Crowd::read(file).map_err(|error| {
        Failure::Usage(format!("{}: {error}; make people first: rookery load prepare", file.display()))
    })?;
    let people = args.people.unwrap_or(crowd.people.len()).min(crowd.people.len());
    let usual = Thresholds::default();
    let p95_ms = match shape {
        Shape::Team | Shape::Fanout => TEAM_P95_MS,
        _ => usual.p95_ms,
    };
    let rate = (people / SECONDS_A_MESSAGE).max(1);
    let stages = match shape {
        Shape::Http => HTTP_STAGES.to_owned(),
        Shape::Fanout => "5s→4, 30s hold".to_owned(),
        _ => format!("20s→{rate}, 2m hold"),
    };
    Ok(Asked {
        shape,
        address: args.address.clone(),
        metrics: (args.metrics != "off").then(|| args.metrics.clone()),
        crowd,
        people,
        stages: args.stages.clone().unwrap_or(stages),
        text_bytes: args.text_bytes,
        warm_up_s: args.warm_up_s,
        hold_s: args.hold_s,
        per_second: args.rate,
        path: args.path.clone(),
        thresholds: Thresholds {
            p95_ms: args.p95_ms.unwrap_or(p95_ms),
            errors_share: args.errors_share.unwrap_or(usual.errors_share),
            ..usual
        },
        progress: std::io::stderr().is_terminal(),
        folder: folder.to_owned(),
    })
}

fn words(outcome: &Outcome, knee: Knee) -> String {
    let mut lines: Vec<String> =
        outcome.rows().into_iter().map(|(name, value)| format!("{name:44} {value}")).collect();
    lines.extend(outcome.verdicts.iter().map(ToString::to_string));
    match knee {
        Knee::NotSought => {}
        Knee::At(Some(held)) => lines.push(format!("the knee: {held:.0} a second were held")),
        Knee::At(None) => lines.push("the knee: not even the first step was held".to_owned()),
    }
    lines.join("\n")
}

fn told(outcome: &Outcome, knee: Knee) -> serde_json::Value {
    let mut told = serde_json::to_value(outcome).unwrap_or_default();
    if let Knee::At(held) = knee {
        told["knee_per_second"] = held.into();
    }
    told
}
