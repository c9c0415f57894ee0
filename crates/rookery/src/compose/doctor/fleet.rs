//! The nodes that live, by their heartbeats in the directory: whether every role is there, and whether there is room for all.

use store::migrate::LEVEL;
use store::node::{self, Node};
use store::{Postgres, StoreError};

use super::{Finding, PATIENCE};
use crate::compose::postgres::Place;
use crate::config::Config;
use crate::role::Role;

pub async fn examine(config: &Config, directory: &Place) -> Vec<Finding> {
    let engine = Postgres::new(directory.options.clone());
    let asked = async {
        let nodes = node::live(&engine).await?;
        let allowed = engine.connections_allowed().await?.allowed;
        Ok::<_, StoreError>((nodes, u64::try_from(allowed).unwrap_or(u64::MAX)))
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok((nodes, allowed))) => judged(config, &nodes, allowed),
        // Why it cannot be asked has been said above; or nothing was set up in it yet.
        Ok(Err(error)) => vec![Finding::away(
            "nodes",
            error.to_string(),
            "rookery migrate status says whether it has its tables",
        )],
        Err(_) => vec![Finding::away("nodes", "the directory does not answer", "see postgres above")],
    }
}

fn judged(config: &Config, nodes: &[Node], allowed: u64) -> Vec<Finding> {
    if nodes.is_empty() {
        return vec![Finding::doubtful("nodes", "no node lives", "start one: rookery serve")];
    }
    let has = |role: Role| nodes.iter().any(|node| node.roles.split(',').any(|known| known == role.name()));
    let missing: Vec<_> = Role::ALL.into_iter().filter(|role| !has(*role)).map(Role::name).collect();
    let mut findings = vec![if missing.is_empty() {
        Finding::well("nodes", format!("{} live, and every role among them", nodes.len()))
    } else {
        Finding::wrong(
            "nodes",
            format!("{} live, and none of them is {}", nodes.len(), missing.join(" or ")),
            format!("start one: rookery serve --roles {}", missing.join(",")),
        )
    }];
    findings.push(connections(config, nodes, allowed));
    let (least, most) =
        (nodes.iter().map(|node| node.level).min(), nodes.iter().map(|node| node.level).max());
    if least != most || most.is_some_and(|most| most > LEVEL) {
        findings.push(Finding::doubtful(
            "level",
            format!(
                "nodes of different builds live (levels {} to {}; this is {LEVEL})",
                least.unwrap_or(0),
                most.unwrap_or(0)
            ),
            "finish the roll-out; the installation's level stays at the lowest until then",
        ));
    }
    if nodes.len() > 1 && config.redis.urls.is_empty() {
        findings.push(Finding::doubtful(
            "redis",
            "nodes hear each other by the database alone, within 2 s, and each counts limits for itself",
            "set redis.urls on all of them",
        ));
    }
    findings
}

/// What all pools may come to, and one more node like this one.
fn connections(config: &Config, nodes: &[Node], allowed: u64) -> Finding {
    const NAME: &str = "connections";
    let pool = &config.store.postgres.pool;
    let (sum, one) = (
        nodes.iter().map(|node| u64::from(node.pool)).sum::<u64>(),
        u64::from(pool.size) + u64::from(pool.overflow),
    );
    let shown = format!("all pools together may take {sum} of the {allowed} connections PostgreSQL gives");
    let advice = "raise max_connections, lower store.postgres.pool, or put PgBouncer between";
    if sum > allowed {
        Finding::wrong(NAME, shown, advice)
    } else if sum + one > allowed {
        Finding::doubtful(NAME, format!("{shown}; another node has no room"), advice)
    } else {
        Finding::well(NAME, shown)
    }
}

#[cfg(test)]
mod tests {
    use store::clock::{SystemClock, new_key};

    use super::super::State;
    use super::*;

    fn check(roles: &[&[&str]], allowed: u64, name: &str, state: State) {
        let nodes: Vec<_> = roles.iter().map(|roles| Node::new(new_key(&SystemClock), roles, 50)).collect();
        let findings = judged(&Config::default(), &nodes, allowed);
        let worst = findings.iter().find(|finding| finding.state != State::Well);
        assert_eq!(worst.map(|finding| (finding.name, finding.state)), Some((name, state)), "{findings:?}");
    }

    #[test]
    fn every_role_lives_and_there_is_room_for_one_more() {
        let all: &[&str] = &["api", "gateway", "worker"];
        check(&[], 200, "nodes", State::Doubtful);
        check(&[&["api"], &["gateway"]], 200, "nodes", State::Wrong);
        check(&[all, all], 99, "connections", State::Wrong);
        check(&[all, all], 120, "connections", State::Doubtful);
        let nodes = [Node::new(new_key(&SystemClock), all, 50)];
        assert!(judged(&Config::default(), &nodes, 200).iter().all(|finding| finding.state == State::Well));
    }
}
