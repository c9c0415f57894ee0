//! The configuration as text: the sample with its words, and what is in force, without secrets.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use toml::{Table, Value};

use super::Config;
use super::section::{Line, Section, Visitor};

/// The whole documentation of every setting, as a file one can start from.
pub fn sample() -> String {
    let mut sample = Sample(String::new());
    Config::default().walk("", &mut sample);
    sample.0
}

struct Sample(String);

impl Sample {
    fn words(&mut self, doc: &[&str]) {
        for line in doc {
            writeln!(self.0, "#{line}").ok();
        }
    }
}

impl Visitor for Sample {
    fn section(&mut self, path: &str, doc: &[&str]) {
        if path.is_empty() {
            return self.words(doc);
        }
        self.0.push('\n');
        self.words(doc);
        writeln!(self.0, "[{path}]").ok();
    }

    fn line(&mut self, line: &Line<'_>) {
        self.words(line.doc);
        match (&line.value, line.example) {
            (Some(Value::Array(items)), example) if items.is_empty() => {
                writeln!(self.0, "#{} = {example}", line.key)
            }
            (Some(value), _) => writeln!(self.0, "#{} = {value}", line.key),
            (None, example) => writeln!(self.0, "#{} = \"{example}\"", line.key),
        }
        .ok();
    }
}

/// What is in force, as TOML; beside a key that does not come from the file stands its source.
pub fn shown_toml(config: &Config, sources: &BTreeMap<String, String>) -> String {
    let mut listing = Listing { text: String::new(), path: String::new(), sources };
    config.walk("", &mut listing);
    listing.text.trim_start().to_owned()
}

struct Listing<'a> {
    text: String,
    path: String,
    sources: &'a BTreeMap<String, String>,
}

impl Visitor for Listing<'_> {
    fn section(&mut self, path: &str, _: &[&str]) {
        path.clone_into(&mut self.path);
        if !path.is_empty() {
            writeln!(self.text, "\n[{path}]").ok();
        }
    }

    fn line(&mut self, line: &Line<'_>) {
        let source = self.sources.get(&format!("{}.{}", self.path, line.key));
        let source = source.map(|source| format!("  # {source}")).unwrap_or_default();
        match &line.value {
            Some(value) => writeln!(self.text, "{} = {value}{source}", line.key),
            None => writeln!(self.text, "# {} is not set", line.key),
        }
        .ok();
    }
}

/// What is in force, for a program.
pub fn shown_json(config: &Config) -> serde_json::Value {
    let mut tree = Tree { root: Table::new(), path: Vec::new() };
    config.walk("", &mut tree);
    serde_json::to_value(tree.root).unwrap_or_default()
}

struct Tree {
    root: Table,
    path: Vec<String>,
}

impl Visitor for Tree {
    fn section(&mut self, path: &str, _: &[&str]) {
        self.path = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    }

    fn line(&mut self, line: &Line<'_>) {
        let mut here = &mut self.root;
        for part in &self.path {
            let next = here.entry(part.clone()).or_insert_with(|| Value::Table(Table::new()));
            match next {
                Value::Table(table) => here = table,
                _ => return,
            }
        }
        if let Some(value) = &line.value {
            here.insert(line.key.to_owned(), value.clone());
        }
    }
}

/// Every key there is, dotted.
pub fn keys() -> Vec<String> {
    struct Keys(Vec<String>, String);
    impl Visitor for Keys {
        fn section(&mut self, path: &str, _: &[&str]) {
            path.clone_into(&mut self.1);
        }

        fn line(&mut self, line: &Line<'_>) {
            self.0.push(format!("{}.{}", self.1, line.key));
        }
    }
    let mut keys = Keys(Vec::new(), String::new());
    Config::default().walk("", &mut keys);
    keys.0
}
