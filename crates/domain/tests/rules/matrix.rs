//! Who may do what, where: the table in `matrix.txt`, a cell a verb, a place, its state and who asks.
//!
//! `+` done · `!` not allowed · `-` not found · `~` conflict. Run with `REWRITE=1` to see what a changed rule does
//! to the table; what nobody may ever do is checked apart from it.

mod place;
mod work;

use std::fmt::Write;

use domain::{By, Code, Command, Refusal, Reply};

use crate::snapshot::Snapshot;
use crate::stage::Stage;

use place::{PEOPLE, Place, Scene};

const TABLE: &str = include_str!("matrix.txt");

fn mark(outcome: &Result<Reply, Refusal>) -> char {
    match outcome {
        Ok(_) => '+',
        Err(refusal) => match refusal.code {
            Code::NotAllowed => '!',
            Code::NotFound => '-',
            Code::Conflict => '~',
            _ => '?',
        },
    }
}

/// Does it to a copy, and sees that who held everything before and got each event holds everything after.
fn does(stage: &Stage, by: By, command: &dyn Command) -> Result<Reply, Refusal> {
    let mut stage = stage.clone();
    let (mut held, before) = (Snapshot::of(&stage), stage.events.len());
    let outcome = stage.does(by, command);
    for (event, image) in stage.events[before..].iter().zip(&stage.images[before..]) {
        held.apply(event, image.clone());
    }
    assert_eq!(held, Snapshot::of(&stage), "{} and its events", command.name());
    outcome
}

fn talk() -> (String, usize) {
    let (mut table, mut cells) = (String::new(), 0);
    for place in Place::ALL {
        let scene = Scene::of(*place);
        let _ = writeln!(table, "\n{:<24}{PEOPLE}", place.title());
        for (name, command) in place::VERBS {
            let row: String = (0..scene.people.len())
                .map(|who| {
                    let by = scene.people[who];
                    let command: Box<dyn Command> = command(&scene, who);
                    mark(&does(&scene.stage, by, &*command))
                })
                .collect();
            cells += row.len();
            check_never(*place, name, &row);
            let _ = writeln!(table, "  {name:<22}{row}");
        }
    }
    (table, cells)
}

/// What holds whatever the table says.
fn check_never(place: Place, verb: &str, row: &str) {
    for (who, cell) in PEOPLE.chars().zip(row.chars()) {
        let private = place.is_private() && "oanhcl".contains(who);
        let hidden_from_guest = who == 'h';
        if "rqs".contains(who) || private || hidden_from_guest {
            assert_eq!(cell, '-', "{verb} in {} by {who}: not theirs to see", place.title());
        }
        let own = ["follow", "unfollow", "mark", "star"].contains(&verb);
        if place.is_workspace_archived() && !own {
            assert_ne!(cell, '+', "{verb} in {} by {who}", place.title());
        }
    }
}

#[test]
fn everyone_may_do_what_the_table_says_and_nothing_else() {
    let (talk, talked) = talk();
    let (work, worked) = work::table();
    let table = format!("{}{talk}{work}", work::LEGEND);
    if std::env::var_os("REWRITE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rules/matrix.txt");
        std::fs::write(path, &table).expect("written");
        return;
    }
    for (now, written) in table.lines().zip(TABLE.lines()) {
        assert_eq!(now, written, "the rules say the first, the table the second");
    }
    assert_eq!(table.lines().count(), TABLE.lines().count());
    println!("{} cells, 0 wrong", talked + worked);
}
