//! What a caller sees on both listeners, without a server around them.

mod document;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use api::health::{Condition, Health, Probe};
use api::limits::Limits;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::{Json, Router, routing};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower_service::Service;

fn database_that_is(condition: Condition) -> Probe {
    Arc::new(move || {
        let condition = condition.clone();
        Box::pin(async move { condition })
    })
}

fn health_with(database: Probe) -> Health {
    Health::of(vec![("database", database)], Arc::new(|| UNIX_EPOCH + Duration::from_hours(24)))
}

fn face(database: Probe) -> Router {
    api::main_router(Router::new(), health_with(database), &Limits::default())
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

async fn ask(mut face: Router, request: Request<Body>) -> Response<Body> {
    face.call(request).await.expect("a router never fails")
}

async fn body(response: Response<Body>) -> Value {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn health_names_each_component_and_the_time_and_tells_a_stranger_no_reason() {
    let well = ask(face(database_that_is(Condition::Ok)), get("/health")).await;
    assert_eq!(well.status(), StatusCode::OK);
    assert_eq!(
        body(well).await,
        json!({"status": "ok", "components": {"database": "ok"}, "timestamp": "1970-01-02T00:00:00.000Z"})
    );

    let gone = database_that_is(Condition::Down("10.0.0.7 refused the connection".into()));
    let ill = ask(face(gone), get("/health")).await;
    assert_eq!(ill.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body(ill).await["components"], json!({"database": "down"}));
}

#[tokio::test]
async fn an_operator_reads_the_reason_and_the_metrics() {
    let gone = health_with(database_that_is(Condition::Degraded("3 s behind".into())));
    let face = api::operator_router(gone, Arc::new(|| "rookery_up 1\n".to_owned()), &Limits::default());
    let health = body(ask(face.clone(), get("/health")).await).await;
    assert_eq!(health["components"]["database"], json!({"status": "degraded", "why": "3 s behind"}));

    let metrics = ask(face, get("/metrics")).await.into_body().collect().await.expect("a body").to_bytes();
    assert_eq!(metrics, "rookery_up 1\n");
}

#[tokio::test]
async fn a_draining_server_is_alive_and_not_ready() {
    let health = health_with(database_that_is(Condition::Ok));
    let face = api::main_router(Router::new(), health.clone(), &Limits::default());
    assert_eq!(ask(face.clone(), get("/health/ready")).await.status(), StatusCode::OK);
    health.drain();
    let ready = ask(face.clone(), get("/health/ready")).await;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body(ready).await, json!({"status": "draining"}));
    assert_eq!(ask(face, get("/health/live")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_database_that_is_away_makes_us_unready_and_leaves_us_alive() {
    let face = face(database_that_is(Condition::Down("gone".into())));
    assert_eq!(ask(face.clone(), get("/health/ready")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ask(face, get("/health/live")).await.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_component_that_never_answers_is_down() {
    let face = face(Arc::new(|| Box::pin(std::future::pending())));
    assert_eq!(body(ask(face, get("/health")).await).await["status"], "down");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_strangers_asking_at_once_ask_the_database_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let face = face(Arc::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Condition::Ok })
    }));
    for _ in 0..1_000 {
        ask(face.clone(), get("/health")).await;
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_unknown_path_is_told_in_the_one_error_form() {
    let request =
        Request::get("/api/nowhere").header("x-request-id", "mine-7").body(Body::empty()).expect("a request");
    let response = ask(face(database_that_is(Condition::Ok)), request).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()["x-request-id"], "mine-7");
    assert_eq!(
        body(response).await,
        json!({"error": {
            "code": "not_found",
            "message": "there is nothing here that you may see",
            "details": {},
            "request_id": "mine-7",
        }})
    );
}

#[tokio::test]
async fn a_wrong_method_and_a_body_too_large_are_told_in_the_same_form() {
    let post = |bytes: &str| {
        Request::post("/health").header("content-length", bytes).body(Body::empty()).expect("a request")
    };
    let face = face(database_that_is(Condition::Ok));
    let wrong = ask(face.clone(), post("0")).await;
    assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong.headers()["allow"], "GET,HEAD");
    assert_eq!(body(wrong).await["error"]["code"], "method_not_allowed");

    let large = ask(face, post("99999999")).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(body(large).await["error"]["code"], "too_large");
}

#[tokio::test]
async fn a_forged_request_id_is_replaced_and_two_requests_never_share_one() {
    let forged =
        Request::get("/health/live").header("x-request-id", "a b{}").body(Body::empty()).expect("a request");
    let face = face(database_that_is(Condition::Ok));
    let first = ask(face.clone(), forged).await.headers()["x-request-id"].clone();
    let second = ask(face, get("/health/live")).await.headers()["x-request-id"].clone();
    assert_ne!(first, "a b{}");
    assert_ne!(first, second);
}

/// A face with a large answer to read and one to write, and one that says its own headers.
fn talkative() -> Router {
    let large = || async { Json(json!({ "text": "again and again ".repeat(500) })) };
    let own =
        || async { ([("cache-control", "max-age=60"), ("content-type", "image/png")], vec![7_u8; 9_000]) };
    let v1 = Router::new()
        .route("/large", routing::get(large).post(large))
        .route("/small", routing::get(|| async { Json(json!({ "text": "short" })) }))
        .route("/picture", routing::get(own));
    let health = health_with(database_that_is(Condition::Ok));
    api::main_router(v1, health, &Limits::default())
}

async fn squeezed(method: &str, path: &str) -> Response<Body> {
    let request = Request::builder().method(method).uri(path).header("accept-encoding", "gzip, br");
    ask(talkative(), request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_large_answer_to_a_reader_is_compressed() {
    let large = squeezed("GET", "/large").await;
    assert_eq!(large.headers()["content-encoding"], "gzip");
    assert!(large.into_body().collect().await.expect("a body").to_bytes().len() < 1_000);
}

#[tokio::test]
async fn what_is_short_what_is_a_picture_and_what_answers_a_write_goes_out_as_it_is() {
    for (method, path) in
        [("GET", "/small"), ("GET", "/picture"), ("POST", "/large"), ("GET", "/api/nowhere")]
    {
        let answer = squeezed(method, path).await;
        assert!(!answer.headers().contains_key("content-encoding"), "{method} {path}");
    }
    let plain = ask(talkative(), get("/large")).await;
    assert!(!plain.headers().contains_key("content-encoding"), "nobody asked for it");
}

#[tokio::test]
async fn a_browser_is_told_that_no_answer_is_a_page_and_that_nobody_keeps_it() {
    for path in ["/small", "/api/nowhere", "/health"] {
        let answer = ask(talkative(), get(path)).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.headers()[name], value, "{path} {name}");
        }
        assert!(!answer.headers().contains_key("strict-transport-security"), "only TLS may promise it");
    }
    let picture = ask(talkative(), get("/picture")).await;
    assert_eq!(picture.headers()["cache-control"], "max-age=60");
}

#[tokio::test]
async fn over_tls_a_browser_is_told_to_stay_there() {
    let mut request = get("/small");
    request.extensions_mut().insert(api::peer::Sealed(true));
    let answer = ask(talkative(), request).await;
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
}

#[tokio::test]
async fn a_page_of_another_origin_that_asks_whether_it_may_is_refused() {
    let asks = Request::options("/large")
        .header("origin", "https://elsewhere.example")
        .header("access-control-request-method", "POST")
        .body(Body::empty())
        .expect("a request");
    let answer = ask(talkative(), asks).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert!(!answer.headers().keys().any(|name| name.as_str().starts_with("access-control-")));
    assert_eq!(body(answer).await["error"]["code"], "not_allowed");
}

#[tokio::test]
async fn the_documents_page_is_all_here_and_may_reach_nothing_else() {
    let page = ask(talkative(), get("/api/docs")).await;
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = page.into_body().collect().await.expect("a body").to_bytes();
    let text = String::from_utf8(text.to_vec()).expect("text");
    for (name, kind) in [("style.css", "text/css"), ("script.js", "text/javascript")] {
        let path = format!("/api/docs/{name}");
        assert!(text.contains(&path), "{path} is not used");
        let file = ask(talkative(), get(&path)).await;
        assert!(file.headers()["content-type"].to_str().expect("text").starts_with(kind));
    }
    assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("style="));
}
