//! Pictures of people and of workspaces: in as they are, out by their digest.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::picture::{PictureBytes, PictureSet, digest, hex};
use protocol::{By, Key, Moment, Written};
use service::Of;

use crate::asked::{Inside, Keyed};
use crate::done::moment;
use crate::errors::Problem;
use crate::etag::is_held;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(picture))
        .routes(routes!(set_own, remove_own))
        .routes(routes!(set_workspace, remove_workspace))
}

/// The bytes of a picture, whatever they turn out to be.
pub struct Sent(Vec<u8>);

/// A picture stays what it is, and is nothing but a picture.
const PLAIN: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
];

const MEDIA: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];

impl FromRequest<Face> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Face) -> Result<Sent, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        if !kind.is_some_and(|kind| MEDIA.contains(&kind.as_str())) {
            let unknown = Problem::for_status(StatusCode::UNSUPPORTED_MEDIA_TYPE);
            return Err(Problem { message: "send image/png, image/jpeg or image/webp".into(), ..unknown });
        }
        let bytes = Bytes::from_request(request, face).await.map_err(|rejection: BytesRejection| {
            let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            if too_large { Problem::too_large() } else { Problem::malformed() }
        })?;
        Ok(Sent(bytes.into()))
    }
}

async fn set(
    face: &Face,
    by: By,
    key: Key,
    of: Of,
    bytes: Vec<u8>,
) -> Result<Json<Written<PictureSet>>, Problem> {
    let (done, digest) = face.service().set_picture(by, key, of, bytes).await?;
    let at = Moment { epoch: done.epoch, position: done.position };
    Ok(Json(Written { it: PictureSet { picture: hex(&digest) }, at }))
}

/// Shows a face. It is cut square and drawn anew, 256 pixels a side.
#[utoipa::path(put, path = "/workspaces/{w}/members/me/picture", tag = "members",
    request_body(content((PictureBytes = "image/png"), (PictureBytes = "image/jpeg"), (PictureBytes = "image/webp"))),
    params(("w" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Written<PictureSet>), Writing))]
async fn set_own(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
    Sent(bytes): Sent,
) -> Result<Json<Written<PictureSet>>, Problem> {
    set(&face, by, key, Of::Oneself, bytes).await
}

/// Takes it away.
#[utoipa::path(delete, path = "/workspaces/{w}/members/me/picture", tag = "members",
    params(("w" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn remove_own(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().remove_picture(by, key, Of::Oneself).await?))
}

/// The workspace's own, by its admins. It is cut square and drawn anew, 256 pixels a side.
#[utoipa::path(put, path = "/workspaces/{w}/picture", tag = "workspaces",
    request_body(content((PictureBytes = "image/png"), (PictureBytes = "image/jpeg"), (PictureBytes = "image/webp"))),
    params(("w" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Written<PictureSet>), Writing))]
async fn set_workspace(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
    Sent(bytes): Sent,
) -> Result<Json<Written<PictureSet>>, Problem> {
    set(&face, by, key, Of::Workspace, bytes).await
}

/// Takes it away.
#[utoipa::path(delete, path = "/workspaces/{w}/picture", tag = "workspaces",
    params(("w" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn remove_workspace(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().remove_picture(by, key, Of::Workspace).await?))
}

/// A picture, for the members of its workspace. It never changes: another one has another digest.
#[utoipa::path(get, path = "/workspaces/{w}/pictures/{digest}", tag = "workspaces",
    params(("w" = String, Path), ("digest" = String, Path)),
    responses(
        (status = 200, content((PictureBytes = "image/png"), (PictureBytes = "image/jpeg"), (PictureBytes = "image/webp"))),
        (status = 304, description = "as in the answer that had this tag"),
        Reading,
    ))]
async fn picture(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, named)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let digest = digest(&named).ok_or_else(Problem::not_found)?;
    let picture = face.service().picture(by, digest).await?;
    let tag = format!("\"{named}\"");
    let mut response = if is_held(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(picture.bytes.into());
        let media = HeaderValue::from_str(&picture.media);
        let media = media.unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        response
    };
    for (name, value) in PLAIN {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}
