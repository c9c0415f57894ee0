//! The rows that were named, of all workspaces of a batch with one question a table.

use domain::cell::Kind;
use domain::row::Index;
use domain::tables::{EachTable, for_each_table};
use domain::{InWorld, Needs, World};

use super::codec::{Batch, Call, Cells};
use super::texts::AllTexts;
use super::trouble::unreadable;
use crate::pg::Answer;
use crate::port::StoreError;
use crate::statement::{index_columns, key_columns};

/// What to ask, and how many answers each table gets.
pub(super) struct Questions {
    pub calls: Vec<Call>,
    answers: Vec<usize>,
}

impl Questions {
    pub fn of(needs: &[&Needs], texts: &AllTexts) -> Self {
        let mut asking = Asking { needs, texts, calls: Vec::new(), answers: Vec::new() };
        for_each_table(&mut asking);
        Self { calls: asking.calls, answers: asking.answers }
    }

    /// `to` says which world an asker has; rows of one that has none are left alone.
    pub fn fill(
        &self,
        needs: &[&Needs],
        answers: &[Answer],
        worlds: &mut [&mut World],
        to: &[Option<usize>],
    ) -> Result<(), StoreError> {
        let mut filling = Filling { needs, worlds, to, answers, counts: self.answers.iter(), result: Ok(()) };
        for_each_table(&mut filling);
        filling.result
    }
}

struct Asking<'a> {
    needs: &'a [&'a Needs],
    texts: &'a AllTexts,
    calls: Vec<Call>,
    answers: Vec<usize>,
}

impl Asking<'_> {
    fn by_key<R: InWorld>(&self) -> Option<Batch> {
        let mut batch = None;
        for (asker, needs) in (0..).zip(self.needs) {
            for key in &R::asked(needs).keys {
                let batch = batch.get_or_insert_with(|| {
                    Batch::new([Kind::Small].into_iter().chain(key_columns::<R>().iter().map(|c| c.kind)))
                });
                domain::cell::Sink::int(batch, asker);
                R::put_key(key, batch);
            }
        }
        batch
    }

    fn by_index<R: InWorld>(&self) -> Vec<(&'static Index, Batch)> {
        let mut batches: Vec<(&'static Index, Batch)> = Vec::new();
        for (asker, needs) in (0..).zip(self.needs) {
            for (index, find) in &R::asked(needs).finds {
                let known = batches.iter().position(|(known, _)| std::ptr::eq(*known, *index));
                let at = known.unwrap_or_else(|| {
                    let columns = index_columns::<R>(index);
                    let kinds = columns.iter().map(|column| column.kind);
                    let kinds = [Kind::Small].into_iter().chain(kinds).chain([Kind::Small]);
                    batches.push((index, Batch::new(kinds)));
                    batches.len() - 1
                });
                let batch = &mut batches[at].1;
                domain::cell::Sink::int(batch, asker);
                batch.values(&find.values);
                domain::cell::Sink::int(batch, i64::from(find.max));
            }
        }
        batches
    }
}

impl EachTable for Asking<'_> {
    fn table<R: InWorld>(&mut self) {
        let before = self.calls.len();
        let keys = self.by_key::<R>();
        let finds = self.by_index::<R>();
        let select = &self.texts.tables[self.answers.len()].select;
        self.calls.extend(keys.map(|batch| Call::of(select, batch)));
        for (index, batch) in finds {
            self.calls.push(Call::of(&self.texts.index::<R>(index), batch));
        }
        self.answers.push(self.calls.len() - before);
    }
}

struct Filling<'a, 'w> {
    needs: &'a [&'a Needs],
    worlds: &'a mut [&'w mut World],
    to: &'a [Option<usize>],
    /// Those not taken yet.
    answers: &'a [Answer],
    counts: std::slice::Iter<'a, usize>,
    result: Result<(), StoreError>,
}

impl Filling<'_, '_> {
    fn fill<R: InWorld>(&mut self, answers: &[Answer]) -> Result<(), StoreError> {
        for (needs, to) in self.needs.iter().zip(self.to) {
            let asked = R::asked(needs);
            if let Some(to) = to
                && !(asked.keys.is_empty() && asked.finds.is_empty())
            {
                R::rows_mut(&mut self.worlds[*to].tables).expect(asked);
            }
        }
        for row in answers.iter().flat_map(Answer::rows) {
            let asker = row.int(0).map_err(unreadable)?;
            let to = usize::try_from(asker).ok().and_then(|asker| self.to.get(asker).copied().flatten());
            if let Some(to) = to {
                R::rows_mut(&mut self.worlds[to].tables).fill(R::take(&mut Cells::from(row, 1))?);
            }
        }
        Ok(())
    }
}

impl EachTable for Filling<'_, '_> {
    fn table<R: InWorld>(&mut self) {
        let count = self.counts.next().copied().unwrap_or(0);
        let (answers, rest) = self.answers.split_at(count.min(self.answers.len()));
        self.answers = rest;
        if count > 0 && self.result.is_ok() {
            self.result = self.fill::<R>(answers);
        }
    }
}
