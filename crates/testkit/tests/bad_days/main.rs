//! Days on which more goes wrong than a fault inside of one process: power, disks, processes, copies, whole servers.

mod copies;
mod crowd;
mod disk;
mod grounds;
mod kills;
mod power;
mod servers;
mod sharing;
