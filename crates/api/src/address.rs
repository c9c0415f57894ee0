//! Where in a channel a request points: a message of the timeline, or a reply.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use service::Address;
#[cfg(feature = "described")]
use utoipa::openapi::{
    RefOr, Required, Schema,
    path::{ParameterBuilder, ParameterIn},
    schema::{ObjectBuilder, Type},
};

use crate::asked::named;
use crate::errors::Problem;
use crate::face::Face;
use crate::routes::Route;

/// `…/channels/{c}/messages/{n}`, or with `/replies/{m}` the reply of that number.
#[derive(Debug, Clone, Copy)]
pub struct At(pub Address);

impl FromRequestParts<Face> for At {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<At, Problem> {
        let params =
            RawPathParams::from_request_parts(parts, face).await.map_err(|_| Problem::not_found())?;
        let find = |name: &str| params.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        let channel = named(find("c").ok_or_else(Problem::not_found)?)?;
        let root = numbered(find("n").ok_or_else(Problem::not_found)?)?;
        let at = match find("m") {
            None => Address { channel, thread: 0, number: root },
            Some(reply) => Address { channel, thread: root, number: numbered(reply)? },
        };
        Ok(At(at))
    }
}

/// A message's number, written in one way only: 41, never 041 or +41.
fn numbered(text: &str) -> Result<u64, Problem> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number: Option<u64> = text.parse().ok().filter(|number| plain && *number <= NUMBER_MAX);
    number.ok_or_else(Problem::not_found)
}

/// What a database counts to.
pub const NUMBER_MAX: u64 = i64::MAX as u64;

const MESSAGE: &str = "/messages/{n}";
const REPLY: &str = "/messages/{n}/replies/{m}";

/// What can be done to a message can be done to a reply, under its own path.
pub fn of_replies_too(routes: Vec<Route>) -> Vec<Route> {
    let replies: Vec<_> = routes.iter().map(of_a_reply).collect();
    routes.into_iter().chain(replies).collect()
}

fn of_a_reply(route: &Route) -> Route {
    let reply = Route { path: route.path.replacen(MESSAGE, REPLY, 1), ..route.clone() };
    #[cfg(feature = "described")]
    let reply = described(reply);
    reply
}

#[cfg(feature = "described")]
fn described(mut reply: Route) -> Route {
    let operation = &mut reply.said.operation;
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build();
    let parameter = ParameterBuilder::new()
        .name("m")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(RefOr::T(Schema::Object(number))))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
    operation.operation_id = operation.operation_id.take().map(|id| format!("{id}_of_reply"));
    reply
}
