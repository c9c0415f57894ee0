//! Which history this database tells: a promoted standby and a restored copy tell another one.

use domain::Stamp;

use super::codec::Text;
use super::trouble::{failed, unreadable};
use crate::clock::new_epoch;
use crate::pg::{Answer, Connection, Param, PgError, Row, Statement};
use crate::port::StoreError;

/// The engine's clock, and where it stands: the timeline is taken from the log being written, since the control file
/// learns of a promotion late. Beside it what was recorded. Asked after the heads are locked.
pub(super) const MOMENT: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, \
    substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), \
    (SELECT system_identifier::text FROM pg_control_system()), \
    (SELECT value FROM origin WHERE name = 'timeline'), (SELECT value FROM origin WHERE name = 'system')";

pub(super) struct Moment {
    pub clock: Stamp,
    timeline: String,
    system: String,
    recorded: Option<(String, String)>,
}

impl Moment {
    pub fn read(answer: &Answer, skew_us: i64) -> Result<Self, StoreError> {
        let read = |row: Row<'_>| {
            let text = |at| row.nullable(at, Row::text).map(|text| text.map(str::to_owned));
            Ok(Self {
                clock: Stamp(row.int(0)?).plus(skew_us),
                timeline: row.text(1)?.to_owned(),
                system: row.text(2)?.to_owned(),
                recorded: text(3)?.zip(text(4)?),
            })
        };
        let row = answer.first().ok_or_else(|| StoreError::Statement("no moment came back".into()))?;
        read(row).map_err(unreadable)
    }

    fn is_recorded(&self) -> bool {
        matches!(&self.recorded, Some((timeline, system)) if *timeline == self.timeline && *system == self.system)
    }

    /// Nothing was ever recorded here.
    pub fn is_first(&self) -> bool {
        self.recorded.is_none()
    }

    /// Nothing may be written in a history nobody has recorded.
    pub fn must_be_recorded(&self) -> Result<(), StoreError> {
        if self.is_recorded() {
            return Ok(());
        }
        let known = match &self.recorded {
            Some((timeline, system)) => format!("timeline {timeline} of system {system}"),
            None => "none".into(),
        };
        let here = format!("timeline {} of system {}", self.timeline, self.system);
        Err(StoreError::NewHistory(format!("{here}; recorded: {known}")))
    }
}

/// One node at a time; any number, as long as nothing else takes it.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(7958234501)";
const RECORD: &str = "INSERT INTO origin (name, value) VALUES ('timeline', $1), ('system', $2) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const NEW_EPOCH: &str =
    "UPDATE head SET epoch_before = epoch, epoch_from = position, epoch = greatest($1, epoch + 1)";

/// Records the history found here. Journals that exist begin a new epoch in the same transaction; in an empty database
/// there are none. Where somebody recorded it meanwhile there is nothing to do.
pub(super) async fn record(connection: &mut Connection, texts_moment: &Text) -> Result<bool, StoreError> {
    let plain = |sql| Statement { sql, params: &[] };
    let asked = [plain("BEGIN"), plain(ONE_AT_A_TIME), plain(texts_moment)];
    let answers = connection.flight(&asked).await.map_err(failed)?;
    let moment = Moment::read(&answers[2], 0)?;
    if moment.is_recorded() {
        connection.flight(&[plain("ROLLBACK")]).await.map_err(failed)?;
        return Ok(false);
    }
    let ids = [Param::Text(Some(&moment.timeline)), Param::Text(Some(&moment.system))];
    let epoch = [Param::Int(Some(new_epoch(moment.clock).0 as i64))];
    let written = [
        Statement { sql: RECORD, params: &ids },
        Statement { sql: NEW_EPOCH, params: &epoch },
        plain("COMMIT"),
    ];
    let answers = connection.flight(&written).await.map_err(failed)?;
    let [_, heads, done] = &answers[..] else {
        return Err(failed(PgError::Protocol("three answers".into())));
    };
    if done.tag() != "COMMIT" {
        return Err(StoreError::Unreachable("a new epoch was rolled back".into()));
    }
    let journals = heads.affected().unwrap_or(0);
    tracing::info!(journals, "recorded {}; {journals} journals begin a new epoch", moment.timeline);
    Ok(true)
}
