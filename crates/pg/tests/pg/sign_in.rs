use std::{fs, path::Path, process::Command, sync::Arc};

use pg::{Connection, Dsn, PgError, TlsMode};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::support::{PATIENCE, connect, number, server, until};

const ROLES: &str = "
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wire_scram') THEN
        SET LOCAL password_encryption = 'scram-sha-256';
        CREATE ROLE wire_scram LOGIN PASSWORD 'sécret''s'; CREATE ROLE wire_plain LOGIN PASSWORD 'sécret''s';
        SET LOCAL password_encryption = 'md5';
        CREATE ROLE wire_md5 LOGIN PASSWORD 'sécret''s';
      END IF; END $$";
const RULES: &str = "
    DO $$ DECLARE
      path text := current_setting('hba_file'); old text := pg_read_file(path);
      new text := 'host all wire_scram all scram-sha-256' || chr(10) || 'host all wire_md5 all md5' || chr(10) ||
                  'host all wire_plain all password' || chr(10) || old;
    BEGIN
      IF old NOT LIKE 'host all wire_scram%' THEN
        EXECUTE format('COPY (SELECT regexp_split_to_table(%L, chr(10))) TO %L', new, path);
      END IF; PERFORM pg_reload_conf(); END $$";

fn person(user: &str, password: &str) -> Dsn {
    Dsn { user: user.into(), password: Some(password.into()), database: "postgres".into(), ..server() }
}

async fn sign_in(dsn: &Dsn) -> Result<Connection, PgError> {
    Connection::connect(dsn, "wire tests", PATIENCE).await
}

#[tokio::test]
async fn people_sign_in_by_scram_md5_plain_password_and_trust() {
    let mut admin = connect().await;
    admin.simple(ROLES).await.unwrap();
    admin.simple(RULES).await.unwrap();
    for user in ["wire_scram", "wire_md5", "wire_plain"] {
        let wrong = person(user, "guess");
        until("a wrong password is refused", || async {
            sign_in(&wrong).await.is_err_and(|error| error.code() == Some("28P01"))
        })
        .await;
        let none = Dsn { password: None, ..wrong.clone() };
        assert!(matches!(sign_in(&none).await, Err(PgError::Misuse(why)) if why.contains("password")));
        let mut connection = sign_in(&person(user, "sécret's")).await.unwrap();
        assert_eq!(number(&mut connection, &format!("SELECT (current_user = '{user}')::int")).await, 1);
    }
    assert!(sign_in(&server()).await.is_ok());
}

/// A certificate for `localhost`, and a front of the real server that speaks TLS with it.
async fn encrypted(folder: &Path) -> Dsn {
    let made = Command::new("openssl")
        .args(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
                .split(' '),
        )
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let certificate = CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            tokio::spawn(front(tcp, acceptor.clone()));
        }
    });
    Dsn { host: "localhost".into(), port, ..server() }
}

async fn front(mut tcp: TcpStream, acceptor: TlsAcceptor) -> std::io::Result<()> {
    let mut request = [0; 8];
    tcp.read_exact(&mut request).await?;
    assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47]);
    tcp.write_all(b"S").await?;
    let mut tls = acceptor.accept(tcp).await?;
    let behind = server();
    let mut plain = TcpStream::connect((behind.host, behind.port)).await?;
    copy_bidirectional(&mut tls, &mut plain).await.map(drop)
}

#[tokio::test]
async fn an_encrypted_connection_carries_flights_and_verify_full_asks_who_answers() {
    let folder = tempfile::tempdir().unwrap();
    let dsn = encrypted(folder.path()).await;
    let verify = TlsMode::VerifyFull { roots: folder.path().join("cert.pem") };
    for tls in [TlsMode::Prefer, TlsMode::Require, verify.clone()] {
        let mut connection = sign_in(&Dsn { tls, ..dsn.clone() }).await.unwrap();
        assert_eq!(number(&mut connection, "SELECT length(repeat('x', 3000000))").await, 3_000_000);
    }
    let by_address = Dsn { host: "127.0.0.1".into(), tls: verify, ..dsn.clone() };
    assert!(matches!(sign_in(&by_address).await, Err(PgError::Unreachable(_))));

    let stranger = tempfile::tempdir().unwrap();
    encrypted(stranger.path()).await;
    let other = TlsMode::VerifyFull { roots: stranger.path().join("cert.pem") };
    assert!(matches!(sign_in(&Dsn { tls: other, ..dsn.clone() }).await, Err(PgError::Unreachable(_))));
    fs::write(stranger.path().join("none.pem"), "").unwrap();
    let none = TlsMode::VerifyFull { roots: stranger.path().join("none.pem") };
    assert!(matches!(sign_in(&Dsn { tls: none, ..dsn }).await, Err(PgError::Unreachable(_))));
}

#[tokio::test]
async fn a_server_without_tls_is_used_only_where_that_is_allowed() {
    let mut admin = connect().await;
    assert_eq!(number(&mut admin, "SELECT (current_setting('ssl') = 'off')::int").await, 1);
    assert!(sign_in(&Dsn { tls: TlsMode::Prefer, ..server() }).await.is_ok());
    assert!(sign_in(&Dsn { tls: TlsMode::Disable, ..server() }).await.is_ok());
    assert!(matches!(
        sign_in(&Dsn { tls: TlsMode::Require, ..server() }).await,
        Err(PgError::Unreachable(_))
    ));
}
