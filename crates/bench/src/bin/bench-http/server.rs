//! The server as people start it: the release binary, an empty folder, one line on its output.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use load::http::Caller;
use load::trouble::Trouble;

pub struct Server {
    child: Child,
    pub address: String,
    /// The code of the first owner.
    pub code: String,
    /// From the start of the process to the first answer.
    pub cold_start: Duration,
    pub data: PathBuf,
}

/// A bench asks more often than anybody may.
const UNLIMITED: [&str; 6] =
    ["ACCOUNT", "ADDRESS", "COSTLY", "SIGN_IN", "SIGN_IN_ACCOUNT", "SIGN_IN_ADDRESS"];

impl Server {
    pub async fn start(binary: &Path, folder: &Path) -> Result<Self, Trouble> {
        let address = free_address().map_err(Trouble::at("a free port"))?;
        let data = folder.join("data");
        let mut command = Command::new(binary);
        command.args(["serve", "--listen", &address, "--data"]).arg(&data);
        command.env("ROOKERY_METRICS__LISTEN", "off").env("ROOKERY_LOG__FILTER", "warn");
        for name in UNLIMITED {
            command.env(format!("ROOKERY_RATES__{name}"), "0");
        }
        let began = Instant::now();
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Trouble::at(format!("starting {}", binary.display())))?;
        let cold_start = first_answer(&address, began).await?;
        let code = code(&mut child)?;
        Ok(Self { child, address, code, cold_start, data })
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn file(&self) -> PathBuf {
        self.data.join("rookery.db")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing of it is read again.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_address() -> std::io::Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.local_addr().map(|address| address.to_string())
}

async fn first_answer(address: &str, began: Instant) -> Result<Duration, Trouble> {
    const PATIENCE: Duration = Duration::from_secs(20);
    const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: rookery\r\n\r\n";
    while began.elapsed() < PATIENCE {
        if let Ok(mut caller) = Caller::connect(address).await
            && let Ok((200, _)) = caller.ask(LIVE).await
        {
            return Ok(began.elapsed());
        }
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    Err(Trouble::new("the server does not answer"))
}

/// `… set-up code: XXXX-XXXX`.
fn code(child: &mut Child) -> Result<String, Trouble> {
    const WORDS: &str = "set-up code: ";
    let output = child.stdout.take().ok_or_else(|| Trouble::new("the server has no output"))?;
    for line in BufReader::new(output).lines() {
        let line = line.map_err(Trouble::at("the server's output"))?;
        if let Some((_, code)) = line.split_once(WORDS) {
            return Ok(code.trim().to_owned());
        }
    }
    Err(Trouble::new("the server printed no set-up code"))
}
