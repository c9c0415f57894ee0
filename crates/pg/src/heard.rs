use fallible_iterator::FallibleIterator;
use postgres_protocol::{Oid, message::backend::Message};

use super::{
    answer::Answer,
    error::{PgError, ServerError, WireError},
};

/// What one flight may bring back in all.
const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Everything the server said between a Sync (or a simple query) and `ReadyForQuery`.
#[derive(Debug, Default)]
pub(super) struct Heard {
    answers: Vec<Answer>,
    current: Answer,
    bytes: usize,
    error: Option<ServerError>,
    /// How many statements the server has parsed.
    pub(super) parsed: usize,
    pub(super) params: Vec<Oid>,
    pub(super) columns: Vec<(String, Oid)>,
}

impl Heard {
    pub(super) fn row(&mut self, body: &[u8]) -> Result<(), WireError> {
        self.current.push(body)?;
        if self.bytes + self.current.bytes() > ANSWER_BYTES_MAX {
            return Err(WireError::Garbage(format!("more than {ANSWER_BYTES_MAX} bytes in one answer")));
        }
        Ok(())
    }

    pub(super) fn message(&mut self, message: Message) -> Result<(), WireError> {
        match message {
            Message::RowDescription(body) => {
                self.current.describe(&body)?;
                self.columns =
                    body.fields().map(|field| Ok((field.name().to_owned(), field.type_oid()))).collect()?;
            }
            Message::ParameterDescription(body) => self.params = body.parameters().collect()?,
            Message::CommandComplete(body) => self.finish(body.tag()?),
            Message::EmptyQueryResponse => self.finish(""),
            Message::ErrorResponse(body) => {
                let error = ServerError::read(body.fields())?;
                if error.ends_session() {
                    return Err(WireError::Gone(error.to_string()));
                }
                // A second error can only be about the first one.
                self.error.get_or_insert(error).statement = Some(self.answers.len());
            }
            Message::ParseComplete => self.parsed += 1,
            Message::BindComplete | Message::NoData => {}
            // COPY would wait for data that never comes; a suspended portal was never asked for.
            _ => return Err(WireError::Garbage("an answer to something never asked".into())),
        }
        Ok(())
    }

    fn finish(&mut self, tag: &str) {
        self.bytes += self.current.bytes();
        self.current.finish(tag);
        self.answers.push(std::mem::take(&mut self.current));
    }

    /// The answers of a flight of `count` statements.
    pub(super) fn flight(self, count: usize) -> Result<Vec<Answer>, PgError> {
        if let Some(mut error) = self.error {
            error.statement = error.statement.filter(|at| *at < count);
            return Err(PgError::Server(Box::new(error)));
        }
        if self.answers.len() == count {
            return Ok(self.answers);
        }
        Err(PgError::Protocol(format!("{} answers to {count} statements", self.answers.len())))
    }

    pub(super) fn script(self) -> Result<Vec<Answer>, PgError> {
        match self.error {
            Some(error) => Err(PgError::Server(Box::new(error))),
            None => Ok(self.answers),
        }
    }
}
