//! Socket.IO's own protocol over WebSocket alone: a digit of Engine.IO, one of Socket.IO, JSON. Where connections are recovered,
//! every event ends with the place it has for who comes back.

use super::dialect::Known;

pub const PATH: &str = "/socket.io/?EIO=4&transport=websocket";
pub const PONG: &[u8] = b"3";

/// Comes in, and says which topics are wanted; who was there before says where they were.
pub fn connect(topics: &[u32], known: &Known) -> String {
    let was = known.ticket.as_deref().zip(known.offset.as_deref());
    let was = was.map(|(pid, offset)| format!(r#","pid":"{pid}","offset":"{offset}""#)).unwrap_or_default();
    format!(r#"40{{"topics":{topics:?}{was}}}"#)
}

pub fn publish(topic: u32, text: &str) -> String {
    format!(r#"42["pub",{topic},"{text}"]"#)
}

#[derive(Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// The transport is there: now one may connect.
    Opened,
    Ping,
    /// In, and the name under which one comes back.
    Connected(Option<&'a str>),
    /// Something told, and its place.
    Event(Option<&'a str>),
    Other,
}

pub fn read(said: &[u8]) -> Said<'_> {
    match said {
        [b'0', ..] => Said::Opened,
        b"2" => Said::Ping,
        [b'4', b'0', ..] => Said::Connected(super::dialect::text_of(said, "pid")),
        [b'4', b'2', ..] => Said::Event(place_of(said)),
        _ => Said::Other,
    }
}

/// `42["m","…","PRmRn2-"]`: the last of its words.
fn place_of(event: &[u8]) -> Option<&str> {
    let word = event.strip_suffix(b"\"]")?.rsplit(|&byte| byte == b'"').next()?;
    std::str::from_utf8(word).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_says_where_they_were() {
        let fresh = Known::default();
        assert_eq!(connect(&[1, 7], &fresh), r#"40{"topics":[1, 7]}"#);
        let known = Known { ticket: Some("p1".into()), offset: Some("o9".into()), ..Known::default() };
        assert_eq!(connect(&[1], &known), r#"40{"topics":[1],"pid":"p1","offset":"o9"}"#);
        // Without having heard anything there is no place to come back to.
        let silent = Known { ticket: Some("p1".into()), ..Known::default() };
        assert_eq!(connect(&[1], &silent), r#"40{"topics":[1]}"#);
    }

    #[test]
    fn what_a_server_says_is_told_apart() {
        assert_eq!(read(br#"0{"sid":"a","upgrades":[]}"#), Said::Opened);
        assert_eq!(read(b"2"), Said::Ping);
        assert_eq!(read(br#"40{"sid":"a","pid":"b"}"#), Said::Connected(Some("b")));
        assert_eq!(read(br#"42["m","~load 1","PRmRn2-"]"#), Said::Event(Some("PRmRn2-")));
        assert_eq!(read(b"41"), Said::Other);
    }
}
