//! Makes so many calls, so many at a time, and says what they cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::Failure;
use crate::calls::Make;

/// What the calls of one run cost.
pub(crate) struct Spent {
    calls: usize,
    /// User and system time of this process, all threads together.
    cpu: Duration,
    wall: Duration,
}

impl Spent {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "calls": self.calls,
            "cpu_us": self.cpu.as_micros() as u64,
            "wall_us": self.wall.as_micros() as u64,
        })
    }
}

/// Each of `concurrency` tasks makes its next call when its last one is answered.
///
/// # Errors
///
/// The first call that failed: a run with failures measures something else.
pub(crate) async fn run(make: &Make, calls: usize, concurrency: usize) -> Result<Spent, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let (cpu, wall) = (cpu_time()?, Instant::now());
    let tasks: Vec<_> = (0..concurrency)
        .map(|_| {
            let (make, next) = (make.clone(), Arc::clone(&next));
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
    Ok(Spent {
        calls,
        cpu: cpu_time()? - cpu,
        wall: wall.elapsed(),
    })
}

fn cpu_time() -> Result<Duration, Failure> {
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}
