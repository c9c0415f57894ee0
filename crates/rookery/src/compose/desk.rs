//! What operators ask of an open store, by the control socket or from a command that opened it itself: one set of answers.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use service::Service;
use store::migrate::LEVEL;
use store::{NotDone, StoreError, check, job, node};

use super::backend::Backend;
use super::copies::{Copies, told_of};
use super::{cache, crowd, keeps_own_copies, migrations, people};
use crate::config::Config;
use crate::control::{self, Ask, Progress};
use crate::data_dir::DataDir;
use crate::doors;
use crate::exit::Failure;
use crate::lifecycle::Lifecycle;

/// Clones are handles to the same.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    config: Config,
    service: Service,
    databases: Vec<(Arc<dyn store::Engine>, &'static [store::migrate::Part])>,
    copies: Option<Copies>,
    /// Where people reach this server, once it stands somewhere.
    url: OnceLock<String>,
}

impl Desk {
    pub fn new(config: &Config, service: Service, backend: &Backend, lifecycle: &Lifecycle) -> Desk {
        let databases =
            backend.databases.iter().map(|database| (database.engine.clone(), database.parts)).collect();
        let copies = backend.is_embedded.then(|| Copies::of(config, lifecycle));
        Desk(Arc::new(Inner { config: config.clone(), service, databases, copies, url: OnceLock::new() }))
    }

    pub fn stands_at(&self, url: String) {
        self.0.url.get_or_init(|| url);
    }

    fn url(&self) -> String {
        self.0.url.get().cloned().unwrap_or_else(|| doors::configured_url(&self.0.config))
    }

    fn service(&self) -> &Service {
        &self.0.service
    }

    /// Opens the control socket of the folder this process holds.
    pub fn listen(&self, data: &DataDir, lifecycle: &Lifecycle) -> Result<(), Failure> {
        let desk = self.clone();
        let answerer = move |ask, progress| -> futures_util::future::BoxFuture<'static, _> {
            let desk = desk.clone();
            Box::pin(async move { desk.answer(ask, progress).await })
        };
        control::listen(&data.control_socket(), Arc::new(answerer), lifecycle)
    }

    /// Copies by the clock, where copies are ours to make and wanted.
    pub fn keep_copying(&self, config: &Config, lifecycle: &Lifecycle) {
        let every = config.backup.every;
        if let Some(copies) = self.0.copies.clone().filter(|_| !every.is_zero()) {
            lifecycle.spawn("backup", |stop| copies.every(every, stop));
        }
    }

    pub async fn answer(&self, ask: Ask, progress: Progress) -> Result<Value, Failure> {
        match ask {
            Ask::Backup { to } => self.back_up(to, progress).await,
            Ask::Check {} => self.check(progress).await,
            Ask::Level { raise } => self.level(raise).await,
            Ask::OwnerLink {} => people::owner_link(self.service(), &self.url()).await,
            Ask::ResetLink { email } => people::reset_link(self.service(), &self.url(), &email).await,
            Ask::Sessions { email, end, all } => people::sessions(self.service(), email, end, all).await,
            Ask::DropCache { pattern } => cache::drop_all(self.service(), &pattern).await,
            Ask::Jobs { retry } => self.jobs(retry).await,
            Ask::LoadPrepare { people, channels, seats, spread, directs } => {
                crowd::prepare(self.service(), (people, channels, seats), (spread, directs), progress).await
            }
            Ask::LoadRemove { slug } => crowd::remove(self.service(), &slug, progress).await,
            Ask::Migrations { up } => migrations(&self.0.config, up).await,
        }
    }

    async fn back_up(&self, to: Option<PathBuf>, progress: Progress) -> Result<Value, Failure> {
        keeps_own_copies(&self.0.config)?;
        let Some(copies) = &self.0.copies else {
            return Err(Failure::Failed("this store has no copies".to_owned()));
        };
        let done = match to {
            Some(folder) => copies.make_in(folder, progress).await?,
            None => copies.make(progress).await?,
        };
        Ok(told_of(&done))
    }

    async fn check(&self, progress: Progress) -> Result<Value, Failure> {
        let mut findings = Vec::new();
        let mut watch = |step: check::Progress| progress.say(|| words_of(step));
        for (engine, parts) in &self.0.databases {
            findings.extend(
                check::check(engine.as_ref(), parts, &mut watch).await.map_err(|error| failed(&error))?,
            );
        }
        if let [(directory, _), (shard, _)] = self.0.databases.as_slice() {
            let between = check::between(directory.as_ref(), shard.as_ref(), None).await;
            findings.extend(between.map_err(|error| failed(&error))?);
        }
        Ok(json!({ "ok": findings.is_empty(), "findings": findings }))
    }

    /// Dead letters of every database that holds workspaces, as they are then.
    async fn jobs(&self, retry: Option<String>) -> Result<Value, Failure> {
        const LETTERS_MAX: u32 = 200;
        let (mut letters, mut again) = (Vec::new(), false);
        for shard in self.0.service.places().shards() {
            let engine = shard.engine().as_ref();
            if let Some(id) = &retry {
                again |= job::retry(engine, id).await.map_err(|error| failed(&error))?;
            }
            letters.extend(job::dead(engine, "", LETTERS_MAX).await.map_err(|error| failed(&error))?);
        }
        if let Some(id) = retry.filter(|_| !again) {
            return Err(Failure::Refused(format!("no job {id} was laid aside")));
        }
        let letters = letters.iter().map(|letter| {
            let (attempts, strikes) = (letter.attempts, letter.strikes);
            json!({ "id": letter.id, "attempts": attempts, "strikes": strikes, "error": letter.error })
        });
        Ok(json!({ "again": again, "dead": letters.collect::<Vec<_>>() }))
    }

    async fn level(&self, raise: bool) -> Result<Value, Failure> {
        let directory = self.0.service.places().directory().engine().clone();
        let fleet = async || node::fleet_level(directory.as_ref()).await.map_err(|error| failed(&error));
        let was = fleet().await?;
        let reachable = node::level_to_raise(directory.as_ref()).await.map_err(|error| failed(&error))?;
        if let Some(level) = reachable.filter(|_| raise) {
            self.0.service.raise_level(level).await.map_err(|error| not_done(&error))?;
        }
        let live = node::live(directory.as_ref()).await.map_err(|error| failed(&error))?;
        if raise && live.is_empty() {
            return Err(Failure::Refused(
                "no node lives to say what it reads; raise the level while the server serves".to_owned(),
            ));
        }
        let nodes: Vec<_> = live
            .iter()
            .map(|node| json!({ "roles": node.roles, "level": node.level, "connections": node.pool }))
            .collect();
        Ok(
            json!({ "level": fleet().await?, "was": was, "build": LEVEL, "reachable": reachable, "nodes": nodes }),
        )
    }
}

/// How far a check has come.
pub fn words_of(step: check::Progress) -> String {
    format!("{}/{} {}: {} rows", step.number, step.rules, step.rule, step.rows)
}

pub fn failed(error: &StoreError) -> Failure {
    match error {
        StoreError::Unreachable(_) | StoreError::Saturated { .. } => Failure::Unreachable(error.to_string()),
        _ => Failure::Failed(error.to_string()),
    }
}

pub fn not_done(error: &NotDone) -> Failure {
    match error {
        NotDone::Refused(refusal) => Failure::Refused(refusal.to_string()),
        NotDone::Saturated { .. } | NotDone::ReadOnly { .. } | NotDone::Unknown => {
            Failure::Unreachable(error.to_string())
        }
        _ => Failure::Failed(error.to_string()),
    }
}
