//! One connection to the collector, kept while it lasts.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::message::rejected;
use crate::target::Target;

const TIME_MAX: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Nobody is believed who says we should come back much later.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All but so many.
    Took(u64),
    /// It will never be taken.
    Refused(String),
    /// The same may go well later; perhaps the collector says when.
    Later(String, Option<Duration>),
}

pub(crate) struct Line {
    target: Target,
    open: Option<Open>,
}

struct Open {
    sender: SendRequest<Full<Bytes>>,
    /// The connection itself, which moves only while something is asked.
    connection: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Line {
    pub fn to(target: Target) -> Line {
        Line { target, open: None }
    }

    /// One try. Dropped, it leaves no line behind, and the batch may have arrived.
    pub async fn post(&mut self, body: Bytes) -> Outcome {
        let open = self.open.take();
        let asked = async {
            let mut line = match open.and_then(alive) {
                Some(line) => line,
                None => dial(&self.target).await?,
            };
            let answer = ask(&mut line, request(&self.target, body)).await?;
            Ok::<_, String>((line, answer))
        };
        match tokio::time::timeout(TIME_MAX, asked).await {
            Ok(Ok((line, (status, retry_after, answer)))) => {
                self.open = Some(line);
                judged(status, retry_after, &answer)
            }
            Ok(Err(why)) => Outcome::Later(why, None),
            Err(_) => Outcome::Later(format!("no answer within {} s", TIME_MAX.as_secs()), None),
        }
    }
}

/// A line that was hung up on meanwhile is none.
fn alive(mut open: Open) -> Option<Open> {
    let ended = (&mut open.connection).now_or_never().is_some();
    (!ended && open.sender.is_ready()).then_some(open)
}

async fn dial(target: &Target) -> Result<Open, String> {
    let place = (target.host.as_str(), target.port);
    let stream = TcpStream::connect(place).await.map_err(|error| error.to_string())?;
    stream.set_nodelay(true).ok();
    match &target.tls {
        None => greet(stream).await,
        Some((tls, name)) => {
            greet(tls.connect(name.clone(), stream).await.map_err(|error| error.to_string())?).await
        }
    }
}

async fn greet(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<Open, String> {
    let (sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    // How it ends is seen by whoever asks.
    Ok(Open { sender, connection: Box::pin(connection.map(drop)) })
}

fn request(target: &Target, body: Bytes) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = target.path.clone();
    let headers = request.headers_mut();
    headers.insert(header::HOST, target.named.clone());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
    if let Some(value) = &target.authorization {
        headers.insert(header::AUTHORIZATION, value.clone());
    }
    request
}

type Answer = (StatusCode, Option<Duration>, Bytes);

async fn ask(line: &mut Open, request: Request<Full<Bytes>>) -> Result<Answer, String> {
    let Open { sender, connection } = line;
    let answered = async {
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let retry_after = parts.headers.get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(|error| error.to_string())?;
        Ok((parts.status, retry_after.map(Duration::from_secs), body.to_bytes()))
    };
    let mut answered = std::pin::pin!(answered);
    tokio::select! {
        biased;
        answer = &mut answered => answer,
        // What it brought before it ended is there now.
        () = connection => answered.await,
    }
}

fn judged(status: StatusCode, retry_after: Option<Duration>, answer: &[u8]) -> Outcome {
    let why = format!("it answered {status}");
    match status.as_u16() {
        200..=299 => Outcome::Took(rejected(answer)),
        429 | 502 | 503 | 504 => Outcome::Later(why, retry_after.map(|after| after.min(RETRY_AFTER_MAX))),
        _ => Outcome::Refused(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_standard_calls_passing_is_tried_again_and_nothing_else() {
        let after = Some(Duration::from_secs(3_600));
        assert_eq!(judged(StatusCode::OK, None, &[]), Outcome::Took(0));
        assert!(matches!(
            judged(StatusCode::SERVICE_UNAVAILABLE, after, &[]),
            Outcome::Later(_, Some(RETRY_AFTER_MAX))
        ));
        for status in [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::INTERNAL_SERVER_ERROR] {
            assert!(matches!(judged(status, None, &[]), Outcome::Refused(_)), "{status}");
        }
    }
}
