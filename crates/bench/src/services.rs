//! The real servers some benches need beside them.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

use load::trouble::Trouble;

const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/services");
/// Where a PostgreSQL is, as `scripts/services` says it.
pub const POSTGRES: &str = "ROOKERY_TEST_POSTGRES";

/// Without a PostgreSQL we begin again under the script that brings one, which waits for its disk, and takes it away whatever
/// happens to us.
pub fn begin_again_with_postgres() -> Result<(), Trouble> {
    if env::var_os(POSTGRES).is_some() {
        return Ok(());
    }
    let this = env::current_exe().map_err(Trouble::at("this program"))?;
    let mut again = Command::new(SERVICES);
    again.args(["run", "postgres", "--"]).arg(this).args(env::args_os().skip(1)).env("FSYNC", "on");
    Err(Trouble::at("scripts/services")(again.exec()))
}

/// The answer of the last statement as text, a line a row and `|` between columns.
pub fn ask_postgres(address: &str, statements: &str) -> Result<String, Trouble> {
    let output = Command::new("psql")
        .args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statements, address])
        .output()
        .map_err(Trouble::at("psql"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    Err(Trouble::new(format!("psql: {}", String::from_utf8_lossy(&output.stderr).trim_end())))
}
