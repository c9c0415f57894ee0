//! A named right that one node holds for a while, by the clock of the database it is kept in.
//!
//! Holding ends with the time, or when the database's clock ran ahead: so what a holder writes names its term, and
//! who took over has a higher one. A clock set back keeps a lease longer; it never gives it to a second holder.

use std::time::Duration;

use domain::Key;
use domain::cell::Value;

use crate::port::{Engine, Query, StoreError};

/// Whoever holds it acts alone in its name until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    /// The node.
    pub holder: Key,
    /// Grows with every holder; it never falls, not even by a release.
    pub term: i64,
}

const ACQUIRE: &str = "INSERT INTO lease (name, holder, term, until_us) VALUES ($1, $2, 1, $3)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, term = lease.term + 1, until_us = excluded.until_us
    WHERE lease.until_us <= $4 RETURNING term";
const RENEW: &str = "UPDATE lease SET until_us = $1 WHERE name = $2 AND holder = $3 AND term = $4";
const RELEASE: &str = "UPDATE lease SET until_us = 0 WHERE name = $1 AND holder = $2 AND term = $3";
const HELD: &str = "SELECT term FROM lease WHERE name = $1 AND holder = $2 AND term = $3 AND until_us > $4";

/// For the test that prepares every statement.
pub const QUERIES: &[&str] = &[ACQUIRE, RENEW, RELEASE, HELD];

/// The lease, if it was free or its time was over.
pub async fn acquire(
    engine: &dyn Engine,
    name: &str,
    holder: Key,
    length: Duration,
) -> Result<Option<Lease>, StoreError> {
    let now = engine.now().await?;
    let until = now.plus(micros(length));
    let values = vec![Value::Text(name.into()), Value::of(&holder), Value::of(&until), Value::of(&now)];
    let (rows, _) = engine.run(&Query { sql: ACQUIRE, values }).await?;
    let term = rows.first().and_then(|row| row.int(0));
    Ok(term.map(|term| Lease { name: name.into(), holder, term }))
}

impl Lease {
    /// Longer, from now. False: somebody else has it, and nothing may be done in its name any more.
    pub async fn renew(&self, engine: &dyn Engine, length: Duration) -> Result<bool, StoreError> {
        let until = engine.now().await?.plus(micros(length));
        self.touch(engine, RENEW, Some(Value::of(&until))).await
    }
    /// For whoever waits for it. False: it was gone already.
    pub async fn release(self, engine: &dyn Engine) -> Result<bool, StoreError> {
        self.touch(engine, RELEASE, None).await
    }
    /// Whether it is still held and its time is not over.
    pub async fn is_held(&self, engine: &dyn Engine) -> Result<bool, StoreError> {
        let now = engine.now().await?;
        let mut values = self.values();
        values.push(Value::of(&now));
        Ok(!engine.run(&Query { sql: HELD, values }).await?.0.is_empty())
    }

    async fn touch(
        &self,
        engine: &dyn Engine,
        sql: &'static str,
        first: Option<Value>,
    ) -> Result<bool, StoreError> {
        let values = first.into_iter().chain(self.values()).collect();
        Ok(engine.run(&Query { sql, values }).await?.1 == 1)
    }
    fn values(&self) -> Vec<Value> {
        vec![Value::Text(self.name.clone()), Value::of(&self.holder), Value::Int(self.term)]
    }
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
