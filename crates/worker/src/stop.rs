//! The soft stop, as something one may look at between two steps.

use std::future::Future;

use tokio::sync::watch;

#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub fn is_soft(&self) -> bool {
        *self.0.borrow()
    }
    pub async fn soft(&mut self) {
        // Whoever tells lives as long as the work does.
        drop(self.0.wait_for(|soft| *soft).await);
    }
}

/// Runs to its end; it is told when the soft stop comes.
pub(crate) async fn until_stopped<T, W: Future<Output = T>>(
    soft: impl Future<Output = ()>,
    work: impl FnOnce(Stop) -> W,
) -> T {
    let (tell, stop) = watch::channel(false);
    let telling = async {
        soft.await;
        tell.send_replace(true);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        ended = work(Stop(stop)) => ended,
        () = telling => unreachable!("it only tells"),
    }
}
