//! How often somebody may ask: a bucket that drains evenly, kept as the one moment it will be empty (GCRA).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use protocol::{AccountId, Stamp};

use crate::peer::PeerAddress;

/// Times a minute, by whom. 0: as often as they like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    pub address: u32,
    pub account: u32,
    /// Tries to sign in as one account from one address.
    pub sign_in_pair: u32,
    pub sign_in_address: u32,
    /// Beyond it, from wherever, a try to sign in as one account waits a moment and is judged all the same.
    pub sign_in_account: u32,
    pub costly: u32,
    /// Tries of the set-up code, in all.
    pub set_up: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            address: 12_000,
            account: 1_200,
            sign_in_pair: 5,
            sign_in_address: 100,
            sign_in_account: 30,
            costly: 10,
            set_up: 10,
        }
    }
}

/// So many times a minute, all at once if one likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rule {
    pub name: &'static str,
    pub times: u32,
}

impl Rule {
    /// All that one account asks for, by whatever it asks.
    pub fn of_account(times: u32) -> Self {
        Self { name: "account", times }
    }
    /// Of that, what costs a great deal.
    pub fn of_costly(times: u32) -> Self {
        Self { name: "costly", times }
    }
}

/// Whom a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    Address(IpAddr),
    Account(AccountId),
    /// An account that may not exist, by a digest of its name.
    Named([u8; 16]),
    Pair(IpAddr, [u8; 16]),
    Everyone,
}

impl Whose {
    pub fn address(address: PeerAddress) -> Self {
        Self::Address(address.counted())
    }
    pub fn pair(address: PeerAddress, named: [u8; 16]) -> Self {
        Self::Pair(address.counted(), named)
    }
    /// The same in every process, and of nobody else.
    pub fn name(&self) -> String {
        let hex = |named: &[u8; 16]| format!("{:032x}", u128::from_be_bytes(*named));
        match self {
            Self::Address(address) => address.to_string(),
            Self::Account(account) => account.to_string(),
            Self::Named(named) => hex(named),
            Self::Pair(address, named) => format!("{address}/{}", hex(named)),
            Self::Everyone => "everyone".to_owned(),
        }
    }
}

/// What became of one asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub limit: u32,
    pub remaining: u32,
    /// Until all of it is there again.
    pub reset_s: u64,
    /// Refused: come back then.
    pub retry_after_us: Option<i64>,
}

/// The port: in this process, or shared by all of them.
pub trait Counting: Send + Sync {
    fn take(&self, rule: Rule, whose: Whose, now: Stamp) -> BoxFuture<'_, Verdict>;
}

/// What a full bucket holds.
pub const FULL_US: i64 = Stamp::MINUTE;

impl Rule {
    /// What one time takes of a bucket.
    pub fn step_us(self) -> i64 {
        (FULL_US / i64::from(self.times.max(1))).max(1)
    }
}

impl Verdict {
    /// Of somebody whose bucket is empty then, and who came so much too early.
    pub fn of(rule: Rule, now: Stamp, empty: Stamp, early_us: Option<i64>) -> Self {
        let left = (FULL_US - (empty.0 - now.0)) / rule.step_us();
        let reset_s = ((empty.0 - now.0).max(0) as u64).div_ceil(Stamp::SECOND as u64);
        let remaining = if early_us.is_some() { 0 } else { u32::try_from(left).unwrap_or(0) };
        Self { limit: rule.times, remaining, reset_s, retry_after_us: early_us }
    }
}

/// The rule itself. `empty` is when the bucket would be empty; who is refused moves nothing.
fn judge(empty: Stamp, now: Stamp, rule: Rule) -> (Stamp, Verdict) {
    // A clock that went back locks nobody out for longer than a full bucket.
    let empty = empty.clamp(now, now.plus(FULL_US));
    let filled = empty.plus(rule.step_us());
    let over = filled.0 - now.0 - FULL_US;
    let (next, early_us) = if over > 0 { (empty, Some(over)) } else { (filled, None) };
    (next, Verdict::of(rule, now, next, early_us))
}

const SHARDS: usize = 16;
const SHARD_ENTRIES_MAX: usize = 4_096;

/// A bounded table. Full, it forgets whose bucket is empty, and then whoever has used the least.
pub struct InProcess {
    shards: [Mutex<HashMap<(&'static str, Whose), Stamp>>; SHARDS],
    hasher: RandomState,
}

impl Default for InProcess {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::new() }
    }
}

impl InProcess {
    fn count(&self, rule: Rule, whose: Whose, now: Stamp) -> Verdict {
        let key = (rule.name, whose);
        let mut shard = self.shards[self.hasher.hash_one(key) as usize % SHARDS].lock();
        if shard.len() >= SHARD_ENTRIES_MAX && !shard.contains_key(&key) {
            make_room(&mut shard, now);
        }
        let empty = shard.entry(key).or_insert(now);
        let (next, verdict) = judge(*empty, now, rule);
        *empty = next;
        verdict
    }
}

fn make_room(shard: &mut HashMap<(&'static str, Whose), Stamp>, now: Stamp) {
    shard.retain(|_, empty| *empty > now);
    if shard.len() < SHARD_ENTRIES_MAX {
        return;
    }
    let mut moments: Vec<Stamp> = shard.values().copied().collect();
    let (_, middle, _) = moments.select_nth_unstable(SHARD_ENTRIES_MAX / 4);
    let middle = *middle;
    shard.retain(|_, empty| *empty > middle);
}

impl Counting for InProcess {
    fn take(&self, rule: Rule, whose: Whose, now: Stamp) -> BoxFuture<'_, Verdict> {
        Box::pin(std::future::ready(self.count(rule, whose, now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Rule = Rule { name: "five", times: 5 };

    fn at(second: i64) -> Stamp {
        Stamp(1_800_000_000 * Stamp::SECOND + second * Stamp::SECOND)
    }

    #[test]
    fn five_a_minute_are_five_at_once_and_then_one_every_twelve_seconds() {
        let limits = InProcess::default();
        let mut told = Vec::new();
        for second in [0, 0, 0, 0, 0, 0, 11, 12, 13, 100] {
            let verdict = limits.count(FIVE, Whose::Everyone, at(second));
            told.push((second, verdict.remaining, verdict.retry_after_us.map(|us| us / Stamp::SECOND)));
        }
        assert_eq!(
            told,
            [
                (0, 4, None),
                (0, 3, None),
                (0, 2, None),
                (0, 1, None),
                (0, 0, None),
                (0, 0, Some(12)),
                (11, 0, Some(1)),
                (12, 0, None),
                (13, 0, Some(11)),
                (100, 4, None),
            ]
        );
    }

    #[test]
    fn one_is_not_held_for_what_another_did_nor_for_another_rule() {
        let limits = InProcess::default();
        let [one, two] =
            ["192.0.2.1", "192.0.2.2"].map(|text| PeerAddress(text.parse().expect("an address")));
        for _ in 0..5 {
            assert_eq!(limits.count(FIVE, Whose::address(one), at(0)).retry_after_us, None);
        }
        assert!(limits.count(FIVE, Whose::address(one), at(0)).retry_after_us.is_some());
        assert_eq!(limits.count(FIVE, Whose::address(two), at(0)).retry_after_us, None);
        let other = Rule { name: "other", ..FIVE };
        assert_eq!(limits.count(other, Whose::address(one), at(0)).retry_after_us, None);
    }

    #[test]
    fn a_clock_that_goes_back_a_day_locks_nobody_out_for_more_than_a_minute() {
        let limits = InProcess::default();
        for _ in 0..5 {
            limits.count(FIVE, Whose::Everyone, at(86_400));
        }
        let wait = limits.count(FIVE, Whose::Everyone, at(0)).retry_after_us.expect("a full bucket");
        assert!(wait <= FULL_US, "{wait}");
    }

    #[test]
    fn the_table_stays_bounded_whoever_comes() {
        let limits = InProcess::default();
        for number in 0..200_000_u32 {
            limits.count(FIVE, Whose::Address(std::net::Ipv4Addr::from_bits(number).into()), at(0));
        }
        let held: usize = limits.shards.iter().map(|shard| shard.lock().len()).sum();
        assert!(held <= SHARDS * SHARD_ENTRIES_MAX, "{held}");
    }
}
