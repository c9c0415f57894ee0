//! What came of a run: all that its page, its table and its JSON say.

use serde::{Deserialize, Serialize};

use super::judge;
use super::knee::Step;
use super::verdict::Verdict;
use super::watch::{Seen, Server};
use crate::swarm::{Arrived, Sample, TeamTold};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    pub shape: String,
    pub people: usize,
    /// Of the generator.
    pub machine: String,
    pub date: String,
    pub address: String,
    /// Nothing where nothing is due at a rate.
    pub stages: Option<String>,
    pub text_bytes: usize,
    pub arrived: Vec<Arrived>,
    /// Of an idle crowd, when it had been held.
    pub level_after: Option<usize>,
    pub told: Option<TeamTold>,
    /// Pages of history that were opened meanwhile.
    pub pages: Option<TeamTold>,
    pub samples: Vec<Sample>,
    pub server: Vec<Seen>,
    pub verdicts: Vec<Verdict>,
    pub bound_by: Option<String>,
    /// Where the most was sought: every rate that was tried, and the largest that was held.
    pub steps: Vec<Step>,
    pub knee: Option<f64>,
}

impl Outcome {
    pub fn is_kept(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.kept)
    }

    /// Whatever else it was, nothing was lost, doubled, out of order, torn or heard by others.
    pub fn is_correct(&self) -> bool {
        judge::is_correct(&self.verdicts)
    }

    /// The summary, a line each.
    pub fn rows(&self) -> Vec<(String, String)> {
        let mut rows = Rows::default();
        for arrived in &self.arrived {
            rows.came(arrived, self.people);
        }
        if let Some(level) = self.level_after {
            rows.add("still there after they were held", level.to_string());
        }
        if let Some(told) = &self.told {
            if self.shape == "http" { rows.answers("", told) } else { rows.messages(told) }
        }
        if let Some(pages) = &self.pages {
            rows.answers("pages: ", pages);
        }
        self.of_the_server(&mut rows);
        if !self.steps.is_empty() {
            let held =
                self.knee.map_or_else(|| "not even the first step".to_owned(), |held| format!("{held:.0}"));
            rows.add("the knee: held, a second", held);
        }
        if let Some(bound) = &self.bound_by {
            rows.add("what stops it", bound.clone());
        }
        rows.0
    }

    fn of_the_server(&self, rows: &mut Rows) {
        let seen = || self.server.iter().filter_map(|seen| seen.server);
        let most = |value: fn(&Server) -> f64| seen().map(|server| value(&server)).reduce(f64::max);
        let Some((memory, cpu)) = most(|server| server.memory_mb).zip(most(|server| server.cpu)) else {
            rows.add("the server's own metrics", "could not be read".to_owned());
            return;
        };
        rows.add("memory of the server, most", format!("{memory:.0} MB"));
        rows.add("its processors, most", format!("{cpu:.2}"));
        let level = self.level_after.unwrap_or_default();
        if let Some(first) = seen().next().filter(|_| level > 0) {
            let each = (memory - first.memory_mb).max(0.0) * 1e3 / level as f64;
            rows.add("what its memory grew by, for each who came", format!("{each:.1} kB"));
        }
    }
}

#[derive(Default)]
struct Rows(Vec<(String, String)>);

impl Rows {
    fn add(&mut self, name: impl Into<String>, value: String) {
        self.0.push((name.into(), value));
    }

    fn came(&mut self, arrived: &Arrived, people: usize) {
        let Arrived { level, seconds, seconds_99, waited, turned_away, .. } = arrived;
        let rate = *level as f64 / seconds.max(1e-9);
        self.add("came in", format!("{level} of {people} in {seconds:.1} s, {rate:.0} a second"));
        self.add("99 of 100 of them within", format!("{seconds_99:.2} s"));
        self.add("each, from the first try to being level", waited.to_string());
        self.add("told to come back later, and did", turned_away.to_string());
    }

    fn messages(&mut self, told: &TeamTold) {
        self.add("said", rate(told.messages, told.seconds));
        self.add("reactions beside, warming up included", told.acts.to_string());
        self.add("heard", rate(told.deliveries, told.seconds));
        self.add("each, from when it was due", told.each.to_string());
        self.add("the last who heard it", told.last.to_string());
        self.add("connections that came back", told.came_again.to_string());
        self.add(
            "told what moved instead of each message",
            format!("{}, {} of them while they were level", told.by_state, told.overrun),
        );
        self.add("due, with nobody there to say it", told.unsaid.to_string());
        self.generator("", told);
    }

    fn answers(&mut self, of: &str, told: &TeamTold) {
        self.add(format!("{of}answered"), rate(told.messages, told.seconds));
        self.add(format!("{of}each, from when it was due"), told.each.to_string());
        self.add(format!("{of}refused for being too many"), told.slowed.to_string());
        self.generator(of, told);
    }

    fn generator(&mut self, of: &str, told: &TeamTold) {
        self.add(format!("{of}counted"), told.counters.to_string());
        let lag = format!("p99 {:.2} ms, most {:.2} ms", told.lag_p99_ms, told.lag_max_ms);
        self.add(format!("{of}the generator's lag"), lag);
        self.add(format!("{of}its own processor"), format!("{:.0} %", told.own_cpu * 100.0));
    }
}

fn rate(count: u64, seconds: f64) -> String {
    format!("{count}, {:.0} a second", count as f64 / seconds.max(1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(outcome: &Outcome, name: &str) -> Option<String> {
        outcome.rows().into_iter().find(|(row, _)| row == name).map(|(_, value)| value)
    }

    #[test]
    fn a_rate_is_of_what_was_measured_and_of_no_time_there_is_none_that_is_no_number() {
        let told = TeamTold { messages: 300, seconds: 10.0, messages_in_all: 380, ..TeamTold::default() };
        let outcome = Outcome { shape: "team".to_owned(), told: Some(told), ..Outcome::default() };
        assert_eq!(value(&outcome, "said").as_deref(), Some("300, 30 a second"));
        let nothing = Outcome { told: Some(TeamTold::default()), ..Outcome::default() };
        assert!(nothing.rows().iter().all(|(_, value)| !value.contains("NaN") && !value.contains("inf")));
    }

    #[test]
    fn what_each_costs_in_memory_is_told_of_those_who_were_held() {
        let seen =
            |memory_mb| Seen { server: Some(Server { memory_mb, ..Server::default() }), ..Seen::default() };
        let outcome = Outcome {
            level_after: Some(1_000),
            server: vec![seen(20.0), Seen::default(), seen(21.5)],
            ..Outcome::default()
        };
        assert_eq!(value(&outcome, "what its memory grew by, for each who came").as_deref(), Some("1.5 kB"));
    }
}
