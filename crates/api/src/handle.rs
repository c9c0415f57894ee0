//! A service whose clones are handles to one. Every layer of a router clones what it is put around with each request, and that
//! what it is around: without these a request would copy each layer as often as there are layers outside of it.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;

/// To be put below a layer: `(layer, Handles)`.
#[derive(Clone, Copy)]
pub(crate) struct Handles;

#[derive(Clone)]
pub(crate) struct Handle(Arc<Route>);

impl Layer<Route> for Handles {
    type Service = Handle;
    fn layer(&self, inner: Route) -> Handle {
        Handle(Arc::new(inner))
    }
}

impl Service<Request> for Handle {
    type Response = <Route as Service<Request>>::Response;
    type Error = <Route as Service<Request>>::Error;
    type Future = <Route as Service<Request>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        // A route is always ready.
        Poll::Ready(Ok(()))
    }
    fn call(&mut self, request: Request) -> Self::Future {
        Route::clone(&self.0).call(request)
    }
}
