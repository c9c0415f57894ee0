use domain::cell::Value;
use domain::text::MessageText;
use domain::verbs::Send;
use domain::{AccountId, By, ChannelId, Key};
use store::{Done, Freshness, NotDone, Query};

use crate::Service;

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

impl Service {
    /// Answers `{"number": …}`.
    pub async fn send(&self, by: By, key: Key, draft: Draft) -> Result<Done, NotDone> {
        let mut send = Send::new(draft.channel, MessageText::new(draft.text)?)?;
        if draft.thread > 0 {
            send = send.in_thread(draft.thread, self.root_author(by, draft.channel, draft.thread).await);
            if draft.in_channel {
                send = send.also_in_channel();
            }
        }
        self.in_workspace(by, key, send).await
    }

    /// Only names whose rows to load; who the author is, the command judges. Not knowing costs that person's
    /// following of the thread, never the reply.
    async fn root_author(&self, by: By, channel: ChannelId, thread: u64) -> Option<AccountId> {
        let values = vec![Value::of(&channel), Value::of(&thread)];
        let query = Query { sql: ROOT_AUTHOR, values };
        let seen = self.places().of(by.workspace).read(by.workspace, Freshness::Newest, &query).await.ok()?;
        match seen.value.first()?.first()? {
            Value::Blob(bytes) => AccountId::from_bytes(bytes.as_slice().try_into().ok()?).ok(),
            _ => None,
        }
    }
}

pub(crate) const QUERY: &str = ROOT_AUTHOR;
