//! A line of progress for what has no figures of its own yet: that it is at work, and for how long.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Until it is dropped.
pub struct Ticker(Option<(Sender<()>, JoinHandle<()>)>);

impl Ticker {
    pub fn start(shown: bool, what: impl Into<String>) -> Self {
        let what = what.into();
        let (ends, ended) = channel();
        let ticks = move || {
            let began = Instant::now();
            while ended.recv_timeout(Duration::from_secs(1)) == Err(RecvTimeoutError::Timeout) {
                eprint!("\r\x1b[2K{:>5.0} s  {what}", began.elapsed().as_secs_f64());
            }
            eprint!("\r\x1b[2K");
        };
        let thread = || thread::Builder::new().name("load.ticker".to_owned()).spawn(ticks).ok();
        Self(if shown { thread().map(|thread| (ends, thread)) } else { None })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        if let Some((ends, thread)) = self.0.take() {
            drop(ends);
            thread.join().ok();
        }
    }
}
