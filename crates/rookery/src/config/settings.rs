//! Every setting there is: its name, kind, default and what it means. This file is the documentation; the sample is made from it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use api::peer::Network;

use super::kinds::{Listen, LogFormat, PublicUrl, Shard, StoreKind};
use super::redis::{RedisMode, RedisUrl};
use super::secret::{Dsn, Password};
use super::section::settings;
use super::traces::{CollectorUrl, Share};
use super::values::Size;
use crate::role::Role;

settings! {
    /// Rookery's configuration. Every key is shown with its default; uncomment what you change.
    /// The environment overrides the file: ROOKERY_SERVER__LISTEN is the key listen of [server], and so on.
    pub struct Config {
    }
    sections {
        server: Server;
        rates: Rates;
        gateway: Gateway;
        redis: Redis;
        cache: Cache;
        store: Store;
        journal: Journal;
        backup: Backup;
        worker: Worker;
        metrics: Metrics;
        log: Log;
        traces: Traces;
    }
}

settings! {
    /// What this process runs and where people find it.
    pub struct Server {
        /// The address and port people and programs reach. Port 0 takes a free one and the start-up line names it.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 7665));
        /// The address people type, when something stands in front. Requests from other origins are refused.
        /// Not set: the listening address.
        public_url: Option<PublicUrl> = None;
        /// What this installation is called before anybody signs in.
        name: String = "Rookery".to_owned();
        /// What this process runs.
        roles: Vec<Role> = Role::ALL.to_vec();
        /// The folder for everything this server keeps. It belongs to one server at a time.
        data: PathBuf = PathBuf::from("rookery-data");
        /// How long a soft stop (SIGTERM, SIGINT) waits for what is under way. A second signal does not wait.
        drain: Duration = Duration::from_secs(10);
        /// The largest request body, which only a picture may have: JSON has 256 KiB of it at most, and 16 where nobody is known yet.
        body_max: Size = Size(1 << 20);
        /// How many connections are open at once; further callers wait in the kernel's queue.
        connections_max: u32 = 10_000;
        /// How many of them one address may hold; a whole office may be one. Trusted proxies are not counted. 0: no limit.
        address_connections_max: u32 = 1_000;
        /// Proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses or networks. The right-most
        /// address that is none of them is the caller's; limits count by it. Not set: nobody is believed.
        trusted_proxies: Vec<Network> = Vec::new();
    }
    sections {
        tls: TlsFiles;
    }
}

settings! {
    /// TLS on the address above, without anything in front. Files that are replaced are taken within half a minute.
    pub struct TlsFiles {
        /// The certificate with its chain, in PEM.
        cert: Option<PathBuf> = None;
        /// Its key, in PEM; readable by this server alone.
        key: Option<PathBuf> = None;
    }
    sections {}
}

settings! {
    /// How often somebody may ask, in times a minute, all at once if they like. 0: as often as they like.
    pub struct Rates {
        /// One account, from wherever it asks, by requests and by its sockets.
        account: u32 = 1_200;
        /// One address, whoever asks from it; a whole office may be one.
        address: u32 = 12_000;
        /// Tries to sign in as one account from one address.
        sign_in: u32 = 5;
        /// Tries to sign in from one address.
        sign_in_address: u32 = 100;
        /// Tries to sign in as one account from everywhere together; beyond it each waits a moment first.
        sign_in_account: u32 = 30;
        /// Exports, pictures, new workspaces and what else costs a great deal, of one account.
        costly: u32 = 10;
    }
    sections {}
}

settings! {
    /// The sockets of this process: live events, sending, typing, presence.
    pub struct Gateway {
        /// How many are open at once; further callers are told to come back.
        sockets_max: u32 = 50_000;
        /// How many of them one account may hold, on all its devices. 0: no limit.
        account_sockets_max: u32 = 100;
        /// How many of one address may be open that have not said yet who they are. 0: no limit.
        address_strangers_max: u32 = 5_000;
        /// Threads that keep them. 0: one a processor.
        threads: u32 = 0;
        /// How often a socket that hears nothing else hears where it is.
        heartbeat: Duration = Duration::from_secs(30);
        /// What may wait for one socket; over it what is missed is brought from the state once it takes something again.
        queue_max: Size = Size(256 << 10);
        /// Commands one socket may give in a second.
        commands_per_s: u32 = 100;
        /// How many may come in in a second; the others are told when to come back.
        newcomers_per_s: u32 = 10_000;
    }
    sections {}
}

settings! {
    /// Where the processes of one installation meet while things happen: what was just said, who is here, how often somebody asks.
    /// Nothing durable is in it, and a single process needs none: without it, or while it is away, others are heard within 2 s.
    pub struct Redis {
        /// One server, the sentinels, or some nodes of a cluster; rediss:// is TLS. Not set: each process by itself.
        urls: Vec<RedisUrl> = Vec::new();
        /// single, sentinel, or cluster (sharded channels: Redis 7 or later).
        mode: RedisMode = RedisMode::Single;
        /// What the sentinels call the primary.
        master: String = "mymaster".to_owned();
        /// Who signs in to the servers. Not set: default. A user of one's own needs ~PREFIX:* &PREFIX:* +@read +@write +@pubsub
        /// +@connection +@scripting -@dangerous +time +info, for a cluster +cluster|slots, below sentinels +role.
        user: Option<String> = None;
        /// With what.
        password: Option<Password> = None;
        /// With what one signs in to the sentinels, where they ask for something.
        sentinel_password: Option<Password> = None;
        /// A certificate in PEM that is believed instead of those this machine believes.
        ca: Option<PathBuf> = None;
        /// Begins every key and channel: installations that share a server differ in it.
        prefix: String = "rookery".to_owned();
    }
    sections {}
}

settings! {
    /// What was read lately and is used again: names, pages of members. The journal says what changed, so nobody is answered
    /// with anything older than what they have seen; how long it is kept is only the net below that.
    pub struct Cache {
        /// How many answers this process holds. 0: everything is read each time.
        entries_max: u32 = 10_000;
        /// And how much all of them may weigh.
        memory_max: Size = Size(32 << 20);
        /// For how long this process holds one at most.
        keep: Duration = Duration::from_mins(5);
        /// For how long Redis keeps what a member shows.
        profiles: Duration = Duration::from_hours(1);
        /// Pages of who sits in a channel.
        channel_members: Duration = Duration::from_mins(30);
        /// Answers of whole endpoints, by a hash of what they were asked.
        endpoints: Duration = Duration::from_mins(5);
    }
    sections {}
}

settings! {
    /// Where the journals and everything they tell of are kept.
    pub struct Store {
        /// embedded (SQLite in the data folder, nothing else to run) or postgres.
        kind: StoreKind = StoreKind::Embedded;
    }
    sections {
        postgres: Postgres;
    }
}

settings! {
    /// Used when store.kind is postgres.
    pub struct Postgres {
        /// The database of accounts, and of which shard each workspace lives on. It may also be one of the shards.
        directory: Option<Dsn> = None;
        /// Another sign-in to it for those who write, whose role carries the settings of a writer. Not set: the same sign-in.
        directory_writer: Option<Dsn> = None;
        /// The databases of whole workspaces. Replicas answer reads that may be old enough; writer as for the directory.
        shards: Vec<Shard> = Vec::new();
    }
    sections {
        pool: Pool;
    }
}

settings! {
    /// The connections of this process to one database.
    pub struct Pool {
        /// Connections kept open.
        size: u32 = 20;
        /// Connections opened beyond that when all are busy, closed again when they are not.
        overflow: u32 = 30;
        /// A connection older than this is replaced.
        max_age: Duration = Duration::from_hours(1);
        /// Whether a connection that rested is asked whether it still lives before it is used.
        check_before_use: bool = true;
        /// How long a command waits for a connection before it is told to come back later.
        wait: Duration = Duration::from_secs(5);
    }
    sections {}
}

settings! {
    /// What is kept of the past.
    pub struct Journal {
        /// How long events are kept. Who was away longer starts again from the state as it is.
        keep_events: Duration = Duration::from_hours(7 * 24);
    }
    sections {}
}

settings! {
    /// Copies of the embedded store, made while people write. (For postgres use its own tools.)
    pub struct Backup {
        /// How often a copy is made. 0s: never.
        every: Duration = Duration::from_hours(1);
        /// How many of the latest copies are kept.
        keep_hourly: u32 = 24;
        /// For how many days the last copy of the day is kept.
        keep_daily: u32 = 7;
        /// Where copies go. Not set: the folder backups in the data folder. Another disk is better.
        dir: Option<PathBuf> = None;
    }
    sections {}
}

settings! {
    /// What happens behind people's backs: jobs, and telling people of what calls them.
    pub struct Worker {
        /// How many jobs run at once.
        concurrency: u32 = 10;
        /// How long after a message somebody is told of it who has not read it by then, and did not choose for themselves.
        notify_after: Duration = Duration::from_secs(10);
    }
    sections {}
}

settings! {
    /// For operators: /metrics in the Prometheus form, and /health with its reasons.
    pub struct Metrics {
        /// The address and port, or off. It tells strangers nothing they should know: keep it on loopback or behind a firewall.
        listen: Listen = Listen::At(SocketAddr::from((Ipv4Addr::LOCALHOST, 7666)));
    }
    sections {}
}

settings! {
    /// What is written to stderr.
    pub struct Log {
        /// text for people, json for programs.
        format: LogFormat = LogFormat::Text;
        /// How much: error, warn, info, debug or trace; for parts, such as info,store=debug.
        filter: String = "info".to_owned();
    }
    sections {}
}

settings! {
    /// What requests, commands and jobs were made of, for a collector of OpenTelemetry. Only a build with the feature otlp does that.
    pub struct Traces {
        /// Where it takes them, by OTLP over HTTP; without a path /v1/traces is meant. Not set: nothing is traced.
        endpoint: Option<CollectorUrl> = None;
        /// What it is shown, as a bearer's token.
        token: Option<Password> = None;
        /// A certificate in PEM that is believed instead of those this machine believes.
        ca: Option<PathBuf> = None;
        /// What this installation is called there.
        service: String = "rookery".to_owned();
        /// Which of several it is, such as production.
        environment: Option<String> = None;
        /// Which part of all is traced, from 0 to 1. Where a trusted proxy sends traceparent, it has decided.
        share: Share = Share(0.01);
        /// Spans that wait for the collector at most; more are dropped, and counted.
        queue_max: u32 = 4_096;
    }
    sections {}
}
