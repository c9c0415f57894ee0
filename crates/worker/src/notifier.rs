//! The first follower: whom a message calls. Each of them gets a job that is due after the delay they chose; there it
//! is judged whether they have read it meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use domain::event::EventKind;
use domain::{AccountId, By, ChannelId, Position, Stamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use service::following::{Call, Circle, Part, Told};
use service::{NotDone, Notify, Service};
use store::job::{Claim, NewJob};
use store::upkeep::EVENTS_KEPT;

use crate::follower::{Follower, Gap};
use crate::runner::{Ended, Work};

const NAME: &str = "notify";
const BUSY: Duration = Duration::from_secs(1);

pub struct Notifier {
    service: Service,
    after: Duration,
}

/// What a job of this queue holds; the message's position stands in the job itself.
#[derive(Debug, Serialize, Deserialize)]
struct Body {
    account: AccountId,
    channel: ChannelId,
    thread: u64,
    number: u64,
}

impl Notifier {
    pub fn new(service: Service, after: Duration) -> Self {
        Self { service, after }
    }

    /// A job a call. The same message calls the same person once, by whatever way it was found.
    async fn jobs(&self, workspace: WorkspaceId, calls: Vec<Call>) -> Result<Vec<NewJob>, NotDone> {
        let people: BTreeSet<_> = calls.iter().map(|call| call.account).collect();
        let chosen = self.service.notify_after(workspace, &people).await?;
        let job = |call: Call| {
            let Call { account, channel, thread, number, position, at_us, .. } = call;
            let after = chosen.get(&account).copied().map_or(self.after, Duration::from_secs);
            let body = serde_json::to_string(&Body { account, channel, thread, number });
            NewJob {
                queue: NAME,
                workspace,
                position,
                n: account.to_string(),
                body: body.unwrap_or_default(),
                due: at_us.plus(i64::try_from(after.as_micros()).unwrap_or(i64::MAX)),
            }
        };
        Ok(calls.into_iter().map(job).collect())
    }
}

/// The circle that hears a message beside those it names.
fn circle(told: &Told) -> Option<Circle> {
    let message = told.message.as_ref().filter(|_| told.event.kind == EventKind::MessageSent)?;
    match message.thread {
        0 => message.channel.is_direct().then_some(Circle::Channel(message.channel)),
        thread => Some(Circle::Thread(message.channel, thread)),
    }
}

/// Pure: whom one event calls, of those who sit around.
fn calls(told: &Told, circles: &BTreeMap<Circle, Vec<AccountId>>) -> Vec<Call> {
    // An edit may call who was not called before; it has no other listeners.
    let is_spoken = matches!(told.event.kind, EventKind::MessageSent | EventKind::MessageEdited);
    let Some(message) = told.message.as_ref().filter(|_| is_spoken) else { return Vec::new() };
    let extra = message.extra();
    if message.deleted_us.is_some() || extra.system.is_some() || extra.of.is_some() {
        return Vec::new();
    }
    let around = circle(told).and_then(|circle| circles.get(&circle)).into_iter().flatten();
    let people: BTreeSet<_> = extra.mentions.people.iter().chain(around).copied().collect();
    let others = people.into_iter().filter(|person| *person != message.author);
    let call = |account| Call {
        account,
        channel: message.channel,
        thread: message.thread,
        number: message.number,
        position: message.position,
        at_us: told.event.at_us,
        listed: message.position,
    };
    others.map(call).collect()
}

#[async_trait]
impl Follower for Notifier {
    type Part = Part;

    fn name(&self) -> &'static str {
        NAME
    }

    async fn handle(&self, workspace: WorkspaceId, told: &[Told]) -> Result<Vec<NewJob>, NotDone> {
        let circles: BTreeSet<_> = told.iter().filter_map(circle).collect();
        let circles = self.service.circles(workspace, &circles).await?;
        let calls: Vec<_> = told.iter().flat_map(|told| calls(told, &circles)).collect();
        self.jobs(workspace, calls).await
    }

    /// Of what is unread, and no older than events are kept: nobody is called for what everyone has forgotten.
    async fn rebuild(&self, gap: Gap, part: Part) -> Result<(Vec<NewJob>, Option<Part>), NotDone> {
        let kept = i64::try_from(EVENTS_KEPT.as_micros()).unwrap_or(i64::MAX);
        let since = Stamp(self.service.now().0 - kept);
        let (calls, next) = self.service.unread(gap.workspace, gap.after, since, part).await?;
        Ok((self.jobs(gap.workspace, calls).await?, next))
    }
}

#[async_trait]
impl Work for Notifier {
    fn queue(&self) -> &'static str {
        NAME
    }

    async fn run(&self, job: &Claim) -> Ended {
        let body: Body = match serde_json::from_str(&job.body) {
            Ok(body) => body,
            Err(error) => return Ended::Failed(format!("its body does not read: {error}")),
        };
        let by = By::new(job.workspace, body.account);
        match self.service.notify(by, notify(job.position, &body)).await {
            Ok(_) => Ended::Done,
            Err(NotDone::Refused(why)) => Ended::Failed(why.to_string()),
            Err(NotDone::Failed(why)) => Ended::Failed(why),
            Err(NotDone::Saturated { retry_after } | NotDone::ReadOnly { retry_after }) => {
                Ended::NotNow(retry_after)
            }
            // Done twice is done once.
            Err(NotDone::Unknown | NotDone::Stopping | NotDone::Elsewhere) => Ended::NotNow(BUSY),
        }
    }
}

fn notify(position: Position, body: &Body) -> Notify {
    Notify { position, channel: body.channel, thread: body.thread, number: body.number }
}
