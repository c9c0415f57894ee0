//! Somebody in a workspace and the workspace itself: asked beside whatever of it they read.

use domain::cell::Corrupt;
use domain::row::Row;
use domain::{
    AccountId, By, Epoch, Head, InWorld, Member, Refusal, Stamp, WorkspaceId, WorkspaceSelf, World,
    permission, values,
};
use store::{Answer, Query, Record};

const MEMBERSHIP: &str =
    "SELECT m.workspace, m.account, m.role, m.state, m.name, m.name_key, m.profile, m.private,
        m.signed_after_us, m.changed,
        w.workspace, w.name, w.picture, w.settings, w.state, w.owners, w.members, w.channels, w.changed
    FROM member m JOIN workspace_self w ON w.workspace = m.workspace
    WHERE m.workspace = $1 AND m.account = $2";

pub const QUERIES: &[&str] = &[MEMBERSHIP];

pub fn query(workspace: WorkspaceId, account: AccountId) -> Query {
    Query { sql: MEMBERSHIP, values: values![&workspace, &account] }
}

/// The rows a membership is judged by, as they were in one snapshot.
#[derive(Debug)]
pub struct Rows {
    by: By,
    world: World,
}

impl Rows {
    pub fn of(by: By, answer: &Answer) -> Result<Self, Corrupt> {
        let mut world = World::new(Head::new(by.workspace, Epoch(0)), Stamp(0));
        if let Some(row) = answer.first() {
            let own = Member::COLUMNS.len();
            let (member, itself) = row.split(own)?;
            fill::<Member>(member, &mut world)?;
            fill::<WorkspaceSelf>(itself, &mut world)?;
        }
        Ok(Self { by, world })
    }

    /// Of several, read beside the workspace itself.
    pub fn together(by: By, member: Option<Member>, itself: Option<WorkspaceSelf>) -> Self {
        let mut world = World::new(Head::new(by.workspace, Epoch(0)), Stamp(0));
        member.into_iter().for_each(|row| Member::rows_mut(&mut world.tables).fill(row));
        itself.into_iter().for_each(|row| WorkspaceSelf::rows_mut(&mut world.tables).fill(row));
        Self { by, world }
    }

    /// The same judge as before a write.
    pub fn member(&self) -> Result<&Member, Refusal> {
        permission::member(self.by, &self.world)
    }

    pub fn itself(&self) -> Result<&WorkspaceSelf, Refusal> {
        let itself = self.world.get::<WorkspaceSelf>(&(self.by.workspace,));
        itself.ok_or_else(|| Refusal::not_found("workspace"))
    }
}

fn fill<R: InWorld>(cells: Record<'_>, world: &mut World) -> Result<(), Corrupt> {
    R::rows_mut(&mut world.tables).fill(<R as Row>::take(&mut cells.columns())?);
    Ok(())
}
