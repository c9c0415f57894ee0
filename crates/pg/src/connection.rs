use std::{
    collections::{BTreeMap, VecDeque},
    fmt::Display,
    time::Duration,
};

use bytes::BytesMut;
use postgres_protocol::{
    Oid,
    message::{
        backend::{DATA_ROW_TAG, Message, ReadyForQueryBody},
        frontend::{self, BindError},
    },
};
use tokio::time::timeout;

use super::{
    answer::Answer,
    dsn::Dsn,
    error::{PgError, ServerError, WireError},
    handshake,
    heard::Heard,
    kept::{Kept, Sending},
    param::Param,
    stream::Stream,
    wire::Wire,
};

const FLIGHT_LIMIT: Duration = Duration::from_secs(30);
const FLIGHT_BYTES_MAX: usize = 256 * 1024 * 1024;
const NOTICES_MAX: usize = 32;
const PARAMETERS_MAX: usize = 64;
/// One code for all: binary.
const BINARY: [i16; 1] = [1];

/// One statement of a flight.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    pub sql: &'a str,
    pub params: &'a [Param<'a>],
}

/// Where the server stands after a flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Idle,
    InTransaction,
    /// In a transaction that can only be rolled back; its COMMIT would answer ROLLBACK.
    Failed,
}

/// What the server mentioned without being asked: `NOTICE` and `WARNING`, the newest few.
pub type Notice = ServerError;

/// What the server makes of a statement it has not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Types by their number in `pg_type`.
    pub params: Vec<Oid>,
    pub columns: Vec<(String, Oid)>,
}

/// One session of a PostgreSQL server. A method that is dropped before it returns leaves it broken.
#[derive(Debug)]
pub struct Connection {
    wire: Wire,
    status: Status,
    /// Set before the first byte of a flight is written, cleared when its end is heard.
    is_broken: bool,
    flight_limit: Duration,
    parameters: BTreeMap<String, String>,
    process_id: i32,
    notices: VecDeque<Notice>,
    keeping: Keeping,
}

/// Whether statements may stay in the session.
#[derive(Debug)]
enum Keeping {
    /// Nobody has asked yet who stands behind it.
    Unknown,
    /// A pooler stands between: the next flight may meet another session. Or it was told not to.
    Never,
    Ours(Kept),
}

impl Connection {
    pub async fn connect(dsn: &Dsn, application: &str, deadline: Duration) -> Result<Self, PgError> {
        let late = |_| PgError::Unreachable(format!("{dsn} did not answer within {deadline:?}"));
        timeout(deadline, Self::establish(dsn, application)).await.map_err(late)?
    }

    async fn establish(dsn: &Dsn, application: &str) -> Result<Self, PgError> {
        let mut connection = Self {
            wire: Wire::new(Stream::open(dsn).await?),
            status: Status::Idle,
            is_broken: true,
            flight_limit: FLIGHT_LIMIT,
            parameters: BTreeMap::new(),
            process_id: 0,
            notices: VecDeque::new(),
            keeping: Keeping::Unknown,
        };
        handshake::greet(&mut connection.wire, dsn, application).await?;
        connection.wire.greeted();
        connection.settle().await?;
        Ok(connection)
    }

    /// After the proof the server may still refuse: an unknown database, too many sessions.
    async fn settle(&mut self) -> Result<(), PgError> {
        loop {
            self.wire.arrived().await.map_err(WireError::unreachable)?;
            let message = self.wire.take().map_err(WireError::unreachable)?;
            match self.overhear(message).map_err(WireError::unreachable)? {
                None => {}
                Some(Message::ReadyForQuery(body)) => {
                    self.status = status(&body).map_err(WireError::unreachable)?;
                    self.is_broken = false;
                    return Ok(());
                }
                Some(Message::ErrorResponse(body)) => return Err(handshake::refusal(&body)),
                Some(_) => return Err(PgError::Protocol("an answer to something never asked".into())),
            }
        }
    }

    /// All statements, one Sync; the answers in order, or the first refusal with the index of its statement. After a
    /// refusal the server has skipped all that followed, a COMMIT included.
    pub async fn flight(&mut self, statements: &[Statement<'_>]) -> Result<Vec<Answer>, PgError> {
        let out = &mut self.wire.outgoing;
        let encoded = statements.iter().try_for_each(|statement| encode(statement, &Sending::Unnamed, out));
        self.stage(encoded)?;
        self.fly().await?.flight(statements.len()).inspect_err(|error| {
            self.is_broken |= matches!(error, PgError::Protocol(_));
        })
    }

    /// The same, by statements the session keeps where it is ours alone: for texts that come again and again, and whose
    /// plan is the same whatever they are given.
    pub async fn flight_kept(&mut self, statements: &[Statement<'_>]) -> Result<Vec<Answer>, PgError> {
        if matches!(self.keeping, Keeping::Unknown) {
            self.learn_who_is_behind().await?;
        }
        let Keeping::Ours(kept) = &mut self.keeping else { return self.flight(statements).await };
        let out = &mut self.wire.outgoing;
        let encoded = statements.iter().try_for_each(|statement| {
            let sending = kept.sending(statement);
            encode(statement, &sending, out)
        });
        if encoded.is_err() {
            kept.parsed(0);
        }
        self.stage(encoded)?;
        let heard = self.fly().await?;
        if let Keeping::Ours(kept) = &mut self.keeping {
            kept.parsed(heard.parsed);
        }
        heard.flight(statements.len()).inspect_err(|error| {
            self.is_broken |= matches!(error, PgError::Protocol(_)) || error.is_stale();
        })
    }

    pub(super) fn keep_no_statements(&mut self) {
        self.keeping = Keeping::Never;
    }

    /// A pooler tells a number of its own at sign-in, not that of the server process it will lend.
    async fn learn_who_is_behind(&mut self) -> Result<(), PgError> {
        let answers = self.flight(&[Statement { sql: "SELECT pg_backend_pid()", params: &[] }]).await?;
        let behind = answers.first().and_then(Answer::first).map(|row| row.int(0)).transpose()?;
        let is_ours = self.process_id != 0 && behind == Some(i64::from(self.process_id));
        self.keeping = if is_ours { Keeping::Ours(Kept::default()) } else { Keeping::Never };
        Ok(())
    }

    /// Ends what is encoded with a Sync and hears the answer. Past the limit the future is dropped, which leaves the
    /// connection broken.
    async fn fly(&mut self) -> Result<Heard, PgError> {
        frontend::sync(&mut self.wire.outgoing);
        timeout(self.flight_limit, self.converse()).await.map_err(|_| PgError::Timeout)?
    }

    /// A script in the simple protocol, for DDL: no parameters, no time limit, values come back as text.
    pub async fn simple(&mut self, sql: &str) -> Result<Vec<Answer>, PgError> {
        let encoded = frontend::query(sql, &mut self.wire.outgoing);
        self.stage(encoded)?;
        self.converse().await?.script()
    }

    /// Lets the server parse and plan types without running anything.
    pub async fn parse_only(&mut self, sql: &str) -> Result<Prepared, PgError> {
        let out = &mut self.wire.outgoing;
        let encoded = frontend::parse("", sql, [], out).and_then(|()| frontend::describe(b'S', "", out));
        self.stage(encoded)?;
        frontend::sync(&mut self.wire.outgoing);
        let mut heard = self.converse().await?;
        let prepared = Prepared {
            params: std::mem::take(&mut heard.params),
            columns: std::mem::take(&mut heard.columns),
        };
        heard.flight(0).map(|_| prepared)
    }

    pub fn status(&self) -> Status {
        self.status
    }

    /// Broken for good: drop it.
    pub fn broken(&self) -> bool {
        self.is_broken
    }

    /// How long a flight may take; 30 s unless told.
    pub fn set_flight_limit(&mut self, limit: Duration) {
        self.flight_limit = limit;
    }

    /// What the server reported about itself, such as `in_hot_standby` or `server_version`.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    pub fn server_version(&self) -> Option<&str> {
        self.parameter("server_version")
    }

    /// The server process behind the session (behind a pooler: a number of the pooler's).
    pub fn process_id(&self) -> i32 {
        self.process_id
    }

    pub fn take_notices(&mut self) -> Vec<Notice> {
        self.notices.drain(..).collect()
    }

    /// Whether nothing has been heard of an end of the connection; asks nobody.
    pub(super) async fn is_alive(&mut self) -> bool {
        !self.is_broken && self.hear_news().await.is_ok()
    }

    /// What cannot be encoded is refused whole, before a byte of it is written.
    fn stage<E: Display>(&mut self, encoded: Result<(), E>) -> Result<(), PgError> {
        encoded.map_err(|error| {
            self.wire.outgoing.clear();
            PgError::Misuse(error.to_string())
        })
    }

    /// Sends what is encoded and listens to the end of the answer.
    async fn converse(&mut self) -> Result<Heard, PgError> {
        if self.is_broken {
            return Err(PgError::Closed("an earlier flight was not heard to its end".into()));
        }
        if let Err(error) = self.hear_news().await {
            self.is_broken = true;
            return Err(error.closed());
        }
        self.is_broken = true;
        let heard = self.listen().await.map_err(WireError::lost)?;
        self.wire.give_back();
        Ok(heard)
    }

    /// Up to `ReadyForQuery`, which alone makes the connection usable again.
    async fn listen(&mut self) -> Result<Heard, WireError> {
        let mut heard = Heard::default();
        loop {
            if self.wire.arrived().await? == DATA_ROW_TAG {
                heard.row(self.wire.body()?)?;
                self.wire.skip()?;
                continue;
            }
            match self.wire.take()? {
                Message::ReadyForQuery(body) => {
                    self.status = status(&body)?;
                    self.is_broken = false;
                    return Ok(heard);
                }
                message => self.overhear(message)?.map_or(Ok(()), |answer| heard.message(answer))?,
            }
        }
    }

    /// What the server said while nobody asked: mostly nothing, or that it is going away.
    async fn hear_news(&mut self) -> Result<(), WireError> {
        while self.wire.glance().await?.is_some() {
            let message = self.wire.take()?;
            if let Some(message) = self.overhear(message)? {
                Heard::default().message(message)?;
                return Err(WireError::Garbage("an answer to something never asked".into()));
            }
        }
        Ok(())
    }

    /// Keeps what comes beside the answers; hands back the rest.
    fn overhear(&mut self, message: Message) -> Result<Option<Message>, WireError> {
        match message {
            Message::ParameterStatus(body) => {
                let (name, value) = (body.name()?.to_owned(), body.value()?.to_owned());
                if self.parameters.len() < PARAMETERS_MAX || self.parameters.contains_key(&name) {
                    self.parameters.insert(name, value);
                }
            }
            Message::BackendKeyData(body) => self.process_id = body.process_id(),
            Message::NoticeResponse(body) => {
                if self.notices.len() == NOTICES_MAX {
                    self.notices.pop_front();
                }
                self.notices.push_back(ServerError::read(body.fields())?);
            }
            Message::NotificationResponse(_) => {}
            other => return Ok(Some(other)),
        }
        Ok(None)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !self.is_broken {
            self.wire.part();
        }
    }
}

fn encode(statement: &Statement<'_>, sending: &Sending, out: &mut BytesMut) -> Result<(), String> {
    let params = statement.params;
    if params.iter().any(|param| matches!(param, Param::Array(array) if array.is_mixed())) {
        return Err("an array holds values of two types".into());
    }
    let (name, is_known) = match sending {
        Sending::Unnamed => ("", false),
        Sending::Named(name) => (name.as_str(), false),
        Sending::Known(name) => (name.as_str(), true),
    };
    if !is_known {
        let types = params.iter().map(Param::oid);
        frontend::parse(name, statement.sql, types, out).map_err(|error| error.to_string())?;
    }
    let write = |param: &Param<'_>, out: &mut BytesMut| Ok(param.write(out));
    frontend::bind("", name, BINARY, params, write, BINARY, out).map_err(|error| match error {
        BindError::Conversion(error) => error.to_string(),
        BindError::Serialization(error) => error.to_string(),
    })?;
    let described = frontend::describe(b'P', "", out).and_then(|()| frontend::execute("", 0, out));
    described.map_err(|error| error.to_string())?;
    if out.len() > FLIGHT_BYTES_MAX {
        return Err(format!("a flight of more than {FLIGHT_BYTES_MAX} bytes"));
    }
    Ok(())
}

fn status(body: &ReadyForQueryBody) -> Result<Status, WireError> {
    match body.status() {
        b'I' => Ok(Status::Idle),
        b'T' => Ok(Status::InTransaction),
        b'E' => Ok(Status::Failed),
        other => Err(WireError::Garbage(format!("transaction status {other}"))),
    }
}
