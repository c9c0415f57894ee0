//! An account closed by its owner.

use axum::Json;
use axum::extract::State;
use protocol::Moment;
use protocol::account::Closing;

use crate::asked::{Body, KeyHeader, Keyed};
use crate::caller::InPerson;
use crate::done::moment;
use crate::door::Entered;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::Writing;

/// Leaves every workspace and closes the account: what was said stays, the name goes, nothing opens the door again.
/// Refused to the last owner of a workspace.
#[utoipa::path(delete, path = "/account", tag = "account", request_body = Closing,
    params(KeyHeader),
    responses((status = 200, body = Moment), Writing))]
pub async fn close(
    State(face): State<Face>,
    InPerson(who): InPerson,
    entered: Entered,
    Keyed(key): Keyed,
    Body(Closing { password }): Body<Closing>,
) -> Result<Json<Moment>, Problem> {
    entered.tries(&face, &who.account.to_string()).await?;
    Ok(moment(&face.service().close_own_account(&who, key, &password).await?))
}
