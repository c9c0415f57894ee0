//! TLS by file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use api::server::Door;
use api::tls::Tls;
use axum::http::Version;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::listener;
use crate::spoken::{ask, caller, greeting};

struct Files {
    folder: tempfile::TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

fn files() -> Files {
    let folder = tempfile::tempdir().expect("a folder");
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    make(&certificate, &key);
    Files { folder, certificate, key }
}

fn make(certificate: &Path, key: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-subj", "/CN=rookery", "-addext", "subjectAltName=DNS:rookery", "-days", "2"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-out")
        .arg(certificate)
        .arg("-keyout")
        .arg(key)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

async fn serving(tls: Tls) -> SocketAddr {
    let (listener, address) = listener().await;
    let door = Door { tls: Some(tls), ..Door::default() };
    tokio::spawn(api::server::serve(listener, greeting(), door, std::future::pending()));
    address
}

/// Whoever knows exactly this certificate.
async fn connect(
    address: SocketAddr,
    certificate: &Path,
    protocols: &[&[u8]],
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).expect("a certificate")).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("rookery").expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

#[tokio::test]
async fn both_versions_of_http_are_offered_and_the_caller_takes_one() {
    let files = files();
    let address = serving(Tls::from_files(&files.certificate, &files.key).expect("TLS")).await;
    for tls in [&version::TLS12, &version::TLS13] {
        let stream = connect(address, &files.certificate, &[b"h2", b"http/1.1"], &[tls]).await.expect("TLS");
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let answer = caller(stream).await.send_request(ask("/")).await.expect("an answer");
        assert_eq!(answer.version(), Version::HTTP_2);

        let mut old = connect(address, &files.certificate, &[b"http/1.1"], &[tls]).await.expect("TLS");
        let head = b"GET / HTTP/1.1\r\nHost: rookery\r\nConnection: close\r\n\r\n";
        old.write_all(head).await.expect("written");
        let mut answer = String::new();
        old.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.ends_with("HTTP/1.1"), "{answer}");
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart_and_a_broken_one_is_not() {
    let files = files();
    let tls = Tls::from_files(&files.certificate, &files.key).expect("TLS");
    let address = serving(tls.clone()).await;
    assert!(!tls.renew().expect("nothing new"));

    let first = files.folder.path().join("first.pem");
    std::fs::copy(&files.certificate, &first).expect("a copy");
    make(&files.certificate, &files.key);
    set_later(&files.certificate, 10);
    assert!(tls.renew().expect("a new one"));
    let all = [&version::TLS13];
    connect(address, &first, &[], &all).await.expect_err("the old one is not shown any more");
    connect(address, &files.certificate, &[], &all).await.expect("the new one is");

    let kept = files.folder.path().join("kept.pem");
    std::fs::copy(&files.certificate, &kept).expect("a copy");
    std::fs::write(&files.certificate, "nonsense").expect("written");
    set_later(&files.certificate, 20);
    tls.renew().expect_err("nothing to show");
    connect(address, &kept, &[], &all).await.expect("the last good one stays");
}

/// File systems count time coarsely.
fn set_later(file: &Path, seconds: u64) {
    let file = std::fs::File::options().append(true).open(file).expect("a file");
    let at = file.metadata().and_then(|file| file.modified()).expect("a time") + Duration::from_secs(seconds);
    file.set_modified(at).expect("set");
}

#[test]
fn files_that_do_not_belong_together_or_are_none_are_refused_by_name() {
    let (ours, theirs) = (files(), files());
    let refused = |certificate: &Path, key: &Path| {
        Tls::from_files(certificate, key).err().expect("refused").to_string()
    };
    assert!(refused(&ours.certificate, &theirs.key).contains("key.pem"));
    assert!(refused(&ours.key, &ours.key).contains("no certificate"));
    assert!(refused(Path::new("/nowhere.pem"), &ours.key).contains("/nowhere.pem"));
}

#[tokio::test]
async fn who_speaks_no_tls_is_let_go_and_the_others_are_served() {
    let files = files();
    let address = serving(Tls::from_files(&files.certificate, &files.key).expect("TLS")).await;
    let mut stranger = TcpStream::connect(address).await.expect("a connection");
    stranger.write_all(b"GET / HTTP/1.1\r\nHost: rookery\r\n\r\n").await.expect("written");
    let mut answer = Vec::new();
    stranger.read_to_end(&mut answer).await.ok();
    assert!(!answer.starts_with(b"HTTP"));
    connect(address, &files.certificate, &[], &[&version::TLS13]).await.expect("TLS");
}
