//! The peer on PostgreSQL: pgbench inserts rows of the same body, prepared statements, one table, one sequence.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::outcome::Outcome;
use crate::postgres::Postgres;
use crate::raw_sqlite::BODY_BYTES;
use load::trouble::Trouble;

/// Where one row a transaction is fastest on two cores.
const CLIENTS: usize = 32;
/// Batches saturate earlier.
const CLIENTS_IN_BATCHES: usize = 4;

pub fn run(postgres: &Postgres, rows: usize, measure: Duration) -> Result<Outcome, Trouble> {
    postgres.ask(
        "DROP TABLE IF EXISTS floor;
         CREATE TABLE floor (id BIGSERIAL PRIMARY KEY, channel BIGINT NOT NULL, author BIGINT NOT NULL, body TEXT NOT NULL)",
    )?;
    let clients = if rows == 1 { CLIENTS } else { CLIENTS_IN_BATCHES };
    let summary = asked(postgres, &insert(rows), clients, measure)?;
    let stored = postgres.number("SELECT count(*) FROM floor")?;
    Ok(Outcome::of_peer(stored, summary.transactions * rows as u64, summary.took()))
}

/// A message and its event under the next position of one journal, each send a statement and a commit of its own: whoever
/// has the head holds it until the disk has their commit.
pub fn unqueued(postgres: &Postgres, measure: Duration) -> Result<Outcome, Trouble> {
    postgres.ask(
        "DROP TABLE IF EXISTS unqueued_head, unqueued_said, unqueued_event;
         CREATE TABLE unqueued_head (workspace BIGINT PRIMARY KEY, position BIGINT NOT NULL);
         INSERT INTO unqueued_head VALUES (1, 0);
         CREATE TABLE unqueued_said (number BIGINT PRIMARY KEY, author BIGINT NOT NULL, body TEXT NOT NULL);
         CREATE TABLE unqueued_event (position BIGINT PRIMARY KEY, number BIGINT NOT NULL)",
    )?;
    let body = "x".repeat(BODY_BYTES);
    let send = format!(
        "WITH head AS (UPDATE unqueued_head SET position = position + 1 WHERE workspace = 1 RETURNING position), \
         said AS (INSERT INTO unqueued_said SELECT position, 1, '{body}' FROM head) \
         INSERT INTO unqueued_event SELECT position, position FROM head;\n"
    );
    let summary = asked(postgres, &send, CLIENTS, measure)?;
    let stored = postgres.number("SELECT count(*) FROM unqueued_event JOIN unqueued_said USING (number)")?;
    Ok(Outcome::of_peer(stored, summary.transactions, summary.took()))
}

/// A script, asked again and again by so many.
fn asked(postgres: &Postgres, script: &str, clients: usize, measure: Duration) -> Result<Summary, Trouble> {
    postgres.ask("CHECKPOINT")?;
    let folder = tempfile::tempdir().map_err(Trouble::at("a temporary folder"))?;
    let file = folder.path().join("script.sql");
    fs::write(&file, script).map_err(Trouble::at("writing pgbench's script"))?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={}", measure.as_secs()))
        .arg(format!("--file={}", file.display()))
        .arg(&postgres.address)
        .output()
        .map_err(Trouble::at("pgbench"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    Summary::read(&said)
        .filter(|_| output.status.success())
        .ok_or_else(|| Trouble::new(format!("pgbench: {}{said}", String::from_utf8_lossy(&output.stderr))))
}

fn insert(rows: usize) -> String {
    let body = "x".repeat(BODY_BYTES);
    match rows {
        1 => format!("INSERT INTO floor (channel, author, body) VALUES (1, 1, '{body}');\n"),
        _ => format!(
            "INSERT INTO floor (channel, author, body) SELECT row % 16, 1, '{body}' FROM generate_series(1, {rows}) row;\n"
        ),
    }
}

#[derive(Debug, PartialEq)]
struct Summary {
    transactions: u64,
    per_second: f64,
}

impl Summary {
    fn took(&self) -> Duration {
        Duration::from_secs_f64(self.transactions as f64 / self.per_second.max(f64::MIN_POSITIVE))
    }

    fn read(said: &str) -> Option<Self> {
        let after = |label: &str| said.lines().find_map(|line| line.strip_prefix(label));
        let transactions = after("number of transactions actually processed: ")?;
        let transactions = transactions.split('/').next()?.trim().parse().ok()?;
        let per_second = after("tps = ")?.split(' ').next()?.parse().ok()?;
        Some(Self { transactions, per_second })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_of_pgbench_is_read() {
        let said = "transaction type: script.sql\nnumber of clients: 32\n\
                    number of transactions actually processed: 149512\nlatency average = 1.070 ms\n\
                    tps = 29901.250000 (without initial connection time)\n";
        assert_eq!(Summary::read(said), Some(Summary { transactions: 149_512, per_second: 29_901.25 }));
        assert_eq!(Summary::read("pgbench: error"), None);
    }
}
