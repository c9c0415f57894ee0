use domain::cell::Kind;
use domain::row::Row;
use domain::tables::{EachTable, for_each_table};
use domain::{Event, Head, InWorld};
use store::statement::{Dialect, delete, insert, select_by_index, select_by_key, update};

use crate::place::Place;

/// A statement, and the names of the columns it gives with their types.
struct Text {
    sql: String,
    gives: Vec<(String, u32)>,
}

/// Every statement made from the tables, and what the tables should be.
#[derive(Default)]
struct All {
    texts: Vec<Text>,
    columns: Vec<(&'static str, Vec<String>)>,
}

fn oid(kind: Kind) -> u32 {
    match kind {
        Kind::Big => 20,
        Kind::Small => 23,
        Kind::Text => 25,
        Kind::Blob => 17,
    }
}

impl All {
    fn new() -> Self {
        let mut all = Self::default();
        for_each_table(&mut all);
        all.of::<Head>();
        all.of::<Event>();
        all
    }

    fn of<R: Row>(&mut self) {
        let dialect = Dialect::Postgres;
        let columns = R::COLUMNS.iter().map(|column| (column.name.to_owned(), oid(column.kind)));
        let rows: Vec<_> = [("asker".to_owned(), oid(Kind::Small))].into_iter().chain(columns).collect();
        let silent = |sql| Text { sql, gives: Vec::new() };
        self.texts.push(Text { sql: select_by_key::<R>(dialect), gives: rows.clone() });
        self.texts.push(silent(insert::<R>(dialect)));
        self.texts.extend(update::<R>(dialect).map(silent));
        self.texts.push(silent(delete::<R>(dialect)));
        for index in domain::permission::INDEXES.iter().filter(|index| index.table == R::TABLE) {
            self.texts.push(Text { sql: select_by_index::<R>(index, dialect), gives: rows.clone() });
        }
        let word = |kind| match kind {
            Kind::Big => "bigint",
            Kind::Small => "integer",
            Kind::Text => "text",
            Kind::Blob => "bytea",
        };
        let column = |column: &domain::cell::Column| {
            format!("{} {} {}", column.name, word(column.kind), if column.nullable { "YES" } else { "NO" })
        };
        let mut columns: Vec<_> = R::COLUMNS.iter().map(column).collect();
        columns.sort();
        self.columns.push((R::TABLE, columns));
    }
}

impl EachTable for All {
    fn table<R: InWorld>(&mut self) {
        self.of::<R>();
    }
}

#[tokio::test]
async fn every_statement_prepares_and_gives_the_columns_its_rows_are_read_by() {
    let place = Place::fresh().await;
    let mut witness = place.witness().await;
    let all = All::new();
    assert!(all.texts.len() > 100, "every table has its four");
    for text in &all.texts {
        let prepared =
            witness.0.parse_only(&text.sql).await.unwrap_or_else(|error| panic!("{}: {error}", text.sql));
        assert_eq!(prepared.columns, text.gives, "{}", text.sql);
    }
}

#[tokio::test]
async fn every_row_has_the_columns_of_its_table() {
    let place = Place::fresh().await;
    let mut witness = place.witness().await;
    for (table, expected) in All::new().columns {
        let known = format!(
            "SELECT column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
              WHERE table_schema = 'public' AND table_name = '{table}'"
        );
        let mut columns = witness.texts(&known).await;
        columns.sort();
        assert_eq!(columns, expected, "{table}");
    }
}

#[tokio::test]
async fn nothing_a_writer_says_reads_a_whole_table_even_where_it_is_empty() {
    let place = Place::fresh().await;
    let mut witness = place.witness().await;
    for (name, value) in store::postgres::WRITER_SETTINGS {
        witness.does(&format!("SET {name} = '{value}'")).await;
    }
    for text in All::new().texts.iter().filter(|text| !text.sql.starts_with("INSERT")) {
        let arrays = (1..99).take_while(|at| text.sql.contains(&format!("${at}::"))).count();
        let nothing = vec!["'{}'"; arrays].join(", ");
        witness.does(&format!("PREPARE asked AS {}", text.sql)).await;
        let plan = witness.texts(&format!("EXPLAIN EXECUTE asked ({nothing})")).await.join("\n");
        witness.does("DEALLOCATE asked").await;
        assert!(plan.contains("Index") && !plan.contains("Seq Scan"), "{}\n{plan}", text.sql);
    }
}
