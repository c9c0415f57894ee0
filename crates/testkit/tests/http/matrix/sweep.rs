//! Every documented path, walked: nothing of one workspace is found through another, and what is read is what one
//! may see. A new path is covered by being documented; a write by its line in `verbs.txt`.

use std::collections::BTreeMap;

use domain::{Audience, Event, EventKind, Position, Stamp, Viewer, may_see};
use testkit::Backend;

use super::scene::{Kind, PEOPLE, Place, Scene, State, role_of};
use super::verbs::{Verb, section, without_names};

/// What stands for a name in a path.
const NAMES: [(&str, &str); 9] = [
    ("c", "{c}"),
    ("n", "{others}"),
    ("m", "{reply}"),
    ("account", "{seated}"),
    ("emoji", "%E2%9D%A4"),
    ("kind", "star"),
    ("subject", "{c}"),
    ("digest", "0000000000000000000000000000000000000000000000000000000000000000"),
    ("id", "{invitation}"),
];

/// The documented reads inside a workspace, by their pattern, with names of the scene.
fn reads() -> BTreeMap<String, Verb> {
    let document = api::document::document();
    let document = serde_json::to_value(&document).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").iter();
    let read = |(path, methods): (&String, &serde_json::Value)| {
        let rest = path.strip_prefix("/workspaces/{w}").filter(|_| methods.get("get").is_some())?;
        let known = NAMES.iter().fold(rest.to_owned(), |path, (name, is)| {
            path.replace(&format!("/{{{name}}}"), &format!("/{is}"))
        });
        // A name nobody here knows is asked for as an id of nothing.
        let parts = known.split('/').map(|part| match part {
            "{c}" | "{others}" | "{reply}" | "{seated}" | "{invitation}" => part,
            part if part.starts_with('{') => "01KAZ000000000000000000000",
            part => part,
        });
        let path = parts.collect::<Vec<_>>().join("/");
        Some((rest.to_owned(), Verb { name: rest.into(), method: "GET", path, body: None }))
    };
    paths.filter_map(read).collect()
}

fn column(who: char) -> usize {
    PEOPLE.find(who).expect("a column")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_id_of_one_workspace_is_found_through_another() {
    let mut asked = 0;
    for kind in [Kind::Public, Kind::Private, Kind::Direct] {
        let mut scene = Scene::of_channel(Backend::Sqlite, Place(kind, State::Open)).await;
        let (own, elsewhere) = (scene.workspace(), scene.elsewhere);
        let whom = scene.whom("member");
        let writes = ["channel", "person"].into_iter().flat_map(section);
        for verb in reads().into_values().chain(writes) {
            let names_something = verb.path.contains('{');
            // Taking off what one never put there is done, and finds nothing.
            let own_row =
                verb.method == "DELETE" && (verb.path.starts_with("/me/") || verb.path.ends_with("/saved"));
            for (workspace, who) in [(elsewhere, 'w'), (elsewhere, 'O'), (own, 'w')] {
                if workspace == elsewhere && who == 'w' && (own_row || !names_something) {
                    continue;
                }
                let (mark, told) = scene.answers_in(workspace, column(who), &verb, &[("whom", &whom)]).await;
                assert_eq!(mark, '-', "{} by {who}: {told}", verb.name);
                asked += 1;
            }
        }
    }
    println!("{asked} askings across workspaces, nothing found");
}

/// What was said in the scene's channel, as its event stands in the journal.
fn said(kind: Kind, scene: &Scene) -> Event {
    let audience = if kind == Kind::Public { Audience::SeatsAndLookers } else { Audience::Seats };
    Event {
        workspace: scene.workspace(),
        position: Position(2),
        kind: EventKind::MessageSent,
        audience,
        at_us: Stamp(1),
        actor: None,
        channel: None,
        thread: Some(0),
        number: Some(1),
        account: None,
        body: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_reads_what_they_may_see_and_the_rest_is_not_found() {
    let mut asked = 0;
    for kind in [Kind::Public, Kind::Private, Kind::Direct] {
        for state in [State::Open, State::WorkspaceArchived] {
            let mut scene = Scene::of_channel(Backend::Sqlite, Place(kind, state)).await;
            for (pattern, verb) in reads() {
                for (at, who) in PEOPLE.char_indices() {
                    let seat = "OAMmgb".contains(who).then_some(Position(1));
                    let viewer = Viewer {
                        account: scene.account(who),
                        role: role_of(who),
                        may_invite: false,
                        seat,
                        looking: true,
                    };
                    let of_channel = pattern.starts_with("/channels/");
                    let sees = !of_channel || may_see(&said(kind, &scene), &viewer);
                    let (mark, told) = scene.answers(at, &verb, &[]).await;
                    match who {
                        'e' | 'k' | 'x' => assert_eq!(mark, '0', "{pattern} by {who}: {told}"),
                        'r' | 's' | 'w' => assert_eq!(mark, '-', "{pattern} by {who}: {told}"),
                        _ if of_channel || !pattern.contains('{') => {
                            // Who sees it may still lack the right to all of it.
                            assert_eq!(mark != '-', sees, "{pattern} by {who}: {told}");
                        }
                        _ => {}
                    }
                    asked += 1;
                }
            }
        }
    }
    println!("{asked} reads, each by who may see it");
}

#[test]
fn a_path_is_compared_without_what_it_names() {
    for (path, pattern) in [
        ("/workspaces/{w}/channels/{c}/members/me", "/workspaces/{}/channels/{}/members/{}"),
        ("/workspaces/{w}/me/star/{c}", "/workspaces/{}/me/{}/{}"),
        ("/workspaces/{w}/members/me/picture", "/workspaces/{}/members/me/picture"),
        ("/workspaces/{w}/channels/{c}/archive", "/workspaces/{}/channels/{}/archive"),
    ] {
        assert_eq!(without_names(path), pattern);
    }
}
