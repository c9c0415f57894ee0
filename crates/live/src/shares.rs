//! How many of something one holder has at once: connections of an address, sockets of an account.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use parking_lot::Mutex;

/// Bounded by what is held: who has none is not remembered.
#[derive(Debug)]
pub struct Shares<K: Eq + Hash> {
    held: Mutex<HashMap<K, usize>>,
    /// 0: as many as they like.
    most: usize,
}

/// One of them, given back when it is dropped.
#[derive(Debug)]
pub struct Share<K: Eq + Hash> {
    of: Arc<Shares<K>>,
    holder: K,
}

impl<K: Eq + Hash + Copy> Shares<K> {
    pub fn of_at_most(most: usize) -> Arc<Self> {
        Arc::new(Self { held: Mutex::default(), most })
    }

    /// None where the holder has as many as one may.
    pub fn take(self: &Arc<Self>, holder: K) -> Option<Share<K>> {
        let mut held = self.held.lock();
        let count = held.get(&holder).copied().unwrap_or(0);
        if self.most > 0 && count >= self.most {
            return None;
        }
        held.insert(holder, count + 1);
        Some(Share { of: Arc::clone(self), holder })
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut held = self.of.held.lock();
        if let Some(count) = held.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_has_as_many_as_one_may_and_another_is_not_held_for_it() {
        let shares = Shares::of_at_most(2);
        let first = shares.take("ada").expect("one");
        let second = shares.take("ada").expect("two");
        assert!(shares.take("ada").is_none());
        assert!(shares.take("bob").is_some());
        drop(first);
        assert!(shares.take("ada").is_some(), "what is given back can be had again");
        drop(second);
        assert!(shares.held.lock().is_empty(), "who has none is not remembered");
    }

    #[test]
    fn none_named_as_the_most_is_no_limit() {
        let shares = Shares::of_at_most(0);
        let all: Vec<_> = (0..1_000).filter_map(|_| shares.take(7)).collect();
        assert_eq!(all.len(), 1_000);
    }
}
