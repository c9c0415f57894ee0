//! What is kept of what is done: one process takes spans once, so all of it is one story.

use std::collections::HashMap;

use traces::{Finished, Kind, Parent, Span, Taken, Value};

const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn all(taken: &mut Taken) -> HashMap<String, Finished> {
    let mut found = HashMap::new();
    while let Ok(finished) = taken.try_recv() {
        found.insert(finished.name.to_string(), finished);
    }
    found
}

#[tokio::test]
async fn what_is_done_stands_below_what_asked_for_it() {
    assert!(!Span::root(Kind::Server, "before anybody takes spans").is_kept());
    let mut taken = traces::take(1.0, 8).expect("the first to take them");
    assert!(traces::take(1.0, 8).is_none(), "one takes them");

    // Two requests whose parts take turns on one thread.
    let asks = async |name: &'static str, part: &'static str| {
        let mut request = Span::root(Kind::Server, name);
        request.set("status", || 200_u16);
        let work = async {
            tokio::task::yield_now().await;
            let mut part = Span::child(Kind::Client, part);
            tokio::task::yield_now().await;
            part.failed();
            assert!(part.trace_id().is_some());
        };
        request.within(work).await;
        assert!(!Span::child(Kind::Client, "outside").is_kept(), "nothing is being done here");
    };
    tokio::join!(asks("one", "part of one"), asks("other", "part of other"));
    let found = all(&mut taken);
    assert_eq!(found.len(), 4);
    for name in ["one", "other"] {
        let (above, below) = (&found[name], &found[&format!("part of {name}")]);
        assert_eq!((below.trace, below.parent), (above.trace, above.span));
        assert_eq!((above.parent, above.failed, below.failed), ([0; 8], false, true));
        assert_eq!(above.values, [("status", Value::Number(200))]);
        assert!(above.took >= below.took);
    }
    assert_ne!(found["one"].trace, found["other"].trace);

    // In the trace of a caller, as the caller has it.
    let mut place = traces::Place::default();
    {
        let span = Span::continued(Kind::Server, "continued", Parent::read(CALLER));
        assert_eq!(span.trace_id().as_deref(), Some(&CALLER[3..35]));
        place = place.or(span.place());
    }
    drop(place.span(Kind::Producer, "later"));
    let quiet = Parent::read(&CALLER.replace("-01", "-00"));
    assert!(!Span::continued(Kind::Server, "not sampled there", quiet).is_kept());
    let found = all(&mut taken);
    assert_eq!(found["continued"].span, found["later"].parent);
    assert_eq!(found["continued"].parent, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
    assert_eq!((found["continued"].from_afar, found["later"].from_afar), (true, false));

    // Nobody waits where nobody takes them.
    for _ in 0..20 {
        drop(Span::root(Kind::Internal, "one of too many"));
    }
    let mut waited = 0;
    while taken.try_recv().is_ok() {
        waited += 1;
    }
    assert_eq!(waited, 8);
}
