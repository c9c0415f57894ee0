use super::*;
use crate::counters::Counters;
use tokio::time::sleep;

fn load(per_second: f64, seconds: u64) -> Open {
    let schedule = Schedule::constant(per_second, Duration::from_secs(seconds));
    Open { pace: Pace::Timer, ..Open::new(schedule) }
}

async fn answered_after(took: Duration) -> Answer {
    sleep(took).await;
    Answer::Acknowledged
}

fn close_to(got: Duration, expected: Duration) -> bool {
    got.abs_diff(expected) <= Duration::from_millis(2)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_keeps_up_is_measured_as_it_is() {
    let run = load(100.0, 10).run(|_| answered_after(Duration::from_millis(20))).await;
    assert_eq!(run.counters, Counters { sent: 1_000, acknowledged: 1_000, ..Counters::default() });
    assert!((run.per_second() - 100.0).abs() < 1.0);
    assert!(close_to(run.latency.percentiles().p50, Duration::from_millis(20)));
    assert!(close_to(run.latency.percentiles().max, Duration::from_millis(20)));
    assert!(run.lag.max() <= Duration::from_millis(2));
    assert_eq!((run.missed, run.held), (0, 0));
}

/// The whole point: a stall of a second is felt by the hundred who would have come in it, not by one.
#[tokio::test(start_paused = true)]
async fn a_stall_is_felt_by_everyone_it_keeps_waiting() {
    let stalls_at_once = |number| answered_after(Duration::from_millis(if number == 0 { 1_000 } else { 0 }));
    let run = Open { in_flight_max: 1, ..load(100.0, 2) }.run(stalls_at_once).await;
    let percentiles = run.latency.percentiles();
    assert_eq!(run.latency.count(), 200);
    assert!(close_to(percentiles.max, Duration::from_secs(1)));
    assert!(percentiles.p90 >= Duration::from_millis(750), "{percentiles}");
    assert!(run.held >= 99, "{} were held", run.held);
    assert!(run.lag.max() <= Duration::from_millis(2), "waiting for room is the server's lateness, not ours");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_start_in_time_is_counted_and_nothing_is_dropped_silently() {
    let slow = Open { in_flight_max: 1, patience: Duration::from_millis(500), ..load(10.0, 1) };
    let run = slow.run(|_| answered_after(Duration::from_millis(990))).await;
    // The first keeps the place until 0.99 s; by then the second to fifth are too late, and the sixth takes it to the end.
    assert_eq!((run.counters.sent, run.missed), (2, 8));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_behind_does_not_seem_to_hold_the_rate() {
    let half_as_fast = Open { in_flight_max: 1, patience: Duration::from_mins(1), ..load(100.0, 10) };
    let run = half_as_fast.run(|_| answered_after(Duration::from_millis(19))).await;
    assert_eq!((run.latency.count(), run.missed), (1_000, 0));
    assert!((45.0..55.0).contains(&run.per_second()), "{} a second", run.per_second());
}

#[tokio::test(start_paused = true)]
async fn never_more_than_the_bound_are_in_flight() {
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let counted = (Arc::clone(&now), Arc::clone(&most));
    let request = move |_| {
        let (now, most) = counted.clone();
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(Duration::from_millis(100)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Answer::Acknowledged
        }
    };
    let run = Open { in_flight_max: 7, ..load(1_000.0, 1) }.run(request).await;
    assert_eq!(most.load(Ordering::SeqCst), 7);
    assert_eq!(run.counters.sent + run.missed, 1_000);
}

#[tokio::test(start_paused = true)]
async fn what_is_due_while_warming_up_is_made_and_not_measured() {
    let run = Open { warm_up: Duration::from_secs(1), ..load(100.0, 3) }
        .run(|_| async { Answer::Acknowledged })
        .await;
    assert_eq!((run.counters.acknowledged, run.latency.count()), (300, 200));
    assert_eq!(run.window, Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_is_an_unknown_outcome() {
    let run = load(10.0, 1)
        .run(|number| async move {
            if number == 3 {
                std::future::pending::<()>().await;
            }
            Answer::Acknowledged
        })
        .await;
    assert_eq!(run.counters, Counters { sent: 10, acknowledged: 9, unknown: 1, ..Counters::default() });
    assert_eq!(run.counters.verdict(), Ok(()));
}
