//! What was deleted is nowhere: every column of every table is searched.

use rusqlite::types::ValueRef;
use serde_json::{Value, json};
use testkit::ground::database::Witness;
use testkit::{Backend, Ground, Town, on_every_engine};

const NEEDLE: &str = "needle-7c1d";

/// The tables that hold it, in whatever column.
async fn found_in(ground: &Ground) -> Vec<String> {
    match ground.backend {
        Backend::Sqlite => in_file(ground),
        Backend::Postgres | Backend::PgBouncer => in_database(ground).await,
    }
}

fn in_file(ground: &Ground) -> Vec<String> {
    let file = rusqlite::Connection::open(ground.file()).expect("it opens");
    let mut tables = file.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").expect("a question");
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).expect("an answer");
    let holds = |table: &String| {
        let mut all = file.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a question");
        let width = all.column_count();
        let mut rows = all.query([]).expect("an answer");
        let mut held = false;
        while let Some(row) = rows.next().expect("a row") {
            held |= (0..width).any(|at| match row.get_ref(at).expect("a value") {
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                    bytes.windows(NEEDLE.len()).any(|part| part == NEEDLE.as_bytes())
                }
                _ => false,
            });
        }
        held
    };
    tables.map(|table| table.expect("a name")).filter(holds).collect()
}

async fn in_database(ground: &Ground) -> Vec<String> {
    let mut witness = Witness::of(&ground.database().direct()).await;
    let tables = witness.texts("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").await;
    assert!(tables.len() > 20, "{tables:?}");
    let hex = domain::text::hex(NEEDLE.as_bytes());
    let mut found = Vec::new();
    for table in tables {
        let sql = format!(
            "SELECT count(*) FROM \"{table}\" t WHERE t::text LIKE '%{NEEDLE}%' OR t::text LIKE '%{hex}%'"
        );
        if witness.number(&sql).await > 0 {
            found.push(table);
        }
    }
    found
}

on_every_engine! {
    async fn the_text_of_a_deleted_message_is_in_no_table_any_more(ground: Ground) {
        let town = Town::on(&ground).await;
        let bob = town.welcomes("Bob").await;
        let ada = town.token_of(town.team.owner).await;
        let path = town.path(&format!("/channels/{}/messages", town.team.general));
        let text = format!("{NEEDLE} {} <!channel>", bob.mention());
        let reply = json!({ "text": text, "in_channel": true });
        town.send("POST", &ada, &path, json!({ "text": text })).await.ok();
        town.send("POST", &ada, &format!("{path}/1/replies"), reply).await.ok();
        for at in ["/1", "/1/replies/1"] {
            for turn in ["once", "twice"] {
                let mended = json!({ "text": format!("{text} {turn}") });
                town.send("PATCH", &ada, &format!("{path}{at}"), mended).await.ok();
            }
            town.send("PUT", &ada, &format!("{path}{at}/reactions/%F0%9F%8E%89"), Value::Null).await.ok();
            town.send("PUT", &ada, &format!("{path}{at}/pin"), Value::Null).await.ok();
            town.send("PUT", &ada, &format!("{path}{at}/saved"), Value::Null).await.ok();
        }
        let mut held = found_in(&ground).await;
        held.sort();
        assert_eq!(held, ["message", "message_past"], "the search finds what is there");
        for at in ["/1/replies/1", "/1"] {
            town.send("DELETE", &ada, &format!("{path}{at}"), Value::Null).await.ok();
        }
        assert_eq!(found_in(&ground).await, [] as [&str; 0]);
        let page = town.get(&ada, &path).await.ok().to_string() + &town.get(&ada, &format!("{path}/1/replies")).await.ok().to_string();
        assert!(!page.contains(NEEDLE), "{page}");
    }
}
