//! What moved while somebody was away, and where a part of it ends.

use domain::cell::Json;
use domain::changed::{Followed, Found};
use domain::limits::{CHANGED_CALLS_MAX, CHANGED_CHANNELS_MAX, MENTIONS_UNSEEN_MAX};
use domain::{
    AccountId, Channel, ChannelId, ChannelKind, ChannelProfile, ChannelState, ChannelTip, Holes, Key,
    Position, Replies, Seat, SeatRole, Stamp, WorkspaceId,
};

fn channel(number: u16) -> ChannelId {
    let [high, low] = number.to_be_bytes();
    ChannelId::new(Key::new(Stamp(1_800_000_000_000_000), [0, 0, 0, 0, 0, 0, 0, 0, high, low]))
}

/// A seat, read to 10 of 20, whose channel was last touched at a position.
fn seat(number: u16, role: SeatRole, changed: u64) -> (Seat, ChannelTip, Channel) {
    let (workspace, id) = (WorkspaceId::INSTALLATION, channel(number));
    let account = AccountId::new(Key::new(Stamp(0), [0; 10]));
    let position = Position(changed);
    (
        Seat {
            channel: id,
            account,
            workspace,
            role,
            since: Position(1),
            read_number: 10,
            read_version: 0,
            changed: Position(1),
        },
        ChannelTip {
            workspace,
            channel: id,
            last_number: 20,
            last_us: Stamp(0),
            last_position: position,
            members: 1,
            pins: 0,
            holes: Json(Holes::default()),
        },
        Channel {
            workspace,
            id,
            kind: ChannelKind::Public,
            name: String::new(),
            name_key: None,
            direct_key: None,
            profile: Json(ChannelProfile::default()),
            state: ChannelState::Active,
            hidden: Position(0),
            changed: position,
        },
    )
}

fn thread(number: u16, read: u64, holes: Vec<u64>) -> Followed {
    let replies = Replies { count: 5, holes: Holes(holes), ..Replies::default() };
    Followed { channel: channel(number), thread: 3, read, last_number: 5, replies, mentions: Vec::new() }
}

#[test]
fn an_image_comes_only_where_it_is_newer_and_a_left_seat_is_named_as_left() {
    let found = || Found {
        seats: vec![seat(1, SeatRole::Member, 5), seat(2, SeatRole::Member, 9), seat(3, SeatRole::Left, 9)],
        ..Found::default()
    };
    let part = found().part(Some(Position(7)));
    let images: Vec<_> = part.channels.iter().map(|mine| mine.image.is_some()).collect();
    assert_eq!((images, part.left, part.more), (vec![false, true], vec![channel(3)], None));
    assert!(found().part(None).channels.iter().all(|mine| mine.image.is_some()), "at first all are new");
}

#[test]
fn a_call_counts_once_between_the_mark_and_the_end_and_no_further_than_a_badge_shows() {
    let at = |number| (channel(1), 0, number);
    let named = (0..200).map(|number| at(number % 25)).collect();
    let found = Found {
        seats: vec![seat(1, SeatRole::Member, 5)],
        named,
        shouted: vec![at(12), at(30)],
        ..Found::default()
    };
    assert_eq!(found.part(None).channels[0].mentions, (11..=20).collect::<Vec<_>>());

    let mut long = seat(1, SeatRole::Member, 5);
    long.1.last_number = 1_000;
    let found = Found { seats: vec![long], named: (0..900).map(at).collect(), ..Found::default() };
    assert_eq!(found.part(None).channels[0].mentions.len(), MENTIONS_UNSEEN_MAX as usize);
}

#[test]
fn a_thread_is_told_while_something_in_it_is_unread_but_what_was_deleted() {
    let threads = vec![thread(1, 4, vec![]), thread(2, 4, vec![5]), thread(3, 5, vec![])];
    let found = Found { threads, named: vec![(channel(1), 3, 5)], ..Found::default() };
    let part = found.part(None);
    let told: Vec<_> = part.threads.iter().map(|thread| (thread.channel, thread.mentions.clone())).collect();
    assert_eq!(told, [(channel(1), vec![5])]);
}

#[test]
fn a_part_ends_before_the_channel_where_a_list_was_cut() {
    let calls = CHANGED_CALLS_MAX as usize;
    let named: Vec<_> = (0..calls as u64).map(|at| (channel(if at < 5 { 2 } else { 3 }), 0, 11)).collect();
    let seats = || (1..=4).map(|number| seat(number, SeatRole::Member, 5)).collect::<Vec<_>>();
    let cut = Found {
        seats: seats(),
        named: named.clone(),
        threads: vec![thread(3, 1, vec![])],
        ..Found::default()
    };
    let part = cut.part(None);
    let told: Vec<_> = part.channels.iter().map(|mine| mine.seat.channel).collect();
    assert_eq!((told, part.more), (vec![channel(1), channel(2)], Some(channel(2))));
    assert!(part.threads.is_empty(), "it comes with the next part");

    let alone = Found {
        seats: seats(),
        named: named[5..].iter().cycle().take(calls).copied().collect(),
        ..Found::default()
    };
    assert_eq!(alone.part(None).more, Some(channel(3)), "more than a badge shows is enough");
}

#[test]
fn a_part_has_at_most_so_many_channels_and_goes_on_after_the_last() {
    let most = CHANGED_CHANNELS_MAX as u16;
    let full =
        Found { seats: (1..=most).map(|at| seat(at, SeatRole::Member, 5)).collect(), ..Found::default() };
    let part = full.part(None);
    assert_eq!((part.channels.len(), part.more), (usize::from(most), Some(channel(most))));
}
