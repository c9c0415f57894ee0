//! The signals that ask for a stop.

use std::io;
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;

/// From this call on SIGTERM and SIGINT no longer kill; each call of what it returns waits for the next one and names it.
pub fn signals() -> io::Result<impl FnMut() -> futures_util::future::BoxFuture<'static, &'static str>> {
    let both = Arc::new(Mutex::new((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?)));
    Ok(move || {
        let both = both.clone();
        let next: futures_util::future::BoxFuture<'static, &'static str> =
            Box::pin(async move { next(&mut *both.lock().await).await });
        next
    })
}

async fn next((terminate, interrupt): &mut (Signal, Signal)) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}
