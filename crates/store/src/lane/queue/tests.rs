use std::sync::Arc;
use std::time::Duration;

use domain::{AccountId, By, Changes, Command, Key, Needs, Refusal, Stamp, WorkspaceId, World};
use tokio::time::Instant;

use crate::lane::{Batch, Pending, Queue, Traced};
use crate::order::{NotDone, Order};
use crate::port::{Shape, Wait};

#[derive(Debug)]
struct Nothing(Arc<str>);

impl Command for Nothing {
    fn name(&self) -> &'static str {
        "nothing"
    }
    fn needs(&self, _by: By, _needs: &mut Needs) {}
    fn decide(&self, _by: By, world: &World) -> Result<Changes, Refusal> {
        Ok(Changes::begin(world))
    }
    fn digest(&self, into: &mut dyn FnMut(&[u8])) {
        into(self.0.as_bytes());
    }
}

fn key(number: u8) -> Key {
    Key::new(Stamp(1), [number; 10])
}

fn pending(workspace: u8, number: u8) -> Pending {
    let by = By::new(WorkspaceId::new(key(workspace)), AccountId::new(key(1)));
    let order = Order { by, key: key(number), command: Box::new(Nothing("x".into())) };
    Pending {
        order,
        digest: None,
        reply: None,
        since: Instant::now(),
        maybe: false,
        traced: Traced::default(),
    }
}

fn queue(max: usize) -> Queue {
    Queue::new(Shape { lanes: 2, workspaces: 256, commands: 64, own_thread: false }, max)
}

fn keys(batch: &Batch) -> Vec<Key> {
    batch.lines.iter().flat_map(|line| &line.orders).map(|pending| pending.order.key).collect()
}

#[test]
fn what_a_lane_gives_back_goes_before_what_came_later_and_the_workspace_is_free_once() {
    let mut queue = queue(100);
    (1..=3).for_each(|number| assert!(queue.push(pending(1, number))));
    let mut taken = queue.take().expect("work");
    assert!(queue.push(pending(1, 4)));
    assert!(queue.take().is_none(), "a workspace is in one lane at a time");
    queue.give_back(taken.lines.remove(0), false);
    assert_eq!(keys(&queue.take().expect("work")), (1..=4).map(key).collect::<Vec<_>>());
    assert!(queue.take().is_none(), "and stands in the list once");
}

#[test]
fn a_head_held_elsewhere_keeps_one_lane_waiting_and_never_all_of_them() {
    let mut queue = queue(100);
    for workspace in 1..=4 {
        assert!(queue.push(pending(workspace, workspace)));
    }
    let mut one = queue.take().expect("work");
    for line in one.lines.drain(..) {
        queue.give_back(line, true);
    }
    let waits = queue.take().expect("it goes first");
    assert_eq!((waits.wait, waits.lines.len()), (Wait::Wait, 1));
    let others = queue.take().expect("those nobody holds go on beside it");
    assert_eq!((others.wait, others.lines.len()), (Wait::Skip, 1));
    queue.release(waits.lines[0].workspace);
    assert_eq!(queue.take().expect("the next one that was skipped").wait, Wait::Wait);
}

#[test]
fn one_workspace_never_takes_all_the_places() {
    let mut queue = queue(8);
    let taken = (0..8).filter(|number| queue.push(pending(1, *number))).count();
    assert_eq!(taken, 2);
    assert!(queue.push(pending(2, 1)));
}

#[tokio::test(start_paused = true)]
async fn who_may_have_been_written_is_never_told_that_nothing_happened() {
    let mut queue = queue(100);
    let (reply, mut told) = tokio::sync::oneshot::channel();
    assert!(queue.push(Pending { reply: Some(reply), maybe: true, ..pending(1, 1) }));
    tokio::time::advance(Duration::from_secs(5)).await;
    queue.expire(Duration::from_secs(5), &NotDone::Stopping);
    assert_eq!(told.try_recv(), Ok(Err(NotDone::Unknown)));
    assert!(queue.is_idle());
}
