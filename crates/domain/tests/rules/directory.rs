use domain::EventKind::{AccountCreated, MembershipChanged, SessionsEnded};
use domain::limits::{SESSIONS_MAX, TOKENS_MAX, WORKSPACES_MAX};
use domain::text::{Name, Slug};
use domain::verbs::{
    BeginCredential, ChangePassword, CloseAccount, CreateAccount, EndCredential, EndCredentials, Making,
    Place, SyncMembership, Touch,
};
use domain::{
    Account, AccountId, AccountState, By, Code, Credential, CredentialKind, Key, Membership, MembershipState,
    Position, Stamp, WorkspaceId,
};

use crate::stage::Stage;

/// Somebody with an account, in the directory.
fn person(stage: &mut Stage, email: &str) -> By {
    let by = By::new(WorkspaceId::INSTALLATION, AccountId::new(stage.key()));
    assert_eq!(stage.tells(by, &account(by.account, email)), [AccountCreated]);
    by
}
fn account(id: AccountId, email: &str) -> CreateAccount {
    let name = Name::new("Dora").expect("a name");
    CreateAccount { id, name, email_key: Some(email.into()), password: Some("old".into()), owner: None }
}
fn begin(stage: &mut Stage, by: By, kind: CredentialKind) -> BeginCredential {
    let id = stage.key();
    BeginCredential {
        hash: id.0.to_vec(),
        id,
        account: by.account,
        kind,
        workspace: None,
        scopes: String::new(),
        label: "phone".into(),
        agent: String::new(),
        address: "::1".into(),
        expires_us: None,
    }
}
fn begins(stage: &mut Stage, by: By, kind: CredentialKind) -> Key {
    let begin = begin(stage, by, kind);
    stage.does(by, &begin).expect("begun");
    begin.id
}
fn live(stage: &Stage) -> Vec<Key> {
    let rows = stage.rows::<Credential>().into_iter();
    rows.filter(|row| row.revoked_us.is_none()).map(|row| row.id).collect()
}

#[test]
fn an_address_opens_one_account() {
    let mut stage = Stage::directory();
    let dora = person(&mut stage, "dora@example.org");
    let again = account(AccountId::new(stage.key()), "dora@example.org");
    assert_eq!(stage.refuses(dora, &again), Code::Conflict);
    assert!(stage.tells(dora, &account(dora.account, "dora@example.org")).is_empty(), "asked again");
    let bot = CreateAccount { email_key: None, owner: Some(dora.account), ..account(again.id, "") };
    stage.does(dora, &bot).expect("a bot");
    let neither = CreateAccount { email_key: None, ..account(AccountId::new(stage.key()), "") };
    assert_eq!(stage.refuses(dora, &neither), Code::Invalid);
}

#[test]
fn a_new_password_ends_every_other_session_and_no_token() {
    let mut stage = Stage::directory();
    let dora = person(&mut stage, "dora@example.org");
    let [here, there] = [(); 2].map(|()| begins(&mut stage, dora, CredentialKind::Session));
    let token = begins(&mut stage, dora, CredentialKind::Token);
    let change = |was: &str| ChangePassword {
        password: "new".into(),
        was: Some(was.into()),
        stays: Some(here),
        link: None,
    };
    assert_eq!(stage.refuses(dora, &change("older")), Code::Conflict, "changed while it was compared");
    assert_eq!(stage.tells(dora, &change("old")), [SessionsEnded]);
    assert_eq!(stage.told().body, Some(format!("[\"{there}\"]")));
    assert_eq!(live(&stage), [here, token]);
    let mut digest = Vec::new();
    domain::Command::digest(&change("old"), &mut |bytes| digest.extend_from_slice(bytes));
    assert!(!String::from_utf8_lossy(&digest).contains("new"), "no secret in a digest");
}

#[test]
fn a_link_opens_a_new_password_once_and_the_newest_link_is_the_one() {
    let mut stage = Stage::directory();
    let dora = person(&mut stage, "dora@example.org");
    begins(&mut stage, dora, CredentialKind::Session);
    let first = begins(&mut stage, dora, CredentialKind::Link);
    let second = begins(&mut stage, dora, CredentialKind::Link);
    let by_link = |link: Key| ChangePassword {
        password: "new".into(),
        was: None,
        stays: None,
        link: Some(link.0.to_vec()),
    };
    assert_eq!(stage.refuses(dora, &by_link(first)), Code::NotFound);
    stage.does(dora, &by_link(second)).expect("opened");
    assert!(live(&stage).is_empty(), "every session ended, and the link");
    assert_eq!(stage.refuses(dora, &by_link(second)), Code::NotFound, "once");
    let other = person(&mut stage, "eve@example.org");
    let theirs = begins(&mut stage, other, CredentialKind::Link);
    assert_eq!(stage.refuses(dora, &by_link(theirs)), Code::NotFound, "somebody else's");
}

#[test]
fn tokens_are_few_and_the_oldest_session_makes_room() {
    let mut stage = Stage::directory();
    let dora = person(&mut stage, "dora@example.org");
    for _ in 0..TOKENS_MAX {
        begins(&mut stage, dora, CredentialKind::Token);
    }
    let one_more = begin(&mut stage, dora, CredentialKind::Token);
    assert_eq!(stage.refuses(dora, &one_more), Code::Conflict);
    for _ in 0..SESSIONS_MAX + 5 {
        stage.clock = stage.clock.plus(Stamp::SECOND);
        begins(&mut stage, dora, CredentialKind::Session);
    }
    assert_eq!(live(&stage).len(), TOKENS_MAX + SESSIONS_MAX);
    assert!(stage.rows::<Credential>().len() <= TOKENS_MAX + SESSIONS_MAX + 1, "dead rows are swept");
}

#[test]
fn one_ends_ones_own_sessions_and_an_operator_anybodys() {
    let mut stage = Stage::directory();
    let [dora, eve] = ["dora@example.org", "eve@example.org"].map(|email| person(&mut stage, email));
    let session = begins(&mut stage, dora, CredentialKind::Session);
    assert_eq!(stage.refuses(eve, &EndCredential { id: session }), Code::NotFound);
    assert_eq!(stage.tells(dora, &EndCredential { id: session }), [SessionsEnded]);
    assert!(stage.tells(dora, &EndCredential { id: session }).is_empty(), "ended already");
    begins(&mut stage, dora, CredentialKind::Session);
    begins(&mut stage, dora, CredentialKind::Token);
    let all = EndCredentials { account: dora.account, stays: None, tokens: true };
    assert_eq!(stage.refuses(eve, &all), Code::NotFound);
    let row: Account = stage.row(&(eve.account,)).expect("an account");
    stage.set(Account { operator: true, ..row });
    stage.does(eve, &all).expect("an operator");
    assert!(live(&stage).is_empty());
}

#[test]
fn a_session_in_use_is_noted_seldom_and_one_forgotten_is_over() {
    let mut stage = Stage::directory();
    let dora = person(&mut stage, "dora@example.org");
    let id = begins(&mut stage, dora, CredentialKind::Session);
    let row = |stage: &Stage| stage.row::<Credential>(&(id.0.to_vec(),)).expect("a session");
    let touch = Touch { hash: id.0.to_vec(), address: "::2".into() };
    let begun = row(&stage).seen_us;
    stage.does(dora, &touch).expect("touched");
    assert_eq!(row(&stage).seen_us, begun, "just now");
    stage.clock = stage.clock.plus(Stamp::HOUR);
    assert!(stage.tells(dora, &touch).is_empty());
    assert_eq!((row(&stage).seen_us, row(&stage).address.as_str()), (stage.clock, "::2"));
    assert!(row(&stage).is_live_at(stage.clock.plus(29 * 24 * Stamp::HOUR)));
    assert!(!row(&stage).is_live_at(stage.clock.plus(30 * 24 * Stamp::HOUR)));
}

#[test]
fn a_closed_account_has_no_name_no_address_and_nothing_that_opens_it() {
    let mut stage = Stage::directory();
    let dora = person(&mut stage, "dora@example.org");
    begins(&mut stage, dora, CredentialKind::Session);
    assert_eq!(stage.tells(dora, &CloseAccount), [SessionsEnded]);
    assert!(stage.tells(dora, &CloseAccount).is_empty());
    let row: Account = stage.row(&(dora.account,)).expect("the row stays");
    assert_eq!((row.state, row.name.as_str(), row.email_key), (AccountState::Closed, "", None));
    let sign_in = begin(&mut stage, dora, CredentialKind::Session);
    assert_eq!(stage.refuses(dora, &sign_in), Code::NotFound);
    person(&mut stage, "dora@example.org");
}

#[test]
fn the_newest_word_of_a_workspace_decides_where_an_account_belongs() {
    let mut stage = Stage::directory();
    let dora = person(&mut stage, "dora@example.org");
    let workspace = WorkspaceId::new(stage.key());
    let sync = |state, position| SyncMembership {
        account: dora.account,
        workspace,
        state,
        position: Position(position),
    };
    assert_eq!(stage.tells(dora, &sync(MembershipState::Active, 3)), [MembershipChanged]);
    let bound =
        BeginCredential { workspace: Some(workspace), ..begin(&mut stage, dora, CredentialKind::Token) };
    stage.does(dora, &bound).expect("begun");
    let free = begins(&mut stage, dora, CredentialKind::Token);
    assert_eq!(stage.tells(dora, &sync(MembershipState::Left, 9)), [MembershipChanged, SessionsEnded]);
    assert_eq!(live(&stage), [free], "the token of that workspace ended");
    assert!(stage.tells(dora, &sync(MembershipState::Active, 3)).is_empty(), "an older word");
    let row: Membership = stage.row(&(dora.account, workspace)).expect("a row");
    assert_eq!((row.state, row.position), (MembershipState::Left, Position(9)));
}

#[test]
fn who_is_in_a_hundred_workspaces_makes_no_more() {
    let mut stage = Stage::directory();
    let dora = person(&mut stage, "dora@example.org");
    let member = |stage: &mut Stage, state| {
        let (account, workspace) = (dora.account, WorkspaceId::new(stage.key()));
        stage.set(Membership { account, workspace, state, position: Position(1) });
        workspace
    };
    for _ in 0..20 {
        member(&mut stage, MembershipState::Left);
    }
    let homes: Vec<_> = (0..WORKSPACES_MAX).map(|_| member(&mut stage, MembershipState::Active)).collect();
    let place = |stage: &mut Stage, slug: &str| {
        let workspace = WorkspaceId::new(stage.key());
        let making = Making {
            workspace,
            name: "Crows".into(),
            owner: dora.account,
            owner_name: "Dora".into(),
            channels: Vec::new(),
        };
        Place { slug: Slug::new(slug).expect("an address"), making }
    };
    let one_more = place(&mut stage, "crows");
    assert_eq!(stage.refuses(dora, &one_more), Code::Conflict);
    let (account, workspace) = (dora.account, homes[0]);
    stage.set(Membership { account, workspace, state: MembershipState::Left, position: Position(2) });
    stage.does(dora, &one_more).expect("there is room again");
}
