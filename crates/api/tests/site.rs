//! The web client's files on the main listener.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use api::health::Health;
use api::limits::Limits;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tower_service::Service;

async fn ask(path: &str, reads: &str) -> Response<Body> {
    let health = Health::of(Vec::new(), Arc::new(|| UNIX_EPOCH));
    let mut face = api::main_router(Router::new(), health, &Limits::default());
    let request = Request::get(path).header(header::ACCEPT_ENCODING, reads).body(Body::empty());
    face.call(request.expect("a request")).await.expect("a router never fails")
}

fn told(response: &Response<Body>, name: header::HeaderName) -> &str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn an_unknown_path_of_programs_is_never_answered_with_a_page() {
    for path in
        ["/api/v1/nothing", "/api", "/health/nothing", "/metrics", "/missing.js", "/assets/gone-123.js"]
    {
        let response = ask(path, "").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(told(&response, header::CONTENT_TYPE), "application/json", "{path}");
    }
}

/// `make test` builds the client first; a plain `cargo test` may run without one, and then the server says so.
#[tokio::test]
async fn every_address_of_the_client_is_answered_with_its_page_under_a_strict_policy() {
    for path in ["/", "/rooks", "/rooks/C0000000000000000000000000/41", "/sign-in", "/join/abc"] {
        let response = ask(path, "").await;
        if site::page().is_none() {
            assert_eq!(response.status(), StatusCode::NOT_FOUND);
            let bytes = response.into_body().collect().await.expect("a body").to_bytes();
            assert!(String::from_utf8_lossy(&bytes).contains("not in this binary"), "{path}");
            continue;
        }
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(told(&response, header::CONTENT_TYPE), "text/html; charset=utf-8");
        assert_eq!(told(&response, header::CACHE_CONTROL), "no-cache");
        let policy = told(&response, header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn a_file_named_by_its_digest_is_kept_for_ever_and_sent_in_the_form_a_browser_reads() {
    let Some(page) = site::page() else { return };
    let text = String::from_utf8_lossy(&page.whole()).into_owned();
    let script = text.split('"').find(|part| part.starts_with("/assets/") && part.contains(".js"));
    let script = script.expect("the page loads a script");
    for (reads, form) in [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", "")] {
        let response = ask(script, reads).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(told(&response, header::CONTENT_ENCODING), form, "{reads}");
        assert_eq!(told(&response, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
        if form.is_empty() {
            let bytes = response.into_body().collect().await.expect("a body").to_bytes();
            let file = site::find(&script[1..]).expect("the script");
            assert_eq!(file.tag, &blake3::hash(&bytes).to_hex()[..32], "unpacked it is what was built");
        }
    }
}
