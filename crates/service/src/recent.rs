//! What was asked for lately: two halves, of which the older is forgotten whole when the younger is full.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

const HALF_MAX: usize = 5_000;
/// The net below everything else that forgets.
const AGE_MAX: Duration = Duration::from_mins(5);

pub(crate) struct Recent<K, V> {
    young: HashMap<K, (V, Instant)>,
    old: HashMap<K, (V, Instant)>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Hash + Eq, V> Recent<K, V> {
    pub fn get<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        if let Some((key, known)) = self.old.remove_entry(key) {
            self.put(key, known);
        }
        let (value, at) = self.young.get_mut(key)?;
        (at.elapsed() < AGE_MAX).then_some(value)
    }
    pub fn insert(&mut self, key: K, value: V) {
        self.old.remove(&key);
        self.put(key, (value, Instant::now()));
    }
    fn put(&mut self, key: K, known: (V, Instant)) {
        if self.young.len() >= HALF_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, known);
    }
    pub fn forget_if(&mut self, so: impl Fn(&V) -> bool) {
        self.young.retain(|_, (value, _)| !so(value));
        self.old.retain(|_, (value, _)| !so(value));
    }
    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
    #[cfg(test)]
    fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_used_stays_what_is_not_leaves_and_there_are_never_too_many() {
        let mut recent = Recent::default();
        recent.insert(0, "used");
        recent.insert(1, "unused");
        for number in 2..20_000 {
            recent.insert(number, "another");
            assert_eq!(recent.get(&0), Some(&mut "used"), "{number}");
            assert!(recent.len() <= 2 * HALF_MAX, "{number}");
        }
        assert_eq!(recent.get(&1), None);
        tokio::time::advance(AGE_MAX).await;
        assert_eq!(recent.get(&0), None, "too old to be believed");
    }
}
