//! The certificate, where we end TLS: whether it can be used, and for how long.

use std::path::Path;
use std::time::{Duration, SystemTime};

use api::tls::Tls;
use x509_cert::Certificate;
use x509_cert::der::{DecodePem, Encode};

use super::{Finding, now};
use crate::config::Config;

const NAME: &str = "tls";
const SOON: Duration = Duration::from_hours(14 * 24);

pub fn examine(config: &Config) -> Option<Finding> {
    let (certificate, key) = config.server.tls.cert.as_ref().zip(config.server.tls.key.as_ref())?;
    if let Err(why) = Tls::from_files(certificate, key) {
        return Some(Finding::wrong(
            NAME,
            why.to_string(),
            "name a certificate with its chain and its own key, both in PEM",
        ));
    }
    Some(match until(certificate) {
        Some(until) => judged(certificate, until, now()),
        None => Finding::away(
            NAME,
            format!("{}: how long it is good cannot be read", certificate.display()),
            "look with openssl x509 -enddate",
        ),
    })
}

/// Of the first certificate of a file: ours, before those that vouch for it.
fn until(file: &Path) -> Option<SystemTime> {
    const END: &str = "-----END CERTIFICATE-----";
    let text = std::fs::read_to_string(file).ok()?;
    let first = &text[..text.find(END)? + END.len()];
    let begin = first.find("-----BEGIN CERTIFICATE-----")?;
    let certificate = Certificate::from_pem(&first[begin..]).ok()?;
    certificate.to_der().ok()?;
    let until = certificate.tbs_certificate.validity.not_after.to_unix_duration();
    Some(SystemTime::UNIX_EPOCH + until)
}

fn judged(file: &Path, until: SystemTime, now: SystemTime) -> Finding {
    let days = |left: Duration| left.as_secs() / 86_400;
    let renew = "renew it and replace its files: they are taken within half a minute, without a restart";
    match until.duration_since(now) {
        Err(_) => Finding::wrong(NAME, format!("{} is good no longer", file.display()), renew),
        Ok(left) if left < SOON => {
            Finding::doubtful(NAME, format!("{} is good for {} days more", file.display(), days(left)), renew)
        }
        Ok(left) => Finding::well(NAME, format!("{} is good for {} days more", file.display(), days(left))),
    }
}
