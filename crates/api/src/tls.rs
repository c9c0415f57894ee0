//! TLS with a certificate from files, read again when they change: who renews it does not have to restart anything.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::RwLock;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

/// HTTP/2 where both can.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why TLS cannot be spoken, with the file that is to blame.
#[derive(Debug)]
pub struct Unusable(String);

impl fmt::Display for Unusable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// A certificate with its chain, and its key, as they stand in their files.
#[derive(Clone)]
pub struct Tls {
    shown: Arc<Shown>,
    acceptor: TlsAcceptor,
}

impl Tls {
    /// TLS 1.2 and 1.3. A key that does not belong to its certificate is refused here, not at the first caller.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Tls, Unusable> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        let seen = files.changed_at();
        let shown = Arc::new(Shown(RwLock::new(Current { certified: files.read()?, seen }), files));
        let provider = Arc::new(ring::default_provider());
        let unusable = |error: rustls::Error| Unusable(error.to_string());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_cert_resolver(shown.clone());
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        config.ticketer = ring::Ticketer::new().map_err(unusable)?;
        Ok(Tls { shown, acceptor: TlsAcceptor::from(Arc::new(config)) })
    }

    /// Takes the files as they are now if they changed; the old certificate stays where the new one is of no use.
    pub fn renew(&self) -> Result<bool, Unusable> {
        let Shown(current, files) = &*self.shown;
        let seen = files.changed_at();
        if current.read().seen == seen {
            return Ok(false);
        }
        let certified = files.read()?;
        *current.write() = Current { certified, seen };
        Ok(true)
    }

    /// For a door that speaks nothing but HTTP/1.1. It shows the same certificate, also once that is renewed.
    pub fn of_one_protocol(&self) -> Arc<ServerConfig> {
        let mut config = ServerConfig::clone(self.acceptor.config());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Arc::new(config)
    }

    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| path.metadata().and_then(|file| file.modified()).ok())
    }

    fn read(&self) -> Result<Arc<CertifiedKey>, Unusable> {
        let at = |path: &Path, why: &dyn fmt::Display| Unusable(format!("{}: {why}", path.display()));
        let chain: Vec<_> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(|error| at(&self.certificate, &error))?;
        if chain.is_empty() {
            return Err(at(&self.certificate, &"there is no certificate in it"));
        }
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| at(&self.key, &error))?;
        CertifiedKey::from_der(chain, key, &ring::default_provider())
            .map(Arc::new)
            .map_err(|error| at(&self.key, &error))
    }
}

struct Current {
    certified: Arc<CertifiedKey>,
    seen: [Option<SystemTime>; 2],
}

struct Shown(RwLock<Current>, Files);

impl fmt::Debug for Shown {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a certificate from its files")
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().certified.clone())
    }
}
