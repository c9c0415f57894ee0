//! Chance, a thread its own: what is sampled, and what a trace is called.

use std::cell::Cell;

thread_local! {
    static STATE: Cell<u64> = Cell::new(u64::from_le_bytes(seed()));
}

/// From the system: two processes must not call two traces alike.
pub(crate) fn seed<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives no randomness");
    bytes
}

/// SplitMix64: a few instructions, since everything that may begin a trace throws it.
pub(crate) fn throw() -> u64 {
    STATE.with(|state| {
        let turn = state.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        state.set(turn);
        let mixed = (turn ^ turn >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    })
}

/// Below it a throw is sampled. All is sampled by 1, nothing by 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share(u128);

impl Share {
    pub fn of(share: f64) -> Share {
        const ALL: u128 = 1 << 64;
        Share(if share >= 1.0 { ALL } else { (share.max(0.0) * ALL as f64) as u128 })
    }

    pub fn hits(self) -> bool {
        self.0 > 0 && u128::from(throw()) < self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_sampled_as_were_asked_for() {
        let hits = |share| (0..100_000).filter(|_| Share::of(share).hits()).count();
        assert_eq!((hits(0.0), hits(1.0)), (0, 100_000));
        // Ten standard deviations to either side.
        let tenth = hits(0.1);
        assert!((9_000..11_000).contains(&tenth), "{tenth}");
    }
}
