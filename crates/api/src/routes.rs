//! The routes of every noun. Where the document is made of them (tests, `make openapi`) each brings what its handler says
//! of itself; the server serves the copy that was kept, and carries none of what made it.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa::openapi::HttpMethod;
#[cfg(feature = "described")]
use utoipa::openapi::{OpenApi, RefOr, Schema, path::Operation};
use utoipa_axum::PathItemExt;

use crate::face::Face;

#[derive(Default)]
pub struct Routes {
    router: Router<Face>,
    #[cfg(feature = "described")]
    said: Vec<Route>,
}

/// One handler, where it is, and by which methods it is called.
#[derive(Clone)]
pub struct Route {
    pub path: String,
    pub router: MethodRouter<Face>,
    #[cfg(feature = "described")]
    pub said: Said,
}

/// What a handler says of itself.
#[cfg(feature = "described")]
#[derive(Clone)]
pub struct Said {
    pub methods: Vec<HttpMethod>,
    pub operation: Operation,
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

/// The handlers of a path or of several, each with the path and the method it says of itself.
macro_rules! routes {
    ($($handler:path),+ $(,)?) => {
        ::utoipa_axum::paste! {
            vec![$({
                let methods = ::utoipa_axum::routes!(@path [methods()] of $handler);
                $crate::routes::Route {
                    path: ::utoipa_axum::routes!(@path [path()] of $handler),
                    router: $crate::routes::answered(&methods, $handler),
                    #[cfg(feature = "described")]
                    said: {
                        let mut schemas = Vec::new();
                        ::utoipa_axum::routes!(@path [schemas(&mut schemas)] of $handler);
                        let mut operation = ::utoipa_axum::routes!(@path [operation()] of $handler);
                        let tags = ::utoipa_axum::routes!(@path [tags()] of $handler);
                        operation.tags.get_or_insert_default().extend(tags.iter().map(ToString::to_string));
                        $crate::routes::Said { methods, operation, schemas }
                    },
                }
            }),+]
        }
    };
}
pub(crate) use routes;

pub fn answered<H: Handler<T, Face>, T: 'static>(methods: &[HttpMethod], handler: H) -> MethodRouter<Face> {
    methods
        .iter()
        .fold(MethodRouter::new(), |router, method| router.on(method.to_method_filter(), handler.clone()))
}

impl Routes {
    pub fn new() -> Routes {
        Routes::default()
    }

    pub fn routes(mut self, routes: Vec<Route>) -> Routes {
        for route in routes {
            self.router = self.router.route(&route.path, route.router.clone());
            #[cfg(feature = "described")]
            self.said.push(route);
        }
        self
    }

    pub fn merge(mut self, other: Routes) -> Routes {
        self.router = self.router.merge(other.router);
        #[cfg(feature = "described")]
        self.said.extend(other.said);
        self
    }

    pub fn into_router(self) -> Router<Face> {
        self.router
    }

    /// Adds what every handler says of itself.
    #[cfg(feature = "described")]
    pub fn describe(self, document: &mut OpenApi) {
        use utoipa::openapi::path::Paths;

        let mut paths = Paths::new();
        let components = document.components.get_or_insert_default();
        for Route { path, said, .. } in self.said {
            paths.add_path_operation(path, said.methods, said.operation);
            components.schemas.extend(said.schemas);
        }
        document.paths = paths;
    }
}
