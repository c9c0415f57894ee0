use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use pg::{Connection, Dsn, PgError};

use crate::support::{PATIENCE, fly};

/// A server of one connection that is not PostgreSQL, or not quite.
fn impostor(serve: impl FnOnce(&mut TcpStream) + Send + 'static) -> Dsn {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        serve(&mut stream);
    });
    format!("host=127.0.0.1 port={port} user=ada password=secret sslmode=disable").parse().unwrap()
}

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    [&[tag], &(body.len() as u32 + 4).to_be_bytes()[..], body].concat()
}

/// Writes until the other side has had enough.
fn pour(stream: &mut TcpStream, bytes: &[u8]) {
    while stream.write_all(bytes).is_ok() {}
}

fn hear_a_sync(stream: &mut TcpStream) {
    let mut heard = Vec::new();
    while !heard.ends_with(b"S\0\0\0\x04") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("a flight is under way");
        heard.extend(byte);
    }
}

async fn greeted_by(bytes: Vec<u8>) -> PgError {
    let dsn = impostor(move |stream| pour(stream, &bytes));
    Connection::connect(&dsn, "wire tests", PATIENCE).await.expect_err("that is no server")
}

#[tokio::test]
async fn whoever_does_not_greet_like_postgres_is_refused() {
    for nonsense in [
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        vec![0; 64],
        vec![255; 64],
        message(b'R', &[0, 0, 0, 99]),
        message(b'R', &[]),
        message(b'Z', b"I"),
        [&b"R"[..], &u32::MAX.to_be_bytes()].concat(),
        [&b"R"[..], &3_u32.to_be_bytes()].concat(),
        [&b"E"[..], &0x7fff_ffff_u32.to_be_bytes()].concat(),
        message(b'E', b"SFATAL"),
        message(b'E', b""),
    ] {
        let error = greeted_by(nonsense.clone()).await;
        assert!(matches!(error, PgError::Protocol(_)), "{nonsense:?}: {error}");
    }
}

#[tokio::test]
async fn whoever_skips_its_half_of_the_proof_is_refused() {
    let asks = message(b'R', &[&10_u32.to_be_bytes()[..], b"SCRAM-SHA-256\0\0"].concat());
    let all_well = message(b'R', &[0; 4]);
    assert!(matches!(greeted_by([asks.clone(), all_well].concat()).await, PgError::Protocol(_)));
    let forged = message(b'R', &[&11_u32.to_be_bytes()[..], b"r=other,s=c2FsdA==,i=4096"].concat());
    assert!(matches!(greeted_by([asks, forged].concat()).await, PgError::Protocol(_)));
}

#[tokio::test]
async fn whoever_hangs_up_or_says_nothing_is_unreachable() {
    let dsn = impostor(|_| {});
    let error = Connection::connect(&dsn, "wire tests", PATIENCE).await.unwrap_err();
    assert!(matches!(error, PgError::Unreachable(_)), "{error}");
    let dsn = impostor(|stream| _ = stream.read_to_end(&mut Vec::new()));
    let error = Connection::connect(&dsn, "wire tests", Duration::from_millis(20)).await.unwrap_err();
    assert!(matches!(error, PgError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_starts_to_talk_nonsense_is_given_up() {
    let one_column = message(
        b'T',
        &[&1_u16.to_be_bytes()[..], b"n\0", &[0; 6], &20_u32.to_be_bytes(), &[0; 6], &[0, 1]].concat(),
    );
    let row = |body: &[u8]| [one_column.clone(), message(b'D', body)].concat();
    for nonsense in [
        b"nonsense, and a lot of it".to_vec(),
        message(b'D', &[0, 1, 0, 0, 0, 0]),
        row(&[]),
        row(&[0, 2, 0, 0, 0, 0]),
        row(&[0, 1, 0, 0, 0, 9, 1]),
        row(&[0, 1, 0, 0, 0, 1, 1, 1]),
        row(&[0, 1, 127, 255, 255, 255]),
        message(b'T', &[255, 255]),
        message(b'T', &[0, 1, b'n']),
        message(b'C', b"SELECT 1"),
        message(b'Z', b"?"),
        message(b'Z', b"I"),
        message(b'G', &[0, 0, 0]),
        [&b"D"[..], &u32::MAX.to_be_bytes()].concat(),
        [&b"C"[..], &0x7fff_ffff_u32.to_be_bytes()].concat(),
    ] {
        let answer = nonsense.clone();
        let dsn = impostor(move |stream| {
            let welcome = [message(b'R', &[0; 4]), message(b'Z', b"I")].concat();
            let _ = stream.write_all(&welcome);
            hear_a_sync(stream);
            pour(stream, &answer);
        });
        let mut connection = Connection::connect(&dsn, "wire tests", PATIENCE).await.unwrap();
        let error = fly(&mut connection, &["SELECT 1"]).await.unwrap_err();
        assert!(matches!(error, PgError::Protocol(_)), "{nonsense:?}: {error}");
        assert!(connection.broken());
    }
}
