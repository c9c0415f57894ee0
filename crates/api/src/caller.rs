//! Who asks. The door has looked at what they present; here a handler says whom it serves.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use service::{CredentialKind, Who};

use crate::door::Entered;
use crate::errors::Problem;
use crate::face::Face;

/// Signed in; without it a handler is open to strangers.
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub Who);

impl FromRequestParts<Face> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Caller, Problem> {
        Entered::from_request_parts(parts, face).await?.who()?.map(Caller).ok_or_else(Problem::signed_out)
    }
}

/// Signed in as a person does: no token makes tokens, changes a password or reads sessions.
#[derive(Debug, Clone, Copy)]
pub struct InPerson(pub Who);

impl FromRequestParts<Face> for InPerson {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<InPerson, Problem> {
        let Caller(who) = Caller::from_request_parts(parts, face).await?;
        if who.kind != CredentialKind::Session {
            let message = "a token does not do this; sign in with the password";
            return Err(Problem::not_allowed("session", message));
        }
        Ok(InPerson(who))
    }
}

/// Whoever it is.
impl FromRequestParts<Face> for Entered {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _face: &Face) -> Result<Entered, Problem> {
        parts.extensions.get::<Entered>().cloned().ok_or_else(Problem::signed_out)
    }
}
