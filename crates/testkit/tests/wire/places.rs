//! Each message of a batch, in each direction, meets each mishap. `make schedules` leaves nothing out.

use testkit::wire::{Share, enumerate};
use testkit::{Backend, Ground};

async fn every_place(backend: Backend, share: Share) {
    let ground = Ground::on(backend).await;
    let tally = enumerate(&ground, share).await;
    println!("{tally}");
    assert!(tally.to_server > 50 && tally.to_client > 50, "a batch is more than a few messages");
    assert!(tally.found > 0, "some had happened although their answer was lost");
    assert!(tally.is_right());
}

mod postgres {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whatever_befalls_whichever_message_of_a_batch_it_happens_once_and_is_durable_when_told() {
        super::every_place(testkit::Backend::Postgres, testkit::wire::Share::ONCE).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whatever_befalls_a_batch_of_kept_statements_it_happens_once_and_is_durable_when_told() {
        super::every_place(testkit::Backend::Postgres, testkit::wire::Share::KEPT).await;
    }
}

mod pgbouncer {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn whatever_befalls_whichever_message_to_the_pooler_it_happens_once_and_is_durable_when_told() {
        super::every_place(testkit::Backend::PgBouncer, testkit::wire::Share::FEW).await;
    }
}
