//! Every table a command may name, listed once; the world, its needs and its changes follow from the list.

use std::collections::{BTreeMap, BTreeSet};

use crate::row::{Find, Index, Row};
use crate::rows::{
    Account, Audit, Channel, ChannelTip, Credential, File, FileShare, Installation, Invitation, Login,
    Member, Membership, Mention, Message, MessagePast, Move, Notification, Picture, Pin, Private, Reaction,
    Receipt, Seat, Shard, Shout, ThreadSeat, WorkspacePlace, WorkspaceSelf,
};

/// What the rows of one table are asked for.
#[derive(Debug, Clone)]
pub struct Asked<R: Row> {
    pub keys: BTreeSet<R::Key>,
    pub finds: Vec<(&'static Index, Find)>,
}

impl<R: Row> Default for Asked<R> {
    fn default() -> Self {
        Self { keys: BTreeSet::new(), finds: Vec::new() }
    }
}

/// One row: as it is stored, and as the accepted commands left it.
#[derive(Debug, Clone)]
pub struct Slot<R> {
    pub stored: Option<R>,
    pub now: Option<R>,
    pub touched: bool,
}

/// The rows of one table that a world knows; a key without a slot was not named.
#[derive(Debug, Clone)]
pub struct Rows<R: Row> {
    pub slots: BTreeMap<R::Key, Slot<R>>,
    pub found: Vec<(&'static Index, Find)>,
}

impl<R: Row> Default for Rows<R> {
    fn default() -> Self {
        Self { slots: BTreeMap::new(), found: Vec::new() }
    }
}

impl<R: Row> Rows<R> {
    /// What was asked for is known from now on, present or not.
    pub fn expect(&mut self, asked: &Asked<R>) {
        for key in &asked.keys {
            self.slots.entry(key.clone()).or_insert(Slot { stored: None, now: None, touched: false });
        }
        self.found.extend(asked.finds.iter().cloned());
    }
    /// A row the database answered with; what is known already is newer.
    pub fn fill(&mut self, row: R) {
        let slot = self.slots.entry(row.key()).or_insert(Slot { stored: None, now: None, touched: false });
        if slot.stored.is_none() && !slot.touched {
            slot.stored = Some(row.clone());
            slot.now = Some(row);
        }
    }
    pub(crate) fn set(&mut self, key: R::Key, row: Option<R>) {
        let slot = self.slots.entry(key).or_insert(Slot { stored: None, now: None, touched: false });
        slot.now = row;
        slot.touched = true;
    }
    pub fn inserted(&self) -> impl Iterator<Item = &R> {
        self.touched().filter(|slot| slot.stored.is_none()).filter_map(|slot| slot.now.as_ref())
    }
    pub fn updated(&self) -> impl Iterator<Item = &R> {
        self.touched()
            .filter(|slot| slot.stored.is_some() && slot.stored != slot.now)
            .filter_map(|slot| slot.now.as_ref())
    }
    pub fn removed(&self) -> impl Iterator<Item = R::Key> {
        self.touched().filter(|slot| slot.now.is_none()).filter_map(|slot| slot.stored.as_ref().map(Row::key))
    }
    fn touched(&self) -> impl Iterator<Item = &Slot<R>> {
        self.slots.values().filter(|slot| slot.touched)
    }
}

/// A new value of a row, or its end.
#[derive(Debug, Clone)]
pub enum Edit<R: Row> {
    Put(R),
    Remove(R::Key),
}

/// A row that commands may name and change.
pub trait InWorld: Row {
    fn asked(needs: &Needs) -> &Asked<Self>;
    fn asked_mut(needs: &mut Needs) -> &mut Asked<Self>;
    fn rows(tables: &Tables) -> &Rows<Self>;
    fn rows_mut(tables: &mut Tables) -> &mut Rows<Self>;
    fn change(edit: Edit<Self>) -> RowChange;
}

/// Work done table by table, in one fixed order.
pub trait EachTable {
    fn table<R: InWorld>(&mut self);
}

macro_rules! tables {
    ($($field:ident: $row:ident),+ $(,)?) => {
        #[derive(Debug, Clone, Default)]
        pub struct Tables { $(pub $field: Rows<$row>),+ }

        /// The rows a command will look at, named before it is judged.
        #[derive(Debug, Clone, Default)]
        pub struct Needs { $(pub $field: Asked<$row>),+ }

        #[derive(Debug, Clone)]
        pub enum RowChange { $($row(Edit<$row>)),+ }

        impl Tables {
            pub(crate) fn apply(&mut self, change: RowChange) {
                match change { $(
                    RowChange::$row(Edit::Put(row)) => self.$field.set(row.key(), Some(row)),
                    RowChange::$row(Edit::Remove(key)) => self.$field.set(key, None),
                )+ }
            }
        }

        $(impl InWorld for $row {
            fn asked(needs: &Needs) -> &Asked<Self> { &needs.$field }
            fn asked_mut(needs: &mut Needs) -> &mut Asked<Self> { &mut needs.$field }
            fn rows(tables: &Tables) -> &Rows<Self> { &tables.$field }
            fn rows_mut(tables: &mut Tables) -> &mut Rows<Self> { &mut tables.$field }
            fn change(edit: Edit<Self>) -> RowChange { RowChange::$row(edit) }
        })+

        pub fn for_each_table(work: &mut impl EachTable) { $(work.table::<$row>();)+ }
    };
}

tables! {
    receipt: Receipt,
    installation: Installation,
    shard: Shard,
    place: WorkspacePlace,
    account: Account,
    login: Login,
    credential: Credential,
    membership: Membership,
    moving: Move,
    workspace_self: WorkspaceSelf,
    invitation: Invitation,
    picture: Picture,
    audit: Audit,
    member: Member,
    channel: Channel,
    tip: ChannelTip,
    seat: Seat,
    message: Message,
    past: MessagePast,
    reaction: Reaction,
    mention: Mention,
    shout: Shout,
    pin: Pin,
    thread_seat: ThreadSeat,
    notification: Notification,
    private: Private,
    file: File,
    file_share: FileShare,
}

impl Needs {
    pub fn row<R: InWorld>(&mut self, key: R::Key) {
        R::asked_mut(self).keys.insert(key);
    }
    /// A unique name, or the first `max` of a range.
    pub fn find<R: InWorld>(&mut self, index: &'static Index, values: Vec<crate::cell::Value>, max: u32) {
        let find = (index, Find { values, max });
        let asked = R::asked_mut(self);
        if !asked.finds.iter().any(|(known, other)| std::ptr::eq(*known, index) && *other == find.1) {
            asked.finds.push(find);
        }
    }
}
