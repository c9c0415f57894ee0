//! The statements whose plans matter, with what they must find their rows by.

use domain::cell::{Column, Kind};
use domain::permission::INDEXES;
use domain::row::{Index, Row};
use domain::tables::{EachTable, for_each_table};
use domain::{Head, InWorld};
use store::statement::{Dialect, delete, index_columns, key_columns, select_by_index, select_by_key, update};

pub struct Text {
    pub table: &'static str,
    pub sql: String,
    /// What the rows are found by.
    pub by: Vec<&'static str>,
    /// The kinds of its parameters.
    pub parameters: Vec<Kind>,
}

fn names(columns: &[Column]) -> Vec<&'static str> {
    columns.iter().map(|column| column.name).collect()
}

fn kinds(columns: &[Column]) -> Vec<Kind> {
    columns.iter().map(|column| column.kind).collect()
}

fn of_table<R: Row>(dialect: Dialect, all: &mut Vec<Text>) {
    let key = key_columns::<R>();
    let asked = |columns: &[Column]| {
        let asker = (dialect == Dialect::Postgres).then_some(Kind::Small);
        asker.into_iter().chain(kinds(columns)).collect::<Vec<_>>()
    };
    let text = |sql, parameters| Text { table: R::TABLE, sql, by: names(key), parameters };
    all.push(text(select_by_key::<R>(dialect), asked(key)));
    all.extend(update::<R>(dialect).map(|sql| text(sql, kinds(R::COLUMNS))));
    all.push(text(delete::<R>(dialect), kinds(key)));
    for index in INDEXES.iter().filter(|index: &&&Index| index.table == R::TABLE) {
        let columns = index_columns::<R>(index);
        let mut parameters = asked(&columns);
        parameters.push(Kind::Small);
        all.push(Text {
            table: R::TABLE,
            sql: select_by_index::<R>(index, dialect),
            by: names(&columns),
            parameters,
        });
    }
}

/// Of every table there is.
pub fn all(dialect: Dialect) -> Vec<Text> {
    struct Collect(Dialect, Vec<Text>);
    impl EachTable for Collect {
        fn table<R: InWorld>(&mut self) {
            of_table::<R>(self.0, &mut self.1);
        }
    }
    let mut collect = Collect(dialect, Vec::new());
    for_each_table(&mut collect);
    of_table::<Head>(dialect, &mut collect.1);
    collect.1
}
