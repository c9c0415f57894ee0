//! A collector of a few lines, that answers as it was told to.

pub mod sealed;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio_rustls::TlsAcceptor;

/// What it heard.
pub struct Heard {
    /// By which of its connections.
    pub line: usize,
    pub head: String,
    body: Vec<u8>,
}

impl Heard {
    /// Texts stand in protobuf as they are.
    pub fn tells_of(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

pub struct Collector {
    pub url: String,
    heard: mpsc::UnboundedReceiver<Heard>,
}

/// What it answers in turn; then always that all is well.
pub type Answers = Vec<&'static str>;

pub fn answering(answers: &[&'static str]) -> Answers {
    answers.iter().rev().copied().collect()
}

impl Collector {
    pub async fn new(answers: Answers) -> Collector {
        Collector::at(Collector::place().await, answers).await
    }

    /// Where nobody listens, yet.
    pub async fn place() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        listener.local_addr().expect("an address")
    }

    pub async fn at(place: SocketAddr, answers: Answers) -> Collector {
        Collector::listening(place, None, answers).await
    }

    pub async fn sealed(files: &sealed::Files, answers: Answers) -> Collector {
        let place = Collector::place().await;
        let mut collector = Collector::listening(place, Some(files.acceptor()), answers).await;
        collector.url = format!("https://localhost:{}", place.port());
        collector
    }

    async fn listening(place: SocketAddr, tls: Option<TlsAcceptor>, answers: Answers) -> Collector {
        let listener = TcpListener::bind(place).await.expect("the port");
        let (tell, heard) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(answers));
        tokio::spawn(async move {
            for line in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (tell, answers, tls) = (tell.clone(), Arc::clone(&answers), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, line, tell, answers).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, line, tell, answers).await;
                            }
                        }
                    }
                });
            }
        });
        Collector { url: format!("http://{place}"), heard }
    }

    pub async fn hears(&mut self) -> Heard {
        self.heard.recv().await.expect("it is asked")
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    line: usize,
    tell: mpsc::UnboundedSender<Heard>,
    answers: Arc<Mutex<Answers>>,
) {
    while let Some((head, body)) = request(&mut stream).await {
        let answer = answers.lock().await.pop().unwrap_or("200 OK");
        if tell.send(Heard { line, head, body }).is_err() || answer == "hang up" {
            return;
        }
        let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn request<S: AsyncRead + Unpin>(stream: &mut S) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
        if let Some(end) = end {
            let head = String::from_utf8(bytes[..end].to_vec()).expect("text");
            let length = head.to_lowercase().split("content-length: ").nth(1).map(str::to_owned)?;
            let length: usize = length.split("\r\n").next()?.parse().ok()?;
            if bytes.len() >= end + length {
                return Some((head, bytes[end..end + length].to_vec()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
