//! Who may do what over HTTP: every thing `matrix/verbs.txt` lists, asked by everyone, everywhere; `matrix.txt` says
//! what each is answered. Run with `REWRITE=1` to see what a changed rule does to it.

mod scene;
mod sweep;
mod verbs;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use testkit::Backend;

use scene::{Kind, PEOPLE, Place, Scene, State};
use verbs::{Verb, section, without_names};

const TABLE: &str = include_str!("matrix.txt");
/// What the rules themselves say, without HTTP.
const RULES: &str = include_str!("../../../domain/tests/rules/matrix.txt");

const LEGEND: &str = "\
Who is answered what. + done, ! not allowed, - not found, 0 signed out, ~ conflict; what is done already is done.

In a channel, with a seat:  O owner  A admin  M manager  m member  g guest  b bot
              without one:  o owner  a admin  n member   h guest   c bot    l member who left it
   not of this workspace:   r removed  s stranger  w owner of another workspace
           with a seat, but: e signed out  k asked to sign in again    x nobody
";
/// Of the workspace itself, seats do not matter.
const OF_WORKSPACE: &str = "OAmgbrswekx";
const ABOUT: [(&str, &str); 5] = [
    ("an owner", "owner"),
    ("an admin", "admin"),
    ("a member", "member"),
    ("a guest", "guest"),
    ("a bot", "bot"),
];

/// A table as it reads: title → its columns, and row → its cells.
struct Rows<'t>(BTreeMap<&'t str, (&'t str, BTreeMap<&'t str, &'t str>)>);

impl<'t> Rows<'t> {
    fn of(table: &'t str) -> Self {
        let (mut rows, mut title) = (BTreeMap::new(), "");
        for line in table.lines().skip(6) {
            let Some((name, cells)) = line.rsplit_once(' ') else { continue };
            if line.starts_with("  ") {
                let (_, known): &mut (_, BTreeMap<_, _>) =
                    rows.get_mut(title).expect("a title before its rows");
                known.insert(name.trim(), cells);
            } else {
                title = name.trim();
                rows.insert(title, (cells, BTreeMap::new()));
            }
        }
        Self(rows)
    }
    fn cell(&self, title: &str, row: &str, who: char) -> Option<char> {
        let (people, rows) = self.0.get(title)?;
        rows.get(row)?.chars().nth(people.find(who)?)
    }
}

/// What holds whatever the table says.
fn check_never(title: &str, verb: &str, who: char, mark: char, told: &str) {
    let private = title.starts_with("private") || title.starts_with("direct");
    match who {
        'e' | 'k' | 'x' => assert_eq!(mark, '0', "{title}, {verb} by {who}: {told}"),
        'r' | 's' | 'w' => assert_eq!(mark, '-', "{title}, {verb} by {who}: {told}"),
        // One's own star or bookmark is taken off wherever it was put.
        'h' | 'o' | 'a' | 'n' | 'c' | 'l'
            if (private || who == 'h') && !["unstar", "unsave", "unsave a reply"].contains(&verb) =>
        {
            assert_eq!(mark, '-', "{title}, {verb} by {who}: {told}");
        }
        _ => {}
    }
}

#[derive(Default)]
struct Told {
    table: String,
    cells: usize,
    /// Where HTTP says otherwise than the rules.
    against: Vec<String>,
}

impl Told {
    async fn row(&mut self, scene: &mut Scene, title: &str, (name, verb): (&str, &Verb), whom: Option<&str>) {
        let rules = Rows::of(RULES);
        let people = if title.starts_with("workspace") { OF_WORKSPACE } else { PEOPLE };
        let more: Vec<_> = whom.map(|whom| ("whom", whom)).into_iter().collect();
        let mut row = String::new();
        for who in people.chars() {
            let at = PEOPLE.find(who).expect("a column");
            let (mark, told) = scene.answers(at, verb, &more).await;
            check_never(title, name, who, mark, &told);
            let ruled = rules.cell(title, name, who).filter(|ruled| *ruled != mark);
            self.against
                .extend(ruled.map(|ruled| format!("{title}, {name} by {who}: {ruled} by rule; {told}")));
            row.push(mark);
        }
        self.cells += row.len();
        let width = if title.starts_with("workspace") { 34 } else { 22 };
        let _ = writeln!(self.table, "  {name:<width$}{row}");
    }
}

/// Of one channel.
async fn of_channel(place: Place) -> Told {
    let mut told = Told::default();
    let mut scene = Scene::of_channel(Backend::Sqlite, place).await;
    let title = place.title();
    let _ = writeln!(told.table, "\n{title:<24}{PEOPLE}");
    for verb in section("channel") {
        told.row(&mut scene, &title, (&verb.name, &verb), None).await;
    }
    told
}

/// Of the workspace and each kind of person in it.
async fn of_workspace(archived: bool) -> Told {
    let mut told = Told::default();
    let mut scene = Scene::of_workspace(Backend::Sqlite, archived).await;
    let title = if archived { "workspace, archived" } else { "workspace" };
    let _ = writeln!(told.table, "\n{title:<36}{OF_WORKSPACE}");
    for verb in section("workspace") {
        told.row(&mut scene, title, (&verb.name, &verb), None).await;
    }
    for verb in section("person") {
        for (about, name) in ABOUT {
            let (name, whom) = (format!("{}: {about}", verb.name), scene.whom(name));
            told.row(&mut scene, title, (&name, &verb), Some(&whom)).await;
        }
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everyone_is_answered_what_the_table_says_and_the_rules_say_the_same() {
    let mut parts: Vec<_> = Place::ALL.iter().map(|place| tokio::spawn(of_channel(*place))).collect();
    parts.extend([false, true].map(|archived| tokio::spawn(of_workspace(archived))));
    let mut told = Told { table: LEGEND.to_owned(), ..Told::default() };
    for part in parts {
        let part = part.await.expect("asked to the end");
        told.table.push_str(&part.table);
        told.cells += part.cells;
        told.against.extend(part.against);
    }
    assert_eq!(told.against, [""; 0], "HTTP and the rules");
    if std::env::var_os("REWRITE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http/matrix.txt");
        std::fs::write(path, &told.table).expect("written");
        return;
    }
    for (now, written) in told.table.lines().zip(TABLE.lines()) {
        assert_eq!(now, written, "HTTP says the first, the table the second");
    }
    assert_eq!(told.table.lines().count(), TABLE.lines().count());
    println!("{} cells over HTTP, 0 wrong", told.cells);
}

/// There, only what changes nothing is asked; what is done is done in the tests of each noun.
async fn thinned(backend: Backend) {
    let table = Rows::of(TABLE);
    let mut cells = 0;
    for place in [Place(Kind::Public, State::Open), Place(Kind::Private, State::Archived)] {
        let mut scene = Scene::of_channel(backend, place).await;
        let title = place.title();
        for verb in section("channel") {
            let cell = |who| table.cell(&title, &verb.name, who).expect("a cell");
            for (at, who) in PEOPLE.char_indices().filter(|(_, who)| cell(*who) != '+') {
                let (mark, told) = scene.answers(at, &verb, &[]).await;
                assert_eq!(mark, cell(who), "{title}, {} by {who}: {told}", verb.name);
                cells += 1;
            }
        }
    }
    println!("{cells} cells over HTTP, 0 wrong");
}

mod postgres {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_is_refused_by_the_table_is_refused() {
        super::thinned(testkit::Backend::Postgres).await;
    }
}

/// A write that nobody listed fails here: it is one line in `matrix/verbs.txt`.
#[test]
fn every_write_in_a_workspace_has_its_line() {
    let listed: BTreeSet<String> = ["channel", "workspace", "person"]
        .iter()
        .flat_map(|named| section(named))
        .map(|verb| verb.pattern())
        .collect();
    let document = api::document::document();
    let document = serde_json::to_value(&document).expect("JSON");
    let mut missing = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let writes = methods.as_object().expect("methods").keys().filter(|method| *method != "get");
        let inside = path.starts_with("/workspaces/{w}");
        let patterns = writes.map(|method| format!("{} {}", method.to_uppercase(), without_names(path)));
        missing.extend(patterns.filter(|pattern| inside && !listed.contains(pattern)));
    }
    assert_eq!(missing, [""; 0], "asked by nobody in the matrix");
}
