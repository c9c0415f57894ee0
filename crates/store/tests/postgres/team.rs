use domain::text::{MessageText, Name};
use domain::verbs::{Admit, Found, Making, Send};
use domain::{AccountId, By, ChannelId, Role, WorkspaceId};
use store::{Done, NotDone};

use crate::node::{Node, by, key};

/// A workspace with its owner and its first channel.
#[derive(Clone, Copy)]
pub struct Team {
    pub workspace: WorkspaceId,
    pub owner: By,
    pub general: ChannelId,
}

impl Team {
    pub async fn founded_on(node: &Node) -> Self {
        let (workspace, owner) = (WorkspaceId::new(key()), AccountId::new(key()));
        let general = ChannelId::new(key());
        let making = Making {
            workspace,
            name: "Aviary".into(),
            owner,
            owner_name: "Ada".into(),
            channels: vec![(general, "general".into())],
        };
        let team = Self { workspace, owner: by(workspace, owner), general };
        node.does(team.owner, Found { making }).await.expect("a workspace is founded");
        team
    }
    pub async fn admits(&self, node: &Node, name: &str) -> By {
        let newcomer = by(self.workspace, AccountId::new(key()));
        let name = Name::new(name).expect("a name");
        let admit = Admit { name, role: Role::Member, channels: vec![self.general] };
        node.does(newcomer, admit).await.expect("somebody is admitted");
        newcomer
    }
    pub async fn says(&self, node: &Node, text: &str) -> Result<Done, NotDone> {
        node.does(self.owner, says(self.general, text)).await
    }
}

pub fn text(text: &str) -> MessageText {
    MessageText::new(text).expect("a text")
}
pub fn says(channel: ChannelId, words: &str) -> Send {
    Send::new(channel, text(words)).expect("a message")
}
/// The `number` of a reply to a send.
pub fn number(done: &Done) -> u64 {
    done.reply.read::<serde_json::Value>().and_then(|reply| reply["number"].as_u64()).expect("a number")
}
