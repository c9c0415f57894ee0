//! What every request of `/api/v1` goes through before its handler sees it.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use service::{CredentialKind, Secret, Who};

use super::rates::{Rule, Verdict, Whose};
use super::scope;
use crate::errors::Problem;
use crate::face::Face;
use crate::peer::PeerAddress;

/// A request that was let in. Clones are handles to the same.
#[derive(Clone)]
pub(crate) struct Entered(Arc<Inner>);

struct Inner {
    face: Face,
    address: PeerAddress,
    who: Option<Who>,
    /// Why nobody could be recognised; told to who needs to know.
    not_known: Option<Problem>,
    /// It names the page it comes from: a browser sent it.
    named_page: bool,
    /// Its secret is the cookie's, not a token's.
    by_cookie: bool,
    tally: Mutex<Option<Verdict>>,
}

impl Entered {
    pub fn address(&self) -> PeerAddress {
        self.0.address
    }
    pub fn names_its_page(&self) -> bool {
        self.0.named_page
    }
    /// What signs it in, if anything does, is the cookie.
    pub fn by_cookie(&self) -> bool {
        self.0.by_cookie
    }
    /// Signed in, or nobody; an error where it could not be found out.
    pub fn who(&self) -> Result<Option<Who>, Problem> {
        match &self.0.not_known {
            Some(problem) => Err(problem.clone()),
            None => Ok(self.0.who),
        }
    }
    /// Counts one more; refused, it says when to come back.
    pub async fn takes(&self, rule: Rule, whose: Whose) -> Result<(), Problem> {
        counted(&self.0.face, rule, whose, &self.0.tally).await
    }
}

pub(crate) async fn enter(State(face): State<Face>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admitted(face, &parts).await {
        Ok(entered) => {
            parts.extensions.insert(entered.clone());
            let mut response = next.run(Request::from_parts(parts, body)).await;
            shown(*entered.0.tally.lock(), response.headers_mut());
            response
        }
        Err((problem, tally)) => {
            let mut response = problem.into_response();
            shown(tally, response.headers_mut());
            response
        }
    }
}

/// Foreign pages first, then the flood, then who asks, then what they may.
async fn admitted(face: Face, request: &Parts) -> Result<Entered, (Problem, Option<Verdict>)> {
    let (address, tally) = (PeerAddress::of(&request.extensions), Mutex::new(None));
    match judged(&face, request, address, &tally).await {
        Ok((who, not_known)) => {
            let named_page = request.headers.contains_key(header::ORIGIN);
            let by_cookie = face.cookies().found(&request.headers).is_some();
            Ok(Entered(Arc::new(Inner { face, address, who, not_known, named_page, by_cookie, tally })))
        }
        Err(problem) => Err((problem, tally.into_inner())),
    }
}

async fn judged(
    face: &Face,
    request: &Parts,
    address: PeerAddress,
    tally: &Mutex<Option<Verdict>>,
) -> Result<(Option<Who>, Option<Problem>), Problem> {
    let rates = face.rates();
    counted(face, Rule { name: "address", times: rates.address }, Whose::address(address), tally).await?;
    let secret = presented(face, request)?;
    let (who, not_known) = match secret {
        None => (None, None),
        Some(secret) => match face.service().who(&secret, address.0).await {
            Ok(who) => (who, None),
            Err(error) => (None, Some(error.into())),
        },
    };
    let route = request.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if let Some(who) = &who {
        counted(face, Rule::of_account(rates.account), Whose::Account(who.account), tally).await?;
        scoped(who, request, route)?;
    }
    if COSTLY.iter().any(|(method, costly)| request.method == *method && route == *costly) {
        let whose = who.map_or(Whose::address(address), |who| Whose::Account(who.account));
        counted(face, Rule::of_costly(rates.costly), whose, tally).await?;
    }
    Ok((who, not_known))
}

/// What costs so much, to do or to keep, that nobody needs it often.
const COSTLY: [(&str, &str); 4] = [
    ("GET", "/api/v1/account/export"),
    ("POST", "/api/v1/workspaces"),
    ("PUT", "/api/v1/workspaces/{w}/picture"),
    ("PUT", "/api/v1/workspaces/{w}/members/me/picture"),
];

async fn counted(
    face: &Face,
    rule: Rule,
    whose: Whose,
    tally: &Mutex<Option<Verdict>>,
) -> Result<(), Problem> {
    if rule.times == 0 {
        return Ok(());
    }
    let verdict = face.counting().take(rule, whose, face.service().now()).await;
    let mut strictest = tally.lock();
    // The first that refused is the reason; before that, whatever leaves the least.
    let stricter = |known: &Verdict| known.retry_after_us.is_none() && verdict.remaining <= known.remaining;
    if strictest.as_ref().is_none_or(stricter) {
        *strictest = Some(verdict);
    }
    verdict.retry_after_us.map_or(Ok(()), |us| Err(Problem::slow_down(us)))
}

/// The secret of a cookie or of a token, never of both; and no write of a foreign or unnamed page goes by cookie.
fn presented(face: &Face, request: &Parts) -> Result<Option<Secret>, Problem> {
    let headers = &request.headers;
    let origin = headers.get(header::ORIGIN);
    // Two are refused with the foreign: which of them somebody behind us would read is not ours to guess.
    let named = headers.get_all(header::ORIGIN).iter().count();
    if named > 1 || origin.is_some_and(|origin| !face.origins().hold(origin)) {
        let message = "this page is not of this server; its address is the configured public_url";
        return Err(Problem::not_allowed("origin", message));
    }
    let (cookie, token) = (face.cookies().found(headers), bearer(headers));
    if cookie.is_some() && token.is_some() {
        return Err(Problem::malformed_because("send the cookie or a token, not both"));
    }
    let reads = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if cookie.is_some() && origin.is_none() && !reads {
        let message = "a cookie writes only from a page that names itself; a program sends a token";
        return Err(Problem::not_allowed("origin", message));
    }
    Ok(cookie.or(token).and_then(|text| text.parse().ok()))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn scoped(who: &Who, request: &Parts, route: &str) -> Result<(), Problem> {
    if who.kind != CredentialKind::Token {
        return Ok(());
    }
    let scope = scope::needed(&request.method, route, request.uri.path(), who.account);
    if who.scopes.holds(scope) {
        return Ok(());
    }
    let message = format!("this token has not the scope `{}`, which this needs", scope.word());
    Err(Problem::not_allowed("scope", message))
}

fn shown(verdict: Option<Verdict>, headers: &mut HeaderMap) {
    let Some(verdict) = verdict else { return };
    headers.insert("x-ratelimit-limit", HeaderValue::from(verdict.limit));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(verdict.remaining));
    headers.insert("x-ratelimit-reset", HeaderValue::from(verdict.reset_s));
}
