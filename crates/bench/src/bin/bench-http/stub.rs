//! The generator's own ceiling: the same requests to a server that answers all of them alike, at once and with as many bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

use load::trouble::Trouble;

/// A request of ours comes in one piece, and the next one only after its answer.
const REQUEST_BYTES_MAX: usize = 16 * 1024;

/// Says where it is in one line, then serves until it is ended.
pub fn serve(bytes: usize) -> Result<(), Trouble> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Trouble::at("a stub"))?;
    println!("{}", listener.local_addr().map_err(Trouble::at("a stub"))?);
    let answer: Arc<[u8]> = answer(bytes).into();
    for stream in listener.incoming().flatten() {
        let answer = Arc::clone(&answer);
        thread::Builder::new().spawn(move || talk(stream, &answer)).map_err(Trouble::at("a thread"))?;
    }
    Ok(())
}

fn talk(mut stream: TcpStream, answer: &[u8]) {
    let mut request = [0; REQUEST_BYTES_MAX];
    drop(stream.set_nodelay(true));
    while stream.read(&mut request).is_ok_and(|count| count > 0) && stream.write_all(answer).is_ok() {}
}

/// What a send is answered with, filled up to the size that is wanted.
fn answer(bytes: usize) -> Vec<u8> {
    const WITHOUT: &str = r#"{"number":1,"fill":""}"#;
    let fill = "x".repeat(bytes.saturating_sub(WITHOUT.len()));
    let body = format!(r#"{{"number":1,"fill":"{fill}"}}"#);
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// One at work, in a process of its own.
pub struct Stub {
    child: Child,
    pub address: String,
}

impl Stub {
    pub fn start(bytes: usize) -> Result<Self, Trouble> {
        let own = std::env::current_exe().map_err(Trouble::at("our own binary"))?;
        let mut command = Command::new(own);
        command.args(["stub", "--bytes", &bytes.to_string()]).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(Trouble::at("a stub"))?;
        let said = child.stdout.take().ok_or_else(|| Trouble::new("a stub without its output"))?;
        let mut stub = Self { child, address: String::new() };
        BufReader::new(said).read_line(&mut stub.address).map_err(Trouble::at("a stub"))?;
        stub.address.truncate(stub.address.trim_end().len());
        Ok(stub)
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_size_that_was_asked_for() {
        for bytes in [200, 25_000] {
            let answer = answer(bytes);
            let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
            assert_eq!(answer.len() - head, bytes);
            assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
        }
    }
}
