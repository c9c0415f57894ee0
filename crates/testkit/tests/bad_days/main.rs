//! Days on which more goes wrong than a fault inside of one process: power, disks, processes, whole servers.

mod disk;
mod grounds;
mod kills;
mod power;
