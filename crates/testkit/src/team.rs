//! People who talk: a test says what they do, and sees what became of it.

use domain::verbs::Making;
use domain::{AccountId, By, ChannelId, Key, Role, WorkspaceId};
use service::{Address, Draft, FirstOwner, NewChannel, NewWorkspace, ReadMark};
use store::{Done, NotDone};

use crate::node::Node;

/// Somebody in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    pub by: By,
}

impl Person {
    pub fn account(&self) -> AccountId {
        self.by.account
    }
    /// How a text names them.
    pub fn mention(&self) -> String {
        format!("<@{}>", self.by.account)
    }
}

/// A workspace with its owner and the channel everyone is in.
#[derive(Debug, Clone, Copy)]
pub struct Team {
    pub workspace: WorkspaceId,
    pub owner: Person,
    pub general: ChannelId,
}

impl Team {
    fn of(making: &Making) -> Self {
        let by = By::new(making.workspace, making.owner);
        Self { workspace: making.workspace, owner: Person { by }, general: making.channels[0].0 }
    }

    /// The first one, with the installation itself.
    pub async fn set_up(node: &Node) -> Self {
        let owner = FirstOwner {
            name: "Ada".into(),
            email: "ada@example.com".into(),
            password: None,
            workspace: "Rooks".into(),
            slug: None,
            channels: Vec::new(),
        };
        let (making, _) =
            node.service.set_up(node.new_key(), owner).await.expect("a fresh installation is set up");
        Self::of(&making)
    }

    /// One more, with a person of its own as owner.
    pub async fn another(node: &Node, name: &str) -> Self {
        let owner = AccountId::new(node.new_key());
        let new = NewWorkspace { name: name.into(), slug: None, owner, owner_name: "Olga".into() };
        let (making, _) =
            node.service.create_workspace(node.new_key(), new).await.expect("a workspace is created");
        Self::of(&making)
    }

    /// Comes in and sits down in `general`.
    pub async fn welcomes(&self, node: &Node, name: &str) -> Person {
        self.welcomes_as(node, name, Role::Member).await
    }

    pub async fn welcomes_as(&self, node: &Node, name: &str, role: Role) -> Person {
        let by = By::new(self.workspace, AccountId::new(node.new_key()));
        node.service
            .admit(by, node.new_key(), name, role, vec![self.general])
            .await
            .expect("a newcomer is admitted");
        Person { by }
    }

    pub async fn opens(&self, node: &Node, name: &str) -> ChannelId {
        let new = NewChannel { name: name.into(), ..NewChannel::default() };
        let done = node
            .service
            .create_channel(self.owner.by, node.new_key(), new)
            .await
            .expect("a channel is created");
        done.reply.read::<Created>().expect("an id").id
    }
}

#[derive(serde::Deserialize)]
struct Created {
    id: ChannelId,
}

impl Person {
    pub async fn says(&self, node: &Node, channel: ChannelId, text: &str) -> Result<Done, NotDone> {
        self.says_under(node, node.new_key(), channel, text).await
    }
    pub async fn says_under(
        &self,
        node: &Node,
        key: Key,
        channel: ChannelId,
        text: &str,
    ) -> Result<Done, NotDone> {
        node.service
            .send(self.by, key, Draft { channel, thread: 0, text: text.into(), in_channel: false })
            .await
    }
    pub async fn replies(&self, node: &Node, to: Address, text: &str) -> Result<Done, NotDone> {
        let draft = Draft { channel: to.channel, thread: to.number, text: text.into(), in_channel: false };
        node.service.send(self.by, node.new_key(), draft).await
    }
    pub async fn reads_to(&self, node: &Node, at: Address) -> Result<Done, NotDone> {
        node.service.mark(self.by, ReadMark { at, back: None }).await
    }
}

/// The number a message was given.
pub fn number(done: &Done) -> u64 {
    #[derive(serde::Deserialize)]
    struct Sent {
        number: u64,
    }
    done.reply.read::<Sent>().expect("a number").number
}
