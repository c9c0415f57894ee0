//! Channels as a whole.

use axum::Json;
use axum::extract::{Path, State};
use protocol::channel::Channel;
use protocol::{Moment, Written};
use service::Seen;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::asked::{Fresh, Inside, named};
use crate::errors::Problem;
use crate::face::Face;

pub fn routes() -> OpenApiRouter<Face> {
    OpenApiRouter::new().routes(routes!(channel))
}

/// One channel.
#[utoipa::path(get, path = "/workspaces/{w}/channels/{c}", tag = "channels",
    params(("w" = String, Path), ("c" = String, Path)),
    responses((status = 200, body = Written<Channel>)))]
async fn channel(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, channel)): Path<(String, String)>,
    Fresh(fresh): Fresh,
) -> Result<Json<Written<Channel>>, Problem> {
    let Seen { epoch, position, value: (channel, tip) } =
        face.service().channel(by, fresh, named(&channel)?).await?;
    Ok(Json(Written { it: Channel::of(&channel, &tip), at: Moment { epoch, position } }))
}
