//! Spans as they are where traces are exported.

use std::borrow::Cow;
use std::cell::Cell;
use std::pin::Pin;
use std::task::{self, Poll};
use std::time::Duration;

use tokio::time::Instant;

use crate::parent::Context;
use crate::taken::{Finished, hand_over, is_sampled, time_of_day};
use crate::{Kind, Value, dice};

pub use crate::parent::Parent;
pub use crate::taken::is_on;

thread_local! {
    /// What the future that is being polled belongs to.
    static HERE: Cell<Option<Context>> = const { Cell::new(None) };
}

/// Open until it is dropped, or ended before. Most are none: what they belong to is not sampled.
#[derive(Debug, Default)]
#[must_use]
pub struct Span(Option<Box<Open>>);

#[derive(Debug)]
struct Open {
    context: Context,
    parent: [u8; 8],
    from_afar: bool,
    kind: Kind,
    name: Cow<'static, str>,
    began: Duration,
    since: Instant,
    values: Vec<(&'static str, Value)>,
    failed: bool,
}

impl Span {
    /// The first of a trace, where it is sampled.
    pub fn root(kind: Kind, name: &'static str) -> Span {
        if !is_sampled() {
            return Span(None);
        }
        let above = Context { trace: dice::seed(), span: [0; 8] };
        Span::open(above, kind, name)
    }

    /// Goes on with what a caller began, and keeps it where the caller does. Without a caller a trace begins.
    pub fn continued(kind: Kind, name: &'static str, parent: Option<Parent>) -> Span {
        let Some(Parent { context, sampled }) = parent else { return Span::root(kind, name) };
        if !sampled || !is_on() {
            return Span(None);
        }
        let mut span = Span::open(context, kind, name);
        if let Some(open) = &mut span.0 {
            open.from_afar = true;
        }
        span
    }

    /// Below what is being done here, where that is kept.
    pub fn child(kind: Kind, name: &'static str) -> Span {
        Place(HERE.get()).span(kind, name)
    }

    /// Below this one, where it is kept.
    pub fn below(&self, kind: Kind, name: &'static str) -> Span {
        self.place().span(kind, name)
    }

    fn open(above: Context, kind: Kind, name: &'static str) -> Span {
        Span(Some(Box::new(Open {
            context: Context { trace: above.trace, span: dice::throw().max(1).to_be_bytes() },
            parent: above.span,
            from_afar: false,
            kind,
            name: Cow::Borrowed(name),
            began: time_of_day(),
            since: Instant::now(),
            values: Vec::new(),
            failed: false,
        })))
    }

    pub fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// As people search for it.
    pub fn trace_id(&self) -> Option<String> {
        let open = self.0.as_ref()?;
        Some(format!("{:032x}", u128::from_be_bytes(open.context.trace)))
    }

    pub fn rename(&mut self, name: impl FnOnce() -> String) {
        if let Some(open) = &mut self.0 {
            open.name = Cow::Owned(name());
        }
    }

    /// The value is only made where it is kept.
    pub fn set<V: Into<Value>>(&mut self, name: &'static str, value: impl FnOnce() -> V) {
        if let Some(open) = &mut self.0 {
            open.values.push((name, value().into()));
        }
    }

    pub fn failed(&mut self) {
        if let Some(open) = &mut self.0 {
            open.failed = true;
        }
    }

    /// Over before it is dropped.
    pub fn end(&mut self) {
        let Some(open) = self.0.take() else { return };
        let Open { context, parent, from_afar, kind, name, began, since, values, failed } = *open;
        let Context { trace, span } = context;
        let took = since.elapsed();
        hand_over(Finished { trace, span, parent, from_afar, kind, name, began, took, values, failed });
    }

    pub fn place(&self) -> Place {
        Place(self.0.as_ref().map(|open| open.context))
    }

    /// What is begun while this is polled stands below this span.
    pub fn within<F: Future>(&self, future: F) -> Within<F> {
        Within { place: self.place(), future }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        self.end();
    }
}

/// Where in a trace something was asked for, for what is done about it elsewhere or later.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place(Option<Context>);

impl Place {
    pub fn span(self, kind: Kind, name: &'static str) -> Span {
        match self.0 {
            Some(above) => Span::open(above, kind, name),
            None => Span(None),
        }
    }

    /// This one, or where it is none the other.
    #[must_use]
    pub fn or(self, other: Place) -> Place {
        Place(self.0.or(other.0))
    }
}

pin_project_lite::pin_project! {
    /// A future, and what it belongs to.
    pub struct Within<F> {
        place: Place,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Within<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if this.place.0.is_none() {
            return this.future.poll(context);
        }
        let _back = Back(HERE.replace(this.place.0));
        this.future.poll(context)
    }
}

/// Puts back what was here before, also where a poll panics.
struct Back(Option<Context>);

impl Drop for Back {
    fn drop(&mut self) {
        HERE.set(self.0);
    }
}
