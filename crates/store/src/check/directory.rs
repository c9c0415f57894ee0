//! The directory: what was begun is finished.

use domain::cell::Kind::Blob;

use super::Rule;
use crate::migrate::Part::Directory;

pub(super) const RULES: &[Rule] = &[Rule {
    name: "workspaces_left_making",
    part: Directory,
    sql: "SELECT id, slug, state FROM workspace WHERE id > $1 ORDER BY id LIMIT $2",
    key: &[Blob],
    page: 1_000,
    exact: None,
    judge: |_, row| {
        let making = row.text(2) == "making";
        making.then(|| {
            format!("{} ({}) was never finished; a server does so when it starts", row.id(0), row.text(1))
        })
    },
}];
