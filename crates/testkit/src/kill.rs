//! Death at an await: a future that is polled so many times and then dropped where it stands.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// `Some` when it came to its end before its time was up.
pub async fn killed_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    Mortal { left: polls, future: Box::pin(future) }.await
}

struct Mortal<F> {
    left: usize,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Mortal<F> {
    type Output = Option<F::Output>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.future.as_mut().poll(context).map(Some)
    }
}
