//! Rows as JSON, so that an operator who looks can read them: an array a row, bytes in base64 under `b`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::cell::{Value, Values};
use domain::row::Row;
use domain::{Member, Seat};
use serde_json::{Value as Json, json};

use super::as_shown;
use crate::channel_list::Seats;
use crate::member_list::Members;

/// A value as it is kept, and back; none where a build wrote it that puts it otherwise.
pub(crate) trait Remember: Sized {
    fn remember(&self) -> String;
    fn recall(text: &str) -> Option<Self>;
}

fn remembered(row: &impl Row) -> Json {
    let mut cells: Vec<Value> = Vec::new();
    row.put(&mut cells);
    let cells = cells.into_iter().map(|cell| match cell {
        Value::Null => Json::Null,
        Value::Int(number) => json!(number),
        Value::Text(text) => Json::String(text),
        Value::Blob(bytes) => json!({ "b": STANDARD_NO_PAD.encode(bytes) }),
    });
    Json::Array(cells.collect())
}

fn recalled<R: Row>(row: &Json) -> Option<R> {
    let cells: Option<Vec<Value>> = row.as_array()?.iter().map(cell).collect();
    let cells = cells?;
    R::take(&mut Values(cells.iter())).ok()
}

fn cell(cell: &Json) -> Option<Value> {
    match cell {
        Json::Null => Some(Value::Null),
        Json::Number(number) => number.as_i64().map(Value::Int),
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Object(object) => Some(Value::Blob(STANDARD_NO_PAD.decode(object.get("b")?.as_str()?).ok()?)),
        Json::Bool(_) | Json::Array(_) => None,
    }
}

impl Remember for Member {
    fn remember(&self) -> String {
        remembered(&as_shown(self)).to_string()
    }
    fn recall(text: &str) -> Option<Self> {
        recalled(&serde_json::from_str(text).ok()?)
    }
}

impl Remember for Members {
    fn remember(&self) -> String {
        let items: Vec<_> = self.items.iter().map(|member| remembered(&as_shown(member))).collect();
        json!({ "items": items, "next": self.next }).to_string()
    }
    fn recall(text: &str) -> Option<Self> {
        let mut page: Json = serde_json::from_str(text).ok()?;
        let items = page["items"].as_array()?.iter().map(recalled).collect::<Option<_>>()?;
        Some(Self { items, next: serde_json::from_value(page["next"].take()).ok()? })
    }
}

impl Remember for Seats {
    fn remember(&self) -> String {
        let both = |(seat, member): &(Seat, Member)| {
            // How far they read is theirs.
            let seat = Seat { read_number: 0, read_version: 0, ..seat.clone() };
            json!([remembered(&seat), remembered(&as_shown(member))])
        };
        let items: Vec<_> = self.items.iter().map(both).collect();
        json!({ "items": items, "next": self.next.map(|next| next.to_string()) }).to_string()
    }
    fn recall(text: &str) -> Option<Self> {
        let page: Json = serde_json::from_str(text).ok()?;
        let both = |both: &Json| Some((recalled(both.get(0)?)?, recalled(both.get(1)?)?));
        let items = page["items"].as_array()?.iter().map(both).collect::<Option<_>>()?;
        let next = match &page["next"] {
            Json::Null => None,
            next => Some(next.as_str()?.parse().ok()?),
        };
        Some(Self { items, next })
    }
}

#[cfg(test)]
mod tests {
    use domain::cell::Json as Cell;
    use domain::{
        AccountId, ChannelId, Key, MemberProfile, MemberState, Position, Role, SeatRole, Stamp, WorkspaceId,
    };

    use super::*;
    use crate::member_list::After;

    fn ada() -> Member {
        let account = AccountId::new(Key::new(Stamp(1), [7; 10]));
        let profile = MemberProfile::default();
        Member {
            workspace: WorkspaceId::INSTALLATION,
            account,
            role: Role::Owner,
            state: MemberState::Active,
            name: "Ada \u{1f3f0}".to_owned(),
            name_key: "ada".to_owned(),
            profile: Cell(profile),
            private: 41,
            signed_after_us: Stamp(9),
            changed: Position(12),
        }
    }

    #[test]
    fn what_is_remembered_is_what_others_are_shown_and_nothing_more() {
        let shown = as_shown(&ada());
        assert_eq!((shown.private, shown.signed_after_us), (0, Stamp(0)));
        assert_eq!(Member::recall(&ada().remember()), Some(shown.clone()));
        let next = Some(After::Name("ada".to_owned(), ada().account));
        let members = Members { items: vec![ada()], next: next.clone() };
        let again = Members::recall(&members.remember()).expect("it reads");
        assert_eq!((again.items, again.next), (vec![shown.clone()], next));
        let seat = Seat {
            channel: ChannelId::new(Key::new(Stamp(1), [3; 10])),
            account: ada().account,
            workspace: ada().workspace,
            role: SeatRole::Manager,
            since: Position(3),
            read_number: 17,
            read_version: 4,
            changed: Position(3),
        };
        let seats = Seats { items: vec![(seat.clone(), ada())], next: Some(ada().account) };
        let again = Seats::recall(&seats.remember()).expect("it reads");
        let kept = Seat { read_number: 0, read_version: 0, ..seat };
        assert_eq!((again.items, again.next), (vec![(kept, shown)], Some(ada().account)));
    }

    #[test]
    fn what_another_build_wrote_is_nothing_or_what_this_one_knows_of_it() {
        let text = ada().remember();
        let mut row: Json = serde_json::from_str(&text).expect("JSON");
        let cells = row.as_array_mut().expect("an array");
        cells.push(json!("a column of tomorrow"));
        assert!(Member::recall(&row.to_string()).is_some());
        row.as_array_mut().expect("an array").truncate(4);
        assert_eq!(Member::recall(&row.to_string()), None);
        for other in ["", "null", "{}", "[true]", "[[1]]"] {
            assert_eq!(Member::recall(other), None, "{other}");
            assert!(Members::recall(other).is_none() && Seats::recall(other).is_none(), "{other}");
        }
    }
}
