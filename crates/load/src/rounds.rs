//! Fair turns: contestants run interleaved, each round in the reverse order of the last, so that a machine that grows
//! warm, full or noisy favours none of them.

/// Who runs when: A B, B A, A B … for two; the same back and forth for more.
pub fn turns(contestants: usize, rounds: usize) -> Vec<Turn> {
    (0..rounds)
        .flat_map(|round| {
            (0..contestants).map(move |place| {
                let contestant = if round % 2 == 0 { place } else { contestants - 1 - place };
                Turn { round, contestant }
            })
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub round: usize,
    pub contestant: usize,
}

/// The results of one contestant over the rounds.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    values: Vec<f64>,
}

impl Tally {
    pub fn add(&mut self, value: f64) {
        let place = self.values.partition_point(|&smaller| smaller < value);
        self.values.insert(place, value);
    }

    pub fn rounds(&self) -> usize {
        self.values.len()
    }

    /// The middle value, or the mean of the two in the middle; nothing when no round was run.
    pub fn median(&self) -> Option<f64> {
        let upper = *self.values.get(self.values.len() / 2)?;
        if self.values.len() % 2 == 1 {
            return Some(upper);
        }
        Some(f64::midpoint(self.values[self.values.len() / 2 - 1], upper))
    }

    pub fn smallest(&self) -> Option<f64> {
        self.values.first().copied()
    }

    pub fn largest(&self) -> Option<f64> {
        self.values.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(contestants: usize, rounds: usize) -> String {
        turns(contestants, rounds).iter().map(|turn| ["A", "B", "C"][turn.contestant]).collect()
    }

    fn tally(values: &[f64]) -> Tally {
        let mut tally = Tally::default();
        for &value in values {
            tally.add(value);
        }
        tally
    }

    #[test]
    fn each_round_runs_in_the_reverse_order_of_the_last() {
        assert_eq!(order(2, 4), "ABBAABBA");
        assert_eq!(order(3, 3), "ABCCBAABC");
        assert_eq!(order(1, 3), "AAA");
    }

    #[test]
    fn a_turn_knows_its_round() {
        let rounds: Vec<usize> = turns(2, 2).iter().map(|turn| turn.round).collect();
        assert_eq!(rounds, [0, 0, 1, 1]);
    }

    #[test]
    fn the_median_is_not_moved_by_one_bad_round() {
        let tally = tally(&[100.0, 3.0, 101.0, 99.0, 100.5]);
        assert_eq!(
            (tally.median(), tally.smallest(), tally.largest()),
            (Some(100.0), Some(3.0), Some(101.0))
        );
    }

    #[test]
    fn an_even_number_of_rounds_takes_the_mean_of_the_middle_two() {
        assert_eq!(tally(&[1.0, 2.0, 4.0, 100.0]).median(), Some(3.0));
    }

    #[test]
    fn no_round_has_no_median() {
        assert_eq!(tally(&[]).median(), None);
    }
}
