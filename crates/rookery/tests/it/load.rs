//! `rookery load` against the real binary: people are made, talk as a team does, and are gone again.

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::harness::{Server, run};

fn set_up(server: &mut Server) {
    let owner = json!({
        "code": server.set_up_code(), "email": "ada@example.org", "password": "correct horse",
        "name": "Ada", "workspace": "Rooks",
    });
    assert_eq!(server.send("POST", "/setup", "", &owner).status(), 200);
}

const PREPARE: [&str; 11] =
    ["load", "prepare", "--data", "data", "--people", "12", "--channels", "4", "--seats", "2", "--directs"];

#[test]
fn people_of_a_load_come_talk_as_a_team_and_are_gone_again() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    set_up(&mut server);
    let made = run(home.path(), &PREPARE);
    assert_eq!(made.code(), 0, "{}", made.complained());
    let address = server.address().to_owned();
    let asks = |shape: &str, more: &[&str]| {
        // However slow this machine is today: only what was lost or wrong may fail it.
        let usual =
            ["--json", "load", shape, "--address", address.as_str(), "--metrics", "off", "--p95-ms", "60000"];
        run(home.path(), &[&usual[..], more].concat())
    };
    let team = asks("team", &["--stages", "1s→20, 2s hold", "--warm-up-s", "0", "--html", "team.html"]);
    let told = team.json();
    let wrong = |told: &Value| {
        let counted = &told["told"]["counters"];
        let names = ["lost", "doubled", "reordered", "torn", "leaked", "refused"];
        names.iter().map(|name| counted[*name].as_u64().expect("a count")).sum::<u64>()
    };
    assert_eq!(wrong(&told), 0, "{told}");
    assert!(told["told"]["messages"].as_u64() > Some(20), "{told}");
    assert!(told["told"]["deliveries"].as_u64() > told["told"]["messages"].as_u64(), "{told}");
    let page = std::fs::read_to_string(home.path().join("team.html")).expect("the page");
    assert!(page.contains("<svg") && !page.contains("<script"));
    let fanout = asks("fanout", &["--stages", "1s→10, 1s hold", "--warm-up-s", "0"]).json();
    assert_eq!(wrong(&fanout), 0, "{fanout}");
    assert_eq!(
        fanout["told"]["deliveries_in_all"].as_u64(),
        fanout["told"]["messages"].as_u64().map(|said| said * 12)
    );
    let storm = asks("storm", &["--hold-s", "0"]);
    assert_eq!((storm.code(), &storm.json()["arrived"][1]["level"]), (0, &json!(12)));
    let http = asks("http", &["--stages", "1s→20, 1s hold", "--warm-up-s", "0"]).json();
    assert_eq!(wrong(&http), 0, "{http}");
    std::fs::copy(home.path().join("rookery-load.json"), home.path().join("kept.json")).expect("a copy");
    let gone = run(home.path(), &["--json", "load", "remove", "--data", "data"]);
    assert_eq!((gone.code(), &gone.json()["gone"]), (0, &json!(12)), "{}", gone.complained());
    let again = asks("idle", &["--hold-s", "0", "--crowd", "kept.json"]);
    assert_ne!(again.code(), 0, "whoever they were, nobody comes in as them any more");
}

#[test]
fn nobody_is_made_before_set_up_and_nobody_elses_workspace_is_taken_away() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    let early = run(home.path(), &PREPARE);
    assert_eq!(early.code(), 3, "{}", early.complained());
    assert!(early.complained().contains("set this installation up"), "{}", early.complained());
    set_up(&mut server);
    let theirs = json!({ "workspace": "", "slug": "rooks", "channels": [], "directs_from": 0, "people": [] });
    std::fs::write(home.path().join("rookery-load.json"), theirs.to_string()).expect("written");
    let refused = run(home.path(), &["load", "remove", "--data", "data"]);
    assert_eq!(refused.code(), 3, "{}", refused.complained());
    let ada = json!({ "email": "ada@example.org", "password": "correct horse" });
    assert_eq!(server.send("POST", "/session", "", &ada).status(), 200, "her workspace is as it was");
}
