//! Looks for what must not be in a store, and names it. Each rule walks one table by its key, a page at a time, each
//! page one statement and so one snapshot: it never holds a table in memory, and people may write while it looks.

mod between;
mod channels;
mod directory;
mod journal;
mod messages;
mod people;
mod pointers;
mod row;

pub use between::between;

use domain::WorkspaceId;
use domain::cell::{Kind, Value};

use crate::migrate::Part;
use crate::port::{Engine, Freshness, Query, StoreError};
use row::Row;

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The rule it breaks.
    pub name: &'static str,
    pub what: String,
}

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub rule: &'static str,
    /// Counted from one.
    pub number: usize,
    pub rules: usize,
    /// Looked at under this rule.
    pub rows: u64,
}

pub type Watch<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Examples told of one rule; the rest is counted.
const EXAMPLES_MAX: usize = 100;

/// What every row of a table must fulfil, alone or after the row before it.
struct Rule {
    name: &'static str,
    part: Part,
    /// The key after the last page's, then how many: `(a, b) > ($1, $2) ORDER BY a, b LIMIT $3`. Gives the key first.
    sql: &'static str,
    key: &'static [Kind],
    /// Rows a page: fewer where each row is counted out.
    page: i64,
    /// One row again by its key, where a page only says that it is worth a look.
    exact: Option<&'static str>,
    /// What is wrong with this row, in words.
    judge: fn(before: Option<Row<'_>>, row: Row<'_>) -> Option<String>,
}

/// Where nothing comes before.
fn start(kind: Kind) -> Value {
    match kind {
        Kind::Big | Kind::Small => Value::Int(i64::from(i32::MIN)),
        Kind::Text => Value::Text(String::new()),
        Kind::Blob => Value::Blob(Vec::new()),
    }
}

fn rules(parts: &[Part]) -> Vec<&'static Rule> {
    let all =
        [directory::RULES, journal::RULES, people::RULES, channels::RULES, messages::RULES, pointers::RULES];
    all.into_iter().flatten().filter(|rule| parts.contains(&rule.part)).collect()
}

/// All rules of what this database holds, by name: what a report may name.
pub fn names(parts: &[Part]) -> Vec<&'static str> {
    let two = [Part::Directory, Part::Shard].iter().all(|part| parts.contains(part));
    let between = if two { between::NAMES } else { &[] };
    rules(parts).iter().map(|rule| rule.name).chain(between.iter().copied()).collect()
}

/// The questions of the rules, for the test that prepares every statement.
pub fn queries() -> Vec<&'static str> {
    let rules = rules(Part::ALL).into_iter().flat_map(|rule| [Some(rule.sql), rule.exact]).flatten();
    rules.chain(between::QUERIES.iter().copied()).chain([ANY_HEAD]).collect()
}

/// Everything there is to say about one database. A small installation, which holds all parts, is also checked
/// between them; elsewhere that is [`between`]'s.
pub async fn check(
    engine: &dyn Engine,
    parts: &[Part],
    progress: Watch<'_>,
) -> Result<Vec<Finding>, StoreError> {
    let looker = Looker::of(engine).await?;
    let (rules, mut findings) = (rules(parts), Vec::new());
    for (at, rule) in rules.iter().enumerate() {
        let mut tell =
            |rows| progress(Progress { rule: rule.name, number: at + 1, rules: rules.len(), rows });
        walk(&looker, rule, &mut findings, &mut tell).await?;
    }
    if [Part::Directory, Part::Shard].iter().all(|part| parts.contains(part)) {
        findings.extend(between(engine, engine, None).await?);
    }
    Ok(findings)
}

async fn walk(
    looker: &Looker<'_>,
    rule: &Rule,
    findings: &mut Vec<Finding>,
    tell: &mut (dyn FnMut(u64) + Send),
) -> Result<(), StoreError> {
    let mut wrong = Wrong::of(rule.name);
    let mut last: Option<Vec<Value>> = None;
    let mut seen = 0;
    loop {
        let mut values: Vec<_> = match &last {
            Some(row) => row[..rule.key.len()].to_vec(),
            None => rule.key.iter().map(|kind| start(*kind)).collect(),
        };
        values.push(Value::Int(rule.page));
        let page = looker.ask(rule.sql, values).await?;
        let full = page.len() as i64 == rule.page;
        seen += page.len() as u64;
        for row in page {
            if let Some(what) = (rule.judge)(last.as_deref().map(Row), Row(&row)) {
                match rule.exact {
                    None => wrong.add(what),
                    Some(sql) => {
                        let again = looker.ask(sql, row[..rule.key.len()].to_vec()).await?;
                        again
                            .iter()
                            .filter_map(|row| (rule.judge)(None, Row(row)))
                            .for_each(|what| wrong.add(what));
                    }
                }
            }
            last = Some(row);
        }
        tell(seen);
        if !full {
            break;
        }
        tokio::task::yield_now().await;
    }
    findings.extend(wrong.findings());
    Ok(())
}

/// What breaks one rule: some in words, all counted.
struct Wrong {
    name: &'static str,
    examples: Vec<String>,
    more: u64,
}

impl Wrong {
    fn of(name: &'static str) -> Self {
        Self { name, examples: Vec::new(), more: 0 }
    }
    fn add(&mut self, what: String) {
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(what);
        } else {
            self.more += 1;
        }
    }
    fn findings(self) -> impl Iterator<Item = Finding> {
        let Self { name, examples, more } = self;
        let rest = (more > 0).then(|| format!("and {more} more"));
        examples.into_iter().chain(rest).map(move |what| Finding { name, what })
    }
}

const ANY_HEAD: &str = "SELECT workspace FROM head ORDER BY workspace LIMIT 1";

/// Asks beside the writers: a read goes by a journal, whichever, since the question spans all of them.
struct Looker<'a> {
    engine: &'a dyn Engine,
    by: Option<WorkspaceId>,
}

impl<'a> Looker<'a> {
    async fn of(engine: &'a dyn Engine) -> Result<Self, StoreError> {
        let (heads, _) = engine.run(&Query { sql: ANY_HEAD, values: Vec::new() }).await?;
        let by = heads.first().and_then(|row| WorkspaceId::from_bytes(row.blob(0)?.try_into().ok()?).ok());
        Ok(Self { engine, by })
    }
    async fn ask(&self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Vec<Value>>, StoreError> {
        let query = Query { sql, values };
        match self.by {
            Some(workspace) => {
                Ok(self.engine.read(workspace, Freshness::Newest, &query).await?.value.values())
            }
            None => Ok(self.engine.run(&query).await?.0.values()),
        }
    }
}
