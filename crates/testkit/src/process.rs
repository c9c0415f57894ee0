//! A server process with people in it: started, killed outright, started again. What it said before it died counts.

mod talk;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use domain::Key;
use store::pg::Dsn;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub use talk::{Room, Said, open_end, talk};

use crate::ledger::{Ledger, Told};
use crate::team::Team;

/// Where a server keeps its journal.
#[derive(Debug, Clone)]
pub enum Place {
    File(PathBuf),
    Server(Dsn),
}

/// Who talks in a process, and how.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    pub team: Team,
    /// What they say is told apart by it.
    pub name: u64,
    /// None: only what was left open is asked again.
    pub senders: usize,
    /// Between two sends of one person.
    pub pause_ms: u64,
}

/// The program `writer`, running.
pub struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    talk: Talk,
}

impl Process {
    /// Whoever has no answer yet asks first.
    pub async fn start(program: &Path, place: &Place, talk: Talk, ledger: &Ledger) -> Self {
        let mut command = Command::new(program);
        match place {
            Place::File(file) => command.arg("sqlite").arg(file),
            Place::Server(dsn) => command.arg("postgres").arg(words(dsn)),
        };
        let Team { workspace, owner, general } = talk.team;
        command.args([workspace.to_string(), owner.account().to_string(), general.to_string()]);
        command.args([talk.name.to_string(), talk.senders.to_string(), talk.pause_ms.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let stdout = child.stdout.take().expect("a pipe");
        for (text, entry) in ledger.unanswered() {
            // One that dies before it read this is known by its silence.
            drop(
                stdin
                    .write_all(
                        format!(
                            "again {} {text}
",
                            entry.key
                        )
                        .as_bytes(),
                    )
                    .await,
            );
        }
        drop(stdin);
        Self { child, lines: BufReader::new(stdout).lines(), talk }
    }

    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// The next thing it says, noted. `None`: it is dead, and everything it said was heard.
    pub async fn says(&mut self, ledger: &Ledger) -> Option<Said> {
        loop {
            let line = self.lines.next_line().await.ok().flatten()?;
            // The last line of the dead may be half a line.
            if let Some(said) = Said::read(&line) {
                note(&said, &self.talk, ledger);
                return Some(said);
            }
        }
    }

    /// Until so many more were acknowledged; false when it died before.
    pub async fn acknowledges(&mut self, count: usize, ledger: &Ledger) -> bool {
        let mut left = count;
        while left > 0 {
            match self.says(ledger).await {
                Some(Said::Acknowledged { .. }) => left -= 1,
                Some(_) => {}
                None => return false,
            }
        }
        true
    }

    /// SIGKILL: it finishes nothing. What it had said is heard to the end.
    pub async fn kill(mut self, ledger: &Ledger) {
        self.child.start_kill().expect("it is ours to kill");
        while self.says(ledger).await.is_some() {}
        drop(self.child.wait().await);
    }

    /// Until it ends by itself, which one without senders does; true when all went well.
    pub async fn ends(mut self, ledger: &Ledger) -> bool {
        while self.says(ledger).await.is_some() {}
        self.child.wait().await.is_ok_and(|status| status.success())
    }
}

fn note(said: &Said, talk: &Talk, ledger: &Ledger) {
    match said {
        Said::Tried { key, text } => ledger.tries(text, *key, talk.team.workspace, talk.team.general),
        Said::Acknowledged { text, number } => ledger.told(text, Told::Sent(*number)),
        Said::Refused { text, .. } => ledger.told(text, Told::Refused),
        Said::Later { .. } => {}
    }
}

fn words(Dsn { host, port, user, database, .. }: &Dsn) -> String {
    format!("host={host} port={port} user={user} dbname={database}")
}

/// Under which key, and what.
pub type Open = (Key, String);
