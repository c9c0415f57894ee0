use domain::EventKind::{MemberChanged, WorkspaceArchived, WorkspaceChanged, WorkspaceRestored};
use domain::limits::PICTURE_BYTES_MAX;
use domain::rights::{Rights, RightsChange, Who};
use domain::text::Name;
use domain::verbs::{ArchiveWorkspace, ChangeWorkspace, ForgetMember, NewPicture, RemoveMember, SetPicture};
use domain::{Audit, Code, Picture, Role};

use crate::stage::Stage;

#[test]
fn admins_change_the_workspace_and_an_audit_remembers_what_it_was() {
    let mut stage = Stage::new();
    let [ann, bob] =
        [("Ann", Role::Admin), ("Bob", Role::Member)].map(|(name, role)| stage.welcomes(name, role));
    let rename = ChangeWorkspace { name: Some(Name::new("Crows").expect("a name")), ..Default::default() };
    assert_eq!(stage.refuses(bob, &rename), Code::NotAllowed);
    assert_eq!(stage.tells(ann, &rename), [WorkspaceChanged]);
    assert!(stage.tells(ann, &rename).is_empty());
    let itself = stage.itself();
    assert_eq!((itself.name.as_str(), itself.changed), ("Crows", stage.told().position));
    let note = stage.rows::<Audit>().pop().expect("an audit row");
    assert!(note.detail.contains("Rooks") && note.detail.contains("Crows"));
    stage.does(ann, &ChangeWorkspace { edit_s: Some(60), ..Default::default() }).expect("a setting");
    assert_eq!(stage.itself().settings.0.defaults, [stage.general], "what is not named stays");
}

#[test]
fn an_owner_decides_who_has_which_right() {
    let mut stage = Stage::new();
    let ann = stage.welcomes("Ann", Role::Admin);
    let rights = Rights { invite: Who::Members, ..Rights::default() };
    let decide = ChangeWorkspace { rights: Some(rights.clone().into()), ..Default::default() };
    assert_eq!(stage.refuses(ann, &decide), Code::NotAllowed);
    stage.does(stage.owner, &decide).expect("an owner");
    assert_eq!(stage.itself().settings.0.rights, rights);
    let one = RightsChange { shout: Some(Who::Owners), ..RightsChange::default() };
    stage
        .does(stage.owner, &ChangeWorkspace { rights: Some(one), ..Default::default() })
        .expect("one of them");
    assert_eq!(stage.itself().settings.0.rights, Rights { shout: Who::Owners, ..rights }, "the others stay");
}

#[test]
fn nothing_is_written_in_an_archived_workspace_and_anybody_may_leave_it() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let [ann, bob] =
        [("Ann", Role::Admin), ("Bob", Role::Member)].map(|(name, role)| stage.welcomes(name, role));
    assert_eq!(stage.refuses(ann, &ArchiveWorkspace { on: true }), Code::NotAllowed);
    assert_eq!(stage.tells(owner, &ArchiveWorkspace { on: true }), [WorkspaceArchived]);
    assert_eq!(stage.says(bob, "hi").unwrap_err().about, Some("archived"));
    assert_eq!(stage.opens(bob, "new", false).unwrap_err().about, Some("archived"));
    stage.does(bob, &RemoveMember { account: bob.account, closing: false }).expect("left");
    assert_eq!(stage.tells(owner, &ArchiveWorkspace { on: false }), [WorkspaceRestored]);
    stage.says(ann, "hi").expect("said");
}

#[test]
fn a_picture_is_kept_once_and_shown_by_its_digest() {
    let mut stage = Stage::new();
    let owner = stage.owner;
    let bob = stage.welcomes("Bob", Role::Member);
    let picture = |bytes| NewPicture { digest: [0xAB; 32], media: "image/png".into(), bytes };
    let set = |of_workspace, bytes| SetPicture { of_workspace, picture: Some(picture(bytes)) };
    assert_eq!(stage.refuses(bob, &set(true, vec![1])), Code::NotAllowed);
    assert_eq!(stage.refuses(bob, &set(false, vec![0; PICTURE_BYTES_MAX + 1])), Code::TooLarge);
    assert_eq!(stage.tells(bob, &set(false, vec![1])), [MemberChanged]);
    assert_eq!(stage.tells(owner, &set(true, vec![1])), [WorkspaceChanged]);
    assert!(stage.tells(owner, &set(true, vec![1])).is_empty());
    let uses = |stage: &Stage| stage.rows::<Picture>().iter().map(|kept| kept.uses).collect::<Vec<_>>();
    assert_eq!(uses(&stage), [2]);
    assert_eq!(stage.member(bob).profile.0.picture, Some("ab".repeat(32)));
    stage.does(bob, &SetPicture { of_workspace: false, picture: None }).expect("taken away");
    assert_eq!((stage.member(bob).profile.0.picture, uses(&stage)), (None, vec![1]));
    stage.does(owner, &SetPicture { of_workspace: true, picture: None }).expect("taken away");
    assert!(uses(&stage).is_empty(), "with the last who shows it");
}

#[test]
fn a_picture_goes_with_the_name_of_who_closes_their_account() {
    let mut stage = Stage::new();
    let [bob, cleo] = ["Bob", "Cleo"].map(|name| stage.welcomes(name, Role::Member));
    let picture = |byte| NewPicture { digest: [byte; 32], media: "image/png".into(), bytes: vec![byte] };
    for (who, byte) in [(bob, 1), (cleo, 2)] {
        let set = SetPicture { of_workspace: false, picture: Some(picture(byte)) };
        stage.does(who, &set).expect("shown");
    }
    stage.does(bob, &RemoveMember { account: bob.account, closing: true }).expect("closed");
    stage.does(cleo, &RemoveMember { account: cleo.account, closing: false }).expect("left");
    assert_eq!(stage.rows::<Picture>().len(), 1, "who only left is still shown beside what they said");
    stage.does(cleo, &ForgetMember).expect("closed");
    assert!(stage.rows::<Picture>().is_empty());
}
