use domain::limits::{DRAFT_BYTES_MAX, PRIVATE_BYTES_MAX};
use domain::verbs::{Delete, Keep, PrivateKind, Subject};
use domain::{By, Code, Private, Role};

use crate::stage::Stage;

fn keeps(stage: &mut Stage, by: By, kind: PrivateKind, subject: &str, value: Option<&str>) {
    let keep = Keep::new(kind, subject, value.map(str::to_owned)).expect("well formed");
    assert!(stage.tells(by, &keep).is_empty(), "private: no event");
}

#[test]
fn what_one_keeps_has_a_version_and_what_one_removes_leaves_an_empty_row() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let general = stage.general.to_string();
    keeps(&mut stage, bob, PrivateKind::Draft, &general, Some("\"hel\""));
    keeps(&mut stage, bob, PrivateKind::Draft, &general, Some("\"hello\""));
    keeps(&mut stage, bob, PrivateKind::Star, &general, Some("{}"));
    assert_eq!(stage.member(bob).private, 3);
    keeps(&mut stage, bob, PrivateKind::Draft, &general, None);
    let rows = stage.rows::<Private>();
    let draft = rows.iter().find(|row| row.kind == "draft").expect("the row stays");
    assert_eq!((draft.value.as_deref(), draft.version), (None, 4));
    keeps(&mut stage, bob, PrivateKind::Draft, &general, None);
    keeps(&mut stage, bob, PrivateKind::Mute, &general, None);
    assert_eq!((stage.member(bob).private, stage.rows::<Private>().len()), (4, 2), "nothing to remove");
}

#[test]
fn one_keeps_nothing_of_a_channel_one_may_not_see_and_throws_away_what_one_had() {
    let mut stage = Stage::new();
    let bob = stage.welcomes("Bob", Role::Member);
    let secret = stage.opens(stage.owner, "secret", true).expect("opened").to_string();
    let star = Keep::new(PrivateKind::Star, &secret, Some("{}".into())).expect("well formed");
    assert_eq!(stage.refuses(bob, &star), Code::NotFound);
    keeps(&mut stage, bob, PrivateKind::Star, &secret, None);
    keeps(&mut stage, bob, PrivateKind::Preference, "theme", Some("\"dark\""));
}

fn check(kind: PrivateKind, subject: &str, fits: bool) {
    let read = Subject::read(kind, subject);
    assert_eq!(read.is_ok(), fits, "{} {subject}", kind.word());
    if let Ok(read) = read {
        assert_eq!(read.to_string(), subject, "one way of writing it");
    }
}

#[test]
fn a_subject_is_a_channel_a_message_a_reply_or_a_word_as_its_kind_wants() {
    use PrivateKind::{Draft, Mute, Notify, Preference, Saved, Section, Star};
    let channel = "C0000000000000000000000001";
    let [message, reply] = [format!("{channel}.41"), format!("{channel}.41.7")];
    for (kind, wants) in
        [(Draft, [true, true, false]), (Star, [true, false, false]), (Mute, [true, false, false])]
            .into_iter()
            .chain([(Notify, [true, false, false]), (Saved, [false, true, true]), (Section, [false; 3])])
    {
        for (subject, fits) in [channel, &message, &reply].into_iter().zip(wants) {
            check(kind, subject, fits);
        }
    }
    check(Star, &channel.replace('C', "D"), true);
    check(Notify, "all", true);
    check(Preference, "enter_sends", true);
    for wrong in ["", "C1", "C0000000000000000000000001.", "C0000000000000000000000001.0"] {
        check(Draft, wrong, false);
        check(Section, wrong, false);
    }
    for wrong in ["041", "+41", "-1", "41.7.1", "99999999999999999999", "9223372036854775808"] {
        check(Saved, &format!("{channel}.{wrong}"), false);
    }
}

#[test]
fn a_value_is_json_and_bounded() {
    let channel = "C0000000000000000000000001";
    let code = |kind, value: String| Keep::new(kind, channel, Some(value)).unwrap_err().code;
    assert_eq!(code(PrivateKind::Star, "{".into()), Code::Invalid);
    assert_eq!(code(PrivateKind::Star, format!("\"{}\"", "x".repeat(PRIVATE_BYTES_MAX))), Code::TooLarge);
    assert_eq!(code(PrivateKind::Draft, format!("\"{}\"", "x".repeat(DRAFT_BYTES_MAX))), Code::TooLarge);
    let draft = format!("\"{}\"", "x".repeat(PRIVATE_BYTES_MAX));
    assert!(Keep::new(PrivateKind::Draft, channel, Some(draft)).is_ok());
}

#[test]
fn one_saves_what_is_there_and_throws_away_what_is_gone() {
    let mut stage = Stage::new();
    let (owner, subject) = (stage.owner, format!("{}.1", stage.general));
    let save = Keep::new(PrivateKind::Saved, &subject, Some("{}".into())).expect("well formed");
    assert_eq!(stage.refuses(owner, &save), Code::NotFound);
    stage.says(owner, "worth keeping").expect("said");
    keeps(&mut stage, owner, PrivateKind::Saved, &subject, Some("{}"));
    let delete = Delete { channel: stage.general, thread: 0, number: 1 };
    stage.does(owner, &delete).expect("deleted");
    keeps(&mut stage, owner, PrivateKind::Saved, &subject, None);
    assert_eq!(stage.refuses(owner, &save), Code::NotFound);
}
