//! The binary and a Redis that speaks TLS alone and asks who one is, by what an operator writes into the file.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::tempdir;
use testkit::redises::{PASSWORD, USER};
use testkit::{Redises, Shape};

use crate::doctor::{examined, found};
use crate::harness::Server;

fn configured(home: &Path, redises: &Redises, user: &str, password: &str, ca: bool) {
    let server = &redises.settings().servers[0];
    let ca = if ca { format!("ca = \"{}\"\n", redises.root_file().display()) } else { String::new() };
    let file = format!(
        "[server]\ndata = \"data\"\n[metrics]\nlisten = \"off\"\n\
         [redis]\nurls = [\"rediss://{server}\"]\nuser = \"{user}\"\npassword = \"{password}\"\n{ca}"
    );
    let path = home.join("rookery.toml");
    fs::write(&path, file).expect("written");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(path, private).expect("permissions");
}

#[test]
fn with_user_password_and_certificate_a_server_uses_its_redis_and_the_doctor_finds_it_well() {
    let (home, redises) = (tempdir().expect("a folder"), Redises::sealed(Shape::Single));
    configured(home.path(), &redises, USER, PASSWORD, true);
    let server = Server::start(home.path());
    while server.get("/health").json()["components"]["redis"] != "ok" {}
    let (told, findings) = examined(home.path());
    assert_eq!(found(&findings, "redis"), None, "{}", told.said());
    let well = findings.iter().find(|finding| finding["name"] == "redis").expect("it was looked at");
    assert!(well["what"].as_str().is_some_and(|what| what.contains("is Redis ")), "{well}");
    assert!(!told.said().contains(PASSWORD), "{}", told.said());
}

#[test]
fn the_doctor_says_who_is_sent_away_and_whom_nobody_vouches_for() {
    let (home, redises) = (tempdir().expect("a folder"), Redises::sealed(Shape::Single));
    let advice = |user: &str, password: &str, ca: bool| {
        configured(home.path(), &redises, user, password, ca);
        let (told, findings) = examined(home.path());
        assert_eq!(found(&findings, "redis").map(|(state, _)| state), Some("away"), "{}", told.said());
        assert!(!told.said().contains(password), "{}", told.said());
        let finding = findings.iter().find(|finding| finding["name"] == "redis").expect("one");
        finding["do"].as_str().expect("advice").to_owned()
    };
    assert!(advice(USER, "another-word", true).contains("redis.password"));
    assert!(advice("nobody", PASSWORD, true).contains("redis.user"));
    assert!(advice(USER, PASSWORD, false).contains("redis.ca"));
}

/// What a server says when its memory is full is told before it is.
#[test]
fn the_doctor_says_when_a_redis_would_rather_refuse_than_forget() {
    let (home, redises) = (tempdir().expect("a folder"), Redises::start(Shape::Single));
    let server = redises.settings().servers[0].clone();
    let sets = |name: &str, value: &str| {
        let port = server.port.to_string();
        let done = Command::new("redis-cli").args(["-p", &port, "config", "set", name, value]).status();
        assert!(done.expect("redis-cli runs").success());
    };
    let file = format!("[server]\ndata = \"data\"\n[redis]\nurls = [\"redis://{server}\"]\n");
    fs::write(home.path().join("rookery.toml"), file).expect("written");
    sets("maxmemory", "100mb");
    assert_eq!(found(&examined(home.path()).1, "redis").map(|(state, _)| state), Some("doubtful"));
    sets("maxmemory-policy", "allkeys-lru");
    assert_eq!(found(&examined(home.path()).1, "redis"), None);
}
