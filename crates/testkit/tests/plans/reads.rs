//! What people read: each text prepared on both engines, its parameters in order, its plan along a key.

use rusqlite::Connection;
use testkit::{Backend, Ground};

fn texts() -> impl Iterator<Item = &'static str> {
    reading::queries().chain(service::QUERIES.iter().copied())
}

/// SQLite numbers `$1`, `$2` by where they come first, PostgreSQL by their names.
#[test]
fn parameters_come_in_the_order_of_their_numbers() {
    for text in texts() {
        let mut next = 1;
        for (at, _) in text.match_indices('$') {
            let digits: String = text[at + 1..].chars().take_while(char::is_ascii_digit).collect();
            let number: usize = digits.parse().unwrap_or_else(|_| panic!("a number in: {text}"));
            assert!(number <= next, "${number} comes before ${next} in: {text}");
            next = next.max(number + 1);
        }
    }
}

/// A page is read along a key: nothing is sorted, and no table is read whole for it.
#[tokio::test]
async fn every_page_is_read_along_a_key_and_sorts_nothing() {
    let ground = Ground::on(Backend::Sqlite).await;
    drop(ground.engine().await);
    let connection = Connection::open(ground.file()).expect("it opens");
    for text in texts() {
        let mut plan = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {text}"))
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let (mut lines, mut inner) = (plan.raw_query(), Vec::new());
        while let Some(line) = lines.next().expect("a plan") {
            let line: String = line.get(3).expect("its words");
            // What a question asks of its own inner one was read along a key there.
            inner.extend(line.strip_prefix("CO-ROUTINE ").map(str::to_owned));
            let scanned = line.strip_prefix("SCAN ").filter(|_| !line.contains("INDEX"));
            let scanned = scanned.filter(|scanned| *scanned != "CONSTANT ROW");
            let whole = scanned.is_some_and(|scanned| !inner.iter().any(|known| known == scanned));
            assert!(!line.contains("TEMP B-TREE") && !whole, "{line}\n{text}");
        }
    }
}

/// What a table is called in a text: `JOIN message m`.
fn named<'a>(text: &'a str, alias: &str) -> Option<&'a str> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let called =
        |three: &&[&str]| matches!(three[0], "FROM" | "JOIN") && three[2].trim_end_matches(',') == alias;
    words.windows(3).find(called).map(|three| three[1])
}

/// The planner knows no numbers of rows: where it may choose, it may begin a join with all members of a workspace, or with
/// all that was ever said in a channel.
#[tokio::test]
async fn what_is_joined_is_found_by_its_own_key() {
    let ground = Ground::on(Backend::Sqlite).await;
    drop(ground.engine().await);
    let connection = Connection::open(ground.file()).expect("it opens");
    let mut joined = 0;
    for text in texts() {
        let explain = format!("EXPLAIN QUERY PLAN {text}");
        let mut plan = connection.prepare(&explain).unwrap_or_else(|error| panic!("{text}: {error}"));
        let (mut lines, mut all) = (plan.raw_query(), Vec::new());
        while let Some(line) = lines.next().expect("a plan") {
            all.push(line.get::<_, String>(3).expect("its words"));
        }
        let searched =
            all.iter().filter_map(|line| Some((line, line.strip_prefix("SEARCH ")?.split(' ').next()?)));
        for (line, alias) in searched.skip(1) {
            let found = line.split_once('(').map_or("", |(_, by)| by);
            match named(text, alias) {
                Some("member" | "channel" | "channel_member" | "channel_tip") => {
                    assert_ne!(found, "workspace=?)", "{line}\n{text}");
                }
                // Whoever follows what is unread reads all of it, on purpose.
                Some("message") if !text.contains("FROM channel_tip t CROSS JOIN channel_member s") => {
                    assert!(!found.contains("number>"), "{line}\n{text}");
                }
                _ => continue,
            }
            joined += 1;
        }
    }
    assert!(joined > 20, "{joined} were looked at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_prepared_on_postgres() {
    let ground = Ground::on(Backend::Postgres).await;
    drop(ground.engine().await);
    let dsn = ground.options().primary;
    let patience = std::time::Duration::from_secs(30);
    let mut connection =
        store::pg::Connection::connect(&dsn, "witness", patience).await.expect("the server lets us in");
    for text in texts() {
        connection.parse_only(text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}
