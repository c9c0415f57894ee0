//! The document that is served, and the copy of it that is kept.

use std::collections::BTreeSet;

use serde_json::Value;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn document() -> Value {
    serde_json::to_value(api::document::document()).expect("the document is JSON")
}

/// `GET /path`, and what is said of it.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let of_path = METHODS.iter().filter_map(|method| Some((method, item.get(method)?)));
        found.extend(of_path.map(|(method, said)| (format!("{} {path}", method.to_uppercase()), said)));
    }
    found
}

#[test]
fn the_document_that_is_kept_is_the_one_that_is_served() {
    let mut served = serde_json::to_string_pretty(&document()).expect("the document is JSON");
    served.push('\n');
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(KEPT, &served).expect("written");
    }
    let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
    let line = served.lines().zip(kept.lines()).position(|(served, kept)| served != kept);
    let same = served == kept;
    assert!(same, "docs/openapi.json differs from line {line:?} on: `make openapi`, and read the difference");
}

#[test]
fn every_endpoint_says_what_it_is_for_and_has_a_name_of_its_own() {
    let document = document();
    let mut names = BTreeSet::new();
    for (called, said) in operations(&document) {
        let name = said["operationId"].as_str().unwrap_or_default();
        assert!(names.insert(name.to_owned()), "{called}: {name} is taken");
        assert!(said["summary"].as_str().is_some_and(|words| !words.is_empty()), "{called}: no summary");
        assert!(said["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{called}: not one tag");
    }
}

#[test]
fn every_name_in_a_path_is_explained_and_every_refusal_is_a_problem() {
    let document = document();
    for (called, said) in operations(&document) {
        let named: BTreeSet<_> = called.split(['{', '}']).skip(1).step_by(2).collect();
        let parameters = said["parameters"].as_array().cloned().unwrap_or_default();
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
        let explained = in_path.filter(|parameter| parameter["description"].is_string());
        let explained: BTreeSet<_> = explained.filter_map(|parameter| parameter["name"].as_str()).collect();
        assert_eq!(named, explained, "{called}");
        for (status, answer) in said["responses"].as_object().expect("answers") {
            let schema = &answer["content"]["application/json"]["schema"]["$ref"];
            let refused = status.starts_with('4') || status.starts_with('5');
            assert!(!refused || schema == "#/components/schemas/Problem", "{called} {status}: {answer}");
        }
    }
}
