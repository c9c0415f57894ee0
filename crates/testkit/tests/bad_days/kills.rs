//! `kill -9` in a loop under load: nothing acknowledged is lost, nothing happens twice.

use std::path::Path;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::Engine;
use testkit::process::{Place, Talk};
use testkit::{Ledger, Process, Team, Wrongs};

use crate::grounds::{Town, WRITER, founded_on_a_file, founded_on_a_server};

const KILLS: u64 = 20;

async fn killed_again_and_again(place: &Place, team: Team, engine: &dyn Engine) {
    let (ledger, mut chance) = (Ledger::default(), StdRng::seed_from_u64(KILLS));
    let program = Path::new(WRITER);
    for name in 0..KILLS {
        let talk = Talk { team, name, senders: 16, pause_ms: 0 };
        let mut server = Process::start(program, place, talk, &ledger).await;
        let acknowledged = chance.random_range(1..300);
        assert!(server.acknowledges(acknowledged, &ledger).await, "it serves until it is killed");
        server.kill(&ledger).await;
    }
    let open = ledger.unanswered().len();
    let last = Talk { team, name: KILLS, senders: 0, pause_ms: 0 };
    assert!(
        Process::start(program, place, last, &ledger).await.ends(&ledger).await,
        "the last one ends well"
    );
    assert!(ledger.unanswered().is_empty(), "all {open} that were open have their answer");
    assert!(ledger.len() > 1_000, "they did talk");
    assert_eq!(ledger.judge(engine).await, Wrongs::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_on_a_file_killed_twenty_times_under_load_loses_and_doubles_nothing() {
    let Town { ground, team, place } = founded_on_a_file().await;
    killed_again_and_again(&place, team, ground.engine().await.as_ref()).await;
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_server_on_postgres_killed_twenty_times_under_load_loses_and_doubles_nothing() {
        let Town { ground, team, place } = founded_on_a_server().await;
        killed_again_and_again(&place, team, ground.engine().await.as_ref()).await;
    }
}
