//! Who answers our pings is there, and is let go all the same where nothing is asked or taken. Time jumps as soon as everyone
//! waits.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::spoken::serving;
use api::limits::Limits;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const WINDOW_UPDATE: u8 = 8;
const ACK: u8 = 1;
const HEADERS_AND_NO_BODY: u8 = 5;
const OF_CONNECTION: u8 = 0;
const OF_ONE: u8 = 1;

/// `GET http://rookery/` in words of HPACK's own table.
const ASK: &[u8] = b"\x82\x86\x84\x41\x07rookery";
/// An answer comes only as it is taken.
const NO_WINDOW: &[u8] = &[0, 4, 0, 0, 0, 0];

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short one");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// A caller who minds every ping.
struct Caller {
    stream: TcpStream,
    pings: usize,
    taken: usize,
}

impl Caller {
    async fn greets(router: Router) -> Caller {
        let address = serving(router, Limits::default()).await;
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let greeting =
            [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, OF_CONNECTION, NO_WINDOW)];
        stream.write_all(&greeting.concat()).await.expect("written");
        Caller { stream, pings: 0, taken: 0 }
    }

    async fn says(&mut self, frame: &[u8]) {
        // Who was let go meanwhile hears that when they read.
        self.stream.write_all(frame).await.ok();
    }

    /// False once the connection has ended.
    async fn hears(&mut self) -> bool {
        let mut head = [0; 9];
        if self.stream.read_exact(&mut head).await.is_err() {
            return false;
        }
        let [high, middle, low, kind, flags, ..] = head;
        let mut payload = vec![0; usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low)];
        if self.stream.read_exact(&mut payload).await.is_err() {
            return false;
        }
        match kind {
            PING if flags & ACK == 0 => {
                self.pings += 1;
                self.says(&frame(PING, ACK, OF_CONNECTION, &payload)).await;
            }
            SETTINGS if flags & ACK == 0 => self.says(&frame(SETTINGS, ACK, OF_CONNECTION, &[])).await,
            DATA => self.taken += payload.len(),
            _ => {}
        }
        true
    }

    /// How long one minds pings until one is let go.
    async fn stays(&mut self) -> Duration {
        let since = Instant::now();
        let ended = timeout(Duration::from_hours(1), async { while self.hears().await {} }).await;
        ended.expect("a place is not held for ever");
        since.elapsed()
    }
}

fn a_word() -> Router {
    Router::new().route("/", get(|| async { "good morning" }))
}

#[tokio::test(start_paused = true)]
async fn who_asks_nothing_and_answers_our_pings_is_let_go() {
    let mut stranger = Caller::greets(a_word()).await;
    let stayed = stranger.stays().await;
    assert!(stranger.pings >= 2, "{}", stranger.pings);
    assert!(stayed < Duration::from_mins(3), "{stayed:?}");
}

#[tokio::test(start_paused = true)]
async fn who_takes_nothing_of_their_answer_and_answers_our_pings_is_let_go() {
    let mut stranger = Caller::greets(a_word()).await;
    stranger.says(&frame(HEADERS, HEADERS_AND_NO_BODY, OF_ONE, ASK)).await;
    let stayed = stranger.stays().await;
    assert!(stranger.pings >= 2 && stranger.taken == 0, "{} {}", stranger.pings, stranger.taken);
    assert!(stayed < Duration::from_mins(3), "{stayed:?}");
}

#[tokio::test(start_paused = true)]
async fn who_takes_their_answer_a_byte_a_minute_has_it_whole() {
    let mut ada = Caller::greets(a_word()).await;
    ada.says(&frame(HEADERS, HEADERS_AND_NO_BODY, OF_ONE, ASK)).await;
    for _ in 0.."good morning".len() {
        ada.says(&frame(WINDOW_UPDATE, 0, OF_ONE, &[0, 0, 0, 1])).await;
        let a_minute = async { while ada.hears().await {} };
        timeout(Duration::from_mins(1), a_minute).await.expect_err("she is still there");
    }
    assert_eq!(ada.taken, "good morning".len());
    ada.stays().await;
}
