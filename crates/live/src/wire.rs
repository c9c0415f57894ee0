//! A commit as bytes between nodes of different builds.
//!
//! One byte says the oldest build that can read it. What follows are parts: a tag, a length, the bytes. A part one does
//! not know is skipped, columns one does not know are ignored; so a build reads what the next one writes, and what it
//! cannot read is no more than lost on the bus: the journal has it.

mod bytes;

use domain::cell::{Corrupt, Value};
use domain::row::Row;
use domain::verbs::PrivateKind;
use domain::{
    AccountId, Channel, ChannelTip, Commit, Epoch, Event, Image, Member, Message, Position, PrivateItem,
    Seat, WorkspaceId, WorkspaceSelf,
};

use self::bytes::{Reader, Writer};

/// Grows only when older builds would read something wrong, and only after every node reads it.
pub const VERSION: u8 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a commit that cannot be read here: {0}")]
pub struct Unreadable(pub &'static str);

impl From<Corrupt> for Unreadable {
    fn from(Corrupt(why): Corrupt) -> Self {
        Self(why)
    }
}

mod part {
    pub const HEAD: u64 = 1;
    pub const EVENT: u64 = 2;
    pub const PRIVATE: u64 = 3;

    pub const ROW: u64 = 1;
    pub const MESSAGE: u64 = 2;
    pub const ROOT: u64 = 3;
    pub const SHOWN: u64 = 4;
    pub const CHANNEL: u64 = 5;
    pub const TIP: u64 = 6;
    pub const SEAT: u64 = 7;
    pub const MEMBER: u64 = 8;
    pub const WORKSPACE: u64 = 9;
}

pub fn encode(commit: &Commit) -> Vec<u8> {
    let mut out = Writer::new(VERSION);
    out.part(part::HEAD, |out| {
        out.value(&Value::of(&commit.workspace));
        out.value(&Value::of(&commit.epoch));
        out.value(&Value::of(&commit.first));
    });
    for (event, image) in &commit.events {
        out.part(part::EVENT, |out| write_event(out, event, image));
    }
    for (account, version, item) in &commit.private {
        out.part(part::PRIVATE, |out| {
            out.value(&Value::of(account));
            out.value(&Value::of(version));
            out.value(&Value::Text(item.kind.to_owned()));
            out.value(&Value::Text(item.subject.clone()));
            out.value(&Value::of(&item.value));
            out.value(&Value::of(&item.version));
        });
    }
    out.finish()
}

fn write_event(out: &mut Writer, event: &Event, image: &Image) {
    write_row(out, part::ROW, Some(event));
    write_row(out, part::MESSAGE, image.message.as_ref());
    write_row(out, part::ROOT, image.root.as_ref());
    write_row(out, part::SHOWN, image.row.as_ref());
    write_row(out, part::CHANNEL, image.channel.as_ref().map(|(channel, _)| channel));
    write_row(out, part::TIP, image.channel.as_ref().map(|(_, tip)| tip));
    write_row(out, part::SEAT, image.seat.as_ref());
    write_row(out, part::MEMBER, image.member.as_ref());
    write_row(out, part::WORKSPACE, image.workspace.as_ref());
}

fn write_row<R: Row>(out: &mut Writer, tag: u64, row: Option<&R>) {
    if let Some(row) = row {
        out.part(tag, |out| row.put(out));
    }
}

pub fn decode(bytes: &[u8]) -> Result<Commit, Unreadable> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? > VERSION {
        return Err(Unreadable("it is of a newer build"));
    }
    let (mut head, mut events, mut private) = (None, Vec::new(), Vec::new());
    while let Some((tag, mut inside)) = reader.part()? {
        match tag {
            part::HEAD => {
                head = Some((
                    inside.cell::<WorkspaceId>()?,
                    inside.cell::<Epoch>()?,
                    inside.cell::<Position>()?,
                ));
            }
            part::EVENT => events.push(read_event(inside)?),
            part::PRIVATE => private.extend(read_private(inside)?),
            _ => {}
        }
    }
    let (workspace, epoch, first) = head.ok_or(Unreadable("it does not say of where"))?;
    let dense = events.iter().zip(first.0..).all(|((event, _), at)| event.position.0 == at);
    let ours = events.iter().all(|(event, _): &(Event, Image)| event.workspace == workspace);
    if !dense || !ours {
        return Err(Unreadable("its events are not where it says"));
    }
    Ok(Commit { workspace, epoch, first, events, private })
}

fn read_event(mut inside: Reader<'_>) -> Result<(Event, Image), Unreadable> {
    let (mut event, mut image) = (None, Image::default());
    let (mut channel, mut tip) = (None, None);
    while let Some((tag, mut row)) = inside.part()? {
        match tag {
            part::ROW => event = Some(Event::take(&mut row)?),
            part::MESSAGE => image.message = Some(Message::take(&mut row)?),
            part::ROOT => image.root = Some(Message::take(&mut row)?),
            part::SHOWN => image.row = Some(Message::take(&mut row)?),
            part::CHANNEL => channel = Some(Channel::take(&mut row)?),
            part::TIP => tip = Some(ChannelTip::take(&mut row)?),
            part::SEAT => image.seat = Some(Seat::take(&mut row)?),
            part::MEMBER => image.member = Some(Member::take(&mut row)?),
            part::WORKSPACE => image.workspace = Some(WorkspaceSelf::take(&mut row)?),
            _ => {}
        }
    }
    image.channel = channel.zip(tip);
    Ok((event.ok_or(Unreadable("an image without its event"))?, image))
}

/// A kind this build does not know is nobody's business here.
fn read_private(mut inside: Reader<'_>) -> Result<Option<(AccountId, u64, PrivateItem)>, Unreadable> {
    let (account, at) = (inside.cell()?, inside.cell()?);
    let kind: String = inside.cell()?;
    let item = PrivateItem {
        kind: match known(&kind) {
            Some(kind) => kind,
            None => return Ok(None),
        },
        subject: inside.cell()?,
        value: inside.cell()?,
        version: inside.cell()?,
    };
    Ok(Some((account, at, item)))
}

fn known(kind: &str) -> Option<&'static str> {
    let kept = PrivateKind::ALL.iter().map(|kind| kind.word());
    kept.chain(["read", "follow"]).find(|word| *word == kind)
}
