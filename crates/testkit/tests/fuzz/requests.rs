//! Every endpoint of the document, asked anything by somebody signed in.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use testkit::ground::{Backend, Ground};
use testkit::town::{Answer, Town};

use crate::cases;
use crate::nonsense::{json, line, near_id};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
/// Longer than the town is of use: somebody has left, something was archived.
const ASKED_OF_A_TOWN: u32 = 250;

/// One line of the document.
#[derive(Clone, Debug)]
struct Endpoint {
    method: &'static str,
    path: String,
    query: Vec<String>,
    takes_body: bool,
    answers: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Asked {
    endpoint: Endpoint,
    uri: String,
    key: Option<String>,
    body: Option<Vec<u8>>,
}

fn document() -> Value {
    serde_json::to_value(api::document::document()).expect("the document is JSON")
}

fn endpoints(document: &Value) -> Vec<Endpoint> {
    let paths = document["paths"].as_object().expect("paths");
    let each = |(path, item): (&String, &Value)| {
        let of = |method: &'static str| {
            let operation = item.get(method)?;
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
            Some(Endpoint {
                method,
                path: path.clone(),
                query: query.filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned())).collect(),
                takes_body: operation.get("requestBody").is_some(),
                answers: operation["responses"].as_object().expect("answers").keys().cloned().collect(),
            })
        };
        METHODS.into_iter().filter_map(of).collect::<Vec<_>>()
    };
    paths.iter().flat_map(each).collect()
}

/// The names of all members of all bodies.
fn members(document: &Value) -> Vec<String> {
    fn gather(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    into.extend(properties.keys().cloned());
                }
                map.values().for_each(|value| gather(value, into));
            }
            Value::Array(items) => items.iter().for_each(|value| gather(value, into)),
            _ => {}
        }
    }
    let mut found = BTreeSet::from(["nothing".to_owned()]);
    gather(&document["components"]["schemas"], &mut found);
    found.into_iter().collect()
}

/// Words that mean something here: ids of the town, kinds, numbers.
fn words(town: &Town) -> Vec<String> {
    let team = &town.team;
    let known = [team.workspace.to_string(), team.general.to_string(), team.owner.by.account.to_string()];
    let said = [
        "me",
        "1",
        "0",
        "2",
        "50",
        "-1",
        "18446744073709551615",
        "99999999999999999999",
        "draft",
        "star",
        "mute",
        "public",
        "private",
        "direct",
        "member",
        "admin",
        "owner",
        "guest",
        "general",
        "unread",
        "true",
        "archived",
        "2026-11-21T13:30:00Z",
        "👍",
        ":tada:",
        "%00",
        "..",
        "bWFkZSB1cA",
    ];
    known.into_iter().chain(said.into_iter().map(str::to_owned)).collect()
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn asked(endpoint: Endpoint, words: Vec<String>, members: Vec<String>) -> impl Strategy<Value = Asked> {
    let word = prop_oneof![6 => select(words.clone()), 1 => line(), 1 => near_id()];
    let places = endpoint.path.matches('{').count();
    let in_path = proptest::collection::vec(word.clone(), places);
    let in_query = proptest::collection::vec(proptest::option::weighted(0.3, word), endpoint.query.len());
    let key = proptest::option::weighted(0.3, prop_oneof!["[0-7][0-9A-HJKMNP-TV-Z]{25}", "[!-~]{0,40}"]);
    let body = prop_oneof![
        6 => json(members, words).prop_map(|value| value.to_string().into_bytes()),
        1 => proptest::collection::vec(any::<u8>(), 0..200),
    ];
    let body = if endpoint.takes_body { body.prop_map(Some).boxed() } else { Just(None).boxed() };
    (in_path, in_query, key, body).prop_map(move |(in_path, in_query, key, body)| {
        let uri = uri(&endpoint, &in_path, &in_query);
        Asked { endpoint: endpoint.clone(), uri, key, body }
    })
}

fn uri(endpoint: &Endpoint, in_path: &[String], in_query: &[Option<String>]) -> String {
    let mut words = in_path.iter();
    let pieces = endpoint.path.split('/').skip(1).map(|piece| match piece.starts_with('{') {
        true => escaped(words.next().map_or("", String::as_str)),
        false => piece.to_owned(),
    });
    let path = pieces.collect::<Vec<_>>().join("/");
    let said = endpoint.query.iter().zip(in_query).filter_map(|(name, word)| {
        // Waiting for a position that never comes takes two seconds each.
        let word = word.as_ref().filter(|word| name != "at_least" || word.len() > 20)?;
        Some(format!("{name}={}", escaped(word)))
    });
    format!("/api/v1/{path}?{}", said.collect::<Vec<_>>().join("&"))
}

async fn ask(town: &Town, token: &str, asked: &Asked) -> Option<Answer> {
    let mut request = Request::builder()
        .method(asked.endpoint.method.to_uppercase().as_str())
        .uri(&asked.uri)
        .header("authorization", format!("Bearer {token}"));
    if let Some(key) = &asked.key {
        request = request.header("idempotency-key", key);
    }
    if asked.body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = asked.body.clone().map_or_else(Body::empty, Body::from);
    Some(town.ask(request.body(body).ok()?).await)
}

fn judge(asked: &Asked, answer: &Answer) -> Result<(), TestCaseError> {
    let status = answer.status.as_str();
    prop_assert!(!answer.status.is_server_error() || status == "503", "{} {:?}", status, answer.body);
    if status.starts_with('4') {
        let error = &answer.body["error"];
        prop_assert!(error["code"].is_string() && error["message"].is_string(), "{:?}", answer.body);
    }
    prop_assert!(
        asked.endpoint.answers.contains(status),
        "{} is not in the document: {:?}",
        status,
        answer.body
    );
    Ok(())
}

#[test]
fn whatever_is_asked_gets_an_answer_the_document_knows_and_nothing_fails_inside() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let document = document();
    let (endpoints, members) = (endpoints(&document), members(&document));
    assert!(!endpoints.is_empty());
    let config = cases(1_000);
    let mut left = config.cases;
    while left > 0 {
        let asks = left.min(ASKED_OF_A_TOWN);
        left -= asks;
        let ground = runtime.block_on(Ground::on(Backend::Sqlite));
        let town = runtime.block_on(Town::on(&ground));
        let words = words(&town);
        let one = select(endpoints.clone());
        let (named, called) = (words.clone(), members.clone());
        let strategy = one.prop_flat_map(move |endpoint| asked(endpoint, named.clone(), called.clone()));
        let tried = TestRunner::new(proptest::test_runner::Config { cases: asks, ..config.clone() }).run(
            &strategy,
            |asked| {
                let answer = runtime.block_on(async {
                    let token = town.token_of(town.team.owner).await;
                    ask(&town, &token, &asked).await
                });
                answer.map_or(Ok(()), |answer| judge(&asked, &answer))
            },
        );
        if let Err(why) = tried {
            panic!("{why}");
        }
    }
}
