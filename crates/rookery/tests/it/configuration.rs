//! The file, the environment and the flags: what is taken, what is refused, what is never shown.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::tempdir;

use crate::harness::{Ran, rookery, run};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/config.sample.toml");

fn check(file: &str) -> Ran {
    let home = tempdir().expect("a folder");
    fs::write(home.path().join("rookery.toml"), file).expect("written");
    run(home.path(), &["config", "check"])
}

fn show_with(home: &Path, name: &str, value: &str) -> Ran {
    Ran(rookery(home).args(["config", "show"]).env(name, value).output().expect("the binary runs"))
}

#[test]
fn the_sample_in_the_documents_is_the_one_the_binary_writes() {
    let home = tempdir().expect("a folder");
    let written = run(home.path(), &["config", "sample"]).said();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(SAMPLE, &written).expect("written");
    }
    let kept = fs::read_to_string(SAMPLE).expect("the sample is kept");
    assert_eq!(kept, written, "run again with UPDATE_GOLDEN=1 and read the difference");
}

#[test]
fn the_sample_says_the_defaults() {
    const NOT_SET: [&str; 15] = [
        "public_url",
        "trusted_proxies",
        "cert ",
        "key ",
        "directory",
        "shards",
        "dir ",
        "urls ",
        "user ",
        "password ",
        "sentinel_password ",
        "ca ",
        "endpoint ",
        "token ",
        "environment ",
    ];
    let home = tempdir().expect("a folder");
    let sample = run(home.path(), &["config", "sample"]).said();
    let uncommented: String = sample
        .lines()
        // A comment of words has a space after its sign, a key has none; examples of what is not set stay out.
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .filter(|line| !NOT_SET.iter().any(|key| line.starts_with(key)))
        .flat_map(|line| [line, "\n"])
        .collect();
    fs::write(home.path().join("all.toml"), &uncommented).expect("written");
    let from_sample = run(home.path(), &["config", "show", "--config", "all.toml", "--json"]);
    assert_eq!(from_sample.code(), 0, "{}", from_sample.complained());
    assert_eq!(from_sample.json(), run(home.path(), &["config", "show", "--json"]).json());
}

#[test]
fn an_unknown_key_is_refused_and_named() {
    let told = check("[server]\nlisten = \"127.0.0.1:1\"\nlisen = \"127.0.0.1:2\"\n");
    assert_eq!(told.code(), 2);
    for word in ["lisen", "rookery.toml", "`listen`"] {
        assert!(told.complained().contains(word), "{word} is missing in: {}", told.complained());
    }
}

#[test]
fn a_wrong_value_is_refused_with_the_key_the_value_and_what_is_allowed() {
    for (file, words) in [
        ("[server]\nlisten = \"localhost\"", ["server.listen", "'localhost'", "an address and a port"]),
        ("[server]\ndrain = 5", ["server.drain", "'5'", "a time with its unit"]),
        ("[server]\nroles = [\"api\", \"pilot\"]", ["server.roles", "'pilot'", "api"]),
        ("[store]\nkind = \"mysql\"", ["store.kind", "'mysql'", "embedded or postgres"]),
        ("[store.postgres.pool]\nsize = -1", ["store.postgres.pool.size", "'-1'", "a whole number"]),
        (
            "[redis]\nurls = [\"redis://me:secret@there:1\"]",
            ["redis.urls", "not shown", "settings of their own"],
        ),
        (
            "[redis]\nurls = [\"redis://a:1\", \"redis://b:1\"]",
            ["redis.urls", "one server", "sentinel or cluster"],
        ),
        ("[redis]\nmode = \"cluster\"", ["redis.urls", "redis.mode is set", "name at least one"]),
        ("[redis]\nurls = [\"redis://a:1\"]\nca = \"a.pem\"", ["redis.ca", "without TLS", "rediss://"]),
        ("[redis]\nprefix = \"a b\"", ["redis.prefix", "allowed", "letters"]),
        ("[backup]\nevery = \"1s\"", ["backup.every", "once a minute", "1m"]),
        ("[store]\nkind = \"postgres\"", ["store.postgres.directory", "is postgres", "needed"]),
        ("[metrics]\nlisten = \"127.0.0.1:7665\"", ["metrics.listen", "127.0.0.1:7665", "another port"]),
        (
            "[server]\ntrusted_proxies = [\"10.0.0.0/33\"]",
            ["server.trusted_proxies", "'10.0.0.0/33'", "a network"],
        ),
        ("[server.tls]\ncert = \"a.pem\"", ["server.tls.key", "server.tls.cert is set", "needed"]),
        ("[server\n", ["rookery.toml", "not TOML", "line 1"]),
    ] {
        let told = check(file);
        assert_eq!(told.code(), 2, "{file}");
        for word in words {
            assert!(told.complained().contains(word), "{word} is missing in: {}", told.complained());
        }
    }
}

#[test]
fn the_environment_overrides_the_file_and_flags_override_both() {
    let home = tempdir().expect("a folder");
    fs::write(home.path().join("rookery.toml"), "[server]\ndrain = \"3s\"\ndata = \"from-file\"\n")
        .expect("written");
    let told = Ran(rookery(home.path())
        .args(["config", "show", "--data", "from-flag", "--json"])
        .env("ROOKERY_SERVER__DATA", "from-environment")
        .env("ROOKERY_STORE__POSTGRES__POOL__SIZE", "7")
        .env("ROOKERY_SERVER__ROLES", "api")
        .output()
        .expect("the binary runs"));
    let config = told.json();
    assert_eq!(config["server"]["drain"], "3s");
    assert_eq!(config["server"]["data"], "from-flag");
    assert_eq!(config["store"]["postgres"]["pool"]["size"], 7);
    assert_eq!(config["server"]["roles"], json!(["api"]));
}

#[test]
fn a_misspelt_variable_is_refused_and_somebody_elses_is_not() {
    let home = tempdir().expect("a folder");
    for wrong in ["ROOKERY_SERVER__LISEN", "ROOKERY_SERVER_LISTEN", "ROOKERY_SERVE__LISTEN"] {
        let told = show_with(home.path(), wrong, "127.0.0.1:1");
        assert_eq!(told.code(), 2, "{wrong}");
        assert!(told.complained().to_lowercase().contains("server"), "{}", told.complained());
    }
    assert_eq!(show_with(home.path(), "ROOKERY_SERVICE_HOST", "10.0.0.1").code(), 0);
}

#[test]
fn no_password_is_ever_shown() {
    const FILE: &str = "[store]\nkind = \"postgres\"\n[store.postgres]\n\
        directory = \"postgres://ada:s3cret@db/rookery\"\n\
        shards = [{ id = 1, primary = \"postgres://ada:s3cret@db1/rookery\", replicas = [\"postgres://a:s3cret@db2/r\"] }]\n";
    let home = tempdir().expect("a folder");
    fs::write(home.path().join("rookery.toml"), FILE).expect("written");
    for args in [&["config", "show"][..], &["config", "show", "--json"], &["config", "check"]] {
        let told = run(home.path(), args);
        assert_eq!(told.code(), 0, "{}", told.complained());
        assert!(!(told.said() + &told.complained()).contains("s3cret"), "{args:?}");
    }
    assert!(run(home.path(), &["config", "show"]).said().contains("postgres://ada:***@db1/rookery"));
    for broken in [
        FILE.replace("directory = \"postgres://", "directory = \"mysql://"),
        FILE.replace("id = 1, ", ""),
        FILE.replace("shards = [", "shards = "),
        FILE.replace("directory", "postgres"),
        FILE.replace("replicas = [", "replica = ["),
        FILE.replace("@db/rookery\"", "@db/rookery"),
    ] {
        fs::write(home.path().join("rookery.toml"), &broken).expect("written");
        let told = run(home.path(), &["config", "check"]);
        assert_eq!(told.code(), 2, "{broken}");
        assert!(!told.complained().contains("s3cret"), "{}", told.complained());
    }
}
