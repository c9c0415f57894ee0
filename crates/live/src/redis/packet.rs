//! What nodes say to each other on a channel, as bytes.
//!
//! One byte says the oldest build that can read it, sixteen who says it, one what it is; then it itself. A kind one does not
//! know is skipped. What cannot be read is no more than lost.

use std::sync::Arc;

use domain::{AccountId, ChannelId, Commit, Epoch, Key, Position, WorkspaceId};

use crate::journal::Mark;
use crate::presence::{Change, Face};
use crate::wire;

/// Grows only when older builds would read something wrong, and only after every node reads it.
pub const VERSION: u8 = 1;

/// A commit that is longer than this is not carried: where the journal stands then is said instead.
pub(super) const COMMIT_BYTES_MAX: usize = 1 << 20;

mod kind {
    pub const BEAT: u8 = 0;
    pub const COMMIT: u8 = 1;
    pub const STANDS: u8 = 2;
    pub const WATCHED: u8 = 3;
    pub const CHANGES: u8 = 4;
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Packet {
    /// Somebody is there, and this channel works.
    Beat,
    Commit(Arc<Commit>),
    /// Where journals are at least.
    Stands(Vec<(WorkspaceId, Mark)>),
    /// All heads were looked at; of this channel's, these moved lately.
    Watched(Vec<(WorkspaceId, Mark)>),
    Changes(Vec<Change>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

pub(super) fn encode(node: Key, packet: &Packet) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    out.push(VERSION);
    out.extend(node.0);
    match packet {
        Packet::Beat => out.push(kind::BEAT),
        Packet::Commit(commit) => {
            let body = wire::encode(commit);
            if body.len() > COMMIT_BYTES_MAX {
                out.push(kind::STANDS);
                put_mark(&mut out, commit.workspace, end_of(commit));
            } else {
                out.push(kind::COMMIT);
                out.extend(body);
            }
        }
        Packet::Stands(marks) => put_marks(&mut out, kind::STANDS, marks),
        Packet::Watched(marks) => put_marks(&mut out, kind::WATCHED, marks),
        Packet::Changes(changes) => {
            out.push(kind::CHANGES);
            changes.iter().for_each(|change| put_change(&mut out, change));
        }
    }
    out
}

/// Who says it, and what; nothing where it is of a kind this build does not know.
pub(super) fn decode(bytes: &[u8]) -> Result<(Key, Option<Packet>), Unreadable> {
    let (head, body) = bytes.split_first_chunk::<18>().ok_or(Unreadable)?;
    if head[0] > VERSION {
        return Err(Unreadable);
    }
    let node = Key(std::array::from_fn(|at| head[1 + at]));
    let packet = match head[17] {
        kind::BEAT => Packet::Beat,
        kind::COMMIT => Packet::Commit(Arc::new(wire::decode(body).map_err(|_| Unreadable)?)),
        kind::STANDS => Packet::Stands(marks(body)?),
        kind::WATCHED => Packet::Watched(marks(body)?),
        kind::CHANGES => Packet::Changes(changes(body)?),
        _ => return Ok((node, None)),
    };
    Ok((node, Some(packet)))
}

/// Who says it, of a packet one wrote oneself: no need to read the rest.
pub(super) fn is_of(bytes: &[u8], node: Key) -> bool {
    bytes.get(1..17) == Some(&node.0)
}

fn end_of(commit: &Commit) -> Mark {
    let end = (commit.first.0 + commit.events.len() as u64).saturating_sub(1);
    Mark { epoch: commit.epoch, position: Position(end) }
}

fn put_marks(out: &mut Vec<u8>, kind: u8, marks: &[(WorkspaceId, Mark)]) {
    out.push(kind);
    marks.iter().for_each(|(workspace, mark)| put_mark(out, *workspace, *mark));
}

fn put_mark(out: &mut Vec<u8>, workspace: WorkspaceId, mark: Mark) {
    out.extend(workspace.bytes());
    out.extend(mark.epoch.0.to_be_bytes());
    out.extend(mark.position.0.to_be_bytes());
}

fn marks(body: &[u8]) -> Result<Vec<(WorkspaceId, Mark)>, Unreadable> {
    let (marks, rest) = body.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(Unreadable);
    }
    marks
        .iter()
        .map(|mark| {
            let mut parts = Parts(mark);
            let workspace = WorkspaceId::from_bytes(parts.take()?).map_err(|_| Unreadable)?;
            let (epoch, position) = (Epoch(parts.number()?), Position(parts.number()?));
            Ok((workspace, Mark { epoch, position }))
        })
        .collect()
}

const FACES: [Face; 4] = [Face::Unknown, Face::Off, Face::Away, Face::Here];

fn put_change(out: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Face(workspace, account, face) => {
            out.push(FACES.iter().position(|known| known == face).unwrap_or_default() as u8);
            out.extend(workspace.bytes());
            out.extend(account.bytes());
        }
        Change::Typing(workspace, channel, thread, account) => {
            out.push(TYPING);
            out.extend(workspace.bytes());
            out.extend(account.bytes());
            out.extend(channel.bytes());
            out.extend(thread.to_be_bytes());
        }
    }
}

/// After the faces.
const TYPING: u8 = 4;

fn changes(body: &[u8]) -> Result<Vec<Change>, Unreadable> {
    let (mut parts, mut changes) = (Parts(body), Vec::new());
    while !parts.0.is_empty() {
        let [what] = parts.take()?;
        let workspace = WorkspaceId::from_bytes(parts.take()?).map_err(|_| Unreadable)?;
        let account = AccountId::from_bytes(parts.take()?).map_err(|_| Unreadable)?;
        changes.push(match FACES.get(usize::from(what)) {
            Some(face) => Change::Face(workspace, account, *face),
            None if what == TYPING => {
                let channel = ChannelId::from_bytes(parts.take()?).map_err(|_| Unreadable)?;
                Change::Typing(workspace, channel, parts.number()?, account)
            }
            None => return Err(Unreadable),
        });
    }
    Ok(changes)
}

struct Parts<'a>(&'a [u8]);

impl Parts<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (part, rest) = self.0.split_first_chunk::<N>().ok_or(Unreadable)?;
        self.0 = rest;
        Ok(*part)
    }
    fn number(&mut self) -> Result<u64, Unreadable> {
        self.take().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Stamp;

    fn key(number: u8) -> Key {
        Key::new(Stamp(0), [number; 10])
    }

    fn packets() -> Vec<Packet> {
        let (here, ada, general) = (WorkspaceId::new(key(1)), AccountId::new(key(2)), ChannelId::new(key(3)));
        let mark = Mark { epoch: Epoch(u64::MAX), position: Position(7) };
        let quiet = Commit {
            workspace: here,
            epoch: Epoch(7),
            first: Position(8),
            events: Vec::new(),
            private: Vec::new(),
        };
        vec![
            Packet::Beat,
            Packet::Commit(Arc::new(quiet)),
            Packet::Stands(vec![(here, mark)]),
            Packet::Watched(vec![(here, mark), (WorkspaceId::INSTALLATION, mark)]),
            Packet::Changes(vec![
                Change::Face(here, ada, Face::Away),
                Change::Typing(here, general, 41, ada),
                Change::Face(here, ada, Face::Unknown),
            ]),
        ]
    }

    #[test]
    fn what_is_said_reads_back() {
        for packet in packets() {
            let bytes = encode(key(9), &packet);
            assert!(is_of(&bytes, key(9)) && !is_of(&bytes, key(8)));
            assert_eq!(decode(&bytes), Ok((key(9), Some(packet))));
        }
    }

    #[test]
    fn a_kind_of_the_next_build_is_skipped_and_a_newer_version_is_lost() {
        let mut bytes = encode(key(9), &Packet::Beat);
        bytes[17] = 99;
        bytes.extend([1, 2, 3]);
        assert_eq!(decode(&bytes), Ok((key(9), None)));
        bytes[0] = VERSION + 1;
        assert_eq!(decode(&bytes), Err(Unreadable));
    }

    #[test]
    fn whatever_is_cut_or_flipped_is_unreadable_or_a_packet() {
        for packet in packets() {
            let bytes = encode(key(9), &packet);
            for cut in 0..bytes.len() {
                let _ = decode(&bytes[..cut]);
                for bit in 0..8 {
                    let mut flipped = bytes.clone();
                    flipped[cut] ^= 1 << bit;
                    let _ = decode(&flipped);
                }
            }
        }
    }
}
