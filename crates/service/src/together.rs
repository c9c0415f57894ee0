//! What many ask for at once is asked once for all of them: whoever comes while a question is on its way is in the next
//! one. Alone, nobody waits.
//!
//! One of those who wait asks for the others. Where that one is dropped half-way, the next one asks.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::hash::Hash;
use std::mem;
use std::sync::Arc;

use parking_lot::Mutex;
use store::NotDone;
use tokio::sync::oneshot;

/// Answered by one question.
const TOGETHER_MAX: usize = 50;
/// Questions of one place on their way at once: while the answers to one are read here, the database works on another.
const ON_THEIR_WAY: usize = 2;

/// Questions `K` of a place `P`, each answered by a `V`.
pub(crate) struct Together<P, K, V>(Arc<Mutex<HashMap<P, Line<K, V>>>>);

struct Line<K, V> {
    waiting: VecDeque<(K, oneshot::Sender<Turn<V>>)>,
    on_their_way: usize,
}

enum Turn<V> {
    /// Theirs to ask, for those behind them too.
    Asks,
    Told(Result<V, NotDone>),
}

impl<P, K, V> Clone for Together<P, K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P, K, V> Default for Together<P, K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<P: Copy + Eq + Hash, K: Clone, V> Together<P, K, V> {
    /// `read` is asked for at most fifty at once, and answers all of them in their order or fails for all.
    pub async fn ask<R, F>(&self, place: P, key: K, read: R) -> Result<V, NotDone>
    where
        R: FnOnce(Vec<K>) -> F,
        F: Future<Output = Result<Vec<V>, NotDone>>,
    {
        if let Some(told) = self.stand(place, &key)
            && let Turn::Told(answer) = (Waits { of: self, place, told }).turn().await
        {
            return answer;
        }
        let mut goes = Goes { of: self, place, with: self.behind(place) };
        let others = goes.with.iter().map(|(key, _)| key.clone());
        let outcome = read(std::iter::once(key).chain(others).collect()).await;
        let others = mem::take(&mut goes.with).into_iter().map(|(_, tell)| tell);
        // Whoever asked may have gone.
        match outcome {
            Ok(answers) => {
                let mut answers = answers.into_iter();
                let own = answers.next();
                others.zip(answers).for_each(|(tell, answer)| drop(tell.send(Turn::Told(Ok(answer)))));
                own.ok_or_else(|| NotDone::Failed("an answer is missing".into()))
            }
            Err(error) => {
                others.for_each(|tell| drop(tell.send(Turn::Told(Err(error.clone())))));
                Err(error)
            }
        }
    }

    /// Nothing, where a question may set out at once.
    fn stand(&self, place: P, key: &K) -> Option<oneshot::Receiver<Turn<V>>> {
        let mut lines = self.0.lock();
        let line = lines.entry(place).or_insert_with(|| Line { waiting: VecDeque::new(), on_their_way: 0 });
        if line.on_their_way < ON_THEIR_WAY {
            line.on_their_way += 1;
            return None;
        }
        let (tell, told) = oneshot::channel();
        line.waiting.push_back((key.clone(), tell));
        Some(told)
    }

    /// Those who still wait, as many as fit beside one.
    fn behind(&self, place: P) -> Vec<(K, oneshot::Sender<Turn<V>>)> {
        let mut lines = self.0.lock();
        let Some(line) = lines.get_mut(&place) else { return Vec::new() };
        line.waiting.retain(|(_, tell)| !tell.is_closed());
        let count = line.waiting.len().min(TOGETHER_MAX - 1);
        line.waiting.drain(..count).collect()
    }
}

impl<P: Copy + Eq + Hash, K, V> Together<P, K, V> {
    /// One of those on their way has ended: the next one sets out, or there is one fewer.
    fn hand_over(&self, place: P, unasked: Vec<(K, oneshot::Sender<Turn<V>>)>) {
        let mut lines = self.0.lock();
        let Some(line) = lines.get_mut(&place) else { return };
        unasked.into_iter().rev().for_each(|waits| line.waiting.push_front(waits));
        while let Some((_, tell)) = line.waiting.pop_front() {
            if tell.send(Turn::Asks).is_ok() {
                return;
            }
        }
        line.on_their_way -= 1;
        if line.on_their_way == 0 {
            lines.remove(&place);
        }
    }
}

/// Somebody in the line. Dropped when it was just their turn, they give it to the next one.
struct Waits<'a, P: Copy + Eq + Hash, K, V> {
    of: &'a Together<P, K, V>,
    place: P,
    told: oneshot::Receiver<Turn<V>>,
}

impl<P: Copy + Eq + Hash, K, V> Waits<'_, P, K, V> {
    async fn turn(mut self) -> Turn<V> {
        (&mut self.told).await.unwrap_or(Turn::Told(Err(NotDone::Stopping)))
    }
}

impl<P: Copy + Eq + Hash, K, V> Drop for Waits<'_, P, K, V> {
    fn drop(&mut self) {
        self.told.close();
        if let Ok(Turn::Asks) = self.told.try_recv() {
            self.of.hand_over(self.place, Vec::new());
        }
    }
}

/// Somebody who asks, and whom for. Dropped half-way, all of those wait again.
struct Goes<'a, P: Copy + Eq + Hash, K, V> {
    of: &'a Together<P, K, V>,
    place: P,
    with: Vec<(K, oneshot::Sender<Turn<V>>)>,
}

impl<P: Copy + Eq + Hash, K, V> Drop for Goes<'_, P, K, V> {
    fn drop(&mut self) {
        self.of.hand_over(self.place, mem::take(&mut self.with));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::FutureExt;
    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    /// A database that answers with the double, a question at a time and when it is let.
    struct Doubles {
        together: Together<(), u64, u64>,
        lets: Arc<Semaphore>,
        asked: Arc<Mutex<Vec<usize>>>,
        fails: Arc<AtomicBool>,
    }

    impl Doubles {
        fn new(lets: usize) -> Self {
            Self {
                together: Together::default(),
                lets: Arc::new(Semaphore::new(lets)),
                asked: Arc::default(),
                fails: Arc::default(),
            }
        }

        fn ask(&self, number: u64) -> impl Future<Output = Result<u64, NotDone>> {
            let (lets, asked, fails) =
                (Arc::clone(&self.lets), Arc::clone(&self.asked), Arc::clone(&self.fails));
            let together = self.together.clone();
            async move {
                let read = move |numbers: Vec<u64>| {
                    let (lets, fails) = (Arc::clone(&lets), Arc::clone(&fails));
                    asked.lock().push(numbers.len());
                    async move {
                        lets.acquire().await.expect("never closed").forget();
                        if fails.load(Ordering::Relaxed) {
                            return Err(NotDone::Unknown);
                        }
                        Ok(numbers.into_iter().map(|number| number * 2).collect())
                    }
                };
                together.ask((), number, read).await
            }
        }

        fn is_at_rest(&self) -> bool {
            self.together.0.lock().is_empty()
        }
    }

    #[tokio::test]
    async fn who_comes_while_others_are_asked_for_is_asked_for_with_all_who_came_meanwhile() {
        let doubles = Doubles::new(0);
        let mut all = Box::pin(join_all((0..202).map(|number| doubles.ask(number))));
        assert!((&mut all).now_or_never().is_none());
        assert_eq!(*doubles.asked.lock(), [1; ON_THEIR_WAY]);
        doubles.lets.add_permits(100);
        let answers = all.await;
        assert_eq!(answers, (0..202).map(|number| Ok(number * 2)).collect::<Vec<_>>());
        let asked = doubles.asked.lock().clone();
        assert_eq!(asked.iter().sum::<usize>(), 202);
        assert!(asked.len() <= ON_THEIR_WAY + 202_usize.div_ceil(TOGETHER_MAX), "{asked:?}");
        assert!(asked.iter().all(|count| *count <= TOGETHER_MAX), "{asked:?}");
    }

    #[tokio::test]
    async fn one_after_another_each_is_asked_for_alone_and_nothing_stays_behind() {
        let doubles = Doubles::new(100);
        for number in 0..10 {
            assert_eq!(doubles.ask(number).await, Ok(number * 2));
        }
        assert_eq!(*doubles.asked.lock(), [1; 10]);
        assert!(doubles.is_at_rest());
    }

    #[tokio::test]
    async fn who_gives_up_takes_nobody_with_them_and_a_failure_is_everybodys() {
        let doubles = Doubles::new(0);
        let mut gives_up: Vec<_> = (0..5).map(|number| Box::pin(doubles.ask(number))).collect();
        let mut stays: Vec<_> = (5..9).map(|number| Box::pin(doubles.ask(number))).collect();
        for one in gives_up.iter_mut().chain(&mut stays) {
            assert_eq!(one.now_or_never(), None);
        }
        drop(gives_up);
        doubles.lets.add_permits(2);
        assert_eq!(join_all(stays).await, [Ok(10), Ok(12), Ok(14), Ok(16)]);
        doubles.fails.store(true, Ordering::Relaxed);
        doubles.lets.add_permits(100);
        assert_eq!(
            join_all([doubles.ask(1), doubles.ask(2)]).await,
            [Err(NotDone::Unknown), Err(NotDone::Unknown)]
        );
    }

    /// Two ask, six stand behind them; so many of the two are answered, and whoever is next does not know of it yet.
    #[tokio::test]
    async fn whoever_is_dropped_at_whatever_moment_the_others_are_answered() {
        for (dropped, answered) in (0..8).flat_map(|dropped| (0..=2).map(move |answered| (dropped, answered)))
        {
            let doubles = Doubles::new(0);
            let mut asking: Vec<_> = (0..8).map(|number| Some(Box::pin(doubles.ask(number)))).collect();
            for one in asking.iter_mut().flatten() {
                assert_eq!(one.now_or_never(), None);
            }
            assert_eq!(doubles.asked.lock().len(), ON_THEIR_WAY);
            doubles.lets.add_permits(answered);
            for (number, one) in asking.iter_mut().enumerate().take(answered) {
                let answer = one.take().and_then(FutureExt::now_or_never);
                assert_eq!(answer, Some(Ok(number as u64 * 2)));
            }
            drop(asking[dropped].take());
            doubles.lets.add_permits(100);
            let left = asking.into_iter().enumerate().filter_map(|(number, one)| Some((number, one?)));
            let (numbers, left): (Vec<_>, Vec<_>) = left.unzip();
            let answers = join_all(left).await;
            let expected: Vec<_> = numbers.iter().map(|number| Ok(*number as u64 * 2)).collect();
            assert_eq!(answers, expected, "{dropped} was dropped, {answered} were answered");
            assert!(doubles.is_at_rest(), "{dropped} was dropped, {answered} were answered");
        }
    }
}
