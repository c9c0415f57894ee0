use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use pg::{Dsn, Pool, PoolConfig, PoolError, Status};

use crate::support::{connect, fly, number, server, until};

const MOMENT: Duration = Duration::from_millis(20);

fn small(change: impl FnOnce(&mut PoolConfig)) -> Pool {
    let mut config = PoolConfig { size: 1, overflow: 1, ..PoolConfig::default() };
    change(&mut config);
    Pool::new(server(), config)
}

#[test]
fn by_default_a_pool_is_twenty_and_thirty_more_checked_before_use_and_renewed_after_an_hour() {
    let config = PoolConfig::default();
    assert_eq!((config.size, config.overflow, config.age_max), (20, 30, Duration::from_hours(1)));
    assert!(config.check_after <= Duration::from_secs(1));
}

#[tokio::test]
async fn fifty_connections_are_lent_at_once_the_next_waits_and_twenty_are_kept() {
    let pool = Pool::new(
        server(),
        PoolConfig {
            wait_max: Duration::from_secs(30),
            overflow_rests: Duration::ZERO,
            ..PoolConfig::default()
        },
    );
    let mut loans = Vec::new();
    for _ in 0..50 {
        loans.push(pool.get().await.unwrap());
    }
    let stats = pool.stats();
    assert_eq!((stats.in_use, stats.idle, stats.waiting, stats.max, stats.opened), (50, 0, 0, 50, 50));

    let next = tokio::spawn({
        let pool = pool.clone();
        async move { pool.get().await.map(drop) }
    });
    until("one more waits", || async { pool.stats().waiting == 1 }).await;
    loans.pop();
    next.await.unwrap().unwrap();
    drop(loans);
    let stats = pool.stats();
    assert_eq!((stats.in_use, stats.idle, stats.waiting, stats.opened), (0, 20, 0, 50));
}

/// So many are lent at once, and come back.
async fn gust(pool: &Pool, count: usize) {
    let mut loans = Vec::new();
    for _ in 0..count {
        loans.push(pool.get().await.unwrap());
    }
}

#[tokio::test]
async fn those_beyond_what_is_kept_wait_for_the_next_gust_and_are_closed_when_none_comes() {
    let pool = small(|config| (config.size, config.overflow) = (1, 4));
    for _ in 0..10 {
        gust(&pool, 5).await;
    }
    assert_eq!((pool.stats().idle, pool.stats().opened), (5, 5), "each serves ten times");

    let pool = small(|config| (config.overflow, config.overflow_rests) = (4, MOMENT));
    gust(&pool, 5).await;
    until("one is left", || async {
        pool.get().await.unwrap();
        pool.stats().idle == 1
    })
    .await;
    assert_eq!(pool.stats().opened, 5, "the newest goes out again and again");
}

#[tokio::test]
async fn who_waits_too_long_is_told_when_to_come_back() {
    let pool = small(|config| config.wait_max = MOMENT);
    let mut loans = Vec::new();
    while loans.len() < 2 {
        loans.extend(pool.get().await.ok());
    }
    let refused = pool.get().await.unwrap_err();
    assert!(
        matches!(refused, PoolError::Saturated { retry_after } if retry_after > Duration::ZERO),
        "{refused}"
    );
    assert_eq!(pool.stats().waiting, 0);
}

#[tokio::test]
async fn those_who_wait_are_served_in_the_order_they_came() {
    let pool = small(|config| config.overflow = 0);
    let (order, served) = (Arc::new(parking_lot::Mutex::new(Vec::new())), pool.get().await.unwrap());
    let mut guests = Vec::new();
    for guest in 0..5 {
        let (pool, order) = (pool.clone(), order.clone());
        let waiting = pool.stats().waiting;
        let seat = pool.clone();
        guests.push(tokio::spawn(async move {
            let _loan = seat.get().await.unwrap();
            order.lock().push(guest);
        }));
        until("the guest stands in line", || async { pool.stats().waiting == waiting + 1 }).await;
    }
    drop(served);
    for guest in guests {
        guest.await.unwrap();
    }
    assert_eq!(*order.lock(), [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn a_connection_returned_in_a_transaction_or_broken_is_not_lent_again() {
    let pool = small(|_| {});
    let mut loan = pool.get().await.unwrap();
    fly(&mut loan, &["BEGIN"]).await.unwrap();
    assert_eq!(loan.status(), Status::InTransaction);
    drop(loan);
    assert_eq!(pool.stats().idle, 0);

    let mut loan = pool.get().await.unwrap();
    loan.set_flight_limit(MOMENT);
    fly(&mut loan, &["SELECT pg_sleep(600)"]).await.unwrap_err();
    drop(loan);
    assert_eq!((pool.stats().idle, pool.stats().opened), (0, 2));
}

#[tokio::test]
async fn a_connection_past_its_age_is_replaced() {
    let pool = small(|config| config.age_max = Duration::ZERO);
    let mut first = pool.get().await.unwrap();
    number(&mut first, "SELECT 1").await;
    drop(first);
    pool.get().await.unwrap();
    assert_eq!((pool.stats().idle, pool.stats().opened), (0, 2));
}

#[tokio::test]
async fn a_connection_that_died_in_the_pool_is_noticed_before_it_is_lent() {
    for check_after in [Duration::ZERO, Duration::from_hours(1)] {
        let pool = small(|config| config.check_after = check_after);
        let loan = pool.get().await.unwrap();
        let pid = loan.process_id();
        drop(loan);
        let witness = tokio::sync::Mutex::new(connect().await);
        number(&mut *witness.lock().await, &format!("SELECT pg_terminate_backend({pid})")).await;
        let count = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}");
        until("the session is gone", || async { number(&mut *witness.lock().await, &count).await == 0 })
            .await;

        let mut loan = pool.get().await.unwrap();
        assert_eq!(number(&mut loan, "SELECT 7").await, 7);
        assert_eq!(pool.stats().opened, 2);
    }
}

#[tokio::test]
async fn a_closed_pool_lends_nothing_and_takes_nothing_back() {
    let pool = small(|config| config.overflow = 0);
    let loan = pool.get().await.unwrap();
    let waiter = tokio::spawn({
        let pool = pool.clone();
        async move { pool.get().await.map(drop) }
    });
    until("one waits", || async { pool.stats().waiting == 1 }).await;
    pool.close();
    assert!(matches!(waiter.await.unwrap(), Err(PoolError::Closed)));
    drop(loan);
    assert_eq!((pool.stats().idle, pool.stats().in_use), (0, 0));
    assert!(matches!(pool.get().await, Err(PoolError::Closed)));
}

#[tokio::test]
async fn a_server_that_hangs_up_on_everyone_is_asked_seldom_however_many_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let dsn: Dsn =
        format!("host=127.0.0.1 port={} user=ada", listener.local_addr().unwrap().port()).parse().unwrap();
    let knocks = Arc::new(AtomicUsize::new(0));
    thread::spawn({
        let knocks = knocks.clone();
        move || listener.incoming().for_each(|_| _ = knocks.fetch_add(1, Ordering::Relaxed))
    });
    let pool = Pool::new(dsn, PoolConfig { wait_max: Duration::from_secs(1), ..PoolConfig::default() });
    let callers: Vec<_> = (0..40)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { pool.get().await.map(drop) })
        })
        .collect();
    for caller in callers {
        let refused = caller.await.unwrap().unwrap_err();
        assert!(matches!(refused, PoolError::Unavailable { .. }), "{refused}");
    }
    // All dial at once before the first failure is known; from then on it is one at a time, 100 ms apart and more.
    assert!(knocks.load(Ordering::Relaxed) <= 40 + 10);
    assert_eq!(pool.stats().opened, 0);
}

#[tokio::test]
async fn a_name_the_server_does_not_know_is_refused_at_once() {
    let pool = Pool::new(server().with_database("no_such_database"), PoolConfig::default());
    let refused = pool.get().await.unwrap_err();
    let PoolError::Unavailable { error, .. } = &refused else { panic!("{refused}") };
    assert_eq!(error.code(), Some("3D000"));
    assert_eq!(pool.stats().failed, 1);
}
