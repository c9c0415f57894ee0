//! Answers are compressed where that pays, and where it tells nobody anything.

use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use crate::headers::MayShrink;

/// Below it the head of an answer outweighs what is saved.
const BYTES_MIN: u64 = 1024;

pub(crate) fn layer() -> CompressionLayer<impl Predicate> {
    // The next level takes twice the time for a tenth less.
    let gzip = CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest);
    gzip.compress_when(SizeAbove::new(BYTES_MIN).and(shrinks))
}

fn shrinks(_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions) -> bool {
    const KINDS: [&[u8]; 3] = [b"application/json", b"text/", b"image/svg"];
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    extensions.get::<MayShrink>().is_some()
        && kind.is_some_and(|kind| KINDS.iter().any(|known| kind.starts_with(known)))
}
