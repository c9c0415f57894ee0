use domain::cell::Value;
use domain::text::MessageText;
use domain::verbs::Send;
use domain::{AccountId, By, ChannelId, Extra, Key, Message};
use store::{Done, Freshness, NotDone, Query};

use crate::{Address, Service};

/// What somebody is about to say.
#[derive(Debug, Clone)]
pub struct Draft {
    pub channel: ChannelId,
    /// 0: the timeline.
    pub thread: u64,
    pub text: String,
    /// A reply shown in the timeline too.
    pub in_channel: bool,
}

const ROOT_AUTHOR: &str = "SELECT author FROM message WHERE channel = $1 AND thread = 0 AND number = $2";

#[derive(serde::Deserialize)]
struct Sent {
    number: u64,
    /// Where a reply stands in the timeline too.
    in_channel: Option<u64>,
}

impl Service {
    /// Answers `{"number": …}`. What stood before counts as read by whoever says something after it.
    pub async fn send(&self, by: By, key: Key, draft: Draft) -> Result<Done, NotDone> {
        let Draft { channel, thread, text, in_channel } = draft;
        let mut send = Send::new(channel, MessageText::new(text)?)?;
        if thread > 0 {
            send = send.in_thread(thread, self.root_author(by, channel, thread).await);
            if in_channel {
                send = send.also_in_channel();
            }
        }
        let done = self.in_workspace(by, key, send).await?;
        if let Some(Sent { number, in_channel }) = done.reply.read().filter(|_| !done.again) {
            self.marks.note(by, Address { channel, thread, number });
            in_channel
                .iter()
                .for_each(|row| self.marks.note(by, Address { channel, thread: 0, number: *row }));
        }
        Ok(done)
    }

    /// The same, with the message as it came to be.
    pub async fn say(&self, by: By, key: Key, draft: Draft) -> Result<(Done, Message), NotDone> {
        let Draft { channel, thread, text, .. } = draft.clone();
        let done = self.send(by, key, draft).await?;
        let Sent { number, in_channel } =
            done.reply.read().ok_or_else(|| NotDone::Failed("no number".into()))?;
        let mut said = Message {
            channel,
            thread,
            number,
            at_us: done.stamp,
            author: by.account,
            text,
            extra: None,
            edited_us: None,
            deleted_us: None,
            last_reply: 0,
            position: done.position,
            changed: done.position,
        };
        said.set_extra(Extra { in_channel, ..Extra::default() });
        // Whom it calls was decided with it; asked again, anything may have changed since.
        if !done.again && !said.text.contains('<') {
            return Ok((done, said));
        }
        let fresh = Freshness::AtLeast(done.epoch, done.position);
        let at = Address { channel, thread, number };
        // It happened, whether or not its sender may still see it.
        let now = self.message(by, fresh, at).await.map(|seen| seen.value.message);
        Ok((done, now.unwrap_or(said)))
    }

    /// Only names whose rows to load; who the author is, the command judges. Not knowing costs that person's
    /// following of the thread, never the reply.
    async fn root_author(&self, by: By, channel: ChannelId, thread: u64) -> Option<AccountId> {
        let values = vec![Value::of(&channel), Value::of(&thread)];
        let query = Query { sql: ROOT_AUTHOR, values };
        let seen = self.places().of(by.workspace).read(by.workspace, Freshness::Newest, &query).await.ok()?;
        AccountId::from_bytes(seen.value.first()?.blob(0)?.try_into().ok()?).ok()
    }
}

pub(crate) const QUERY: &str = ROOT_AUTHOR;
