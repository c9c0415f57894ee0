use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use store::pg::Dsn;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::node::Node;
use crate::place::Place;
use crate::team::Team;

/// What happens to the next COMMIT on its way; then all is well again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
enum Mishap {
    None,
    /// The line is cut with the COMMIT on it.
    Swallowed,
    /// The server has it, its answer is never heard.
    Unanswered,
    /// The answer says what a failed transaction's would.
    AnsweredRollback,
}

/// A line to the server that can be cut.
struct Line {
    dsn: Dsn,
    next: Arc<AtomicU8>,
}

impl Line {
    async fn to(server: Dsn) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let next = Arc::new(AtomicU8::new(0));
        let (dsn, armed) = (Dsn { port, ..server.clone() }, Arc::clone(&next));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect((server.host.as_str(), server.port)).await.unwrap();
                let ((hear, tell), (listen, answer)) = (far.into_split(), near.into_split());
                let (cut, is_cut) = watch::channel(false);
                let cut = Arc::new(cut);
                tokio::spawn(upward(listen, tell, Arc::clone(&armed), Arc::clone(&cut), is_cut.clone()));
                tokio::spawn(downward(hear, answer, Arc::clone(&armed), is_cut));
            }
        });
        Self { dsn, next }
    }
    fn will(&self, mishap: Mishap) {
        self.next.store(mishap as u8, Ordering::SeqCst);
    }
}

fn at(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

async fn upward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    armed: Arc<AtomicU8>,
    cut: Arc<watch::Sender<bool>>,
    mut is_cut: watch::Receiver<bool>,
) {
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = tokio::select! { read = from.read(&mut buffer) => read, _ = is_cut.changed() => return };
        let Ok(count @ 1..) = read else { return };
        let has_commit = at(&buffer[..count], b"COMMIT\0").is_some();
        let mishap = armed.load(Ordering::SeqCst);
        if has_commit && mishap == Mishap::Swallowed as u8 {
            armed.store(Mishap::None as u8, Ordering::SeqCst);
            cut.send_replace(true);
            return;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

async fn downward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    armed: Arc<AtomicU8>,
    mut is_cut: watch::Receiver<bool>,
) {
    const COMMITTED: &[u8] = b"C\0\0\0\x0bCOMMIT\0";
    const ROLLED_BACK: &[u8] = b"C\0\0\0\x0dROLLBACK\0";
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = tokio::select! { read = from.read(&mut buffer) => read, _ = is_cut.changed() => return };
        let Ok(count @ 1..) = read else { return };
        let heard = &buffer[..count];
        let mishap = armed.load(Ordering::SeqCst);
        let written = match at(heard, COMMITTED) {
            Some(_) if mishap == Mishap::Unanswered as u8 => {
                armed.store(Mishap::None as u8, Ordering::SeqCst);
                return;
            }
            Some(start) if mishap == Mishap::AnsweredRollback as u8 => {
                armed.store(Mishap::None as u8, Ordering::SeqCst);
                let rest = &heard[start + COMMITTED.len()..];
                to.write_all(&[&heard[..start], ROLLED_BACK, rest].concat()).await
            }
            _ => to.write_all(heard).await,
        };
        if written.is_err() {
            return;
        }
    }
}

async fn check(mishap: Mishap, found_again: bool) {
    let place = Place::fresh().await;
    let line = Line::to(place.direct()).await;
    let node = Node::at(line.dsn.clone()).await;
    let team = Team::founded_on(&node).await;
    line.will(mishap);
    let done = team.says(&node, "exactly once").await.unwrap();
    assert_eq!((done.position.0, done.again), (4, found_again), "{mishap:?}");
    let mut witness = place.witness().await;
    assert_eq!(witness.number("SELECT count(*) FROM message").await, 1, "{mishap:?}");
    assert_eq!(witness.number("SELECT max(position) FROM event").await, 4, "{mishap:?}");
    assert!(!node.store.is_shut());
}

#[tokio::test]
async fn a_commit_that_never_arrived_is_sent_again() {
    check(Mishap::Swallowed, false).await;
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_found_by_its_key() {
    check(Mishap::Unanswered, true).await;
}

/// What it says is that nothing happened: the order is tried again, and found.
#[tokio::test]
async fn an_answer_of_rollback_is_not_taken_for_done() {
    check(Mishap::AnsweredRollback, true).await;
}

/// Somebody ends the wait for the quorum: the server says COMMIT all the same, and warns.
#[tokio::test]
async fn a_commit_the_server_warns_about_is_looked_up_and_waited_for_again() {
    let place = Place::fresh().await;
    let node = Node::at(place.direct()).await;
    let team = Team::founded_on(&node).await;
    let mut witness = place.witness().await;
    witness
        .does(
            "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               RAISE WARNING 'might not have been replicated'; RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON message DEFERRABLE INITIALLY DEFERRED
               FOR EACH ROW EXECUTE FUNCTION warn()",
        )
        .await;
    let done = team.says(&node, "once").await.unwrap();
    assert!(done.again);
    assert_eq!(witness.number("SELECT count(*) FROM message").await, 1);
}
