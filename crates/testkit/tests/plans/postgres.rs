use std::time::Duration;

use domain::cell::Kind;
use store::pg::{ArrayParam, Connection, Param, Row, Statement};
use store::postgres::WRITER_SETTINGS;
use store::statement::Dialect;
use testkit::ground::database::Database;

use crate::shapes::{SHAPES, Shape};
use crate::texts::{self, Text};

const PATIENCE: Duration = Duration::from_secs(60);

/// A few keys of each kind.
fn array(kind: Kind) -> ArrayParam {
    let mut array = match kind {
        Kind::Big => ArrayParam::ints(),
        Kind::Small => ArrayParam::integers(),
        Kind::Text => ArrayParam::texts(),
        Kind::Blob => ArrayParam::blobs(),
    };
    for number in 1..=3 {
        match kind {
            Kind::Big => array.push_int(number),
            Kind::Small => array.push_integer(number as i32),
            Kind::Text => array.push_text(&number.to_string()),
            Kind::Blob => array.push_blob(format!("{number:016}").as_bytes()),
        }
    }
    array
}

async fn plan(connection: &mut Connection, text: &Text) -> Vec<String> {
    let arrays: Vec<_> = text.parameters.iter().map(|kind| array(*kind)).collect();
    let params: Vec<_> = arrays.iter().map(Param::Array).collect();
    let sql = format!("EXPLAIN {}", text.sql);
    let answers = connection.flight(&[Statement { sql: &sql, params: &params }]).await;
    let answer = answers.unwrap_or_else(|error| panic!("{error}: {}", text.sql)).remove(0);
    answer.rows().map(|row: Row<'_>| row.text(0).expect("a line").to_owned()).collect()
}

async fn by_key_alone(shape: Shape, statistics: &str, connection: &mut Connection) {
    connection.simple("BEGIN").await.expect("begun");
    for (name, value) in WRITER_SETTINGS {
        connection.simple(&format!("SET LOCAL {name} = '{value}'")).await.expect("set");
    }
    for text in texts::all(Dialect::Postgres) {
        let lines = plan(connection, &text).await;
        let scans = lines.iter().any(|line| line.contains(&format!("Seq Scan on {}", text.table)));
        assert!(!scans, "{shape:?}, statistics {statistics}: {}\n{}", text.sql, lines.join("\n"));
        let conditions: Vec<_> = lines.iter().filter(|line| line.contains("Index Cond")).collect();
        // On nothing at all every way is the same; what has rows is reached by the whole key.
        let filled = shape.fills(text.table);
        for column in text.by.iter().filter(|_| filled) {
            let found = conditions.iter().any(|line| line.contains(column));
            assert!(
                found,
                "{shape:?}, statistics {statistics}: {column} of {}\n{}",
                text.sql,
                lines.join("\n")
            );
        }
    }
    connection.simple("ROLLBACK").await.expect("back");
}

#[tokio::test]
async fn every_statement_of_the_commit_path_searches_by_its_key_and_never_scans() {
    for shape in SHAPES {
        let database = Database::fresh().await;
        let mut connection =
            Connection::connect(&database.direct(), "plans", PATIENCE).await.expect("connected");
        connection.set_flight_limit(PATIENCE);
        // The worst a planner can believe: that there is nothing.
        connection.simple("ANALYZE").await.expect("analyzed");
        let numbers = |rows| format!("generate_series(1, {rows}) AS n (i)");
        for statement in
            shape.fill(numbers, |number| format!("convert_to(lpad(({number})::text, 16, '0'), 'UTF8')"))
        {
            connection.simple(&statement).await.expect("rows are made");
        }
        by_key_alone(shape, "of the empty database", &mut connection).await;
        connection.simple("ANALYZE").await.expect("analyzed");
        by_key_alone(shape, "fresh", &mut connection).await;
    }
}
