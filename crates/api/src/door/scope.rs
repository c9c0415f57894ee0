//! What a token needs for a request, decided by its method and its route, here for all of them.

use axum::http::Method;
use protocol::AccountId;
use service::Scope;

const INSIDE: &str = "/api/v1/workspaces/{w}";

/// `route` is the pattern a request matched, `path` its own.
pub(crate) fn needed(method: &Method, route: &str, path: &str, own: AccountId) -> Scope {
    let rest = route.strip_prefix(INSIDE);
    if method == Method::GET || method == Method::HEAD {
        return if rest.is_some_and(|rest| rest.starts_with("/audit")) { Scope::Admin } else { Scope::Read };
    }
    match rest {
        None | Some("" | "/archive" | "/restore" | "/picture") => Scope::Admin,
        Some(rest) if rest.starts_with("/invitations") || rest.starts_with("/bots") => Scope::Admin,
        // Leaving is more than a word about oneself.
        Some(rest) if rest.starts_with("/members") => {
            let oneself = is_oneself(path, own) && method != Method::DELETE;
            if oneself { Scope::Write } else { Scope::Admin }
        }
        Some(_) => Scope::Write,
    }
}

fn is_oneself(path: &str, own: AccountId) -> bool {
    let whose = path.split('/').skip_while(|part| *part != "members").nth(1);
    whose.is_some_and(|whose| whose == "me" || whose.parse() == Ok(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "U0000000000000000000000001";

    #[test]
    fn what_a_token_needs_is_said_by_method_and_route() {
        let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
        for (method, route, own, scope) in [
            (&get, "/channels/{c}/messages", "", Scope::Read),
            (&Method::HEAD, "/members", "", Scope::Read),
            (&get, "/audit", "", Scope::Admin),
            (&post, "/channels/{c}/messages", "", Scope::Write),
            (&put, "/channels/{c}/members/{account}", "U1", Scope::Write),
            (&put, "/me/{kind}/{subject}", "", Scope::Write),
            (&Method::PATCH, "", "", Scope::Admin),
            (&post, "/archive", "", Scope::Admin),
            (&post, "/channels/{c}/archive", "", Scope::Write),
            (&post, "/invitations", "", Scope::Admin),
            (&post, "/bots", "", Scope::Admin),
            (&Method::PATCH, "/members/{account}", "U0000000000000000000000002", Scope::Admin),
            (&Method::PATCH, "/members/{account}", OWN, Scope::Write),
            (&put, "/members/{account}/picture", "me", Scope::Write),
            (&delete, "/members/{account}", "me", Scope::Admin),
        ] {
            let path = format!("/api/v1/workspaces/rooks{}", route.replace("{account}", own));
            let needed = needed(method, &format!("{INSIDE}{route}"), &path, OWN.parse().expect("an id"));
            assert_eq!(needed, scope, "{method} {route}");
        }
        assert_eq!(
            needed(&post, "/api/v1/workspaces", "/api/v1/workspaces", OWN.parse().expect("an id")),
            Scope::Admin
        );
    }
}
