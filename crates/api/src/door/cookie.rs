//! The cookie a browser is signed in by: no script reads it, no foreign page sends it along with a write.

use axum::http::{HeaderMap, HeaderValue, header};
use protocol::limits::SESSION_IDLE_SECONDS;
use service::Secret;

/// How the cookie is called and dressed: behind TLS it belongs to this host alone.
#[derive(Debug, Clone, Copy)]
pub struct Cookies {
    pub secure: bool,
}

impl Cookies {
    fn name(self) -> &'static str {
        if self.secure { "__Host-rookery" } else { "rookery" }
    }

    /// What the cookie of a request says; a text that is no secret is there all the same.
    pub fn found(self, headers: &HeaderMap) -> Option<&str> {
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.name()).map(|(_, value)| value)
    }

    pub fn given(self, secret: &Secret) -> HeaderValue {
        self.written(&secret.text(), SESSION_IDLE_SECONDS)
    }

    pub fn taken_back(self) -> HeaderValue {
        self.written("", 0)
    }

    fn written(self, value: &str, seconds: i64) -> HeaderValue {
        let name = self.name();
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }
}
