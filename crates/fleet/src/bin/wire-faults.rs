//! Part of `make schedules`: every message of a batch on its way to PostgreSQL, and back, meets every mishap, alone
//! and twice in a row; then the same on sessions that keep their statements, and before PgBouncer. Prints what happened, and fails if anything went wrong.

use std::process::ExitCode;

use testkit::wire::{Share, enumerate};
use testkit::{Backend, Ground};

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let mut is_right = true;
    let kept = Share { kept: true, ..Share::ALL };
    for (backend, share) in
        [(Backend::Postgres, Share::ALL), (Backend::Postgres, kept), (Backend::PgBouncer, Share::ALL)]
    {
        let ground = Ground::on(backend).await;
        let tally = enumerate(&ground, share).await;
        let kept = if share.kept { ", kept statements" } else { "" };
        println!("{backend:?}{kept}\n{tally}");
        is_right &= tally.is_right();
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
