//! `make bench-http`: what a send and a page of history cost over HTTP, beside the store alone and raw SQL on the same file.
//!
//! **Invariant.** Server, client and each peer are processes of their own, charged by the kernel; every acknowledged send is
//! found in its channel, once, before a figure is shown.

mod args;
mod course;
mod figures;
mod ours;
mod peer;
mod report;
mod server;
mod sheet;
mod stub;
mod synapse;
mod town;
mod turn;

use std::process::ExitCode;

use args::Args;
use clap::Parser;
use load::trouble::Trouble;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("bench-http: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Trouble> {
    if let Some(peer) = &args.peer {
        let told = peer::run(peer)?;
        println!("{}", serde_json::to_string(&told).map_err(Trouble::at("a line"))?);
        return Ok(());
    }
    if args.one_alone().is_none() && synapse::is_installed() {
        bench::services::begin_again_with_postgres()?;
    }
    // One thread: the client's share stays its own, and leaves the server a core.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let report = runtime.map_err(Trouble::at("a runtime"))?.block_on(course::run(args))?;
    report.print(args.lines);
    Ok(())
}
