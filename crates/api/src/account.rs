//! One's own account: its name, its address, its password.

use axum::Json;
use axum::extract::State;
use protocol::account::{Account, AccountPatch, PasswordChange};
use protocol::{Moment, Written};
use service::AccountChange;

use crate::asked::{Body, Keyed};
use crate::caller::InPerson;
use crate::done::moment;
use crate::door::Entered;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::Writing;
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(change, crate::closing::close)).routes(routes!(change_password))
}

/// Another name or another e-mail address. How a workspace calls one is changed there.
#[utoipa::path(patch, path = "/account", tag = "account", request_body = AccountPatch,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Written<Account>), Writing))]
async fn change(
    State(face): State<Face>,
    InPerson(who): InPerson,
    entered: Entered,
    Keyed(key): Keyed,
    Body(patch): Body<AccountPatch>,
) -> Result<Json<Written<Account>>, Problem> {
    let AccountPatch { name, email, password } = patch;
    if email.is_some() {
        entered.tries(&face, &who.account.to_string()).await?;
    }
    let done = face.service().change_account(&who, key, AccountChange { name, email, password }).await?;
    let account = face.service().account(who.account).await?;
    let Json(at) = moment(&done);
    Ok(Json(Written { it: Account::of(&account), at }))
}

/// Another password. Every other session ends; tokens stay.
#[utoipa::path(post, path = "/account/password", tag = "account", request_body = PasswordChange,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn change_password(
    State(face): State<Face>,
    InPerson(who): InPerson,
    entered: Entered,
    Keyed(key): Keyed,
    Body(change): Body<PasswordChange>,
) -> Result<Json<Moment>, Problem> {
    entered.tries(&face, &who.account.to_string()).await?;
    let done = face.service().replace_password(&who, key, &change.old, &change.password).await?;
    Ok(moment(&done))
}
