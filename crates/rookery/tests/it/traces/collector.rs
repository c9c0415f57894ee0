//! The real collector, in a folder of its own, and what it heard.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub struct Collector {
    folder: TempDir,
    pub url: String,
}

impl Collector {
    pub fn start() -> Collector {
        let folder = tempfile::tempdir().expect("a folder");
        let url = verb("collector-start", folder.path());
        Collector { folder, url }
    }

    /// One that is away, and where it will be.
    pub fn away() -> Collector {
        let collector = Collector::start();
        collector.stop();
        collector
    }

    pub fn comes(&self) {
        assert_eq!(verb("collector-start", self.folder.path()), self.url);
    }

    pub fn stop(&self) {
        verb("collector-stop", self.folder.path());
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("spans.json")
    }

    /// Everything it heard, as it wrote it down.
    pub fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap_or_default()
    }

    /// All spans it heard of, each once: a batch whose answer was lost is sent again.
    pub fn spans(&self) -> Vec<Span> {
        let text = self.text();
        // A line that is just being written is whole a moment later.
        let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let batches = lines.map(|line| serde_json::from_str::<Value>(line).expect("a batch"));
        let mut spans: Vec<Span> = Vec::new();
        for batch in batches {
            for resource in items(&batch, "resourceSpans") {
                for scope in items(resource, "scopeSpans") {
                    spans.extend(items(scope, "spans").cloned().map(Span));
                }
            }
        }
        spans.sort_by(|one, other| one.id().cmp(other.id()));
        spans.dedup_by(|one, other| one.id() == other.id());
        spans
    }

    /// Waits until this holds of what it heard.
    pub async fn until<T>(&self, what: &str, holds: impl Fn(&[Span]) -> Option<T>) -> T {
        until(what, || holds(&self.spans())).await
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.stop();
    }
}

pub async fn until<T>(what: &str, holds: impl Fn() -> Option<T>) -> T {
    let waited = tokio::time::timeout(std::time::Duration::from_secs(60), async {
        loop {
            if let Some(found) = holds() {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never came about: {what}"))
}

#[derive(Debug, Clone)]
pub struct Span(Value);

impl Span {
    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }
    pub fn id(&self) -> &str {
        self.text("spanId")
    }
    pub fn trace(&self) -> &str {
        self.text("traceId")
    }
    /// Nothing: the first of its trace.
    pub fn parent(&self) -> &str {
        self.text("parentSpanId")
    }
    pub fn name(&self) -> &str {
        self.text("name")
    }
    /// A value said of it, as text.
    pub fn said(&self, key: &str) -> String {
        let pair = items(&self.0, "attributes").find(|pair| pair["key"] == key);
        let value = pair.map_or(&Value::Null, |pair| &pair["value"]);
        let text = value["stringValue"].as_str().or(value["intValue"].as_str());
        text.unwrap_or_default().to_owned()
    }
}

fn items<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    of[key].as_array().into_iter().flatten()
}

fn verb(verb: &str, folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/services");
    let ran =
        Command::new(script).arg(verb).arg(folder).stdin(Stdio::null()).output().expect("the script runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).expect("text").trim().to_owned()
}
