//! What a sign-in is answered with: a page is given the cookie alone, a program the token alone.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use service::{Device, Session};

use super::enter::Entered;
use crate::face::Face;

pub(crate) struct Handed {
    pub token: Option<String>,
    cookie: Option<HeaderValue>,
}

impl Handed {
    pub fn of(face: &Face, entered: &Entered, session: &Session) -> Self {
        if entered.names_its_page() {
            return Self { token: None, cookie: Some(face.cookies().given(&session.secret)) };
        }
        Self { token: Some(session.secret.text()), cookie: None }
    }

    pub fn with(self, body: impl Serialize) -> Response {
        private(self.cookie, body)
    }
}

/// An answer no cache keeps, perhaps with a cookie.
pub(crate) fn private(cookie: Option<HeaderValue>, body: impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    cookie.map(|cookie| headers.insert(header::SET_COOKIE, cookie));
    response
}

/// What signs in, as far as it says.
pub(crate) fn device(entered: &Entered, headers: &HeaderMap) -> Device {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    Device { agent: agent.to_owned(), address: entered.address().0.to_string() }
}
