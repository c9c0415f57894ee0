//! `ExportTraceServiceRequest` of opentelemetry-proto, written by hand: a dozen fields, each with the number the standard gave it.

use traces::{Finished, Kind, Value};

/// Who says it: `service.name` and what else tells one process from another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resource(pub Vec<(&'static str, String)>);

const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const BYTES: u64 = 2;
const FIXED32: u64 = 5;
const SAMPLED: u32 = 0x001;
/// Whether the parent is of another process is known, and it is.
const PARENT_KNOWN: u32 = 0x100;
const PARENT_AFAR: u32 = 0x200;

/// A message that is being written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
    fn head(&mut self, field: u64, form: u64) {
        self.varint(field << 3 | form);
    }
    fn number(&mut self, field: u64, number: u64) {
        self.head(field, VARINT);
        self.varint(number);
    }
    fn fixed64(&mut self, field: u64, number: u64) {
        self.head(field, FIXED64);
        self.0.extend(number.to_le_bytes());
    }
    fn fixed32(&mut self, field: u64, number: u32) {
        self.head(field, FIXED32);
        self.0.extend(number.to_le_bytes());
    }
    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.head(field, BYTES);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
    }
    fn message(&mut self, field: u64, write: impl FnOnce(&mut Message)) {
        let mut inner = Message::default();
        write(&mut inner);
        self.bytes(field, &inner.0);
    }
    /// `KeyValue`; a value of no kind we have would be empty.
    fn pair(&mut self, field: u64, key: &str, value: &Value) {
        self.message(field, |pair| {
            pair.bytes(1, key.as_bytes());
            pair.message(2, |any| match value {
                Value::Number(number) => any.number(3, *number as u64),
                Value::Word(word) => any.bytes(1, word.as_bytes()),
                Value::Text(text) => any.bytes(1, text.as_bytes()),
            });
        });
    }
}

/// What a collector is sent.
pub(crate) fn request(resource: &Resource, spans: &[Finished]) -> Vec<u8> {
    let mut request = Message::default();
    request.message(1, |of_resource| {
        of_resource.message(1, |told| {
            for (key, value) in &resource.0 {
                told.pair(1, key, &Value::Text(value.clone()));
            }
        });
        of_resource.message(2, |of_scope| {
            of_scope.message(1, |scope| scope.bytes(1, b"rookery"));
            for finished in spans {
                of_scope.message(2, |message| span(message, finished));
            }
        });
    });
    request.0
}

fn span(to: &mut Message, finished: &Finished) {
    let Finished { trace, span, parent, from_afar, kind, name, began, took, values, failed } = finished;
    to.bytes(1, trace);
    to.bytes(2, span);
    if *parent != [0; 8] {
        to.bytes(4, parent);
    }
    to.bytes(5, name.as_bytes());
    to.number(6, number_of(*kind));
    to.fixed64(7, nanos(began.as_nanos()));
    to.fixed64(8, nanos((*began + *took).as_nanos()));
    for (key, value) in values {
        to.pair(9, key, value);
    }
    if *failed {
        to.message(15, |status| status.number(3, 2));
    }
    to.fixed32(16, SAMPLED | PARENT_KNOWN | if *from_afar { PARENT_AFAR } else { 0 });
}

fn number_of(kind: Kind) -> u64 {
    match kind {
        Kind::Internal => 1,
        Kind::Server => 2,
        Kind::Client => 3,
        Kind::Producer => 4,
        Kind::Consumer => 5,
    }
}

fn nanos(nanos: u128) -> u64 {
    u64::try_from(nanos).unwrap_or(u64::MAX)
}

/// How many spans an `ExportTraceServiceResponse` says it did not want: field 1 of `partial_success`, which is field 1.
pub(crate) fn rejected(response: &[u8]) -> u64 {
    let partial = fields(response).find_map(|(field, value)| match value {
        Field::Bytes(bytes) if field == 1 => Some(bytes),
        _ => None,
    });
    let counts = fields(partial.unwrap_or_default()).find_map(|(field, value)| match value {
        Field::Number(number) if field == 1 => Some(number),
        _ => None,
    });
    counts.unwrap_or_default()
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message up to the first of a form that is not looked at here.
fn fields(mut message: &[u8]) -> impl Iterator<Item = (u64, Field<'_>)> {
    std::iter::from_fn(move || {
        let head = read(&mut message)?;
        let number = read(&mut message)?;
        let value = match head & 7 {
            VARINT => Field::Number(number),
            BYTES => {
                let (bytes, rest) = message.split_at_checked(usize::try_from(number).ok()?)?;
                message = rest;
                Field::Bytes(bytes)
            }
            _ => return None,
        };
        Some((head >> 3, value))
    })
}

fn read(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for at in 0..10 {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7F).checked_shl(at * 7)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn finished() -> Finished {
        Finished {
            trace: [0xAB; 16],
            span: [1; 8],
            parent: [0; 8],
            from_afar: false,
            kind: Kind::Server,
            name: "GET".into(),
            began: Duration::from_nanos(1),
            took: Duration::from_nanos(2),
            values: vec![("n", Value::Number(300)), ("w", Value::Word("x"))],
            failed: true,
        }
    }

    #[test]
    fn a_span_is_written_as_the_standard_numbers_it() {
        let mut message = Message::default();
        span(&mut message, &finished());
        let mut expected = vec![0x0A, 16];
        expected.extend([0xAB; 16]);
        expected.extend([0x12, 8]);
        expected.extend([1; 8]);
        expected.extend([0x2A, 3, b'G', b'E', b'T', 0x30, 2]);
        expected.extend([0x39, 1, 0, 0, 0, 0, 0, 0, 0, 0x41, 3, 0, 0, 0, 0, 0, 0, 0]);
        expected.extend([0x4A, 8, 0x0A, 1, b'n', 0x12, 3, 0x18, 0xAC, 0x02]);
        expected.extend([0x4A, 8, 0x0A, 1, b'w', 0x12, 3, 0x0A, 1, b'x']);
        expected.extend([0x7A, 2, 0x18, 2, 0x85, 0x01, 0x01, 0x01, 0, 0]);
        assert_eq!(message.0, expected);
    }

    #[test]
    fn what_a_collector_did_not_want_is_read() {
        assert_eq!(rejected(&[]), 0);
        assert_eq!(rejected(&[0x0A, 0]), 0);
        assert_eq!(rejected(&[0x0A, 6, 0x08, 0xAC, 0x02, 0x12, 1, b'!']), 300);
        for nonsense in [&[0x0A][..], &[0x0A, 9, 1], &[0xFF; 12], &[0x0A, 2, 0x08, 0x80]] {
            assert_eq!(rejected(nonsense), 0, "{nonsense:?}");
        }
    }
}
