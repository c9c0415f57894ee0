//! What somebody may take with them.

use axum::Json;
use axum::extract::State;
use protocol::account::{Account, Session, Token};
use protocol::export::{Export, OwnItem, OwnMessage, OwnRows, OwnSeat};
use protocol::member::Member;
use protocol::{Stamp, time};
use service::{Mark, Utterance, scopes_of};

use crate::asked::Paging;
use crate::caller::InPerson;
use crate::cursor::cursor;
use crate::errors::Problem;
use crate::face::Face;
use crate::refused::Reading;
use crate::routes::{Routes, routes};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(export))
}

/// One's own data, in pages: the account first, then one's own rows, then everything one said.
#[utoipa::path(get, path = "/account/export", tag = "account",
    params(("cursor" = Option<String>, Query, max_length = 400)),
    responses((status = 200, body = Export), Reading))]
async fn export(
    State(face): State<Face>,
    InPerson(who): InPerson,
    page: Paging,
) -> Result<Json<Export>, Problem> {
    let service = face.service();
    let now = service.now();
    let service::Export { person, homes, said, next } = service.export(&who, page.after::<Mark>()?).await?;
    let is_first = person.is_some();
    let mut export = Export {
        account: None,
        sessions: None,
        tokens: None,
        workspaces: (is_first || !homes.is_empty())
            .then(|| homes.into_iter().map(|home| own(home, now)).collect()),
        messages: said.into_iter().map(message).collect(),
        next: next.as_ref().map(cursor),
    };
    if let Some(person) = person {
        export.account = Some(Account::of(&person.account));
        export.sessions = Some(person.sessions.iter().map(|row| Session::of(row, who.credential)).collect());
        export.tokens =
            Some(person.tokens.iter().map(|row| Token::of(row, scopes_of(row).words())).collect());
    }
    Ok(Json(export))
}

fn own(home: service::OwnRows, now: Stamp) -> OwnRows {
    let seats = home.seats.into_iter().map(|seat| OwnSeat {
        id: seat.channel,
        kind: seat.kind.word(),
        name: seat.name,
        role: seat.role.word(),
        read: seat.read_number,
    });
    let kept = home.kept.into_iter().map(|item| OwnItem {
        kind: item.kind,
        subject: item.subject,
        value: serde_json::from_str(&item.value).unwrap_or_default(),
    });
    OwnRows {
        id: home.itself.workspace,
        name: home.itself.name.clone(),
        member: Member::of(&home.member, now),
        channels: seats.collect(),
        kept: kept.collect(),
    }
}

fn message(Utterance { workspace, channel, said }: Utterance) -> OwnMessage {
    OwnMessage {
        workspace,
        channel,
        thread: said.thread,
        number: said.number,
        at: time::of(said.at),
        text: said.text,
        edited: said.edited.map(time::of),
    }
}
