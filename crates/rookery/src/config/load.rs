//! Lays the three sources over one another and turns the result into a `Config`, or into words that name key, value and source.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::secret::masked;
use super::{Config, check::check, show};
use crate::exit::Failure;

const FILE: &str = "rookery.toml";
const PREFIX: &str = "ROOKERY_";
const FILE_VARIABLE: &str = "ROOKERY_CONFIG";

/// What the command line says over the file and the environment: dotted key, text, and the flag it came by.
pub type Overrides = Vec<(&'static str, String, &'static str)>;

/// A configuration that was checked, and where it came from.
pub struct Loaded {
    pub config: Config,
    pub file: Option<PathBuf>,
    /// The keys that do not come from the file, each with its source.
    pub sources: BTreeMap<String, String>,
}

/// Reads everything and checks it. Nothing else is touched: whoever holds a `Loaded` may start.
pub fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
    overrides: &Overrides,
) -> Result<Loaded, Failure> {
    let environment: BTreeMap<String, String> =
        environment.filter(|(name, _)| name.starts_with(PREFIX)).collect();
    let file = chosen_file(file, environment.get(FILE_VARIABLE));
    let mut table = match &file {
        Some(path) => read_file(path)?,
        None => Table::new(),
    };
    let mut sources = BTreeMap::new();
    for (name, text) in &environment {
        if let Some(key) = key_of(name)? {
            put(&mut table, &key, text, name)?;
            sources.insert(key, name.clone());
        }
    }
    for (key, text, flag) in overrides {
        put(&mut table, key, text, flag)?;
        sources.insert((*key).to_owned(), (*flag).to_owned());
    }
    let origin = file.as_deref().map_or_else(|| "no file".to_owned(), |path| path.display().to_string());
    let config = typed(table, &sources, &origin)?;
    check(&config).map_err(|(key, why)| refused(key, &why, &sources, &origin))?;
    Ok(Loaded { config, file, sources })
}

/// The one that was named must exist; the one that merely lies there is taken if it does.
fn chosen_file(named: Option<&Path>, variable: Option<&String>) -> Option<PathBuf> {
    let usual = || Some(PathBuf::from(FILE)).filter(|path| path.exists());
    named.map(Path::to_owned).or_else(|| variable.map(PathBuf::from)).or_else(usual)
}

fn read_file(path: &Path) -> Result<Table, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("the configuration {shown} cannot be read: {error}")))?;
    toml::from_str(&text)
        .map_err(|error| Failure::Usage(format!("{shown} is not TOML:\n{}", masked(&error.to_string()))))
}

/// `ROOKERY_STORE__POSTGRES__POOL__SIZE` is `store.postgres.pool.size`. Variables without two underscores are others' (Kubernetes
/// sets `ROOKERY_SERVICE_HOST` beside a service of our name), except one that is clearly a key misspelt.
fn key_of(name: &str) -> Result<Option<String>, Failure> {
    let rest = &name[PREFIX.len()..];
    if rest.contains("__") {
        return Ok(Some(rest.to_lowercase().replace("__", ".")));
    }
    let lower = rest.to_lowercase();
    match show::keys().iter().find(|key| key.replace('.', "_") == lower) {
        Some(key) => {
            let meant = key.replace('.', "__").to_uppercase();
            Err(Failure::Usage(format!(
                "{name}: between section and key stand two underscores: {PREFIX}{meant}"
            )))
        }
        None => Ok(None),
    }
}

fn put(table: &mut Table, key: &str, text: &str, source: &str) -> Result<(), Failure> {
    let mut parts: Vec<&str> = key.split('.').collect();
    let last = parts.pop().unwrap_or_default();
    let mut here = table;
    for part in parts {
        let next = here.entry(part).or_insert_with(|| Value::Table(Table::new()));
        here = next
            .as_table_mut()
            .ok_or_else(|| Failure::Usage(format!("{key} ({source}): {part} is not a section")))?;
    }
    here.insert(last.to_owned(), Value::String(text.to_owned()));
    Ok(())
}

fn typed(table: Table, sources: &BTreeMap<String, String>, origin: &str) -> Result<Config, Failure> {
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let path = error.path().to_string();
        refused(&path, error.inner().message(), sources, origin)
    })
}

fn refused(key: &str, why: &str, sources: &BTreeMap<String, String>, origin: &str) -> Failure {
    let source = sources.get(key).map_or(origin, String::as_str);
    Failure::Usage(masked(&format!("{key} ({source}): {why}")))
}
