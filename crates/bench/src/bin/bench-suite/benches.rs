//! Which benches there are, and one of them at work.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::ValueEnum;
use load::noise::Watch;
use load::place;
use load::trouble::Trouble;

use crate::args::Args;
use crate::kept::Run;
use crate::told::Told;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Bench {
    #[value(name = "bench-sends")]
    Sends,
    #[value(name = "bench-http")]
    Http,
    #[value(name = "bench-live")]
    Live,
    #[value(name = "bench-steps")]
    Steps,
    #[value(name = "bench-web")]
    Web,
}

impl Bench {
    pub const ALL: [Self; 5] = [Self::Sends, Self::Http, Self::Live, Self::Steps, Self::Web];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sends => "bench-sends",
            Self::Http => "bench-http",
            Self::Live => "bench-live",
            Self::Steps => "bench-steps",
            Self::Web => "bench-web",
        }
    }

    /// The program behind it, and what of it is run.
    fn program(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Steps => (Self::Live.name(), &["--rows", "asking,rooms"]),
            other => (other.name(), &[]),
        }
    }

    /// What starts it; none where the tree has no such bench.
    pub fn command(self, tree: &Path, args: &Args) -> Result<Option<Command>, Trouble> {
        if self == Self::Web {
            let makefile = std::fs::read_to_string(tree.join("Makefile")).map_err(Trouble::at("Makefile"))?;
            let there = makefile.lines().any(|line| line.starts_with("bench-web:"));
            let mut make = Command::new("make");
            make.args(["--no-print-directory", "bench-web"]).current_dir(tree);
            return Ok(there.then_some(make));
        }
        let own = std::env::current_exe().map_err(Trouble::at("this program"))?;
        let (program, rows) = self.program();
        let mut command = Command::new(own.with_file_name(program));
        command.arg("--lines").args(rows).current_dir(tree);
        if args.quick {
            command.arg("--quick");
        } else {
            command.args(["--rounds", &args.rounds.to_string()]);
        }
        Ok(Some(command))
    }
}

impl fmt::Display for Bench {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// Shows what it says, keeps what is for the page, and watches what else the machine does meanwhile.
pub fn run(bench: Bench, mut command: Command) -> Result<Run, Trouble> {
    let (began, watch) = (Instant::now(), Watch::start(&[]));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(Trouble::at(bench.name()))?;
    let said = child.stdout.take().ok_or_else(|| Trouble::new(format!("{bench} without its output")))?;
    let mut told = Told::default();
    for line in BufReader::new(said).lines() {
        let line = line.map_err(Trouble::at(bench.name()))?;
        println!("{line}");
        told.hear(&line);
    }
    let ended = child.wait().map_err(Trouble::at(bench.name()))?;
    let noise = watch.stop();
    Ok(Run {
        bench,
        date: place::today(),
        minutes: began.elapsed().as_secs_f64() / 60.0,
        steal_percent: noise.steal_share * 100.0,
        other_percent: noise.other_share * 100.0,
        well: ended.success(),
        told,
    })
}
