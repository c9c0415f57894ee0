//! What goes to one member's own devices.

use serde::Serialize;

/// One private fact as it now is; no value: removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrivateItem {
    pub kind: &'static str,
    pub subject: String,
    pub value: Option<String>,
    pub version: u64,
}
