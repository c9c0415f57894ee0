//! The last flight of a batch: every changed row, one statement a table, and COMMIT.

use std::sync::Arc;

use async_trait::async_trait;
use domain::cell::{Column, Sink};
use domain::row::Row;
use domain::tables::{EachTable, Rows, for_each_table};
use domain::{Event, Head, InWorld, Needs, World};

use super::codec::{Batch, Call, fly};
use super::engine::Inner;
use super::load::Questions;
use super::texts::{AllTexts, Texts};
use super::trouble::failed;
use crate::pg::{Answer, Loan, Notice, PgError, Statement, Status};
use crate::port::{CommitError, StoreError, Transaction};
use crate::statement::key_columns;

/// A call, and the table it is about.
type Named = (&'static str, Call);

struct Changing<'a> {
    worlds: &'a [World],
    texts: &'a AllTexts,
    at: usize,
    calls: Vec<Named>,
}

impl EachTable for Changing<'_> {
    /// Leaving rows first, so that a unique name may pass from one row to another.
    fn table<R: InWorld>(&mut self) {
        let texts = &self.texts.tables[self.at];
        self.at += 1;
        let all =
            || self.worlds.iter().map(|world| R::rows(&world.tables)).filter(|rows| !rows.slots.is_empty());
        let mut removed = batch(key_columns::<R>());
        for key in all().flat_map(Rows::removed) {
            R::put_key(&key, &mut removed);
        }
        if removed.rows() > 0 {
            self.calls.push((R::TABLE, Call::of(&texts.delete, removed)));
        }
        self.calls.extend(updated(texts, all().flat_map(Rows::updated)));
        self.calls.extend(inserted(texts, all().flat_map(Rows::inserted)));
    }
}

fn batch(columns: &[Column]) -> Batch {
    Batch::new(columns.iter().map(|column| column.kind))
}

fn rows<'r, R: Row>(rows: impl Iterator<Item = &'r R>) -> Option<Batch> {
    let mut rows = rows.peekable();
    rows.peek()?;
    let mut batch = batch(R::COLUMNS);
    rows.for_each(|row| row.put(&mut batch as &mut dyn Sink));
    Some(batch)
}

fn updated<'r, R: Row>(texts: &Texts, changed: impl Iterator<Item = &'r R>) -> Option<Named> {
    let (sql, batch) = texts.update.as_ref().zip(rows(changed))?;
    let number = Some(batch.rows() as i64);
    Some((R::TABLE, Call { number, ..Call::of(sql, batch) }))
}

fn inserted<'r, R: Row>(texts: &Texts, new: impl Iterator<Item = &'r R>) -> Option<Named> {
    Some((R::TABLE, Call::of(&texts.insert, rows(new)?)))
}

fn changes(worlds: &[World], texts: &AllTexts) -> Vec<Named> {
    let mut changing = Changing { worlds, texts, at: 0, calls: Vec::new() };
    for_each_table(&mut changing);
    let mut calls = changing.calls;
    calls.extend(inserted::<Event>(&texts.event, worlds.iter().flat_map(World::events)));
    let heads: Vec<_> = worlds.iter().filter_map(World::moved_head).collect();
    calls.extend(updated::<Head>(&texts.head, heads.iter()));
    calls.push(("", Call::plain(&texts.commit)));
    calls
}

/// Holds the heads until it is committed or dropped; dropped, its connection is closed and the server rolls back.
pub(super) struct Writing {
    pub loan: Loan,
    pub inner: Arc<Inner>,
}

#[async_trait]
impl Transaction for Writing {
    async fn load(&mut self, world: &mut World, needs: &Needs) -> Result<(), StoreError> {
        let questions = Questions::of(&[needs], &self.inner.texts);
        let calls: Vec<_> = questions.calls.iter().collect();
        let answers = fly(&mut self.loan, &calls).await.map_err(failed)?;
        questions.fill(&[needs], &answers, &mut [world], &[Some(0)])
    }

    async fn commit(mut self: Box<Self>, worlds: &[World]) -> Result<(), CommitError> {
        let calls = changes(worlds, &self.inner.texts);
        self.loan.set_flight_limit(self.inner.options.commit_max);
        self.loan.take_notices();
        let flight: Vec<_> = calls.iter().map(|(_, call)| call).collect();
        match fly(&mut self.loan, &flight).await {
            Ok(answers) => verdict(answers.last(), &self.loan.take_notices()),
            Err(error) => {
                let rejected = rejected(error, &calls);
                if matches!(rejected, CommitError::Rejected(_)) {
                    roll_back(&mut self.loan).await;
                }
                Err(rejected)
            }
        }
    }

    async fn roll_back(mut self: Box<Self>) {
        roll_back(&mut self.loan).await;
    }
}

/// The last tag decides. A warning means that somebody ended the wait for the quorum: committed here, perhaps not
/// there, so it is to be found out and waited for again.
fn verdict(last: Option<&Answer>, notices: &[Notice]) -> Result<(), CommitError> {
    if let Some(notice) = notices.iter().find(|notice| notice.code == "01000") {
        return Err(CommitError::Unknown(notice.to_string()));
    }
    match last.map(Answer::tag) {
        Some("COMMIT") => Ok(()),
        tag => {
            let words = format!("the answer to COMMIT was {}", tag.unwrap_or("missing"));
            Err(CommitError::Rejected(StoreError::Unreachable(words)))
        }
    }
}

/// A refused statement makes the server skip the COMMIT behind it; what is cut off may have happened.
fn rejected(error: PgError, calls: &[Named]) -> CommitError {
    if error.is_outcome_unknown() {
        return CommitError::Unknown(error.to_string());
    }
    let PgError::Server(refusal) = &error else { return CommitError::Rejected(failed(error)) };
    match refusal.statement.and_then(|at| calls.get(at)) {
        // Where it does not belong to a statement it came after the COMMIT.
        None => CommitError::Unknown(error.to_string()),
        Some((table, call)) if refusal.code == "22012" && call.number.is_some() => {
            CommitError::Rejected(StoreError::Statement(format!("a row of {table} to change is gone")))
        }
        Some(_) => CommitError::Rejected(failed(error)),
    }
}

/// So that the connection may be used again; one that cannot roll back is closed by its pool.
pub(super) async fn roll_back(loan: &mut Loan) {
    if !loan.broken() && loan.status() != Status::Idle {
        drop(loan.flight(&[Statement { sql: "ROLLBACK", params: &[] }]).await);
    }
}
