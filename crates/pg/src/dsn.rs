use std::{collections::BTreeMap, fmt, path::PathBuf, str::FromStr};

const PORT: u16 = 5432;

/// Where a database is and who asks: `postgres://user:pass@host:port/db?sslmode=…` or `host=… user=… dbname=…`.
/// Printing it never shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Dsn {
    /// A name, an address, or (with a leading slash) the folder of a Unix socket.
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: Option<String>,
    pub database: String,
    pub tls: TlsMode,
}

/// How much the connection is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsMode {
    Disable,
    /// Encrypted when the server offers it, to whoever answers.
    Prefer,
    /// Encrypted or nothing, to whoever answers.
    Require,
    /// Encrypted, and the server proves by one of these certificates that the host name is its own.
    VerifyFull {
        roots: PathBuf,
    },
}

/// Says what is wrong with a DSN without quoting it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a PostgreSQL address: {0}")]
pub struct DsnError(String);

impl FromStr for Dsn {
    type Err = DsnError;

    fn from_str(text: &str) -> Result<Self, DsnError> {
        let text = text.trim();
        let url = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let mut words = match url {
            Some(rest) => url_words(rest)?,
            None => key_words(text)?,
        };
        let dsn = Self::from_words(&mut words)?;
        match words.keys().next() {
            Some(key) => Err(DsnError(format!("`{key}` is not known here"))),
            None => Ok(dsn),
        }
    }
}

impl Dsn {
    fn from_words(words: &mut BTreeMap<String, String>) -> Result<Self, DsnError> {
        let mut required = |key: &str| {
            words
                .remove(key)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| DsnError(format!("`{key}` is missing")))
        };
        let (host, user) = (required("host")?, required("user")?);
        if host.contains(',') {
            return Err(DsnError("one host only".into()));
        }
        let port = match words.remove("port") {
            Some(port) => {
                port.parse().map_err(|_| DsnError("the port is not a number below 65536".into()))?
            }
            None => PORT,
        };
        let database = words.remove("dbname").filter(|name| !name.is_empty()).unwrap_or_else(|| user.clone());
        let (mode, roots) = (words.remove("sslmode"), words.remove("sslrootcert"));
        Ok(Self {
            host,
            port,
            user,
            password: words.remove("password"),
            database,
            tls: tls_mode(mode.as_deref(), roots)?,
        })
    }

    /// The same server and person, another database.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        Self { database: name.into(), ..self.clone() }
    }
}

fn tls_mode(mode: Option<&str>, roots: Option<String>) -> Result<TlsMode, DsnError> {
    let tls = match (mode.unwrap_or("prefer"), &roots) {
        ("verify-full", Some(roots)) => return Ok(TlsMode::VerifyFull { roots: roots.into() }),
        ("verify-full", None) => {
            return Err(DsnError("sslmode=verify-full needs sslrootcert, a file of certificates".into()));
        }
        ("disable", _) => TlsMode::Disable,
        ("prefer", _) => TlsMode::Prefer,
        ("require", _) => TlsMode::Require,
        _ => return Err(DsnError("sslmode is one of disable, prefer, require, verify-full".into())),
    };
    // Elsewhere the file would change what these modes check; here it would look as if it did.
    roots.map_or(Ok(tls), |_| Err(DsnError("sslrootcert is read with sslmode=verify-full only".into())))
}

fn url_words(rest: &str) -> Result<BTreeMap<String, String>, DsnError> {
    let mut words = BTreeMap::new();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (person, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = match person.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (person, None),
    };
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let parts = [
        ("user", Some(user)),
        ("password", password),
        ("host", Some(host)),
        ("port", port),
        ("dbname", Some(database)),
    ];
    for (key, value) in parts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            words.insert(key.into(), percent_decoded(value)?);
        }
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        words.insert(percent_decoded(key)?, percent_decoded(value)?);
    }
    Ok(words)
}

fn percent_decoded(text: &str) -> Result<String, DsnError> {
    let wrong = || DsnError("a % is not followed by two hex digits of UTF-8 text".into());
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16)).ok_or_else(wrong);
        plain.push(if byte == b'%' { (digit()? * 16 + digit()?) as u8 } else { byte });
    }
    String::from_utf8(plain).map_err(|_| wrong())
}

/// `key = value` pairs; a value may stand in single quotes, a backslash takes the next character as it is.
fn key_words(text: &str) -> Result<BTreeMap<String, String>, DsnError> {
    let mut words = BTreeMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = rest
            .split_once('=')
            .ok_or_else(|| DsnError("neither a postgres:// address nor key=value pairs".into()))?;
        let (value, after) = value_of(after.trim_start())?;
        words.insert(key.trim().to_owned(), value);
        rest = after.trim_start();
    }
    Ok(words)
}

fn value_of(text: &str) -> Result<(String, &str), DsnError> {
    let (quoted, text) = text.strip_prefix('\'').map_or((false, text), |text| (true, text));
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, next)| next)),
            '\'' if quoted => return Ok((value, &text[at + 1..])),
            space if space.is_whitespace() && !quoted => return Ok((value, &text[at..])),
            other => value.push(other),
        }
    }
    if quoted { Err(DsnError("a quote is not closed".into())) } else { Ok((value, "")) }
}

impl fmt::Display for Dsn {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, user, database, .. } = self;
        let password = if self.password.is_some() { ":***" } else { "" };
        write!(to, "postgres://{user}{password}@{host}:{port}/{database}")
    }
}

impl fmt::Debug for Dsn {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Dsn({self}, {:?})", self.tls)
    }
}
