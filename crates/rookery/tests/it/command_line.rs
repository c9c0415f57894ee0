//! Help, versions and exit codes.

use tempfile::tempdir;

use crate::harness::run;

#[test]
fn the_version_is_told_to_people_and_to_programs() {
    let home = tempdir().expect("a folder");
    assert_eq!(run(home.path(), &["version"]).said(), format!("rookery {}\n", env!("CARGO_PKG_VERSION")));
    let told = run(home.path(), &["version", "--json"]);
    assert_eq!((told.code(), &told.json()["version"]), (0, &env!("CARGO_PKG_VERSION").into()));
}

#[test]
fn wrong_use_is_told_with_exit_code_two() {
    let home = tempdir().expect("a folder");
    for wrong in [&["fly"][..], &["serve", "--wings"], &[], &["config"]] {
        let told = run(home.path(), wrong);
        assert_eq!(told.code(), 2, "{wrong:?}");
        assert!(!told.complained().is_empty());
    }
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let home = tempdir().expect("a folder");
    let help = run(home.path(), &["--help"]);
    assert_eq!(help.code(), 0);
    for word in ["serve", "config", "version", "Exit codes", "--json"] {
        assert!(help.said().contains(word), "{word} is missing in:\n{}", help.said());
    }
}

#[test]
fn a_failure_is_told_to_programs_on_stdout() {
    let home = tempdir().expect("a folder");
    let told = run(home.path(), &["config", "check", "--config", "missing.toml", "--json"]);
    assert_eq!((told.code(), &told.json()["error"]["code"]), (2, &"usage".into()));
}
