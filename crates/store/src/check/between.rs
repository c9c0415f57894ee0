//! What directory and shard say of each other. The directory's memberships are derived from the shard's members, so
//! between two databases a moment of difference is no fault: what differs is looked at twice.

use domain::cell::Value;

use super::row::Row;
use super::{Finding, Looker, Wrong};
use crate::port::{Engine, StoreError};

const PAGE: i64 = 500;

pub(super) const NAMES: &[&str] = &[WITHOUT_MEMBER, OFF, WITHOUT_MEMBERSHIP, WITHOUT_JOURNAL];
const WITHOUT_MEMBER: &str = "memberships_without_a_member";
const OFF: &str = "memberships_off_their_member";
const WITHOUT_MEMBERSHIP: &str = "members_without_a_membership";
const WITHOUT_JOURNAL: &str = "workspaces_without_a_journal";

/// Of the workspaces that live on this shard; a negative number stands for all.
const MEMBERSHIPS: &str = "SELECT m.account, m.workspace, m.state FROM membership m
    JOIN workspace w ON w.id = m.workspace
    WHERE (m.account, m.workspace) > ($1, $2) AND (w.shard = $3 OR $3 < 0) AND w.state = 'active'
    ORDER BY m.account, m.workspace LIMIT $4";
const MEMBERSHIP: &str = "SELECT account, state FROM membership WHERE account = $1 AND workspace = $2";
const MEMBER: &str = "SELECT account, state FROM member WHERE account = $1 AND workspace = $2";
const MEMBERS: &str = "SELECT workspace, account, state FROM member
    WHERE (workspace, account) > ($1, $2) ORDER BY workspace, account LIMIT $3";
/// Whom the directory should know: an account in a workspace that is finished.
const KNOWN: &str = "SELECT a.id, w.id FROM account a, workspace w
    WHERE a.id = $1 AND w.id = $2 AND w.state = 'active'";
const PLACES: &str = "SELECT id, state FROM workspace
    WHERE id > $1 AND (shard = $2 OR $2 < 0) AND state = 'active' ORDER BY id LIMIT $3";
const JOURNAL: &str = "SELECT workspace FROM head WHERE workspace = $1";

pub(super) const QUERIES: &[&str] = &[MEMBERSHIPS, MEMBERSHIP, MEMBER, MEMBERS, KNOWN, PLACES, JOURNAL];

/// What the directory and one shard disagree about. No number: this shard holds all workspaces.
pub async fn between(
    directory: &dyn Engine,
    shard: &dyn Engine,
    number: Option<i32>,
) -> Result<Vec<Finding>, StoreError> {
    let (directory, shard) = (Looker::of(directory).await?, Looker::of(shard).await?);
    let number = Value::Int(number.map_or(-1, i64::from));
    let mut findings = places(&directory, &shard, &number).await?;
    findings.extend(memberships(&directory, &shard, &number).await?);
    findings.extend(members(&directory, &shard).await?);
    Ok(findings)
}

async fn places(
    directory: &Looker<'_>,
    shard: &Looker<'_>,
    number: &Value,
) -> Result<Vec<Finding>, StoreError> {
    let (mut wrong, mut after) = (Wrong::of(WITHOUT_JOURNAL), Value::Blob(Vec::new()));
    loop {
        let page = directory.ask(PLACES, vec![after, number.clone(), Value::Int(PAGE)]).await?;
        for row in &page {
            if shard.ask(JOURNAL, vec![row[0].clone()]).await?.is_empty() {
                wrong.add(format!("{} is active in the directory and has no journal", Row(row).id(0)));
            }
        }
        match page.last() {
            Some(last) => after = last[0].clone(),
            None => return Ok(wrong.findings().collect()),
        }
    }
}

async fn memberships(
    directory: &Looker<'_>,
    shard: &Looker<'_>,
    number: &Value,
) -> Result<Vec<Finding>, StoreError> {
    let (mut without, mut off) = (Wrong::of(WITHOUT_MEMBER), Wrong::of(OFF));
    let mut after = [Value::Blob(Vec::new()), Value::Blob(Vec::new())];
    loop {
        let [account, workspace] = after;
        let page =
            directory.ask(MEMBERSHIPS, vec![account, workspace, number.clone(), Value::Int(PAGE)]).await?;
        for row in &page {
            let key = vec![row[0].clone(), row[1].clone()];
            let (who, place) = (Row(row).id(0), Row(row).id(1));
            let mut held = row[2].clone();
            let mut member = state(shard, MEMBER, &key).await?;
            if member.as_ref() != Some(&held) {
                held = state(directory, MEMBERSHIP, &key).await?.unwrap_or(held);
                member = state(shard, MEMBER, &key).await?;
            }
            match member {
                None => without.add(format!("{who} has a membership of {place} and is no member there")),
                Some(member) if member != held => {
                    off.add(format!("{who} in {place}: {held:?} by the directory, {member:?} by the shard"));
                }
                Some(_) => {}
            }
        }
        match page.last() {
            Some(last) => after = [last[0].clone(), last[1].clone()],
            None => return Ok(without.findings().chain(off.findings()).collect()),
        }
    }
}

async fn members(directory: &Looker<'_>, shard: &Looker<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut wrong = Wrong::of(WITHOUT_MEMBERSHIP);
    let mut after = [Value::Blob(Vec::new()), Value::Blob(Vec::new())];
    loop {
        let [workspace, account] = after;
        let page = shard.ask(MEMBERS, vec![workspace, account, Value::Int(PAGE)]).await?;
        let active = page.iter().filter(|row| Row(row).text(2) == "active");
        for row in active {
            let key = vec![row[1].clone(), row[0].clone()];
            let missing = state(directory, MEMBERSHIP, &key).await?.is_none()
                && !directory.ask(KNOWN, key.clone()).await?.is_empty()
                && state(shard, MEMBER, &key).await? == Some(Value::Text("active".into()));
            if missing {
                wrong.add(format!(
                    "{} is a member of {} without a membership",
                    Row(row).id(1),
                    Row(row).id(0)
                ));
            }
        }
        match page.last() {
            Some(last) => after = [last[0].clone(), last[1].clone()],
            None => return Ok(wrong.findings().collect()),
        }
    }
}

async fn state(looker: &Looker<'_>, sql: &'static str, key: &[Value]) -> Result<Option<Value>, StoreError> {
    Ok(looker.ask(sql, key.to_vec()).await?.into_iter().next().and_then(|row| row.into_iter().nth(1)))
}
