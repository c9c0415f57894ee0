//! Which smaller forms of an answer its asker reads.

use axum::http::{HeaderMap, header};

pub(crate) fn reads(asked: &HeaderMap, form: &str) -> bool {
    let said = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        name.trim() == form && weight.trim() != "q=0"
    })
}
