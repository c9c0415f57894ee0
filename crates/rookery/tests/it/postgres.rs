//! The same binary on PostgreSQL: nodes that share a database, and an operator who asks it without a server in between.

mod fleet;
mod redis;

use std::fs;
use std::path::Path;

use serde_json::json;
use store::pg::Dsn;
use tempfile::tempdir;
use testkit::ground::database::{Database, Witness};

use crate::harness::{Server, run};

/// A configuration file for these databases, with a pool small enough for many tests on one server.
fn configured(home: &Path, directory: &Dsn, shard: &Dsn, pool: u32) {
    let text = |dsn: &Dsn| {
        let Dsn { host, port, user, database, .. } = dsn;
        let password = dsn.password.as_ref().map(|word| format!(" password={word}")).unwrap_or_default();
        format!("host={host} port={port} user={user} dbname={database}{password}")
    };
    let file = format!(
        "[store]\nkind = \"postgres\"\n[store.postgres]\ndirectory = \"{}\"\n\
         shards = [{{ id = 1, primary = \"{}\" }}]\n[store.postgres.pool]\nsize = {pool}\noverflow = 1\n",
        text(directory),
        text(shard)
    );
    fs::write(home.join("rookery.toml"), file).expect("written");
}

fn fresh() -> Database {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(Database::fresh())
}

/// One that nobody has brought to shape.
fn empty() -> Database {
    let database = fresh();
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        Witness::of(&database.direct()).await.does("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await;
    });
    database
}

#[test]
fn a_node_serves_is_counted_while_it_lives_and_says_so_when_it_goes() {
    let (home, database) = (tempdir().expect("a folder"), fresh());
    configured(home.path(), &database.direct(), &database.direct(), 4);
    let level = || run(home.path(), &["admin", "level", "--json"]).json();
    let serving = Server::start(home.path());
    let health = serving.get("/health").json();
    assert_eq!(health["components"]["database"], "ok");
    assert_eq!(health["components"]["quorum"], "degraded", "nothing confirms commits beside this primary");
    assert_eq!(serving.get("/health/ready").status(), 200);
    let told = level();
    assert_eq!(
        told["nodes"],
        json!([{ "roles": "api,gateway,worker", "level": told["build"], "connections": 5 }])
    );
    serving.signal("TERM");
    let (exit, log) = serving.ended();
    assert!(exit.success(), "{log}");
    assert_eq!(level()["nodes"], json!([]));
}

#[test]
fn directory_and_shard_are_brought_to_shape_and_found_consistent() {
    let (home, directory, shard) = (tempdir().expect("a folder"), empty(), empty());
    configured(home.path(), &directory.direct(), &shard.direct(), 4);
    let before = run(home.path(), &["migrate", "status"]);
    assert!(before.said().contains("0001_directory: waiting"), "{}{}", before.said(), before.complained());
    let up = run(home.path(), &["migrate", "up", "--json"]);
    assert_eq!(up.code(), 0, "{}", up.said());
    let databases = up.json()["databases"].clone();
    assert_eq!(
        (&databases[0]["database"], &databases[1]["database"]),
        (&json!("directory"), &json!("shard"))
    );
    let checked = run(home.path(), &["check", "--json"]);
    assert_eq!(
        (checked.code(), checked.json()),
        (0, json!({ "ok": true, "findings": [] })),
        "{}",
        checked.complained()
    );
}

#[test]
fn one_node_too_many_is_refused_with_the_figures() {
    let (home, database) = (tempdir().expect("a folder"), fresh());
    configured(home.path(), &database.direct(), &database.direct(), 5_000);
    let refused = run(home.path(), &["serve", "--listen", "127.0.0.1:0", "--metrics", "off"]);
    assert_eq!(refused.code(), 3, "{}", refused.complained());
    assert!(refused.complained().contains("up to 5001 connections"), "{}", refused.complained());
}

#[test]
fn a_database_that_is_away_is_told_by_exit_code_four() {
    let home = tempdir().expect("a folder");
    let nobody: Dsn =
        "host=127.0.0.1 port=1 user=rookery password=s3cret dbname=rookery".parse().expect("an address");
    configured(home.path(), &nobody, &nobody, 4);
    for command in
        [&["serve", "--listen", "127.0.0.1:0", "--metrics", "off"][..], &["check"], &["migrate", "status"]]
    {
        let told = run(home.path(), command);
        assert_eq!(told.code(), 4, "{command:?}: {}", told.complained());
        assert!(!told.complained().contains("s3cret"), "{}", told.complained());
    }
}

#[test]
fn copies_of_postgres_are_left_to_its_own_tools() {
    let (home, database) = (tempdir().expect("a folder"), fresh());
    configured(home.path(), &database.direct(), &database.direct(), 4);
    for command in [&["backup"][..], &["verify"], &["restore", "x.db"]] {
        let told = run(home.path(), command);
        assert_eq!(told.code(), 3, "{command:?}");
        assert!(told.complained().contains("pg_basebackup"), "{}", told.complained());
    }
}

#[test]
fn the_doctor_sees_what_a_database_does_not_keep_and_who_lives() {
    let (home, database) = (tempdir().expect("a folder"), fresh());
    configured(home.path(), &database.direct(), &database.direct(), 4);
    let (_, findings) = crate::doctor::examined(home.path());
    assert_eq!(crate::doctor::found(&findings, "nodes").map(|(_, what)| what), Some("no node lives"));
    let _serving = Server::start_with(home.path(), &["--roles", "api,gateway"]);
    let (told, findings) = crate::doctor::examined(home.path());
    let found = |name| crate::doctor::found(&findings, name);
    // The servers of tests do not wait for their disk, and no replica confirms what they commit.
    assert_eq!(told.code(), 1, "{}", told.said());
    assert_eq!(found("durability").map(|(state, _)| state), Some("wrong"), "{}", told.said());
    assert_eq!(found("quorum").map(|(state, _)| state), Some("doubtful"));
    assert_eq!(found("nodes"), Some(("wrong", "1 live, and none of them is worker")));
    assert_eq!(
        (found("clock"), found("connections"), found("pooler")),
        (None, None, None),
        "{}",
        told.said()
    );
}

#[test]
fn the_doctor_sees_the_pooler_and_how_it_pools() {
    let (home, database) = (tempdir().expect("a folder"), fresh());
    configured(home.path(), &database.pooled(), &database.pooled(), 4);
    let (told, findings) = crate::doctor::examined(home.path());
    let pooler = findings.iter().find(|finding| finding["name"] == "pooler");
    assert_eq!(pooler.map(|pooler| &pooler["state"]), Some(&json!("well")), "{}", told.said());
}
