//! What any handler in a workspace may answer instead: named once for the document.

use protocol::Problem;
use utoipa::IntoResponses;

/// Of a read.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "only the document names them")]
pub enum Reading {
    /// `malformed`
    #[response(status = 400)]
    Malformed(Problem),
    /// `signed_out`
    #[response(status = 401)]
    SignedOut(Problem),
    /// `not_allowed`; `details.right` is the missing one
    #[response(status = 403)]
    NotAllowed(Problem),
    /// `not_found`, also for what one may not see
    #[response(status = 404)]
    NotFound(Problem),
    /// `other_epoch`: the journal has another history now; start again
    #[response(status = 409)]
    OtherEpoch(Problem),
    /// `invalid`; `details` names field and reason
    #[response(status = 422)]
    Invalid(Problem),
    /// `slow_down`
    #[response(status = 429)]
    SlowDown(Problem),
    /// `busy`: try again after `Retry-After`
    #[response(status = 503)]
    Busy(Problem),
}

/// Of a write.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "only the document names them")]
pub enum Writing {
    /// `malformed`
    #[response(status = 400)]
    Malformed(Problem),
    /// `signed_out`
    #[response(status = 401)]
    SignedOut(Problem),
    /// `not_allowed`; `details.right` is the missing one
    #[response(status = 403)]
    NotAllowed(Problem),
    /// `not_found`, also for what one may not see
    #[response(status = 404)]
    NotFound(Problem),
    /// `conflict`, `key_reused` or `key_expired`
    #[response(status = 409)]
    Conflict(Problem),
    /// `too_large`
    #[response(status = 413)]
    TooLarge(Problem),
    /// `unsupported_media_type`: send `application/json`
    #[response(status = 415)]
    UnsupportedMediaType(Problem),
    /// `invalid`; `details` names field and reason
    #[response(status = 422)]
    Invalid(Problem),
    /// `slow_down`
    #[response(status = 429)]
    SlowDown(Problem),
    /// `busy` or `read_only`: try again after `Retry-After`, under the same key
    #[response(status = 503)]
    Busy(Problem),
}
