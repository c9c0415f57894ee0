//! `make bench`: every bench in turn, and one page of what they found: `docs/benchmarks.md`.
//!
//! **Invariant.** The page holds nothing a bench did not print, and of a bench that failed it says so.

#![allow(
    clippy::disallowed_methods,
    reason = "the benches are processes of their own and the clock is the machine's: nothing here is part of the product"
)]

mod args;
mod benches;
mod kept;
mod page;
mod told;

use std::path::Path;
use std::process::ExitCode;

use args::Args;
use benches::Bench;
use clap::Parser;
use load::place;
use load::trouble::Trouble;
use page::Page;

const TREE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("bench-suite: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Trouble> {
    let tree = Path::new(TREE);
    let shelf = tree.join(if args.quick { "var/bench-quick" } else { "var/bench" });
    std::fs::create_dir_all(&shelf).map_err(Trouble::at("a folder for what is measured"))?;
    let mut failed = Vec::new();
    for bench in args.only.iter().filter(|_| !args.render) {
        let Some(command) = bench.command(tree, args)? else {
            eprintln!("bench-suite: there is no {bench} here, so it was left out");
            continue;
        };
        let run = benches::run(*bench, command)?;
        if !run.well {
            failed.push(bench.to_string());
        }
        kept::write(&shelf, &run)?;
    }
    let runs: Vec<_> = Bench::ALL.into_iter().filter_map(|bench| kept::read(&shelf, bench)).collect();
    let usual = if args.quick { "var/benchmarks.md" } else { "docs/benchmarks.md" };
    let to = args.page.clone().unwrap_or_else(|| tree.join(usual));
    let text = Page { runs: &runs, machine: place::machine(), quick: args.quick }.text();
    std::fs::write(&to, text).map_err(Trouble::at(to.display().to_string()))?;
    match failed.as_slice() {
        [] => Ok(()),
        benches => Err(Trouble::new(format!("{} failed, which the page says", benches.join(", ")))),
    }
}
