//! What a repair reads is what the writer told.

use domain::{Commit, Epoch, Image, Position};
use service::live::{Journal, Mark, Stretch};
use service::{Address, live::Journals};
use testkit::{Ground, Node, Team, on_every_engine, team};

/// Everything the team does in its first minutes, commit by commit, each checked right after it happened.
async fn compare(node: &Node, journals: &Journals, commit: &Commit) {
    let Some(before) = commit.first.0.checked_sub(1) else { return };
    let mark = Mark { epoch: commit.epoch, position: Position(before) };
    let read = journals.after(commit.workspace, mark, 100).await.expect("it is read");
    let Stretch::Read { commit: read, head } = read else { panic!("it is there: {read:?}") };
    assert_eq!(head.position.0, before + commit.events.len() as u64, "{:?}", node.now());
    assert_eq!(read.first, commit.first);
    for ((event, image), (told, shown)) in read.events.iter().zip(&commit.events) {
        assert_eq!(event, told);
        let Image { message, root, row, channel, seat, member, workspace } = shown;
        let kept = [
            message.is_none() || image.message == *message,
            root.is_none() || image.root == *root,
            row.is_none() || image.row == *row,
            channel.is_none() || image.channel == *channel,
            seat.is_none() || image.seat == *seat,
            member.is_none() || image.member == *member,
            workspace.is_none() || image.workspace == *workspace,
        ];
        assert_eq!(kept, [true; 7], "{event:?}\n{image:#?}\n{shown:#?}");
    }
}

on_every_engine! {
    async fn a_stretch_read_back_is_what_its_writer_told(ground: Ground) {
        let node = ground.node().await;
        let journals = Journals::new(node.service.clone());
        let mut committed = node.store.committed();
        let team = Team::set_up(&node).await;
        let bob = team.welcomes(&node, "Bob").await;
        let at = {
            let done = bob.says(&node, team.general, "hello").await.expect("said");
            Address { channel: team.general, thread: 0, number: team::number(&done) }
        };
        let mut checked = 0;
        let mut check = async || {
            while let Ok(commit) = committed.try_recv() {
                if commit.workspace == team.workspace {
                    checked += 1;
                    if checked > 2 {
                        compare(&node, &journals, &commit).await;
                    }
                }
            }
        };
        // What came before was followed by more.
        check().await;
        team.owner.replies(&node, at, "welcome").await.expect("replied");
        check().await;
        bob.says(&node, team.general, "thanks").await.expect("said");
        check().await;
        team.opens(&node, "plans").await;
        check().await;
        team.welcomes(&node, "Cleo").await;
        check().await;
        node.service.edit(bob.by, node.new_key(), at, "hello!").await.expect("edited");
        check().await;
        node.service.delete(bob.by, node.new_key(), at).await.expect("deleted");
        check().await;
    }

    async fn a_stretch_of_another_history_or_from_the_future_is_gone(ground: Ground) {
        let node = ground.node().await;
        let team = Team::set_up(&node).await;
        let journals = Journals::new(node.service.clone());
        let [(_, head)] = journals.heads(&[team.workspace]).await.expect("read")[..] else { panic!("one head") };
        let ask = async |epoch, position| {
            journals.after(team.workspace, Mark { epoch, position }, 10).await.expect("read")
        };
        let after = ask(head.epoch, head.position).await;
        assert!(matches!(after, Stretch::Read { commit, .. } if commit.events.is_empty()), "level");
        assert_eq!(ask(Epoch(head.epoch.0 + 1), head.position).await, Stretch::Gone { head });
        assert_eq!(ask(head.epoch, head.position.next()).await, Stretch::Gone { head });
    }
}
