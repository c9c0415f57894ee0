//! The OpenAPI document: what each handler says of itself, and what is true of all of them, said once. Only tests and
//! `make openapi` make it; the server serves what was kept.

use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{KnownFormat, OpenApi, RefOr, Schema, SchemaFormat, Server};
use utoipa::{Modify, OpenApi as _};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Rookery", description = "Team chat that scales itself."),
    components(schemas(protocol::Problem)),
    modifiers(&SignIn),
    security(("token" = []), ("cookie" = []))
)]
struct Document;

/// How one shows who one is, and what the scopes of a token open.
struct SignIn;

impl Modify for SignIn {
    fn modify(&self, document: &mut OpenApi) {
        let words = "A session's or a token's secret, `rk_…`. A token has scopes: `read` for every GET; `write` for messages, \
                     channels and what is one's own; `admin` for members, invitations, bots, the audit and the workspace itself. \
                     No token makes tokens, changes a password or reads sessions.";
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(words)).build();
        let words = "What a sign-in from a page sets (`__Host-rookery` behind TLS). Its writes need the `Origin` of this server.";
        let cookie = ApiKeyValue::with_description("rookery", words);
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// What a name means wherever it stands in a path, a query or a head.
const WORDS: [(&str, &str); 16] = [
    ("w", "The workspace: its id, or its slug."),
    ("c", "The channel's id."),
    ("n", "The message's number in its channel."),
    ("m", "The reply's number in its thread."),
    ("account", "Somebody's id; `me` is who asks."),
    ("emoji", "The character, or `:name:` for the workspace's own."),
    ("code", "The code out of a link."),
    ("id", "Its id."),
    ("digest", "The digest a picture is served by."),
    ("kind", "Which kind of row: `draft`, `star`, `mute`, `notify`, `section`, `preference` or `saved`."),
    ("subject", "What the row is about: a channel, `C….41` a message in it, `C….41.7` a reply."),
    ("limit", "How many at most: 1 to 200, usually 50."),
    ("cursor", "The `next` of the page before; without it the first page."),
    ("at_least", "Not older than this position of `epoch`: what you wrote is what you read."),
    ("epoch", "The history a position belongs to; another one is `409 other_epoch`."),
    (
        "Idempotency-Key",
        "A ULID: the same key means the same command, and answers the same. Made here where absent.",
    ),
];

/// What the handlers say of themselves, in one document.
pub fn document() -> OpenApi {
    let mut document = Document::openapi();
    document.servers = Some(vec![Server::new("/api/v1")]);
    crate::v1::nouns().describe(&mut document);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            finish(operation, method, path);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn finish(operation: &mut Operation, method: &str, path: &str) {
    // A handler is called by its noun's file; the document has no files, so what programs call it is its place.
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    operation.operation_id = Some(std::iter::once(method).chain(words).collect::<Vec<_>>().join("_"));
    let parameters = operation.parameters.iter_mut().flatten();
    parameters.for_each(|parameter| {
        if let RefOr::T(parameter) = parameter {
            explain(parameter);
        }
    });
}

fn explain(parameter: &mut Parameter) {
    let known = WORDS.iter().find(|(name, _)| *name == parameter.name);
    if let (None, Some((_, words))) = (&parameter.description, known) {
        parameter.description = Some((*words).to_owned());
    }
    // A number that is farther than anything there is reads as the farthest.
    if let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema
        && matches!(schema.format, Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
    {
        schema.format = None;
    }
}
