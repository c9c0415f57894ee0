//! What an operator does to a store, beside a server that serves it and without one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::tempdir;

use crate::doctor::found;
use crate::harness::{Server, run};
use crate::journal::{ada_says_hello, journals};

/// Makes a copy by the usual command; gives its file.
fn back_up(home: &Path) -> PathBuf {
    let told = run(home, &["backup", "--data", "data", "--json"]);
    assert_eq!(told.code(), 0, "{}", told.said());
    PathBuf::from(told.json()["copy"].as_str().expect("a path"))
}

#[test]
fn a_store_is_copied_while_a_server_serves_it_and_the_copy_is_sound() {
    let home = tempdir().expect("a folder");
    ada_says_hello(home.path());
    let _serving = Server::start(home.path());
    let copy = back_up(home.path());
    let verified = run(home.path(), &["verify", "--data", "data", "--json"]);
    assert_eq!((verified.code(), &verified.json()["ok"]), (0, &json!(true)));
    assert_eq!(PathBuf::from(verified.json()["copy"].as_str().expect("a path")), copy, "it is the latest");
    assert_eq!(
        verified.json()["journals"].as_array().expect("a list").len(),
        2,
        "the installation's and Nest's"
    );
}

#[test]
fn without_a_server_the_command_copies_by_itself_into_any_folder() {
    let home = tempdir().expect("a folder");
    ada_says_hello(home.path());
    let told = run(home.path(), &["backup", "--data", "data", "--to", "elsewhere"]);
    assert_eq!(told.code(), 0, "{}", told.complained());
    let copies: Vec<_> = fs::read_dir(home.path().join("elsewhere")).expect("made").collect();
    assert_eq!(copies.len(), 1, "{}", told.said());
}

#[test]
fn what_is_made_in_a_folder_all_may_look_into_is_the_owners_alone_and_the_folder_is_told() {
    let home = tempdir().expect("a folder");
    let folders = ["data", "copies"].map(|name| home.path().join(name));
    let opened = |folder: &Path, mode| {
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).expect("changed");
    };
    for folder in &folders {
        fs::create_dir(folder).expect("made");
        opened(folder, 0o755);
    }
    let server = Server::start(home.path());
    back_up(home.path());
    let told = run(home.path(), &["backup", "--data", "data", "--to", "copies"]);
    assert_eq!(told.code(), 0, "{}", told.complained());
    let made = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder")).flatten();
    let mode = |one: &fs::DirEntry| one.metadata().expect("it is there").permissions().mode();
    let modes: Vec<_> = made.map(|one| (one.file_name(), format!("{:o}", mode(&one)))).collect();
    assert!(modes.iter().all(|(_, mode)| mode.ends_with("00")), "{modes:?}");
    for name in ["rookery.db", "rookery.db-wal", "rookery.db.mark", "control.sock", "lock", "backups"] {
        assert!(modes.iter().any(|(known, _)| known == name), "{name}: {modes:?}");
    }

    let findings = || {
        let told = run(home.path(), &["doctor", "--data", "data", "--json"]).json();
        told["findings"].as_array().expect("findings").clone()
    };
    assert_eq!(found(&findings(), "data").map(|(state, _)| state), Some("doubtful"));
    opened(&folders[0], 0o700);
    assert_eq!(found(&findings(), "data"), None);
    server.signal("TERM");
    let (_, log) = server.ended();
    assert!(log.contains("others on this machine may look into the data folder: chmod -R go= "), "{log}");
}

#[test]
fn a_damaged_copy_is_told() {
    let home = tempdir().expect("a folder");
    ada_says_hello(home.path());
    let copy = back_up(home.path());
    let mut bytes = fs::read(&copy).expect("a file");
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..middle + 4_096].fill(0xFF);
    fs::write(&copy, bytes).expect("written");
    let told = run(home.path(), &["verify", copy.to_str().expect("text"), "--data", "data"]);
    assert_eq!(told.code(), 1);
    let words = ["damaged_pages", "unreadable"];
    assert!(words.iter().any(|word| told.said().contains(word)), "{}{}", told.said(), told.complained());
}

#[test]
fn a_restored_store_begins_a_new_epoch_at_the_same_positions() {
    let home = tempdir().expect("a folder");
    ada_says_hello(home.path());
    let copy = back_up(home.path());
    let before = journals(home.path(), copy.to_str().expect("text"));
    let name = copy.file_name().and_then(|name| name.to_str()).expect("text");
    let restored = run(home.path(), &["restore", name, "--data", "data", "--replace"]);
    assert_eq!(restored.code(), 0, "{}", restored.complained());
    let after = journals(home.path(), "data/rookery.db");
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((&before.0, before.2), (&after.0, after.2));
        assert_ne!(before.1, after.1, "nobody mistakes it for the history they knew");
    }
    assert_eq!(Server::start(home.path()).get("/health/ready").status(), 200);
}

#[test]
fn a_copy_is_not_put_over_a_store_by_mistake_nor_under_a_server_nor_from_nothing() {
    let home = tempdir().expect("a folder");
    ada_says_hello(home.path());
    let copy = back_up(home.path());
    let copy = copy.to_str().expect("text");
    let over = run(home.path(), &["restore", copy, "--data", "data"]);
    assert_eq!(over.code(), 3);
    assert!(over.complained().contains("--replace"), "{}", over.complained());

    let nothing = run(home.path(), &["restore", "nothing.db", "--data", "data", "--replace"]);
    assert_eq!(nothing.code(), 3, "{}", nothing.complained());

    let serving = Server::start(home.path());
    let under = run(home.path(), &["restore", copy, "--data", "data", "--replace"]);
    assert_eq!(under.code(), 3);
    assert!(under.complained().contains("belongs to process"), "{}", under.complained());
    assert_eq!(serving.get("/health").status(), 200);
}

#[test]
fn a_check_finds_nothing_in_a_sound_store_and_names_what_is_broken() {
    let home = tempdir().expect("a folder");
    ada_says_hello(home.path());
    let check = || run(home.path(), &["check", "--data", "data", "--json"]);
    let sound = check();
    assert_eq!((sound.code(), sound.json()), (0, json!({ "ok": true, "findings": [] })));

    let file = rusqlite::Connection::open(home.path().join("data/rookery.db")).expect("a file");
    file.execute("DELETE FROM event WHERE position = 2", []).expect("broken");
    drop(file);
    let broken = check();
    assert_eq!((broken.code(), &broken.json()["ok"]), (1, &json!(false)));
    assert!(broken.json()["findings"][0]["name"].is_string(), "{}", broken.said());
}

#[test]
fn a_check_goes_through_the_server_that_serves() {
    let home = tempdir().expect("a folder");
    ada_says_hello(home.path());
    let _serving = Server::start(home.path());
    let told = run(home.path(), &["check", "--data", "data"]);
    assert_eq!(
        (told.code(), told.said().as_str()),
        (0, "the store is consistent\n"),
        "{}",
        told.complained()
    );
}

#[test]
fn the_level_is_raised_by_the_server_and_stays() {
    let home = tempdir().expect("a folder");
    let level =
        |more: &[&str]| run(home.path(), &[&["admin", "level", "--data", "data", "--json"], more].concat());
    let serving = Server::start(home.path());
    let told = level(&[]).json();
    assert_eq!((&told["level"], &told["reachable"]), (&json!(0), &told["build"]));
    assert_eq!(level(&["--raise"]).json()["level"], told["build"]);
    serving.signal("TERM");
    assert!(serving.ended().0.success());
    assert_eq!(level(&[]).json()["level"], told["build"]);
    assert_eq!(level(&["--raise"]).code(), 3, "no node lives that could say what it reads");
}

#[test]
fn the_steps_of_a_store_are_told_with_and_without_a_server() {
    let home = tempdir().expect("a folder");
    ada_says_hello(home.path());
    let told = run(home.path(), &["migrate", "status", "--data", "data"]);
    assert_eq!(told.code(), 0, "{}", told.complained());
    assert!(told.said().contains("0001_journal: taken"), "{}", told.said());
    let _serving = Server::start(home.path());
    assert_eq!(run(home.path(), &["migrate", "status", "--data", "data"]).said(), told.said());
    let up = run(home.path(), &["migrate", "up", "--data", "data", "--json"]);
    assert_eq!((up.code(), &up.json()["databases"][0]["taken"]), (0, &json!([])));
}

#[test]
fn a_slip_in_the_folders_name_makes_no_store_there() {
    let home = tempdir().expect("a folder");
    for command in
        [&["backup"][..], &["check"], &["admin", "level"], &["migrate", "status"], &["migrate", "up"]]
    {
        let told = run(home.path(), &[command, &["--data", "slip"]].concat());
        assert_eq!(told.code(), 3, "{command:?}: {}", told.complained());
        assert!(told.complained().contains("no store in slip"), "{}", told.complained());
        assert!(!home.path().join("slip").exists());
    }
}
