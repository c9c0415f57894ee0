//! How the allocator shares memory between threads. Left alone it gives each thread a pool of its own, and what thousands
//! of sockets hold for long lies scattered over all of them, between holes nobody can use.

/// Pools: few enough to stay full, enough that threads seldom wait for one.
#[cfg(target_env = "gnu")]
#[expect(unsafe_code, reason = "the allocator is told in C's terms, once, before there is another thread")]
pub fn share() {
    const THREADS_A_POOL: usize = 4;
    const POOLS_MIN: usize = 2;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let pools = POOLS_MIN.max(threads / THREADS_A_POOL);
    // It answers whether it took that; where it did not, memory is as it would have been.
    unsafe { libc::mallopt(libc::M_ARENA_MAX, i32::try_from(pools).unwrap_or(i32::MAX)) };
}

#[cfg(not(target_env = "gnu"))]
pub fn share() {}
