//! What a database may hold, written by one statement a table.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Empty,
    /// A million events and half a million messages of one workspace.
    OneLarge,
    /// A thousand workspaces of a hundred messages.
    ManySmall,
}

pub const SHAPES: [Shape; 3] = [Shape::Empty, Shape::OneLarge, Shape::ManySmall];

/// `{rows}` is a source of numbers `i` from 1 to its end, `{id}` makes 16 bytes of a number.
const TEMPLATES: [(&str, &str); 7] = [
    ("head", "SELECT {id:w}, 1000, 1, 1, NULL, 0, 0, 1, 'active', i"),
    ("member", "SELECT {id:w}, {id:i}, 'member', 'active', 'n', 'n', '{}', 0, 0, 1"),
    ("channel", "SELECT {id:w}, {id:i}, 'public', 'c', 'c' || i, NULL, '{}', 'active', 0, 1"),
    ("channel_tip", "SELECT {id:w}, {id:i}, 1, 1, 1, 1, 0, '[]'"),
    ("channel_member", "SELECT {id:i}, {id:i}, {id:w}, 'member', 1, 0, 0, 1"),
    ("event", "SELECT {id:w}, i, 41, 3, i, NULL, NULL, 0, i, NULL, NULL"),
    ("message", "SELECT {id:w}, 0, i, i, {id:w}, 'text', NULL, NULL, NULL, 0, i, i"),
];

impl Shape {
    /// How many rows a table gets, and of how many workspaces.
    fn rows(self, table: &str) -> (u32, u32) {
        match (self, table) {
            (Self::Empty, _) => (0, 1),
            (Self::OneLarge, "event") => (1_000_000, 1),
            (Self::OneLarge, "message") => (500_000, 1),
            (Self::OneLarge, "head") => (1, 1),
            (Self::OneLarge, _) => (5_000, 1),
            (Self::ManySmall, "event" | "message") => (100_000, 1_000),
            (Self::ManySmall, _) => (1_000, 1_000),
        }
    }

    pub fn fills(self, table: &str) -> bool {
        TEMPLATES.iter().any(|(known, _)| *known == table) && self.rows(table).0 > 1
    }

    /// The statements that fill a database, in the words of one engine.
    pub fn fill(self, source: impl Fn(u32) -> String, id: impl Fn(&str) -> String) -> Vec<String> {
        let statement = |(table, template): &(&str, &str)| {
            let (rows, workspaces) = self.rows(table);
            let select =
                template.replace("{id:w}", &id(&format!("i % {workspaces}"))).replace("{id:i}", &id("i"));
            (rows > 0).then(|| format!("INSERT INTO {table} {select} FROM {}", source(rows)))
        };
        TEMPLATES.iter().filter_map(statement).collect()
    }
}
