//! Two servers on one file, which a data folder's lock forbids: they get in each other's way, and break nothing.

use std::path::Path;

use testkit::process::Talk;
use testkit::{Ledger, Process, Wrongs};

use crate::grounds::{Town, WRITER, founded_on_a_file};

const TOGETHER: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_one_file_wait_for_each_other_and_number_as_one() {
    let Town { ground, team, place } = founded_on_a_file().await;
    let (ledger, program) = (Ledger::default(), Path::new(WRITER));
    let start = |name| {
        let talk = Talk { team, name, senders: 4, pause_ms: 1 };
        Process::start(program, &place, talk, &ledger)
    };
    let (mut one, mut two) = (start(1).await, start(2).await);
    let (first, second) =
        tokio::join!(one.acknowledges(TOGETHER, &ledger), two.acknowledges(TOGETHER, &ledger));
    assert!(first && second, "both serve");
    one.kill(&ledger).await;
    assert!(two.acknowledges(TOGETHER, &ledger).await, "the other goes on, whatever the dead one held");
    two.kill(&ledger).await;
    let last = Talk { team, name: 3, senders: 0, pause_ms: 0 };
    assert!(Process::start(program, &place, last, &ledger).await.ends(&ledger).await);
    assert!(ledger.unanswered().is_empty());
    assert_eq!(ledger.judge(ground.engine().await.as_ref()).await, Wrongs::default());
}
