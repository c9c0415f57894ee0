//! What a caller sees on both listeners, without a server around them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use api::health::{Condition, Health, Probe};
use api::limits::Limits;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
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
        Request::get("/nowhere").header("x-request-id", "mine-7").body(Body::empty()).expect("a request");
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
