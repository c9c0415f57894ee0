//! The door of a process that is nothing but a gateway: the API's rules, read and answered by the cores themselves.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use api::tls::Tls;
use gateway::Limits;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use testkit::phone::masked;
use testkit::{Backend, Ground, Phone, Plaza};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

const UPGRADE: &str = "GET /api/v1/socket HTTP/1.1\r\nHost: rookery\r\nConnection: keep-alive, Upgrade\r\n\
    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

async fn own_door(ground: &Ground, limits: Limits) -> Plaza {
    Plaza::with(ground, limits, Arc::new(live::InProcess::default())).await
}

/// Everything that comes back; of an upgrade its head.
async fn asked(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    // A server that refuses early may be gone before the last byte.
    stream.write_all(bytes).await.ok();
    let (mut all, mut some) = (Vec::new(), [0; 4_096]);
    loop {
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut some)).await;
        match read.expect("it answers or ends") {
            Ok(0) | Err(_) => break,
            Ok(count) => all.extend_from_slice(&some[..count]),
        }
        if all.starts_with(b"HTTP/1.1 101") && all.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// What two doors must agree on: the status, what was agreed for a socket, and the error.
fn gist(answer: &str) -> (String, Vec<String>, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default().split(' ').nth(1).unwrap_or_default().to_owned();
    let agreed = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["sec-websocket", "upgrade:", "x-ratelimit-limit", "content-type"]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    let mut agreed: Vec<String> = lines.filter(agreed).map(str::to_owned).collect();
    agreed.sort();
    let mut error: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    if let Some(error) = error["error"].as_object_mut() {
        error.remove("request_id");
    }
    (status, agreed, error)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_doors_answer_the_same() {
    let ground = Ground::on(Backend::Sqlite).await;
    let plaza = Plaza::on(&ground).await;
    let own = plaza.another_with(Limits::default(), true).await;
    let token = plaza.town.token_of(plaza.town.team.owner).await;
    let ours = "Origin: http://localhost:7665\r\n";
    let without = |line: &str| UPGRADE.replace(line, "");
    for (request, status) in [
        (UPGRADE.to_owned(), "101"),
        (format!("{UPGRADE}Sec-WebSocket-Protocol: chat, rookery.1.json\r\n"), "101"),
        (format!("{UPGRADE}Sec-WebSocket-Protocol: graphql-ws\r\n"), "400"),
        (format!("{UPGRADE}{ours}"), "101"),
        (format!("{UPGRADE}Origin: https://evil.example\r\n"), "403"),
        (format!("{UPGRADE}Origin: null\r\n"), "403"),
        (format!("{UPGRADE}Authorization: Bearer {token}\r\n"), "101"),
        (format!("{UPGRADE}{ours}Cookie: rookery={token}\r\n"), "101"),
        (format!("{UPGRADE}Cookie: rookery={token}\r\n"), "403"),
        (format!("{UPGRADE}{ours}Cookie: rookery={token}\r\nAuthorization: Bearer {token}\r\n"), "400"),
        (without("Upgrade: websocket\r\n"), "426"),
        (UPGRADE.replace("keep-alive, Upgrade", "close"), "426"),
        (UPGRADE.replace("Version: 13", "Version: 8"), "426"),
        (without("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), "426"),
        (UPGRADE.replace("dGhlIHNhbXBsZSBub25jZQ==", "short"), "400"),
        (UPGRADE.replace("GET", "POST"), "405"),
        ("GET /api/v1/sockets HTTP/1.1\r\nHost: rookery\r\nConnection: close\r\n".to_owned(), "404"),
        ("GET /health/live HTTP/1.1\r\nHost: rookery\r\nConnection: close\r\n".to_owned(), "200"),
    ] {
        let here = asked(own.address, format!("{request}\r\n").as_bytes()).await;
        assert_eq!(gist(&here).0, status, "{request}\n{here}");
        // The HTTP server ends with a connection that is no socket only where it is asked to.
        let request = request.replace("keep-alive, Upgrade", "close, Upgrade");
        let there = asked(plaza.address, format!("{request}\r\n").as_bytes()).await;
        assert_eq!(gist(&here), gist(&there), "{request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_told_so_and_nothing_falls() {
    let ground = Ground::with_own_door().await;
    let plaza = own_door(&ground, Limits::default()).await;
    let long = format!("{UPGRADE}Cookie: {}\r\n\r\n", "x".repeat(20_000));
    for (bytes, status) in [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(), "400"),
        (b"\x81\x85\x01\x02\x03\x04\x00", "400"),
        (b"GET\r\n\r\n", "400"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", "400"),
        (b"GET http://elsewhere/ HTTP/1.1\r\n\r\n", "400"),
        (long.as_bytes(), "431"),
    ] {
        let answer = asked(plaza.address, bytes).await;
        let (told, _, error) = gist(&answer);
        assert_eq!(told, status, "{:?}: {answer}", String::from_utf8_lossy(bytes));
        assert!(error["error"]["code"].is_string(), "{answer}");
    }
    plaza.enters(plaza.town.team.owner).await.says(plaza.town.team.general, "still here").await;
    // Whoever knocked has left: nobody holds a place but the one device, which is gone by now.
    while plaza.gateway.sockets() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_a_byte_at_a_time_and_a_hello_behind_it_come_in() {
    let ground = Ground::with_own_door().await;
    let plaza = own_door(&ground, Limits::default()).await;
    let token = plaza.town.token_of(plaza.town.team.owner).await;
    let mut stream = TcpStream::connect(plaza.address).await.expect("it listens");
    stream.set_nodelay(true).expect("a socket");
    let hello = json!({ "hello": { "workspace": plaza.town.team.workspace, "token": token } });
    let mut all = format!("{UPGRADE}\r\n").into_bytes();
    // Nobody should speak before the answer; who does is heard all the same.
    all.extend(masked(0x81, hello.to_string().as_bytes()));
    for byte in all {
        stream.write_all(&[byte]).await.expect("written");
    }
    let (mut heard, mut some) = (Vec::new(), [0; 4_096]);
    while !String::from_utf8_lossy(&heard).contains("{\"at\"") {
        let count = stream.read(&mut some).await.expect("read");
        assert!(count > 0, "{}", String::from_utf8_lossy(&heard));
        heard.extend_from_slice(&some[..count]);
    }
    assert!(heard.starts_with(b"HTTP/1.1 101 Switching Protocols\r\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_end_their_request_is_not_waited_for() {
    let ground = Ground::with_own_door().await;
    let plaza =
        own_door(&ground, Limits { hello_within: Duration::from_millis(300), ..Limits::default() }).await;
    for beginning in [UPGRADE, ""] {
        let answer = asked(plaza.address, beginning.as_bytes()).await;
        assert_eq!(gist(&answer).0, "408", "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_places_there_are_callers_are_told_to_come_back() {
    let ground = Ground::with_own_door().await;
    let plaza = own_door(&ground, Limits { sockets_max: 1, ..Limits::default() }).await;
    let ada = plaza.enters(plaza.town.team.owner).await;
    let answer = asked(plaza.address, format!("{UPGRADE}\r\n").as_bytes()).await;
    let (status, _, error) = gist(&answer);
    assert_eq!((status.as_str(), &error["error"]["code"]), ("503", &json!("busy")));
    drop(ada);
    while plaza.gateway.sockets() > 0 {
        tokio::task::yield_now().await;
    }
    plaza.enters(plaza.town.team.owner).await;
}

fn certificate(folder: &Path) -> (Tls, std::path::PathBuf) {
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-subj", "/CN=rookery", "-addext", "subjectAltName=DNS:rookery", "-days", "2"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-out"])
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (Tls::from_files(&certificate, &key).expect("a certificate and its key"), certificate)
}

/// A port where whatever is said goes on sealed, and the answers come back open.
async fn unsealing(to: SocketAddr, certificate: &Path) -> SocketAddr {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).expect("a certificate")).expect("taken");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let connector = TlsConnector::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut open, _)) = listener.accept().await {
            let connector = connector.clone();
            tokio::spawn(async move {
                let stream = TcpStream::connect(to).await.expect("it listens");
                let name = ServerName::try_from("rookery").expect("a name");
                let mut sealed = connector.connect(name, stream).await.expect("TLS");
                assert_eq!(sealed.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
                tokio::io::copy_bidirectional(&mut open, &mut sealed).await.ok();
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn cores_end_tls_themselves() {
    let ground = Ground::with_own_door().await;
    let plaza = own_door(&ground, Limits::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (tls, certificate) = certificate(folder.path());
    let sealed = plaza.another_sealed(&tls).await;
    let address = unsealing(sealed.address, &certificate).await;
    let team = plaza.town.team;
    let (ada, bob) = (team.owner, plaza.town.welcomes("Bob").await);
    let (ada, bob) = (plaza.town.token_of(ada).await, plaza.town.token_of(bob).await);
    let mut ada = plaza.enters_at(address, &ada, json!({})).await;
    let mut bob = plaza.enters_at(address, &bob, json!({})).await;
    let long = "a tower ".repeat(1_000);
    for text in ["hello", long.trim()] {
        ada.says(team.general, text).await;
        assert_eq!(bob.hears().await, text);
    }
    // Who does not speak TLS there is not answered, and nobody else notices.
    assert!(!asked(sealed.address, format!("{UPGRADE}\r\n").as_bytes()).await.contains("101"));
    assert!(Phone::dial(address, &[("Origin", "https://evil.example")]).await.is_err());
    bob.says(team.general, "still here").await;
}
