use std::process::Command;

use store::pg::Dsn;
use tempfile::TempDir;

/// A primary and a replica of one test's own, to be broken.
pub struct Cluster {
    folder: TempDir,
    pub primary: Dsn,
    pub replica: Dsn,
}

/// Blocks: nothing else of the test goes on meanwhile.
fn services(words: &[&str]) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/services");
    let output = Command::new(script).args(words).output().expect("scripts/services runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {told}");
    String::from_utf8(output.stdout).expect("an address").trim().to_owned()
}

impl Cluster {
    pub fn start() -> Self {
        let folder =
            tempfile::Builder::new().prefix("rookery-cluster.").tempdir_in("/tmp").expect("a folder");
        open_to_all(&folder);
        let (one, two) = (in_(&folder, "primary"), in_(&folder, "replica"));
        let primary = services(&["postgres-primary", &one]).parse().expect("an address");
        let replica = services(&["postgres-replica", &two, &one, "r1"]).parse().expect("an address");
        Self { folder, primary, replica }
    }
    pub fn set(&self, setting: &str, value: &str) {
        services(&["postgres-set", &in_(&self.folder, "primary"), setting, value]);
    }
    pub fn kill_primary(&self) {
        services(&["postgres-stop", &in_(&self.folder, "primary"), "kill"]);
    }
    pub fn promote_replica(&self) {
        services(&["postgres-promote", &in_(&self.folder, "replica")]);
    }
}

fn in_(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_string_lossy().into_owned()
}

/// The servers run as a user of their own.
fn open_to_all(folder: &TempDir) {
    use std::os::unix::fs::PermissionsExt;
    let all = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), all).expect("the folder is ours");
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for server in ["replica", "primary"] {
            services(&["postgres-stop", &in_(&self.folder, server), "immediate"]);
        }
    }
}
