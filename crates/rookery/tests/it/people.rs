//! The first start, and what an operator does for people from the machine.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::harness::{Server, run};

fn set_up(server: &mut Server) -> Value {
    let owner = json!({
        "code": server.set_up_code(), "email": "ada@example.org", "password": "correct horse",
        "name": "Ada", "workspace": "Rooks",
    });
    let welcome = server.send("POST", "/setup", "", &owner);
    assert_eq!(welcome.status(), 200, "{}", welcome.0);
    welcome.json()
}

fn sign_in(server: &Server, password: &str) -> Option<String> {
    let body = json!({ "email": "ada@example.org", "password": password });
    let answer = server.send("POST", "/session", "", &body);
    (answer.status() == 200).then(|| answer.json()["token"].as_str().expect("a token").to_owned())
}

fn admin(home: &Path, args: &[&str]) -> Value {
    let told = run(home, &[&["admin"], args, &["--data", "data", "--json"]].concat());
    assert_eq!(told.code(), 0, "{}{}", told.said(), told.complained());
    told.json()
}

fn code_of(link: &Value) -> &str {
    link["link"].as_str().and_then(|link| link.rsplit('/').next()).expect("a link")
}

#[test]
fn the_first_start_prints_a_code_and_later_ones_do_not() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    assert_eq!(server.get("/api/v1/about").json()["set_up"], false);
    let offered = admin(home.path(), &["owner-link"]);
    let welcome = set_up(&mut server);
    assert_eq!(welcome["workspace"]["slug"], "rooks");
    assert!(offered["set_up_code"].as_str().is_some_and(|code| code.len() == 19), "{offered}");
    assert_eq!(server.get("/api/v1/about").json()["set_up"], true);
    server.signal("TERM");
    server.ended();
    let again = Server::start_with(home.path(), &["--json"]);
    let line: Value = serde_json::from_str(&again.line).expect("JSON");
    assert_eq!(line["set_up_code"], Value::Null);
}

#[test]
fn an_operator_gives_a_way_back_in_with_a_server_and_without() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    let token = set_up(&mut server)["token"].as_str().expect("a token").to_owned();
    let link = admin(home.path(), &["reset-link", "Ada@example.org"]);
    assert!(
        link["link"]
            .as_str()
            .is_some_and(|link| link.starts_with(&format!("http://{}/links/", server.address())))
    );
    let path = format!("/links/{}", code_of(&link));
    assert_eq!(server.send("POST", &path, "", &json!({ "password": "a newer one" })).status(), 200);
    assert_eq!(server.send("GET", "/session", &token, &json!({})).status(), 401, "every session ended");
    assert!(sign_in(&server, "correct horse").is_none());
    sign_in(&server, "a newer one").expect("signed in");
    assert_eq!(server.send("POST", &path, "", &json!({ "password": "another one" })).status(), 404);
    let unknown = run(home.path(), &["admin", "reset-link", "bob@example.org", "--data", "data"]);
    assert_eq!(unknown.code(), 3, "{}", unknown.complained());
    server.signal("TERM");
    server.ended();

    let link = admin(home.path(), &["owner-link"]);
    assert_eq!(link["email"], "ada@example.org");
    let server = Server::start(home.path());
    let path = format!("/links/{}", code_of(&link));
    assert_eq!(server.send("POST", &path, "", &json!({ "password": "the newest one" })).status(), 200);
    sign_in(&server, "the newest one").expect("signed in");
}

#[test]
fn an_operator_sees_who_is_signed_in_and_ends_one_or_all() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    let first = set_up(&mut server)["token"].as_str().expect("a token").to_owned();
    let second = sign_in(&server, "correct horse").expect("signed in");
    let listed = admin(home.path(), &["sessions"]);
    let all = listed["sessions"].as_array().expect("a list");
    assert_eq!(all.len(), 2);
    assert!(
        all.iter().all(|session| session["email"] == "ada@example.org" && session["address"] == "127.0.0.1")
    );
    let newest = all[0]["id"].as_str().expect("an id");
    assert_eq!(admin(home.path(), &["sessions", "--end", newest])["ended"], 1);
    let is_in = |token: &str| server.send("GET", "/session", token, &json!({})).status() == 200;
    assert_eq!((is_in(&first), is_in(&second)), (true, false));
    let nobodys = run(home.path(), &["admin", "sessions", "--end", newest, "--data", "data"]);
    assert_eq!(nobodys.code(), 3, "{}", nobodys.complained());
    assert_eq!(admin(home.path(), &["sessions", "ada@example.org", "--all"])["ended"], 1);
    assert!(!is_in(&first));
    let words = run(home.path(), &["admin", "sessions", "--data", "data"]);
    assert_eq!(words.said().trim(), "nobody is signed in");
}
