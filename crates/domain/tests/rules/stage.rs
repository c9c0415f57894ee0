//! A workspace in memory: it loads what a command names, as every engine does, and keeps what it changed.

use domain::cell::Value;
use domain::row::{Direction, Row};
use domain::tables::{EachTable, Needs, Rows, Tables, for_each_table};
use domain::text::{MessageText, Name};
use domain::verbs::{Admit, CreateChannel, Found, Join, Making, Send};
use domain::{
    AccountId, By, Channel, ChannelId, ChannelTip, Code, Command, Epoch, Event, EventKind, Head, Image,
    InWorld, Key, Member, Message, Refusal, Reply, Role, Seat, Stamp, WorkspaceId, WorkspaceSelf, World,
};

#[derive(Clone)]
pub struct Stage {
    head: Head,
    tables: Tables,
    pub clock: Stamp,
    pub events: Vec<Event>,
    /// Of each event, from the rows the writer had in hand.
    pub images: Vec<Image>,
    next: u16,
    pub owner: By,
    pub general: ChannelId,
}

fn key(number: u16) -> Key {
    let [high, low] = number.to_be_bytes();
    Key::new(Stamp(1_800_000_000_000_000), [high, low, 0, 0, 0, 0, 0, 0, 0, 0])
}

impl Stage {
    /// A workspace with its owner and `general`.
    pub fn new() -> Self {
        let workspace = WorkspaceId::new(key(1));
        let owner = By::new(workspace, AccountId::new(key(2)));
        let general = ChannelId::new(key(3));
        let head = Head::new(workspace, Epoch(1));
        let clock = Stamp(1_800_000_000_000_000);
        let mut stage = Self {
            head,
            tables: Tables::default(),
            clock,
            events: Vec::new(),
            images: Vec::new(),
            next: 10,
            owner,
            general,
        };
        let channels = vec![(general, "general".to_owned())];
        let making = Making {
            workspace,
            name: "Rooks".into(),
            owner: owner.account,
            owner_name: "Ada".into(),
            channels,
        };
        stage.does(owner, &Found { making }).expect("founded");
        stage
    }

    /// The directory: the installation's own journal, without any workspace.
    pub fn directory() -> Self {
        let head = Head::new(WorkspaceId::INSTALLATION, Epoch(1));
        Self { head, tables: Tables::default(), events: Vec::new(), images: Vec::new(), ..Self::new() }
    }

    pub fn key(&mut self) -> Key {
        self.next += 1;
        key(self.next)
    }

    /// What an engine does with one order, in memory.
    pub fn does(&mut self, by: By, command: &dyn Command) -> Result<Reply, Refusal> {
        let mut needs = Needs::default();
        command.needs(by, &mut needs);
        let mut world = World::new(self.head.clone(), self.clock);
        load(&self.tables, &needs, &mut world);
        if command.alone() {
            let mut more = Needs::default();
            if command.more(by, &world, &mut more) {
                load(&self.tables, &more, &mut world);
            }
            world.was_unnamed();
        }
        let decided = command.decide(by, &world);
        assert!(!world.was_unnamed(), "{} looked at rows it had not named", command.name());
        let changes = decided?;
        let reply = changes.reply.clone();
        world.accept(changes);
        self.keep(world);
        Ok(reply)
    }

    fn keep(&mut self, world: World) {
        self.events.extend(world.events().iter().cloned());
        self.images.extend(world.events().iter().map(|event| Image::of(event, &world)));
        self.head = world.moved_head().unwrap_or_else(|| self.head.clone());
        keep(world, &mut self.tables);
    }

    pub fn row<R: InWorld>(&self, key: &R::Key) -> Option<R> {
        R::rows(&self.tables).slots.get(key)?.now.clone()
    }
    pub fn rows<R: InWorld>(&self) -> Vec<R> {
        R::rows(&self.tables).slots.values().filter_map(|slot| slot.now.clone()).collect()
    }
    /// As if it had been so before.
    pub fn set<R: InWorld>(&mut self, row: R) {
        let rows = R::rows_mut(&mut self.tables);
        rows.slots.remove(&row.key());
        rows.fill(row);
    }
    pub fn message(&self, thread: u64, number: u64) -> Message {
        self.row(&(self.general, thread, number)).expect("there is such a message")
    }

    /// The last thing told.
    pub fn told(&self) -> &Event {
        self.events.last().expect("something happened")
    }
    /// The kinds of what this brings about, in order.
    pub fn tells(&mut self, by: By, command: &dyn Command) -> Vec<EventKind> {
        let before = self.events.len();
        self.does(by, command).expect("done");
        self.events[before..].iter().map(|event| event.kind).collect()
    }
    pub fn refuses(&mut self, by: By, command: &dyn Command) -> Code {
        let before = self.events.len();
        let refusal = self.does(by, command).expect_err("refused");
        assert_eq!(self.events.len(), before, "a refusal tells nothing");
        assert!(!refusal.message.is_empty(), "a refusal has words");
        refusal.code
    }
    /// What a writer has in hand of a channel.
    pub fn world_with(&self, channel: ChannelId) -> World {
        let mut needs = Needs::default();
        needs.row::<Channel>((self.owner.workspace, channel));
        needs.row::<ChannelTip>((self.owner.workspace, channel));
        let mut world = World::new(self.head.clone(), self.clock);
        load(&self.tables, &needs, &mut world);
        world
    }
    pub fn seat(&self, channel: ChannelId, by: By) -> Option<Seat> {
        self.row::<Seat>(&(channel, by.account)).filter(Seat::is_held)
    }
    pub fn channel(&self, channel: ChannelId) -> Channel {
        self.row(&(self.owner.workspace, channel)).expect("a channel")
    }
    pub fn tip(&self, channel: ChannelId) -> ChannelTip {
        self.row(&(self.owner.workspace, channel)).expect("a tip")
    }
    pub fn member(&self, by: By) -> Member {
        self.row(&(by.workspace, by.account)).expect("a member")
    }
    pub fn itself(&self) -> WorkspaceSelf {
        self.row(&(self.owner.workspace,)).expect("itself")
    }

    pub fn welcomes(&mut self, name: &str, role: Role) -> By {
        let by = By::new(self.owner.workspace, AccountId::new(self.key()));
        let admit = Admit { name: Name::new(name).expect("a name"), role, channels: vec![self.general] };
        self.does(by, &admit).expect("admitted");
        by
    }
    pub fn opens(&mut self, by: By, name: &str, private: bool) -> Result<ChannelId, Refusal> {
        let id = ChannelId::new(self.key());
        let name = Name::new(name).expect("a name");
        self.does(by, &CreateChannel::new(id, name, private)).map(|_| id)
    }
    pub fn joins(&mut self, by: By, channel: ChannelId) -> Result<Reply, Refusal> {
        self.does(by, &Join { channel })
    }
    pub fn says(&mut self, by: By, text: &str) -> Result<Reply, Refusal> {
        self.says_in(by, self.general, text)
    }
    pub fn says_in(&mut self, by: By, channel: ChannelId, text: &str) -> Result<Reply, Refusal> {
        self.does(by, &Send::new(channel, MessageText::new(text)?)?)
    }
    pub fn replies(&mut self, by: By, root: u64, text: &str, shown: bool) -> Result<Reply, Refusal> {
        let author = self.row::<Message>(&(self.general, 0, root)).map(|root| root.author);
        let send = Send::new(self.general, MessageText::new(text)?)?.in_thread(root, author);
        self.does(by, &if shown { send.also_in_channel() } else { send })
    }
}

/// How a text calls somebody.
pub fn named(by: By) -> String {
    format!("<@{}>", by.account)
}

fn cell<R: Row>(row: &R, name: &str) -> Option<Value> {
    let mut cells = Vec::new();
    row.put(&mut cells);
    R::COLUMNS.iter().position(|column| column.name == name).map(|at| cells[at].clone())
}

fn load(from: &Tables, needs: &Needs, world: &mut World) {
    struct Load<'a>(&'a Tables, &'a Needs, &'a mut World);
    impl EachTable for Load<'_> {
        fn table<R: InWorld>(&mut self) {
            let (asked, known) = (R::asked(self.1), R::rows(self.0));
            let rows: &mut Rows<R> = R::rows_mut(&mut self.2.tables);
            rows.expect(asked);
            let stored = || known.slots.values().filter_map(|slot| slot.now.as_ref());
            stored().filter(|row| asked.keys.contains(&row.key())).for_each(|row| rows.fill(row.clone()));
            for (index, find) in &asked.finds {
                let mut found: Vec<_> = stored().filter(|row| index.holds(*row, &find.values)).collect();
                if let Some((column, direction)) = index.order {
                    found.sort_by_key(|row| cell(*row, column));
                    if direction == Direction::Down {
                        found.reverse();
                    }
                }
                found.into_iter().take(find.max as usize).for_each(|row| rows.fill(row.clone()));
            }
        }
    }
    for_each_table(&mut Load(from, needs, world));
}

fn keep(world: World, into: &mut Tables) {
    struct Keep<'a>(World, &'a mut Tables);
    impl EachTable for Keep<'_> {
        fn table<R: InWorld>(&mut self) {
            let rows = R::rows(&self.0.tables);
            let gone: Vec<_> = rows.removed().collect();
            let kept: Vec<R> = rows.inserted().chain(rows.updated()).cloned().collect();
            let stored = R::rows_mut(self.1);
            for key in gone {
                stored.slots.remove(&key);
            }
            for row in kept {
                stored.slots.remove(&row.key());
                stored.fill(row);
            }
        }
    }
    for_each_table(&mut Keep(world, into));
}
