//! Invariant 3. A bad command fails alone, and who talks a lot does not slow who does not.

use domain::verbs::Send;
use domain::{By, Changes, Command, Message, Needs, Refusal, World};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use store::NotDone;
use testkit::team::number;
use testkit::{Fault, Ground, Person, Team, on_every_engine};

/// Writes a row that is there already: the database refuses the statement.
#[derive(Debug)]
struct Poison(Message);

impl Command for Poison {
    fn name(&self) -> &'static str {
        "poison"
    }
    fn needs(&self, _by: By, _needs: &mut Needs) {}
    fn decide(&self, _by: By, world: &World) -> Result<Changes, Refusal> {
        let mut changes = Changes::begin(world);
        changes.put(self.0.clone());
        Ok(changes)
    }
    fn digest(&self, _into: &mut dyn FnMut(&[u8])) {}
}

/// A rule that is broken: it looks at what it did not name.
#[derive(Debug)]
struct Peeping(domain::ChannelId);

impl Command for Peeping {
    fn name(&self) -> &'static str {
        "peeping"
    }
    fn needs(&self, _by: By, _needs: &mut Needs) {}
    fn decide(&self, _by: By, world: &World) -> Result<Changes, Refusal> {
        world.get::<Message>(&(self.0, 0, 1));
        Ok(Changes::begin(world))
    }
    fn digest(&self, _into: &mut dyn FnMut(&[u8])) {}
}

fn taken(team: &Team) -> Poison {
    let (position, at_us) = (domain::Position(1), domain::Stamp(1));
    Poison(Message {
        channel: team.general,
        thread: 0,
        number: 1,
        at_us,
        author: team.owner.account(),
        text: "again".into(),
        extra: None,
        edited_us: None,
        deleted_us: None,
        last_reply: 0,
        position,
        changed: position,
    })
}

fn says(person: Person, team: &Team, text: &str) -> (By, Send) {
    let text = domain::text::MessageText::new(text).expect("a text");
    (person.by, Send::new(team.general, text).expect("a message"))
}

on_every_engine! {
    async fn one_bad_command_in_a_batch_fails_alone_and_a_hot_workspace_does_not_slow_its_neighbours(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let quiet = Team::another(&node, "Quiet").await;
        team.owner.says(&node, team.general, "first").await.expect("said");
        // A first try that fails holds the lane long enough for all the others to gather behind it.
        node.faults.plan(0, Fault::OpenFails);
        let (by, first) = says(team.owner, &team, "before");
        let (_, last) = says(team.owner, &team, "after");
        let (other, neighbour) = says(quiet.owner, &quiet, "next door");
        let key = || node.new_key();
        let (before, poison, peeping, after, next_door) = tokio::join!(
            node.execute(by, key(), first),
            node.execute(by, key(), taken(&team)),
            node.execute(by, key(), Peeping(team.general)),
            node.execute(by, key(), last),
            node.execute(other, key(), neighbour),
        );
        assert_eq!((number(&before.expect("said")), number(&after.expect("said"))), (2, 3), "in their order");
        assert_eq!(number(&next_door.expect("said")), 1);
        assert!(matches!(poison, Err(NotDone::Failed(_))), "{poison:?}");
        assert!(matches!(&peeping, Err(NotDone::Refused(no)) if no.code == domain::Code::Internal), "{peeping:?}");

        node.faults.plan(0, Fault::OpenFails);
        let mut waiting: FuturesUnordered<_> = (0..1_000)
            .map(|line| {
                let (by, send) = says(team.owner, &team, &format!("hot {line}"));
                node.execute(by, node.new_key(), send)
            })
            .collect();
        let (other, neighbour) = says(quiet.owner, &quiet, "quietly");
        let key = node.new_key();
        let mut calm = Box::pin(node.execute(other, key, neighbour));
        let mut done = 0;
        loop {
            tokio::select! {
                biased;
                outcome = &mut calm => { outcome.expect("said"); break }
                Some(outcome) = waiting.next() => { outcome.expect("said"); done += 1 }
            }
        }
        assert!(done <= 128, "the neighbour came after {done} of the thousand");
        while let Some(outcome) = waiting.next().await {
            outcome.expect("said");
        }
        drop((waiting, calm));
        node.stop().await;
    }
}
