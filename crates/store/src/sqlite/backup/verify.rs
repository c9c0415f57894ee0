//! Whether a copy is worth keeping: the file is sound, the store in it is consistent, and it says where it stands.

use std::path::Path;

use domain::cell::Value;
use domain::{Epoch, Position, WorkspaceId};

use crate::answer::Record;
use crate::check::{Finding, Watch, check};
use crate::migrate::Part;
use crate::port::{Engine, Query, StoreError};
use crate::sqlite::reading::Reading;

/// Where one journal stands in the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalSeen {
    pub workspace: WorkspaceId,
    pub epoch: Epoch,
    pub position: Position,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What the database says of its own pages; nothing when they are sound.
    pub damage: Vec<String>,
    /// What our rules say of the rows; not asked where pages are damaged.
    pub findings: Vec<Finding>,
    pub journals: Vec<JournalSeen>,
}

impl Verified {
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.findings.is_empty()
    }
}

const JOURNALS: &str =
    "SELECT workspace, epoch, position FROM head WHERE workspace > $1 ORDER BY workspace LIMIT 1000";

/// Reads the copy and changes nothing.
pub async fn verify(file: &Path, progress: Watch<'_>) -> Result<Verified, StoreError> {
    let copy = Reading::open(file)?;
    let damage = copy.damage().await?;
    if !damage.is_empty() {
        return Ok(Verified { damage, findings: Vec::new(), journals: Vec::new() });
    }
    let findings = check(&copy, Part::ALL, progress).await?;
    Ok(Verified { damage, findings, journals: journals(&copy).await? })
}

async fn journals(copy: &Reading) -> Result<Vec<JournalSeen>, StoreError> {
    let (mut journals, mut after) = (Vec::new(), Value::Blob(Vec::new()));
    loop {
        let (page, _) = copy.run(&Query { sql: JOURNALS, values: vec![after] }).await?;
        let Some(last) = page.iter().next_back().and_then(|row| row.blob(0)) else { return Ok(journals) };
        after = Value::Blob(last.to_vec());
        journals.extend(page.iter().filter_map(journal));
    }
}

fn journal(row: Record<'_>) -> Option<JournalSeen> {
    let workspace = WorkspaceId::from_bytes(row.blob(0)?.try_into().ok()?).ok()?;
    Some(JournalSeen { workspace, epoch: Epoch(row.int(1)? as u64), position: Position(row.int(2)? as u64) })
}
