//! The ports: ours, somebody else's, or free; and what a server that runs says of itself.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{Finding, PATIENCE};
use crate::config::Config;
use crate::config::kinds::Listen;
use crate::role::Role;

pub async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let opens = config.server.roles.iter().any(|role| matches!(role, Role::Api | Role::Gateway));
    if opens {
        let sealed = config.server.tls.cert.is_some();
        findings.push(port("port", config.server.listen, sealed, "server.listen").await);
    }
    match config.metrics.listen {
        Listen::Off => findings.push(Finding::doubtful(
            "metrics",
            "nobody can read metrics or why health is bad",
            "set metrics.listen to an address only operators reach",
        )),
        Listen::At(address) => {
            if !address.ip().is_loopback() && !is_private(address.ip()) {
                findings.push(Finding::doubtful(
                    "metrics",
                    format!("metrics are read at {address}, perhaps by strangers"),
                    "keep metrics.listen on loopback or a network of your own",
                ));
            }
            findings.push(port("metrics_port", address, false, "metrics.listen").await);
            findings.extend(health(address).await);
        }
    }
    findings
}

async fn port(name: &'static str, listen: SocketAddr, sealed: bool, setting: &str) -> Finding {
    if listen.port() == 0 {
        return Finding::doubtful(
            name,
            "it takes another port at each start",
            format!("set {setting} to one others can know"),
        );
    }
    match TcpListener::bind(listen).await {
        Ok(_) => Finding::well(name, format!("{listen} is free: no server runs there")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            match asked(listen, "/health/live").await {
                Some(answer) if answer.contains("\"status\"") => {
                    Finding::well(name, format!("a Rookery answers at {listen}"))
                }
                // Whether it is ours cannot be told from outside of TLS.
                None | Some(_) if sealed => Finding::well(name, format!("somebody listens at {listen}")),
                _ => Finding::wrong(
                    name,
                    format!("another program has {listen}"),
                    format!("stop it, or choose another address for {setting}"),
                ),
            }
        }
        Err(error) => Finding::wrong(
            name,
            format!("{listen}: {error}"),
            format!("choose an address of this machine for {setting}"),
        ),
    }
}

/// What a server that runs says is the matter, component by component.
async fn health(operators: SocketAddr) -> Vec<Finding> {
    let Some(answer) = asked(operators, "/health").await else { return Vec::new() };
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let Ok(told) = serde_json::from_str::<serde_json::Value>(body) else { return Vec::new() };
    let Some(components) = told["components"].as_object() else { return Vec::new() };
    let each = components.iter().map(|(name, how)| {
        let text = how["why"].as_str().unwrap_or("it does not say why");
        match how["status"].as_str().unwrap_or_default() {
            "ok" => Finding::well("health", format!("{name} is well")),
            "down" => Finding::wrong(
                "health",
                format!("{name}: {text}"),
                format!("bring it back; GET http://{operators}/health says more"),
            ),
            _ => Finding::doubtful(
                "health",
                format!("{name}: {text}"),
                format!("see below; GET http://{operators}/health says more"),
            ),
        }
    });
    each.collect()
}

async fn asked(address: SocketAddr, path: &str) -> Option<String> {
    let at = match address.ip() {
        ip if ip.is_unspecified() => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()),
        _ => address,
    };
    let asked = async {
        const ANSWER_BYTES_MAX: u64 = 64 * 1024;
        let mut stream = TcpStream::connect(at).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer).await.ok()?;
        Some(answer)
    };
    timeout(PATIENCE, asked).await.ok()?
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}
