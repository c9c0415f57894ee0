//! A PostgreSQL as it is asked through the configured address, and its replicas.

use std::time::UNIX_EPOCH;

use store::PostgresOptions;
use store::pg::{Answer, Connection, Dsn, Row, Statement};

use super::{Finding, PATIENCE, now};
use crate::compose::postgres::Place;

/// Everything that is looked at, in one row.
const SETTINGS: &str = "SELECT current_setting('server_version_num')::bigint,
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    pg_is_in_recovery()::int::bigint,
    coalesce(inet_server_port(), 0)::bigint,
    current_setting('server_encoding'),
    current_setting('fsync'),
    current_setting('full_page_writes'),
    current_setting('synchronous_commit'),
    current_setting('synchronous_standby_names'),
    current_setting('server_version')";
const LAG: &str = "SELECT pg_is_in_recovery()::int::bigint,
    CASE WHEN pg_last_wal_receive_lsn() IS NOT DISTINCT FROM pg_last_wal_replay_lsn() THEN 0
        ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0) END::bigint,
    (SELECT count(*) FROM pg_stat_wal_receiver)::bigint";

/// What is built and tested against.
const VERSION_MIN: i64 = 130_000;
const SKEW_DOUBTFUL_US: i64 = 1_000_000;
const SKEW_WRONG_US: i64 = 60_000_000;
const LAG_DOUBTFUL_S: i64 = 30;

/// One row of a question that has one, from whoever is at the address.
pub(super) async fn ask<T>(dsn: &Dsn, sql: &str, read: impl Fn(Row<'_>) -> Option<T>) -> Result<T, String> {
    let asked = async {
        let mut connection =
            Connection::connect(dsn, "rookery doctor", PATIENCE).await.map_err(|error| error.to_string())?;
        let answers =
            connection.flight(&[Statement { sql, params: &[] }]).await.map_err(|error| error.to_string())?;
        let row = answers.first().and_then(Answer::first);
        row.and_then(read).ok_or_else(|| "it did not answer what was asked".to_owned())
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err("it does not answer".to_owned()))
}

/// An address as it may be shown.
pub(super) fn shown(dsn: &Dsn) -> String {
    format!("{}:{}/{}", dsn.host, dsn.port, dsn.database)
}

struct Known {
    version: i64,
    version_text: String,
    now_us: i64,
    in_recovery: bool,
    encoding: String,
    /// fsync, full_page_writes, synchronous_commit.
    durable: [String; 3],
    standbys: String,
}

pub async fn examine(place: &Place) -> Vec<Finding> {
    let PostgresOptions { primary, writer, replicas, .. } = &place.options;
    let mut findings = Vec::new();
    for dsn in std::iter::once(primary).chain(writer) {
        match known(dsn).await {
            Ok(known) => findings.extend(judged(place.name, dsn, &known)),
            Err(why) => findings.push(Finding::away(
                "postgres",
                format!("{} at {}: {why}", place.name, shown(dsn)),
                "start it, or mend the address, the password or the network in store.postgres",
            )),
        }
    }
    for replica in replicas {
        findings.push(lag(replica).await);
    }
    findings
}

async fn known(dsn: &Dsn) -> Result<Known, String> {
    let text = |row: Row<'_>, at| row.text(at).ok().map(str::to_owned);
    ask(dsn, SETTINGS, |row| {
        Some(Known {
            version: row.int(0).ok()?,
            now_us: row.int(1).ok()?,
            in_recovery: row.int(2).ok()? == 1,
            encoding: text(row, 4)?,
            durable: [text(row, 5)?, text(row, 6)?, text(row, 7)?],
            standbys: text(row, 8)?,
            version_text: text(row, 9)?,
        })
    })
    .await
}

fn judged(name: &str, dsn: &Dsn, known: &Known) -> Vec<Finding> {
    let at = shown(dsn);
    if known.in_recovery {
        let advice = "name the primary, or promote this one: nothing can be written here";
        return vec![Finding::wrong("postgres", format!("{name} at {at} is a replica"), advice)];
    }
    let mut findings = vec![if known.version < VERSION_MIN {
        Finding::wrong(
            "postgres",
            format!("{at} is PostgreSQL {}", known.version_text),
            "use PostgreSQL 13 or later",
        )
    } else if known.encoding != "UTF8" {
        Finding::wrong(
            "postgres",
            format!("{at} keeps texts in {}", known.encoding),
            "make the database with ENCODING 'UTF8'",
        )
    } else {
        Finding::well("postgres", format!("{name} at {at} is PostgreSQL {}", known.version_text))
    }];
    findings.push(durable(&at, &known.durable));
    findings.push(match known.standbys.trim() {
        "" => Finding::doubtful(
            "quorum",
            format!("{at}: what is acknowledged is on the primary alone"),
            "set synchronous_standby_names = 'ANY 1 (…)' there, with at least one replica, to survive its loss",
        ),
        names => Finding::well("quorum", format!("{at}: commits wait for {names}")),
    });
    findings.push(clock(&at, known.now_us));
    findings
}

fn durable(at: &str, [fsync, pages, commit]: &[String; 3]) -> Finding {
    let lost = if fsync != "on" {
        Some(("fsync is off", "a power cut may cost the whole database: set fsync = on"))
    } else if pages != "on" {
        Some(("full_page_writes is off", "a power cut may leave torn pages: set full_page_writes = on"))
    } else if commit == "off" {
        Some((
            "synchronous_commit is off",
            "what is acknowledged may be lost: set it to on for this database",
        ))
    } else {
        None
    };
    match lost {
        Some((what, advice)) => Finding::wrong("durability", format!("{at}: {what}"), advice),
        None => Finding::well("durability", format!("{at}: commits are on its disk")),
    }
}

/// Stamps are the database's; limits, tickets and keys of clients go by ours.
fn clock(at: &str, theirs_us: i64) -> Finding {
    let ours = now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as i64);
    let skew = ours - theirs_us;
    let what = format!("this machine's clock and that of {at} differ by {:.1} s", skew.abs() as f64 / 1e6);
    let advice = "let every machine follow the same time servers (chrony or systemd-timesyncd); run this on each of them";
    match skew.abs() {
        small if small < SKEW_DOUBTFUL_US => {
            Finding::well("clock", format!("this machine and {at} have the same time"))
        }
        large if large < SKEW_WRONG_US => Finding::doubtful("clock", what, advice),
        _ => Finding::wrong("clock", what, advice),
    }
}

async fn lag(replica: &Dsn) -> Finding {
    let at = shown(replica);
    let asked = ask(replica, LAG, |row| Some((row.int(0).ok()?, row.int(1).ok()?, row.int(2).ok()?))).await;
    match asked {
        Err(why) => {
            Finding::away("replica", format!("{at}: {why}"), "start it; reads go to the primary meanwhile")
        }
        Ok((0, ..)) => Finding::wrong(
            "replica",
            format!("{at} is a primary of its own"),
            "name it nowhere: what it shows may be another history; make it a standby again with pg_rewind",
        ),
        Ok((_, seconds, _)) if seconds > LAG_DOUBTFUL_S => Finding::doubtful(
            "replica",
            format!("{at} is {seconds} s behind"),
            "look at its disk and network; reads go to the primary meanwhile",
        ),
        Ok((_, _, 0)) => Finding::doubtful(
            "replica",
            format!("{at} is connected to no primary"),
            "look at its log and primary_conninfo: it will fall behind",
        ),
        Ok((_, seconds, _)) => Finding::well("replica", format!("{at} is {seconds} s behind")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn sound() -> Known {
        let since = now().duration_since(UNIX_EPOCH).expect("a time");
        let on = || "on".to_owned();
        Known {
            version: 150_006,
            version_text: "15.6".to_owned(),
            now_us: since.as_micros() as i64,
            in_recovery: false,
            encoding: "UTF8".to_owned(),
            durable: [on(), on(), on()],
            standbys: "ANY 1 (r1)".to_owned(),
        }
    }

    fn check(change: impl FnOnce(&mut Known), name: &str, state: State) {
        let mut known = sound();
        change(&mut known);
        let dsn: Dsn = "host=db user=rookery dbname=rookery password=s3cret".parse().expect("an address");
        let findings = judged("shard", &dsn, &known);
        let worst = findings.iter().find(|finding| finding.state != State::Well);
        assert_eq!(worst.map(|finding| (finding.name, finding.state)), Some((name, state)), "{findings:?}");
        let shown: String = findings.iter().map(Finding::shown).collect();
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(worst.is_some_and(|finding| !finding.advice.is_empty()));
    }

    #[test]
    fn a_sound_server_has_nothing_to_mend() {
        let dsn: Dsn = "host=db user=rookery dbname=rookery".parse().expect("an address");
        assert!(judged("shard", &dsn, &sound()).iter().all(|finding| finding.state == State::Well));
    }

    #[test]
    fn each_thing_that_is_wrong_has_its_name_and_what_to_do() {
        check(|known| known.version = 120_000, "postgres", State::Wrong);
        check(|known| known.encoding = "SQL_ASCII".to_owned(), "postgres", State::Wrong);
        check(|known| known.in_recovery = true, "postgres", State::Wrong);
        check(|known| known.durable[0] = "off".to_owned(), "durability", State::Wrong);
        check(|known| known.durable[1] = "off".to_owned(), "durability", State::Wrong);
        check(|known| known.durable[2] = "off".to_owned(), "durability", State::Wrong);
        check(|known| known.standbys = " ".to_owned(), "quorum", State::Doubtful);
        check(|known| known.now_us -= 5_000_000, "clock", State::Doubtful);
        check(|known| known.now_us += 90_000_000, "clock", State::Wrong);
    }
}
