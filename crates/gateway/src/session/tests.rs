use std::time::Duration;

use protocol::{ChannelId, Stamp, WorkspaceId};
use service::live::{Audience, EventKind};

use super::*;

fn key(number: u8) -> Key {
    Key::new(Stamp(0), [number; 10])
}

fn me() -> Me {
    Me { account: AccountId::new(key(1)), role: Role::Member, may_invite: false }
}

fn event(position: u64, actor: u8) -> Event {
    Event {
        workspace: WorkspaceId::new(key(1)),
        position: Position(position),
        kind: EventKind::MessageSent,
        audience: Audience::Seats,
        at_us: Stamp(0),
        actor: Some(AccountId::new(key(actor))),
        channel: Some(ChannelId::new(key(1))),
        thread: Some(0),
        number: Some(1),
        account: None,
        body: None,
    }
}

struct Stage {
    session: Session,
    now: Instant,
    limits: Limits,
}

impl Stage {
    fn new() -> Self {
        let now = Instant::now();
        Self { session: Session::new(now), now, limits: Limits::default() }
    }
    fn level(at: u64) -> Self {
        let mut stage = Self::new();
        stage.says(r#"{"hello": {"workspace": "rooks"}}"#).expect("a hello");
        stage.session.enter(Epoch(7), Position(at), 0);
        stage
    }
    fn says(&mut self, text: &str) -> Result<Next, GoodbyeCode> {
        self.session.heard(text, self.now, &self.limits)
    }
    fn sends(&mut self) {
        let send = format!(
            r#"{{"send": {{"key": "{}", "channel": "{}", "text": "hi"}}}}"#,
            key(9),
            ChannelId::new(key(1))
        );
        assert!(matches!(self.says(&send), Ok(Next::Ask(Ask::Send(_)))));
    }
    fn turn(&self, event: &Event, holds: bool) -> Turn {
        self.session.turn(&me(), event, holds)
    }
}

#[test]
fn hello_comes_first_and_once() {
    let mut stage = Stage::new();
    assert_eq!(stage.says(r#"{"ping": {}}"#), Err(GoodbyeCode::NoHello));
    assert_eq!(stage.says(r#"{"news": {}}"#), Ok(Next::Nothing), "what is not known is ignored");
    assert!(matches!(stage.says(r#"{"hello": {"workspace": "rooks"}}"#), Ok(Next::Ask(Ask::Enter(_)))));
    assert_eq!(stage.says(r#"{"hello": {"workspace": "rooks"}}"#), Err(GoodbyeCode::Malformed));
    stage.sends();
    assert_eq!(stage.session.stage(), super::Stage::Entering, "what is said meanwhile waits its turn");
}

#[test]
fn who_says_nothing_is_silent_after_a_while_unless_they_said_hello() {
    let mut stage = Stage::new();
    let later = stage.now + Duration::from_secs(11);
    assert!(!stage.session.is_silent(stage.now, &stage.limits));
    assert!(stage.session.is_silent(later, &stage.limits));
    stage.says(r#"{"hello": {"workspace": "rooks"}}"#).expect("a hello");
    assert!(!stage.session.is_silent(later, &stage.limits));
}

#[test]
fn two_seconds_of_frames_may_come_at_once_and_then_as_many_as_are_due() {
    let mut stage = Stage::level(1);
    let count = |stage: &mut Stage| (0..1_000).take_while(|_| stage.says(r#"{"ping": {}}"#).is_ok()).count();
    let at_once = count(&mut stage);
    assert!((195..=200).contains(&at_once), "{at_once}");
    assert_eq!(stage.says(r#"{"ping": {}}"#), Err(GoodbyeCode::TooFast));
    stage.now += Duration::from_secs(1);
    let after_a_second = count(&mut stage);
    assert!((99..=101).contains(&after_a_second), "{after_a_second}");
}

#[test]
fn events_are_told_once_and_only_to_who_is_level() {
    let mut stage = Stage::new();
    assert_eq!(stage.turn(&event(5, 2), false), Turn::Skip);
    stage = Stage::level(5);
    assert_eq!(stage.turn(&event(5, 2), false), Turn::Skip, "it is in what was told");
    assert_eq!(stage.turn(&event(6, 2), false), Turn::Now);
    stage.session.fall_behind();
    assert_eq!(stage.turn(&event(7, 2), false), Turn::Skip);
    assert_eq!(stage.session.rise(), Some(Ask::Level(Epoch(7), Position(5), 0)));
    assert_eq!(stage.session.rise(), None, "asked once");
    stage.session.enter(Epoch(7), Position(9), 3);
    assert_eq!((stage.turn(&event(9, 2), false), stage.turn(&event(10, 2), false)), (Turn::Skip, Turn::Now));
}

#[test]
fn who_fell_behind_rises_once_it_took_what_was_sent_before_and_not_by_another_answer() {
    let mut stage = Stage::level(5);
    assert_eq!((stage.session.waits(), stage.session.answers()), (false, None), "level");
    stage.session.fall_behind();
    assert_eq!(stage.session.answers(), None, "nobody asked it yet");
    assert_eq!([stage.session.waits(), stage.session.waits()], [true, false], "asked once");
    assert_eq!(stage.session.answers(), Some(Ask::Level(Epoch(7), Position(5), 0)));
    assert_eq!(stage.session.answers(), None);
    stage.session.enter(Epoch(7), Position(9), 3);
    stage.session.fall_behind();
    assert_eq!(stage.session.answers(), None, "an answer of the last time");
    assert!(stage.session.waits());
}

#[test]
fn what_an_open_command_may_have_caused_waits_and_all_behind_it() {
    let mut stage = Stage::level(1);
    assert_eq!(stage.turn(&event(2, 1), false), Turn::Now, "nothing is open");
    stage.sends();
    assert_eq!(stage.turn(&event(3, 2), false), Turn::Now, "somebody else's");
    assert_eq!(stage.turn(&event(4, 1), false), Turn::Hold);
    assert_eq!(stage.turn(&event(5, 2), true), Turn::Hold, "behind what waits");
    stage.session.answered(1);
    assert_eq!(stage.turn(&event(6, 1), false), Turn::Now);
}

#[test]
fn the_last_look_of_a_second_counts() {
    let mut stage = Stage::level(1);
    assert!(matches!(stage.says(r#"{"look": {}}"#), Ok(Next::Ask(Ask::Look(..)))));
    let idle = stage.says(r#"{"look": {"idle": true}}"#);
    assert!(matches!(idle, Ok(Next::Later(look)) if look.idle));
    stage.now += Duration::from_secs(2);
    assert!(matches!(stage.says(r#"{"look": {}}"#), Ok(Next::Ask(Ask::Look(..)))));
}

#[test]
fn before_they_are_in_the_last_look_waits_and_nobody_types() {
    let mut stage = Stage::new();
    stage.says(r#"{"hello": {"workspace": "rooks"}}"#).expect("a hello");
    assert!(matches!(stage.says(r#"{"look": {}}"#), Ok(Next::Later(_))));
    stage.now += Duration::from_secs(2);
    assert!(matches!(stage.says(r#"{"look": {"idle": true}}"#), Ok(Next::Later(look)) if look.idle));
    let typing = format!(r#"{{"typing": {{"channel": "{}"}}}}"#, ChannelId::new(key(1)));
    assert_eq!(stage.says(&typing), Ok(Next::Nothing));
    stage.session.enter(Epoch(7), Position(1), 0);
    assert!(matches!(stage.says(r#"{"look": {}}"#), Ok(Next::Ask(Ask::Look(..)))));
    assert!(matches!(stage.says(&typing), Ok(Next::Ask(Ask::Typing(_)))));
    stage.session.fall_behind();
    stage.session.rise().expect("brought level again");
    stage.now += Duration::from_secs(2);
    assert!(matches!(stage.says(&typing), Ok(Next::Ask(Ask::Typing(_)))), "in is in, level or not");
}

#[test]
fn a_body_that_is_wrong_is_refused_under_its_key_or_ends_it() {
    let mut stage = Stage::level(1);
    let wrong = format!(r#"{{"send": {{"key": "{}", "channel": 1}}}}"#, key(9));
    assert!(matches!(stage.says(&wrong), Ok(Next::Refuse { key: refused, .. }) if refused == key(9)));
    assert_eq!(stage.session.unanswered(), 0, "it is answered at once");
    assert_eq!(stage.says(r#"{"mark": {"channel": 1}}"#), Err(GoodbyeCode::Malformed));
    assert_eq!(stage.says("{}"), Err(GoodbyeCode::Malformed));
}
