//! What happens behind people's backs.

use serde_json::json;
use tempfile::tempdir;

use crate::harness::{Server, run};

#[test]
fn a_worker_alone_opens_no_door_and_stops_softly() {
    let home = tempdir().expect("a folder");
    let server = Server::start_with(home.path(), &["--roles", "worker"]);
    let told = run(home.path(), &["admin", "jobs", "--data", "data"]);
    assert_eq!((told.code(), told.said().trim()), (0, "no job was laid aside"), "{}", told.complained());
    server.signal("TERM");
    let (exit, log) = server.ended();
    assert_eq!(exit.code(), Some(0), "{log}");
    assert!(log.contains("everything under way was finished"), "{log}");
}

#[test]
fn dead_letters_are_read_and_tried_again_with_and_without_a_server() {
    let home = tempdir().expect("a folder");
    let jobs =
        |more: &[&str]| run(home.path(), &[&["admin", "jobs", "--data", "data", "--json"], more].concat());
    drop(Server::start(home.path()));
    let file = home.path().join("data").join("rookery.db");
    let connection = rusqlite::Connection::open(file).expect("the file opens");
    let letter = "INSERT INTO job (id, queue, workspace, body, due_us, state, attempts, strikes, error)
        VALUES ('mail/T/1/1', 'mail', x'00', '{}', 1, 'dead', 3, 0, 'no answer')";
    connection.execute(letter, []).expect("written");
    drop(connection);
    let letters = json!([{ "id": "mail/T/1/1", "attempts": 3, "strikes": 0, "error": "no answer" }]);
    assert_eq!(jobs(&[]).json()["dead"], letters);
    let server = Server::start(home.path());
    assert_eq!(jobs(&[]).json()["dead"], letters);
    let again = jobs(&["--retry", "mail/T/1/1"]).json();
    assert_eq!((&again["again"], &again["dead"]), (&json!(true), &json!([])));
    assert_eq!(jobs(&["--retry", "mail/T/1/1"]).code(), 3, "it is no dead letter any more");
    drop(server);
}
