//! The command line of `rookery load`: each shape takes what it heeds, and nothing else.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};

use super::Place;

const LIMITS: &str = "A server lets an account and an address ask for so much a minute ([rates] in its configuration). From one machine that is \
                      soon reached: start the server you test with ROOKERY_RATES__ADDRESS=0 and ROOKERY_RATES__ACCOUNT=0.";

#[derive(Subcommand)]
pub enum LoadCommand {
    /// Make people for a load: a workspace, a session and seats for each; nobody hashes a password
    Prepare(LoadPrepare),
    /// Take them away again; their workspace stays, archived, with what was said in it
    Remove(LoadRemove),
    /// People come in and do nothing: how fast, and what each costs
    Idle(LoadComing),
    /// All connections break at once, and everyone comes back
    Storm(LoadComing),
    /// Messages in one channel where everyone listens
    Fanout(LoadTalking),
    /// A team at work: channels and directs, threads, mentions, reactions, pages, reading, broken connections
    #[command(after_help = LIMITS)]
    Team(LoadTalking),
    /// Any endpoint that answers a GET
    #[command(after_help = LIMITS)]
    Http(LoadAsking),
    /// Sockets of a load in a process of their own, by orders on the input
    #[command(hide = true)]
    Party,
}

#[derive(ClapArgs)]
pub struct LoadPrepare {
    #[command(flatten)]
    pub place: Place,
    /// How many
    #[arg(long, default_value_t = 1_000)]
    pub people: u32,
    /// Channels beside `general`, where everyone sits
    #[arg(long, default_value_t = 100)]
    pub channels: u32,
    /// In how many of them each sits
    #[arg(long, default_value_t = 3)]
    pub seats: u32,
    /// Most people in a few channels, most channels with a few people
    #[arg(long)]
    pub zipf: bool,
    /// Each two neighbours have a direct of their own
    #[arg(long)]
    pub directs: bool,
    /// The file that then lets in as each of them; one that is there already is left alone
    #[arg(long, value_name = "FILE", default_value = "rookery-load.json")]
    pub crowd: PathBuf,
}

#[derive(ClapArgs)]
pub struct LoadRemove {
    #[command(flatten)]
    pub place: Place,
    /// The file of those who go
    #[arg(long, value_name = "FILE", default_value = "rookery-load.json")]
    pub crowd: PathBuf,
    /// Their workspace, where the file is lost: load-…
    #[arg(long, conflicts_with = "crowd")]
    pub slug: Option<String>,
}

/// What every shape takes.
#[derive(ClapArgs)]
pub struct LoadRun {
    /// The server
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7665")]
    pub address: String,
    /// Its metrics, or off
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7666")]
    pub metrics: String,
    /// Addresses of this machine to come from, in turn [default: its own many, where the server is here]
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    pub source: Vec<IpAddr>,
    /// The file of `load prepare`
    #[arg(long, value_name = "FILE", default_value = "rookery-load.json")]
    pub crowd: PathBuf,
    /// So many of them [default: all]
    #[arg(long)]
    pub people: Option<usize>,
    /// Fails if 95 of 100 take longer [default: 100 for messages, 500 for answers, 10000 for coming in]
    #[arg(long, value_parser = positive)]
    pub p95_ms: Option<f64>,
    /// Fails if more than this share of people or questions is refused, lost on the way or not answered [default: 0.01]
    #[arg(long, value_parser = not_negative)]
    pub errors_share: Option<f64>,
    /// Fails if the generator itself is so late with a hundredth of what it asks [default: 50]
    #[arg(long, value_parser = positive)]
    pub lag_ms: Option<f64>,
    /// The whole run as one page
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

#[derive(ClapArgs)]
pub struct LoadComing {
    #[command(flatten)]
    pub run: LoadRun,
    /// People who come in a second [default: as fast as they are let in]
    #[arg(long, value_parser = positive)]
    pub rate: Option<f64>,
    /// How long they are held; before a storm at most 5
    #[arg(long, default_value_t = 30.0, value_parser = not_negative)]
    pub hold_s: f64,
}

/// How much is due, and when.
#[derive(ClapArgs)]
pub struct LoadRates {
    /// So many a second over time, such as `1m→50, 3m hold` (`->` is read as the arrow) [default: of `http`
    /// 1m→50, 3m hold, 1m→100, 3m hold, 1m→0; of `fanout` 5s→4, 30s hold; of `team` a message a person in 50 s, for 2 minutes]
    #[arg(long)]
    pub stages: Option<String>,
    /// A whole day's curve in so long, such as 24m; at its busiest --most a second
    #[arg(long, value_name = "DURATION", conflicts_with = "stages", value_parser = lasting)]
    pub day: Option<Duration>,
    /// At the day's busiest, a second [default: as without it]
    #[arg(long, requires = "day", value_parser = positive)]
    pub most: Option<f64>,
    /// Of these, so many seconds are not measured
    #[arg(long, default_value_t = 5.0, value_parser = not_negative)]
    pub warm_up_s: f64,
    /// Ask for more and more, until a bound breaks, and say what stopped it
    #[arg(long, conflicts_with_all = ["stages", "day", "warm_up_s"])]
    pub find_knee: bool,
    /// Where that begins, a second
    #[arg(long, requires = "find_knee", default_value_t = 50.0, value_parser = positive)]
    pub from: f64,
    /// How long each step is held, in seconds
    #[arg(long, requires = "find_knee", default_value_t = 20.0, value_parser = positive)]
    pub step_s: f64,
}

#[derive(ClapArgs)]
pub struct LoadTalking {
    #[command(flatten)]
    pub run: LoadRun,
    #[command(flatten)]
    pub rates: LoadRates,
    /// People who come in a second, before anything is said [default: as fast as they are let in]
    #[arg(long, value_parser = positive)]
    pub rate: Option<f64>,
    /// Of a message
    #[arg(long, default_value_t = 200, value_parser = text_bytes)]
    pub text_bytes: usize,
}

#[derive(ClapArgs)]
pub struct LoadAsking {
    #[command(flatten)]
    pub run: LoadRun,
    #[command(flatten)]
    pub rates: LoadRates,
    /// What is asked for, behind /api/v1/workspaces/{w}
    #[arg(long, default_value = "/channels")]
    pub path: String,
}

/// A year: whoever asks for more has mistyped it.
const MOST_S: f64 = 365.0 * 24.0 * 3_600.0;

fn not_negative(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("\"{text}\" is no number"))?;
    if (0.0..=MOST_S).contains(&number) { Ok(number) } else { Err(format!("0 to {MOST_S:.0}")) }
}

fn positive(text: &str) -> Result<f64, String> {
    not_negative(text)
        .and_then(|number| if number > 0.0 { Ok(number) } else { Err("more than 0".to_owned()) })
}

fn lasting(text: &str) -> Result<Duration, String> {
    let lasts = load::schedule::duration(text).filter(|lasts| !lasts.is_zero());
    lasts.ok_or_else(|| format!("\"{text}\" is no duration such as 24m"))
}

fn text_bytes(text: &str) -> Result<usize, String> {
    const MOST: usize = 8_000;
    let bytes: usize = text.parse().map_err(|_| format!("\"{text}\" is no number"))?;
    if (load::swarm::MARK_BYTES..=MOST).contains(&bytes) {
        return Ok(bytes);
    }
    Err(format!("{} to {MOST}: a message says in itself when it was due", load::swarm::MARK_BYTES))
}
