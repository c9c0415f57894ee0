//! What a write answers where there is nothing else to say.

use axum::Json;
use protocol::Moment;
use service::Done;

pub fn moment(done: &Done) -> Json<Moment> {
    Json(Moment { epoch: done.epoch, position: done.position })
}
