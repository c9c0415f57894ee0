//! Which pages are ours. What a request says of its host is never asked.

use std::net::SocketAddr;

use axum::http::HeaderValue;

/// A browser names the page a request comes from; every other than these is foreign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origins(Vec<String>);

impl Origins {
    /// The one people type.
    pub fn of(public_url: &str) -> Self {
        Self(vec![as_browsers_write(public_url)])
    }

    /// Where nothing else is configured: the address this process listens at, by each of its names on this machine.
    pub fn listening(scheme: &str, address: SocketAddr) -> Self {
        let port = address.port();
        let mut all = vec![format!("{scheme}://{address}")];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            let names = ["localhost", "127.0.0.1", "[::1]"];
            all.extend(names.iter().map(|name| format!("{scheme}://{name}:{port}")));
        }
        Self(all.iter().map(|url| as_browsers_write(url)).collect())
    }

    pub fn hold(&self, origin: &HeaderValue) -> bool {
        self.0.iter().any(|ours| ours.as_bytes() == origin.as_bytes())
    }
}

/// In small letters, without a path and without the port that goes without saying.
fn as_browsers_write(url: &str) -> String {
    let url = url.trim_end_matches('/').to_ascii_lowercase();
    let usual = if url.starts_with("https://") { ":443" } else { ":80" };
    url.strip_suffix(usual).unwrap_or(&url).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_that_are_ours_are_those_of_the_configured_address_and_no_other() {
        let public = Origins::of("https://Chat.Example.org:443/");
        let at_home = Origins::listening("http", "127.0.0.1:7665".parse().expect("an address"));
        let outside = Origins::listening("http", "192.0.2.7:80".parse().expect("an address"));
        for (origins, origin, ours) in [
            (&public, "https://chat.example.org", true),
            (&public, "http://chat.example.org", false),
            (&public, "https://chat.example.org:8443", false),
            (&public, "https://evil.example.org", false),
            (&public, "https://chat.example.org.evil.org", false),
            (&public, "http://localhost:7665", false),
            (&public, "null", false),
            (&public, "", false),
            (&at_home, "http://127.0.0.1:7665", true),
            (&at_home, "http://localhost:7665", true),
            (&at_home, "http://[::1]:7665", true),
            (&at_home, "http://localhost:7666", false),
            (&at_home, "http://localhost", false),
            (&at_home, "https://localhost:7665", false),
            (&outside, "http://192.0.2.7", true),
            (&outside, "http://localhost", false),
        ] {
            assert_eq!(origins.hold(&HeaderValue::from_static(origin)), ours, "{origins:?} {origin}");
        }
    }
}
