//! What operators do for people: a way back in, and who is signed in where.

use protocol::time;
use serde_json::{Value, json};
use service::Service;
use store::NotDone;

use super::desk::not_done;
use crate::exit::Failure;

pub async fn owner_link(service: &Service, url: &str) -> Result<Value, Failure> {
    match service.first_operator().await.map_err(|error| not_done(&error))? {
        Some(owner) => link(service, url, &owner).await,
        None => Ok(json!({ "url": url, "set_up_code": service.set_up_code() })),
    }
}

pub async fn reset_link(service: &Service, url: &str, email: &str) -> Result<Value, Failure> {
    let account = service.person_by_email(email).await.map_err(|error| not_done(&error))?;
    link(service, url, &account).await
}

async fn link(service: &Service, url: &str, account: &domain::Account) -> Result<Value, Failure> {
    let secret = service.make_link(account.id).await.map_err(|error| not_done(&error))?;
    let (email, code) = (&account.email_key, secret.text());
    Ok(json!({ "link": format!("{url}/links/{code}"), "code": code, "account": account.id, "email": email }))
}

pub async fn sessions(
    service: &Service,
    email: Option<String>,
    end: Option<String>,
    all: bool,
) -> Result<Value, Failure> {
    let failed = |error: NotDone| not_done(&error);
    let account = match &email {
        Some(email) => Some(service.person_by_email(email).await.map_err(failed)?),
        None => None,
    };
    let live = service.signed_in(account.as_ref()).await.map_err(failed)?;
    if let Some(id) = end {
        let known = live.iter().find(|(_, session)| session.id.to_string() == id);
        let (account, session) =
            known.ok_or_else(|| Failure::Refused(format!("there is no session {id} to end")))?;
        service.end_credential(account.id, service.new_key(), session.id).await.map_err(failed)?;
        return Ok(json!({ "ended": 1 }));
    }
    if all {
        for (account, _) in live.chunk_by(|one, next| one.0.id == next.0.id).filter_map(<[_]>::first) {
            service.end_sessions_of(account).await.map_err(failed)?;
        }
        return Ok(json!({ "ended": live.len() }));
    }
    let shown = live.iter().map(|(account, session)| {
        json!({
            "id": session.id.to_string(),
            "account": account.id,
            "email": account.email_key,
            "agent": session.agent,
            "address": session.address,
            "created": time::of(session.created_us),
            "seen": time::of(session.seen_us),
        })
    });
    Ok(json!({ "sessions": shown.collect::<Vec<_>>() }))
}
