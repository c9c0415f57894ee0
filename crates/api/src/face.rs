//! What every handler of `/api/v1` is handed.

use std::sync::Arc;

use service::Service;

#[derive(Clone)]
pub struct Face(Arc<Inner>);

struct Inner {
    service: Service,
}

impl Face {
    pub fn new(service: Service) -> Face {
        Face(Arc::new(Inner { service }))
    }
    pub fn service(&self) -> &Service {
        &self.0.service
    }
}
