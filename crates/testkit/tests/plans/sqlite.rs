use rusqlite::Connection;
use store::statement::Dialect;
use testkit::{Backend, Ground};

use crate::shapes::SHAPES;
use crate::texts;

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("it prepares");
    let mut rows = explain.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().expect("a plan") {
        lines.push(row.get::<_, String>(3).expect("a line"));
    }
    lines
}

#[tokio::test]
async fn every_statement_of_the_commit_path_searches_by_its_key_and_never_scans() {
    for shape in SHAPES {
        let ground = Ground::on(Backend::Sqlite).await;
        drop(ground.engine().await);
        let connection = Connection::open(ground.file()).expect("the file opens");
        connection.execute_batch("PRAGMA synchronous = OFF").expect("set");
        let numbers = |rows| {
            format!(
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i FROM n)"
            )
        };
        for statement in shape.fill(numbers, |number| format!("CAST(printf('%016d', {number}) AS BLOB)")) {
            connection.execute_batch(&statement).expect("rows are made");
        }
        for text in texts::all(Dialect::Sqlite) {
            let lines = plan(&connection, &text.sql);
            let searched = lines.iter().any(|line| line.starts_with("SEARCH"));
            let scans = lines.iter().any(|line| line.starts_with("SCAN") || line.contains("TEMP B-TREE"));
            assert!(searched && !scans, "{shape:?}: {}\n{lines:#?}", text.sql);
            for column in &text.by {
                assert!(
                    lines.iter().any(|line| line.contains(column)),
                    "{shape:?}: {column} of {}\n{lines:#?}",
                    text.sql
                );
            }
        }
    }
}
