//! The line to the database takes everything and answers nothing.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use store::pg::PoolConfig;
use store::{Limits, NotDone, Postgres, PostgresOptions};
use testkit::proxy::Proxy;
use testkit::{Backend, Faulty, Ground, Node, Team, Wrongs};

use crate::town::Talk;

const SHORT: Duration = Duration::from_millis(400);

async fn swallowed_for_a_while(backend: Backend) {
    let ground = Ground::on(backend).await;
    let proxy = Proxy::before(&ground.options().primary).await;
    let pool = PoolConfig { wait_max: SHORT, connect_max: SHORT, flight_max: SHORT, ..PoolConfig::default() };
    let options = PostgresOptions { primary: proxy.dsn(), pool, commit_max: SHORT, ..ground.options() };
    let limits = Limits { patience: 2 * SHORT, ..Limits::default() };
    let engine = Faulty::over(Arc::new(Postgres::new(options)));
    let team = {
        let patient = ground.node().await;
        let team = Team::set_up(&patient).await;
        patient.stop().await;
        team
    };
    let node = Node::with_limits(engine, ground.clock.clone(), limits).await;
    let talk = Talk::with(node, team);
    talk.insists("before").await;
    for round in 0..3 {
        let lines: Vec<_> = (0..10).map(|line| format!("{round}: {line}")).collect();
        let talking = join_all(lines.iter().map(|line| talk.says(line)));
        proxy.swallows(true);
        for told in talking.await.into_iter().filter_map(Result::err) {
            let comes_back =
                matches!(told, NotDone::Unknown | NotDone::ReadOnly { .. } | NotDone::Saturated { .. });
            assert!(comes_back, "told to come back, not {told:?}");
        }
        let meanwhile = talk.says(&format!("{round}: meanwhile")).await;
        assert!(meanwhile.is_err(), "nobody can know: {meanwhile:?}");
        proxy.swallows(false);
        talk.settles().await;
    }
    talk.insists("after").await;
    assert_eq!(talk.ledger.judge(ground.engine().await.as_ref()).await, Wrongs::default());
}

mod postgres {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn while_nothing_is_answered_people_are_told_to_come_back_and_then_all_goes_on() {
        super::swallowed_for_a_while(testkit::Backend::Postgres).await;
    }
}

mod pgbouncer {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn while_nothing_is_answered_people_are_told_to_come_back_and_then_all_goes_on() {
        super::swallowed_for_a_while(testkit::Backend::PgBouncer).await;
    }
}
