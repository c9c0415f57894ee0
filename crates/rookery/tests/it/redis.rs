//! A server whose configuration names a Redis: there, not there, and with words nobody may read.

use std::fs;

use serde_json::json;
use tempfile::tempdir;

use crate::harness::{Server, run};

#[test]
fn without_its_redis_a_server_serves_and_says_so() {
    let home = tempdir().expect("a folder");
    // Nobody listens on port 1.
    fs::write(home.path().join("rookery.toml"), "[redis]\nurls = [\"redis://127.0.0.1:1\"]\n")
        .expect("written");
    let server = Server::start(home.path());
    let ready = server.get("/health/ready");
    assert_eq!((ready.status(), ready.json()), (200, json!({ "status": "degraded" })));
    let health = server.get("/health").json();
    assert_eq!(health["components"], json!({ "database": "ok", "redis": "degraded" }));
    assert_eq!(server.get("/").status(), 200);
    server.signal("TERM");
    let (exit, log) = server.ended();
    assert!(exit.success(), "{log}");
    assert!(log.contains("Redis is away"), "{log}");
}

#[test]
fn a_password_of_redis_is_never_shown() {
    let home = tempdir().expect("a folder");
    let file =
        "[redis]\nurls = [\"rediss://redis.example.org:6379\"]\nuser = \"rookery\"\npassword = \"needle\"\n";
    fs::write(home.path().join("rookery.toml"), file).expect("written");
    for more in [&["config", "show"][..], &["config", "show", "--json"], &["config", "check"]] {
        let told = run(home.path(), more);
        assert_eq!(told.code(), 0, "{}", told.complained());
        assert!(!told.said().contains("needle"), "{}", told.said());
    }
}
