//! Whether a pooler stands before a database, and whether it is set as it should be.

use store::pg::Dsn;

use super::Finding;
use super::postgres::{ask, shown};
use crate::compose::postgres::Place;

const NAME: &str = "pooler";
/// Where the server itself listens, whatever port was asked.
const BEHIND: &str = "SELECT coalesce(inet_server_port(), 0)::bigint";

pub async fn examine(place: &Place) -> Option<Finding> {
    let primary = &place.options.primary;
    let behind = ask(primary, BEHIND, |row| row.int(0).ok()).await.ok()?;
    if behind == i64::from(primary.port) || behind == 0 {
        return None;
    }
    Some(console(primary, behind).await)
}

/// PgBouncer tells its settings to whoever is one of its `stats_users`; it takes no prepared statement there.
async fn console(primary: &Dsn, behind: i64) -> Finding {
    let at = shown(primary);
    let console = primary.with_database("pgbouncer");
    match mode(&console).await {
        Some(mode) => judged(&at, &mode),
        None => Finding::doubtful(
            NAME,
            format!("{at} leads to a server on port {behind}; what stands between does not say how it pools"),
            format!(
                "if it is PgBouncer: pool_mode = transaction, and stats_users = {} so that this can be seen",
                primary.user
            ),
        ),
    }
}

async fn mode(console: &Dsn) -> Option<String> {
    let asked = async {
        let mut connection =
            store::pg::Connection::connect(console, "rookery doctor", super::PATIENCE).await.ok()?;
        let answers = connection.simple("SHOW CONFIG").await.ok()?;
        let mut rows = answers.first()?.rows();
        rows.find_map(|row| {
            (row.text(0).ok()? == "pool_mode").then(|| row.text(1).ok().map(str::to_owned)).flatten()
        })
    };
    tokio::time::timeout(super::PATIENCE, asked).await.ok()?
}

fn judged(at: &str, mode: &str) -> Finding {
    match mode {
        "transaction" => Finding::well(NAME, format!("PgBouncer before {at} pools by transaction")),
        "session" => Finding::doubtful(
            NAME,
            format!(
                "PgBouncer before {at} pools by session: each connection of a node holds one of the server"
            ),
            "set pool_mode = transaction; nothing here needs a session",
        ),
        other => Finding::wrong(
            NAME,
            format!("PgBouncer before {at} pools by {other}: a commit of several statements is torn apart"),
            "set pool_mode = transaction",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn only_pooling_by_transaction_is_well() {
        let states = ["transaction", "session", "statement"].map(|mode| judged("db", mode).state);
        assert_eq!(states, [State::Well, State::Doubtful, State::Wrong]);
    }
}
