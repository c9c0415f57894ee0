//! Starts the binary in a folder of its own, waits for the line it prints, asks it things, stops it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};

use serde_json::Value;

/// The binary, with nothing of this machine's environment but what finds programs.
pub fn rookery(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rookery"));
    command.current_dir(home).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// The same, begun by a program that sets something up for it.
pub fn rookery_by(starter: &[&str], home: &Path) -> Command {
    let mut command = Command::new(starter[0]);
    command.args(&starter[1..]).arg(env!("CARGO_BIN_EXE_rookery"));
    command.current_dir(home).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Runs a command to its end.
pub fn run(home: &Path, args: &[&str]) -> Ran {
    Ran(rookery(home).args(args).output().expect("the binary runs"))
}

pub struct Ran(pub Output);

impl Ran {
    pub fn code(&self) -> i32 {
        self.0.status.code().expect("it ended by itself")
    }

    pub fn said(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("text")
    }

    pub fn complained(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).expect("text")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0.stdout).unwrap_or_else(|_| panic!("not JSON: {}", self.said()))
    }
}

/// A server that printed its line, on free ports.
pub struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub line: String,
}

impl Server {
    pub fn start(home: &Path) -> Server {
        Server::start_with(home, &[])
    }

    pub fn start_with(home: &Path, more: &[&str]) -> Server {
        Server::start_as(rookery(home), more)
    }

    /// By a program that becomes the binary.
    pub fn start_as(mut command: Command, more: &[&str]) -> Server {
        command.env("ROOKERY_METRICS__LISTEN", "127.0.0.1:0");
        command.args(["serve", "--listen", "127.0.0.1:0", "--data", "data"]).args(more);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        if line.is_empty() {
            let mut complaint = String::new();
            child.stderr.take().expect("a pipe").read_to_string(&mut complaint).expect("text");
            panic!("it did not start: {complaint}");
        }
        Server { child, stdout, line: line.trim_end().to_owned() }
    }

    /// What it prints beneath its line the first time.
    pub fn set_up_code(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        line.trim_end().strip_prefix("set-up code: ").expect("the code of the first time").to_owned()
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The host and port of the line people click.
    pub fn address(&self) -> &str {
        self.line.split("http://").nth(1).expect("a URL in the line")
    }

    pub fn get(&self, path: &str) -> Answer {
        get(self.address(), path)
    }

    pub fn ask(&self, request: &str) -> Answer {
        ask(self.address(), request)
    }

    /// JSON there, JSON back.
    pub fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        send(self.address(), method, path, token, body)
    }

    pub fn signal(&self, name: &str) {
        let kill = Command::new("kill").args([&format!("-{name}"), &self.process().to_string()]).status();
        assert!(kill.expect("kill runs").success());
    }

    /// Waits for the end; gives the exit and everything it logged.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let mut log = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut log).expect("text");
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("text");
        let rest = rest.trim_end();
        let code = rest.starts_with("set-up code: ") && !rest.contains('\n');
        assert!(rest.is_empty() || code, "one line on stdout, and the code of the first time: {rest}");
        (self.child.wait().expect("it was started"), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub fn get(address: &str, path: &str) -> Answer {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: rookery\r\nConnection: close\r\n\r\n"))
}

/// JSON there, JSON back.
pub fn send(address: &str, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    let (body, bearer) = (body.to_string(), format!("Authorization: Bearer {token}\r\n"));
    let bearer = if token.is_empty() { "" } else { &bearer };
    ask(
        address,
        &format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: rookery\r\n{bearer}Content-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
    )
}

pub fn ask(address: &str, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(request.as_bytes()).expect("written");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    Answer(text)
}

/// An HTTP answer, whole.
pub struct Answer(pub String);

impl Answer {
    pub fn status(&self) -> u16 {
        self.0
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{}", self.0))
    }

    pub fn json(&self) -> Value {
        let body = self.0.split_once("\r\n\r\n").expect("a body").1;
        serde_json::from_str(body).unwrap_or_else(|_| panic!("not JSON: {body}"))
    }
}
