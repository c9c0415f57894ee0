//! The command line: its commands, flags and help.

mod load;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

use crate::config::Overrides;

pub use load::{
    LoadAsking, LoadComing, LoadCommand, LoadPrepare, LoadRates, LoadRemove, LoadRun, LoadTalking,
};

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 wrong use, 3 refused (the state of things says no), 4 not reachable.\n\
                          Settings come from rookery.toml, then ROOKERY_SECTION__KEY, then flags: see `rookery config sample`.";

#[derive(Parser)]
#[command(name = "rookery", version, about = "A team-chat server that scales itself.", after_help = EXIT_CODES)]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub struct Args {
    /// Answer with one JSON document on stdout
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run the server
    Serve(Serve),
    /// Show, check or document the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring the store to this version's shape, or say what is missing
    #[command(subcommand)]
    Migrate(MigrateCommand),
    /// Copy the embedded store, also while a server uses it
    Backup(Backup),
    /// Put a copy in the place of the embedded store; everyone starts again from it
    Restore(Restore),
    /// Prove a copy: every byte, and that it holds a consistent store
    Verify(Verify),
    /// Look for what must not be in the store, and name it
    Check(Place),
    /// Look for what is wrong with this deployment, and say what to do about it
    Doctor(Place),
    /// What an operator does to the installation
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Ask what this installation holds
    #[command(subcommand)]
    Load(LoadCommand),
    /// Say which version this is
    Version,
}

#[derive(Subcommand)]
pub enum MigrateCommand {
    /// The steps taken and those that wait, and for what
    Status(Place),
    /// Take what waits
    Up(Place),
}

#[derive(ClapArgs)]
pub struct Backup {
    #[command(flatten)]
    pub place: Place,
    /// The folder the copy goes into; there nothing is ever removed [default: the usual one]
    #[arg(long, value_name = "DIR")]
    pub to: Option<PathBuf>,
}

#[derive(ClapArgs)]
pub struct Restore {
    #[command(flatten)]
    pub place: Place,
    /// The copy: its folder, or its name among the usual ones
    #[arg(value_name = "COPY")]
    pub copy: PathBuf,
    /// Move the store that is there aside; it is kept
    #[arg(long)]
    pub replace: bool,
}

#[derive(ClapArgs)]
pub struct Verify {
    #[command(flatten)]
    pub place: Place,
    /// The copy: its folder, or its name among the usual ones [default: the latest]
    #[arg(value_name = "COPY")]
    pub copy: Option<PathBuf>,
}

#[derive(Subcommand)]
pub enum AdminCommand {
    /// The level of the installation: what its newest parts may write
    Level(Level),
    /// Jobs that were tried as often as they may be, and why they failed
    Jobs(Jobs),
    /// Drop what is remembered of what was read; never needed, everything goes by the journal
    DropCache(DropCache),
    /// A link for the owner to set a password by, once, within the hour; before set-up, the set-up code
    OwnerLink(Place),
    /// The same for anybody: the forgotten password's way back in; all their sessions end with it
    ResetLink(ResetLink),
    /// Who is signed in and where
    Sessions(Sessions),
}

#[derive(ClapArgs)]
pub struct ResetLink {
    #[command(flatten)]
    pub place: Place,
    /// Whose account
    #[arg(value_name = "EMAIL")]
    pub email: String,
}

#[derive(ClapArgs)]
pub struct Sessions {
    #[command(flatten)]
    pub place: Place,
    /// Whose [default: everyone's]
    #[arg(value_name = "EMAIL")]
    pub email: Option<String>,
    /// End this one
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub end: Option<String>,
    /// End all of them
    #[arg(long)]
    pub all: bool,
}

#[derive(ClapArgs)]
pub struct Level {
    #[command(flatten)]
    pub place: Place,
    /// Raise it to what every live node reads
    #[arg(long)]
    pub raise: bool,
}

#[derive(ClapArgs)]
pub struct DropCache {
    #[command(flatten)]
    pub place: Place,
    /// Which names: * for anything, ? for one sign, such as '*:profiles:*'
    #[arg(value_name = "PATTERN", default_value = "*")]
    pub pattern: String,
}

#[derive(ClapArgs)]
pub struct Jobs {
    #[command(flatten)]
    pub place: Place,
    /// Try this one again
    #[arg(long, value_name = "ID")]
    pub retry: Option<String>,
}

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// What is in force, and where each value comes from; secrets are not shown
    Show(Place),
    /// Say whether the server would start with it
    Check(Place),
    /// Every setting with its default and what it means
    Sample,
}

/// Where the configuration and the data are.
#[derive(ClapArgs, Clone, Default)]
pub struct Place {
    /// The configuration file [default: ROOKERY_CONFIG, or rookery.toml if it is here]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(ClapArgs)]
pub struct Serve {
    #[command(flatten)]
    pub place: Place,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// The address people type, when something stands in front
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// What this process runs
    #[arg(long, value_name = "ROLES")]
    pub roles: Option<String>,
    /// Where metrics are read, or off
    #[arg(long, value_name = "ADDR")]
    pub metrics: Option<String>,
    /// How the log looks: text or json
    #[arg(long, value_name = "FORMAT")]
    pub log: Option<String>,
}

impl Place {
    pub fn overrides(&self) -> Overrides {
        let data = self.data.as_ref().map(|path| path.to_string_lossy().into_owned());
        data.map(|text| ("server.data", text, "--data")).into_iter().collect()
    }
}

impl Serve {
    pub fn overrides(&self) -> Overrides {
        let flags = [
            ("server.listen", &self.listen, "--listen"),
            ("server.public_url", &self.public_url, "--public-url"),
            ("server.roles", &self.roles, "--roles"),
            ("metrics.listen", &self.metrics, "--metrics"),
            ("log.format", &self.log, "--log"),
        ];
        let given = flags.into_iter().filter_map(|(key, text, flag)| Some((key, text.clone()?, flag)));
        self.place.overrides().into_iter().chain(given).collect()
    }
}
