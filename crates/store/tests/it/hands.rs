//! Changes nobody may make: rows written past every command.

use domain::cell::Value;
use store::{Engine, Query};

pub async fn by_hand(engine: &dyn Engine, sql: &'static str, values: Vec<Value>) -> u64 {
    engine.run(&Query { sql, values }).await.unwrap_or_else(|error| panic!("{sql}: {error}")).1
}

pub async fn rows(engine: &dyn Engine, sql: &'static str, values: Vec<Value>) -> Vec<Vec<Value>> {
    engine.run(&Query { sql, values }).await.unwrap_or_else(|error| panic!("{sql}: {error}")).0.values()
}

pub async fn number(engine: &dyn Engine, sql: &'static str) -> i64 {
    match rows(engine, sql, Vec::new()).await.first().map(Vec::as_slice) {
        Some([Value::Int(number)]) => *number,
        other => panic!("{sql}: a number, not {other:?}"),
    }
}
