//! Who is in a workspace, what they show of themselves, and how they go.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use protocol::member::{Member, MemberPatch, RoleName, StatusPatch};
use protocol::{AccountId, By, List, Moment, Stamp, Written, time};
use serde::Deserialize;
use service::{Asked, MemberChange, Members, Seen, Status};
use utoipa::IntoParams;

use crate::asked::{Body, Fresh, Inside, Keyed, Paging, named};
use crate::cursor::cursor;
use crate::done::moment;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::{Reading, Writing};
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(members))
        .routes(routes!(member, change, remove))
        .routes(routes!(end_sessions))
}

/// `me`, or an account.
pub fn whom(by: By, text: &str) -> Result<AccountId, Problem> {
    if text == "me" { Ok(by.account) } else { named(text) }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// How a name begins, in whatever case.
    #[param(max_length = 80)]
    prefix: Option<String>,
    #[param(inline)]
    role: Option<RoleName>,
    /// Accounts with commas between them, at most 200; also those who left. No other filter counts beside it.
    ids: Option<String>,
    /// A channel they sit in.
    r#in: Option<String>,
}

const PREFIX_BYTES_MAX: usize = 80;

impl Which {
    fn read(self) -> Result<Asked, Problem> {
        if self.prefix.as_ref().is_some_and(|prefix| prefix.len() > PREFIX_BYTES_MAX || prefix.contains('\0'))
        {
            return Err(Problem::invalid(
                "prefix",
                format!("at most {PREFIX_BYTES_MAX} bytes, without U+0000"),
            ));
        }
        let account = |text: &str| {
            text.parse().map_err(|_| Problem::invalid("ids", "accounts, with commas between them"))
        };
        let ids = self.ids.map(|ids| ids.split(',').filter(|id| !id.is_empty()).map(account).collect());
        let channel = self.r#in.map(|text| text.parse());
        Ok(Asked {
            prefix: self.prefix.filter(|prefix| !prefix.trim().is_empty()),
            role: self.role.map(Into::into),
            ids: ids.transpose()?,
            channel: channel.transpose().map_err(|_| Problem::invalid("in", "a channel's id"))?,
        })
    }
}

/// Members by name, or by account where `in` is asked without a prefix. A page may be short and yet have a `next`. A
/// guest finds whom they share a channel with.
#[utoipa::path(get, path = "/workspaces/{w}/members", tag = "members",
    params(
        ("w" = String, Path),
        Which,
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, max_length = 400),
        ("at_least" = Option<u64>, Query),
        ("epoch" = Option<String>, Query),
    ),
    responses((status = 200, body = Written<List<Member>>), Reading))]
async fn members(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    asked: Result<Query<Which>, QueryRejection>,
    page: Paging,
    Fresh(fresh): Fresh,
) -> Result<Json<Written<List<Member>>>, Problem> {
    let Query(asked) = asked.map_err(|wrong| Problem::invalid("query", wrong.body_text()))?;
    let service = face.service();
    let seen = service.members(by, fresh, asked.read()?, page.after()?, page.limit).await?;
    let Seen { epoch, position, value: Members { items, next } } = seen;
    let now = service.now();
    let items = items.iter().map(|member| Member::of(member, now)).collect();
    let list = List { items, next: next.as_ref().map(cursor) };
    Ok(Json(Written { it: list, at: Moment { epoch, position } }))
}

/// One of them; `me` is the caller. Who left is shown as such.
#[utoipa::path(get, path = "/workspaces/{w}/members/{account}", tag = "members",
    params(
        ("w" = String, Path),
        ("account" = String, Path),
        ("at_least" = Option<u64>, Query),
        ("epoch" = Option<String>, Query),
    ),
    responses((status = 200, body = Written<Member>), Reading))]
async fn member(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, account)): Path<(String, String)>,
    Fresh(fresh): Fresh,
) -> Result<Json<Written<Member>>, Problem> {
    let service = face.service();
    let Seen { epoch, position, value } = service.member(by, fresh, whom(by, &account)?).await?;
    Ok(Json(Written { it: Member::of(&value, service.now()), at: Moment { epoch, position } }))
}

fn until(field: &str, text: &str) -> Result<Stamp, Problem> {
    time::read(text).ok_or_else(|| Problem::invalid(field, "a time is RFC 3339: 2027-01-15T09:00:00Z"))
}

fn status(patch: StatusPatch) -> Result<Status, Problem> {
    let until_us = patch.until.map(|text| until("status.until", &text)).transpose()?;
    Ok(Status { text: patch.text, emoji: patch.emoji, until_us })
}

/// Of oneself, or as an admin. Status and do-not-disturb are one's own.
#[utoipa::path(patch, path = "/workspaces/{w}/members/{account}", tag = "members", request_body = MemberPatch,
    params(("w" = String, Path), ("account" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn change(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, account)): Path<(String, String)>,
    Keyed(key): Keyed,
    Body(patch): Body<MemberPatch>,
) -> Result<Json<Moment>, Problem> {
    let change = MemberChange {
        role: patch.role.map(Into::into),
        name: patch.name,
        title: patch.title.map(Option::unwrap_or_default),
        time_zone: patch.time_zone.map(Option::unwrap_or_default),
        status: patch.status.map(|it| it.map(status).transpose()).transpose()?,
        dnd_until: patch
            .dnd_until
            .map(|it| it.map(|text| until("dnd_until", &text)).transpose())
            .transpose()?,
    };
    Ok(moment(&face.service().change_member(by, key, whom(by, &account)?, change).await?))
}

/// Removes somebody; `me` leaves. The last owner stays.
#[utoipa::path(delete, path = "/workspaces/{w}/members/{account}", tag = "members",
    params(("w" = String, Path), ("account" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn remove(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, account)): Path<(String, String)>,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().remove_member(by, key, whom(by, &account)?, false).await?))
}

/// Who signed in before now must sign in again to enter this workspace; other workspaces notice nothing.
#[utoipa::path(delete, path = "/workspaces/{w}/members/{account}/sessions", tag = "members",
    params(("w" = String, Path), ("account" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Moment), Writing))]
async fn end_sessions(
    State(face): State<Face>,
    Inside { by, .. }: Inside,
    Path((_, account)): Path<(String, String)>,
    Keyed(key): Keyed,
) -> Result<Json<Moment>, Problem> {
    Ok(moment(&face.service().require_sign_in(by, key, whom(by, &account)?).await?))
}
