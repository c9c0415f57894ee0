//! What people ask for, as `verbs.txt` lists it.

use std::collections::BTreeMap;

/// A thing asked for, with places where the scene puts its names.
#[derive(Debug, Clone, PartialEq)]
pub struct Verb {
    pub name: String,
    pub method: &'static str,
    pub path: String,
    pub body: Option<String>,
}

impl Verb {
    fn of(line: &'static str) -> Self {
        let mut parts = line.split('|').map(str::trim);
        let (name, asks) = (parts.next().expect("a name"), parts.next().expect("a method and a path"));
        let (method, path) = asks.split_once(' ').unwrap_or((asks, ""));
        Self { name: name.into(), method, path: path.trim().into(), body: parts.next().map(Into::into) }
    }

    /// With the names of a scene.
    pub fn with(&self, words: &BTreeMap<&'static str, String>) -> Self {
        let fill = |text: &String| {
            words.iter().fold(text.clone(), |text, (name, word)| text.replace(&format!("{{{name}}}"), word))
        };
        let filled = Self { path: fill(&self.path), body: self.body.as_ref().map(fill), ..self.clone() };
        // What has no place in this scene is a place that does not exist.
        assert!(!filled.path.contains('{'), "{}: a name the scene lacks", filled.path);
        filled
    }

    /// The documented path it goes to: names in braces, whatever they are called.
    pub fn pattern(&self) -> String {
        format!("{} {}", self.method, without_names(&format!("/workspaces/{{w}}{}", self.path)))
    }
}

/// A path with `{}` for every segment that is somebody's or something's.
pub fn without_names(path: &str) -> String {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let before = |at: usize, back: usize| at.checked_sub(back).map_or("", |before| segments[before]);
    let named = |at: usize| match before(at, 1) {
        "members" => segments[at] != "me" || at + 1 == segments.len(),
        "me" => before(at, 2) != "members",
        "reactions" => true,
        _ => !segments[at].chars().all(|c| c.is_ascii_lowercase()),
    };
    (0..segments.len())
        .map(|at| if named(at) { "/{}".into() } else { format!("/{}", segments[at]) })
        .collect()
}

/// The lines of one section.
pub fn section(named: &str) -> Vec<Verb> {
    let lines = include_str!("verbs.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let from = lines.skip_while(|line| *line != format!("[{named}]")).skip(1);
    from.take_while(|line| !line.starts_with('[')).map(Verb::of).collect()
}
