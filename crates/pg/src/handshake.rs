use fallible_iterator::FallibleIterator;
use postgres_protocol::{
    authentication::{
        md5_hash,
        sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256},
    },
    message::{
        backend::{AuthenticationSaslBody, ErrorResponseBody, Message},
        frontend,
    },
};

use super::{
    dsn::Dsn,
    error::{PgError, ServerError, WireError},
    wire::Wire,
};

/// Introduces us and proves who we are; returns when the server has let us in.
pub(super) async fn greet(wire: &mut Wire, dsn: &Dsn, application: &str) -> Result<(), PgError> {
    // No `options`: a pooler refuses it, and what it sets would not survive there anyway.
    let words = [
        ("user", dsn.user.as_str()),
        ("database", &dsn.database),
        ("application_name", application),
        ("client_encoding", "UTF8"),
    ];
    frontend::startup_message(words, &mut wire.outgoing)
        .map_err(|error| PgError::Misuse(error.to_string()))?;
    let mut proof = Proof::NotAsked;
    loop {
        wire.arrived().await.map_err(WireError::unreachable)?;
        match wire.take().map_err(WireError::unreachable)? {
            Message::AuthenticationOk if proof.is_complete() => return Ok(()),
            Message::ErrorResponse(body) => return Err(refusal(&body)),
            Message::NoticeResponse(_) => {}
            message => answer(wire, dsn, &mut proof, message)?,
        }
    }
}

pub(super) fn refusal(body: &ErrorResponseBody) -> PgError {
    match ServerError::read(body.fields()) {
        Ok(error) => PgError::Server(Box::new(error)),
        Err(error) => PgError::Protocol(error.to_string()),
    }
}

/// Where the mutual proof of SCRAM stands: a server that never showed its half is not let through.
enum Proof {
    NotAsked,
    Begun(Box<ScramSha256>),
    Complete,
}

impl Proof {
    fn is_complete(&self) -> bool {
        !matches!(self, Self::Begun(_))
    }
}

fn answer(wire: &mut Wire, dsn: &Dsn, proof: &mut Proof, message: Message) -> Result<(), PgError> {
    let garbage = |error: std::io::Error| PgError::Protocol(error.to_string());
    let password = || {
        let missing = || PgError::Misuse(format!("{dsn} asks for a password and none is given"));
        dsn.password.as_deref().map(str::as_bytes).ok_or_else(missing)
    };
    match (message, &mut *proof) {
        (Message::AuthenticationCleartextPassword, Proof::NotAsked) => {
            frontend::password_message(password()?, &mut wire.outgoing).map_err(garbage)?;
        }
        (Message::AuthenticationMd5Password(body), Proof::NotAsked) => {
            let hash = md5_hash(dsn.user.as_bytes(), password()?, body.salt());
            frontend::password_message(hash.as_bytes(), &mut wire.outgoing).map_err(garbage)?;
        }
        (Message::AuthenticationSasl(body), Proof::NotAsked) => {
            require_scram(&body)?;
            let scram = ScramSha256::new(password()?, ChannelBinding::unsupported());
            frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), &mut wire.outgoing)
                .map_err(garbage)?;
            *proof = Proof::Begun(Box::new(scram));
        }
        (Message::AuthenticationSaslContinue(body), Proof::Begun(scram)) => {
            scram.update(body.data()).map_err(garbage)?;
            frontend::sasl_response(scram.message(), &mut wire.outgoing).map_err(garbage)?;
        }
        (Message::AuthenticationSaslFinal(body), Proof::Begun(scram)) => {
            scram.finish(body.data()).map_err(garbage)?;
            *proof = Proof::Complete;
        }
        _ => {
            return Err(PgError::Protocol(format!(
                "{dsn} asks for a way to sign in that is not spoken here"
            )));
        }
    }
    Ok(())
}

fn require_scram(body: &AuthenticationSaslBody) -> Result<(), PgError> {
    match body.mechanisms().any(|mechanism| Ok(mechanism == SCRAM_SHA_256)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(PgError::Protocol("the server does not offer SCRAM-SHA-256".into())),
        Err(error) => Err(PgError::Protocol(error.to_string())),
    }
}
