//! One text for both databases: each is prepared on both, and its plan is read.

use store::statement::Dialect;
use testkit::{Backend, Ground};

fn texts(dialect: Dialect) -> impl Iterator<Item = &'static str> {
    store::queries().into_iter().chain(store::job::queries_of(dialect))
}

/// SQLite numbers `$1`, `$2` by where they come first, PostgreSQL by their names: so they come in order.
#[test]
fn parameters_come_in_the_order_of_their_numbers() {
    let all = [Dialect::Sqlite, Dialect::Postgres].into_iter().flat_map(texts);
    for text in all {
        let mut next = 1;
        for (at, _) in text.match_indices('$') {
            let digits: String = text[at + 1..].chars().take_while(char::is_ascii_digit).collect();
            let number: usize = digits.parse().unwrap_or_else(|_| panic!("a number in: {text}"));
            assert!(number <= next, "${number} comes before ${next} in: {text}");
            next = next.max(number + 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_text_is_prepared_on_postgres() {
    let ground = Ground::on(Backend::Postgres).await;
    let dsn = ground.options().primary;
    let mut connection = store::pg::Connection::connect(&dsn, "witness", std::time::Duration::from_secs(30))
        .await
        .expect("the server lets us in");
    for text in texts(Dialect::Postgres) {
        connection.parse_only(text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

/// A page is read along a key: nothing is sorted, and no table is read whole for it.
#[tokio::test]
async fn every_text_is_prepared_on_sqlite_and_sorts_nothing() {
    let ground = Ground::on(Backend::Sqlite).await;
    drop(ground.engine().await);
    let connection = rusqlite::Connection::open(ground.file()).expect("it opens");
    for text in texts(Dialect::Sqlite) {
        let mut plan = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {text}"))
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut lines = plan.raw_query();
        while let Some(line) = lines.next().expect("a plan") {
            let line: String = line.get(3).expect("its words");
            // The whole fleet is a few rows, and one row of any table is one.
            let few = line.contains("SCAN node") || text.ends_with("LIMIT 1");
            // `old` and `q` are bounded questions inside of these.
            let bounded = ["SCAN old", "SCAN q"].contains(&line.as_str());
            let whole = line.starts_with("SCAN") && !line.contains("INDEX") && !bounded && !few;
            assert!(!line.contains("TEMP B-TREE") && !whole, "{line}\n{text}");
        }
    }
}
