//! One connection: what comes from either side passes to the other, until its mishap.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::watch;

use super::frame::{Message, Reader, write, write_in_crumbs};
use super::{Mishap, Place, Shared, Way};

/// How a line stands; it never gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    /// The client hears no more.
    Deaf,
    /// Nobody hears anything, and nobody is told.
    Silent,
    Cut,
}

/// The transaction that is on the line.
#[derive(Default)]
struct Transaction {
    is_on: bool,
    is_watched: bool,
    due: Vec<(Place, Mishap)>,
    to_server: usize,
    to_client: usize,
}

struct Line {
    shared: Arc<Shared>,
    standing: watch::Sender<Standing>,
    /// The client has hung up.
    gone: watch::Sender<bool>,
    transaction: Mutex<Transaction>,
}

/// Requests to encrypt, which are declined.
const ENCRYPT: [u32; 2] = [80_877_103, 80_877_104];

pub(super) async fn carry(near: TcpStream, far: TcpStream, shared: Arc<Shared>) {
    let first = if *shared.is_hole.borrow() { Standing::Silent } else { Standing::Open };
    let line = Line {
        shared,
        standing: watch::Sender::new(first),
        gone: watch::Sender::new(false),
        transaction: Mutex::default(),
    };
    let ((from_near, mut to_near), (from_far, mut to_far)) = (near.into_split(), far.into_split());
    let (mut near, mut far) = (Reader::new(from_near), Reader::new(from_far));
    if first == Standing::Open && !greet(&mut near, &mut to_near, &mut to_far).await {
        return;
    }
    // Both halves of both sockets live until both directions are done, so that a silent line closes on nobody.
    tokio::join!(upward(&mut near, &mut to_far, &line), downward(&mut far, &mut to_near, &line));
}

async fn greet(near: &mut Reader, to_near: &mut OwnedWriteHalf, to_far: &mut OwnedWriteHalf) -> bool {
    while let Some(greeting) = near.greeting().await {
        let code = greeting.0.get(4..).and_then(<[u8]>::first_chunk).map(|code| u32::from_be_bytes(*code));
        if !code.is_some_and(|code| ENCRYPT.contains(&code)) {
            return write(to_far, &greeting.0).await;
        }
        if !write(to_near, b"N").await {
            return false;
        }
    }
    false
}

async fn upward(near: &mut Reader, far: &mut OwnedWriteHalf, line: &Line) {
    while let Some(message) = line.next(near, Standing::Silent).await {
        let goes_on = match line.meets(Way::ToServer, &message) {
            Some(Mishap::Cut) => line.becomes(Standing::Cut),
            Some(Mishap::Truncated) => half(far, &message).await && line.becomes(Standing::Cut),
            Some(Mishap::Silence) => line.becomes(Standing::Silent),
            Some(Mishap::Deaf) => line.becomes(Standing::Deaf) && write(far, &message.0).await,
            Some(Mishap::Late) => {
                let held = line.held(near, message).await;
                write(far, &held).await
            }
            Some(Mishap::Refused) => {
                let refused: Vec<u8> =
                    message.that_is_refused().into_iter().flat_map(|message| message.0).collect();
                write(far, &refused).await
            }
            Some(Mishap::InCrumbs) => write_in_crumbs(far, &message.0).await,
            Some(Mishap::Ended | Mishap::SaidRollback) | None => write(far, &message.0).await,
        };
        if !goes_on {
            break;
        }
    }
    match line.standing() {
        Standing::Cut => {}
        Standing::Silent => {
            near.drain().await;
            line.becomes(Standing::Cut);
        }
        Standing::Open | Standing::Deaf => {
            line.gone.send_replace(true);
            drop(far.shutdown().await);
        }
    }
}

async fn downward(far: &mut Reader, near: &mut OwnedWriteHalf, line: &Line) {
    while let Some(message) = line.next(far, Standing::Deaf).await {
        let goes_on = match line.meets(Way::ToClient, &message) {
            Some(Mishap::Cut) => line.becomes(Standing::Cut),
            Some(Mishap::Truncated) => half(near, &message).await && line.becomes(Standing::Cut),
            Some(Mishap::Silence) => line.becomes(Standing::Silent),
            Some(Mishap::Deaf) => line.becomes(Standing::Deaf),
            Some(Mishap::Late) => {
                let held = line.held(far, message).await;
                write(near, &held).await
            }
            Some(Mishap::Ended) => write(near, &Message::last_words().0).await && line.becomes(Standing::Cut),
            Some(Mishap::SaidRollback) => write(near, &Message::rollback().0).await,
            Some(Mishap::InCrumbs) => write_in_crumbs(near, &message.0).await,
            Some(Mishap::Refused) | None => write(near, &message.0).await,
        };
        if !goes_on {
            break;
        }
    }
    match line.standing() {
        Standing::Cut => {}
        // The server finds out as by its keepalive.
        Standing::Silent => line.until_cut().await,
        Standing::Open | Standing::Deaf => {
            drop(near.shutdown().await);
            // The server is heard to its end, so that it writes to somebody.
            far.drain().await;
        }
    }
}

async fn half(to: &mut OwnedWriteHalf, message: &Message) -> bool {
    write(to, &message.0[..message.0.len() / 2]).await;
    true
}

impl Line {
    fn standing(&self) -> Standing {
        *self.standing.borrow()
    }
    fn becomes(&self, standing: Standing) -> bool {
        self.standing.send_replace(standing);
        standing == Standing::Deaf
    }

    async fn until_cut(&self) {
        drop(self.standing.subscribe().wait_for(|now| *now == Standing::Cut).await);
    }

    /// `None` at the end of the line, or once it stands as badly as `at_worst`.
    async fn next(&self, from: &mut Reader, at_worst: Standing) -> Option<Message> {
        let mut standing = self.standing.subscribe();
        let is_over = |now: &Standing| *now == at_worst || matches!(now, Standing::Silent | Standing::Cut);
        tokio::select! {
            biased;
            _ = standing.wait_for(is_over) => None,
            message = from.next() => message.filter(|_| {
                let is_hole = *self.shared.is_hole.borrow();
                if is_hole {
                    self.becomes(Standing::Silent);
                }
                !is_hole
            }),
        }
    }

    /// All that came until the client gave up, the line ended, or it may go on.
    async fn held(&self, from: &mut Reader, first: Message) -> Vec<u8> {
        let mut held = first.0;
        let (mut go_on, mut gone) = (self.shared.go_on.subscribe(), self.gone.subscribe());
        loop {
            tokio::select! {
                message = from.next() => match message {
                    Some(message) => {
                        self.meets_nothing(&message);
                        held.extend(message.0);
                    }
                    None => return held,
                },
                _ = go_on.changed() => return held,
                _ = gone.wait_for(|gone| *gone) => return held,
            }
        }
    }

    /// What is to become of a message.
    fn meets(&self, way: Way, message: &Message) -> Option<Mishap> {
        let mut transaction = self.transaction.lock();
        if way == Way::ToServer && message.begins() {
            let (due, is_watched) = self.shared.begins();
            *transaction = Transaction { is_on: true, is_watched, due, ..Transaction::default() };
        }
        if !transaction.is_on {
            return None;
        }
        if transaction.is_watched {
            self.shared.write_down(way, message);
        }
        let index = match way {
            Way::ToServer => &mut transaction.to_server,
            Way::ToClient => &mut transaction.to_client,
        };
        let place = Place { way, index: *index };
        *index += 1;
        if way == Way::ToClient && message.ends() {
            transaction.is_on = false;
        }
        let at = transaction.due.iter().position(|(due, _)| *due == place)?;
        let (_, mishap) = transaction.due.swap_remove(at);
        if mishap != Mishap::SaidRollback || message.is_commit() {
            self.shared.note();
        }
        Some(mishap).filter(|mishap| *mishap != Mishap::SaidRollback || message.is_commit())
    }

    /// Held back with the one before it.
    fn meets_nothing(&self, message: &Message) {
        let mut transaction = self.transaction.lock();
        if message.ends() {
            transaction.is_on = false;
        }
    }
}
