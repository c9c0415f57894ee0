//! Which of N workspaces, channels or people a request goes to: all alike, or a few of them most of the time.

use crate::random::Random;

/// The exponent teams are usually modelled with: the second has half of the first, the tenth a tenth.
pub const ZIPF_EXPONENT: f64 = 1.0;

/// Picks an index below N. Built once, shared by all callers; each brings its own randomness.
#[derive(Clone, Debug)]
pub struct Picker {
    items: usize,
    /// Cumulative shares, empty when all items are alike.
    cumulative: Vec<f64>,
}

impl Picker {
    pub fn uniform(items: usize) -> Self {
        Self { items, cumulative: Vec::new() }
    }

    /// Item `k` (from zero) has a share proportional to `1 / (k + 1)^exponent`.
    pub fn zipf(items: usize, exponent: f64) -> Self {
        let mut sum = 0.0;
        let mut cumulative: Vec<f64> = (1..=items)
            .map(|rank| {
                sum += (rank as f64).powf(-exponent);
                sum
            })
            .collect();
        for share in &mut cumulative {
            *share /= sum;
        }
        Self { items, cumulative }
    }

    pub fn items(&self) -> usize {
        self.items
    }

    pub fn pick(&self, random: &mut Random) -> usize {
        if self.cumulative.is_empty() {
            return random.below(self.items);
        }
        let share = random.share();
        // Rounding may leave the last cumulative share a hair below one.
        self.cumulative.partition_point(|&upto| upto <= share).min(self.items - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(picker: &Picker, picks: usize) -> Vec<usize> {
        let mut random = Random::seeded(42);
        let mut counts = vec![0; picker.items()];
        for _ in 0..picks {
            counts[picker.pick(&mut random)] += 1;
        }
        counts
    }

    #[test]
    fn uniform_gives_every_item_its_equal_share() {
        for count in counts(&Picker::uniform(10), 100_000) {
            assert!((9_500..10_500).contains(&count), "{count} of an expected 10,000");
        }
    }

    #[test]
    fn zipf_gives_each_item_a_share_that_falls_with_its_rank() {
        let counts = counts(&Picker::zipf(1_000, ZIPF_EXPONENT), 1_000_000);
        // The harmonic number of 1,000 is 7.485.
        for rank in [1_usize, 2, 10, 100] {
            let expected = 1_000_000.0 / 7.485 / rank as f64;
            let got = counts[rank - 1] as f64;
            assert!((got / expected - 1.0).abs() < 0.1, "rank {rank}: {got} of an expected {expected:.0}");
        }
    }

    #[test]
    fn one_item_is_always_the_one() {
        assert_eq!(counts(&Picker::uniform(1), 10), [10]);
        assert_eq!(counts(&Picker::zipf(1, ZIPF_EXPONENT), 10), [10]);
    }

    #[test]
    fn the_same_seed_picks_the_same_items() {
        let picker = Picker::zipf(100, ZIPF_EXPONENT);
        assert_eq!(counts(&picker, 1_000), counts(&picker, 1_000));
    }
}
