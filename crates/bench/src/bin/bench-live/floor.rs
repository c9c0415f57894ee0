//! The floor under every server here: an epoll loop, a table of sockets, and for what is told one write each. It keeps
//! nothing, checks nobody, and drops who does not take what it writes.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

const LISTENER: Token = Token(usize::MAX);
const UPGRADED: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const OK: &[u8] = &[0x81, 2, b'o', b'k'];

pub fn serve(port: u16) -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port)))?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    println!("ready");
    let (mut events, mut sockets) = (Events::with_capacity(4_096), Vec::<Option<TcpStream>>::new());
    let (mut scratch, mut told) = (vec![0; 64 * 1024], Vec::new());
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    stream.set_nodelay(true)?;
                    poll.registry().register(&mut stream, Token(sockets.len()), Interest::READABLE)?;
                    sockets.push(Some(stream));
                }
            } else if let Some(stream) = &mut sockets[event.token().0] {
                match stream.read(&mut scratch) {
                    Ok(0) => sockets[event.token().0] = None,
                    Ok(count) => heard(stream, &scratch[..count], &mut told)?,
                    Err(_) => {}
                }
            }
        }
        if !told.is_empty() {
            tell(&mut sockets, &told);
            told.clear();
        }
    }
}

fn tell(sockets: &mut [Option<TcpStream>], told: &[u8]) {
    for socket in sockets {
        let Some(stream) = socket else { continue };
        if stream.write(told).ok() != Some(told.len()) {
            *socket = None;
        }
    }
}

/// Masks of a load are zeros, so a payload is read where it lies.
fn heard(stream: &mut TcpStream, mut bytes: &[u8], told: &mut Vec<u8>) -> io::Result<()> {
    if bytes.starts_with(b"GET ") {
        return stream.write_all(UPGRADED);
    }
    while let [_, length, rest @ ..] = bytes {
        let (length, rest) = match length & 0x7f {
            126 => (usize::from(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
            short => (usize::from(short), rest),
        };
        let (payload, rest) = rest[4..].split_at(length);
        match payload.strip_prefix(b"pub") {
            Some(said) => frame(&said[4..], told),
            None => stream.write_all(OK)?,
        }
        bytes = rest;
    }
    Ok(())
}

fn frame(payload: &[u8], into: &mut Vec<u8>) {
    into.extend_from_slice(&[0x82, 126]);
    into.extend_from_slice(&(payload.len() as u16).to_be_bytes());
    into.extend_from_slice(payload);
}
