use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

use super::*;
use crate::data_dir::{DataDir, control_socket};
use crate::lifecycle::{Ending, Lifecycle};

/// Longer than any machine takes to end what is at its end.
const DRAIN: Duration = Duration::from_mins(1);

/// A server on a socket in this folder that answers with what it was asked.
fn echo() -> Answerer {
    Arc::new(|ask, progress| {
        Box::pin(async move {
            progress.say(|| "half way".to_owned());
            match ask {
                Ask::Level { raise: true } => Err(Failure::Refused("a node is older".to_owned())),
                ask => Ok(json!({ "asked": ask })),
            }
        })
    })
}

/// An operator who asks for a stop once and then waits.
fn one_signal() -> impl FnMut() -> BoxFuture<'static, &'static str> {
    let mut asked = false;
    move || {
        if std::mem::replace(&mut asked, true) {
            Box::pin(std::future::pending())
        } else {
            Box::pin(async { "a signal" })
        }
    }
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_owned();
    (folder, path)
}

/// The client blocks, as a command may; so it asks from a thread of its own.
async fn asked(data: &Path, question: Ask) -> (Option<Result<Value, Failure>>, Vec<String>) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let data = data.to_owned();
    std::thread::Builder::new()
        .spawn(move || {
            let mut lines = Vec::new();
            let answer = ask(&data, &question, |line| lines.push(line.to_owned()));
            tell.send((answer, lines)).ok();
        })
        .expect("a thread");
    told.await.expect("an answer")
}

#[tokio::test]
async fn a_command_is_answered_with_progress_on_the_way() {
    let (_folder, data) = folder();
    let lifecycle = Lifecycle::new(DRAIN);
    listen(&control_socket(&data), echo(), &lifecycle).expect("it listens");
    let (answer, progress) = asked(&data, Ask::Check {}).await;
    assert_eq!(answer.expect("somebody is there").expect("done"), json!({ "asked": { "check": {} } }));
    assert_eq!(progress, ["half way"]);
}

#[tokio::test]
async fn a_refusal_keeps_its_kind_on_the_way() {
    let (_folder, data) = folder();
    let lifecycle = Lifecycle::new(DRAIN);
    listen(&control_socket(&data), echo(), &lifecycle).expect("it listens");
    let (answer, _) = asked(&data, Ask::Level { raise: true }).await;
    let refusal = answer.expect("somebody is there").expect_err("refused");
    assert_eq!((refusal.code(), refusal.to_string()), (3, "a node is older".to_owned()));
}

#[tokio::test]
async fn a_server_that_is_starting_is_waited_for() {
    let (_folder, data) = folder();
    let held = DataDir::take(&data).expect("it is free");
    let (starting, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let (tell, told) = tokio::sync::oneshot::channel();
    let asker = data.clone();
    std::thread::Builder::new()
        .spawn(move || {
            tell.send(ask(&asker, &Ask::Check {}, |line| starting.send(line.to_owned()).expect("heard")))
        })
        .expect("a thread");
    assert_eq!(seen.recv().await.as_deref(), Some("a server is starting here"));
    let lifecycle = Lifecycle::new(DRAIN);
    listen(&held.control_socket(), echo(), &lifecycle).expect("it listens");
    assert!(told.await.expect("an answer").expect("somebody is there").is_ok());
}

#[tokio::test]
async fn where_no_server_runs_nobody_answers_and_a_dead_ones_socket_is_no_server() {
    let (_folder, data) = folder();
    assert!(asked(&data, Ask::Check {}).await.0.is_none());
    drop(std::os::unix::net::UnixListener::bind(control_socket(&data)).expect("a socket"));
    assert!(asked(&data, Ask::Check {}).await.0.is_none());
    let lifecycle = Lifecycle::new(DRAIN);
    listen(&control_socket(&data), echo(), &lifecycle).expect("it takes the dead one's place");
    assert!(asked(&data, Ask::Check {}).await.0.is_some());
}

#[tokio::test]
async fn only_the_owner_may_open_it_and_it_goes_with_the_server() {
    let (_folder, data) = folder();
    let lifecycle = Lifecycle::new(DRAIN);
    listen(&control_socket(&data), echo(), &lifecycle).expect("it listens");
    let mode = std::fs::metadata(control_socket(&data)).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(lifecycle.until_stopped(one_signal()).await, Ending::Drained);
    assert!(!control_socket(&data).exists());
}

#[tokio::test]
async fn a_folder_deep_down_has_a_control_socket_too() {
    let (_folder, data) = folder();
    let deep = data.join("d".repeat(100)).join("e".repeat(100));
    std::fs::create_dir_all(&deep).expect("folders");
    let lifecycle = Lifecycle::new(DRAIN);
    listen(&control_socket(&deep), echo(), &lifecycle).expect("it listens");
    assert!(asked(&deep, Ask::Check {}).await.0.is_some());
}

#[tokio::test]
async fn what_was_asked_is_done_even_if_the_asker_leaves() {
    let (_folder, data) = folder();
    let lifecycle = Lifecycle::new(DRAIN);
    let (begun, go_on, done) =
        (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let (tell, wait, finished) = (begun.clone(), go_on.clone(), done.clone());
    let slow: Answerer = Arc::new(move |_, _| {
        let (tell, wait, finished) = (tell.clone(), wait.clone(), finished.clone());
        Box::pin(async move {
            tell.notify_one();
            wait.notified().await;
            finished.store(true, Ordering::SeqCst);
            Ok(Value::Null)
        })
    });
    listen(&control_socket(&data), slow, &lifecycle).expect("it listens");
    let mut asker = UnixStream::connect(control_socket(&data)).expect("a connection");
    std::io::Write::write_all(&mut asker, b"{\"check\":{}}\n").expect("written");
    begun.notified().await;
    drop(asker);
    go_on.notify_one();
    assert_eq!(lifecycle.until_stopped(one_signal()).await, Ending::Drained);
    assert!(done.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_question_of_another_version_is_told_so() {
    let (_folder, data) = folder();
    let lifecycle = Lifecycle::new(DRAIN);
    listen(&control_socket(&data), echo(), &lifecycle).expect("it listens");
    let mut stream = tokio::net::UnixStream::connect(control_socket(&data)).await.expect("a connection");
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"{\"dance\":{}}\n").await.expect("written");
    let mut answer = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stream, &mut answer).await.expect("an answer");
    assert!(answer.contains("does not know the question"), "{answer}");
}
