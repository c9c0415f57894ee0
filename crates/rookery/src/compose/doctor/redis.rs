//! Redis, where the configuration names one: whether it can be used, and whether it is set for what is kept there.

use std::time::Duration;

use service::live::redis::{Away, Known, Server, look};

use super::{Finding, PATIENCE};
use crate::compose::redis::settings;
use crate::config::Config;
use crate::config::redis::RedisMode;

const NAME: &str = "redis";
/// RESP3 and users; sharded channels came with the next.
const MAJOR_MIN: u32 = 6;
const MAJOR_OF_CLUSTER_MIN: u32 = 7;
/// Each request that is counted waits for it, and for no longer than the second of the two.
const ANSWER_DOUBTFUL: Duration = Duration::from_millis(5);
const ANSWER_WRONG: Duration = Duration::from_millis(100);

pub async fn examine(config: &Config) -> Vec<Finding> {
    let settings = match settings(config) {
        Ok(Some(settings)) => settings,
        Ok(None) => return Vec::new(),
        Err(why) => return vec![Finding::wrong(NAME, why.to_string(), "mend the configuration")],
    };
    let asked: Vec<_> = settings.servers.iter().map(Server::to_string).collect();
    let asked = asked.join(", ");
    match tokio::time::timeout(PATIENCE, look(&settings)).await {
        Err(_) => vec![unreached(&asked, "it does not answer")],
        Ok(Err(Away(why))) => vec![unreached(&asked, &why)],
        Ok(Ok(servers)) => {
            let judge = |(server, known): (Server, Result<Known, _>)| match known {
                Ok(known) => judged(&server.to_string(), config.redis.mode, &known),
                Err(Away(why)) => unreached(&server.to_string(), &why),
            };
            servers.into_iter().map(judge).collect()
        }
    }
}

/// By the words of servers and of the client, for which nobody has a better name.
fn unreached(at: &str, why: &str) -> Finding {
    let says = |words: &[&str]| words.iter().any(|word| why.contains(word));
    let advice = if says(&["WRONGPASS", "NOAUTH", "uthentication"]) {
        "set redis.user and redis.password as the server knows them (for sentinels, redis.sentinel_password)"
    } else if says(&["NOPERM"]) {
        "let redis.user do what `rookery config sample` says it needs"
    } else if says(&["ertificate", "UnknownIssuer"]) {
        "name in redis.ca the certificate that vouches for the server; it must be made for the name in redis.urls"
    } else {
        "start it, or mend redis.urls (rediss:// where it speaks TLS) and redis.mode; people go on without it meanwhile"
    };
    Finding::away(NAME, format!("{at}: {why}"), advice)
}

fn judged(at: &str, mode: RedisMode, known: &Known) -> Finding {
    let Known { version, answers_in, memory_max, policy, cannot_save } = known;
    let millis = answers_in.as_secs_f64() * 1e3;
    let needed = if mode == RedisMode::Cluster { MAJOR_OF_CLUSTER_MIN } else { MAJOR_MIN };
    if known.major() < needed {
        let advice = format!("install version {needed} or later");
        return Finding::wrong(NAME, format!("{at} is Redis {version}"), advice);
    }
    if *cannot_save {
        return Finding::wrong(
            NAME,
            format!("{at} could not write its data to its disk, and may refuse all writes for it"),
            "nothing in it must last: set save \"\" and appendonly no; or make room on its disk",
        );
    }
    if *answers_in >= ANSWER_DOUBTFUL {
        let (what, advice) = (
            format!("{at} takes {millis:.1} ms to answer"),
            "put it into the same network as the nodes, on a machine that is not busy; SLOWLOG GET says what holds it up",
        );
        return match *answers_in >= ANSWER_WRONG {
            true => Finding::wrong(NAME, what, advice),
            false => Finding::doubtful(NAME, what, advice),
        };
    }
    if *memory_max > 0 && policy == "noeviction" {
        return Finding::doubtful(
            NAME,
            format!("{at} refuses writes once its {} MB are full", memory_max >> 20),
            "set maxmemory-policy allkeys-lru: everything in it is brought again when it is missed",
        );
    }
    Finding::well(NAME, format!("{at} is Redis {version} and answers in {millis:.1} ms"))
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn sound() -> Known {
        Known {
            version: "7.0.15".to_owned(),
            answers_in: Duration::from_micros(90),
            memory_max: 1 << 30,
            policy: "allkeys-lru".to_owned(),
            cannot_save: false,
        }
    }

    fn check(mode: RedisMode, change: impl FnOnce(&mut Known), state: State) {
        let mut known = sound();
        change(&mut known);
        let finding = judged("redis:6379", mode, &known);
        assert_eq!(finding.state, state, "{finding:?}");
        assert_eq!(finding.advice.is_empty(), state == State::Well, "{finding:?}");
    }

    #[test]
    fn each_thing_that_is_wrong_with_a_server_is_told_with_what_to_do() {
        check(RedisMode::Cluster, |_| {}, State::Well);
        check(RedisMode::Single, |known| known.memory_max = 0, State::Well);
        check(RedisMode::Single, |known| known.version = "6.2.1".to_owned(), State::Well);
        check(RedisMode::Cluster, |known| known.version = "6.2.1".to_owned(), State::Wrong);
        check(RedisMode::Single, |known| known.version = "5.0.14".to_owned(), State::Wrong);
        check(RedisMode::Single, |known| known.policy = "noeviction".to_owned(), State::Doubtful);
        check(RedisMode::Single, |known| known.answers_in = Duration::from_millis(20), State::Doubtful);
        check(RedisMode::Single, |known| known.answers_in = Duration::from_millis(200), State::Wrong);
        check(RedisMode::Single, |known| known.cannot_save = true, State::Wrong);
    }

    #[test]
    fn who_sends_us_away_is_told_from_who_is_not_there() {
        let advised = |why: &str| unreached("redis:6379", why).advice;
        assert!(advised("WRONGPASS invalid username-password pair").contains("redis.password"));
        assert!(advised("NOPERM this user has no permissions").contains("redis.user"));
        assert!(advised("invalid peer certificate: UnknownIssuer").contains("redis.ca"));
        assert!(advised("Connection refused (os error 111)").contains("start it"));
    }
}
