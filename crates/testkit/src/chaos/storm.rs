//! One server on a file, killed again and again.

use std::path::Path;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use store::Engine;
use tokio::time::{Instant, timeout};

use super::Tally;
use crate::clock::FakeClock;
use crate::ground::{Backend, Ground};
use crate::ledger::Ledger;
use crate::process::{Place, Process, Talk};
use crate::team::Team;

/// Nobody is left without an answer for longer, whatever dies.
pub(super) const SILENCE_MAX: Duration = Duration::from_mins(2);
/// Between two sends of one person: the ledger is read back whole at the end.
pub(super) const PAUSE_MS: u64 = 10;
const SENDERS: usize = 16;
/// Acknowledged between two kills, at most.
const BETWEEN_KILLS_MAX: usize = 1_500;

/// `writer` is the program to kill. Goes on for so long, then looks at what is left.
pub async fn storm_on_a_file(writer: &Path, seed: u64, long: Duration) -> Tally {
    let mut ground = Ground::on(Backend::Sqlite).await;
    ground.clock = FakeClock::going();
    let node = ground.node().await;
    let team = Team::set_up(&node).await;
    node.stop().await;
    let (place, ledger) = (Place::File(ground.file()), Ledger::default());
    let mut chance = StdRng::seed_from_u64(seed);
    let mut tally = Tally::default();
    let end = Instant::now() + long;
    for name in 0.. {
        let talk = Talk { team, name, senders: SENDERS, pause_ms: PAUSE_MS };
        let mut server = Process::start(writer, &place, talk, &ledger).await;
        let until = tally.acknowledged + chance.random_range(1..BETWEEN_KILLS_MAX);
        while tally.acknowledged < until && Instant::now() < end {
            let said = timeout(SILENCE_MAX, server.says(&ledger)).await.expect("it is never silent for long");
            tally.hears(&said.expect("it serves until it is killed"));
        }
        server.kill(&ledger).await;
        tally.servers_killed += 1;
        if Instant::now() >= end {
            break;
        }
    }
    settle(writer, &place, team, &ledger).await;
    tally.settles(&ledger, judge(&ledger, ground.engine().await.as_ref()).await);
    tally
}

/// Whoever has no answer yet gets one.
pub(super) async fn settle(writer: &Path, place: &Place, team: Team, ledger: &Ledger) {
    let last = Talk { team, name: u64::MAX, senders: 0, pause_ms: 0 };
    let last = Process::start(writer, place, last, ledger).await;
    let ended = timeout(SILENCE_MAX, last.ends(ledger)).await;
    assert_eq!(ended, Ok(true), "the last one ends well");
}

pub(super) async fn judge(ledger: &Ledger, engine: &dyn Engine) -> crate::Wrongs {
    let mut wrongs = ledger.judge(engine).await;
    wrongs.lost += ledger.unanswered().len();
    wrongs
}
