//! The page about the socket tells the truth: its conversation is held, word for word.

use std::collections::HashMap;

use serde_json::{Value, json};
use testkit::{Ground, Heard, Plaza, on_every_engine};

const PAGE: &str = include_str!("../../../../docs/protocol.md");

fn transcript() -> impl Iterator<Item = &'static str> {
    let block = PAGE.split_once("```transcript\n").and_then(|(_, rest)| rest.split_once("\n```"));
    block.expect("the page has a transcript").0.lines()
}

/// What is written is said; what is `…` may be anything, and more may be said than is written.
fn fits(written: &Value, said: &Value) -> bool {
    match (written, said) {
        (Value::String(any), _) if any == "…" => !said.is_null(),
        (Value::Object(written), Value::Object(said)) => {
            written.iter().all(|(name, value)| said.get(name).is_some_and(|said| fits(value, said)))
        }
        (Value::Array(written), Value::Array(said)) => {
            written.len() == said.len() && written.iter().zip(said).all(|(written, said)| fits(written, said))
        }
        _ => written == said,
    }
}

on_every_engine! {
    async fn the_conversation_of_the_page_is_held(ground: Ground) {
        let plaza = Plaza::on(&ground).await;
        let team = plaza.town.team;
        let token = plaza.town.token_of(team.owner).await;
        let mut words = HashMap::from([
            ("$workspace", team.workspace.to_string()),
            ("$general", team.general.to_string()),
            ("$me", team.owner.account().to_string()),
            ("$token", token),
        ]);
        for key in ["$key1", "$key2", "$key3", "$key4"] {
            words.insert(key, plaza.town.node.new_key().to_string());
        }
        let mut phone = plaza.dials().await;
        for line in transcript() {
            let (arrow, frame) = line.split_once(' ').expect("an arrow and a frame");
            let frame = words.iter().fold(frame.to_owned(), |frame, (name, word)| frame.replace(name, word));
            let written: Value = serde_json::from_str(&frame).unwrap_or_else(|error| panic!("{error}: {line}"));
            if arrow == "→" {
                phone.say(&written).await;
                continue;
            }
            let Heard::Frame(said) = phone.next().await else { panic!("a frame") };
            assert!(fits(&written, &said), "written: {written}\nsaid: {said}");
        }
        assert_eq!(phone.until_now().await, Vec::<Value>::new(), "and nothing more");
        assert!(!fits(&json!({ "a": [1] }), &json!({ "a": [1, 2] })));
    }
}
