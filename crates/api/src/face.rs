//! What every handler of `/api/v1` is handed.

use std::sync::Arc;
use std::time::Duration;

use service::Service;

use crate::door::{Cookies, Counting, InProcess, Origins, Rates};

#[derive(Clone)]
pub struct Face(Arc<Inner>);

struct Inner {
    service: Service,
    options: FaceOptions,
}

/// How the face is turned towards the world.
#[derive(Clone)]
pub struct FaceOptions {
    /// Where people reach this server, without a slash at its end.
    pub public_url: String,
    pub origins: Origins,
    /// What this installation is called before sign-in.
    pub name: String,
    pub version: &'static str,
    pub rates: Rates,
    pub counting: Arc<dyn Counting>,
    /// How long a try waits at most where an account is tried too often, from wherever.
    pub slowed_max: Duration,
}

impl FaceOptions {
    /// Reached at this address and no other.
    pub fn at(public_url: &str) -> FaceOptions {
        FaceOptions {
            public_url: public_url.trim_end_matches('/').to_owned(),
            origins: Origins::of(public_url),
            name: "Rookery".to_owned(),
            version: env!("CARGO_PKG_VERSION"),
            rates: Rates::default(),
            counting: Arc::new(InProcess::default()),
            slowed_max: Duration::from_secs(2),
        }
    }
}

impl Face {
    /// As it is on one's own machine.
    pub fn new(service: Service) -> Face {
        Face::with(service, FaceOptions::at("http://localhost:7665"))
    }
    pub fn with(service: Service, options: FaceOptions) -> Face {
        Face(Arc::new(Inner { service, options }))
    }
    pub fn service(&self) -> &Service {
        &self.0.service
    }
    pub fn options(&self) -> &FaceOptions {
        &self.0.options
    }
    /// A place people can go to.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.options.public_url)
    }
    pub(crate) fn origins(&self) -> &Origins {
        &self.0.options.origins
    }
    pub(crate) fn rates(&self) -> &Rates {
        &self.0.options.rates
    }
    pub(crate) fn counting(&self) -> &dyn Counting {
        self.0.options.counting.as_ref()
    }
    pub(crate) fn cookies(&self) -> Cookies {
        Cookies { secure: self.0.options.public_url.starts_with("https://") }
    }
}
