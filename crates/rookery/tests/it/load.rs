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
        let usual = ["--json", "load", shape, "--address", address.as_str(), "--metrics", "off"];
        let patient = ["--p95-ms", "60000", "--lag-ms", "60000"];
        run(home.path(), &[&usual[..], &patient[..], more].concat())
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
        fanout["told"]["messages_in_all"].as_u64().map(|said| said * 12)
    );
    let pages = &told["pages"]["counters"];
    assert_eq!(
        (pages["acknowledged"].as_u64(), &pages["refused"]),
        (told["told"]["messages"].as_u64(), &json!(0))
    );
    let storm = asks("storm", &["--hold-s", "0"]);
    assert_eq!((storm.code(), &storm.json()["arrived"][1]["level"]), (0, &json!(12)));
    assert_eq!(wrong(&storm.json()), 0, "everyone hears what is said once they are back: {}", storm.json());
    let idle = asks("idle", &["--hold-s", "0"]);
    assert_eq!((idle.code(), &idle.json()["level_after"]), (0, &json!(12)));
    let http = asks("http", &["--stages", "1s→20, 1s hold", "--warm-up-s", "0"]).json();
    assert_eq!(wrong(&http), 0, "{http}");
    std::fs::copy(home.path().join("rookery-load.json"), home.path().join("kept.json")).expect("a copy");
    let gone = run(home.path(), &["--json", "load", "remove", "--data", "data"]);
    assert_eq!((gone.code(), &gone.json()["gone"]), (0, &json!(12)), "{}", gone.complained());
    let again = asks("idle", &["--hold-s", "0", "--crowd", "kept.json"]);
    assert_ne!(again.code(), 0, "whoever they were, nobody comes in as them any more");
}

#[test]
fn a_run_that_cannot_be_is_refused_before_anybody_comes() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    set_up(&mut server);
    assert_eq!(run(home.path(), &PREPARE).code(), 0);
    let address = server.address().to_owned();
    for (words, code, told) in [
        (vec!["team", "--stages", "soon"], 2, "is not a stage"),
        (vec!["team", "--stages", "1s→5", "--warm-up-s", "5"], 2, "nothing is left"),
        (vec!["http", "--stages", "0s→0, 5s hold", "--warm-up-s", "0"], 2, "asks for nothing"),
        (vec!["idle", "--people", "13"], 2, "has 1 to 12"),
        (vec!["idle", "--find-knee"], 2, "--find-knee"),
        (vec!["team", "--find-knee", "--from", "0"], 2, "more than 0"),
        (vec!["team", "--text-bytes", "10"], 2, "41 to 8000"),
        (vec!["idle", "--hold-s", "NaN"], 2, "0 to"),
    ] {
        let asked = [&["load"][..], &words, &["--address", &address, "--metrics", "off"]].concat();
        let refused = run(home.path(), &asked);
        assert_eq!(refused.code(), code, "{words:?}: {}", refused.complained());
        assert!(refused.complained().contains(told), "{words:?}: {}", refused.complained());
    }
    let nowhere = run(home.path(), &["load", "idle", "--address", "127.0.0.1:1"]);
    assert_eq!(nowhere.code(), 4, "{}", nowhere.complained());
    let again = run(home.path(), &PREPARE);
    assert_eq!(again.code(), 2, "their file is not written over: {}", again.complained());
    let many = run(
        home.path(),
        &["load", "prepare", "--data", "data", "--people", "4000000000", "--crowd", "many.json"],
    );
    assert_eq!(many.code(), 3, "{}", many.complained());
    assert!(!home.path().join("many.json").exists(), "who was not made has no file");
}

#[test]
fn the_most_that_is_held_is_found_and_where_nothing_is_the_run_fails() {
    let home = tempdir().expect("a folder");
    let mut server = Server::start(home.path());
    set_up(&mut server);
    assert_eq!(run(home.path(), &PREPARE).code(), 0);
    let address = server.address().to_owned();
    let seek = |p95_ms: &str| {
        let asked = [
            "--json",
            "load",
            "http",
            "--address",
            &address,
            "--metrics",
            "off",
            "--find-knee",
            "--from",
            "20",
        ];
        run(home.path(), &[&asked[..], &["--step-s", "1", "--lag-ms", "60000", "--p95-ms", p95_ms]].concat())
    };
    // Faster than any answer: not even the first step is held.
    let none = seek("0.000001");
    assert_eq!((none.code(), &none.json()["knee"]), (1, &json!(null)), "{}", none.complained());
    let told = none.json();
    assert_eq!(told["steps"].as_array().map(Vec::len), Some(1), "{told}");
    assert!(told["bound_by"].as_str().is_some_and(|bound| bound.starts_with("not known")), "{told}");
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
