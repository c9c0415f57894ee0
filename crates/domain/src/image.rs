//! What an event's rows look like now: sent beside the event, newer by `changed`.

use crate::event::EventKind;
use crate::rows::{Channel, ChannelTip, Event, Member, Message, Seat, WorkspaceSelf};
use crate::tables::{InWorld, Needs};
use crate::world::World;

/// The rows as they are now, each with its `changed`; the receiver keeps the newer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Image {
    pub message: Option<Message>,
    /// Of a reply: what it hangs on.
    pub root: Option<Message>,
    /// Of a reply also shown in the channel: its row there.
    pub row: Option<Message>,
    pub channel: Option<(Channel, ChannelTip)>,
    pub seat: Option<Seat>,
    pub member: Option<Member>,
    pub workspace: Option<WorkspaceSelf>,
}

impl Image {
    /// From the rows the writer has in hand; a row nobody named is left to who repairs.
    pub fn of(event: &Event, world: &World) -> Self {
        let mut image = Self::default();
        match event.kind.code() / 10 {
            0 => image.workspace = known(world, &(event.workspace,)),
            1 => image.member = event.account.and_then(|account| known(world, &(event.workspace, account))),
            // Hidden: gone for everyone without a seat, so nobody is shown what it became.
            2 if event.kind != EventKind::ChannelHidden => image.channel = channel(event, world),
            3 => image.sit(event, world),
            4 | 5 => image.message(event, world),
            _ => {}
        }
        image
    }

    /// The rows it is made of, for who has none in hand. Where else a reply is shown is known once it is read.
    pub fn needs(event: &Event, needs: &mut Needs) {
        let (workspace, kind) = (event.workspace, event.kind);
        let member = |needs: &mut Needs| {
            if let Some(account) = event.account {
                needs.row::<Member>((workspace, account));
            }
        };
        let place = |needs: &mut Needs| {
            if let Some(channel) = event.channel {
                needs.row::<Channel>((workspace, channel));
                needs.row::<ChannelTip>((workspace, channel));
            }
        };
        match kind.code() / 10 {
            0 => needs.row::<WorkspaceSelf>((workspace,)),
            1 => member(needs),
            2 if kind != EventKind::ChannelHidden => place(needs),
            3 => {
                place(needs);
                if let (Some(channel), Some(account), false) =
                    (event.channel, event.account, kind == EventKind::SeatLeft)
                {
                    member(needs);
                    needs.row::<Seat>((channel, account));
                }
            }
            4 | 5 => {
                let (Some(channel), Some(thread), Some(number)) = (event.channel, event.thread, event.number)
                else {
                    return;
                };
                needs.row::<Message>((channel, thread, number));
                if thread > 0 {
                    needs.row::<Message>((channel, 0, thread));
                }
                if matches!(
                    kind,
                    EventKind::MessagePinned | EventKind::MessageUnpinned | EventKind::MessageDeleted
                ) {
                    place(needs);
                }
            }
            _ => {}
        }
    }

    fn sit(&mut self, event: &Event, world: &World) {
        self.channel = channel(event, world);
        // Who left is told of the leaving, not of the seat.
        if let (Some(channel), Some(account), false) =
            (event.channel, event.account, event.kind == EventKind::SeatLeft)
        {
            self.seat = known(world, &(channel, account));
            self.member = known(world, &(event.workspace, account));
        }
    }

    fn message(&mut self, event: &Event, world: &World) {
        let (Some(place), Some(thread), Some(number)) = (event.channel, event.thread, event.number) else {
            return;
        };
        self.message = known(world, &(place, thread, number));
        if thread > 0 {
            self.root = known(world, &(place, 0, thread));
            let shown = self.message.as_ref().and_then(|message| message.extra().in_channel);
            self.row = shown.and_then(|number| known(world, &(place, 0, number)));
        }
        // The count of pins is part of a channel's image, and what is deleted is pinned no longer.
        self.channel = match event.kind {
            EventKind::MessagePinned | EventKind::MessageUnpinned => channel(event, world),
            EventKind::MessageDeleted => {
                channel(event, world).filter(|(row, _)| row.changed >= event.position)
            }
            _ => None,
        };
    }
}

fn known<R: InWorld>(world: &World, key: &R::Key) -> Option<R> {
    R::rows(&world.tables).slots.get(key)?.now.clone()
}

fn channel(event: &Event, world: &World) -> Option<(Channel, ChannelTip)> {
    let key = (event.workspace, event.channel?);
    known(world, &key).zip(known(world, &key))
}
