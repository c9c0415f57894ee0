//! `rookery doctor` on deployments that are well, and on some that are not.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::harness::{Ran, Server, run};

pub fn examined(home: &Path) -> (Ran, Vec<Value>) {
    let told = run(home, &["doctor", "--json"]);
    assert!(matches!(told.code(), 0 | 1 | 4), "{}{}", told.said(), told.complained());
    let findings = told.json()["findings"].as_array().expect("findings").clone();
    assert_eq!(told.json()["ok"], told.code() == 0);
    (told, findings)
}

/// What was found under a name, other than that it is well.
pub fn found<'a>(findings: &'a [Value], name: &str) -> Option<(&'a str, &'a str)> {
    let ill = findings.iter().find(|finding| finding["name"] == name && finding["state"] != "well")?;
    assert!(ill["do"].as_str().is_some_and(|advice| !advice.is_empty()), "{ill}");
    Some((ill["state"].as_str().expect("a state"), ill["what"].as_str().expect("words")))
}

fn configured(home: &Path, text: &str) {
    fs::write(home.join("rookery.toml"), text).expect("written");
}

#[test]
fn a_server_on_ones_own_machine_is_well_running_or_not() {
    let home = tempdir().expect("a folder");
    configured(home.path(), "[server]\ndata = \"data\"\n[metrics]\nlisten = \"off\"\n");
    let ports = |findings: &[Value]| findings.iter().filter(|finding| finding["name"] == "port").count();
    let (before, findings) = examined(home.path());
    assert_eq!((before.code(), ports(&findings)), (0, 1), "{}", before.said());
    let server = Server::start(home.path());
    let (told, findings) = examined(home.path());
    assert_eq!(told.code(), 0, "{}", told.said());
    let files = findings.iter().find(|finding| finding["name"] == "files").expect("one");
    let whose = format!("process {} ", server.process());
    assert!(files["what"].as_str().is_some_and(|what| what.starts_with(&whose)), "{files}");
    let words = run(home.path(), &["doctor"]);
    assert!(words.said().contains("well      config: "), "{}", words.said());
    assert!(words.said().contains("things to look after") || words.said().contains("all is well"));
}

#[test]
fn what_does_not_fit_in_the_configuration_is_named_with_what_to_do() {
    let home = tempdir().expect("a folder");
    for (text, name, state) in [
        ("[server]\nlisten = \"0.0.0.0:0\"\n", "address", "wrong"),
        ("[server]\npublic_url = \"https://chat.example.org\"\n", "address", "wrong"),
        (
            "[server]\nlisten = \"0.0.0.0:0\"\npublic_url = \"http://chat.example.org\"\n",
            "address",
            "doubtful",
        ),
        ("[server]\ntrusted_proxies = [\"0.0.0.0/0\"]\n", "proxies", "wrong"),
        ("[server]\nlisten = \"127.0.0.1:0\"\n", "port", "doubtful"),
        ("[server]\nlisten = \"192.0.2.77:7665\"\n", "port", "wrong"),
        ("[server]\ndata = \"/proc/nowhere\"\n", "disk", "wrong"),
        ("[backup]\nevery = \"0s\"\n", "backup", "doubtful"),
        ("[metrics]\nlisten = \"off\"\n", "metrics", "doubtful"),
    ] {
        configured(home.path(), text);
        let (told, findings) = examined(home.path());
        assert_eq!(found(&findings, name).map(|(state, _)| state), Some(state), "{text}: {}", told.said());
        assert_eq!(told.code(), if state == "wrong" { 1 } else { told.code() }, "{text}");
    }
}

#[test]
fn a_port_that_another_program_has_is_found() {
    let home = tempdir().expect("a folder");
    let other = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = other.local_addr().expect("an address");
    let silent = std::thread::Builder::new().name("another program".to_owned());
    silent.spawn(move || for _hangs_up in other.incoming() {}).expect("a thread");
    configured(home.path(), &format!("[server]\nlisten = \"{address}\"\n"));
    let (told, findings) = examined(home.path());
    let (state, what) = found(&findings, "port").expect("a finding");
    assert_eq!((told.code(), state), (1, "wrong"));
    assert!(what.contains(&address.to_string()), "{what}");
}

#[test]
fn a_file_with_passwords_that_everyone_may_read_is_found_and_no_password_is_shown() {
    let home = tempdir().expect("a folder");
    configured(
        home.path(),
        "[store]\nkind = \"postgres\"\n[store.postgres]\ndirectory = \"host=127.0.0.1 port=1 user=r password=s3cret dbname=r\"\n\
         shards = [{ id = 1, primary = \"host=127.0.0.1 port=1 user=r password=s3cret dbname=r\" }]\n",
    );
    let file = home.path().join("rookery.toml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("changed");
    let (told, findings) = examined(home.path());
    assert_eq!(found(&findings, "config").map(|(state, _)| state), Some("doubtful"));
    assert_eq!(found(&findings, "postgres").map(|(state, _)| state), Some("away"));
    assert_eq!(told.code(), 4, "who cannot be reached is told by the exit code");
    assert!(!told.said().contains("s3cret"), "{}", told.said());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("changed");
    assert_eq!(found(&examined(home.path()).1, "config"), None);
}

#[test]
fn a_certificate_is_told_before_it_ends() {
    let home = tempdir().expect("a folder");
    let text =
        "[server]\npublic_url = \"https://rookery\"\n[server.tls]\ncert = \"cert.pem\"\nkey = \"key.pem\"\n";
    configured(home.path(), text);
    for (days, state) in [("400", None), ("5", Some("doubtful")), ("-1", Some("wrong"))] {
        made(home.path(), days);
        let (told, findings) = examined(home.path());
        assert_eq!(found(&findings, "tls").map(|(state, _)| state), state, "{days}: {}", told.said());
    }
    fs::write(home.path().join("key.pem"), "no key").expect("written");
    assert_eq!(found(&examined(home.path()).1, "tls").map(|(state, _)| state), Some("wrong"));
}

/// A certificate for so many days; a day ago, if that is less than none.
fn made(home: &Path, days: &str) {
    fs::write(home.join("about.txt"), "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:rookery\n")
        .expect("written");
    let key = [
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-subj",
        "/CN=rookery",
        "-out",
        "ask.pem",
    ];
    let sign = [
        &["x509", "-req", "-in", "ask.pem", "-signkey", "key.pem"][..],
        &["-out", "cert.pem", "-days", days, "-extfile", "about.txt"],
    ]
    .concat();
    for args in [&key[..], &sign[..]] {
        let done =
            Command::new("openssl").current_dir(home).args(args).output().expect("openssl is installed");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn wrong_use_has_its_own_exit_code() {
    let home = tempdir().expect("a folder");
    configured(home.path(), "[server]\nlisten = \"nowhere\"\n");
    assert_eq!(run(home.path(), &["doctor"]).code(), 2);
    let json = run(home.path(), &["doctor", "--json"]).json();
    assert_eq!(json["error"]["code"], json!("usage"));
}
