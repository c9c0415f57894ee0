//! Copies of an embedded store, taken while people write, and what becomes of them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{Epoch, Stamp, WorkspaceId};
use store::sqlite::backup::{JournalSeen, NotRestored, Overwrite, Pace, Pages, copy, restore, verify};
use store::{Sqlite, SqliteOptions};
use testkit::{Backend, Ground, Ledger, Node, Team, Wrongs};

use crate::hands::{by_hand, number};

fn copied(ground: &Ground) -> PathBuf {
    ground.clock.advance(Stamp::MINUTE);
    let folder = ground.file().with_file_name("backups");
    copy(&ground.file(), &folder, testkit_now(ground), Pace::FULL, &mut |_| ()).expect("copied").file
}

fn testkit_now(ground: &Ground) -> Stamp {
    store::clock::Clock::now(&ground.clock)
}

async fn journals(file: &Path) -> Vec<JournalSeen> {
    let verified = verify(file, &mut |_| ()).await.expect("it reads");
    assert!(verified.is_sound(), "{verified:?}");
    verified.journals
}

fn epochs(journals: &[JournalSeen]) -> BTreeMap<WorkspaceId, Epoch> {
    journals.iter().map(|journal| (journal.workspace, journal.epoch)).collect()
}

/// The epochs of a file as it is, without a server.
async fn epochs_of(ground: &Ground) -> BTreeMap<WorkspaceId, Epoch> {
    epochs(&journals(&ground.file()).await)
}

fn all_differ(before: &BTreeMap<WorkspaceId, Epoch>, after: &BTreeMap<WorkspaceId, Epoch>) -> bool {
    before.len() == after.len() && before.iter().all(|(workspace, epoch)| after[workspace] != *epoch)
}

async fn a_team_with(node: &Node, lines: usize) -> Team {
    let team = Team::set_up(node).await;
    for line in 0..lines {
        team.owner.says(node, team.general, &format!("line {line}")).await.expect("said");
    }
    team
}

async fn write(node: &Node, team: &Team, ledger: &Ledger, round: usize) {
    for line in 0..20 {
        let (text, key) = (format!("round {round} line {line}"), node.new_key());
        ledger.tries(&text, key, team.workspace, team.general);
        ledger.hears(&text, &team.owner.says_under(node, key, team.general, &text).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_taken_while_people_write_is_sound_and_holds_the_journal_up_to_a_moment() {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let team = a_team_with(&node, 50).await;
    let before = team.owner.says(&node, team.general, "before").await.expect("said").position;
    let ledger = Ledger::default();
    let (source, folder) = (ground.file(), ground.file().with_file_name("backups"));
    let (mut seen, now) = (Vec::new(), testkit_now(&ground));
    let copying = std::thread::spawn(move || {
        let pace = Pace { pages: 5, pause: std::time::Duration::from_millis(1) };
        let copied = copy(&source, &folder, now, pace, &mut |pages| seen.push(pages));
        (copied.expect("copied"), seen)
    });
    let mut round = 0;
    while !copying.is_finished() || round == 0 {
        write(&node, &team, &ledger, round).await;
        round += 1;
    }
    let (copied, seen) = copying.join().expect("it ends");
    let after = team.owner.says(&node, team.general, "after").await.expect("said").position;

    assert!(seen.len() > 2 && seen.iter().all(|pages| pages.done <= pages.total), "{seen:?}");
    let last = seen.last().copied();
    assert_eq!(last, last.map(|pages| Pages { done: pages.total, ..pages }), "it came to its end");
    let journals = journals(&copied.file).await;
    let position = journals.iter().find(|seen| seen.workspace == team.workspace).expect("there").position;
    assert!(before <= position && position < after, "{before} ≤ {position} < {after}");
    assert_eq!(ledger.judge(node.store.engine().as_ref()).await, Wrongs::default(), "nobody was disturbed");
    let beside = fs::read_dir(copied.file.parent().expect("a folder")).expect("read").count();
    assert_eq!(beside, 1, "one file, no log beside it");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_restored_begins_a_new_epoch_in_every_journal_and_people_write_on() {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let team = a_team_with(&node, 3).await;
    let other = Team::another(&node, "Others").await;
    let saved = copied(&ground);
    let position = team.owner.says(&node, team.general, "lost").await.expect("said").position;
    other.owner.says(&node, other.general, "lost too").await.expect("said");
    node.stop().await;
    let before = epochs_of(&ground).await;

    let now = testkit_now(&ground);
    let refused = restore(&saved, &ground.file(), Overwrite::Refuse, now, &mut |_| ());
    assert_eq!(refused, Err(NotRestored::Exists(ground.file())), "not by accident");
    assert_eq!(epochs_of(&ground).await, before, "nothing was changed");
    restore(&saved, &ground.file(), Overwrite::Replace, now, &mut |_| ()).expect("restored");

    let after = epochs_of(&ground).await;
    assert_eq!(after.len(), 3, "the installation's own journal too");
    assert!(all_differ(&before, &after), "{before:?} {after:?}");
    assert!(all_differ(&epochs(&journals(&saved).await), &after), "the copy keeps the old one");
    let node = ground.node().await;
    let again = team.owner.says(&node, team.general, "again").await.expect("said");
    assert_eq!(again.position, position, "from where the copy stood");
    assert_eq!(epochs_of(&ground).await, after, "opened, it begins no other one");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_put_back_by_hand_beside_its_mark_begins_a_new_epoch() {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let team = a_team_with(&node, 3).await;
    let saved = copied(&ground);
    team.owner.says(&node, team.general, "lost").await.expect("said");
    node.stop().await;
    drop(settled(&ground).await);
    let before = epochs_of(&ground).await;
    put_back(&saved, &ground.file());
    drop(ground.engine().await);
    assert!(all_differ(&before, &epochs_of(&ground).await));
}

/// A mark that comes back with its file proves nothing: that is what `restore` is for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_folder_put_back_by_hand_goes_on_in_its_old_epoch() {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let team = a_team_with(&node, 3).await;
    node.stop().await;
    drop(settled(&ground).await);
    let mark = PathBuf::from(format!("{}.mark", ground.file().display()));
    let (saved, saved_mark) = (copied(&ground), fs::read(&mark).expect("a mark"));
    let before = epochs_of(&ground).await;
    let node = ground.node().await;
    team.owner.says(&node, team.general, "lost").await.expect("said");
    node.stop().await;
    drop(settled(&ground).await);
    put_back(&saved, &ground.file());
    fs::write(&mark, saved_mark).expect("the mark goes back too");
    drop(ground.engine().await);
    assert_eq!(epochs_of(&ground).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_before_a_restore_put_back_after_it_begins_a_new_epoch_however_much_it_has_seen() {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let team = a_team_with(&node, 3).await;
    let early = copied(&ground);
    for line in 0..20 {
        team.owner.says(&node, team.general, &format!("more {line}")).await.expect("said");
    }
    let late = copied(&ground);
    node.stop().await;
    restore(&early, &ground.file(), Overwrite::Replace, testkit_now(&ground), &mut |_| ()).expect("restored");
    drop(settled(&ground).await);
    put_back(&late, &ground.file());
    drop(ground.engine().await);
    assert!(all_differ(&epochs(&journals(&late).await), &epochs_of(&ground).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_or_foreign_file_is_refused_and_the_old_one_stays() {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    a_team_with(&node, 400).await;
    let saved = copied(&ground);
    node.stop().await;
    let before = epochs_of(&ground).await;
    let mut bytes = fs::read(&saved).expect("read");
    let middle = bytes.len() / 4_096 / 2 * 4_096;
    bytes[middle..middle + 8 * 4_096].fill(0xA5);
    fs::write(&saved, &bytes).expect("written");
    assert!(!verify(&saved, &mut |_| ()).await.is_ok_and(|verified| verified.is_sound()), "it is found out");

    let foreign = saved.with_file_name("foreign.db");
    fs::write(&foreign, "no database at all").expect("written");
    let missing = saved.with_file_name("missing.db");
    for file in [&saved, &foreign, &missing] {
        let refused = restore(file, &ground.file(), Overwrite::Replace, testkit_now(&ground), &mut |_| ());
        assert!(matches!(&refused, Err(NotRestored::NotACopy { .. })), "{}: {refused:?}", file.display());
    }
    assert_eq!(epochs_of(&ground).await, before);
    let left: Vec<_> =
        fs::read_dir(ground.file().parent().expect("a folder")).expect("read").flatten().collect();
    assert!(!left.iter().any(|file| file.file_name().to_string_lossy().contains("restoring")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_a_broken_store_says_what_is_broken() {
    let ground = Ground::on(Backend::Sqlite).await;
    let node = ground.node().await;
    let team = a_team_with(&node, 3).await;
    let engine = node.store.engine().as_ref();
    by_hand(engine, "DELETE FROM event WHERE position = $1", vec![domain::cell::Value::Int(2)]).await;
    let verified = verify(&copied(&ground), &mut |_| ()).await.expect("it reads");
    let names: Vec<_> = verified.findings.iter().map(|finding| finding.name).collect();
    assert!(names.iter().all(|name| *name == "holes_in_positions") && !names.is_empty(), "{names:?}");
    assert_eq!(verified.journals.iter().filter(|seen| seen.workspace == team.workspace).count(), 1);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_reader_of_the_log_holds_no_writer_up() {
    let ground = Ground::on(Backend::Sqlite).await;
    let clock = Arc::new(ground.clock.clone());
    let engine = Arc::new(Sqlite::open(&ground.file(), clock, &SqliteOptions::default()).expect("it opens"));
    let reader = rusqlite::Connection::open(ground.file()).expect("it opens");
    reader.execute_batch("BEGIN; SELECT count(*) FROM head").expect("a snapshot is held");
    let big = "INSERT INTO picture (workspace, digest, media, bytes) VALUES ($1, $2, 'image/png', $3)";
    for number in 0..40u8 {
        let blob = |bytes: Vec<u8>| domain::cell::Value::Blob(bytes);
        by_hand(
            engine.as_ref(),
            big,
            vec![blob(vec![0; 16]), blob(vec![number; 32]), blob(vec![7; 1 << 20])],
        )
        .await;
    }
    assert!(engine.checkpoint().expect("asked") > 8_000, "the log is long and cannot be started over");
    let node = Node::start(testkit::Faulty::over(engine), ground.clock.clone()).await;
    // Waiting for the reader, each of them would stand still for five seconds.
    let patience = std::time::Duration::from_secs(30);
    tokio::time::timeout(patience, a_team_with(&node, 20)).await.expect("nobody waits for the reader");
    assert_eq!(number(node.store.engine().as_ref(), "SELECT count(*) FROM picture").await, 40);
    drop(reader);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_and_what_is_restored_of_it_are_the_owners_alone_wherever_they_lie() {
    let ground = Ground::on(Backend::Sqlite).await;
    ground.node().await.stop().await;
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let (made, shared) = (ground.file().with_file_name("made"), ground.file().with_file_name("shared"));
    fs::create_dir(&shared).expect("made");
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o755)).expect("changed");
    for (folder, folder_mode) in [(&made, 0o700), (&shared, 0o755)] {
        let copied =
            copy(&ground.file(), folder, testkit_now(&ground), Pace::FULL, &mut |_| ()).expect("copied");
        assert_eq!((mode(folder), mode(&copied.file)), (folder_mode, 0o600), "{}", folder.display());
        let into = folder.join("restored.db");
        restore(&copied.file, &into, Overwrite::Refuse, testkit_now(&ground), &mut |_| ()).expect("restored");
        assert_eq!(mode(&into), 0o600);
    }
}

/// What a server does when it stops.
async fn settled(ground: &Ground) -> Sqlite {
    let clock = Arc::new(ground.clock.clone());
    let engine = Sqlite::open(&ground.file(), clock, &SqliteOptions::default()).expect("it opens");
    engine.settle().await;
    engine
}

fn put_back(saved: &Path, file: &Path) {
    for ending in ["-wal", "-shm"] {
        drop(fs::remove_file(format!("{}{ending}", file.display())));
    }
    fs::copy(saved, file).expect("copied");
}
