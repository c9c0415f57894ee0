//! Whatever was said, taken back and replied to: paging covers each number once, in order, by windows of any size.

use domain::{ChannelId, limits};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use service::{Address, Draft};
use testkit::{Backend, Ground, Town};

#[derive(Debug, Clone)]
enum Act {
    Say,
    /// To one of the messages said before.
    Reply {
        to: usize,
        shown: bool,
    },
    Delete(usize),
    DeleteReply(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Say),
        3 => (any::<usize>(), any::<bool>()).prop_map(|(to, shown)| Act::Reply { to, shown }),
        1 => any::<usize>().prop_map(Act::Delete),
        1 => any::<usize>().prop_map(Act::DeleteReply),
    ]
}

/// What the acts made: messages of the timeline, and replies.
#[derive(Debug, Default)]
struct Made {
    roots: Vec<u64>,
    replies: Vec<(u64, u64)>,
    last: u64,
}

impl Made {
    async fn by(acts: &[Act], town: &Town, channel: ChannelId) -> Self {
        let mut made = Self::default();
        let delete = async |thread, number| {
            let at = Address { channel, thread, number };
            town.node.service.delete(town.team.owner.by, town.node.new_key(), at).await.expect("deleted");
        };
        for act in acts {
            match *act {
                Act::Say => made.say(town, channel, 0, false).await,
                Act::Reply { to, shown } => {
                    if let Some(root) = made.pick(to) {
                        made.say(town, channel, root, shown).await;
                    }
                }
                Act::Delete(which) => {
                    if let Some(root) = made.pick(which) {
                        delete(0, root).await;
                    }
                }
                Act::DeleteReply(which) if !made.replies.is_empty() => {
                    let (root, reply) = made.replies[which % made.replies.len()];
                    delete(root, reply).await;
                }
                Act::DeleteReply(_) => {}
            }
        }
        made
    }

    fn pick(&self, which: usize) -> Option<u64> {
        (!self.roots.is_empty()).then(|| self.roots[which % self.roots.len()])
    }

    /// A reply to what was deleted before anybody answered it is refused, and makes nothing.
    async fn say(&mut self, town: &Town, channel: ChannelId, thread: u64, shown: bool) {
        let draft = Draft { channel, thread, text: "something".into(), in_channel: shown };
        let said = town.node.service.send(town.team.owner.by, town.node.new_key(), draft).await;
        let Ok(said) = said else { return };
        let number = testkit::team::number(&said);
        match thread {
            0 => self.roots.push(number),
            thread => self.replies.push((thread, number)),
        }
        self.last += u64::from(thread == 0 || shown);
    }

    /// Each run and its last number: the timeline, and every thread.
    fn runs(&self) -> Vec<(u64, u64)> {
        let last =
            |root: u64| self.replies.iter().filter(|(of, _)| *of == root).map(|(_, number)| *number).max();
        let threads = self.roots.iter().map(|root| (*root, last(*root).unwrap_or(0)));
        std::iter::once((0, self.last)).chain(threads).collect()
    }
}

struct Reader<'a> {
    town: &'a Town,
    token: &'a str,
    channel: ChannelId,
}

impl Reader<'_> {
    async fn page(&self, thread: u64, query: &str) -> Vec<u64> {
        let replies = if thread == 0 { String::new() } else { format!("/{thread}/replies") };
        let path = self.town.path(&format!("/channels/{}/messages{replies}?{query}", self.channel));
        let page: Value = self.town.get(self.token, &path).await.ok();
        let messages = page["messages"].as_array().expect("messages");
        messages.iter().map(|message| message["number"].as_u64().expect("a number")).collect()
    }

    async fn covers(&self, thread: u64, last: u64, window: u32) -> Result<(), TestCaseError> {
        let all: Vec<u64> = (1..=last).collect();
        let (mut forth, mut after) = (Vec::new(), 0);
        loop {
            let page = self.page(thread, &format!("after={after}&limit={window}")).await;
            prop_assert!(page.len() <= window as usize);
            let Some(end) = page.last() else { break };
            after = *end;
            forth.extend(page);
        }
        prop_assert_eq!(&forth, &all, "forth in thread {}", thread);
        let (mut back, mut before) = (Vec::new(), u64::MAX);
        loop {
            let page = self.page(thread, &format!("before={before}&limit={window}")).await;
            let Some(end) = page.first() else { break };
            before = *end;
            back.extend(page.into_iter().rev());
        }
        back.reverse();
        prop_assert_eq!(&back, &all, "back in thread {}", thread);
        for number in 1..=last {
            let page = self.page(thread, &format!("around={number}&limit={window}")).await;
            let (before, after) = (u64::from(window / 2), u64::from(window - window / 2));
            let expected: Vec<_> =
                (number.saturating_sub(before).max(1)..(number + after).min(last + 1)).collect();
            prop_assert_eq!(page, expected, "around {}", number);
        }
        Ok(())
    }
}

#[test]
fn whatever_was_said_and_taken_back_paging_covers_each_number_once_in_order() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("one");
    let ground = runtime.block_on(Ground::on(Backend::Sqlite));
    let town = runtime.block_on(Town::on(&ground));
    let token = runtime.block_on(town.token_of(town.team.owner));
    let cases = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: 16, failure_persistence: None, ..Config::default() });
    let acts = (vec(act(), 0..40), prop_oneof![1..8_u32, Just(limits::PAGE_MAX)]);
    let done = runner.run(&acts, |(acts, window)| {
        cases.set(cases.get() + 1);
        runtime.block_on(async {
            let channel = town.team.opens(&town.node, &format!("case-{}", cases.get())).await;
            let made = Made::by(&acts, &town, channel).await;
            let reader = Reader { town: &town, token: &token, channel };
            for (thread, last) in made.runs() {
                reader.covers(thread, last, window).await?;
            }
            Ok(())
        })
    });
    done.unwrap_or_else(|error| panic!("{error}"));
}
