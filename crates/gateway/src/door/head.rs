//! A request's head as it comes, in any cut: bounded, and read once it is whole.

use http::{HeaderName, HeaderValue, Method, Request, Version};

use super::Refusal;

/// As the HTTP server allows them.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// What may come behind a head before it is answered: nobody has anything to say yet.
const AHEAD_BYTES_MAX: usize = 64 * 1024;

/// Of one connection, until its request was answered.
#[derive(Debug, Default)]
pub(crate) struct Head {
    bytes: Vec<u8>,
    /// The request is being judged; what came behind it is kept.
    is_read: bool,
}

impl Head {
    /// The request, once: when its last byte has come.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Option<Request<()>>, Refusal> {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        if self.is_read {
            return if self.bytes.len() > AHEAD_BYTES_MAX { Err(Refusal::TooLarge) } else { Ok(None) };
        }
        // What is no request at all need not be waited for.
        if self.bytes.first().is_some_and(|first| !first.is_ascii_alphabetic() && !b"\r\n".contains(first)) {
            return Err(Refusal::Malformed);
        }
        match end(&self.bytes, before.saturating_sub(3)) {
            None if self.bytes.len() > HEAD_BYTES_MAX => Err(Refusal::TooLarge),
            None => Ok(None),
            Some(end) if end > HEAD_BYTES_MAX => Err(Refusal::TooLarge),
            Some(end) => {
                let request = read(&self.bytes[..end])?;
                self.bytes.drain(..end);
                self.is_read = true;
                Ok(Some(request))
            }
        }
    }

    /// What came behind the request.
    pub fn ahead(self) -> Vec<u8> {
        self.bytes
    }
}

/// Behind the empty line that ends a head. Each byte is looked at once, however it comes.
fn end(bytes: &[u8], from: usize) -> Option<usize> {
    let lines = bytes.iter().enumerate().skip(from).filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    lines.into_iter().find_map(|next| match &bytes[next..] {
        [b'\r', b'\n', ..] => Some(next + 2),
        [b'\n', ..] => Some(next + 1),
        _ => None,
    })
}

fn read(bytes: &[u8]) -> Result<Request<()>, Refusal> {
    let malformed = |_| Refusal::Malformed;
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Request::new(&mut headers);
    match head.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(Refusal::TooLarge),
        Ok(httparse::Status::Partial) | Err(_) => return Err(Refusal::Malformed),
    }
    let (Some(method), Some(path), Some(version)) = (head.method, head.path, head.version) else {
        return Err(Refusal::Malformed);
    };
    // We are no proxy: whose path it is goes without saying.
    if !path.starts_with('/') {
        return Err(Refusal::Malformed);
    }
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(method.as_bytes()).map_err(|_| Refusal::Malformed)?;
    *request.uri_mut() = path.parse().map_err(|_| Refusal::Malformed)?;
    *request.version_mut() = if version == 1 { Version::HTTP_11 } else { Version::HTTP_10 };
    for header in head.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| Refusal::Malformed)?;
        let value = HeaderValue::from_bytes(header.value).map_err(|error| malformed(error.to_string()))?;
        request.headers_mut().append(name, value);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UPGRADE: &[u8] =
        b"GET /api/v1/socket?x=1 HTTP/1.1\r\nHost: rookery\r\nCookie: a=b\r\nCookie: c=d\r\n\
        Upgrade: websocket\r\n\r\n";

    fn whole(request: &Request<()>) -> (String, String, Vec<(String, String)>) {
        let headers = request.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()));
        (request.method().to_string(), request.uri().to_string(), headers.collect())
    }

    #[test]
    fn a_head_in_any_cut_is_the_same_request_and_what_is_behind_it_is_kept() {
        let mut all = UPGRADE.to_vec();
        all.extend_from_slice(b"\x81\x80");
        let expected = whole(&read(UPGRADE).expect("a request"));
        assert_eq!(expected.1, "/api/v1/socket?x=1");
        assert_eq!(expected.2.len(), 4, "a header twice is two headers");
        for cut in 0..all.len() {
            let mut head = Head::default();
            let first = head.take(&all[..cut]).expect("well");
            let second = head.take(&all[cut..]).expect("well");
            let request = first.xor(second).expect("once");
            assert_eq!(whole(&request), expected, "{cut}");
            assert_eq!(head.ahead(), b"\x81\x80", "{cut}");
        }
        let mut head = Head::default();
        let requests: Vec<_> = all.iter().filter_map(|byte| head.take(&[*byte]).expect("well")).collect();
        assert_eq!(requests.iter().map(whole).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn what_is_no_request_is_refused_as_soon_as_that_is_known() {
        let long = [b"GET / HTTP/1.1\r\nA: ".as_slice(), &vec![b'x'; HEAD_BYTES_MAX]].concat();
        let many = [b"GET / HTTP/1.1\r\n".as_slice(), &b"A: b\r\n".repeat(HEADERS_MAX + 1), b"\r\n"].concat();
        for (bytes, refusal) in [
            (b"\x16\x03\x01\x02\x00\x01".as_slice(), Refusal::Malformed),
            (b"\x00", Refusal::Malformed),
            (b"\r\n\r\n", Refusal::Malformed),
            (b"GET\r\n\r\n", Refusal::Malformed),
            (b"GET / HTTP/2.0\r\n\r\n", Refusal::Malformed),
            (b"PRI * HTTP/2.0\r\n\r\n", Refusal::Malformed),
            (b"GET http://elsewhere/ HTTP/1.1\r\n\r\n", Refusal::Malformed),
            (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", Refusal::Malformed),
            (b"GET / HTTP/1.1\r\n folded: yes\r\n\r\n", Refusal::Malformed),
            (b"GET / HTTP/1.1\r\nA: \x00\r\n\r\n", Refusal::Malformed),
            (&long, Refusal::TooLarge),
            (&many, Refusal::TooLarge),
        ] {
            let mut head = Head::default();
            assert_eq!(head.take(bytes).map(|_| ()), Err(refusal), "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn who_sends_on_and_on_before_the_answer_is_refused() {
        let mut head = Head::default();
        assert!(head.take(UPGRADE).expect("well").is_some());
        let some = [0; 1_024];
        let refused = (0..100).find(|_| head.take(&some).is_err());
        assert_eq!(refused, Some(AHEAD_BYTES_MAX / some.len()));
    }

    proptest! {
        #[test]
        fn nothing_that_comes_makes_it_fall(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20)) {
            let mut head = Head::default();
            for piece in pieces {
                if head.take(&piece).is_err() {
                    break;
                }
            }
        }

        #[test]
        fn nor_does_what_looks_like_a_request(text in "(GET|POST|PRI) [ -~]{0,40}HTTP/1\\.[01]\r\n([A-Za-z-]{1,9}: [ -~\\t]{0,20}\r?\n){0,5}\r?\n") {
            Head::default().take(text.as_bytes()).ok();
        }
    }
}
