//! What came for a workspace since the last pass: one contiguous buffer, and for each audience the parts of it.

use std::collections::HashMap;
use std::sync::Arc;

use protocol::Position;
use service::live::{Event, Piece};

use crate::wire::Span;

/// Who hears a run; all its events have this one audience, so who may see the first of them may see all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum To {
    /// Who sits at a table.
    Seats(u32),
    /// And who looks at it.
    Open(u32),
    Everyone,
    Members,
}

#[derive(Debug)]
pub(super) struct Line {
    pub span: Span,
    piece: Arc<Piece>,
    at: u32,
}

impl Line {
    pub fn event(&self) -> &Event {
        &self.piece.commit().events[self.at as usize].0
    }
}

#[derive(Debug)]
pub(super) struct Run {
    pub to: To,
    pub lines: Vec<u32>,
    /// The same, neighbours joined.
    pub spans: Vec<Span>,
}

#[derive(Debug, Default)]
pub(super) struct Pass {
    pub bytes: Vec<u8>,
    pub lines: Vec<Line>,
    pub runs: Vec<Run>,
    by_audience: HashMap<To, u32>,
    /// Lines for single sockets: slot and line.
    pub own: Vec<(u32, u32)>,
    /// Lines that are told, where they may be heard, to whom anything else is told.
    pub owed: Vec<u32>,
}

impl Pass {
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A line with its frame; whom it is for is said next.
    pub fn line(&mut self, piece: &Arc<Piece>, at: usize, frame: &[u8]) -> u32 {
        let from = self.bytes.len() as u32;
        self.bytes.extend_from_slice(frame);
        let span = (from, self.bytes.len() as u32);
        self.lines.push(Line { span, piece: Arc::clone(piece), at: at as u32 });
        self.lines.len() as u32 - 1
    }

    pub fn for_all(&mut self, to: To, line: u32) {
        let next = self.runs.len() as u32;
        let run = *self.by_audience.entry(to).or_insert(next);
        if run == next {
            self.runs.push(Run { to, lines: Vec::new(), spans: Vec::new() });
        }
        let run = &mut self.runs[run as usize];
        let (from, end) = self.lines[line as usize].span;
        run.lines.push(line);
        match run.spans.last_mut() {
            Some((_, before)) if *before == from => *before = end,
            _ => run.spans.push((from, end)),
        }
    }

    pub fn for_one(&mut self, slot: u32, line: u32) {
        self.own.push((slot, line));
    }

    /// Where it ends.
    pub fn last(&self) -> Position {
        self.lines.last().map_or(Position(0), |line| line.event().position)
    }

    /// Empty again, its buffers kept unless one storm made them large.
    pub fn clear(&mut self) {
        const KEPT: usize = 256 * 1024;
        self.bytes.clear();
        self.bytes.shrink_to(KEPT);
        self.lines.clear();
        self.runs.clear();
        self.by_audience.clear();
        self.own.clear();
        self.owed.clear();
    }
}
