//! One event of each kind, from rows a writer has in hand.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use domain::cell::Json;
use domain::{
    AccountId, Audience, Channel, ChannelId, ChannelKind, ChannelProfile, ChannelState, ChannelTip, Epoch,
    Event, EventKind, Extra, Head, Holes, Image, InWorld, Key, Member, MemberProfile, MemberState, Message,
    Position, Reacted, Replies, Role, Seat, SeatRole, SelfState, Settings, Stamp, Status, WorkspaceId,
    WorkspaceSelf, World,
};

const NOON: Stamp = Stamp(1_800_000_000_000_000);

fn key(number: u8) -> Key {
    Key::new(NOON, [0, 0, 0, 0, 0, 0, 0, 0, 0, number])
}

struct Town {
    workspace: WorkspaceId,
    ada: AccountId,
    bob: AccountId,
    general: ChannelId,
    world: World,
}

impl Town {
    fn new() -> Self {
        let workspace = WorkspaceId::new(key(1));
        let world = World::new(Head::new(workspace, Epoch(1)), NOON);
        let (ada, bob, general) = (AccountId::new(key(2)), AccountId::new(key(3)), ChannelId::new(key(4)));
        let mut town = Self { workspace, ada, bob, general, world };
        town.people();
        town.place();
        town.talk();
        town
    }
    fn has<R: InWorld>(&mut self, row: R) {
        R::rows_mut(&mut self.world.tables).fill(row);
    }
    fn people(&mut self) {
        let status = Status { text: "at lunch".into(), emoji: None, until_us: None };
        let profile = MemberProfile {
            picture: Some("ab12".into()),
            status: Some(status),
            dnd_until_us: Some(NOON.plus(Stamp::HOUR)),
            ..MemberProfile::default()
        };
        self.has(Member {
            workspace: self.workspace,
            account: self.bob,
            role: Role::Member,
            state: MemberState::Active,
            name: "Bob".into(),
            name_key: "bob".into(),
            profile: Json(profile),
            private: 9,
            signed_after_us: Stamp(0),
            changed: Position(7),
        });
        self.has(WorkspaceSelf {
            workspace: self.workspace,
            name: "Rooks".into(),
            picture: None,
            settings: Json(Settings::default()),
            state: SelfState::Active,
            owners: 1,
            members: 2,
            channels: 1,
            changed: Position(1),
        });
    }
    fn place(&mut self) {
        let profile =
            ChannelProfile { topic: "all of us".into(), default: true, ..ChannelProfile::default() };
        self.has(Channel {
            workspace: self.workspace,
            id: self.general,
            kind: ChannelKind::Public,
            name: "general".into(),
            name_key: Some("general".into()),
            direct_key: None,
            profile: Json(profile),
            state: ChannelState::Active,
            hidden: Position(0),
            changed: Position(8),
        });
        self.has(ChannelTip {
            workspace: self.workspace,
            channel: self.general,
            last_number: 42,
            last_us: NOON,
            last_position: Position(20),
            members: 2,
            pins: 1,
            holes: Json(Holes::default()),
        });
        self.has(Seat {
            channel: self.general,
            account: self.bob,
            workspace: self.workspace,
            role: SeatRole::Member,
            since: Position(8),
            read_number: 40,
            read_version: 3,
            changed: Position(8),
        });
    }
    fn said(&mut self, thread: u64, number: u64, text: &str, extra: Extra) {
        let mut message = Message {
            channel: self.general,
            thread,
            number,
            at_us: NOON,
            author: self.ada,
            text: text.into(),
            extra: None,
            edited_us: None,
            deleted_us: None,
            last_reply: if thread == 0 && number == 41 { 7 } else { 0 },
            position: Position(20),
            changed: Position(21),
        };
        message.set_extra(extra);
        self.has(message);
    }
    fn talk(&mut self) {
        let replies = Replies { count: 6, last_us: NOON.0, people: vec![self.bob], holes: Holes(vec![3]) };
        self.said(0, 41, "hi", Extra { replies: Some(replies), ..Extra::default() });
        let thanks = Reacted { count: 1, people: vec![self.bob] };
        let reactions = BTreeMap::from([("👍".to_owned(), thanks)]);
        self.said(41, 7, "hello", Extra { in_channel: Some(42), reactions, ..Extra::default() });
        self.said(0, 42, "", Extra { of: Some((41, 7)), ..Extra::default() });
    }

    /// The event of a kind, about whatever such an event is about.
    fn event(&self, kind: EventKind) -> Event {
        let mut event = Event {
            workspace: self.workspace,
            position: Position(21),
            kind,
            audience: Audience::Everyone,
            at_us: NOON,
            actor: Some(self.ada),
            channel: None,
            thread: None,
            number: None,
            account: None,
            body: None,
        };
        match kind.code() / 10 {
            1 => event.account = Some(self.bob),
            2 => event.channel = Some(self.general),
            3 => (event.channel, event.account) = (Some(self.general), Some(self.bob)),
            4 | 5 => {
                (event.channel, event.thread, event.number) = (Some(self.general), Some(41), Some(7));
                event.body = (kind.code() / 10 == 5).then(|| "👍".to_owned());
            }
            6 => event.body = Some(key(9).to_string()),
            7 => (event.account, event.body) = (Some(self.bob), Some("member.let_back_in".into())),
            _ => {}
        }
        event
    }
}

/// Of the installation's own journal nothing crosses the wire.
fn told() -> impl Iterator<Item = EventKind> {
    EventKind::ALL.iter().copied().filter(|kind| kind.code() < 100)
}

#[test]
fn an_event_of_each_kind_reads_as_the_file_says() {
    let town = Town::new();
    let mut text = String::new();
    for kind in told() {
        let event = town.event(kind);
        let image = Image::of(&event, &town.world);
        let shown = protocol::Event::of(&event, &image);
        writeln!(text, "{}", serde_json::to_string(&shown).expect("JSON")).expect("a line");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/events.jsonl");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &text).expect("written");
    }
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), text, "UPDATE_GOLDEN=1 writes it anew");
}

#[test]
fn nothing_private_and_nothing_that_depends_on_the_reader_stands_in_an_event() {
    let town = Town::new();
    for kind in told() {
        let event = town.event(kind);
        let image = Image::of(&event, &town.world);
        let text = serde_json::to_string(&protocol::Event::of(&event, &image)).expect("JSON");
        for private in ["read_number", "private", "signed_after", "mine", "lunch", "dnd", "audience"] {
            assert!(!text.contains(private), "{private} in {text}");
        }
    }
}

#[test]
fn who_repairs_asks_for_every_row_the_writer_shows() {
    let town = Town::new();
    for kind in told() {
        let event = town.event(kind);
        let mut needs = domain::Needs::default();
        Image::needs(&event, &mut needs);
        let image = Image::of(&event, &town.world);
        let asked = |message: &Option<Message>| {
            message
                .as_ref()
                .is_none_or(|row| needs.message.keys.contains(&(row.channel, row.thread, row.number)))
        };
        assert!(asked(&image.message) && asked(&image.root), "{}", kind.word());
        let place = needs.channel.keys.len() == 1 && needs.tip.keys.len() == 1;
        // Of a deletion only where it took a pin off.
        assert!(image.channel.is_some() == place || kind == EventKind::MessageDeleted, "{}", kind.word());
        assert_eq!(image.seat.is_some(), !needs.seat.keys.is_empty(), "{}", kind.word());
        assert_eq!(image.member.is_some(), !needs.member.keys.is_empty(), "{}", kind.word());
        assert_eq!(image.workspace.is_some(), !needs.workspace_self.keys.is_empty(), "{}", kind.word());
    }
}

#[test]
fn a_part_of_a_row_that_is_newer_than_its_event_claims_no_more_than_the_event() {
    let town = Town::new();
    let event = Event { position: Position(15), ..town.event(EventKind::MessageSent) };
    let image = Image::of(&event, &town.world);
    let shown = serde_json::to_value(protocol::Event::of(&event, &image)).expect("JSON");
    assert_eq!(shown["image"]["message"]["changed"], 21, "a whole row is as it now is");
    assert_eq!(shown["image"]["root"]["changed"], 15, "what else the root became comes with a later event");
    let left = Event { position: Position(5), ..town.event(EventKind::SeatLeft) };
    let image = Image::of(&left, &town.world);
    let shown = serde_json::to_value(protocol::Event::of(&left, &image)).expect("JSON");
    assert_eq!(shown["image"]["channel"]["changed"], 5, "so does what a channel became, of which one counts");
}
