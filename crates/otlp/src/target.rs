//! Where the collector is, and how one speaks to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::uri::Scheme;
use http::{HeaderValue, Uri};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio_rustls::TlsConnector;

use crate::message::Resource;

/// Where the standard has a collector take traces.
const USUAL_PATH: &str = "/v1/traces";

#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `http://` or `https://`; without a path the usual one is meant.
    pub url: String,
    /// Shown as a bearer's.
    pub token: Option<String>,
    /// Certificates in PEM that are believed instead of those this machine believes.
    pub ca: Option<PathBuf>,
    pub resource: Resource,
}

/// Why there can be no exporter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which setting, as people know it.
    pub what: &'static str,
    pub why: String,
}

pub(crate) struct Target {
    pub host: String,
    pub port: u16,
    /// `Host` of a request.
    pub named: HeaderValue,
    pub path: Uri,
    pub authorization: Option<HeaderValue>,
    pub tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Target {
    pub fn of(settings: &Settings) -> Result<Target, Wrong> {
        let wrong = |what| move |why: String| Wrong { what, why };
        let url: Uri = settings.url.parse().map_err(|_| wrong("endpoint")("this is no address".into()))?;
        let sealed = url.scheme() == Some(&Scheme::HTTPS);
        let authority = url.authority().ok_or_else(|| wrong("endpoint")("it names no host".into()))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let path = url.path_and_query().map_or("/", |path| path.as_str());
        let path = if path == "/" { USUAL_PATH } else { path };
        let tls =
            sealed.then(|| connector(settings.ca.as_deref(), &host)).transpose().map_err(wrong("ca"))?;
        let bearer = settings.token.as_ref().map(|token| {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))?;
            value.set_sensitive(true);
            Ok::<_, http::header::InvalidHeaderValue>(value)
        });
        Ok(Target {
            port: authority.port_u16().unwrap_or(if sealed { 443 } else { 80 }),
            named: HeaderValue::from_str(authority.as_str())
                .map_err(|error| wrong("endpoint")(error.to_string()))?,
            path: path.parse().map_err(|_| wrong("endpoint")("this is no path".into()))?,
            authorization: bearer
                .transpose()
                .map_err(|_| wrong("token")("a header cannot hold it".into()))?,
            host,
            tls,
        })
    }
}

fn connector(ca: Option<&Path>, host: &str) -> Result<(TlsConnector, ServerName<'static>), String> {
    let roots = match ca {
        Some(path) => certificates(path)?,
        None => {
            let mut roots = RootCertStore::empty();
            // One that cannot be read is no reason not to believe the others.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            roots
        }
    };
    if roots.is_empty() {
        return Err("there is no certificate to believe".into());
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}

fn certificates(path: &Path) -> Result<RootCertStore, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))? {
        let certificate = certificate.map_err(|error| wrong(&error))?;
        roots.add(certificate).map_err(|error| wrong(&error))?;
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: Result<(&str, u16, &str, &str), &str>) {
        let target = Target::of(&Settings { url: url.into(), ..Settings::default() });
        let found = target.as_ref().map_or_else(
            |wrong| Err(wrong.why.as_str()),
            |to| Ok((to.host.as_str(), to.port, to.named.to_str().expect("text"), to.path.path())),
        );
        assert_eq!(found, expected, "{url}");
    }

    #[test]
    fn an_address_says_where_and_the_standard_says_the_rest() {
        check("http://127.0.0.1:4318", Ok(("127.0.0.1", 4318, "127.0.0.1:4318", "/v1/traces")));
        check("http://[::1]:4318/", Ok(("::1", 4318, "[::1]:4318", "/v1/traces")));
        check(
            "http://apm.example.org/intake/traces",
            Ok(("apm.example.org", 80, "apm.example.org", "/intake/traces")),
        );
        check("nonsense here", Err("this is no address"));
        check("/v1/traces", Err("it names no host"));
    }

    #[test]
    fn a_token_nobody_can_say_and_a_certificate_that_is_none_are_named() {
        let settings =
            Settings { url: "http://a".into(), token: Some("two\nlines".into()), ..Settings::default() };
        assert_eq!(Target::of(&settings).err().map(|wrong| wrong.what), Some("token"));
        let ca = Some("/dev/null".into());
        let settings = Settings { url: "https://a".into(), ca, ..Settings::default() };
        assert_eq!(Target::of(&settings).err().map(|wrong| wrong.what), Some("ca"));
    }
}
