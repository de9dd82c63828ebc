//! Makes so many calls, so many at a time, and says what they cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::Failure;
use crate::calls::Client;

/// Each of `concurrency` tasks makes its next call when its last one is answered.
///
/// # Errors
///
/// The first call that failed: a run with failures measures something else.
pub(crate) async fn run(
    client: &Client,
    calls: usize,
    concurrency: usize,
) -> Result<Value, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let (cpu, wall) = (cpu_time()?, Instant::now());
    let tasks: Vec<_> = (0..concurrency)
        .map(|_| {
            let (make, next) = (Arc::clone(&client.make), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= calls {
                        return Ok::<(), Failure>(());
                    }
                    make(number).await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(json!({
        "calls": calls,
        "operations": calls * client.operations,
        "bytes": calls * client.bytes,
        "cpu_us": (cpu_time()? - cpu).as_micros() as u64,
        "wall_us": wall.elapsed().as_micros() as u64,
    }))
}

/// User and system time of this process, all its threads together.
fn cpu_time() -> Result<Duration, Failure> {
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}
