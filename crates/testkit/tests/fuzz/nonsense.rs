//! What arrives: text of any kind, texts that are nearly right, and JSON of any shape.

use proptest::prelude::*;
use serde_json::{Map, Value};

const ALPHABET: &str = "[0-9A-HJKMNP-TV-Z]";

/// One line or several, short, of anything Unicode has.
pub fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{0,40}",
        2 => any::<String>(),
        1 => proptest::collection::vec(any::<char>(), 0..200).prop_map(String::from_iter),
        1 => "[a-z0-9 -]{0,60}",
        1 => Just(String::new()),
    ]
}

/// An id with perhaps one thing wrong.
pub fn near_id() -> impl Strategy<Value = String> {
    let right = format!("[0-9A-Z]{ALPHABET}{{25}}");
    let length = format!("[UCWF0-7]{ALPHABET}{{20,30}}");
    prop_oneof![
        proptest::string::string_regex(&right).expect("a pattern"),
        proptest::string::string_regex(&length).expect("a pattern"),
        "[UCWF][0-9a-zA-Z]{25}",
    ]
}

/// Text with the marks that mean something, in any order.
pub fn markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "\\PC{0,20}",
        2 => Just("`".to_owned()),
        1 => Just("``".to_owned()),
        1 => Just("```\n".to_owned()),
        1 => Just("<!channel>".to_owned()),
        1 => Just("<!here>".to_owned()),
        1 => Just("<".to_owned()),
        1 => Just(">".to_owned()),
        2 => near_id().prop_map(|id| format!("<@{id}>")),
        2 => any::<[u8; 16]>().prop_map(|bytes| format!("<@{}>", domain::AccountId::new(domain::Key(bytes)))),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Any JSON whose members are called as somebody might call them.
pub fn json(members: Vec<String>, words: Vec<String>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(Value::from),
        1 => (0..200_i64).prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        2 => line().prop_map(Value::String),
        3 => proptest::sample::select(words).prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 24, 6, move |inner| {
        let named = (proptest::sample::select(members.clone()), inner.clone());
        prop_oneof![
            1 => proptest::collection::vec(inner, 0..6).prop_map(Value::Array),
            3 => proptest::collection::vec(named, 0..8).prop_map(|pairs| Value::Object(Map::from_iter(pairs))),
        ]
    })
}
