//! The binary: one program that is a laptop's whole chat server, or one node of a fleet.
//!
//! **Invariant.** Only `compose` knows which backend stands behind a port; everything else is handed what it needs.

mod args;
mod commands;
mod compose;
mod config;
mod control;
mod data_dir;
mod doors;
mod exit;
mod lifecycle;
mod memory;
mod output;
mod role;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};
use crate::exit::Failure;
use crate::output::Output;

fn main() -> ExitCode {
    data_dir::keep_to_ourselves();
    let args = Args::parse();
    let output = Output::new(args.json);
    match run(args, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.failed(&failure),
    }
}

fn run(args: Args, output: &Output) -> Result<(), Failure> {
    match args.command {
        Command::Serve(serve) => commands::serve::run(&serve, output),
        Command::Config(config) => commands::config::run(&config, output),
        Command::Migrate(migrate) => commands::migrate::run(&migrate, output),
        Command::Backup(backup) => commands::backup::run(&backup, output),
        Command::Restore(restore) => commands::restore::run(&restore, output),
        Command::Verify(verify) => commands::verify::run(&verify, output),
        Command::Check(place) => commands::check::run(&place, output),
        Command::Doctor(place) => commands::doctor::run(&place, output),
        Command::Admin(admin) => commands::admin::run(&admin, output),
        Command::Load(load) => commands::load::run(&load, output),
        Command::Version => {
            commands::version::run(output);
            Ok(())
        }
    }
}
